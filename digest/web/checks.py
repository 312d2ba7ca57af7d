"""What a received mail can be told about itself: the same lint as ``digest lint``, for any mail, ours or not.

Pure and offline. A thin layer over ``digest.composing.lint``: what only matters where a foreign program wrote
the headers is added here, and a mail that Python's parser cannot read is said to be one instead of failing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from digest.composing import lint
from digest.web.mail import MailView, look_into
from digest.web.remark import Remark

__all__ = ["check_mail"]

LIST_ID_CHARACTERS = 255  # RFC 2919 3
ONE_CLICK = "List-Unsubscribe=One-Click"  # RFC 8058 3.1: these octets and no others

_ANGLE = re.compile(r"<([^<>]*)>")
_LIST_ID = re.compile(r"(?:[^<>]*\s)?<[A-Za-z0-9._-]+\.[A-Za-z0-9-]+>")
_PLACEHOLDER = re.compile(r"\{\{|\{%|%7B%7B", re.IGNORECASE)
_REMOTE_STYLE = re.compile(r"""url\(\s*["']?\s*(https?://[^\s"')]+)""", re.IGNORECASE)
# How Python's header parser fails on broken fields (seen with random damage: IndexError; urlsplit: ValueError).
_UNREADABLE = (LookupError, ValueError, TypeError, AttributeError, RecursionError)


def check_mail(content: bytes) -> tuple[Remark, ...]:
    """Check one mail; nothing found is an empty tuple. Errors come before warnings."""
    view = look_into(content)
    found = [*_judged(content), *_list_headers(view), *_left_over(view)]
    return tuple(sorted(dict.fromkeys(found), key=lambda remark: (remark.level, remark.rule)))


def _judged(content: bytes) -> Iterator[Remark]:
    try:
        findings = lint(content)
    except _UNREADABLE as error:
        yield Remark(
            level="error",
            rule="D1",
            text=f"the mail is too damaged to be judged whole ({type(error).__name__})",
            hint="look at its source",
        )
        return
    for finding in findings:
        level, hint = finding.level, finding.hint
        yield Remark(level=level, rule=finding.rule, text=finding.what, where=finding.where or "", hint=hint)


def _list_headers(view: MailView) -> Iterator[Remark]:
    values = {header.name.lower(): header for header in reversed(view.headers)}
    unsubscribe, post = values.get("list-unsubscribe"), values.get("list-unsubscribe-post")
    list_id = values.get("list-id")
    if unsubscribe is not None and "=?" not in unsubscribe.raw:
        schemes = {_split(address.strip()).scheme.lower() for address in _ANGLE.findall(unsubscribe.value)}
        if not schemes or not schemes <= {"https", "http", "mailto"}:
            text = f"'{unsubscribe.value}' holds no <https:> or <mailto:> address"
            yield Remark(level="error", rule="D5", text=text, where="List-Unsubscribe")
    if post is not None and post.value != ONE_CLICK:
        yield Remark(level="error", rule="D5", text=f"List-Unsubscribe-Post must be {ONE_CLICK}")
    if list_id is not None and (
        not _LIST_ID.fullmatch(list_id.value) or len(list_id.value) > LIST_ID_CHARACTERS
    ):
        text = f"List-ID '{list_id.value[:80]}' has no <label.domain> that programs can read"
        yield Remark(level="error", rule="D6", text=text, where="List-ID")


def _left_over(view: MailView) -> Iterator[Remark]:
    left = _PLACEHOLDER.search(view.text or "")
    if left and view.text:
        around = " ".join(view.text[max(0, left.start() - 10) : left.end() + 30].split())
        yield Remark(level="warning", rule="C4", text=f"a placeholder stands in the text part: {around}")
    hosts = sorted({_split(address).hostname or "?" for address in _REMOTE_STYLE.findall(view.html or "")})
    if hosts:
        yield Remark(
            level="warning",
            rule="C10",
            text=f"its styles load from the web: {', '.join(hosts[:5])}",
            hint="each tells its server who read the mail, and when",
        )


def _split(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:  # "https://[": the mail of somebody else may hold anything
        return SplitResult("", "", "", "", "")
