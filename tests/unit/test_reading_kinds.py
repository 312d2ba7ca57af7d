"""Every kind of source by its content: saved pages, mails, Markdown, lists, folders, patterns, stdin."""

# ruff: noqa: E501  # samples in eight languages read best whole

from __future__ import annotations

import email.message
import json
from pathlib import Path

import pytest

from digest.errors import InputMissingError, InvalidInputError, NothingToCondenseError
from digest.model import Article, Source
from digest.reading import Collected, ReadingOptions, collect, read
from digest.reading.charsets import decode

TITLE = "Harbour library opens a room with a view"
LINES = [
    "The harbour library opens its new reading room on Monday, after two winters of building work.",
    "It has forty seats, a stove from the old ferry, and a window over the whole of the inner basin.",
    "The first evening is given to the gardeners, who will bring seeds to anybody who has a question.",
]
BODY = "".join(f"<p>{line}</p>" for line in LINES)
PAGE = (
    f"<html><head><title>{TITLE}</title></head><body><article><h1>{TITLE}</h1>{BODY}</article></body></html>"
)


def mail(*, plain: str | None = None, page: str | None = None, **headers: str) -> bytes:
    message = email.message.EmailMessage()
    message["From"] = "Ann Lee <ann@example.org>"
    message["Subject"] = f"Fwd: {TITLE}"
    message["Date"] = "Tue, 03 Mar 2026 09:00:00 +0000"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    if plain is not None:
        message.set_content(plain)
    if page is not None and plain is not None:
        message.add_alternative(page, subtype="html")
    elif page is not None:
        message.set_content(page, subtype="html")
    return message.as_bytes()


def mhtml(page: str = PAGE) -> bytes:
    """A page as a browser saves it: the HTML part, and a picture beside it."""
    return (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.org/room\r\nSubject: Room\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="----b"\r\n\r\n'
        "------b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
        f"Content-Location: https://example.org/room\r\n\r\n{page}\r\n"
        "------b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0K\r\n------b--\r\n"
    ).encode()


MARKDOWN = (
    f"---\ntitle: {TITLE}\nauthor: [Ann Lee, Bo Berg]\ndate: 2026-03-03\nlang: en\n---\n\n{LINES[0]}\n\n## Inside\n\n"
    f"* {LINES[1]}\n\n> {LINES[2]}\n"
)
FEED = f"<rss version='2.0'><channel><title>Town</title><item><title>{TITLE}</title><description><![CDATA[{BODY}]]></description></item></channel></rss>"
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [{"id": "1", "title": TITLE, "content_html": BODY}],
    }
)
KINDS = {
    "text": "\n\n".join([TITLE, *LINES]).encode(),
    "page": PAGE.encode(),
    "mail": mail(page=PAGE),
    "saved page": mhtml(),
    "markdown": MARKDOWN.replace("## Inside\n\n", "").encode(),
    "feed": FEED.encode(),
    "JSON feed": JSON_FEED.encode(),
}


async def one(content: bytes, name: str = "-") -> Article:
    return await read(Source(name=name, content=content))


def paragraphs(found: list[Collected]) -> list[list[str]]:
    return [list(item.content.paragraphs) if isinstance(item.content, Article) else [] for item in found]


@pytest.mark.parametrize("kind", KINDS)
async def test_stdin_is_known_by_its_content(kind: str) -> None:
    """Whatever is piped in, with no name to go by, gives the same article."""
    found = await collect(["-"], stdin=KINDS[kind])
    assert paragraphs(found) == [LINES]
    assert isinstance(found[0].content, Article)
    assert found[0].content.title == TITLE


@pytest.mark.parametrize("kind", KINDS)
async def test_a_suffix_does_not_overrule_the_content(kind: str, tmp_path: Path) -> None:
    """A page saved as .txt is a page, and a text called .html a text."""
    path = tmp_path / ("story.html" if kind == "text" else "story.txt")
    path.write_bytes(KINDS[kind])
    assert paragraphs(await collect([str(path)])) == [LINES]


async def test_a_saved_page_knows_its_address() -> None:
    """MHTML: the page's own address, no chrome, no picture."""
    article = await one(mhtml())
    assert (article.url, list(article.paragraphs)) == ("https://example.org/room", LINES)


