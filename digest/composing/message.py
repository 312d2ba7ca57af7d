"""The message round its parts: header fields and MIME structure, as bytes with slots.

Header fields stand once each; List-* values are never encoded and fold only between addresses. The text part
comes first and the page last; embedded pictures make the page ``multipart/related``, attachments the whole
``multipart/mixed``.

Source: RFC 5322 3.6, RFC 2046 5.1, RFC 2369, RFC 2387, RFC 2919, RFC 8058.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from digest.composing.cleaning import clean_line
from digest.composing.compiling import Pieces, encoded, octets_of
from digest.composing.filling import DATE, MESSAGE_ID, RECIPIENT
from digest.composing.headers import field, mailbox, phrase, unstructured, wire_address
from digest.composing.pictures import Attachment, Picture
from digest.composing.whole import base64_lines, is_shorter, whole_part
from digest.errors import ConfigurationError, InvalidInputError
from digest.model import Edition, Piece, Sender, Slot, SlotEncoding

__all__ = ["Content", "message_pieces", "sender_address", "unsubscribe_addresses"]

_EMAIL: tuple[str, str] = ("field", "email")
_URI = re.compile(r"[!-;=?-~]+")  # printable ASCII without < and >, RFC 2369 2
_LIST_ID_LIMIT = 255  # RFC 2919 3
_FILENAME = re.compile(r"[^A-Za-z0-9._ -]")
_FILENAME_LIMIT = 120  # characters: what no mail program cuts, and what file systems take
_FILENAME_LINE = 60  # octets of one continuation: with its name and number under 78 columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The parts of a letter. ``boundary`` occurs in none of them."""

    text: Pieces
    html: Pieces
    pictures: tuple[Picture, ...]
    attachments: tuple[Attachment, ...]
    boundary: str
    language: str


def message_pieces(edition: Edition, content: Content) -> tuple[Piece, ...]:
    """Write a whole message as pieces.

    Raises:
        ConfigurationError: the sender's list headers cannot be written as they are.
    """
    pieces = [*_header(edition, content), *_body(content)]
    merged: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, bytes) and merged and isinstance(merged[-1], bytes):
            merged[-1] += piece
        else:
            merged.append(piece)
    return tuple(merged)


def unsubscribe_addresses(sender: Sender) -> list[str]:
    """Give the unsubscribe addresses, the web's first; each may hold ``{email}``.

    Raises:
        ConfigurationError: one of them is no address that a header can carry.
    """
    found = []
    if sender.unsubscribe_url:
        if not sender.unsubscribe_url.startswith(("https://", "http://")):
            _refuse("unsubscribe_url must begin with https://", sender.unsubscribe_url)
        found.append(sender.unsubscribe_url)
    if sender.unsubscribe_mailto:
        address = sender.unsubscribe_mailto
        found.append(address if address.startswith("mailto:") else f"mailto:{address}")
    for address in found:
        if not _URI.fullmatch(address):
            _refuse("an unsubscribe address has letters that a header cannot carry", address)
    return found


def _refuse(what: str, where: str) -> None:
    raise ConfigurationError(what, where=where[:200], hint="percent-encode everything but ASCII in it")


def sender_address(address: str, key: str) -> str:
    """Write an address of the sender's as SMTP carries it; ``key`` is the setting it comes from.

    Raises:
        ConfigurationError: it is no address.
    """
    try:
        return wire_address(address)
    except InvalidInputError as error:
        raise ConfigurationError(error.what, where=f"[sender] {key}", hint=error.hint) from error


def _header(edition: Edition, content: Content) -> list[Piece]:
    sender = edition.sender
    pieces: list[Piece] = [
        field("From", mailbox(sender.name, sender_address(sender.address, "address"), used=len("From: "))),
        b"To: ",
        Slot(RECIPIENT, SlotEncoding.ADDRESS),
        b"\r\n" + field("Subject", unstructured(edition.subject, used=len("Subject: "))) + b"Date: ",
        Slot(DATE, SlotEncoding.HEADER),
        b"\r\nMessage-ID: ",
        Slot(MESSAGE_ID, SlotEncoding.HEADER),
        b"\r\n",
    ]
    if sender.reply_to:
        pieces.append(field("Reply-To", sender_address(sender.reply_to, "reply_to").encode()))
    if sender.list_id:
        pieces.append(field("List-ID", _list_id(sender)))
    pieces += _list_unsubscribe(sender)
    pieces.append(b"X-Auto-Response-Suppress: OOF, AutoReply\r\n")
    pieces.append(field("Content-Language", content.language.encode()))
    pieces.append(b"MIME-Version: 1.0\r\n")
    return pieces


