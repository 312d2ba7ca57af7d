"""`docs/how-to/read-anything.md` shows what the commands print: each of them is run, and compared."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from command import digest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "read-anything.md"


def shown() -> list[tuple[str, str]]:
    """List each command of the page with the output below it."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


@pytest.mark.parametrize(("command", "output"), shown(), ids=[command for command, _ in shown()])
async def test_the_page_shows_what_is_printed(command: str, output: str) -> None:
    """Output, hint and status of every command are those of the page."""
    stdin = b""
    if command == "echo $?":
        assert output.strip() == "65"
        return
    words = shlex.split(command)
    if "<" in words:
        at = words.index("<")
        stdin, words = (ROOT / words[at + 1]).read_bytes(), words[:at]
    assert words[0] == "digest"
    ended = await digest(*words[1:], cwd=ROOT, stdin=stdin, environ={"COLUMNS": "80", "NO_COLOR": "1"})
    assert ended.out + ended.err == output
    assert ended.status == (65 if ended.err else 0)


def test_every_kind_is_shown() -> None:
    """Each kind of source that Digest reads has its command on the page."""
    commands = " ".join(command for command, _ in shown())
    for kind in (
        ".txt",
        ".html",
        ".mhtml",
        ".md",
        ".eml",
        ".xml",
        ".json",
        ".pdf",
        ".docx",
        ".epub",
        " - ",
        "room.e*",
    ):
        assert kind in f"{commands} ", kind
