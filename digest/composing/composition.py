"""An Edition and a Theme into a Letter: rendered once, inlined once, cut at its slots, headers written.

The page is rendered twice, as HTML and as text, each with marks of its own; the marks become slots, and the
MIME parts round them are written here. Nothing about a subscriber is known yet.

Source: RFC 2046 5.1.4 (text first, HTML last), RFC 5322 3.6, RFC 2369, RFC 2919, RFC 8058.
"""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from digest.composing.cleaning import clean_line, clean_url
from digest.composing.compiling import Fields, compile_html, compile_text, encoded
from digest.composing.filling import DATE, MESSAGE_ID, RECIPIENT, fill
from digest.composing.headers import field, mailbox, unstructured, wire_address
from digest.composing.inline import check_sheet, inline
from digest.composing.page import Page, edition_view, word_book
from digest.composing.pictures import Picture
from digest.composing.plaintext import wrap
from digest.composing.symbols import Marks, Symbol
from digest.composing.templating import Templates
from digest.composing.theme import Theme, load_theme
from digest.errors import InvalidInputError
from digest.model import Edition, Letter, Piece, Sender, Slot, SlotEncoding, Subscriber
from digest.shapes import edition_to_json

__all__ = ["compose", "render"]

_LIST_ID_OCTETS: Final = 255  # RFC 2919 2
_EMAIL: Final = "{email}"


def compose(edition: Edition, *, theme: Theme | None = None) -> Letter:
    """Compile an edition for mailing.

    Raises:
        TemplateError: the theme does not render; ``where`` holds the template and its line.
        InputMissingError: there is no such theme.
        InvalidInputError: a header's value cannot be written.
    """
    theme = theme or load_theme(edition.theme)
    fields = Fields()
    html = _html_part(edition, theme, fields)
    text = _text_part(edition, theme, fields)
    domain = wire_address(edition.sender.address).rpartition("@")[2]
    boundary = f"=_{Marks(_seed(edition, theme)).nonce}"  # "=_" cannot occur in quoted-printable
    return Letter(
        edition=edition.id,
        subject=clean_line(edition.subject),
        envelope_sender=wire_address(edition.sender.envelope_sender or edition.sender.address),
        message_id_domain=domain,
        pieces=_joined((*_headers(edition, boundary), *_alternatives(text, html, boundary))),
        fields=frozenset(fields.places),
        places=tuple(sorted(fields.places.items())),
    )


def render(edition: Edition, theme: Theme | None = None, *, subscriber: Subscriber | None = None) -> Page:
    """Show an edition as one subscriber would get it.

    Raises:
        TemplateError: as ``compose``.
    """
    letter = compose(edition, theme=theme)
    reader = subscriber or Subscriber("reader@example.org", "Reader")
    message = fill(letter, reader, date=0.0, message_id_key=b"")
    parsed = email.message_from_bytes(message, policy=email.policy.default)
    html, text = parsed.get_body(("html",)), parsed.get_body(("plain",))
    assert html is not None
    assert text is not None
    return Page(
        subject=letter.subject,
        preheader=clean_line(edition.preheader),
        html=html.get_content(),
        text=text.get_content(),
        message=message,
    )


def _html_part(edition: Edition, theme: Theme, fields: Fields) -> tuple[Piece, ...]:
    marks = Marks(_seed(edition, theme))
    templates = Templates(theme, marks)
    context = _context(edition, theme, marks)
    sheets = {name: _sheet(templates, name, context) for name in ("style.css", "keep.css")}
    check_sheet(sheets["style.css"], where=_file(templates, "style.css"))
    name = _file(templates, "letter.html")
    page = templates.render(
        name, {**context, "style": _raw(sheets["style.css"]), "keep": _raw(sheets["keep.css"])}
    )
    return encoded(compile_html(inline(page, where=name), marks, fields))


def _text_part(edition: Edition, theme: Theme, fields: Fields) -> tuple[Piece, ...]:
    marks = Marks(_seed(edition, theme))
    templates = Templates(theme, marks)
    text = templates.render(_file(templates, "letter.txt"), _context(edition, theme, marks))
    return encoded(compile_text(wrap(text, marks), marks, fields))


def _sheet(templates: Templates, name: str, context: Mapping[str, object]) -> str:
    return templates.render(_file(templates, name), context)


def _file(templates: Templates, name: str) -> str:
    return name if templates.has(name) else f"shared/{name}"


def _raw(css: str) -> object:
    from markupsafe import Markup

    return Markup(css.replace("</", "<\\/"))  # noqa: S704  # the theme's own sheet, and it cannot end its element


def _seed(edition: Edition, theme: Theme) -> str:
    return json.dumps(edition_to_json(edition)) + theme.fingerprint


def _context(edition: Edition, theme: Theme, marks: Marks) -> dict[str, object]:
    pictures: Mapping[str, Picture] = {}
    view, sender, stories = edition_view(edition, theme.words, pictures)
    return {
        "edition": view,
        "sender": sender,
        "stories": stories,
        "words": word_book(theme.words, view.language),
        "colours": theme.colours,
        "dark": theme.dark,
        "fonts": theme.fonts,
        "options": theme.options,
        "unsubscribe_url": _LateAddress.of(_ways_out(edition.sender), marks),
    }


