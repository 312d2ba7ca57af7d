"""One entry of the schedule as a value, and the crontab line it is.

Pure: which ``flock`` program there is comes in as an argument. The line depends on nothing of the user's
shell: cron starts it in the home folder, with /bin/sh and a bare PATH.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from digest.errors import InvalidInputError, UsageError
from digest.schedule.when import cron_expression

__all__ = ["MARK", "ScheduleEntry", "crontab_line", "shell_command"]

MARK = "digest:"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# EX_TEMPFAIL: what Digest itself ends with when another run holds its lock.
LOCK_HELD_STATUS = 75


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleEntry:
    """When to call which command.

    ``when`` is a cron expression (``30 7 * * 1-5``), a word (``@daily``), or a time with days
    (``07:30 mon-fri``), in the system's time zone. ``command`` starts with an absolute path; ``folder``,
    ``log`` and ``lock`` are absolute too.

    Raises:
        UsageError: the name is not made of letters, digits, ``.``, ``_`` and ``-``.
        InvalidInputError: the time cannot be meant, or a path is relative or holds a line break.
    """

    name: str
    when: str
    command: Sequence[str]
    folder: Path
    log: Path
    lock: Path

    def __post_init__(self) -> None:
        object.__setattr__(self, "command", tuple(self.command))
        if not _NAME.fullmatch(self.name):
            raise UsageError(
                f"'{self.name}' cannot name an entry of the schedule",
                hint="use letters, digits, '.', '_' and '-', 64 at most",
            )
        cron_expression(self.when)
        if not self.command:
            raise InvalidInputError("an entry of the schedule needs a command", where=self.name)
        for path in (self.command[0], self.folder, self.log, self.lock):
            if not Path(path).is_absolute():
                raise InvalidInputError(
                    f"'{path}' must be an absolute path: cron starts in the home folder", where=self.name
                )
        for text in (*self.command, str(self.folder), str(self.log), str(self.lock)):
            if not text.isprintable():
                raise InvalidInputError(
                    f"{text!r} holds a character that cannot stand in a crontab",
                    where=self.name,
                    hint="rename the file or folder",
                )


def shell_command(entry: ScheduleEntry, *, flock: str | None) -> str:
    """Write what /bin/sh is to run. ``flock`` is the program's absolute path, None where there is none.

    The log takes what the run prints. Without ``flock`` overlapping runs are
    still safe: Digest's store has its own lock, and the second run ends with 75.
    """
    command = shlex.join(entry.command)
    if flock is not None:
        held = f"-n -E {LOCK_HELD_STATUS}"
        command = f"{shlex.quote(flock)} {held} {shlex.quote(str(entry.lock))} {command}"
    return f"cd {shlex.quote(str(entry.folder))} && {command} >> {shlex.quote(str(entry.log))} 2>&1"


def crontab_line(entry: ScheduleEntry, *, flock: str | None = None) -> str:
    r"""Write an entry as the line that stands in a crontab, marked by a comment.

    Source: crontab(5): an unescaped ``%`` ends the command and begins its input; ``\%`` is a percent sign.
    """
    command = shell_command(entry, flock=flock).replace("%", r"\%")
    return f"{cron_expression(entry.when)} {command} # {MARK}{entry.name}"
