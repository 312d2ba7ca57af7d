"""``digest lint``: the finished letter, checked offline."""

from __future__ import annotations

import os
from dataclasses import asdict

import click

from digest.cli.options import (
    allow_private,
    as_json,
    config,
    letter_options,
    method_options,
    read_stdin,
    sender_flags,
    settings_with,
    sources,
)

__all__ = ["command"]

_INVALID = 65


@click.command("lint", short_help="Check the finished letter offline.")
@sources
@click.option("--strict", is_flag=True, help="Warnings end with 65 too.")
@click.option(
    "--annotations/--no-annotations",
    default=lambda: os.environ.get("GITHUB_ACTIONS") == "true",
    help="Print lines that GitHub shows beside the theme's files; by itself inside GitHub Actions.",
)
@click.option("--spam", is_flag=True, help="Ask an installed SpamAssassin too; it takes some seconds.")
@as_json
@letter_options
@method_options
@allow_private
@config
def command(sources: tuple[str, ...], strict: bool, annotations: bool, as_json: bool, **flags: object) -> int:
    """Check the letter as it would go out: markup, clients, sizes, links, headers. Nothing is fetched or sent.

    Errors end with 65, warnings with 0.

    \b
    Example:
      digest lint article.txt
      digest lint article.txt --strict --json
      digest lint article.txt --theme quay --annotations
    """  # noqa: D301  # \b is click's mark for lines to keep as they are
    from digest.cli.terminal import plain, run
    from digest.mailing import previewing
    from digest.shapes import json_line

    settings = settings_with(
        flags["config"],
        letter__theme=flags["theme"],
        condense__method=flags["method"],
        condense__model=flags["model"],
        **sender_flags(flags["sender"]),
    )
    request = previewing.PreviewRequest(
        names=sources,
        stdin=read_stdin(sources),
        **{name: flags[name] for name in ("subject", "allow_private", "spam")},  # type: ignore[arg-type]  # click checked
    )
    # Lint fills a sample on purpose: that its fields are made up is news to a preview only.
    remarks = [
        remark
        for remark in run(previewing.build_preview(request, settings)).remarks
        if remark.rule != "sample"
    ]
    for line in previewing.annotated(remarks, settings) if annotations and not as_json else ():
        click.echo(plain(line))
    for remark in remarks if as_json or not annotations else ():
        if as_json:
            click.echo(json_line(asdict(remark)), nl=False)
        else:
            place = f" ({remark.where})" if remark.where else ""
            click.echo(
                plain(f"{remark.level:<8}{remark.rule:<5}{remark.text}{place}. {remark.hint}".rstrip())
            )
    failing = [remark for remark in remarks if strict or remark.level == "error"]
    return _INVALID if failing else 0