@dataclass(frozen=True, slots=True)
class _LateAddress:
    """An address with the subscriber's in it: leaves a mark each time it is printed."""

    before: str
    after: str
    is_personal: bool
    marks: Marks

    @classmethod
    def of(cls, ways: tuple[str, ...], marks: Marks) -> _LateAddress | None:
        if not ways:
            return None
        before, personal, after = ways[0].partition(_EMAIL)
        return cls(before, after, bool(personal), marks)

    def __str__(self) -> str:
        return f"{self.before}{self._mark()}{self.after}"

    def __html__(self) -> str:
        from markupsafe import escape

        return f"{escape(self.before)}{self._mark()}{escape(self.after)}"

    def _mark(self) -> str:
        if not self.is_personal:
            return ""
        return self.marks.slot(Symbol(("field", "email"), "[list] unsubscribe_url", is_address_part=True))


def _ways_out(sender: Sender) -> tuple[str, ...]:
    """Give the addresses that leave the list, https before mailto.

    Raises:
        InvalidInputError: the URL is no web address.
    """
    ways = []
    if sender.unsubscribe_url:
        placeholder = "digest-email-here"
        url = clean_url(sender.unsubscribe_url.replace(_EMAIL, placeholder))
        if url is None:
            raise InvalidInputError(
                f"'{sender.unsubscribe_url}' is no web address",
                where="[list] unsubscribe_url",
                hint="https://…",
            )
        ways.append(url.replace(placeholder, _EMAIL, 1))
    if sender.unsubscribe_mailto:
        address = wire_address(sender.unsubscribe_mailto.removeprefix("mailto:"))
        ways.append(f"mailto:{address}" + ("" if "?" in address else "?subject=unsubscribe"))
    return tuple(ways)


def _headers(edition: Edition, boundary: str) -> tuple[Piece, ...]:
    sender = edition.sender
    fixed = [field("From", mailbox(sender.name, sender.address, used=len("From: ")))]
    if sender.reply_to:
        fixed.append(field("Reply-To", mailbox("", sender.reply_to, used=len("Reply-To: "))))
    fixed.append(field("Subject", unstructured(edition.subject, used=len("Subject: "))))
    return (
        b"".join(fixed) + b"To: ",
        Slot(RECIPIENT, SlotEncoding.HEADER),
        b"\r\nDate: ",
        Slot(DATE, SlotEncoding.HEADER),
        b"\r\nMessage-ID: ",
        Slot(MESSAGE_ID, SlotEncoding.HEADER),
        b"\r\n" + _list_id(sender),
        *_list_unsubscribe(sender),
        field("MIME-Version", b"1.0"),
        field("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"'.encode()) + b"\r\n",
    )


def _list_id(sender: Sender) -> bytes:
    """Write List-ID; a name that is not plain ASCII stays out, since List fields are never encoded."""
    if not sender.list_id:
        return b""
    label = "".join(clean_line(sender.list_id).strip("<>").split())
    if not label.isascii() or len(label) > _LIST_ID_OCTETS or "." not in label:
        raise InvalidInputError(
            f"'{sender.list_id}' is no List-ID", where="[list] id", hint="write it like harbour.example.org"
        )
    name = clean_line(sender.list_name)
    shown = (
        "" if not name.isascii() or len(name) > 60 else '"' + name.replace("\\", "").replace('"', "") + '" '
    )  # noqa: PLR2004  # fits its line
    return field("List-ID", f"{shown}<{label}>".encode())


def _list_unsubscribe(sender: Sender) -> tuple[Piece, ...]:
    """Write List-Unsubscribe, never encoded and folded only between its addresses (RFC 2369 2)."""
    ways = _ways_out(sender)
    pieces: list[Piece] = []
    for at, way in enumerate(ways):
        pieces.append(b",\r\n <" if at else b"List-Unsubscribe: <")
        before, personal, after = way.partition(_EMAIL)
        pieces.append(before.encode("ascii"))
        if personal:
            pieces.append(Slot(("field", "email"), SlotEncoding.HEADER_URL))
        pieces.append(after.encode("ascii") + b">")
    if pieces:
        pieces.append(b"\r\n")
    if sender.one_click and sender.unsubscribe_url:
        pieces.append(field("List-Unsubscribe-Post", b"List-Unsubscribe=One-Click"))
    return tuple(pieces)


def _alternatives(text: tuple[Piece, ...], html: tuple[Piece, ...], boundary: str) -> tuple[Piece, ...]:
    opening = f"--{boundary}\r\n".encode()
    return (
        opening + _part_headers("plain"),
        *text,
        b"\r\n" + opening + _part_headers("html"),
        *html,
        f"\r\n--{boundary}--\r\n".encode(),
    )


def _part_headers(subtype: str) -> bytes:
    return (
        field("Content-Type", f"text/{subtype}; charset=utf-8".encode())
        + field("Content-Transfer-Encoding", b"quoted-printable")
        + b"\r\n"
    )


def _joined(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Join neighbouring bytes: a letter is filled faster the fewer pieces it has."""
    joined: list[Piece] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if isinstance(piece, bytes) and isinstance(last, bytes):
            joined[-1] = last + piece
        else:
            joined.append(piece)
    return tuple(joined)
