"""Make the pictures of the themes that ``docs/themes.md`` shows: every theme in every view.

``python docs/images/generate.py`` writes them beside itself, as ``digest preview --screenshots`` does, of two
stories of our own, one of them once more in Hebrew. It needs Chromium, and pngquant to make the files small.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from digest.mailing.previewing import PreviewRequest, build_preview
from digest.settings import load_settings
from digest.web.frame import Look
from digest.web.screenshots import Shot, take_screenshots

SHORE, GLINT = 312, 5  # rows of the drawn picture
HERE = Path(__file__).parent
THEMES = ("article", "edition", "letter", "brief")
SETTINGS = """\
[sender]
address = "letter@example.org"
name = "The Harbour Letter"
postal_address = "The Harbour Letter\\n1 Quay Street, Osterhaven"
[list]
id = "harbour.example.org"
name = "The Harbour Letter"
unsubscribe_url = "https://example.org/leave?who={email}"
"""
LIBRARY: dict[str, object] = {
    "headline": "Harbour library lends its hundredth cargo bicycle",
    "byline": "Ilze Kalnina",
    "site": "Osterhaven Post",
    "url": "https://example.org/library-bicycles",
    "image": "quay.png",
    "summary": [
        "The harbour library lent out its hundredth cargo bicycle on Monday, six weeks after the first one."
    ],
    "key_points": [
        "Anyone with a library card can borrow one of the 24 bicycles for three days, free of charge.",
        "Two thirds of the loans replaced a trip by car, says a survey of 340 borrowers.",
        "The racks moved across the canal after traders in Rope Street complained about blocked pavements.",
    ],
}
FERRY: dict[str, object] = {
    "headline": "Night ferry to the islands returns in May",
    "byline": "Jon Vester",
    "site": "Islands Gazette",
    "url": "https://example.org/night-ferry",
    "image": None,
    "summary": [
        "After four years in dock the night ferry sails again, three times a week, with 60 bunks instead of 90."
    ],
    "key_points": [
        "The first crossing leaves Osterhaven on 2 May at 23:10.",
        "A bunk costs 18 crowns; islanders travel for half of it.",
    ],
}
HEBREW: dict[str, object] = {
    "headline": "ספריית הנמל השאילה את האופניים המאה",
    "byline": "נועה ברק",
    "site": "עיתון הנמל",
    "url": "https://example.org/he/library-bicycles",
    "image": "quay.png",
    "summary": [
        "ספריית הנמל השאילה ביום שני את אופני המשא המאה שלה, שישה שבועות אחרי שהחלה להשאיל אופניים לצד ספרים."
    ],
    "key_points": [
        "כל בעל כרטיס ספרייה יכול לשאול אופניים לשלושה ימים, ללא תשלום.",
        "שני שלישים מההשאלות החליפו נסיעה במכונית, לפי סקר בקרב 340 שואלים.",
    ],
}


VIEWS = (
    Shot("375-light", 375, Look()),
    Shot("375-dark", 375, Look(scheme="dark")),
    Shot("800-light", 800, Look()),
    Shot("800-dark", 800, Look(scheme="dark")),
    Shot("375-styles-off", 375, Look(styles=False)),
    Shot("600-images-off", 600, Look(images="none")),
)
RIGHT_TO_LEFT = (Shot("600-right-to-left", 600, Look()),)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on loopback: a lead picture is brought from an address."""

    class Quiet(SimpleHTTPRequestHandler):
        """Says nothing."""

        def log_message(self, *_said: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


async def main() -> int:
    """Write the pictures, theme by theme."""
    if shutil.which("pngquant") is None:
        sys.exit("pngquant is not installed: without it the pictures are three times as large")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "quay.png").write_bytes(quay())
        (folder / "digest.toml").write_text(SETTINGS, "utf-8")
        with served(folder) as address:
            for theme in sys.argv[1:] or THEMES:
                stories = [LIBRARY, FERRY] if theme == "edition" else [LIBRARY]
                await take(folder, theme, [brought(story, address) for story in stories], VIEWS)
                await take(folder, theme, [brought(HEBREW, address)], RIGHT_TO_LEFT)
    return 0


def brought(story: dict[str, object], address: str) -> dict[str, object]:
    """Give a story with the whole address of its picture."""
    return story | {"image": f"{address}{story['image']}" if story["image"] else None}


async def take(folder: Path, theme: str, stories: list[dict[str, object]], shots: tuple[Shot, ...]) -> None:
    """Take pictures of a letter, and keep them."""
    source = folder / "edition.jsonl"
    language = "he" if stories[0]["headline"] == HEBREW["headline"] else "en"
    source.write_text("".join(json.dumps(line(story, language)) + "\n" for story in stories), "utf-8")
    settings = load_settings(folder / "digest.toml", flags={"letter.theme": theme})
    preview = await build_preview(PreviewRequest(names=(str(source),), allow_private=True), settings)
    for path in await take_screenshots(preview, folder / "shots", shots=shots):
        keep(path, HERE / f"{theme}-{path.name}")


def keep(picture: Path, target: Path) -> None:
    """Keep a picture with 64 colours: enough for type on flat grounds."""
    subprocess.run(  # noqa: S603  # a fixed program
        ["pngquant", "--force", "--strip", "--output", target, "64", picture],  # noqa: S607  # wherever it is installed
        check=True,
    )


def line(story: dict[str, object], language: str) -> dict[str, object]:
    """Give a story as ``digest condense --json`` does; each sentence is a paragraph of its article."""
    sentences = [*_list(story["summary"]), *_list(story["key_points"])]

    def point(text: str) -> dict[str, object]:
        at = {"text": text, "paragraph": sentences.index(text), "start": 0, "end": len(text)}
        return {"text": text, "evidence": [at]}

    return {
        "headline": story["headline"],
        "summary": [point(text) for text in _list(story["summary"])],
        "key_points": [point(text) for text in _list(story["key_points"])],
        "keywords": [],
        "language": language,
        "reading_minutes": 4,
        "article": {
            "title": story["headline"],
            "published": "2026-10-12",
            "language": language,
            "paragraphs": sentences,
            "kinds": ["text"] * len(sentences),
            **{name: story[name] for name in ("byline", "url", "site", "image")},
        },
    }


def _list(value: object) -> list[str]:
    assert isinstance(value, list)
    return value


def quay() -> bytes:
    """Draw a lead picture of 1040 × 520 pixels: a morning sky, the far shore, and water."""
    rows = bytearray()
    for y in range(520):
        rows += b"\0"
        for x in range(1040):
            rows += bytes(_colour(x, y))
    header = struct.pack(">IIBBBBB", 1040, 520, 8, 2, 0, 0, 0)
    content = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in content
    )


def _colour(x: int, y: int) -> tuple[int, int, int]:
    hills = 300 - 40 * abs(((x + 160) % 520) / 260 - 1) - 14 * abs(((x + 60) % 180) / 90 - 1)
    if y < hills and (x - 720) ** 2 + (y - 190) ** 2 < 46**2:
        return (255, 226, 170)
    if y < hills:
        return (247 - y // 8, 214 - y // 16, 190 + y // 20)
    if y < SHORE:
        return (62, 84, 104)
    if abs(x - 720) < 50 - (y - SHORE) // 6 and y % 14 < GLINT:
        return (250, 214, 160)
    return (108 - (y - SHORE) // 6, 146 - (y - SHORE) // 6, 164 - (y - SHORE) // 8)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
