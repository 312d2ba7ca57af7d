"""Lead pictures and attachments: brought over a real connection, or left out with a reason."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from composing_parts import PNG

from digest.composing import load_theme
from digest.composing.reading_back import parsed, parts_of
from digest.errors import ConfigurationError, DigestError, InputMissingError, InvalidInputError
from digest.mailing.enclosing import attached_files, lead_pictures
from digest.mailing.previewing import PreviewRequest, build_preview
from digest.model import Article, Digest
from digest.reading import ReadingOptions
from digest.settings import LetterSettings, Settings

ICON = PNG.replace((800).to_bytes(4), (16).to_bytes(4)).replace((400).to_bytes(4), (16).to_bytes(4))
ANSWERS = {
    "/room.png": ("image/png", PNG),
    "/icon.png": ("image/png", ICON),
    "/page.html": ("text/html", b"<h1>a page</h1>"),
    "/room.svg": ("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "/huge.png": ("image/png", PNG + bytes(1_100_000)),
}
PUBLIC = ReadingOptions()
LOCAL = ReadingOptions(allow_private=True)


class _Pictures(http.server.BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:  # the standard library's name
        self.asked.append(self.path)
        media_type, content = ANSWERS.get(self.path, ("text/plain", b""))
        self.send_response(200 if self.path in ANSWERS else 404)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def host() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []
    kind = type("Pictures", (_Pictures,), {"asked": asked})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


def a_digest(image: str) -> Digest:
    return Digest(
        headline="Reading room opens",
        summary=[],
        key_points=[],
        keywords=[],
        language="en",
        reading_minutes=1,
        article=Article(paragraphs=["The reading room opens."], image=image),
    )


async def test_c1_picture_is_embedded_with_its_size(host: tuple[str, list[str]]) -> None:
    """What the address holds travels in the letter, measured; it is fetched once for two stories."""
    address = f"{host[0]}/room.png"
    found, notes = await lead_pictures([a_digest(address)] * 2, way="embedded", options=LOCAL)
    assert (found[address].content, found[address].width, found[address].height) == (PNG, 800, 400)
    assert notes == ()
    assert host[1] == ["/room.png"]


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/icon.png", "16 x 16"),
        ("/page.html", "not a picture"),
        ("/room.svg", "not a PNG"),
        ("/huge.png", "larger than 1 MB"),
        ("/gone.png", "404"),
    ],
)
async def test_c1_what_cannot_be_shown_is_left_out(host: tuple[str, list[str]], path: str, why: str) -> None:
    """A letter is complete without a picture: it is left out, and a note says why."""
    found, notes = await lead_pictures([a_digest(host[0] + path)], way="embedded", options=LOCAL)
    assert found == {}
    assert len(notes) == 1
    assert why in notes[0]


@pytest.mark.parametrize(
    "image", ["{host}/room.png", "javascript:alert(1)", "/room.png", "file:///etc/hosts"]
)
async def test_c10_no_private_address_is_asked(host: tuple[str, list[str]], image: str) -> None:
    """An article cannot make us ask our own network, nor a file: nobody connects."""
    found, notes = await lead_pictures([a_digest(image.format(host=host[0]))], way="embedded", options=PUBLIC)
    assert (found, len(notes), host[1]) == ({}, 1, [])


async def test_c1_hosted_picture_needs_https(host: tuple[str, list[str]]) -> None:
    """A picture that stays where it is needs an https address; one without is left out."""
    found, notes = await lead_pictures([a_digest(f"{host[0]}/room.png")], way="hosted", options=LOCAL)
    assert found == {}
    assert "https" in notes[0]


def an_edited_digest(folder: Path, image: str) -> Path:
    path = folder / "digest.json"
    line = {"text": "The reading room opens.", "evidence": []}
    article = {"title": None, "paragraphs": ["The reading room opens."], "image": image}
    content: dict[str, object] = {
        "headline": "Reading room opens",
        "summary": [line],
        "key_points": [],
        "keywords": [],
    }
    content |= {"language": "en", "reading_minutes": 1, "article": article}
    path.write_text(json.dumps(content))
    return path


async def shown(path: Path, theme: str, *attachments: str, pictures: str = "embedded") -> bytes:
    request = PreviewRequest(names=(str(path),), allow_private=True, attachments=attachments)
    settings = Settings(letter=LetterSettings(theme=theme, pictures=pictures))
    return (await build_preview(request, settings)).message


async def test_d1_letter_with_picture_and_attachment(host: tuple[str, list[str]], tmp_path: Path) -> None:
    """`brief` carries its lead picture beside the page, and a file outside of both."""
    plan = tmp_path / "plan.csv"
    plan.write_bytes(b"berth,ship\n1,Aurora\n")
    message = await shown(an_edited_digest(tmp_path, f"{host[0]}/room.png"), "brief", str(plan))
    kinds = [part.get_content_type() for part in parsed(message).walk()]
    assert kinds == [
        *("multipart/mixed", "multipart/alternative", "text/plain"),
        *("multipart/related", "text/html", "image/png", "text/csv"),
    ]
    page = parts_of(message)[1]
    assert 'src="cid:' in page
    assert host[0] not in page.replace(f'href="{host[0]}', "")


@pytest.mark.parametrize(
    ("theme", "pictures"), [("article", "embedded"), ("edition", "hosted"), ("brief", "none")]
)
async def test_c2_no_picture_unless_the_theme_has_one(
    host: tuple[str, list[str]], tmp_path: Path, theme: str, pictures: str
) -> None:
    """The default themes have no picture, and the setting `none` fetches none for any theme."""
    message = await shown(an_edited_digest(tmp_path, f"{host[0]}/room.png"), theme, pictures=pictures)
    assert "<img" not in parts_of(message)[1]
    assert host[1] == []
    assert load_theme("brief").options["pictures"] is True


async def test_wrong_word_for_pictures_names_the_three(tmp_path: Path) -> None:
    """A mistyped setting is found before anything is read."""
    with pytest.raises(ConfigurationError, match="embedded, hosted, none"):
        await shown(an_edited_digest(tmp_path, ""), "brief", pictures="inline")


def test_attachment_type_is_told_by_its_name(tmp_path: Path) -> None:
    """Types come from names; a mail or an archive is sent as plain octets (RFC 2046 forbids base64 for mails)."""
    kinds = {}
    for name in ("plan.pdf", "list.csv", "old.eml", "all.tar.gz", "berths"):
        (tmp_path / name).write_bytes(b"x")
        (found,) = attached_files([str(tmp_path / name)])
        kinds[found.filename] = found.media_type
    octets = "application/octet-stream"
    assert kinds == {
        "plan.pdf": "application/pdf",
        "list.csv": "text/csv",
        "old.eml": octets,
        "all.tar.gz": octets,
        "berths": octets,
    }


@pytest.mark.parametrize(
    ("content", "error"), [(None, InputMissingError), (bytes(7_000_001), InvalidInputError)]
)
def test_attachment_that_cannot_travel_stops(
    tmp_path: Path, content: bytes | None, error: type[DigestError]
) -> None:
    """A file that is not there or too large is an error, never left out in silence."""
    path = tmp_path / "plan.pdf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(error, match=r"plan\.pdf"):
        attached_files([str(path)])
