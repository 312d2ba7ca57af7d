"""A letter of each theme: what stands in it, what is refused, and that no value leaves its place."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from composing_parts import ANN, KEY, TEXTS, an_edition, filled, with_page

from digest.composing import (
    Filler,
    check_columns,
    compose,
    dump,
    fill,
    load,
    load_theme,
    message_id,
    missing_fields,
    render,
    theme_files,
    theme_names,
)
from digest.composing.reading_back import parsed, parts_of
from digest.errors import InputMissingError, StoreError, TemplateError
from digest.model import Letter, Subscriber


@pytest.mark.parametrize("theme", ["article", "brief", "edition", "letter"])
def test_c6_c7_c9_both_parts_say_the_same(theme: str) -> None:
    """C6 C7 C9: headline, key points, link, unsubscribe link and postal address stand in text and page."""
    page = render(an_edition("One harbour", "Two gardens", theme=theme), load_theme(theme), subscriber=ANN)
    flat = " ".join(page.text.split())
    for wanted in (
        "One harbour",
        "Two gardens",
        *TEXTS,
        "3 min read",
        "Ada Quill",
        "1 Quay Street",
        "1000 Riga",
    ):
        assert wanted in flat
        assert wanted in " ".join(page.html.split())
    assert "https://example.org/harbour?a=1&b=2" in page.text
    assert 'href="https://example.org/harbour?a=1&amp;b=2"' in page.html
    assert "https://example.org/leave?who=ann%40example.org" in page.text
    assert 'href="https://example.org/leave?who=ann%40example.org"' in page.html


@pytest.mark.parametrize("theme", ["article", "brief", "edition", "letter"])
def test_a1_to_a11_page_is_made_as_the_checklist_says(theme: str) -> None:
    """A1 A2 A3 A4 A6 A7 A8 A10 A11 B2 B7 B8 C4: document, language, roles, sizes, schemes, no mark left."""
    html = render(an_edition("One", "Two", theme=theme, language="he"), load_theme(theme)).html
    assert html.startswith("<!DOCTYPE html>")
    assert len(re.findall(r'lang="he" dir="rtl"', html)) >= 2
    assert html.index('charset="utf-8"') < 1024
    assert all('role="presentation"' in tag for tag in re.findall(r"<table[^>]*>", html))
    assert html.count('role="main"') == 1
    assert len(re.findall(r"<h1\b", html)) == 1
    assert len(re.findall("<li", html)) == 4
    assert len(html.encode()) < 90_000
    assert sum(map(len, re.findall(r"(?s)<style[^>]*>(.*?)</style>", html))) < 16_000
    assert html.count("<!--[if mso]>") == html.count("<![endif]-->") == 3
    assert "prefers-color-scheme: dark" in html
    assert "[data-ogsc]" in html
    assert "!important" in html
    assert "{{" not in html
    assert "%7B" not in html


def test_d1_d2_d3_d5_d6_header_fields_stand_once() -> None:
    """D1 D2 D3 D5 D6: one of each field, the text first, list fields bare and folded between addresses."""
    message = fill(compose(an_edition()), ANN, date=1_764_000_000, message_id_key=KEY)
    head = message.partition(b"\r\n\r\n")[0].decode()
    names = Counter(re.findall(r"(?m)^([A-Za-z-]+):", head))
    for name in (
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "MIME-Version",
        "List-Unsubscribe",
        "List-ID",
    ):
        assert names[name] == 1
    assert (
        "List-Unsubscribe: <https://example.org/leave?who=ann%40example.org>,\r\n <mailto:leave@example.org>"
        in head
    )
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head
    assert "Date: Mon, 24 Nov 2025 16:00:00 +0000" in head
    whole = parsed(message)
    assert not whole.defects
    assert [part.get_content_type() for part in whole.iter_parts()] == ["text/plain", "text/html"]


def test_d4_message_id_is_stable_and_says_nothing() -> None:
    """D4: the same for a retry, another for another person, edition or key; no address in it."""
    one = message_id("e", "ann@example.org", key=KEY, domain="example.org")
    assert one == message_id("e", "ann@example.org", key=KEY, domain="example.org")
    others = {
        message_id("f", "ann@example.org", key=KEY, domain="example.org"),
        message_id("e", "bob@example.org", key=KEY, domain="example.org"),
        message_id("e", "ann@example.org", key=b"x" * 32, domain="example.org"),
    }
    assert len(others | {one}) == 4
    assert "ann" not in one.partition("@")[0]


def test_a13_d10_wire_is_clean() -> None:
    """A13 D10: CRLF only, no NUL, no line over 76 columns, none that begins with a dot."""
    message = fill(
        compose(an_edition(text=". " + "Zürich " * 60 + "\n.dots")), ANN, date=0, message_id_key=KEY
    )
    assert b"\0" not in message
    lines = message.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    assert max(map(len, lines)) <= 78
    assert not any(line.startswith(b".") for line in lines)
    assert message.endswith(b"\r\n")


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("{{ subscriber.city }}", "Riga"),
        ('{{ subscriber.town or "your town" }}', "your town"),
        ("{{ subscriber.city | upper }}", "RIGA"),
        ('{{ "in " ~ subscriber.city }}', "in Riga"),
        ('{{ "home" if subscriber.city == "Riga" else "away" }}', "home"),
        ('{{ subscriber.town | default("nowhere") }}', "nowhere"),
        ("{% set c = subscriber.city %}{% if c %}has {{ c }}{% else %}none{% endif %}", "has Riga"),
        ('{% if subscriber.city in ["Oslo", "Riga"] and not subscriber.town %}both{% endif %}', "both"),
        ("{% if subscriber.town %}a{% elif subscriber.city %}b{% else %}c{% endif %}", "b"),
        ('{{ subscriber["city"] }}', "Riga"),
    ],
)
def test_what_differs_is_filled_without_jinja(expression: str, shown: str) -> None:
    """Fields, defaults, conditions and letters' case give what Jinja would have given."""
    text, html = filled(with_page(f"<h1>[{expression}]</h1>", text=f"[{expression}]\n"))
    assert text.strip() == f"[{shown}]"
    assert f"[{shown}]" in re.sub("<!--.*?-->", "", html)


