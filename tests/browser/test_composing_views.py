"""Every theme as a person sees it, point by point of the checklist; each test also sees a letter that is broken."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from theme_letters import CHROMIUM, LONG_WORD, THEMES, a_browser, a_message

from digest.composing.reading_back import parts_of
from digest.web.mail import look_into, with_own_images

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.skipif(
    CHROMIUM is None
    or importlib.util.find_spec("playwright") is None
    or importlib.util.find_spec("axe_playwright_python") is None,
    reason="Chromium, playwright or axe is not installed",
)
every_theme = pytest.mark.parametrize("theme", THEMES)
every_letter = pytest.mark.parametrize(
    ("theme", "language"), [(theme, language) for theme in THEMES for language in ("en", "he")]
)
Show = Callable[..., "Page"]
# Elements that hold text of their own and are shown.
TEXTS = """[...document.querySelectorAll('body *')].filter(e => e.getClientRects().length &&
  [...e.childNodes].some(n => n.nodeType === 3 && n.data.replace(/\\u00a0/g, '').trim()))"""


@pytest.fixture(scope="module")
def shared() -> Iterator[Page]:
    with a_browser() as browser:
        yield browser.new_page()


@pytest.fixture
def show(shared: Page) -> Show:
    """Show a page at a width, in a colour scheme."""

    def shown(html: str, *, width: int = 800, scheme: str = "light") -> Page:
        shared.set_viewport_size({"width": width, "height": 900})
        shared.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its literals
        shared.set_content(html)
        return shared

    return shown


def html_of(theme: str, language: str = "en", *, extra: str = "", picture: bool = False) -> str:
    message = a_message(theme, language, stories=2, extra=extra, picture=picture)
    return with_own_images(parts_of(message)[1], look_into(message))


def violations(page: Page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    return [
        f"{found['id']}: {found['nodes'][0]['html'][:160]}"
        for found in Axe().run(page).response["violations"]
    ]


def without_styles(page: Page) -> Page:
    page.evaluate("document.querySelectorAll('style').forEach(e => e.remove())")
    return page


@every_letter
def test_a7_axe_finds_nothing(theme: str, language: str, show: Show) -> None:
    """A2 A3 A5 A7 A8 B6 C3: 0 violations of any impact at 800 and 375 px, light and dark."""
    html = html_of(theme, language, picture=True)
    for width in (800, 375):
        for scheme in ("light", "dark"):
            assert violations(show(html, width=width, scheme=scheme)) == [], (width, scheme)


def test_a7_axe_does_look(show: Show) -> None:
    """A7 A2 B6: each of these breaks one rule."""
    html = html_of("article")
    for old, new, rule in (
        (' role="main"', "", "region"),
        ('<html lang="en"', "<html", "html-has-lang"),
        ("color:#22262b", "color:#c9c9c9", "color-contrast"),
    ):
        assert old in html
        assert any(found.startswith(rule) for found in violations(show(html.replace(old, new)))), rule


def is_within(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@every_letter
def test_b1_nothing_scrolls_sideways(theme: str, language: str, show: Show) -> None:
    """B1 B11: 320 to 800 px hold the letter, also with a word of 200 letters; the column stays at 600."""
    html = html_of(theme, language, extra=LONG_WORD, picture=True)
    for width in (320, 375, 600, 800):
        page = show(html, width=width)
        assert is_within(page), width
        assert page.evaluate("document.querySelector('.column').getBoundingClientRect().width") <= 600


def test_b1_b11_see_what_is_too_wide(show: Show) -> None:
    """B1 B11: a fixed width and a word that cannot be broken are noticed."""
    html = html_of("article", extra=LONG_WORD)
    assert not is_within(show(html.replace("<h1", '<div style="width:900px">x</div><h1', 1)))
    assert not is_within(show(html.replace("break-word", "normal"), width=320))


def texts_in_order(page: Page) -> str:
    return " ".join(str(page.evaluate("document.body.innerText")).split())


@every_letter
def test_b3_reads_well_without_style_elements(theme: str, language: str, show: Show) -> None:
    """B3: the same words in the same order, contrast right in both schemes, and no sideways scroll."""
    html = html_of(theme, language)
    for scheme in ("light", "dark"):
        page = show(html, scheme=scheme)
        words = texts_in_order(page)
        without_styles(page)
        assert texts_in_order(page) == words
        assert violations(page) == [], scheme
        page.set_viewport_size({"width": 320, "height": 900})
        assert is_within(page)


def test_b3_sees_a_look_that_needs_its_style_element(show: Show) -> None:
    """B3: colours that are right by a style element alone are missed when that goes."""
    inked = (
        ".page, .masthead-name, .headline, .story-headline, .lead, .list, .item { color: #22262b !important }"
    )
    pale = html_of("article").replace("color:#22262b", "color:#c9c9c9")
    page = show(pale.replace("</head>", f"<style>{inked}</style></head>"))
    assert violations(page) == []
    assert any(found.startswith("color-contrast") for found in violations(without_styles(page)))


BUTTON = """() => { const link = document.querySelector('.action-link'), cell = link.closest('td');
  return [link.getBoundingClientRect().height, getComputedStyle(cell).backgroundColor, link.href, link.innerText]; }"""


@every_letter
def test_b4_the_button_is_a_cell_with_a_link(theme: str, language: str, show: Show) -> None:
    """B4: 44 px high at least, coloured by its cell, a real link, its text not a picture; styles or not."""
    for width in (800, 320):
        page = show(html_of(theme, language), width=width)
        for _ in ("with styles", "without"):
            height, ground, href, text = page.evaluate(BUTTON)
            assert height >= 44
            assert ground != "rgba(0, 0, 0, 0)"
            assert href.startswith("https://")
            assert text.strip()
            without_styles(page)


def test_b4_sees_a_button_that_is_too_low(show: Show) -> None:
    """B4: half the padding is not enough."""
    page = show(html_of("article").replace("padding:13px 24px", "padding:4px 24px"))
    assert page.evaluate(BUTTON)[0] < 44


SIZES = f"""() => {TEXTS}.map(e => {{ const s = getComputedStyle(e), size = parseFloat(s.fontSize);
  return [e.className, e.tagName, size, parseFloat(s.lineHeight) / size, s.fontFamily]; }})"""
GENERIC = ("serif", "sans-serif", "monospace")


def too_small(page: Page) -> list[str]:
    found = []
    for name, tag, size, spacing, family in page.evaluate(SIZES):
        is_body = name in {"lead", "item", "headline", "story-headline", "action-link"}
        if size < (16 if is_body else 13) or (not tag.startswith("H") and spacing < 1.4):
            found.append(f"{tag}.{name}: {size} px, line height {spacing:.2f}")
        if family.rpartition(",")[2].strip() not in GENERIC:
            found.append(f"{tag}.{name}: {family}")
    return found


@every_letter
def test_b5_type_is_large_enough(theme: str, language: str, show: Show) -> None:
    """B5: body text 16 px, small print 13 px, lines 1.4 apart, a generic family last; styles or not."""
    for width in (800, 375):
        page = show(html_of(theme, language), width=width)
        assert too_small(page) == []
        assert too_small(without_styles(page)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [("font-size:18px", "font-size:15px"), ("line-height:1.6", "line-height:1.2"), (", serif", "")],
)
def test_b5_sees_small_type(old: str, new: str, show: Show) -> None:
    """B5: one declaration broken, and it is named."""
    html = html_of("article")
    assert old in html
    assert too_small(show(html.replace(old, new))) != []


COLOURS = f"""() => {TEXTS}.map(e => [e.className, getComputedStyle(e).color]).concat(
  ['.page', '.paper', '.action-cell'].map(s => [s, getComputedStyle(document.querySelector(s)).backgroundColor]))"""


def unchanged(show: Show, html: str) -> list[str]:
    light = show(html).evaluate(COLOURS)
    dark = show(html, scheme="dark").evaluate(COLOURS)
    return [name for (name, before), (_, behind) in zip(light, dark, strict=True) if before == behind]


@every_theme
def test_b7_dark_has_its_own_colours(theme: str, show: Show) -> None:
    """B7: every text and every ground has another colour in the dark."""
    html = html_of(theme)
    assert unchanged(show, html) == []
    assert unchanged(show, html.replace("prefers-color-scheme", "prefers-no-scheme")) != []
    # Without !important the inlined colours win: what an inliner's defaults did to dark mode.
    assert unchanged(show, html.replace(" !important", "")) != []


@every_theme
def test_b8_outlook_gets_the_dark_colours(theme: str, show: Show) -> None:
    """B8: under [data-ogsc] a light page has exactly the colours of the dark scheme."""
    html = html_of(theme)
    dark = show(html, scheme="dark").evaluate(COLOURS)
    marked = html.replace("<html ", '<html data-ogsc="" ', 1)
    assert show(marked).evaluate(COLOURS) == dark
    assert show(marked.replace("[data-ogsc]", "[data-other]")).evaluate(COLOURS) != dark


# How far each text begins from the edge of the column, on the side where reading begins.
INSETS = """side => { const column = document.querySelector('.column').getBoundingClientRect();
  return ['.masthead-name', '.headline', '.lead', '.points-title', '.item', '.action-cell', '.foot-line'].map(name => {
    const element = document.querySelector(name), range = document.createRange();
    range.selectNodeContents(element);
    const box = (name === '.action-cell' ? element : range).getBoundingClientRect();
    return Math.round(side === 'left' ? box.left - column.left : column.right - box.right); }); }"""


@every_theme
def test_b10_right_to_left_is_mirrored(theme: str, show: Show) -> None:
    """B10: each text begins as far from the right edge as its English twin from the left; bullets are right."""
    english = show(html_of(theme)).evaluate(INSETS, "left")
    page = show(html_of(theme, "he"))
    assert page.evaluate(INSETS, "right") == pytest.approx(english, abs=1)
    assert page.evaluate("getComputedStyle(document.querySelector('.item')).direction") == "rtl"
    assert show(html_of(theme, "he").replace('dir="rtl"', 'dir="ltr"')).evaluate(INSETS, "right") != english


@every_theme
def test_c2_the_letter_is_complete_with_images_off(theme: str, show: Show) -> None:
    """C1 C2: no data: picture in the letter, alt, width and height on each; the words are all there without."""
    message = a_message(theme, picture=True)
    html = parts_of(message)[1]
    assert "data:" not in html
    page = show(html)  # its cid: address leads nowhere here, as where images are off
    images = page.evaluate("[...document.images].map(i => [i.alt, +i.getAttribute('width'), i.naturalWidth])")
    assert len(images) == html.count("<img")
    assert all(alt and width > 0 and not drawn for alt, width, drawn in images)
    words = texts_in_order(page)
    for wanted in (
        "Reading room opens at the harbour",
        "sail loft",
        "until midnight",
        "Unsubscribe",
        "1 Quay Street",
    ):
        assert wanted in words
    assert violations(page) == []


def test_c1_sees_a_picture_without_alt(show: Show) -> None:
    """C1: axe names it."""
    html = html_of("brief", picture=True)
    assert ' alt="The harbour' in html
    found = violations(show(html.replace(' alt="The harbour in the morning"', "")))
    assert any(each.startswith("image-alt") for each in found)
