"""Every theme as a person sees it: no axe violation, no sideways scroll, dark that differs, right to left."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from digest.composing import load_theme, render, theme_names
from digest.model import Article, Digest, Edition, Point, Sender, Sentence

if TYPE_CHECKING:
    from playwright.sync_api import Browser

playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe_api = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
LONG = "w" * 200
TEXTS = {
    "en": ("Reading room opens at the harbour", "Two hundred people came before noon."),
    "he": ("חדר קריאה נפתח בנמל", "מאתיים איש באו לפני הצהריים."),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright_api.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


def a_page(theme: str, language: str, tmp_path: Path, *, extra: str = "") -> str:
    headline, line = TEXTS[language]
    point = Point(f"{line} {extra}", [Sentence(line, 0, 0, len(line))])
    digest = Digest(
        headline=headline,
        summary=[point],
        key_points=[point, point],
        keywords=[],
        language=language,
        reading_minutes=2,
        article=Article(
            paragraphs=[line], url="https://example.org/a", site="Harbour Weekly", byline="Ada Quill"
        ),
    )
    edition = Edition(
        id="e",
        subject=headline,
        preheader=f"{line} {line}",
        digests=[digest, digest],
        theme=theme,
        language=language,
        sender=Sender(
            address="news@example.org",
            name="Harbour Weekly",
            postal_address="1 Quay Street",
            unsubscribe_url="https://example.org/u?e={email}",
        ),
    )
    path = tmp_path / "letter.html"
    path.write_text(render(edition, load_theme(theme)).html, "utf-8")
    return path.as_uri()


@pytest.mark.parametrize("language", ["en", "he"])
@pytest.mark.parametrize("theme", theme_names())
def test_axe_finds_nothing(theme: str, language: str, browser: Browser, tmp_path: Path) -> None:
    """A2 A3 A5 A7 A8 B6 C3: 0 violations of any impact at 800 and 375 px, light and dark."""
    url = a_page(theme, language, tmp_path)
    axe = axe_api.Axe()
    for width in (800, 375):
        for scheme in ("light", "dark"):
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
            page.goto(url)
            found = axe.run(page).response["violations"]
            page.close()
            assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], (width, scheme)


@pytest.mark.parametrize("theme", theme_names())
def test_nothing_scrolls_sideways(theme: str, browser: Browser, tmp_path: Path) -> None:
    """B1 B11: 320 to 800 px hold the letter, also with a word of 200 letters; the column stays at 600."""
    url = a_page(theme, "en", tmp_path, extra=LONG)
    for width in (320, 375, 600, 800):
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("document.querySelector('.column').getBoundingClientRect().width") <= 600
        page.close()


@pytest.mark.parametrize("theme", theme_names())
def test_dark_has_its_own_colours(theme: str, browser: Browser, tmp_path: Path) -> None:
    """B7: the elements' own colours differ in the dark, from the theme's table."""
    url = a_page(theme, "en", tmp_path)
    seen = []
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme)
        page.goto(url)
        seen.append(
            page.evaluate(
                "['.paper', '.headline', '.action-cell'].map(s => document.querySelector(s)).filter(e => e)"
                ".map(e => getComputedStyle(e).color + getComputedStyle(e).backgroundColor)"
            )
        )
        page.close()
    assert all(light != dark for light, dark in zip(*seen, strict=True))


@pytest.mark.parametrize("theme", theme_names())
def test_reads_well_without_style_elements(theme: str, browser: Browser, tmp_path: Path) -> None:
    """B3 B4 B5: with every style element gone, sizes, ground and button are still there."""
    page = browser.new_page(viewport={"width": 800, "height": 900})
    page.goto(a_page(theme, "en", tmp_path))
    page.evaluate("document.querySelectorAll('style').forEach(e => e.remove())")
    size = "parseFloat(getComputedStyle(document.querySelector('{}')).fontSize)"
    assert page.evaluate(size.format(".lead")) >= 16
    assert page.evaluate(size.format(".foot-line")) >= 13
    assert page.evaluate("document.querySelector('.action-link').getBoundingClientRect().height") >= 44
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.action-cell')).backgroundColor")
        != "rgba(0, 0, 0, 0)"
    )
    page.close()
