"""Running Digest by the clock: crontab entries and systemd timers that call ``digest run``.

This room knows only paths and times. It never looks into the settings and never runs Digest itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.lazily import lazily

if TYPE_CHECKING:
    from digest.schedule.entry import ScheduleEntry, crontab_line
    from digest.schedule.systemd import systemd_units
    from digest.schedule.tab import add, entries, remove

__all__ = ["ScheduleEntry", "add", "crontab_line", "entries", "remove", "systemd_units"]

__getattr__, __dir__ = lazily(
    __name__,
    {
        "ScheduleEntry": "entry",
        "add": "tab",
        "crontab_line": "entry",
        "entries": "tab",
        "remove": "tab",
        "systemd_units": "systemd",
    },
)
