"""``digest preview``: the letter before anything leaves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.cli.options import (
    allow_private,
    attach,
    config,
    letter_options,
    method_options,
    read_stdin,
    sender_flags,
    settings_with,
    sources,
    where,
)

if TYPE_CHECKING:
    from digest.cli.terminal import Interrupted
    from digest.settings import Settings
    from digest.web.preview import Preview

__all__ = ["command"]


@click.command("preview", short_help="Show the letter in the browser, or write it to a folder.")
@sources
@click.option("--output", "-o", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Write letter.html, letter.txt and letter.eml there, and end.")  # fmt: skip
@click.option("--screenshots", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Write pictures of every view there, with an installed Chromium, and end.")  # fmt: skip
@click.option("--as", "as_address", metavar="ADDRESS", help="Show it as this subscriber gets it.")
@click.option("--to", "to_list", metavar="CSV", help="List whose subscribers to show it for.")
@where
@click.option("--port", type=click.IntRange(0, 65535), default=8026, show_default=True, help="0: a free one.")
@letter_options
@method_options
@attach
@allow_private
@config
def command(sources: tuple[str, ...], **flags: object) -> int:
    """Show the letter: light, dark, on a phone, as plain text; live while you edit. Nothing is sent.

    \b
    Example:
      digest preview article.txt
      digest preview article.txt -o out --as reader@example.org
    """  # noqa: D301  # \b is click's mark for lines to keep as they are
    from digest.cli.terminal import run, run_stoppable
    from digest.mailing.previewing import (
        PreviewRequest,
        build_preview,
        watched_paths,
        with_subscriber,
        write_preview,
    )
    from digest.web.preview import serve_preview

    request = PreviewRequest(
        names=sources,
        stdin=read_stdin(sources),
        **{name: flags[name] for name in ("subject", "as_address", "allow_private", "attachments")},  # type: ignore[arg-type]  # click checked their types
    )
    folder, pictures, port = flags["output"], flags["screenshots"], flags["port"]
    if isinstance(folder, Path) or isinstance(pictures, Path):
        built = run(build_preview(request, _settings(flags)))
        written = [*write_preview(built, folder)] if isinstance(folder, Path) else []
        if isinstance(pictures, Path):
            from digest.web.screenshots import take_screenshots

            written += run(take_screenshots(built, pictures))
        for path in written:
            click.echo(path)
        return 0

    async def rebuild(address: str | None) -> Preview:
        # settings are read anew: digest.toml is one of the files that are watched
        return await build_preview(with_subscriber(request, address), _settings(flags))

    async def serve(interrupted: Interrupted) -> int:
        assert isinstance(port, int)
        with interrupted.finishing():
            await serve_preview(
                rebuild=rebuild,
                watch=watched_paths(request, _settings(flags)),
                port=port,
                ready=lambda url: click.echo(f"Preview  {url}\nCtrl-C ends it.", err=True),
                stop=interrupted.stop,
            )
        interrupted.signal = None  # Ctrl-C is how a preview is meant to end
        return 0

    return run_stoppable(serve)


def _settings(flags: dict[str, object]) -> Settings:
    return settings_with(
        flags["config"],
        list__subscribers=flags["to_list"],
        list__where=flags["where"],
        letter__theme=flags["theme"],
        condense__method=flags["method"],
        condense__model=flags["model"],
        **sender_flags(flags["sender"]),
    )