async def test_markdown_with_front_matter() -> None:
    """Title, authors, date and language of the front matter; kinds of the blocks."""
    article = await one(MARKDOWN.encode())
    assert (article.title, article.byline, article.published, article.language) == (
        TITLE,
        "Ann Lee, Bo Berg",
        "2026-03-03",
        "en",
    )
    assert list(zip(article.kinds, article.paragraphs, strict=True)) == [
        ("text", LINES[0]),
        ("heading", "Inside"),
        ("item", LINES[1]),
        ("quote", LINES[2]),
    ]


async def test_a_forwarded_newsletter() -> None:
    """The forwarding headers go, the foot goes, prefix and sender become title and byline."""
    plain = (
        "---------- Forwarded message ---------\nFrom: Town <town@example.org>\nDate: Mon, 2 Mar 2026\n"
        f"Subject: {TITLE}\nTo: ann@example.org\n\n" + "\n\n".join(LINES) + "\n\n"
        "You are receiving this because you signed up.\nUnsubscribe: https://example.org/off\n"
    )
    article = await one(mail(plain=plain))
    assert (article.title, article.byline, article.published) == (
        TITLE,
        "Ann Lee",
        "2026-03-03T09:00:00+00:00",
    )
    assert list(article.paragraphs) == LINES


async def test_quoted_replies_go() -> None:
    """What a reply quotes below itself is no part of it."""
    quoted = "\n".join(f"> {line}" for line in ["Did you hear of the room?", "It is said to have a stove."])
    plain = "\n\n".join(LINES) + f"\n\nOn Mon, 2 Mar 2026, Bo Berg <bo@example.org> wrote:\n{quoted}\n"
    assert list((await one(mail(plain=plain))).paragraphs) == LINES


async def test_the_page_of_a_mail_goes_before_its_text() -> None:
    """Of two alternatives the HTML is read; its unsubscribe foot goes."""
    page = PAGE.replace("</article>", "</article><p>To unsubscribe, click here.</p>")
    article = await one(mail(plain="See the page.", page=page))
    assert list(article.paragraphs) == LINES


async def test_a_folder_gives_its_files_in_order(tmp_path: Path) -> None:
    """Readable files, sorted, hidden ones and others left out; a failing one leaves its error in its place."""
    for name, content in {
        "b.html": PAGE,
        "a.txt": "\n\n".join([TITLE, *LINES]),
        ".hidden.txt": "x",
        "photo.png": "x",
        "deep/c.md": MARKDOWN,
        "empty.txt": "",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, "utf-8")
    found = await collect([str(tmp_path)])
    assert [Path(item.name).name for item in found] == ["a.txt", "b.html", "c.md", "empty.txt"]
    assert [isinstance(item.content, NothingToCondenseError) for item in found] == [False, False, False, True]


async def test_a_pattern_gives_what_it_matches(tmp_path: Path) -> None:
    """Patterns the shell did not expand, ``**`` too; one without a match is missing input."""
    (tmp_path / "one").mkdir()
    for name in ("one/a.txt", "b.txt", "c.html"):
        (tmp_path / name).write_text("\n\n".join([TITLE, *LINES]), "utf-8")
    assert len(await collect([str(tmp_path / "**" / "*.txt")])) == 2
    [missing] = await collect([str(tmp_path / "*.eml")])
    assert isinstance(missing.content, InputMissingError)


async def test_a_folder_given_by_mistake_is_refused(tmp_path: Path) -> None:
    """More files than an edition could hold are not read one by one."""
    for number in range(4):
        (tmp_path / f"{number}.txt").write_text(LINES[0])
    [refused] = await collect([str(tmp_path)], options=ReadingOptions(files_per_folder=3))
    assert isinstance(refused.content, InvalidInputError)


GATES = {
    "script": "<html><body><noscript>Please enable JavaScript.</noscript><div id=root></div><script>x</script></body>",
    "consent": "<html><body><h1>We value your privacy</h1><p>We and our 812 partners store cookies.</p>"
    "<button>Accept all</button></body></html>",
    "paywall": f"<html><body><article><h1>{TITLE}</h1><p>{LINES[0]}</p><p>Subscribe to continue reading this story."
    "</p></article></body></html>",
    "login": "<html><body><form><p>Sign in to your account</p><input name=u><input type=password></form>"
    "<p>Forgot your password?</p></body></html>",
    "empty": " \n ",
    "menu": "Home\nNews\nBoats\nSport\nAbout us\nContact",
}


