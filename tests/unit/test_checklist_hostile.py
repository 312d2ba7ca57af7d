"""Hostile articles, lists and settings: an ordinary letter, nothing executable in it, and nobody is asked anything.

Each text stands in every place where a text from outside can stand. The page must have exactly the elements of a
harmless letter, each from a list of allowed ones, as two parsers see it; a socket that listens is never called.
"""

from __future__ import annotations

import functools
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from composing_parts import KEY, a_point, an_edition

from digest.composing import compose, fill, lint
from digest.composing.reading_back import parsed, parts_of
from digest.model import Article, Edition, Subscriber

TEXTS = {
    "script": "<script>alert(1)</script>",
    "script in a tag": "<scr<script>ipt>alert(1)</script>",
    "image": '<img src=x onerror="alert(1)">',
    "tracking image": '<img src="http://{host}/pixel.gif" width=1 height=1>',
    "svg": '<svg onload="alert(1)"><use href="http://{host}/a.svg#x"/></svg>',
    "math": "<math><mtext><style><img src=x onerror=alert(1)>",
    "frame": '<iframe src="http://{host}/"></iframe>',
    "form": '<form action="http://{host}/"><input name=password><button>Go</button></form>',
    "object": '<object data="http://{host}/a.swf"></object><embed src="http://{host}/a">',
    "base": '<base href="http://{host}/">',
    "refresh": '<meta http-equiv=refresh content="0;url=http://{host}/">',
    "sheet": '<link rel=stylesheet href="http://{host}/a.css">',
    "style element": "<style>@import url(http://{host}/a.css);</style>",
    "style p": '<p style="p">x</p>',
    "style head": '<p style="head">x</p>',
    "style url": "<p style=\"background:url('http://{host}/a.png')\">x</p>",
    "import": "@import url(http://{host}/a.css);",
    "css break": "} body { background: url(http://{host}/a) } .x {",
    "expression": '<b style="width:expression(alert(1))">x</b>',
    "javascript": "javascript:alert(1)",
    "vbscript": "vbscript:msgbox(1)",
    "data": "data:text/html;base64,PHNjcmlwdD4=",
    "link": '<a href="javascript:alert(1)">go</a>',
    "entity": "&lt;script&gt;alert(1)&lt;/script&gt; &#60;script&#62;",
    "end of style": "</style></title></head><body onload=alert(1)>",
    "comment": "--> <!-- <![endif]--> <!--[if mso]><script>1</script><![endif]-->",
    "cdata": "]]> <![CDATA[ <script>1</script> ]]>",
    "attribute": '" onmouseover="alert(1)" x="',
    "single quotes": "' onmouseover='alert(1)' x='",
    "jinja": "{{ 7*7 }} {% raw %} {{ subscriber.x }} {{ ''.__class__.__mro__ }}",
    "jinja comment": "{# x #} {%- include '/etc/passwd' -%} ${7*7} #{7*7} <%= 7 %>",
    "unsubscribe": "{email} %7B%7Burl%7D%7D __TOKEN__",
    "bidi": "pay \u202egpj.exe\u202c \u202a\u202d x",
    "marks": "\u200fשלום\u200e \u061c x",
    "nul": "nul\0 bell\x07 escape\x1b[31m delete\x7f c1\x9b",
    "line ends": "one\r\nBcc: bo@example.org\r\n\r\ntwo\x85three\u2028four\u2029five\x0b\x0c",
    "dots": ".\r\n..\r\n.\r\nQUIT\r\nMAIL FROM:<x@example.org>",
    "surrogate": "lone \ud800 and \udfff",
    "specials": "\ufffe \uffff \ufeff \U000e0041 \ufff9",
    "zalgo": "h" + "\u0301\u0302\u0303" * 300,
    "long word": "w" * 200,
    "long address": "https://example.org/" + "a" * 3000,
    "long title": "a title of many letters " * 417,
    "emoji": "😀👩‍👩‍👧‍👦🏳️‍🌈",
    "encoded word": "=?utf-8?q?=3Cscript=3E?= =?utf-8?b?////?=",
    "soft breaks": "=\r\n=3D =20 =",
    "boundary": "--=_boundary--\r\nContent-Type: text/html\r\n\r\n<b>x</b>",
    "from line": "From nobody@example.org Mon Nov 24 00:00:00 2025",
    "empty": "",
    "spaces": " \t\u00a0\u3000 ",
}
# What may stand in a letter of ours: elements, and attributes on them.
ELEMENTS = frozenset(
    ["html", "head", "meta", "title", "style", "body", "div", "span", "p", "h1", "h2", "ul", "li", "a", "br"]
) | {"table", "tbody", "tr", "td"}
ATTRIBUTES = frozenset(
    ["lang", "dir", "charset", "name", "content", "class", "style", "role", "href", "width", "align"]
) | {"cellpadding", "cellspacing", "border"}


