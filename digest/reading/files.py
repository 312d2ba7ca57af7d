"""Bring bytes from disk: files, folders, patterns. The only file of the room that touches it."""

from __future__ import annotations

import glob
from pathlib import Path

from digest.errors import InputMissingError, InvalidInputError
from digest.model import Source
from digest.reading.options import ReadingOptions

__all__ = ["expand", "read_file"]

_READABLE = frozenset(
    {".txt", ".text", ".html", ".htm", ".xhtml", ".md", ".markdown", ".eml", ".mht", ".mhtml", ".rss", ".atom", ".xml", ".opml", ".json", ".jsonl", ".pdf", ".docx", ".epub"}
)  # fmt: skip


def expand(name: str, options: ReadingOptions) -> list[Path]:
    """List the files a name stands for: itself, a folder's readable files, or what a pattern matches; sorted.

    Raises:
        InputMissingError: there is nothing of that name, or nothing to read in it.
    """
    path = Path(name)
    if path.is_dir():
        found = sorted(
            item
            for item in path.rglob("*")
            if item.is_file()
            and item.suffix.lower() in _READABLE
            and not any(part.startswith(".") for part in item.relative_to(path).parts)
        )
        if not found:
            raise InputMissingError(
                "no file to read in this folder",
                where=name,
                hint="put .txt, .html, .md or .eml files into it",
            )
    elif not path.exists() and glob.has_magic(name):
        found = sorted(Path(item) for item in glob.glob(name, recursive=True) if Path(item).is_file())  # noqa: PTH207  # absolute patterns too
        if not found:
            raise InputMissingError("no file matches this pattern", where=name, hint="check it with ls")
    else:
        return [path]
    if len(found) > options.files_per_folder:
        raise InvalidInputError(
            f"{len(found)} files, more than {options.files_per_folder}", where=name, hint="name fewer of them"
        )
    return found


def read_file(path: Path, options: ReadingOptions) -> Source:
    """Read a file's bytes.

    Raises:
        InputMissingError: there is none, or it may not be read.
        InvalidInputError: it is larger than ``max_bytes``, or no regular file.
    """
    name = str(path)
    try:
        with path.open("rb") as file:
            content = file.read(options.max_bytes + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InputMissingError("no such file", where=name, hint="check the path") from error
    except IsADirectoryError as error:
        raise InvalidInputError(
            "a folder, which holds more than one article", where=name, hint="name one file in it"
        ) from error
    except (OSError, ValueError) as error:
        raise InputMissingError(
            f"cannot be read: {getattr(error, 'strerror', None) or error}",
            where=name,
            hint="check its permissions",
        ) from error
    if len(content) > options.max_bytes:
        raise InvalidInputError(
            f"larger than {options.max_bytes / 1e6:g} MB", where=name, hint="give one article, not an archive"
        )
    return Source(name=name, content=content)
