"""What a received mail can be told about itself: its headers, its parts, its size, what it would load.

Pure, offline, and for any mail, ours or not. The rules are those of the checklist for newsletters, by their
ids; what only the theme and its client support decide is the business of ``digest lint``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from digest.web.mail import MailView, look_into
from digest.web.remark import Remark

__all__ = ["check_mail"]

# Gmail clips near 102 KB; what is clipped is the footer with the unsubscribe link (checklist A10).
HTML_BYTES = 90 * 1024
LINE_OCTETS = 998  # RFC 5322 2.1.1
LIST_ID_CHARACTERS = 255  # RFC 2919 3
ONE_CLICK = "List-Unsubscribe=One-Click"  # RFC 8058 3.1: these octets and no others

_ONCE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version")
_AT_MOST_ONCE = ("Reply-To", "List-Unsubscribe", "List-Unsubscribe-Post", "List-ID", "Content-Type")
_ANGLE = re.compile(r"<([^<>]*)>")
_LIST_ID = re.compile(r"(?:[^<>]*\s)?<[A-Za-z0-9._-]+\.[A-Za-z0-9-]+>")
_PLACEHOLDER = re.compile(r"\{\{|\{%|%7B%7B", re.IGNORECASE)
_REMOTE = re.compile(r"""(?:src|background|srcset)\s*=\s*["']?\s*(https?://[^\s"'>]+)""", re.IGNORECASE)
_REMOTE_STYLE = re.compile(r"""url\(\s*["']?\s*(https?://[^\s"')]+)""", re.IGNORECASE)
_FORBIDDEN = re.compile(r"<\s*(script|form|input|iframe|object|embed|video|svg)\b", re.IGNORECASE)
_LANGUAGE = re.compile(r"<html[^>]*\slang\s*=\s*[\"']?[A-Za-z]", re.IGNORECASE)


def check_mail(content: bytes) -> tuple[Remark, ...]:
    """Check one mail; nothing found is an empty tuple. Errors come before warnings."""
    view = look_into(content)
    found = [
        *_headers(view),
        *_list_headers(view),
        *_octets(content),
        *_parts(view),
        *_markup(view.html or ""),
    ]
    return tuple(sorted(found, key=lambda remark: remark.level))


def _headers(view: MailView) -> Iterator[Remark]:
    names = [header.name.lower() for header in view.headers]
    for name in _ONCE:
        count = names.count(name.lower())
        if count != 1:
            fault = "is missing" if not count else f"stands {count} times"
            yield Remark(level="error", rule="D2", text=f"the header {name} {fault}", where=name)
    for name in _AT_MOST_ONCE:
        count = names.count(name.lower())
        if count > 1:
            yield Remark(level="error", rule="D2", text=f"the header {name} stands {count} times", where=name)


def _list_headers(view: MailView) -> Iterator[Remark]:
    values = {header.name.lower(): header for header in reversed(view.headers)}
    unsubscribe, post = values.get("list-unsubscribe"), values.get("list-unsubscribe-post")
    list_id = values.get("list-id")
    if unsubscribe is None:
        yield Remark(
            level="warning",
            rule="D5",
            text="there is no List-Unsubscribe: large providers ask for it in bulk mail",
            hint="set sender.unsubscribe_url or sender.unsubscribe_mailto",
        )
    else:
        yield from _unsubscribe(unsubscribe.raw, unsubscribe.value, post.value if post else None)
    if list_id is not None and (
        not _LIST_ID.fullmatch(list_id.value) or len(list_id.value) > LIST_ID_CHARACTERS
    ):
        yield Remark(
            level="error",
            rule="D6",
            text=f"List-ID '{list_id.value}' has no <label.domain> that programs can read",
            where="List-ID",
        )


def _unsubscribe(raw: str, value: str, post: str | None) -> Iterator[Remark]:
    where = "List-Unsubscribe"
    addresses = [address.strip() for address in _ANGLE.findall(value)]
    schemes = {_split(address).scheme.lower() for address in addresses}
    if "=?" in raw:
        yield Remark(
            level="error",
            rule="D5",
            text="the value is RFC 2047 encoded, so that no mail program finds the address in it",
            where=where,
        )
    elif not schemes or not schemes <= {"https", "http", "mailto"}:
        yield Remark(
            level="error", rule="D5", text=f"'{value}' holds no <https:> or <mailto:> address", where=where
        )
    if post is not None and post != ONE_CLICK:
        yield Remark(level="error", rule="D5", text=f"List-Unsubscribe-Post must be {ONE_CLICK}", where=where)
    if post is not None and "https" not in schemes:
        yield Remark(level="error", rule="D5", text="one-click needs an https address", where=where)
    if post is None and "https" in schemes:
        yield Remark(
            level="warning",
            rule="D5",
            text="the https address is not marked as one-click, so large providers show no button",
            where=where,
            hint="set sender.one_click once the address answers POST (RFC 8058)",
        )


def _octets(content: bytes) -> Iterator[Remark]:
    longest = max((len(line) for line in content.split(b"\r\n")), default=0)
    if longest > LINE_OCTETS:
        yield Remark(
            level="error", rule="A13", text=f"a line has {longest} octets; {LINE_OCTETS} are allowed"
        )
    if re.search(rb"(?<!\r)\n|\r(?!\n)", content):
        yield Remark(level="error", rule="D10", text="there is a CR or LF that stands alone")
    if b"\0" in content:
        yield Remark(level="error", rule="D10", text="there is a NUL octet")


def _parts(view: MailView) -> Iterator[Remark]:
    types = [part.media_type for part in view.parts if part.disposition != "attachment"]
    if view.html is not None and view.text is None:
        yield Remark(
            level="error", rule="D1", text="there is no plain text part", hint="add one, and put it first"
        )
    elif view.html is not None and types.index("text/html") < types.index("text/plain"):
        yield Remark(level="error", rule="D1", text="the plain text part stands after the HTML one")
    size = len((view.html or "").encode("utf-8", "replace"))
    if size > HTML_BYTES:
        yield Remark(
            level="error",
            rule="A10",
            text=f"the HTML has {size:,} bytes; Gmail clips near 102 KB, and the footer goes first",
        )
    for name, shown in (("HTML", view.html), ("text", view.text)):
        left = _PLACEHOLDER.search(shown or "")
        if left and shown:
            around = " ".join(shown[max(0, left.start() - 10) : left.end() + 30].split())
            yield Remark(level="error", rule="C4", text=f"a placeholder is left in the {name}: {around}")


def _markup(html: str) -> Iterator[Remark]:
    forbidden = sorted({name.lower() for name in _FORBIDDEN.findall(html)})
    if forbidden:
        yield Remark(
            level="error",
            rule="A9",
            text=f"mail programs drop or refuse these elements: {', '.join(forbidden)}",
        )
    if html and not _LANGUAGE.search(html):
        yield Remark(level="warning", rule="A2", text="the html element names no language")
    remote = [*_REMOTE.findall(html), *_REMOTE_STYLE.findall(html)]
    if remote:
        hosts = sorted({_split(address).hostname or "?" for address in remote})
        yield Remark(
            level="warning",
            rule="C10",
            text=f"opening it loads from the web ({len(remote)}×): {', '.join(hosts[:5])}",
            hint="each tells its server who read the mail, and when",
        )


def _split(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:  # "https://[": the mail of somebody else may hold anything
        return SplitResult("", "", "", "", "")
