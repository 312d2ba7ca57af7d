"""``digest read``: the cleaned article."""

from __future__ import annotations

import click

from digest.cli.options import allow_private, as_json, read_stdin, sources

__all__ = ["command"]


@click.command("read", short_help="Show the cleaned article.")
@sources
@as_json
@allow_private
@click.option("--encoding", metavar="NAME", help="Encoding of the sources, where it is told wrong.")
def command(sources: tuple[str, ...], as_json: bool, allow_private: bool, encoding: str | None) -> int:
    """Show the cleaned article: a file, a folder, a web address, a feed, or - for standard input.

    \b
    Example:
      digest read article.txt
      digest read --json page.html | jq .title
    """  # noqa: D301  # \b is click's mark for lines to keep as they are
    from digest.cli.listing import each_collected
    from digest.cli.text import article_as_text
    from digest.model import Article
    from digest.reading import ReadingOptions
    from digest.shapes import article_to_json, json_line

    options = ReadingOptions(allow_private=allow_private, encoding=encoding)

    def show(content: object) -> str:
        article = content if isinstance(content, Article) else content.article  # type: ignore[attr-defined]  # a Digest
        return json_line(article_to_json(article)) if as_json else article_as_text(article)

    return each_collected(sources, options, read_stdin(sources), show)
