"""One entry of the schedule as a value, and the crontab line it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ScheduleEntry", "crontab_line"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleEntry:
    """When to call which command.

    ``when`` is a cron expression (``30 7 * * 1-5``), a word (``@daily``), or a time with days
    (``07:30 mon-fri``), in the system's time zone. ``command`` starts with an absolute path; ``folder``,
    ``log`` and ``lock`` are absolute too, since cron starts in the home folder with a bare PATH.
    """

    name: str
    when: str
    command: Sequence[str]
    folder: Path
    log: Path
    lock: Path


def crontab_line(entry: ScheduleEntry) -> str:
    """Write an entry as the line that stands in a crontab."""
    raise NotImplementedError
