"""``digest run``: what cron calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from digest.cli.options import as_json, config, settings_with, store

if TYPE_CHECKING:
    from digest.cli.terminal import Interrupted
    from digest.mailing.running import RunOutcome

__all__ = ["command"]


@click.command("run", short_help="Finish open editions, then mail what is new in the sources.")
@click.option(
    "--mark-seen", is_flag=True, help="Mail nothing; count all that the sources hold now as mailed."
)
@as_json
@config
@store
def command(mark_seen: bool, as_json: bool, **flags: object) -> int:
    """Finish open editions, then mail what is new in the [[sources]] of digest.toml.

    Nothing new, nothing sent.

    \b
    Example:
      digest run
      digest schedule add "07:30 mon-fri"   # have cron call it
    """  # noqa: D301  # \b is click's mark for lines to keep as they are
    from digest.cli.mailing import approval, progress_bar
    from digest.cli.terminal import run_stoppable
    from digest.mailing.running import run
    from digest.mailing.sending import Conduct

    settings = settings_with(flags["config"], store__url=flags["store"])

    async def mail(interrupted: Interrupted) -> int:
        with progress_bar(quiet=as_json) as progress:
            conduct = Conduct(
                approve=approval(yes=True, quiet=as_json),
                progress=progress,
                stop=interrupted.stop,
                finishing=interrupted.finishing,
            )
            outcome = await run(settings, conduct, mark_seen=mark_seen)
        return _report(outcome, as_json=as_json, interrupted=interrupted.exit_status)

    return run_stoppable(mail)


def _report(outcome: RunOutcome, *, as_json: bool, interrupted: int | None) -> int:
    from digest.cli import show
    from digest.cli.mailing import nothing_to_json, report_outcome
    from digest.shapes import json_line

    for failure in outcome.failures:
        show(failure)
    for mailing in outcome.outcomes:
        report_outcome(mailing, as_json=as_json, interrupted=interrupted)
    if outcome.marked:
        click.echo(f"{outcome.marked} entries are marked as seen.", err=True)
    elif not outcome.outcomes:
        if as_json:
            click.echo(json_line(nothing_to_json(outcome.exit_status)), nl=False)
        else:
            click.echo("Nothing new: nothing was sent.", err=True)
    return outcome.exit_status