class Seen(HTMLParser):
    """The elements of a page, with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))


def an_edition_of(text: str, *, links: str | None = None) -> Edition:
    """Put a text wherever an article, a list's owner or a model could."""
    edition = an_edition()
    (digest,) = edition.digests
    article = Article(
        paragraphs=[text or "x"],
        title=f"t {text}",
        byline=f"b {text}",
        published=text,
        language=text,
        site=f"s {text}",
        url=links or "https://example.org/a",
        image=links,
    )
    hostile = replace(
        digest,
        headline=f"h {text}",
        summary=[a_point(f"s {text}")],
        key_points=[a_point(f"k {text}"), a_point(f"l {text}")],
        keywords=[text],
        language=text,
        article=article,
    )
    return replace(edition, subject=f"u {text}", preheader=f"p {text}", digests=[hostile], language=text)


@functools.cache  # each is looked at by several tests
def the_letter(text: str, *, links: str | None = None) -> bytes:
    somebody = Subscriber("ann@example.org", name=f"n {text}", fields={"city": text}, language=text)
    return fill(compose(an_edition_of(text, links=links)), somebody, date=0, message_id_key=KEY)


@pytest.fixture(scope="module")
def shape() -> list[str]:
    return [tag for tag, _ in Seen(parts_of(the_letter("harmless"))[1]).elements]


@pytest.fixture(scope="module")
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield server


@pytest.fixture(params=TEXTS)
def letter(request: pytest.FixtureRequest, listener: socket.socket) -> bytes:
    return the_letter(TEXTS[request.param].replace("{host}", f"127.0.0.1:{listener.getsockname()[1]}"))


def test_c4_c10_c11_c12_hostile_text_makes_an_ordinary_letter(
    letter: bytes, shape: list[str], listener: socket.socket
) -> None:
    """No crash, the elements of a harmless letter, only allowed ones, no connection, no steering character."""
    text, html = parts_of(letter)
    elements = Seen(html).elements
    assert [tag for tag, _ in elements] == shape
    for tag, attributes in elements:
        assert tag in ELEMENTS
        assert attributes.keys() <= ATTRIBUTES
        assert re.match("https://example.org/|mailto:", attributes.get("href", "mailto:"))
        assert "url(" not in attributes.get("style", "")
    assert not re.search("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", text + html)
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_c12_d2_d10_hostile_text_stays_in_its_place(letter: bytes) -> None:
    """The message has the header fields and parts of a harmless one, CRLF only, no dotted or long line."""
    message, harmless = letter, the_letter("harmless")
    assert parsed(message).keys() == parsed(harmless).keys()
    assert [p.get_content_type() for p in parsed(message).walk()] == [
        *("multipart/alternative", "text/plain", "text/html")
    ]
    assert not any(part.defects for part in parsed(message).walk())
    lines = message.split(b"\r\n")
    assert message.isascii()
    assert not any(b"\r" in line or b"\n" in line or line.startswith(b".") for line in lines)
    assert max(map(len, lines)) <= 78
    assert parsed(message)["To"].addresses[0].addr_spec == "ann@example.org"


def test_c11_two_parsers_agree_on_a_hostile_letter(letter: bytes, shape: list[str]) -> None:
    """html5lib, which reads as browsers do, sees the same elements, and no error of ours."""
    html5lib = pytest.importorskip("html5lib", reason="html5lib is not installed")
    html = parts_of(letter)[1]
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(html)
    seen = [element.tag for element in tree.iter() if isinstance(element.tag, str)]
    assert [tag for tag in seen if tag != "tbody"] == shape  # browsers add it
    assert [code for _, code, _ in parser.errors] == []


@pytest.mark.parametrize(
    "name", ["javascript", "vbscript", "data", "attribute", "script", "line ends", "nul"]
)
def test_c4_hostile_address_is_no_link(name: str) -> None:
    """What is no http(s) address of an article or picture is left out; the letter has its other links."""
    _, html = parts_of(the_letter("harmless", links=TEXTS[name]))
    hrefs = [attributes["href"] for tag, attributes in Seen(html).elements if tag == "a"]
    assert hrefs == ["https://example.org/leave?who=ann%40example.org"]
    assert "<img" not in html


def test_lint_of_a_hostile_letter_ends(letter: bytes) -> None:
    """Lint judges what came out, whatever went in: nothing about safety is found."""
    found = {finding.rule for finding in lint(letter) if finding.level == "error"}
    assert not found & {"A1", "A6", "A7", "A9", "A13", "B2", "C12", "D1", "D2", "D3", "D5", "D8", "D9", "D10"}