@pytest.mark.parametrize(
    "page",
    [
        "{% for letter in subscriber.city %}{{ letter }}{% endfor %}",
        "{{ subscriber.city | length }}",
        "{{ subscriber.city | reverse }}",
        "{{ subscriber }}",
        "{{ subscriber.city + 'x' }}",
        "{{ subscriber.age | int }}",
        "{% if subscriber.city is string %}x{% endif %}",
        "{% if subscriber.city %}{% set a = 1 %}{% endif %}",
        '<p style="color: {{ subscriber.city }}">x</p>',
        '<a href="{{ subscriber.city }}">x</a>',
        "{% if subscriber.city %}<b>{% endif %}x",
        "{% macro m(v) %}{{ v }}{% endmacro %}{{ m(subscriber.city) | upper }}",
        "{{ [subscriber.city] }}",
        "{{ nothing }}",
        "{{ story.nothing }}",
        "{{ 1 / 0 }}",
        "{{ ''.__class__ }}",
        "{% if %}",
    ],
)
def test_what_no_letter_can_keep_is_refused(page: str) -> None:
    """B25: an expression that needs the value now, and any template fault, is an error with its line."""
    with pytest.raises(TemplateError) as caught:
        compose(an_edition(), theme=with_page(f"<p>first line</p>\n{page}"))
    assert caught.value.exit_status == 65
    assert caught.value.where is not None


def test_fault_names_file_and_line() -> None:
    """B25: the template's line is named."""
    with pytest.raises(TemplateError) as caught:
        compose(an_edition(), theme=with_page("<p>a</p>\n{{ nothing }}"))
    assert caught.value.where == "article/letter.html:3"


def test_missing_column_is_named_before_sending() -> None:
    """A field without a default needs its column; one with a default does not."""
    letter = compose(an_edition(), theme=with_page('{{ subscriber.city }} {{ subscriber.name or "reader" }}'))
    assert missing_fields(letter, ["name"]) == ["city"]
    assert missing_fields(letter, ["city"]) == []
    with pytest.raises(TemplateError, match=r"article/letter\.html:2"):
        check_columns(letter, [])


