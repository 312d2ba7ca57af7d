"""Options that several commands share, each written once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from digest.settings import Settings, Value

__all__ = [
    "allow_private",
    "as_json",
    "attach",
    "config",
    "letter_options",
    "method_options",
    "read_stdin",
    "settings_with",
    "sources",
    "store",
    "where",
]

_Command = TypeVar("_Command", bound=Callable[..., Any])

config = click.option(
    "--config", type=click.Path(path_type=Path), help="Settings file; by default digest.toml here, if any."
)
store = click.option("--store", metavar="URL", help="Where state is kept, such as sqlite:///digest.db.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")
allow_private = click.option(
    "--allow-private", is_flag=True, help="Let addresses lie on this machine or in a private network."
)
attach = click.option(
    "--attach",
    "attachments",
    multiple=True,
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="File that goes along with every letter; may be given again.",
)
where = click.option(
    "--where", metavar="CONDITION", help="Mail only subscribers who meet it, such as \"city == 'Riga'\"."
)


def _none_empty(_: click.Context, __: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse "" (a variable that is not set): it would name the working directory, and mail all that lies there."""
    if "" in names:
        raise click.BadParameter("it is empty")
    return names


sources = click.argument("sources", nargs=-1, required=True, metavar="SOURCE...", callback=_none_empty)


def method_options(command: _Command) -> _Command:
    """Add how articles are condensed."""
    command = click.option("--model", metavar="NAME", help="Model for --method llm.")(command)
    return click.option(
        "--method", type=click.Choice(["rank", "lead", "llm"]), help="How to condense; `rank` by default."
    )(command)


def letter_options(command: _Command) -> _Command:
    """Add what a letter says about itself and how it looks."""
    command = click.option("--theme", metavar="NAME", help="Theme: article, edition, … or one of your own.")(
        command
    )
    command = click.option("--subject", metavar="TEXT", help="Subject, where it is not the headline.")(
        command
    )
    return click.option("--from", "sender", metavar="'NAME <ADDRESS>'", help="Who mails.")(command)


def settings_with(config_path: object, **flags: Any) -> Settings:
    """Load the settings that hold, with flags named section__key on top; click has checked their types.

    Raises:
        UsageError: a model was named, and the method that holds uses none.
        InputMissingError, ConfigurationError: as ``load_settings`` does.
    """
    from digest.errors import UsageError
    from digest.settings import load_settings

    assert config_path is None or isinstance(config_path, Path)
    settings = load_settings(config_path, flags={name.replace("__", ".", 1): flags[name] for name in flags})
    if flags.get("condense__model") and settings.condense.method != "llm":
        raise UsageError(
            f"the method {settings.condense.method} uses no model", where="--model", hint="add --method llm"
        )
    return settings


def sender_flags(sender: object) -> dict[str, Value]:
    """Take ``Name <address>`` apart.

    Raises:
        UsageError: it holds no address.
    """
    if not isinstance(sender, str):
        return {}
    from digest.errors import UsageError

    name, bracket, rest = sender.rpartition("<")
    address = rest.rstrip().removesuffix(">") if bracket else sender.strip()
    if "@" not in address or any(character.isspace() for character in address):
        raise UsageError(
            f"'{sender}' holds no address", where="--from", hint="write 'Name <name@example.org>'"
        )
    return {"sender__address": address, "sender__name": name.strip().strip('"')}


def read_stdin(names: tuple[str, ...]) -> bytes | None:
    """Read standard input when ``-`` is among the sources."""
    return sys.stdin.buffer.read() if "-" in names else None
