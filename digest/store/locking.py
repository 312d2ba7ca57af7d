"""One run per edition and scope: a lock that a killed holder cannot leave behind.

``flock`` belongs to the open file, so the system lets go of it when its process ends, however it ends. The
lock file is removed by its holder; whoever opened it meanwhile finds that the path no longer leads to it and
opens the new one.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from digest.errors import LockedError
from digest.store.database import os_error

__all__ = ["hold"]


@contextlib.contextmanager
def hold(path: Path, *, what: str) -> Iterator[None]:
    """Hold the lock file at ``path`` while inside; ``what`` is named when another holds it.

    Raises:
        LockedError: another process, or another store of this one, holds it.
        ConfigurationError: the lock file cannot be made.
    """
    descriptor = _acquire(path, what)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _acquire(path: Path, what: str) -> int:
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise os_error(error, path) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise LockedError(
                f"another run is sending {what}",
                where=str(path),
                hint="let it finish, or run this again later",
            ) from None
        if _still_there(descriptor, path):
            return descriptor
        os.close(descriptor)


def _still_there(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
