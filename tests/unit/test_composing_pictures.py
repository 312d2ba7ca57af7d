"""Pictures and attachments: measured, named, and set where mail programs look for them."""

from __future__ import annotations

import re
import struct
from dataclasses import replace

import pytest

from digest.composing import Attachment, Picture, compose, embedded, fill, hosted, lint
from digest.composing.reading_back import parsed, parts_of
from digest.errors import InvalidInputError
from digest.model import Article, Digest, Edition, Point, Sender, Sentence, Subscriber

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 800, 400) + b"\x08\x02\0\0\0" + bytes(60)
GIF = b"GIF89a" + struct.pack("<HH", 30, 20) + bytes(20)
JPEG = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08" + struct.pack(">HH", 60, 90) + bytes(30)
ANN = Subscriber("ann@harbour.internal")


def an_edition() -> Edition:
    line = "Two hundred people came before noon on Saturday."
    point = Point(line, [Sentence(line, 0, 0, len(line))])
    digest = Digest(
        headline="Reading room opens",
        summary=[point],
        key_points=[],
        keywords=[],
        language="en",
        reading_minutes=1,
        article=Article(paragraphs=[line], image="https://harbour.internal/room.png"),
    )
    sender = Sender(
        address="news@harbour.internal",
        list_id="a.harbour.internal",
        unsubscribe_mailto="leave@harbour.internal",
    )
    return Edition(id="e", subject="Opening", preheader=line, digests=[digest], theme="brief", sender=sender)


@pytest.mark.parametrize(
    ("content", "media_type", "size"),
    [(PNG, "image/png", (800, 400)), (GIF, "image/gif", (30, 20)), (JPEG, "image/jpeg", (90, 60))],
)
def test_c1_size_is_read_from_the_bytes(content: bytes, media_type: str, size: tuple[int, int]) -> None:
    """C1: width and height are known without any library."""
    picture = embedded(content, alt="x")
    assert (picture.media_type, (picture.width, picture.height)) == (media_type, size)


@pytest.mark.parametrize("content", [b"", b"<svg/>", PNG[:20], JPEG[:8], bytes(1024 * 1024 + 1)])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    """Broken, unknown and too large pictures never reach a letter."""
    with pytest.raises(InvalidInputError):
        embedded(content, alt="x")


def test_hosted_picture_needs_https_and_a_size() -> None:
    """C1: an http address or a missing side is refused."""
    with pytest.raises(InvalidInputError):
        hosted("http://harbour.internal/a.png", alt="x", width=1, height=1)
    with pytest.raises(InvalidInputError):
        hosted("https://harbour.internal/a.png", alt="x", width=0, height=1)


def letter_with(picture: Picture, *attachments: Attachment) -> bytes:
    pictures = {"https://harbour.internal/room.png": picture}
    letter = compose(an_edition(), pictures=pictures, attachments=attachments)
    return fill(letter, ANN, date=0, message_id_key=b"k")


def test_d1_embedded_picture_travels_beside_the_page() -> None:
    """D1: alternative holds text first, then related with the page and its picture; attachments are outside."""
    note = Attachment(filename="plan of/quay.txt", media_type="text/plain", content=b"hello\n.dot\n")
    message = letter_with(embedded(PNG, alt="The room"), note)
    whole = parsed(message)
    assert [part.get_content_type() for part in whole.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "text/plain",
    ]
    picture = next(part for part in whole.walk() if part.get_content_type() == "image/png")
    assert picture.get_payload(decode=True) == PNG
    assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in parts_of(message)[1]
    assert [part.get_filename() for part in whole.iter_attachments()] == ["plan of_quay.txt"]
    image = re.findall("<img[^>]*>", parts_of(message)[1])[0]
    assert 'alt="The room"' in image
    assert 'width="520" height="260"' in image


@pytest.mark.parametrize(
    "name", ["plan.pdf", "Plan für den Kai.pdf", "港の計画.pdf", "x" * 90 + ".csv", 'a"b;c.txt', "a b.txt"]
)
def test_d1_attachment_keeps_its_name(name: str) -> None:
    """A name in any script comes back, in lines under 78 columns; long ones by continuations (RFC 2231)."""
    note = Attachment(filename=name, media_type="application/pdf", content=b"%PDF-")
    message = letter_with(embedded(PNG, alt=""), note)
    assert [part.get_filename() for part in parsed(message).iter_attachments()] == [name]
    assert not [part.defects for part in parsed(message).walk() if part.defects]
    assert max(map(len, message.split(b"\r\n"))) <= 78


def test_c2_c10_no_remote_picture_unless_asked() -> None:
    """C2 C10: an article's own picture address never reaches the letter by itself."""
    letter = compose(an_edition())
    assert "<img" not in parts_of(fill(letter, ANN, date=0, message_id_key=b"k"))[1]
    seen = lint(letter_with(hosted("https://harbour.internal/room.png", alt="The room", width=80, height=40)))
    assert [finding.rule for finding in seen if finding.rule == "C10"] == ["C10"]


def test_story_without_picture_is_complete() -> None:
    """A picture that nobody gave leaves no gap: the page has no finding about pictures."""
    edition = an_edition()
    plain = replace(edition.digests[0], article=replace(edition.digests[0].article, image=None))
    found = lint(compose(replace(edition, digests=[plain])))
    assert not [finding for finding in found if finding.rule in {"C1", "C2", "C10"}]
