"""``lint``: a finished message judged offline by the newsletter checklist; nothing is fetched.

The bytes are looked at as they would go on the wire (``lint_wire.py``), then the page (``lint_page.py``) and the
text as a mail program would show them. Errors are what the checklist calls a must; the rest are warnings. It
judges any mail, not only ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.composing.filling import fill
from digest.composing.finding import Finding
from digest.composing.lint_frame import frame_findings
from digest.composing.lint_look import look_findings
from digest.composing.lint_page import page_findings
from digest.composing.lint_wire import envelope_findings, header_findings, wire_findings
from digest.composing.locating import located
from digest.composing.plaintext import columns
from digest.composing.reading_back import parsed, parts_of
from digest.composing.theme import Theme
from digest.model import Letter, Subscriber

__all__ = ["lint"]

_SAMPLE = Subscriber("reader@example.org", name="Robin Reader")
_TEXT_COLUMNS = 78
_MARKUP = re.compile(r"</?(?:p|div|span|table|td|tr|br|a|b|i|strong|em|h[1-6])\b[^>]*>", re.IGNORECASE)
_STEERING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]")
_FILLER = re.compile("[\xad\u200b\u2060\ufeff]")
_URL = re.compile(r"(?:https?|mailto):\S+")


def lint(
    message: bytes | Letter,
    *,
    postal_address: str | None = None,
    theme: Theme | None = None,
    now: float = 0.0,
) -> tuple[Finding, ...]:
    """Judge a message; a Letter is filled for a sample subscriber first. Errors come before warnings.

    ``postal_address`` is looked for in both parts where it is given. With a ``theme``, places are lines of its
    files where they can be known.
    """
    found: list[Finding] = []
    if isinstance(message, Letter):
        envelope_sender = message.envelope_sender
        message = fill(message, _SAMPLE, date=now, message_id_key=b"lint")
        found += envelope_findings(parsed(message), envelope_sender)
    whole = parsed(message)
    text, html = parts_of(message)
    found += [*wire_findings(message), *header_findings(message, whole)]
    if not html:
        found.append(Finding("D1", "error", "there is no HTML part", "add letter.html to the theme"))
    else:
        found += page_findings(html, subject=str(whole.get("Subject", "")))
        found += [*frame_findings(html), *look_findings(html)]
    found += _text_findings(text)
    if html and text:
        found += _agreement(text, html, whole.get("List-Unsubscribe", ""), postal_address)
    if theme is not None:
        found = [*located(found, html, theme)]
    return tuple(sorted(found, key=lambda each: (each.level, each.rule)))


def _text_findings(text: str) -> Iterator[Finding]:
    if not text.strip():
        yield Finding("C9", "error", "there is no plain text part", "add letter.txt to the theme")
        return
    for number, line in enumerate(text.split("\n"), start=1):
        where = f"text:{number}"
        if columns(line) > _TEXT_COLUMNS and not _URL.search(line):
            yield Finding("C9", "warning", f"the line has {columns(line)} columns", "keep to 78", where)
        if _MARKUP.search(line):
            yield Finding("C9", "error", "markup stands in the plain text", "write text in letter.txt", where)
        if _FILLER.search(line):
            yield Finding("C9", "error", "filler characters stand in the plain text", "remove them", where)
        if _STEERING.search(line):
            yield Finding("C12", "error", "a control or bidi override stands in the text", "remove it", where)


def _agreement(text: str, html: str, unsubscribe: str, postal_address: str | None) -> Iterator[Finding]:
    flat_text = re.sub(r"\s+", "", text)
    plain_page = _plain(html)
    heading = re.search(r"(?is)<h1\b[^>]*>(.*?)</h1>", html)
    for fragment in [heading.group(1) if heading else "", *re.findall(r"(?is)<li\b[^>]*>(.*?)</li>", html)]:
        wanted = re.sub(r"\s+", "", _plain(fragment))
        if wanted.lower() not in flat_text.lower():
            yield Finding(
                "C9",
                "error",
                f"the text lacks '{_plain(fragment).strip()[:60]}'",
                "say in both parts the same",
            )
    links = {_unescaped(link) for link in re.findall(r'(?i)<a\b[^>]*\bhref="([^"]*)"', html)}
    for link in sorted(links):
        if link.startswith(("http", "mailto:")) and re.sub(r"\s+", "", link) not in flat_text:
            yield Finding("C9", "warning", f"the text lacks the link {link[:80]}", "add it to letter.txt")
    listed = re.findall(r"<([^>]+)>", re.sub(r"\s+", "", unsubscribe))
    if listed and not any(address in links for address in listed):
        yield Finding(
            "C6",
            "error",
            "no visible link leads where List-Unsubscribe does",
            "print {{ unsubscribe }} in the theme",
        )
    for line in (postal_address or "").splitlines():
        bare = re.sub(r"\s+", "", line)
        if bare not in flat_text or bare not in re.sub(r"\s+", "", plain_page):
            yield Finding("C7", "error", f"the postal address lacks '{line}'", "print sender.postal_lines")


def _plain(html: str) -> str:
    return _unescaped(re.sub(r"(?s)<!--.*?-->|<style.*?</style>|<[^>]*>", " ", html))


def _unescaped(text: str) -> str:
    import html as entities

    return entities.unescape(text)
