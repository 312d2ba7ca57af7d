"""``digest condense``: headline, summary and key points."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from digest.cli.options import (
    allow_private,
    as_json,
    config,
    method_options,
    read_stdin,
    settings_with,
    sources,
)

if TYPE_CHECKING:
    from digest.condensing.options import Method

__all__ = ["command"]


@click.command("condense", short_help="Condense articles to headline, summary and key points.")
@sources
@as_json
@click.option("--markdown", is_flag=True, help="Print Markdown.")
@method_options
@allow_private
@config
def command(
    sources: tuple[str, ...],
    as_json: bool,
    markdown: bool,
    method: str | None,
    model: str | None,
    allow_private: bool,
    config: Path | None,
) -> int:
    """Condense articles to a headline, a summary and key points, each with the sentences it rests on.

    \b
    Example:
      digest condense article.txt
      digest condense --json article.txt > edition.json   # edit it, then
      digest send edition.json --to subscribers.csv
    """  # noqa: D301  # \b is click's mark for lines to keep as they are
    from digest.cli.listing import each_collected
    from digest.cli.terminal import plain
    from digest.cli.text import digest_as_markdown, digest_as_text, shortage
    from digest.condensing import CondensingOptions, condense
    from digest.model import Article, Digest
    from digest.reading import ReadingOptions
    from digest.shapes import digest_to_json, json_line

    settings = settings_with(config, condense__method=method, condense__model=model).condense
    options = CondensingOptions(method=cast("Method", settings.method), model=settings.model)

    def show(content: Article | Digest) -> str:
        digest = condense(content, options=options) if isinstance(content, Article) else content
        note = shortage(digest) if isinstance(content, Article) else ""
        if note:
            click.echo(plain(f"digest: {digest.headline}: {note}"), err=True)
        if as_json:
            return json_line(digest_to_json(digest))
        return digest_as_markdown(digest) if markdown else digest_as_text(digest, note=note)

    return each_collected(sources, ReadingOptions(allow_private=allow_private), read_stdin(sources), show)
