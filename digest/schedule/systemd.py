"""An entry as a systemd timer and its service, as text to be put in place by the user."""

from __future__ import annotations

from digest.schedule.entry import ScheduleEntry

__all__ = ["systemd_units"]


def systemd_units(entry: ScheduleEntry) -> str:
    """Write the timer and the service of an entry, with comments that say where they go."""
    raise NotImplementedError