def test_c11_values_are_escaped_where_they_stand() -> None:
    """C11: a hostile value stays text in an element, an attribute, an address and a header."""
    hostile = "<script>\"'&\r\nBcc: x@example.com\0=?utf-8?q?x?= .\u202e"
    page = (
        '<p title="{{ subscriber.city }}">{{ subscriber.city }}</p>'
        '<a href="https://example.org/?c={{ subscriber.city }}">go</a>'
    )
    ann = Subscriber("ann@example.org", name=hostile, fields={"city": hostile})
    message = fill(compose(an_edition(), theme=with_page(page)), ann, date=0, message_id_key=KEY)
    html = parts_of(message)[1]
    assert "<script>" not in html
    assert 'title="&lt;script&gt;&quot;&#x27;&amp; Bcc' in html
    assert "?c=%3Cscript%3E%22%27%26%20Bcc" in html
    plain = fill(compose(an_edition(), theme=with_page(page)), ANN, date=0, message_id_key=KEY)
    names = [re.findall(rb"(?m)^[A-Za-z-]+(?=:)", m.partition(b"\r\n\r\n")[0]) for m in (message, plain)]
    assert names[0] == names[1]


def test_template_syntax_in_an_article_is_text() -> None:
    """B20: what looks like a template in an article is printed."""
    page = render(an_edition("{{7*7}} {% raw %} {{ subscriber.x }}"), load_theme("article"))
    assert "{{7*7}} {% raw %} {{ subscriber.x }}" in page.text
    assert "{{7*7}} {% raw %} {{ subscriber.x }}" in page.html


def test_c4_link_of_an_article_is_http_or_absent() -> None:
    """C4: javascript and relative addresses are dropped."""
    edition = an_edition()
    bad = replace(edition.digests[0], article=replace(edition.digests[0].article, url="javascript:alert(1)"))
    page = render(replace(edition, digests=[bad]), load_theme("article"))
    assert "javascript" not in page.html + page.text


def test_inlining_opens_no_connection() -> None:
    """An @import in a theme is refused, and nobody connects to what it names."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        css = f"@import url(http://127.0.0.1:{server.getsockname()[1]}/x.css);"
        with pytest.raises(TemplateError, match=r"@import"):
            compose(an_edition(), theme=with_page("<h1>x</h1>", css=css))
        with pytest.raises(TimeoutError):
            server.accept()


def test_lost_style_is_an_error() -> None:
    """A declaration that the inliner's parser drops is named with its line."""
    with pytest.raises(TemplateError, match=r"article/style.css:1.*rgb") as caught:
        compose(an_edition(), theme=with_page("<h1>x</h1>", css=".a { color: rgb(0 0 0 / 50%); }"))
    assert caught.value.exit_status == 65


def test_letter_is_kept_exactly() -> None:
    """What is loaded is what was dumped, slots and branches included."""
    page = '{% if subscriber.city == "Riga" %}{{ subscriber.name or "you" }}{% else %}<b>x</b>{% endif %}'
    letter = compose(an_edition(), theme=with_page(page))
    assert load(dump(letter)) == letter
    assert isinstance(hash(load(dump(letter))), int)


@pytest.mark.parametrize(
    "blob", [b"", b"{}", b'{"version": 99}', b"[]", b"\xff", b'{"version":1,"edition":1}']
)
def test_damaged_letter_is_a_store_error(blob: bytes) -> None:
    """Bytes that are no letter are refused, never guessed at."""
    with pytest.raises(StoreError):
        load(blob)


@pytest.mark.parametrize("name", ["../article", "/etc", "a/b", "..", "", "A", "a\0b", "shared/../article"])
def test_theme_name_is_never_a_path(name: str) -> None:
    """B24: a path, a traversal or a NUL is refused before any file is touched."""
    with pytest.raises(TemplateError):
        load_theme(name)


def test_unknown_theme_names_the_places(tmp_path: Path) -> None:
    """The error lists where it looked, the user's folder first."""
    with pytest.raises(InputMissingError) as caught:
        load_theme("nowhere", folder=tmp_path)
    assert str(tmp_path / "nowhere") in str(caught.value)


