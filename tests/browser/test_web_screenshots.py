"""Screenshots: one picture per view, as wide as asked, as tall as the letter, in its look."""

from __future__ import annotations

import shutil
import socket
import struct
import zlib
from pathlib import Path

import pytest
from cli_places import folder_with
from command import digest
from preview_in_thread import LETTER_HTML

from digest.errors import ConfigurationError
from digest.web import Preview
from digest.web.frame import Look
from digest.web.screenshots import BROWSERS, VIEWS, Shot, take_screenshots

needs_chromium = pytest.mark.skipif(
    not any(shutil.which(name) for name in BROWSERS), reason="no Chromium is installed"
)


def preview(html: str) -> Preview:
    return Preview(subject="", preheader="", html=html, text="", message=b"")


def size(picture: Path) -> tuple[int, int]:
    width, height = struct.unpack(">II", picture.read_bytes()[16:24])
    return width, height


def first_pixel(picture: Path) -> tuple[int, ...]:
    """Read the pixel in the upper left corner: the first row of a PNG needs no row above it."""
    content, at, packed = picture.read_bytes(), 8, b""
    while at < len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        packed += content[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += length + 12
    row = zlib.decompressobj().decompress(packed, 4)
    return tuple(row[1:4])


@needs_chromium
async def test_a_picture_is_as_wide_as_asked_and_as_tall_as_the_letter(tmp_path: Path) -> None:
    """Phone width is laid out at phone width; light and dark show the letter's own colours."""
    html = LETTER_HTML.replace(
        "</ul>", "</ul><div style='width:100vw;height:100vw;background:#888'></div>" + "<p>Tide</p>" * 40
    )
    shots = (Shot("light", 375, Look()), Shot("dark", 600, Look(scheme="dark")))
    light, dark = await take_screenshots(preview(html), tmp_path / "new", shots=shots)
    assert light.name == "light.png"
    assert size(light)[0] == 375
    assert size(dark)[0] == 600
    # The block is as high as the page is wide: the taller picture shows at which width it was laid out.
    assert 200 < size(dark)[1] - size(light)[1] < 240
    assert size(light)[1] > 1200
    assert first_pixel(light) == (250, 248, 244)
    assert first_pixel(dark) == (24, 26, 27)


@needs_chromium
async def test_the_command_writes_the_letter_and_its_pictures_at_once(tmp_path: Path) -> None:
    """``-o`` and ``--screenshots`` together do both; the letter alone was written before."""
    folder = folder_with(tmp_path, people=1)
    ended = await digest("preview", "article.txt", "-o", "letter", "--screenshots", "shots", cwd=folder)
    assert ended.status == 0, ended.err
    assert {path.name for path in (folder / "letter").iterdir()} == {
        "letter.html",
        "letter.txt",
        "letter.eml",
    }
    pictures = sorted((folder / "shots").glob("*.png"))
    assert len(pictures) == len(VIEWS)
    assert len(ended.out.splitlines()) == 3 + len(pictures)


@needs_chromium
async def test_nothing_is_fetched_for_a_picture(tmp_path: Path) -> None:
    """A listening socket sees no connection, whatever the letter names."""
    with socket.create_server(("127.0.0.1", 0)) as tracker:
        tracker.setblocking(False)  # noqa: FBT003 - the standard library's signature
        pixel = f"http://127.0.0.1:{tracker.getsockname()[1]}/pixel.png"
        html = LETTER_HTML.replace("<ul", f'<img src="{pixel}" alt=""><script>fetch("{pixel}")</script><ul')
        await take_screenshots(preview(html), tmp_path, shots=(Shot("one", 600, Look()),))
        with pytest.raises(BlockingIOError):
            tracker.accept()


async def test_without_a_browser_the_hint_names_those_that_serve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """78, not a traceback."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigurationError) as refused:
        await take_screenshots(preview(LETTER_HTML), tmp_path)
    assert "chromium" in str(refused.value.hint)


@needs_chromium
async def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """A file where the folder should be: its name and the reason."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError) as refused:
        await take_screenshots(preview(LETTER_HTML), tmp_path / "file" / "shots")
    assert "file" in str(refused.value.where)
