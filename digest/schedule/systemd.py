"""An entry as a systemd timer and its service, as text for the user to put in place."""

from __future__ import annotations

from digest.schedule.entry import ScheduleEntry
from digest.schedule.when import on_calendar

__all__ = ["systemd_units"]


def systemd_units(entry: ScheduleEntry) -> str:
    """Write the timer and the service of an entry, with comments that say where they go.

    A run that systemd started is not started again while it lasts, so there is no lock file. A run missed
    while the machine slept is made up for (``Persistent``), which cron does not do.
    """
    unit = f"digest-{entry.name}"
    folder = "~/.config/systemd/user"
    calendar = "\n".join(f"OnCalendar={value}" for value in on_calendar(entry.when))
    command = " ".join(_quoted(word) for word in entry.command)
    return f"""\
# Save the two parts below, then:
#   systemctl --user daemon-reload
#   systemctl --user enable --now {unit}.timer
# So that it runs while nobody is logged in: loginctl enable-linger

# --- {folder}/{unit}.timer
[Unit]
Description=Digest: {entry.name}, by the clock

[Timer]
{calendar}
Persistent=true

[Install]
WantedBy=timers.target

# --- {folder}/{unit}.service
[Unit]
Description=Digest: {entry.name}

[Service]
Type=oneshot
WorkingDirectory={_path(str(entry.folder))}
ExecStart={command}
StandardOutput=append:{_path(str(entry.log))}
StandardError=inherit
# 1: some recipients refused for good; 75: some deferred, the next run takes them up.
SuccessExitStatus=1 75
"""


def _quoted(word: str) -> str:
    r"""Quote a word of ExecStart (systemd.service(5)): ``%`` and ``$`` double, quotes and ``\`` escaped."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


def _path(path: str) -> str:
    # These settings take the rest of the line as it stands, but for specifiers.
    return path.replace("%", "%%")
