"""A received mail taken apart for people: what a list shows of it, its headers, its parts.

Bytes in, plain values out. Whatever a mail holds, taking it apart does not fail: what cannot be decoded is
shown as it stands. Encoded words are decoded here and not by ``email.header``, which loses spaces between
words of different scripts (cpython #144156): the inbox must show what other mail programs show.
"""

from __future__ import annotations

import base64
import binascii
import email
import email.message
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

__all__ = ["Header", "MailView", "Part", "Summary", "headers", "look_into", "summarise", "with_own_images"]

# A header block larger than this is an attack or a bug; the rest is still there in the source.
HEADER_BYTES = 256 * 1024
# Nested deeper than this no mail program follows, and Python's parser recurses.
PARTS_SHOWN = 500

# Raster images a browser draws without running anything; SVG is not among them.
SHOWN_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"})

_ENCODED_WORD = re.compile(r"=\?([^?\s]+)\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_ENCODED_WORDS = re.compile(r"(\?=)\s+(?==\?[^?\s]+\?[bBqQ]\?[^?]*\?=)")


@dataclass(frozen=True, slots=True)
class Header:
    """One header field: ``value`` decoded for reading, ``raw`` as it stood on the wire, folds included."""

    name: str
    value: str
    raw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a list of mails shows of one. Every text is decoded; what is missing is empty."""

    subject: str
    sender: str
    to: str
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One MIME part. ``number`` is its place in the order of the mail, ``depth`` 0 is the mail itself."""

    number: int
    depth: int
    media_type: str
    filename: str
    charset: str
    encoding: str
    content_id: str
    disposition: str
    content: bytes
    is_container: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MailView:
    """A mail taken apart. ``html`` and ``text`` are None where the mail has no such part."""

    headers: tuple[Header, ...]
    parts: tuple[Part, ...]
    html: str | None
    text: str | None


def headers(content: bytes) -> tuple[Header, ...]:
    """Read the header fields, in order, repeated ones included."""
    block = re.split(rb"\r?\n\r?\n", content[:HEADER_BYTES], maxsplit=1)[0]
    return tuple(_header(raw) for raw in re.split(r"\r?\n(?![ \t])", _as_text(block)) if ":" in raw)


def summarise(content: bytes) -> Summary:
    """Read the few headers that a list shows."""
    found = {header.name.lower(): header.value for header in reversed(headers(content))}
    return Summary(
        subject=found.get("subject", ""),
        sender=found.get("from", ""),
        to=found.get("to", ""),
        message_id=found.get("message-id", ""),
    )


def look_into(content: bytes) -> MailView:
    """Take a mail apart."""
    parts = tuple(_parts(content))
    return MailView(
        headers=headers(content), parts=parts, html=_body(parts, "text/html"), text=_body(parts, "text/plain")
    )


def with_own_images(html: str, view: MailView, *, below: str | None = None) -> str:
    """Point ``cid:`` addresses (RFC 2392) at the parts they name: ``below`` an address, or as ``data:``."""
    for part in view.parts:
        if not part.content_id:
            continue
        if below is not None:
            address = f"{below}{part.number}"
        elif part.media_type in SHOWN_IMAGES:
            address = f"data:{part.media_type};base64,{base64.b64encode(part.content).decode()}"
        else:
            continue
        html = html.replace(f"cid:{part.content_id}", address).replace(
            f"cid:{quote(part.content_id)}", address
        )
    return html


def _header(raw: str) -> Header:
    name, _, value = raw.partition(":")
    unfolded = re.sub(r"\r?\n(?=[ \t])", "", value).strip()
    return Header(name.strip(), _decode_words(unfolded), raw)


def _decode_words(value: str) -> str:
    """Decode RFC 2047 encoded words; white space between two of them is not part of the text (§6.2)."""
    joined = _BETWEEN_ENCODED_WORDS.sub(r"\1", value)
    return "".join(_runs(joined))


def _runs(value: str) -> Iterator[str]:
    # Adjacent words of one charset are decoded together: some writers cut inside a character, against §5.
    at, pending, charset = 0, b"", ""
    for word in _ENCODED_WORD.finditer(value):
        word_charset = word[1].partition("*")[0].lower()  # RFC 2231 §5 allows a language after the charset
        if pending and (word.start() > at or word_charset != charset):
            yield decode_charset(pending, charset)
            pending = b""
        yield value[at : word.start()]
        pending += _word_bytes(word[2].lower(), word[3])
        charset, at = word_charset, word.end()
    if pending:
        yield decode_charset(pending, charset)
    yield value[at:]


def _word_bytes(encoding: str, text: str) -> bytes:
    octets = text.encode("utf-8", "surrogateescape")
    if encoding == "q":
        return quopri.decodestring(octets, header=True)
    try:
        return base64.b64decode(octets + b"=" * (-len(octets) % 4))
    except binascii.Error:
        return octets


def decode_charset(octets: bytes, charset: str) -> str:
    """Decode leniently: an unknown or wrong charset still gives something to read."""
    try:
        return octets.decode(charset or "utf-8")
    except (LookupError, ValueError):
        return octets.decode("utf-8", "replace")


def _as_text(block: bytes) -> str:
    try:
        return block.decode("utf-8")  # RFC 6532: what is not ASCII in a header is UTF-8
    except UnicodeDecodeError:
        return block.decode("latin-1")


def _parts(content: bytes) -> Iterator[Part]:
    try:
        message = email.message_from_bytes(content)
        pending = [(message, 0)]
        number = 0
        while pending and number < PARTS_SHOWN:
            part, depth = pending.pop()
            yield _part(part, number, depth)
            number += 1
            if part.is_multipart():
                children = [child for child in part.get_payload() if isinstance(child, email.message.Message)]
                pending.extend((child, depth + 1) for child in reversed(children))
    except RecursionError:
        # The parser follows nested parts by recursion: such a mail is only shown as source.
        return


def _part(part: email.message.Message, number: int, depth: int) -> Part:
    payload = b"" if part.is_multipart() else part.get_payload(decode=True)
    filename = part.get_filename()
    return Part(
        number=number,
        depth=depth,
        media_type=part.get_content_type(),
        filename=_decode_words(str(filename)) if filename else "",
        charset=str(part.get_content_charset() or ""),
        encoding=str(part.get("Content-Transfer-Encoding", "")).strip().lower(),
        content_id=str(part.get("Content-ID", "")).strip().strip("<>"),
        disposition=part.get_content_disposition() or "",
        content=payload if isinstance(payload, bytes) else b"",
        is_container=part.is_multipart(),
    )


def _body(parts: tuple[Part, ...], media_type: str) -> str | None:
    for part in parts:
        if part.media_type == media_type and part.disposition != "attachment" and not part.is_container:
            return decode_charset(part.content, part.charset)
    return None
