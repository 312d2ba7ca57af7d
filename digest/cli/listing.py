"""Printing what was collected from SOURCE arguments: the usable ones in order, the refused ones on stderr."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from digest.cli import show as show_error
from digest.cli.terminal import run
from digest.errors import DigestError, InputMissingError

if TYPE_CHECKING:
    from digest.model import Article, Digest
    from digest.reading import ReadingOptions

__all__ = ["each_collected"]


def each_collected(
    names: tuple[str, ...],
    options: ReadingOptions,
    stdin: bytes | None,
    write: Callable[[Article | Digest], str],
) -> int:
    """Print each item as ``write`` says and give the exit status: that of what was refused, 65 before 66."""
    from digest.reading import collect

    refused: list[DigestError] = []
    shown = 0
    for item in run(collect(names, options=options, stdin=stdin)):
        try:
            if isinstance(item.content, DigestError):
                raise item.content
            text = write(item.content)
        except DigestError as error:
            refused.append(error)
            show_error(error)
        else:
            click.echo("\n" * bool(shown and not text.startswith("{")) + text, nl=False)
            shown += 1
    if not refused:
        return 0
    statuses = {error.exit_status for error in refused}
    return max(statuses - {InputMissingError.exit_status}, default=InputMissingError.exit_status)
