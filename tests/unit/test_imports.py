"""What a command loads: asking for help is quick, and the four verbs are there in any order."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

HEAVY = (
    "aiosmtpd", "aiosmtplib", "asyncio", "crontab", "fastfeedparser", "httpx2", "jinja2", "lxml", "nh3",
    "premailer", "rich", "sentencex", "sqlite3", "starlette", "trafilatura", "uvicorn", "uvloop",
)  # fmt: skip
ROOMS = {"read": "reading", "condense": "condensing", "compose": "composing", "deliver": "delivering"}


def loaded_after(code: str) -> set[str]:
    """Run code in a fresh interpreter and give the top-level modules that it loaded."""
    script = (
        f"{code}\nimport sys\nprint(*sorted({{name.split('.')[0] for name in sys.modules}}), file=sys.stderr)"
    )
    # coverage's own start-up file would load sqlite3 and more into every child
    environ = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    command = [sys.executable, "-c", script]
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=environ)
    return set(run.stderr.split())


def test_importing_digest_loads_nothing_heavy() -> None:
    """`import digest` costs next to nothing."""
    assert not loaded_after("import digest") & set(HEAVY)


@pytest.mark.parametrize("arguments", [[], ["send"], ["read"], ["preview"], ["run"], ["schedule", "add"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    """Asking any command for help loads click and nothing heavier."""
    code = (
        "import sys, digest.cli\n"
        f"sys.argv = ['digest', *{arguments!r}, '--help']\n"
        "try: digest.cli.main()\nexcept SystemExit as end: assert end.code == 0, end.code\n"
    )
    assert not loaded_after(code) & set(HEAVY)


def test_version_loads_no_click() -> None:
    """`digest --version` is answered before click is loaded."""
    code = "import sys, digest.cli\nsys.argv = ['digest', '--version']\ndigest.cli.main()"
    assert "click" not in loaded_after(code)


@pytest.mark.parametrize("verb", sorted(ROOMS))
@pytest.mark.parametrize("order", ["verb first", "room first"])
def test_each_verb_is_a_function_in_any_order(verb: str, order: str) -> None:
    """A verb stays a function before and after its room was imported (a subpackage of its name would hide it)."""
    lines = [f"from digest import {verb}", f"import digest.{ROOMS[verb]}"]
    if order == "room first":
        lines.reverse()
    loaded_after("\n".join([*lines, f"from digest import {verb} as again", "assert callable(again)"]))


CALLS = {
    "read": "import asyncio; article = asyncio.run(read(Source(name='-', content=TEXT.encode()))); "
    "assert len(article.paragraphs) == 3, article",
    "condense": "digest = condense(Article(title='A library', paragraphs=TEXT.split('\\n\\n')[1:])); "
    "assert digest.headline == 'A library' and digest.summary",
    "compose": "from digest import condense; "
    "letter = compose(Edition(id='e', subject='s', preheader='p', theme='article', "
    "digests=[condense(Article(title='A library', paragraphs=TEXT.split('\\n\\n')[1:]))], "
    "sender=Sender(address='letter@example.org', postal_address='1 Quay', unsubscribe_mailto='x@example.org'))); "
    "assert letter.edition == 'e'",
    "deliver": "import asyncio; from digest import compose, condense; from digest.smtp import open_transport; "
    "letter = compose(Edition(id='e', subject='s', preheader='p', theme='article', "
    "digests=[condense(Article(title='A library', paragraphs=TEXT.split('\\n\\n')[1:]))], "
    "sender=Sender(address='letter@example.org', postal_address='1 Quay', unsubscribe_mailto='x@example.org'))); "
    "report = asyncio.run(deliver(letter, [Subscriber('ada@example.org')], transport=open_transport('memory:'))); "
    "assert report.counts['accepted'] == 1, report",
}
PREPARED = (
    "from digest import Article, Edition, Sender, Source, Subscriber\n"
    "TEXT = '''A library lends bicycles\\n\\nThe town's library lent out its first bicycles on Monday.\\n\\n"
    "It keeps twenty of them behind the old net store, said Marta Lind, who runs it.\\n\\n"
    "The council will decide in December whether it buys thirty more of them.'''\n"
)


@pytest.mark.parametrize("verb", sorted(CALLS))
@pytest.mark.parametrize("order", ["verb first", "room first"])
def test_each_verb_can_be_called(verb: str, order: str) -> None:
    """Each public verb does its work in a fresh interpreter, before and after its room was imported."""
    lines = [f"from digest import {verb}", f"import digest.{ROOMS[verb]}"]
    if order == "room first":
        lines.reverse()
    loaded_after("\n".join([*lines, PREPARED + CALLS[verb]]))
