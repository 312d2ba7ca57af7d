"""Pasted text, charsets and kinds of source: what is kept, what goes, what is refused."""

from __future__ import annotations

import pytest

from digest.errors import DigestError, InvalidInputError, NothingToCondenseError
from digest.model import Article, Source
from digest.reading.addresses import is_public
from digest.reading.articles import article_of
from digest.reading.charsets import decode, mend
from digest.reading.feeds import parse_feed, parse_opml
from digest.reading.language import language_of
from digest.reading.lines import normalise
from digest.reading.options import ReadingOptions

BODY = [
    "The harbour library opens its new reading room on Monday, after two winters of building work.",
    "It has forty seats, a stove from the old ferry, and a window over the whole of the inner basin.",
    "“We wanted a room in which people stay,” said the librarian, who kept the plans in a biscuit tin.",
    "The first evening is given to the gardeners, who will bring seeds, and to anybody who has a question.",
]
TITLE = "Harbour library opens a room with a view"


def read(text: str | bytes, name: str = "-") -> Article:
    content = text if isinstance(text, bytes) else text.encode()
    return article_of(Source(name=name, content=content), ReadingOptions())


def test_chrome_round_pasted_text_goes_and_the_article_stays() -> None:
    """Menu, reading time, byline, share row and comment form go; headline, names, date and body stay."""
    page = "\n\n".join(
        [  # noqa: RUF005
            "Home",
            "News",
            "Boats",
            "Search",
            TITLE,
            "By Ann Lee and Bo Berg",
            "March 3, 2026",
            "3 Min Read",
            *BODY,
        ]
        + ["Share This Article", "Facebook", "Leave a comment", "Your email address will not be published."]
    )
    article = read(page)
    assert list(article.paragraphs) == BODY
    assert (article.title, article.byline, article.published) == (TITLE, "Ann Lee, Bo Berg", "2026-03-03")
    assert article.language == "en"


def test_clean_text_is_left_alone() -> None:
    """A headline and its paragraphs come through unharmed."""
    article = read("\n\n".join([TITLE, *BODY]))
    assert (article.title, list(article.paragraphs)) == (TITLE, BODY)


def test_hard_wrapped_text_is_joined() -> None:
    """Lines broken at a column become the paragraphs they were."""
    import textwrap

    wrapped = "\n\n".join([TITLE, *("\n".join(textwrap.wrap(line, 64)) for line in BODY)])
    assert list(read(wrapped).paragraphs) == BODY


def test_a_page_gives_its_headline_without_the_site() -> None:
    """Title by agreement of heading and window title; language, address and author as the page says."""
    page = (
        f"<html lang=en-GB><head><title>{TITLE} | Town Paper</title><meta name=author content='Ann Lee'>"
        "<link rel=canonical href='https://paper.example.org/room'></head><body><nav>Home Boats</nav>"
        f"<article><h1>{TITLE}</h1>{''.join(f'<p>{line}</p>' for line in BODY)}</article></body></html>"
    )
    article = read(page)
    assert (article.title, article.byline, article.language) == (TITLE, "Ann Lee", "en")
    assert article.url == "https://paper.example.org/room"
    assert list(article.paragraphs) == BODY


def test_markdown_with_front_matter() -> None:
    """Front matter names title, author and date; headings, items and links' words stay."""
    text = f"---\ntitle: {TITLE}\nauthor: Ann Lee\ndate: 2026-03-03\n---\n\n## Inside\n\n{BODY[0]}\n\n- one [seat](/x)\n"  # noqa: E501  # a message or table row reads best whole
    article = read(text, "room.md")
    assert (article.title, article.byline, article.published) == (TITLE, "Ann Lee", "2026-03-03")
    assert list(zip(article.kinds, article.paragraphs, strict=True)) == [
        ("heading", "Inside"),
        ("text", BODY[0]),
        ("item", "one seat"),
    ]


def test_a_mail_gives_subject_sender_and_body_without_its_foot() -> None:
    """Subject without Fwd:, the sender's name, no unsubscribe foot."""
    mail = (
        f"From: Ann Lee <ann@example.org>\nTo: b@example.org\nSubject: Fwd: {TITLE}\n"
        "Date: Tue, 03 Mar 2026 09:00:00 +0000\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n"
        + "\n\n".join(BODY)
        + "\n\nTo unsubscribe, answer this mail.\n"
    )
    article = read(mail)
    assert (article.title, article.byline, list(article.paragraphs)) == (TITLE, "Ann Lee", BODY)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "PNG image"),
        (b"\x1f\x8b\x08\x00abc", "gzip archive"),
        (b"\x7fELF\x02\x01", "program"),
        (bytes(range(256)) * 4, "binary file"),
    ],
)
def test_binary_is_refused_by_type(content: bytes, named: str) -> None:
    """The message names what was seen."""
    with pytest.raises(InvalidInputError, match=named):
        read(content)


