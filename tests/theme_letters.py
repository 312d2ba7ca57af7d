"""Letters of every theme to hold against the checklist: one story or several, left to right or right to left."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from digest.composing import compose, fill, load_theme, theme_names
from digest.composing.pictures import Picture, embedded
from digest.model import Article, Digest, Edition, Further, Point, Sender, Sentence, Subscriber

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["CHROMIUM", "LONG_WORD", "THEMES", "a_browser", "a_message", "a_picture"]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
THEMES = theme_names()
LONG_WORD = "w" * 200
_IMAGE = "https://harbour.example.org/quay.png"
_WORDS = {
    "en": (
        ("Reading room opens at the harbour", "Ferry to the islands runs at night"),
        "Two hundred people came before noon, and most of them left with a book.",
        "The old sail loft was cleared by volunteers in nine weeks.",
        "It stays open until midnight on weekdays.",
        "Harbour Weekly",
    ),
    "he": (
        ("חדר קריאה נפתח בנמל", "מעבורת הלילה יוצאת אל האיים"),
        "מאתיים איש באו לפני הצהריים, ורובם יצאו עם ספר ביד ועם חיוך.",
        "מתנדבים פינו את מחסן המפרשים הישן בתשעה שבועות.",
        "החדר פתוח עד חצות בימי חול.",
        "שבועון הנמל",
    ),
}


_FURTHER = tuple(
    Further(site, f"https://{place}.example.net/a")
    for site, place in (("Fjord Post", "fjord"), ("Quay Times", "quay"))
)


def a_message(
    theme: str, language: str = "en", *, stories: int = 1, extra: str = "", picture: bool = False
) -> bytes:
    """Give a finished message of a theme; ``extra`` is put behind the first key point."""
    headlines, lead, first, second, site = _WORDS[language]
    digests = [
        Digest(
            headline=headlines[number % 2],
            summary=[_point(lead)],
            key_points=[_point(f"{first} {extra}".strip()), _point(second)],
            keywords=[],
            language=language,
            reading_minutes=2,
            article=Article(
                paragraphs=[lead, first, second],
                url=f"https://harbour.example.org/stories/{number}",
                site=site,
                byline="Ada Quill",
                image=_IMAGE if picture and not number else None,
                further=_FURTHER if not number else (),
            ),
        )
        for number in range(stories)
    ]
    edition = Edition(
        id="harbour-42",
        subject=f"{site}: {headlines[0]}",
        preheader=lead,
        digests=digests,
        theme=theme,
        language=language,
        sender=Sender(
            address="letter@harbour.example.org",
            name=site,
            postal_address="1 Quay Street\nOsterhaven",
            list_id="weekly.harbour.example.org",
            unsubscribe_url="https://harbour.example.org/leave?who={email}",
            unsubscribe_mailto="leave@harbour.example.org",
            one_click=True,
        ),
    )
    pictures = {_IMAGE: a_picture()} if picture else None
    letter = compose(edition, theme=load_theme(theme), pictures=pictures)
    return fill(
        letter, Subscriber("mara@example.net", name="Mara"), date=1_795_500_000.0, message_id_key=b"k"
    )


def _point(line: str) -> Point:
    return Point(line, [Sentence(line, 0, 0, len(line))])


def a_picture() -> Picture:
    """Give a lead picture of 520 × 260 pixels: water below, sky above."""
    import struct
    import zlib

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    rows = b"".join(b"\0" + bytes((140 - y // 4, 175 - y // 4, 190 - y // 8)) * 520 for y in range(260))
    header = struct.pack(">IIBBBBB", 520, 260, 8, 2, 0, 0, 0)
    png = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
    return embedded(png, alt="The harbour in the morning")


@contextmanager
def a_browser() -> Iterator[Browser]:
    """Open the installed Chromium without any network of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield launched
        launched.close()