def _list_id(sender: Sender) -> bytes:
    label = clean_line(sender.list_id).strip("<>")
    if not label.isascii() or " " in label or len(label) > _LIST_ID_LIMIT:
        _refuse("list_id must be a name like news.example.org", label)
    name = clean_line(sender.list_name)
    if not name:
        return f"<{label}>".encode()
    shown = phrase(name, used=len("List-ID: "))
    gap = b"\r\n " if len(shown) + len(label) > 60 else b" "  # noqa: PLR2004  # leaves the line under 78
    return shown + gap + f"<{label}>".encode()


def _list_unsubscribe(sender: Sender) -> list[Piece]:
    addresses = unsubscribe_addresses(sender)
    if not addresses:
        return []
    pieces: list[Piece] = [b"List-Unsubscribe: "]
    for at, address in enumerate(addresses):
        before, *rest = address.split("{email}")
        pieces.append((b",\r\n <" if at else b"<") + before.encode())
        for part in rest:
            pieces += [Slot(_EMAIL, SlotEncoding.HEADER_URL), part.encode()]
        pieces.append(b">")
    pieces.append(b"\r\n")
    if sender.one_click and addresses[0].startswith("https://"):
        pieces.append(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")
    return pieces


def _body(content: Content) -> list[Piece]:
    page = _text_part("html", content.html)
    if content.pictures:
        page = _multipart(
            "related",
            f"r{content.boundary}",
            [page, *map(_picture_part, content.pictures)],
            '; type="text/html"',
        )
    whole = _multipart("alternative", f"a{content.boundary}", [_text_part("plain", content.text), page])
    if content.attachments:
        whole = _multipart(
            "mixed", f"m{content.boundary}", [whole, *map(_attachment_part, content.attachments)]
        )
    return whole


def _multipart(kind: str, boundary: str, parts: list[list[Piece]], more: str = "") -> list[Piece]:
    mark = f"--=_{boundary}"
    pieces: list[Piece] = [
        f'Content-Type: multipart/{kind}{more};\r\n boundary="=_{boundary}"\r\n\r\n'.encode()
    ]
    for part in parts:
        pieces += [f"{mark}\r\n".encode(), *part]
    return [*pieces, f"{mark}--\r\n".encode()]


def _text_part(kind: str, pieces: Pieces) -> list[Piece]:
    wire = encoded(pieces)
    is_base64 = is_shorter(pieces, octets_of(wire))
    name = "base64" if is_base64 else "quoted-printable"
    head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {name}\r\n\r\n".encode()
    return [head, whole_part(pieces)] if is_base64 else [head, *wire, b"\r\n"]


def _picture_part(picture: Picture) -> list[Piece]:
    head = (
        f"Content-Type: {picture.media_type}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-ID: <{picture.cid}>\r\nContent-Disposition: inline\r\n\r\n"
    )
    return [head.encode() + base64_lines(picture.content)]


def _attachment_part(attachment: Attachment) -> list[Piece]:
    head = (
        f"Content-Type: {attachment.media_type}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment;\r\n {_filename(attachment.filename)}\r\n\r\n"
    )
    return [head.encode() + base64_lines(attachment.content)]


def _filename(name: str) -> str:
    """Write the name of a file: quoted where it is plain and short, else by RFC 2231, in lines under 78.

    >>> _filename("Plan für den Kai.pdf")
    "filename*0*=utf-8''Plan%20f%C3%BCr%20den%20Kai.pdf"
    """
    name = clean_line(name).replace("/", "_").replace("\\", "_")
    if len(name) > _FILENAME_LIMIT:
        stem, dot, ending = name.rpartition(".")
        kept = f"{dot}{ending}"[:20] if stem else ""
        name = name[: _FILENAME_LIMIT - len(kept)] + kept
    if not _FILENAME.search(name) and len(name) <= _FILENAME_LINE:
        return f'filename="{name}"'
    lines = ["utf-8''"]
    for letter in name:
        octets = quote(letter, safe="-._")  # a letter's octets stay together
        if len(lines[-1]) + len(octets) > _FILENAME_LINE:
            lines.append("")
        lines[-1] += octets
    return ";\r\n ".join(f"filename*{number}*={line}" for number, line in enumerate(lines))
