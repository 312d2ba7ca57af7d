"""Telling whether files changed: what they were like, to be compared with what they are like now."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

__all__ = ["Fingerprint", "fingerprint"]

Fingerprint: TypeAlias = frozenset[tuple[str, int, int, int]]

# A theme has a dozen files; somebody who watches the home folder by mistake shall not stall the page.
FILES_WATCHED = 2000


def fingerprint(paths: Sequence[Path]) -> Fingerprint:
    """Describe files, and those in folders, by name, time, size and inode; what is not there is left out.

    Hidden files and folders are left out too: editors put their swap files there.
    """
    found: set[tuple[str, int, int, int]] = set()
    for path in _files(paths):
        try:
            state = path.stat()
        except OSError:
            continue
        found.add((str(path), state.st_mtime_ns, state.st_size, state.st_ino))
        if len(found) >= FILES_WATCHED:
            break
    return frozenset(found)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if not _is_folder(path):
            yield path
            continue
        for folder, folders, files in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
            yield from (Path(folder, name) for name in sorted(files) if not name.startswith("."))


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except OSError:
        return False
