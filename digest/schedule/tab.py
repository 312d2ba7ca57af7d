"""The user's crontab: our entries in it, added, listed and removed; every other line stays as it is."""

from __future__ import annotations

from dataclasses import dataclass

from digest.schedule.entry import ScheduleEntry

__all__ = ["Scheduled", "add", "entries", "remove"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """One of our entries as it stands in the crontab."""

    name: str
    when: str
    command: str
    line: str


def add(entry: ScheduleEntry) -> Scheduled:
    """Write an entry to the user's crontab, in place of one with the same name.

    Raises:
        ConfigurationError: there is no ``crontab`` program, or it refused; ``hint`` holds the line to add.
    """
    raise NotImplementedError


def entries() -> list[Scheduled]:
    """List our entries of the user's crontab, in its order."""
    raise NotImplementedError


def remove(name: str) -> Scheduled:
    """Take an entry out of the user's crontab.

    Raises:
        InputMissingError: there is none of that name.
    """
    raise NotImplementedError
