"""``digest schedule``: have ``digest run`` called by the clock."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.cli.options import as_json, config

if TYPE_CHECKING:
    from digest.schedule import ScheduleEntry

__all__ = ["command"]

_DEFAULT_NAME = "digest"


@click.group("schedule", short_help="Have `digest run` called by cron or systemd.")
def command() -> None:
    """Have ``digest run`` called by the clock, with a lock and a log.

    \b
    Example:
      digest schedule add "07:30 mon-fri"
      digest schedule list
      digest schedule remove digest
    """  # noqa: D301  # \b is click's mark for lines to keep as they are


_name = click.option("--name", default=_DEFAULT_NAME, show_default=True, help="Name of the entry.")


@command.command("add")
@click.argument("when")
@_name
@config
@click.option("--log", type=click.Path(path_type=Path), help="Log file; by default beside digest.toml.")
@click.option("--systemd", is_flag=True, help="Print a systemd timer instead of writing to the crontab.")
def add_command(when: str, name: str, config: Path | None, log: Path | None, systemd: bool) -> int:
    """Write a crontab entry. WHEN is "30 7 * * 1-5", "@daily" or "07:30 mon-fri", in the system's time zone.

    \b
    Example:
      digest schedule add "07:30 mon-fri" --name weekdays
      digest schedule add @daily --systemd
    """  # noqa: D301  # \b is click's mark for lines to keep as they are
    from digest.schedule import add, systemd_units

    entry = _entry(when, name, config, log)
    if systemd:
        click.echo(systemd_units(entry), nl=False)
        return 0
    click.echo(add(entry).line)
    return 0


@command.command("list")
@as_json
def list_command(as_json: bool) -> int:
    """List our entries of the crontab.

    \b
    Example:
      digest schedule list --json
    """  # noqa: D301  # \b is click's mark for lines to keep as they are
    from dataclasses import asdict

    from digest.schedule import entries
    from digest.shapes import json_line

    for entry in entries():
        paused = "  (paused)" if entry.paused else ""
        click.echo(json_line(asdict(entry)) if as_json else f"{entry.line}{paused}\n", nl=False)
    return 0


@command.command("remove")
@click.argument("name", default=_DEFAULT_NAME)
def remove_command(name: str) -> int:
    """Take an entry out of the crontab; every other line stays as it is.

    \b
    Example:
      digest schedule remove weekdays
    """  # noqa: D301  # \b is click's mark for lines to keep as they are
    from digest.schedule import remove

    click.echo(f"removed  {remove(name).line}")
    return 0


def _entry(when: str, name: str, config_path: Path | None, log: Path | None) -> ScheduleEntry:
    from digest.errors import InputMissingError
    from digest.schedule import ScheduleEntry
    from digest.settings import load_settings

    settings = load_settings(config_path)  # checked now: cron's complaints reach nobody in time
    if settings.path is None:
        raise InputMissingError(
            "no settings for `digest run`",
            where="digest.toml",
            hint="`digest init` writes one, or pass --config",
        )
    folder = settings.folder
    return ScheduleEntry(
        name=name,
        when=when,
        command=(sys.executable, "-m", "digest", "run", "--config", str(settings.path)),
        folder=folder,
        log=(log or folder / f"{name}.log").absolute(),
        lock=folder / f"{name}.lock",
    )
