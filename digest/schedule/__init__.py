"""Running Digest by the clock: crontab entries and systemd timers that call ``digest run``.

This room knows only paths and times. It never looks into the settings and never runs Digest itself.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.schedule.entry import ScheduleEntry, crontab_line
    from digest.schedule.systemd import systemd_units
    from digest.schedule.tab import add, entries, remove

__all__ = ["ScheduleEntry", "add", "crontab_line", "entries", "remove", "systemd_units"]

_ROOMS = {
    "ScheduleEntry": "digest.schedule.entry",
    "add": "digest.schedule.tab",
    "crontab_line": "digest.schedule.entry",
    "entries": "digest.schedule.tab",
    "remove": "digest.schedule.tab",
    "systemd_units": "digest.schedule.systemd",
}


def __getattr__(name: str) -> object:
    if name not in _ROOMS:
        raise AttributeError(f"module 'digest.schedule' has no attribute '{name}'")
    found = getattr(importlib.import_module(_ROOMS[name]), name)
    globals()[name] = found
    return found
