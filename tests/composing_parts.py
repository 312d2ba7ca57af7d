"""What the tests of composing share: an edition of one harbour story, a one-line theme, a filled letter."""

from __future__ import annotations

import struct
from dataclasses import replace

from digest.composing import Theme, compose, fill, load_theme
from digest.composing.reading_back import parts_of
from digest.model import Article, Digest, Edition, Point, Sender, Sentence, Subscriber

__all__ = ["ANN", "KEY", "PNG", "TEXTS", "a_point", "an_edition", "filled", "with_page"]

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 800, 400) + b"\x08\x02\0\0\0" + bytes(60)
KEY = b"k" * 32
ANN = Subscriber("ann@example.org", name="Ann Lee", fields={"city": "Riga", "name": "Ann Lee"})
TEXTS = (
    "The harbour opened its reading room on Saturday, and two hundred people came before noon.",
    "Volunteers carried nine thousand books across the quay by hand.",
    "The old customs house had stood empty for eleven years.",
)


def a_point(text: str) -> Point:
    return Point(text, [Sentence(text, 0, 0, len(text))])


def an_edition(
    *headlines: str, theme: str = "article", language: str = "en", text: str = TEXTS[0]
) -> Edition:
    digests = [
        Digest(
            headline=headline,
            summary=[a_point(text)],
            key_points=[a_point(TEXTS[1]), a_point(TEXTS[2])],
            keywords=["harbour"],
            language=language,
            reading_minutes=3,
            article=Article(
                paragraphs=TEXTS,
                title=headline,
                byline="Ada Quill",
                published="2026-11-20",
                url="https://example.org/harbour?a=1&b=2",
                site="Harbour Weekly",
            ),
        )
        for headline in headlines or ("Reading room opens at the harbour",)
    ]
    return Edition(
        id="harbour-1",
        subject="Reading room opens",
        preheader="Two hundred people came before noon on the first day.",
        digests=digests,
        theme=theme,
        language=language,
        sender=Sender(
            address="news@example.org",
            name="Harbour Weekly",
            postal_address="1 Quay Street\n1000 Riga",
            list_id="weekly.example.org",
            unsubscribe_url="https://example.org/leave?who={email}",
            unsubscribe_mailto="leave@example.org",
            one_click=True,
        ),
    )


def with_page(page: str, *, text: str = "{{ story.headline }}\n", css: str = "") -> Theme:
    """Make a theme of one line inside the shared frame."""
    theme = load_theme("article")
    frame = '{% extends "shared/base.html" %}{% block content %}\n' + page + "\n{% endblock %}"
    return replace(theme, files={**theme.files, "letter.html": frame, "letter.txt": text, "style.css": css})


def filled(theme: Theme, subscriber: Subscriber = ANN) -> tuple[str, str]:
    return parts_of(fill(compose(an_edition(), theme=theme), subscriber, date=0, message_id_key=KEY))