@pytest.mark.parametrize("text", ["", "  \n ", "Home\nNews\nSports", "three words here", "🎉🎉🎉"])
def test_nothing_to_condense(text: str) -> None:
    """Empty text, a menu, three words and emoji hold no article."""
    with pytest.raises(NothingToCondenseError):
        read(text)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("Please enable JavaScript to view this page.", "script"),
        ("We value your privacy. Accept all cookies to continue.", "consent wall"),
        ("Log in with your email and password. Forgot your password?", "login page"),
        ("The harbour was quiet on Monday morning. Subscribe to continue reading.", "paywall stub"),
    ],
)
def test_a_wall_is_refused_by_name(words: str, named: str) -> None:
    """What stands instead of the article is said."""
    with pytest.raises(NothingToCondenseError, match=named):
        read(f"<html><body><p>{words}</p></body></html>")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251", "shift_jis"])
def test_charsets_are_found_without_a_label(encoding: str) -> None:
    """A byte order mark, zero bytes or detection decides."""
    text = (
        "港の図書館は月曜日に新しい読書室を開きます。席は四十あります。" * 4
        if encoding == "shift_jis"
        else (
            "Библиотека в порту открывает новый зал. " if encoding == "cp1251" else "The harbour café opens. "
        )
        * 8
    )
    assert decode(text.encode(encoding)).strip() == text.strip()


def test_a_wrong_label_does_not_win_over_the_bytes() -> None:
    """UTF-8 that a server calls Latin-1 stays UTF-8."""
    assert decode("Café au port – déjà".encode(), claimed="iso-8859-1") == "Café au port – déjà"


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "224.0.0.1", "0.0.0.0", "fe80::1%eth0", "fd00::1", "ff02::1", "100.64.0.1"],  # noqa: E501  # a message or table row reads best whole
)  # fmt: skip
def test_addresses_that_lead_inside_are_not_public(address: str) -> None:
    """Loopback, private, mapped, NAT64, 6to4 and multicast addresses are refused."""
    assert not is_public(address)


def test_xml_that_declares_entities_is_refused() -> None:
    """Neither a bomb nor an external entity is parsed."""
    bomb = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel>&b;</channel></rss>'  # noqa: E501  # a message or table row reads best whole
    file = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/hostname">]><opml>&a;</opml>'
    with pytest.raises(DigestError, match="entities"):
        parse_feed(bomb, source="feed")
    with pytest.raises(DigestError, match="entities"):
        parse_opml(file, source="list")


@pytest.mark.parametrize("depth", [200_000])
def test_deep_nesting_ends(depth: int) -> None:
    """Two hundred thousand nested elements give an article or a refusal, no crash."""
    try:
        read("<html><body>" + "<div>" * depth + BODY[0])
    except DigestError as error:
        assert error.exit_status == 65  # noqa: PT017


@pytest.mark.parametrize("space", [*"\t\u00a0\u1680\u2009\u202f\u3000"])
def test_every_space_becomes_one(space: str) -> None:
    """Whatever space stands between words, and however many, one is left."""
    assert normalise(f"one{space}two {space}three") == "one two three"


@pytest.mark.parametrize("unseen", [*"\ufeff\u200b\u2060\u00ad\u200e\u202a\x00\x1f\x7f"])
def test_what_nobody_sees_goes(unseen: str) -> None:
    """Marks without a shape go also where they are the only odd thing of a text."""
    assert normalise(f"on{unseen}e\ntwo") == "one\ntwo"


@pytest.mark.parametrize("end", ["\r\n", "\r", "\u2028", "\u2029", "\x0b", "\x0c", "\x85"])
def test_every_line_end_becomes_one(end: str) -> None:
    """A line ends in one way, whatever system or program wrote it."""
    assert normalise(f"one{end}two") == "one\ntwo"


def test_mojibake_is_mended_where_it_is_certain() -> None:
    """UTF-8 read as cp1252 and written as UTF-8 again is seen from the bytes it leaves."""
    assert decode(" naïve café".encode().decode("cp1252").encode()) == " naïve café"
    assert decode("a café in Łódź".encode()) == mend("a café in Łódź") == "a café in Łódź"


def test_a_foreign_beginning_does_not_name_the_language() -> None:
    """The first words name the language only where they leave no doubt: else a longer piece is asked."""
    doubtful = "Do na za od po, to je se a v. " * 20
    polish = "Nie ma już wielu, którzy to robią, ale są jeszcze tacy przy nim oraz dla tego. " * 40
    assert language_of(doubtful + polish) == "pl"
