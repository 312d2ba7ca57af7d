"""`digest lint`: findings with the theme's own lines, for people, for programs and for GitHub."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from cli_places import folder_with
from command import digest

from digest.composing import theme_files

PICTURE = '<img src="https://example.org/a.png" width="9" height="9">'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a theme of its own that has three faults, on lines that are known."""
    folder = folder_with(tmp_path, people=1)
    theme = folder / "themes" / "quay"
    theme.mkdir(parents=True)
    for name, content in theme_files("article").items():
        (theme / name).write_bytes(content)
    page = (theme / "letter.html").read_text()
    (theme / "letter.html").write_text(page.replace("{{ parts.summary(story) }}", PICTURE))
    (theme / "style.css").write_text(".meta { margin: 0; }\n.headline { color: #dddddd; }\n")
    return folder


def line_of(path: Path, what: str) -> int:
    return next(at for at, line in enumerate(path.read_text().split("\n"), start=1) if what in line)


async def test_findings_name_the_line_of_the_theme(folder: Path) -> None:
    """A picture without alt is led to the template, a pale headline to the style sheet's rule."""
    ended = await digest("lint", "article.txt", "--theme", "quay", "--json", cwd=folder)
    found = {each["rule"]: each for each in map(json.loads, ended.out.splitlines())}
    assert ended.status == 65
    line = line_of(folder / "themes" / "quay" / "letter.html", "<img")
    assert found["C1"]["where"] == f"quay/letter.html:{line}"
    assert found["B6"]["where"] == "quay/style.css:2"
    assert "contrast" in found["B6"]["text"]


async def test_github_shows_them_beside_the_file(folder: Path) -> None:
    """One line a finding, with level, file and line; by itself inside GitHub Actions, never with --json."""
    ended = await digest("lint", "article.txt", "--theme", "quay", "--annotations", cwd=folder)
    lines = ended.out.splitlines()
    assert all(line.startswith(("::error ", "::warning ")) for line in lines)
    assert any(
        line.startswith("::error file=themes/quay/style.css,line=2,title=digest lint B6::'headline' has")
        for line in lines
    )
    inside = {"GITHUB_ACTIONS": "true"}
    assert (
        await digest("lint", "article.txt", "--theme", "quay", cwd=folder, environ=inside)
    ).out == ended.out
    quiet = await digest(
        "lint", "article.txt", "--theme", "quay", "--no-annotations", cwd=folder, environ=inside
    )
    assert "::error" not in quiet.out


async def test_a_good_letter_ends_with_0(folder: Path) -> None:
    """The built-in theme has no error; what loopback's placeholders leave are warnings, and --strict counts them."""
    ended = await digest("lint", "article.txt", cwd=folder)
    assert ended.status == 0, ended.out
    assert "error" not in ended.out
    assert (await digest("lint", "article.txt", "--strict", cwd=folder)).status == 65


@pytest.mark.skipif(not shutil.which("spamassassin"), reason="SpamAssassin is not installed")
async def test_d14_spamassassin_is_asked_when_told_to(folder: Path) -> None:
    """Its points become findings: none of ours gets half a point."""
    ended = await digest("lint", "article.txt", "--spam", "--json", cwd=folder)
    found = [each for each in map(json.loads, ended.out.splitlines()) if each["rule"] == "D14"]
    assert ended.status == 0
    assert not [each for each in found if each["level"] == "error"]
