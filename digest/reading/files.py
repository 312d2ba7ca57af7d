"""Bytes from files, folders, patterns and standard input: the room's edge to the disk."""

from __future__ import annotations

import glob
import os
from pathlib import Path

from digest.errors import DigestError, InputMissingError, InvalidInputError
from digest.model import Source
from digest.reading.options import ReadingOptions

__all__ = ["expand", "is_web_address", "read_file"]


def is_web_address(name: str) -> bool:
    """Tell whether a SOURCE is an address rather than a path."""
    return name.lower().startswith(("http://", "https://"))


def expand(name: str, options: ReadingOptions) -> list[Path]:
    """Give the files a SOURCE means: a folder's (without hidden ones), a pattern's, or the one it names.

    Raises:
        InputMissingError: nothing is there.
        InvalidInputError: a folder of more files than an edition could be meant to hold.
    """
    path = Path(name)
    if path.is_dir():
        found = sorted(
            entry for entry in path.iterdir() if entry.is_file() and not entry.name.startswith(".")
        )
    elif path.exists() or not glob.has_magic(name):
        return [path]
    else:
        found = sorted(Path(entry) for entry in glob.iglob(name, recursive=True) if Path(entry).is_file())
    if not found:
        raise InputMissingError("no file is there", where=name)
    if len(found) > options.files_per_folder:
        raise InvalidInputError(
            f"{len(found)} files are more than {options.files_per_folder}",
            where=name,
            hint="name a smaller folder",
        )
    return found


def read_file(path: str | os.PathLike[str], options: ReadingOptions) -> Source:
    """Read a file whole, up to the limit.

    Raises:
        InputMissingError: it is not there.
        InvalidInputError: it cannot be read, or is too large.
    """
    name = os.fspath(path)
    try:
        with open(name, "rb") as file:  # noqa: PTH123  # a path as the user wrote it
            content = file.read(options.max_bytes + 1)
    except FileNotFoundError as error:
        raise InputMissingError("no such file", where=name, hint="check the path") from error
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from error
    if len(content) > options.max_bytes:
        raise InvalidInputError(f"is larger than {options.max_bytes:,} bytes", where=name)
    return Source(name=name, content=content)


def _unreadable(name: str, error: Exception) -> DigestError:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return InvalidInputError(f"cannot be read: {reason}", where=name)
