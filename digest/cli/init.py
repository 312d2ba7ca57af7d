"""``digest init``: a folder to start from."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["command"]


@click.command("init", short_help="Write settings, a theme and a list to start from.")
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--theme", default="article", show_default=True, metavar="NAME", help="Theme to copy for editing."
)
def command(folder: Path, theme: str) -> int:
    """Write a commented digest.toml, a theme to edit and subscribers.csv. Never overwrites.

    \b
    Example:
      digest init newsletter
      cd newsletter && digest inbox
    """  # noqa: D301  # \b is click's mark for lines to keep as they are
    from digest.mailing.starting import start_folder

    for path, written in start_folder(folder, theme=theme):
        click.echo(f"{'wrote' if written else 'kept '}  {path}")
    click.echo("Next: digest inbox, and in another terminal: digest send ARTICLE --yes", err=True)
    return 0
