"""What a person sees of a mailing: the plan, the question, the progress, the end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

from digest.cli.terminal import asking, is_interactive, plain
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.delivering import PlanSummary, Progress
    from digest.mailing.sending import Outcome, SendPlan
    from digest.shapes import Json

__all__ = [
    "ProgressBar",
    "approval",
    "nothing_to_json",
    "outcome_to_json",
    "password_prompt",
    "progress_bar",
    "report_outcome",
    "show_plan",
]

_DOMAINS_SHOWN = 5
_KILOBYTE = 1000


def show_plan(send_plan: SendPlan) -> None:
    """Show what is about to happen."""
    for line in plan_lines(send_plan):
        _say(line)


def approval(*, yes: bool, quiet: bool) -> Callable[[SendPlan], bool]:
    """Give the function that shows a plan and asks whether to go on."""

    def approve(send_plan: SendPlan) -> bool:
        if not quiet:
            show_plan(send_plan)
        if yes:
            return True
        if not is_interactive():
            raise UsageError(
                "nobody is here to ask", where="send", hint="pass --yes to send without asking, or --dry-run"
            )
        with asking():
            return click.confirm(f"Mail {_people(send_plan.summary.owed)}?", err=True)

    return approve


def _say(line: str) -> None:
    """Write to whoever watches; nobody watching (a closed pipe) is no reason to send nothing."""
    with suppress(OSError):
        click.echo(plain(line), err=True)


def plan_lines(send_plan: SendPlan) -> Iterator[str]:
    """Write the plan, one fact a line."""
    summary = send_plan.summary
    yield f"Edition   {send_plan.edition}{' (resumed)' if send_plan.resumed else ''}"
    yield f"Subject   {send_plan.subject}"
    yield f"From      {send_plan.sender}"
    yield f"Server    {send_plan.server}{' (a rehearsal: it does not count)' if send_plan.rehearsal else ''}"
    yield f"List      {send_plan.list_name}"
    yield f"Owed      {_people(summary.owed)}{_by_domain(summary)}"
    for reason, count in summary.skipped.items():
        yield f"Not owed  {_people(count)}: {reason}"
    if summary.duplicates:
        yield f"Twice     {summary.duplicates} rows are somebody a second time; the first row counts"
    if summary.invalid:
        yield f"Invalid   {summary.invalid} rows are left out"
    for problem in summary.problems:
        yield f"          {problem}"
    rate = "" if summary.minutes is None else f", about {summary.minutes:.0f} minutes at this rate"
    yield f"Size      {summary.total_bytes / _KILOBYTE:,.0f} kB in all{rate}"
    for note in send_plan.notes:
        yield f"Note      {note}"


def _by_domain(summary: PlanSummary) -> str:
    shown = [f"{domain} {count}" for domain, count in summary.domains[:_DOMAINS_SHOWN]]
    if summary.domain_count > len(shown):
        shown.append(f"{summary.domain_count - len(shown)} more domains")
    return f" ({', '.join(shown)})" if shown else ""


def _people(count: int) -> str:
    return f"{count:,} {'person' if count == 1 else 'people'}"


def password_prompt() -> Callable[[str], str] | None:
    """Give a way to ask for a password, where a person is there to be asked; for the running loop.

    Transports ask in a thread, since a command may take its time. No signal reaches a thread: Ctrl-C would leave one
    that waits for the answer, and a terminal that shows nothing. So the main thread asks, and the loop stands still.
    """
    if not is_interactive():
        return None
    loop = asyncio.get_running_loop()

    def ask(text: str) -> str:
        with asking():
            return str(click.prompt(text, hide_input=True, err=True))

    async def ask_in_loop(text: str) -> str:
        return ask(text)

    def answer(text: str) -> str:
        if threading.current_thread() is threading.main_thread():
            return ask(text)
        return asyncio.run_coroutine_threadsafe(ask_in_loop(text), loop).result()

    return answer


class ProgressBar:
    """A bar on a terminal; a call without effect in a pipe."""

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown
        self._bar: object | None = None

    def __call__(self, progress: Progress) -> None:
        """Show how far a mailing has come."""
        if not self._shown:
            return
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        if self._bar is None:
            from rich.console import Console

            self._bar = Bar(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[told]}"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
            )
            self._bar.add_task("Sending", total=progress.total, told="")
            self._bar.start()
        assert isinstance(self._bar, Bar)
        done = progress.accepted + progress.deferred + progress.refused + progress.in_doubt
        self._bar.update(self._bar.task_ids[0], completed=done, told=progress_words(progress))

    def close(self) -> None:
        """Leave the bar as it stands."""
        from rich.progress import Progress as Bar

        if isinstance(self._bar, Bar):
            self._bar.stop()


def progress_words(progress: Progress) -> str:
    """Say what came of the letters so far."""
    rate = progress.accepted / progress.seconds if progress.seconds else 0.0
    words = [f"{progress.accepted:,} sent", f"{rate:,.0f}/s"]
    others = {"deferred": progress.deferred, "refused": progress.refused, "in doubt": progress.in_doubt}
    words.extend(f"{count:,} {name}" for name, count in others.items() if count)
    return ", ".join(words) + (f" · {progress.waiting}" if progress.waiting else "")


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[ProgressBar]:
    """Show a progress bar where a person can see it."""
    bar = ProgressBar(shown=not quiet and is_interactive())
    try:
        yield bar
    finally:
        if bar._shown:  # noqa: SLF001  # rich is only loaded where a bar was shown
            bar.close()


def report_outcome(
    outcome: Outcome, *, as_json: bool, quiet: bool = False, interrupted: int | None = None
) -> int:
    """Say how a mailing ended and give the exit status."""
    status = _exit_status(outcome, interrupted)
    if as_json:
        from digest.shapes import json_line

        click.echo(json_line(outcome_to_json(outcome, status)), nl=False)
    elif not quiet or status:
        for line in _outcome_lines(outcome):
            _say(line)
    return status


def _exit_status(outcome: Outcome, interrupted: int | None) -> int:
    """Put 143 for 130 where the signal was SIGTERM."""
    if outcome.report is not None and outcome.report.interrupted and interrupted:
        return interrupted
    return outcome.exit_status


def outcome_to_json(outcome: Outcome, status: int) -> dict[str, Json]:
    """Give the shape of ``send --json`` and ``run --json``."""
    summary = outcome.plan.summary
    return {
        "edition": outcome.plan.edition,
        "subject": outcome.plan.subject,
        "state": outcome.state,
        "rehearsal": outcome.plan.rehearsal,
        "counts": _all_counts(outcome.counts),
        "plan": {
            "sender": outcome.plan.sender,
            "server": outcome.plan.server,
            "list": outcome.plan.list_name,
            "resumed": outcome.plan.resumed,
            "owed": summary.owed,
            "not_owed": dict(summary.skipped),
            "domains": dict(summary.domains),
            "duplicates": summary.duplicates,
            "suppressed": summary.suppressed,
            "invalid": summary.invalid,
            "bytes": summary.total_bytes,
            "minutes": summary.minutes,
            "notes": list(outcome.plan.notes),
        },
        "ended": outcome.ended,
        "seconds": round(outcome.seconds, 3),
        "exit": status,
    }


def nothing_to_json(status: int) -> dict[str, Json]:
    """Give the same shape for a run that had nothing to mail."""
    return {
        "edition": None,
        "subject": None,
        "state": "finished",
        "counts": _all_counts({}),
        "plan": None,
        "seconds": 0.0,
        "exit": status,
    }


def _all_counts(counts: Mapping[str, int]) -> dict[str, Json]:
    names = ("planned", "accepted", "deferred", "refused", "in_doubt", "suppressed", "skipped")
    return {name: counts.get(name, 0) for name in names}


def _outcome_lines(outcome: Outcome) -> Iterator[str]:
    counts, edition = outcome.counts, outcome.plan.edition
    held = (
        f"; {counts['in_doubt']} held in doubt: see `digest status {edition}`"
        if counts.get("in_doubt")
        else ""
    )
    match outcome.ended:
        case "declined":
            yield "Nothing was sent."
        case "dry run":
            owed = _people(outcome.plan.summary.owed)
            yield f"Dry run: {owed} would be mailed; every letter was built, nothing left the machine."
        case "nothing owed":
            yield f"Edition '{edition}' is finished: everyone on the list who can have it has it{held}."
        case "delivered":
            yield from _delivered_lines(outcome)


def _delivered_lines(outcome: Outcome) -> Iterator[str]:
    report, counts = outcome.report, outcome.counts
    assert report is not None
    names = [name for name in ("deferred", "refused", "in_doubt", "suppressed") if counts.get(name)]
    words = [f"{report.sent:,} sent", *(f"{counts[name]:,} {name.replace('_', ' ')}" for name in names)]
    took = f"{outcome.seconds:.1f} s"
    yield f"Edition '{outcome.plan.edition}' is {outcome.state}: {', '.join(words)} in {took}."
    for domain, reason in report.passed_over.items():
        why = f"whose server said {reason}" if reason else "whose rate is used up for now"
        yield f"Passed over: {domain}, {why}"
    if report.stopped_by is not None:
        yield f"Stopped: {report.stopped_by}"
    if outcome.state == "open":
        yield "The same command again finishes it."
    if counts.get("refused") or counts.get("in_doubt") or counts.get("deferred"):
        yield f"Who and why: digest status {outcome.plan.edition}"
