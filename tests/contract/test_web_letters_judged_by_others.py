"""Our letters judged by programs that are not ours: W3C's checker, html5lib, SpamAssassin, and css-inline."""

from __future__ import annotations

import functools
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from theme_letters import CHROMIUM, THEMES, a_browser, a_message

from digest.composing.inline import inline
from digest.composing.reading_back import parts_of

# What mail needs and the HTML standard does not know: Outlook's name spaces, and Apple Mail's older meta.
ALLOWED = re.compile(r"xmlns:[vo]\b|supported-color-schemes")
PAGES = [(theme, language, stories) for theme in THEMES for language in ("en", "he") for stories in (1, 3)]


def a_page(theme: str, language: str, stories: int) -> str:
    return parts_of(a_message(theme, language, stories=stories))[1]


@functools.cache
def vnu_jar() -> str | None:
    """Find the jar of npm's vnu-jar where NODE_PATH leads; it needs Java."""
    if shutil.which("java") is None or shutil.which("node") is None:
        return None
    asked = subprocess.run(
        ["node", "-p", "require.resolve('vnu-jar/package.json')"], capture_output=True, text=True, check=False
    )
    jars = sorted(Path(asked.stdout.strip()).parent.rglob("vnu.jar")) if asked.returncode == 0 else []
    return str(jars[0]) if jars else None


def vnu_errors(*pages: Path) -> dict[str, list[str]]:
    """Give the errors of each page that are outside the allow-list, by its file's name."""
    jar = vnu_jar()
    assert jar is not None
    ran = subprocess.run(
        ["java", "-jar", jar, "--errors-only", "--format", "json", *map(str, pages)],
        capture_output=True,
        text=True,
        check=False,
    )
    found: dict[str, list[str]] = {}
    for message in json.loads(ran.stderr)["messages"]:
        if not ALLOWED.search(message["message"]):
            name = message.get("url", "").rpartition("/")[2]
            found.setdefault(name, []).append(message["message"])
    return found


@pytest.mark.skipif(vnu_jar() is None, reason="npm's vnu-jar or Java is not installed")
def test_the_w3c_checker_finds_no_error(tmp_path: Path) -> None:
    """A12: 0 errors outside the allow-list, every theme, both directions, one story and three."""
    pages = []
    for theme, language, stories in PAGES:
        pages.append(tmp_path / f"{theme}-{language}-{stories}.html")
        pages[-1].write_text(a_page(theme, language, stories), "utf-8")
    broken = tmp_path / "broken.html"
    broken.write_text(
        pages[0].read_text("utf-8").replace("<ul", "<p><ul", 1).replace("</ul>", "</p>", 1), "utf-8"
    )
    found = vnu_errors(*pages, broken)
    assert found.pop("broken.html")  # the checker does look
    assert found == {}


def html5lib_errors(page: str) -> list[str]:
    html5lib = pytest.importorskip("html5lib", reason="html5lib is not installed")
    parser = html5lib.HTMLParser()
    parser.parse(page)
    return [code for _, code, _ in parser.errors]


@pytest.mark.parametrize(("theme", "language", "stories"), PAGES)
def test_html5lib_parses_without_an_error(theme: str, language: str, stories: int) -> None:
    """A1: the document begins with its doctype, and a strict parser has nothing to mend."""
    page = a_page(theme, language, stories)
    assert page.startswith("<!DOCTYPE html>")
    assert html5lib_errors(page) == []
    assert html5lib_errors(page.replace("</ul>", "</ol>", 1)) != []


def spam_rules(message: bytes) -> dict[str, float]:
    """Give SpamAssassin's rules that hit, and their points; local tests only, no configuration of the user's."""
    ran = subprocess.run(["spamassassin", "-L", "-t", "-x"], input=message, capture_output=True, check=True)
    report = ran.stdout.decode("utf-8", "replace").rpartition("Content analysis details:")[2]
    return {
        name: float(points) for points, name in re.findall(r"(?m)^\s*(-?\d+\.\d+)\s+([A-Z0-9_]+)\s", report)
    }


@pytest.mark.skipif(shutil.which("spamassassin") is None, reason="SpamAssassin is not installed")
@pytest.mark.parametrize("theme", THEMES)
def test_spamassassin_has_nothing_against_it(theme: str) -> None:
    """D14: score ≤ 0.5 and no rule above 0.3, by local rules alone."""
    rules = spam_rules(a_message(theme))
    assert sum(rules.values()) <= 0.5, rules
    assert all(points <= 0.3 for points in rules.values()), rules


@pytest.mark.skipif(shutil.which("spamassassin") is None, reason="SpamAssassin is not installed")
def test_spamassassin_does_look() -> None:
    """D14: the same letter without Date and Message-ID, shouting, is over the line."""
    message = a_message("article")
    broken = message.replace(b"\r\nDate:", b"\r\nX-Date:").replace(b"\r\nMessage-ID:", b"\r\nX-ID:")
    assert sum(spam_rules(broken).values()) > 0.5


COMPUTED = """() => [...document.querySelectorAll('body, body *')].map(element => {
  const style = getComputedStyle(element);
  return element.tagName + ' ' + element.className + ' '
    + [...style].map(name => name + ':' + style.getPropertyValue(name)).join(';');
})"""


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_another_inliner_gives_the_same_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """B3: css-inline on the same pages gives every element the same computed style in Chromium."""
    css_inline = pytest.importorskip("css_inline", reason="css-inline is not installed")
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    before: list[str] = []

    def remembering(html: str, *, where: str = "") -> str:
        before.append(html)
        return inline(html, where=where)

    monkeypatch.setattr("digest.composing.composition.inline", remembering)
    other = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)
    with a_browser() as browser:
        page = browser.new_page(viewport={"width": 800, "height": 900})

        def computed(html: str) -> list[str]:
            # Only what was inlined counts: the two keep different things in style elements.
            page.set_content(re.sub(r"(?s)<style.*?</style>", "", html))
            seen: list[str] = page.evaluate(COMPUTED)
            return seen

        for theme in THEMES:
            for language in ("en", "he"):
                before.clear()
                a_message(theme, language, stories=2)
                [source] = before
                ours, theirs = (
                    inline(source),
                    other.inline(re.sub(r"(?s)<style data-premailer.*?</style>", "", source)),
                )
                wanted, got = computed(theirs), computed(ours)
                assert len(got) == len(wanted) > 40
                assert [(a, b) for a, b in zip(got, wanted, strict=True) if a != b] == []
                assert computed(ours.replace("font-size:18px", "font-size:17px")) != wanted