def test_copied_theme_is_found_first(tmp_path: Path) -> None:
    """A built-in theme's files, copied and changed, replace it; what they share is still found."""
    assert set(theme_names()) == {"article", "brief", "edition", "letter"}
    (tmp_path / "article").mkdir()
    for name, content in theme_files("article").items():
        (tmp_path / "article" / name).write_bytes(content)
    (tmp_path / "article" / "theme.toml").write_text('[colours]\naccent = "#123456"\n')
    assert load_theme("article").fingerprint != load_theme("article", folder=tmp_path).fingerprint
    assert "#123456" in render(an_edition(), load_theme("article", folder=tmp_path)).html


@pytest.mark.parametrize(
    "toml",
    [
        '[colours]\naccent = "red"',
        "[colours]\nacent = 1",
        "[fonts]\nbody = 'a;b'",
        "= 1",
        "colours = 1",
        "x = 1",
    ],
)
def test_wrong_theme_settings_are_refused(tmp_path: Path, toml: str) -> None:
    """theme.toml is checked: colours, known keys, no style smuggled in by a font."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "theme.toml").write_text(toml)
    with pytest.raises(TemplateError, match=r"theme\.toml"):
        load_theme("mine", folder=tmp_path)


def test_ten_languages_have_every_word() -> None:
    """Each language has all the words English has, with the same places to fill."""
    words = load_theme("article").words
    assert len(words) >= 10
    for language, table in words.items():
        assert table.keys() == words["en"].keys(), language
        assert len(table["months"]) == 12
        for key, text in words["en"].items():
            if isinstance(text, str) and key != "date":
                assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", str(table[key]))), (
                    language,
                    key,
                )


def test_b6_colours_can_be_read() -> None:
    """B6: every text colour reaches 4.5:1 on its ground, in both schemes of every theme."""
    for name in theme_names():
        theme = load_theme(name)
        for scheme in (theme.colours, theme.dark):
            for text, ground in (
                ("ink", "paper"),
                ("ink", "tint"),
                ("soft", "paper"),
                ("soft", "page"),
                ("accent", "tint"),
                ("accent", "paper"),
                ("on_button", "button"),
                ("ink", "page"),
            ):
                assert contrast(scheme[text], scheme[ground]) >= 4.5, (name, text, ground)


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_filling_loads_no_heavy_package(tmp_path: Path) -> None:
    """The process that sends loads neither jinja2, premailer, lxml nor cssutils."""
    letter: Letter = compose(an_edition())
    (tmp_path / "letter").write_bytes(dump(letter))
    code = (
        "import sys, pathlib\nfrom digest.composing import load, fill\nfrom digest.model import Subscriber\n"
        f"letter = load(pathlib.Path({str(tmp_path / 'letter')!r}).read_bytes())\n"
        "fill(letter, Subscriber('a@example.org'), date=0, message_id_key=b'k')\n"
        "print({'jinja2', 'premailer', 'lxml', 'cssutils', 'markupsafe'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_filler_keeps_nothing_of_anyone() -> None:
    """Filling for one subscriber after another gives what each would get alone."""
    letter = compose(an_edition())
    filler = Filler(letter, message_id_key=KEY)
    bob = Subscriber("bob@example.net")
    first = filler(ANN, 5)
    assert filler(bob, 9) == fill(letter, bob, date=9, message_id_key=KEY)
    assert filler(ANN, 5) == first


@pytest.mark.parametrize(
    ("value", "proper"),
    [
        (b"plain", True),
        (b"folded,\r\n here", True),
        (b"", True),
        (b".dot", False),
        (b"lone\nLF", False),
        (b"lone\rCR", False),
        (b"line\r\n.dot", False),
        ("é".encode(), False),
    ],
)
def test_a_value_that_could_end_a_letter_is_never_called_proper(value: bytes, proper: bool) -> None:  # noqa: FBT001
    """A transport looks at the whole letter itself wherever a value or its surroundings are not plain."""
    from digest.composing.filling import _is_proper_round, _is_proper_value

    assert _is_proper_value(value) is proper
    assert _is_proper_round([b"A: ", b"", b"\r\n\r\nbody\r\n"], {1})
    for around in ([b"A: ", b"", b".\r\n"], [b"A\n", b"", b"\r\n"], [b".", b"", b"\r\n"], [b"A: ", b""]):
        assert not _is_proper_round(around, {1})
