"""Ten thousand hostile letters over a socket: what the server reads is exactly what each should be, octet by octet."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes

import pytest
from composing_parts import KEY, a_point, an_edition
from fault_server import FaultServer
from mail_desk import Recorder, pulling
from markupsafe import escape

from digest.composing import fill, load_theme
from digest.composing.compiling import Fields, compile_html, compile_text
from digest.composing.message import Content, message_pieces
from digest.composing.page import edition_view
from digest.composing.plaintext import wrap
from digest.composing.symbols import Marks
from digest.model import Article, Edition, Envelope, Letter, Parcel, Slot, SlotEncoding, Subscriber
from digest.smtp import open_transport

LETTERS = 10_000
WORDS = load_theme("article").words
# What ends lines, fields and parts, what looks encoded, what steers terminals, and what is only odd.
ENDS = (
    "\r\n",
    "\n",
    "\r",
    "\n\n",
    "\r\n\r\n",
    "\r\n.\r\n",
    "\n.\n",
    ".",
    "..",
    "\x85",
    "\u2028",
    "\u2029",
    "\x0b",
    "\x0c",
)
FIELDS = (
    "Bcc: eve@example.org",
    "\r\nBcc: eve@example.org\r\n",
    "To: eve@example.org,",
    "\r\nContent-Type: text/html\r\n",
)
COMMANDS = (
    "DATA\r\n",
    "\r\n.\r\nMAIL FROM:<eve@example.org>\r\nRCPT TO:<eve@example.org>\r\nDATA\r\n",
    "QUIT",
    "RSET\r\n",
)
ENCODED = (
    "=?utf-8?q?=0D=0ABcc:_eve?=",
    "=?utf-8?b?DQo=?=",
    "=0D=0A",
    "%0d%0a",
    "=\r\n",
    "=",
    "?=",
    "&#13;&#10;",
)
SIGNS = (*"\"\\',;:()<>@\t ", "<eve@example.org>", "\u00a0", "   ", "--boundary--", "{{ 7*7 }}", "{email}")
STEERING = ("\x00", "\x1b[31m", "\x7f", "\x9b", "\ud800", "\ufeff", "\u202e", "\u200f")
ODD = (
    "ünïcode",
    "Жизнь",
    "新聞",
    "ข่าว",
    "שלום",
    "😀",
    "e\u0301",
    "a" * 90,
    "long word " * 12,
    "ß" * 40,
    "From eve",
)
PIECES = ENDS + FIELDS + COMMANDS + ENCODED + SIGNS + STEERING + ODD


def texts(seed: int) -> Iterator[str]:
    """Make hostile texts without end."""
    chance = random.Random(seed)
    while True:
        yield "".join(chance.choices(PIECES, k=chance.randint(1, 7)))


def hostile(edition: Edition, text: Iterator[str]) -> Edition:
    """Put another text in every place of an edition that an article or its editor fills."""
    (digest,) = edition.digests
    article = Article(paragraphs=[next(text)], title=next(text), byline=next(text), site=next(text))
    told = replace(
        digest,
        headline=next(text),
        summary=[a_point(next(text))],
        key_points=[a_point(next(text))],
        article=article,
    )
    return replace(edition, subject=next(text), preheader=next(text), digests=[told])


def letter_of(edition: Edition) -> Letter:
    """Compile an edition as ``compose`` does, but for the templates and their styles, which are not hostile."""
    marks = Marks("nobody writes this")
    _, _, (story,) = edition_view(edition, WORDS, {})
    said = [story.headline, *story.summary, *story.points, story.byline, story.site]
    content = Content(
        text=(
            *compile_text(wrap("\n".join(said), marks), marks, Fields()),
            Slot(("field", "city"), SlotEncoding.TEXT),
        ),
        html=(
            *compile_html("".join(f"<p>{escape(one)}</p>\n" for one in said), marks, Fields()),
            Slot(("field", "city"), SlotEncoding.HTML),
        ),
        pictures=(),
        attachments=(),
        boundary=marks.nonce,
        language="en",
    )
    return Letter(
        edition=edition.id,
        subject="told in the pieces",
        envelope_sender="news@example.org",
        message_id_domain="example.org",
        pieces=message_pieces(edition, content),
        fields=frozenset(["city"]),
    )


def parcels(seed: int, numbers: range) -> Iterator[Parcel]:
    """Make letters, each with its own subject, article, name and city."""
    text, edition = texts(seed), an_edition()
    for number in numbers:
        address = f"reader{number}@example.org"
        reader = Subscriber(address, name=next(text), fields={"city": next(text)})
        message = fill(letter_of(hostile(edition, text)), reader, date=0, message_id_key=KEY)
        yield Parcel(number, Envelope("news@example.org", address), message)


def fields_of(message: bytes) -> list[bytes]:
    """Name the header fields of a message as they stand, by its lines alone."""
    head, _, _ = message.partition(b"\r\n\r\n")
    return [line.partition(b":")[0] for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))]


@pytest.mark.parametrize("pipelining", [True, False])
async def test_d10_c12_no_text_reaches_beyond_its_place_in_ten_thousand_letters(*, pipelining: bool) -> None:
    """No bare CR or LF, no NUL, no header field or part added or lost, one recipient, nothing behind the letter."""
    half = range(LETTERS // 2) if pipelining else range(LETTERS // 2, LETTERS)
    seed = int(pipelining)
    harmless = fill(
        letter_of(an_edition()),
        Subscriber("ann@example.org", name="Ann", fields={"city": "Riga"}),
        date=0,
        message_id_key=KEY,
    )
    wanted = fields_of(harmless)
    observer = Recorder()
    async with FaultServer() as server:
        transport = open_transport(f"smtp://127.0.0.1:{server.port}", pipelining=pipelining)
        connection = await transport.open()
        await connection.send(pulling(parcels(seed, half)), observer)
        await connection.close()
    assert len(server.truth.bodies) == sum(server.truth.accepted.values()) == len(half)
    assert not server.truth.violations
    assert len(server.truth.mail_lines) == len(half)
    for number in half:
        body = server.truth.bodies[f"reader{number}@example.org"]
        lines = body.split(b"\r\n")
        assert body.isascii(), f"seed {seed}, letter {number}"
        assert not any(b"\r" in line or b"\n" in line or b"\0" in line for line in lines), (
            f"seed {seed}, {number}"
        )
        assert max(map(len, lines)) <= 998
        assert fields_of(body) == wanted, f"seed {seed}, letter {number}"
        parts = [part.get_content_type() for part in message_from_bytes(body).walk()]
        assert parts == ["multipart/alternative", "text/plain", "text/html"], f"seed {seed}, letter {number}"
