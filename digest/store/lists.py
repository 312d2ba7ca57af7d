"""A CSV list read strictly into a Roster: every row is checked before anybody is mailed.

Bytes are decoded (byte order mark, else UTF-8, else what the options say), split at the separator the header
uses, and read by the csv module in strict mode. A row is a subscriber, a problem, or empty. Nothing is
repaired or guessed: a list with problems is refused as a whole, or goes on without those rows on request.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from digest.errors import ConfigurationError, InputMissingError, InvalidListError
from digest.store.address import InvalidAddressError, parse_address
from digest.store.csv_rows import read_rows
from digest.store.database import guard
from digest.store.roster import (
    FORMAT,
    IMPROPER,
    SHOWN,
    Roster,
    RosterWriter,
    joined,
    temporary_file,
)

__all__ = ["ListOptions", "read_list"]

_ENDS: Final = 65_536  # octets at either end of a file that tell a changed one
_LONGEST_IMPORT_SECONDS: Final = 86_400.0
_KEPT_COPIES: Final = 8  # of checked lists; each is some 90 octets a row
_SKIP_HINT: Final = "fix the line, or pass --skip-invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOptions:
    """How a list is read.

    ``encoding`` None: UTF-8, or what a byte order mark says. ``skip_invalid``: rows that cannot be mailed are
    left out and reported instead of refusing the list. ``cache``: a folder where the checked list is kept, so
    that an unchanged file is not checked again.
    """

    encoding: str | None = None
    skip_invalid: bool = False
    cache: Path | None = None


def read_list(path: Path, *, options: ListOptions | None = None) -> Roster:
    """Read and check a whole list; close the Roster (a context manager) when done.

    Raises:
        InputMissingError: no such file, or one that cannot be read twice.
        InvalidListError: rows or a header that cannot be mailed; ``problems`` names the first twenty.
        ConfigurationError: an encoding that Python does not know.
    """
    options = options or ListOptions()
    try:
        with path.open("rb") as stream:
            if not stream.seekable():
                raise InputMissingError(
                    "this is a pipe: a list is read again by every run that goes on with its edition",
                    where=str(path),
                    hint="write it to a file and name that",
                )
            cached = _cached_file(stream, path, options)
            if cached is not None and (kept := _kept(cached)) is not None:
                return kept
            file = _draft(cached)
            try:
                _fill(stream, path, options, file)
                if cached is not None:
                    file.replace(cached)
            except BaseException:
                file.unlink(missing_ok=True)
                raise
            return Roster(cached or file, keep=cached is not None)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InputMissingError(
            "there is no such list", where=str(path), hint="check the path after --to"
        ) from error
    except IsADirectoryError as error:
        raise InputMissingError("this is a folder, not a list", where=str(path)) from error
    except PermissionError as error:
        raise InputMissingError(
            "the list may not be read", where=str(path), hint="mend its permissions"
        ) from error


# --- the checked copy ---------------------------------------------------------------------------------------


def _cached_file(stream: BinaryIO, path: Path, options: ListOptions) -> Path | None:
    if options.cache is None:
        return None
    # Size and time in nanoseconds may miss an edit on a coarse clock, so the first and last block count too.
    seen = os.fstat(stream.fileno())
    first = stream.read(_ENDS)
    stream.seek(max(0, seen.st_size - _ENDS))
    last = stream.read(_ENDS)
    stream.seek(0)
    told = (
        FORMAT,
        str(path),
        seen.st_ino,
        seen.st_size,
        seen.st_mtime_ns,
        options.encoding,
        options.skip_invalid,
    )
    name = hashlib.blake2b(json.dumps(told).encode() + first + last, digest_size=12).hexdigest()
    return options.cache / f"{name}.list.sqlite"


def _kept(cached: Path) -> Roster | None:
    if not cached.exists():
        return None
    try:
        return Roster(cached, keep=True)
    except (sqlite3.Error, ValueError, KeyError):
        return None  # a damaged copy is no loss: it is made again


def _age(file: Path) -> float:
    """Tell how many seconds ago a file was written."""
    try:
        return time.time() - file.stat().st_mtime
    except FileNotFoundError:
        return 0.0  # another run was quicker to remove it


def _draft(cached: Path | None) -> Path:
    if cached is None:
        return temporary_file()
    try:
        cached.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"the folder of checked lists cannot be made: {error.strerror}", where=str(cached.parent)
        ) from error
    for old in sorted(cached.parent.glob("*.list.sqlite"), key=_age)[_KEPT_COPIES:]:
        old.unlink(missing_ok=True)  # of files that changed since, or of lists long done with
    for left in cached.parent.glob("*.list.sqlite.*"):
        if _age(left) > _LONGEST_IMPORT_SECONDS:  # by a killed run; it would keep people's addresses for good
            left.unlink(missing_ok=True)
    # Not named by the process: in a container it has the same number each time, and finds its own remains.
    return cached.with_name(f"{cached.name}.{secrets.token_hex(4)}")


# --- rows ---------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Problems:
    """What is wrong with a list: all counted, the first kept in words."""

    count: int = 0
    shown: list[str] = field(default_factory=list)

    def add(self, where: str, what: str) -> None:
        self.count += 1
        if len(self.shown) < SHOWN:
            self.shown.append(f"{where}: {what}")


def _fill(stream: BinaryIO, path: Path, options: ListOptions, file: Path) -> None:
    problems = _Problems()
    with (
        guard(str(file)),
        contextlib.closing(RosterWriter(file)) as writer,
        contextlib.closing(read_rows(stream, path, encoding=options.encoding)) as rows,
    ):
        header = next(rows, None)
        if header is None:
            raise InvalidListError(
                "the list is empty", where=str(path), hint="give it a header line with an email column"
            )
        columns = _columns(header[1], path, header[0])
        fields = tuple(column for column in columns if column != "email")
        added = _add_rows(rows, columns, writer=writer, problems=problems, path=path)
        if problems.count and not options.skip_invalid:
            more = (
                f" (the first {len(problems.shown)} are shown)"
                if problems.count > len(problems.shown)
                else ""
            )
            rows_word = "row" if problems.count == 1 else "rows"
            raise InvalidListError(
                f"{problems.count} {rows_word} cannot be mailed{more}",
                problems=tuple(problems.shown),
                where=str(path),
                hint=_SKIP_HINT,
            )
        if not added:
            raise InvalidListError("no recipients", where=str(path), hint="add a row with an address")
        writer.finish(str(path), fields, invalid=problems.count, problems=tuple(problems.shown))


def _add_rows(
    rows: Iterator[tuple[int, list[str]]],
    columns: tuple[str, ...],
    *,
    writer: RosterWriter,
    problems: _Problems,
    path: Path,
) -> int:
    width, at, added = len(columns), columns.index("email"), 0
    for line, cells in rows:
        whole = "".join(cells)
        if not whole or whole.isspace():
            continue  # an empty line, or separators only
        if len(cells) != width:
            problems.add(
                f"{path}:{line}",
                f"{len(cells)} cell{'s' if len(cells) > 1 else ''} where the header has {width}",
            )
        elif not whole.isprintable() and IMPROPER.search(whole):  # nearly every row is printable: no search
            problems.add(f"{path}:{line}", _improper_reason(cells, columns))
        else:
            text = cells.pop(at).strip()
            try:
                address = parse_address(text)
            except InvalidAddressError as error:
                problems.add(
                    f"{path}:{line}",
                    f"'{text}' is not an address: {error}" if text else "there is no address",
                )
                continue
            writer.add(
                line, address, joined(cells if " " not in whole else [cell.strip(" ") for cell in cells])
            )
            added += 1
    return added


def _improper_reason(cells: list[str], columns: tuple[str, ...]) -> str:
    for cell, column in zip(cells, columns, strict=True):
        found = IMPROPER.search(cell)
        if found:
            what = (
                "a line break"
                if found[0] in "\r\n\u2028\u2029"
                else f"a control character (U+{ord(found[0]):04X})"
            )
            return f"there is {what} in '{column}'"
    raise AssertionError("a row was refused for a character that none of its cells has")


def _columns(header: list[str], path: Path, line: int) -> tuple[str, ...]:
    where = f"{path}:{line}"
    names = [name.strip() for name in header]
    seen = ", ".join(f"'{name}'" for name in names)
    if "" in names:
        raise InvalidListError(
            f"column {names.index('') + 1} of the header has no name",
            where=where,
            hint="name it, or remove the column",
        )
    if any(IMPROPER.search(name) for name in names):
        raise InvalidListError("there is a line break or control character in the header", where=where)
    # The one name with a meaning of its own is found in any case; the others stay as themes spell them.
    columns = tuple("email" if name.lower() == "email" else name for name in names)
    lowered = [name.lower() for name in columns]
    for name in lowered:
        if lowered.count(name) > 1:
            raise InvalidListError(
                f"the header has '{name}' twice", where=where, hint="rename one of the columns"
            )
    if "email" not in columns:
        raise InvalidListError(
            f"there is no email column; the header has {seen}",
            where=where,
            hint="name the column of addresses 'email'",
        )
    return columns
