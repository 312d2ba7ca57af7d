"""``digest status``: who got an edition, who did not and why."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.cli.options import as_json, config, settings_with, store

if TYPE_CHECKING:
    from digest.store import Status

__all__ = ["command"]

_COLUMNS = ("email", "verdict", "code", "enhanced", "reason", "attempts", "message_id", "at")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would compute instead of show


@click.command("status", short_help="Show who got an edition, who did not and why.")
@click.argument("edition", required=False)
@as_json
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, one recipient a row.")
@click.option(
    "--by", type=click.Choice(["domain", "reason"]), help="Count by recipient domain, or by reason."
)
@config
@store
def command(
    edition: str | None, as_json: bool, as_csv: bool, by: str | None, config: Path | None, store: str | None
) -> int:
    """Show who got an edition, who did not and why; without a name the latest one.

    \b
    Example:
      digest status
      digest status --by domain
      digest status weekly-42 --csv > weekly-42.csv
    """  # noqa: D301  # \b is click's mark for lines to keep as they are
    from digest.mailing.status import find_status

    with find_status(settings_with(config, store__url=store), edition) as status:
        if by is not None:
            _print_counts(_counted_by(status, by), by, as_json=as_json)
        elif as_json:
            _print_json(status)
        elif as_csv:
            _print_csv(status)
        else:
            _print_text(status)
    return 0


def _counted_by(status: Status, by: str) -> Counter[tuple[str, str]]:
    """Count deliveries by (domain or reason, verdict), largest first when asked; holds no list of people."""
    return Counter(
        (
            delivery.email.rpartition("@")[2] if by == "domain" else delivery.reason or "-",
            delivery.state,
        )
        for delivery in status.deliveries()
    )


def _print_counts(counts: Counter[tuple[str, str]], by: str, *, as_json: bool) -> None:
    from digest.cli.terminal import plain
    from digest.shapes import json_line

    for (value, verdict), count in counts.most_common():
        if as_json:
            click.echo(json_line({by: value, "verdict": verdict, "count": count}), nl=False)
        else:
            click.echo(plain(f"{count:>8,}  {verdict.replace('_', ' '):<10}  {value}"))


def _rows(status: Status) -> Iterator[dict[str, object]]:
    for delivery in status.deliveries():
        row = asdict(delivery)
        row["verdict"] = row.pop("state")
        yield {name: row[name] for name in _COLUMNS}


def _print_json(status: Status) -> None:
    from digest.shapes import json_line

    shape = {
        "edition": status.edition,
        "subject": status.subject,
        "state": status.state,
        "rehearsal": bool(status.scope),
        "counts": dict(status.counts),
        "deliveries": list(_rows(status)),
    }
    click.echo(json_line(shape), nl=False)  # type: ignore[arg-type]  # rows hold texts, numbers and None only


def _print_csv(status: Status) -> None:
    writer = csv.DictWriter(sys.stdout, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in _rows(status):
        writer.writerow({name: _harmless(value) for name, value in row.items()})


def _harmless(value: object) -> object:
    """Keep a spreadsheet from running a cell as a formula (OWASP: CSV injection)."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _print_text(status: Status) -> None:
    from digest.cli.terminal import plain

    click.echo(plain(f"Edition  {status.edition}{' (rehearsal)' if status.scope else ''}"))
    click.echo(plain(f"Subject  {status.subject}"))
    click.echo(f"State    {status.state}")
    for name, count in status.counts.items():
        if count:
            click.echo(f"{count:>8,} {name.replace('_', ' ')}")
    for delivery in status.deliveries():
        if delivery.state in {"accepted", "planned"}:
            continue
        code = " ".join(str(part) for part in (delivery.code, delivery.enhanced) if part)
        click.echo(
            plain(f"  {delivery.email}: {delivery.state.replace('_', ' ')} {code} {delivery.reason}".rstrip())
        )
