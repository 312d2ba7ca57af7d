"""What a journal asks of the system, where systems differ: room, a sync, and which start of the machine this is.

Linux has calls of its own for the first two. macOS has neither, and its ``fsync`` leaves what was written in the
drive's own memory, so that another call is needed there.

Source: fdatasync(2), posix_fallocate(3); Apple's fsync(2) on F_FULLFSYNC; sysctl kern.bootsessionuuid.
"""

from __future__ import annotations

import errno
import fcntl
import functools
import os
import subprocess
from pathlib import Path
from typing import Final

from digest.errors import DISK_FAILURES

__all__ = ["boot", "reserve", "sync", "sync_name"]

_BOOT_FILE: Final = Path("/proc/sys/kernel/random/boot_id")
_BOOT_COMMAND: Final = ("sysctl", "-n", "kern.bootsessionuuid")


def reserve(descriptor: int, octets: int) -> None:
    """Give a new file its size, all zeros, so that later writes within find room.

    Raises:
        OSError: the disk is full, or fails.
    """
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, octets)
    elif os.pwrite(descriptor, bytes(octets), 0) != octets:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def sync(descriptor: int) -> None:
    """Bring a file's content onto the disk.

    Raises:
        OSError: the disk fails, and what it holds is not known.
    """
    if hasattr(fcntl, "F_FULLFSYNC"):
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fdatasync(descriptor)


def sync_name(file: Path) -> None:
    """Bring a file's name onto the disk, and that of its folder: a sync of the file need not (POSIX fsync).

    Where folders cannot be synced (some network file systems, folders one may write to and not list), going on is all
    there is, as SQLite does; a disk that fails is an error here too.
    """
    for folder in (file.parent, file.parent.parent):
        try:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            if error.errno in DISK_FAILURES:
                raise


@functools.cache
def boot() -> bytes | None:
    """Give sixteen octets that tell this start of the machine from others; None where the system does not say."""
    try:
        told = _BOOT_FILE.read_text("ascii")
    except OSError:
        try:
            told = subprocess.run(_BOOT_COMMAND, check=True, capture_output=True, text=True).stdout  # noqa: S603  # a constant
        except (OSError, subprocess.CalledProcessError):
            return None
    try:
        return bytes.fromhex(told.strip().replace("-", ""))
    except ValueError:
        return None
