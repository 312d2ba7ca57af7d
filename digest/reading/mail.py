"""A saved mail (.eml) or a saved page (.mhtml) into a draft. Pure, standard library only."""

from __future__ import annotations

import email
import email.policy
import email.utils
import re
from email.message import EmailMessage

from digest.reading.charsets import decode
from digest.reading.html import read_page
from digest.reading.language import tag
from digest.reading.lines import Draft, Line, normalise, split

__all__ = ["read_mail"]

_PREFIX = re.compile(r"^(?:(?:re|aw|fwd?|wg|tr|rv|sv|antw)\s*:\s*)+", re.IGNORECASE)
_FORWARDED = re.compile(
    r"^-{2,}\s*(?:forwarded|original|weitergeleitete|message transféré).{0,40}-{2,}$", re.IGNORECASE
)
_HEADER = re.compile(
    r"^(?:from|to|subject|date|sent|cc|von|an|betreff|datum|gesendet|de|à|objet)\s*:", re.IGNORECASE
)
_FOOT = re.compile(
    r"^(?:-- ?$|you (?:are receiv|receiv|got)\w* this|to unsubscribe|unsubscribe\b|sent from my|if you no longer|abmelden|"
    r"sie erhalten diese|vous recevez|on .{6,80} wrote:$|am .{6,80} schrieb.{0,40}:$|le .{6,80} a écrit\s?:$)",
    re.IGNORECASE,
)
_MOST_PARTS = 200


def read_mail(content: bytes) -> Draft:
    """Read a mail's HTML part, else its text; quoted replies and the foot go."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    is_page = "Snapshot-Content-Location" in message or (
        message.get_content_type() == "multipart/related" and "From" not in message
    )
    page, plain, place = _parts(message)
    url = _header(message, "Snapshot-Content-Location") or place
    draft = (
        read_page(page, url=url if url and url.startswith("http") else None)
        if page
        else _read_plain(plain or "")
    )
    if is_page or "<Saved by Blink>" in (_header(message, "From") or ""):
        return draft
    return Draft(
        lines=_without_foot(list(draft.lines)),
        title=_PREFIX.sub("", _header(message, "Subject") or "").strip() or draft.title,
        byline=draft.byline or email.utils.parseaddr(_header(message, "From") or "")[0] or None,
        published=_date(message),
        language=draft.language or tag(_header(message, "Content-Language")),
        url=draft.url,
        site=draft.site,
        image=draft.image,
        is_extracted=True,
        refusal=draft.refusal,
    )


def _parts(message: EmailMessage) -> tuple[str | None, str | None, str | None]:
    page: str | None = None
    plain: str | None = None
    place: str | None = None
    for count, part in enumerate(message.walk()):
        if count >= _MOST_PARTS:
            break
        kind = part.get_content_type()
        if (
            part.is_multipart()
            or part.get_content_disposition() == "attachment"
            or not kind.startswith("text/")
        ):
            continue
        body = part.get_payload(decode=True)
        text = decode(body if isinstance(body, bytes) else b"", claimed=part.get_content_charset())
        if kind == "text/html" and page is None:
            page, place = text, str(part.get("Content-Location") or "") or None
        elif kind == "text/plain" and plain is None:
            plain = text
    return page, plain, place


def _read_plain(text: str) -> Draft:
    return Draft(lines=split(normalise(text)), is_extracted=True)


def _without_foot(lines: list[Line]) -> list[Line]:
    """Cut a mail at its foot, and drop forwarding headers and trailing quotations."""
    kept: list[Line] = []
    for line in lines:
        if kept and _FOOT.match(line.text):
            break
        if _FORWARDED.match(line.text) or (len(kept) <= 1 and _HEADER.match(line.text)):
            continue
        kept.append(line)
    while kept and kept[-1].kind == "quote" and any(line.kind == "text" for line in kept):
        kept.pop()
    return kept


def _header(message: EmailMessage, name: str) -> str | None:
    try:
        value = message.get(name)
        return " ".join(str(value).split()) or None if value is not None else None
    except (
        ValueError,
        TypeError,
        IndexError,
        AttributeError,
    ):  # the standard parser's answers to broken headers
        return None


def _date(message: EmailMessage) -> str | None:
    try:
        return email.utils.parsedate_to_datetime(_header(message, "Date") or "").isoformat()
    except (ValueError, TypeError):
        return None
