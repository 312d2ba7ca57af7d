"""The user's crontab: our entries in it, added, listed and removed; every other line stays as it is.

The only file that knows python-crontab, which checks and reads our own lines. The tab itself is read and
written here as bytes: python-crontab (seen: 3.4) writes the lines of others anew, comments out those it does
not understand, drops ``MAILTO=""`` with an IndexError and takes only UTF-8.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from digest.errors import ConfigurationError, InputMissingError
from digest.schedule.entry import MARK, ScheduleEntry, crontab_line

__all__ = ["Scheduled", "add", "entries", "remove"]

# The program answers at once; one that waits (for a password, a hung name service) is not waited for.
PROGRAM_SECONDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """One of our entries as it stands in the crontab. A ``paused`` one is commented out by hand."""

    name: str
    when: str
    command: str
    line: str
    paused: bool = False


def add(entry: ScheduleEntry) -> Scheduled:
    """Write an entry to the user's crontab, in place of one with the same name.

    The folders of its log and lock are made, since neither cron nor the shell would.

    Raises:
        ConfigurationError: there is no ``crontab`` program, or it refused; ``hint`` holds the line to add.
    """
    line = crontab_line(entry, flock=_flock())
    added = _read_line(line)
    assert added is not None, "the line we write must be one we recognise"
    try:
        lines = _read()
        kept = [old for old in lines if not _is_named(old, entry.name)]
        for path in (entry.log, entry.lock):
            path.parent.mkdir(parents=True, exist_ok=True)
        _write([*kept, line])
    except ConfigurationError as error:
        raise ConfigurationError(
            error.what, where=error.where, hint=f"add this line with `crontab -e`, or use systemd:\n{line}"
        ) from error
    except OSError as error:
        raise ConfigurationError(
            f"cannot make the folder of the log or the lock: {error.strerror}", where=error.filename
        ) from error
    return added


def entries() -> list[Scheduled]:
    """List our entries of the user's crontab, in its order.

    Raises:
        ConfigurationError: there is no ``crontab`` program, or it refused.
    """
    return [found for line in _read() if (found := _read_line(line)) is not None]


def remove(name: str) -> Scheduled:
    """Take an entry out of the user's crontab.

    Raises:
        InputMissingError: there is none of that name.
        ConfigurationError: there is no ``crontab`` program, or it refused.
    """
    lines = _read()
    for line in lines:
        if _is_named(line, name):
            removed = _read_line(line)
            assert removed is not None
            _write([other for other in lines if not _is_named(other, name)])
            return removed
    raise InputMissingError(
        f"there is no entry '{name}' in the crontab", hint="`digest schedule list` shows those there are"
    )


def _is_named(line: str, name: str) -> bool:
    found = _read_line(line)
    return found is not None and found.name == name


def _read_line(line: str) -> Scheduled | None:
    if f"# {MARK}" not in line:
        return None
    from crontab import CronTab  # heavy: dateutil and more behind it

    tab = CronTab(tab=line)
    for item in tab.crons:
        if item.comment and item.comment.startswith(MARK):
            return Scheduled(
                name=item.comment.removeprefix(MARK),
                when=item.slices.clean_render(),
                command=item.command,
                line=line,
                paused=not item.is_enabled(),
            )
    return None


def _flock() -> str | None:
    """Find util-linux's flock; busybox has one that knows no ``-E``."""
    found = shutil.which("flock", path=os.defpath) or shutil.which("flock")
    if found is None or "busybox" in os.path.realpath(found):
        return None
    return str(Path(found).absolute())


def _read() -> list[str]:
    ran = _crontab(["-l"])
    if ran.returncode != 0:
        said = ran.stderr.decode("utf-8", "replace").strip()
        if "no crontab for" in said.lower():
            return []
        raise ConfigurationError(f"the crontab cannot be read: {said}", where="crontab -l")
    text = ran.stdout.decode("utf-8", "surrogateescape")
    return text.removesuffix("\n").split("\n") if text else []


def _write(lines: Sequence[str]) -> None:
    text = "".join(f"{line}\n" for line in lines)
    ran = _crontab(["-"], text.encode("utf-8", "surrogateescape"))
    if ran.returncode != 0:
        said = ran.stderr.decode("utf-8", "replace").strip()
        raise ConfigurationError(f"the crontab was refused: {said}", where="crontab")


def _crontab(options: Sequence[str], given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    program = shutil.which("crontab")
    if program is None:
        raise ConfigurationError("there is no `crontab` program on this machine", where="crontab")
    try:
        return subprocess.run(  # noqa: S603 - a fixed program, no shell
            [program, *options], input=given, capture_output=True, check=False, timeout=PROGRAM_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ConfigurationError(f"the `crontab` program failed: {error}", where=program) from error