@pytest.mark.parametrize("gate", GATES)
async def test_refusals_say_which_and_what_to_do(gate: str) -> None:
    """A gate is named for what it is, with a way round it; its text is never digested."""
    with pytest.raises(NothingToCondenseError, match={"menu": "only menus"}.get(gate, gate)) as refused:
        await one(GATES[gate].encode())
    assert refused.value.hint
    assert refused.value.where == "-"


SPOKEN = {
    "de": ("Über die schöne Brücke fährt täglich die Fähre, und die Gäste grüßen aus den Fenstern der Häuser. ", "cp1252 iso8859-15 cp850"),
    "fr": ("Le théâtre a rouvert ses portes à l’été, après que l’équipe a été forcée de déménager ailleurs. ", "cp1252"),
    "ru": ("Библиотека у гавани открывает новый читальный зал после двух зим ремонта, сообщил хранитель. ", "cp1251 koi8-r iso8859-5"),
    "pl": ("Biblioteka przy porcie otwiera nową czytelnię, żeglarze i ogrodniczki są zaproszeni na święto. ", "cp1250 iso8859-2"),
    "el": ("Η βιβλιοθήκη του λιμανιού ανοίγει το νέο αναγνωστήριο μετά από δύο χειμώνες εργασιών. ", "cp1253 iso8859-7"),
    "ja": ("港の図書館は二度の冬の工事を経て、月曜日に新しい閲覧室を開きます。庭師たちが種を持って来ます。", "shift_jis euc-jp"),
    "ko": ("항구 도서관은 두 번의 겨울 공사를 마치고 월요일에 새 열람실을 엽니다. 정원사들이 씨앗을 가져옵니다. ", "euc-kr"),
    "zh": ("港口图书馆经过两个冬天的施工，将于星期一开放新的阅览室。园丁们会带来种子，欢迎大家提问。", "gb18030 big5"),
}  # fmt: skip
CASES = [(language, codec) for language, (_, codecs) in SPOKEN.items() for codec in codecs.split()]


@pytest.mark.parametrize(
    ("language", "codec"), [*CASES, *((name, "utf-16-le") for name in ("de", "fr", "pl"))]
)
@pytest.mark.parametrize("label", [None, "right", "utf-8"])
def test_legacy_encodings(language: str, codec: str, label: str | None) -> None:
    """Eight languages in their old encodings: undeclared, declared, and declared wrongly."""
    text = SPOKEN[language][0] * 8
    if codec == "big5":
        text = text.translate(
            str.maketrans("图书馆经过两个将于开阅览园们带来种欢", "圖書館經過兩個將於開閱覽園們帶來種歡")
        )
        text = text.replace("问", "問")
    content = text.encode(codec, errors="ignore")
    decoded = decode(content, claimed=codec if label == "right" else label)
    assert decoded == content.decode(codec)


@pytest.mark.parametrize(
    ("claimed", "declared", "expected"),
    [
        ("koi8-r", "cp1251", "koi8-r"),
        (None, "cp1251", "cp1251"),
        ("no-such-charset", "cp1251", "cp1251"),
        ("utf-8", "cp1251", "cp1251"),
        (None, "utf-8", "detected"),
    ],
)
def test_the_order_of_labels(claimed: str | None, declared: str, expected: str) -> None:
    """What HTTP says goes before what the page says; one that is unknown or does not fit is passed over."""
    text = SPOKEN["ru"][0] * 8
    meta = f'<meta charset="{declared}">'
    written = "cp1251" if expected == "detected" else expected
    content = (meta + text).encode(written)
    assert decode(content, claimed=claimed) == meta + text


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-be", "utf-16-le", "utf-32"])
def test_marks_go_before_every_label(codec: str) -> None:
    """A byte order mark wins over a label that lies; UTF-16 without one is known by its zeros."""
    text = SPOKEN["de"][0] * 4
    assert decode(text.encode(codec), claimed="iso-8859-1").lstrip("\ufeff") == text


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("CafÃ© am SeeufÃ¤hrplatz", "Café am Seeufährplatz"),
        ("Â£5 for São Paulo", "Â£5 for São Paulo"),
        ("Ãber", "Ãber"),
    ],
)
def test_mojibake_is_mended_only_where_certain(text: str, mended: str) -> None:
    """UTF-8 read as cp1252 is undone where all of it round-trips; else not a letter is touched."""
    assert decode(text.encode()) == mended
