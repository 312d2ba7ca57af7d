"""Write the reference pages from the code: ``python docs/reference/generate.py``.

A test runs the same functions and fails when a page is not what the code says.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import get_type_hints

import click

from digest import errors
from digest.cli import command_line
from digest.settings import Settings, environment_name, sections

HERE = Path(__file__).parent
PRECEDENCE = """A flag goes before the environment, that before `digest.toml`, that before the default.
Paths in the file are relative to the file. An unknown key ends with status 78 and names the nearest.

"""
TABLE = "| key | environment | default | what it is |\n|---|---|---|---|\n"
LAST = """
70 is a bug: it keeps its traceback. 130 and 143 are interruptions: run again.
When several hold: 130/143, 74, 77/78, 76, 75, 1, in that order.
"""
NOTE = "<!-- Written by docs/reference/generate.py; a test compares. -->\n\n"


def commands_page() -> str:
    """Give the help of every command."""
    root = command_line()
    blocks = ["# Commands\n\n", NOTE]
    for path, command in walk(root, ("digest",)):
        context = click.Context(command, info_name=" ".join(path), max_content_width=90, terminal_width=90)
        blocks.append(
            f"{'#' * (1 + len(path))} `{' '.join(path)}`\n\n```text\n{command.get_help(context)}\n```\n\n"
        )
    return "".join(blocks).rstrip() + "\n"


def walk(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Give a command and everything below it."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from walk(below, (*path, name))


def settings_page() -> str:
    """Give every key of digest.toml."""
    blocks = [
        "# Settings\n\n",
        NOTE,
        PRECEDENCE,
    ]
    for name, options in sections().items():
        heading = "[[sources]]" if name == "sources" else f"[{name}]"
        blocks.append(f"## `{heading}`\n\n{inspect.getdoc(options)}\n\n{TABLE}")
        for key, annotation in get_type_hints(options, include_extras=True).items():
            variable = "" if name == "sources" else f"`{environment_name(name, key)}`"
            default = getattr(options(), key)
            shown = (
                ""
                if default in {None, "", ()}
                else f"`{str(default).lower() if isinstance(default, bool) else default}`"
            )
            blocks.append(f"| `{key}` | {variable} | {shown} | {annotation.__metadata__[0]} |\n")
        blocks.append("\n")
    blocks.append(
        "Besides: `DIGEST_CONFIG` names the settings file, `DIGEST_SMTP` is short for `DIGEST_SMTP_URL`, "
        "`DIGEST_STORE` for `DIGEST_STORE_URL`, and `DIGEST_SMTP_PASSWORD` holds the password.\n"
    )
    assert Settings().path is None
    return "".join(blocks)


def errors_page() -> str:
    """Give the tree of expected failures with their exit statuses."""
    tree = inspect.cleandoc(errors.__doc__ or "").split("::\n", 1)[1]
    drawn = "\n".join(line.removeprefix("    ") for line in tree.split("\n\n")[0].splitlines())
    return f"# Errors and exit statuses\n\n{NOTE}```text\n{drawn}\n```\n{LAST}"


PAGES = {"commands.md": commands_page, "settings.md": settings_page, "errors.md": errors_page}


def main() -> None:
    """Write every page."""
    for name, write in PAGES.items():
        (HERE / name).write_text(write(), "utf-8")


if __name__ == "__main__":
    main()
