"""``compose``: an Edition rendered, inlined and compiled to a Letter, once for all its subscribers.

Jinja renders page, text and style sheets with marks for what differs; premailer inlines the page; the marks
become slots; the header fields are written by ``message.py``. Pure but for the theme it may load: the same
edition and theme give the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digest.composing.compiling import Fields, compile_html, compile_text
from digest.composing.filling import Filler
from digest.composing.inline import check_sheet, inline
from digest.composing.message import Content, message_pieces, sender_address, unsubscribe_addresses
from digest.composing.page import EditionView, Page, edition_view, word_book
from digest.composing.pictures import Attachment, Picture
from digest.composing.plaintext import wrap
from digest.composing.reading_back import parts_of
from digest.composing.symbols import Marks, Symbol
from digest.composing.templating import Templates
from digest.composing.theme import Theme, load_theme
from digest.errors import TemplateError
from digest.model import Edition, Letter, Sender, Subscriber
from digest.shapes import edition_to_json

__all__ = ["compose", "render"]

SAMPLE = Subscriber("reader@example.org", name="Robin Reader", language="en")
_LEADING_SPACE = re.compile(r"^[ \t]+", re.MULTILINE)
_EMPTY_LINES = re.compile(r"\n{2,}")
_SAMPLE_KEY = b"a rendering for a person to look at, never mailed"


def compose(
    edition: Edition,
    *,
    theme: Theme | None = None,
    pictures: Mapping[str, Picture] | None = None,
    attachments: Sequence[Attachment] = (),
) -> Letter:
    """Compile an edition to a Letter; without a theme, the built-in one that the edition names.

    ``pictures`` are by the address in ``article.image``; a story whose picture is not among them has none.

    Raises:
        TemplateError: the theme does not render, or asks of the subscriber what no letter can keep.
        ConfigurationError: an address of the sender's is none.
        InputMissingError: there is no such theme.
    """
    theme = theme or load_theme(edition.theme)
    seed = json.dumps([edition_to_json(edition), theme.fingerprint])
    marks, text_marks = Marks(f"page {seed}"), Marks(f"text {seed}")
    rendering = _rendered(edition, theme, (marks, text_marks), pictures or {})
    fields = Fields()
    content = Content(
        text=compile_text(wrap(rendering.text, text_marks), text_marks, fields),
        html=compile_html(rendering.html, marks, fields),
        pictures=tuple(
            picture
            for picture in (pictures or {}).values()
            if picture.content and f"cid:{picture.cid}" in rendering.html
        ),
        attachments=tuple(attachments),
        boundary=marks.nonce,
        language=rendering.view.language,
    )
    sender = edition.sender
    domain = sender_address(sender.address, "address").rpartition("@")[2]
    return Letter(
        edition=edition.id,
        subject=rendering.view.subject,
        envelope_sender=sender_address(sender.envelope_sender or sender.address, "envelope_sender"),
        message_id_domain=domain,
        pieces=message_pieces(edition, content),
        fields=frozenset(fields.places) - {"email", "address"},
        places=tuple(sorted(fields.places.items())),
    )


def render(
    edition: Edition,
    theme: Theme,
    *,
    subscriber: Subscriber = SAMPLE,
    pictures: Mapping[str, Picture] | None = None,
) -> Page:
    """Render an edition for one subscriber to look at; the parts are read back from the finished message.

    Raises:
        TemplateError: as ``compose``.
    """
    letter = compose(edition, theme=theme, pictures=pictures)
    message = Filler(letter, message_id_key=_SAMPLE_KEY)(subscriber, 0)
    text, html = parts_of(message)
    return Page(subject=letter.subject, preheader=edition.preheader, html=html, text=text, message=message)


@dataclass(frozen=True, slots=True)
class _Rendering:
    """The page and the text of an edition, with marks."""

    view: EditionView
    html: str
    text: str


def _rendered(
    edition: Edition, theme: Theme, marks: tuple[Marks, Marks], pictures: Mapping[str, Picture]
) -> _Rendering:
    from markupsafe import Markup, escape

    page, plain = (Templates(theme, each) for each in marks)
    view, sender, stories = edition_view(edition, theme.words, pictures)
    context: dict[str, object] = {
        "edition": view,
        "sender": sender,
        "stories": stories,
        "story": stories[0],
        "words": word_book(theme.words, view.language),
        "colours": theme.colours,
        "dark": theme.dark,
        "fonts": theme.fonts,
        "options": theme.options,
    }
    text = plain.render("letter.txt", {**context, "unsubscribe": _unsubscribe_link(edition.sender, marks[1])})
    sheets = (_sheet(page, theme, name, context) for name in ("shared/style.css", "style.css"))
    kept = "\n".join(page.render(name, context) for name in ("shared/keep.css", "keep.css") if page.has(name))
    if "@import" in kept:
        raise TemplateError(
            "a style sheet is imported", where=f"{theme.name}/keep.css", hint="copy its rules"
        )
    context |= {
        # Style sheets are the theme's own text, which its author answers for; the link's parts are escaped.
        "style": Markup("\n".join(sheets)),  # noqa: S704  # as above
        "keep": Markup(_EMPTY_LINES.sub("\n", kept)),  # noqa: S704  # as above
        "unsubscribe": Markup(escape(_unsubscribe_link(edition.sender, marks[0]))),  # noqa: S704  # as above
    }
    html = page.render("letter.html", context)
    slim = _EMPTY_LINES.sub("\n", _LEADING_SPACE.sub("", html)).strip()
    return _Rendering(view, inline(slim, where=f"{theme.name}/letter.html"), text)


def _sheet(templates: Templates, theme: Theme, name: str, context: Mapping[str, object]) -> str:
    if not templates.has(name):
        return ""
    css = templates.render(name, context)
    check_sheet(css, where=name if name.startswith("shared/") else f"{theme.name}/{name}")
    return css


def _unsubscribe_link(sender: Sender, marks: Marks) -> str:
    """Give the address of the visible unsubscribe link, the twin of the header's first; empty without one."""
    addresses = unsubscribe_addresses(sender)
    if not addresses:
        return ""
    email = Symbol(("field", "email"), "", is_address_part=True)
    before, *rest = addresses[0].split("{email}")
    return before + "".join(marks.slot(email) + part for part in rest)
