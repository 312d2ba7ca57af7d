"""``digest send``: plan, ask, deliver, report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from digest.cli.options import (
    allow_private,
    as_json,
    attach,
    config,
    letter_options,
    method_options,
    read_stdin,
    sender_flags,
    settings_with,
    sources,
    store,
    where,
)

if TYPE_CHECKING:
    from digest.cli.terminal import Interrupted

__all__ = ["command"]


@click.command("send", short_help="Mail a digest of articles to a list, once.")
@sources
@click.option("--to", "to_list", metavar="CSV", help="List to mail to: a CSV with an `email` column.")
@click.option("--smtp", metavar="URL", help="Server, such as smtp://user@host:587 (no password here).")
@where
@letter_options
@method_options
@attach
@click.option("--edition", metavar="NAME", help="Name of the edition; by default made from its articles.")
@click.option(
    "--connections", type=click.IntRange(1, 200), help="Connections at once (16 on loopback, else 4)."
)
@click.option("--rate", metavar="N/TIME", help='Letters in a time, such as "500/day, 20/minute".')
@click.option("--limit", type=click.IntRange(1), help="Mail at most so many people in this run.")
@click.option("--max-time", type=click.FloatRange(0), metavar="SECONDS", help="Begin no letter after that.")
@click.option("--test-to", metavar="ADDRESS", help="Mail only this address, subject marked [Test].")
@click.option("--dry-run", is_flag=True, help="Build every letter; mail nobody, write nothing.")
@click.option("--debug", is_flag=True, help="Send to the local `digest inbox`: a rehearsal.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.option("--accept-change", is_flag=True, help="Finish an open edition with a changed text.")
@click.option(
    "--in-doubt",
    type=click.Choice(["hold", "skip", "resend"]),
    default="hold",
    show_default=True,
    help="What to do with people of whom only the server knows whether they have it.",
)
@click.option("--skip-invalid", is_flag=True, help="Leave out rows that cannot be mailed.")
@click.option("--encoding", metavar="NAME", help="Encoding of the list, where it is not UTF-8.")
@click.option("--tls-ca", metavar="FILE", help="Certificate authority of a server of your own.")
@click.option("--no-pipelining", is_flag=True, help="For servers that claim PIPELINING and cannot do it.")
@allow_private
@as_json
@config
@store
@click.option("--quiet", "-q", is_flag=True, help="No plan, no progress; only what went wrong.")
def command(sources: tuple[str, ...], as_json: bool, yes: bool, quiet: bool, **flags: object) -> int:
    """Mail a digest of articles to everyone on a list, once.

    Shows the plan and asks first. Running the same command again mails nobody who has it: it finishes what
    is open.

    \b
    Examples:
      digest send article.txt --to subscribers.csv --debug --yes   # rehearse in `digest inbox`
      digest send article.txt --to subscribers.csv --test-to me@example.org
      digest send article.txt --to subscribers.csv --smtp smtp://user@mail.example.org:587
      digest send letters/ --smtp smtp://user@mail.example.org:587   # written there before by --smtp folder:letters
    """  # noqa: D301  # \b is click's mark for lines to keep as they are
    from digest.cli.mailing import approval, password_prompt, progress_bar, report_outcome, show_plan
    from digest.cli.terminal import run_stoppable
    from digest.mailing.sending import Conduct, SendRequest, send

    settings = settings_with(flags["config"], **_settings_flags(flags))
    request = SendRequest(
        names=sources,
        stdin=read_stdin(sources),
        given=tuple(option for name, option in _SHAPING_FLAGS.items() if flags[name]),
        **{name: flags[name] for name in _REQUEST_FLAGS},  # type: ignore[arg-type]  # click checked their types
    )

    async def mail(interrupted: Interrupted) -> int:
        with progress_bar(quiet=quiet or as_json) as progress:
            conduct = Conduct(
                approve=approval(yes=yes, quiet=quiet or as_json),
                progress=progress,
                show=(lambda _: None) if quiet or as_json else show_plan,
                stop=interrupted.stop,
                finishing=interrupted.finishing,
                ask=password_prompt(),
            )
            outcome = await send(request, settings, conduct)
        return report_outcome(outcome, as_json=as_json, quiet=quiet, interrupted=interrupted.exit_status)

    return run_stoppable(mail)


_REQUEST_FLAGS = (
    "edition",
    "subject",
    "test_to",
    "smtp",
    "dry_run",
    "debug",
    "accept_change",
    "skip_invalid",
    "allow_private",
    "limit",
    "in_doubt",
    "attachments",
)


# What says how a letter is or whom it is for; letters from a folder are written already.
_SHAPING_FLAGS = {
    "to_list": "--to",
    "where": "--where",
    "sender": "--from",
    "subject": "--subject",
    "theme": "--theme",
    "edition": "--edition",
    "test_to": "--test-to",
    "attachments": "--attach",
    "method": "--method",
    "accept_change": "--accept-change",
}


def _settings_flags(flags: dict[str, object]) -> dict[str, object]:
    """Name the flags that override settings by the setting they override."""
    return {
        "list__subscribers": flags["to_list"],
        "list__encoding": flags["encoding"],
        "list__where": flags["where"],
        "smtp__url": flags["smtp"],
        "smtp__connections": flags["connections"],
        "smtp__rate": flags["rate"],
        "smtp__tls_ca": flags["tls_ca"],
        "smtp__pipelining": False if flags["no_pipelining"] else None,
        "smtp__max_time": flags["max_time"],
        "letter__theme": flags["theme"],
        "condense__method": flags["method"],
        "condense__model": flags["model"],
        "store__url": flags["store"],
        **sender_flags(flags["sender"]),
    }
