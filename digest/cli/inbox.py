"""``digest inbox``: the local debug inbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from digest.cli.terminal import Interrupted
    from digest.web.inbox import InboxAddresses

__all__ = ["command"]


@click.command("inbox", short_help="Open a local inbox that shows mails instead of sending them.")
@click.option(
    "--smtp-port", type=click.IntRange(0, 65535), default=1025, show_default=True, help="0: a free one."
)
@click.option(
    "--web-port", type=click.IntRange(0, 65535), default=8025, show_default=True, help="0: a free one."
)
@click.option(
    "--keep", type=click.IntRange(1), default=2000, show_default=True, help="How many mails to keep."
)
@click.option(
    "--chaos", metavar="FAULTS", default="", help="Misbehave on purpose, such as S20=5%,greylist=10%."
)
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed misbehaves the same way.")
def command(smtp_port: int, web_port: int, keep: int, chaos: str, seed: int) -> int:
    """Open a local SMTP server and a page that shows what arrives. It forwards nothing.

    \b
    Example:
      digest inbox
      digest send article.txt --to subscribers.csv --debug --yes   # in another terminal
    """  # noqa: D301  # \b is click's mark for lines to keep as they are
    from digest.cli.terminal import run_stoppable
    from digest.web.chaos import parse_chaos
    from digest.web.inbox import serve_inbox

    faults = parse_chaos(chaos, seed) if chaos else None

    def ready(addresses: InboxAddresses) -> None:
        click.echo(f"SMTP   {addresses.smtp_url}\nInbox  {addresses.web_url}\nCtrl-C ends it.", err=True)

    async def serve(interrupted: Interrupted) -> int:
        with interrupted.finishing():
            await serve_inbox(
                smtp_port=smtp_port,
                web_port=web_port,
                keep=keep,
                chaos=faults,
                ready=ready,
                stop=interrupted.stop,
            )
        interrupted.signal = None  # Ctrl-C is how an inbox is meant to end
        return 0

    return run_stoppable(serve)
