"""A checked list on disk: a million subscribers streamed without holding them in memory.

A ``RosterWriter`` takes subscribers in the order of their list and leaves one SQLite file; a ``Roster`` reads
it. The file is a copy that can be made again from the list, so it is written without any care for crashes
and never holds state. The ledger attaches it to plan with set operations.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from digest.errors import InvalidListError
from digest.model import Subscriber
from digest.store.address import Address, InvalidAddressError, parse_address
from digest.store.database import guard

__all__ = [
    "FORMAT",
    "IMPROPER",
    "SHOWN",
    "Roster",
    "RosterWriter",
    "joined",
    "temporary_file",
]

FORMAT: Final = 1  # of the file; another one is made anew
_BATCH = 500
_DOMAINS_COUNTED = 20_000  # more would cost memory; rarer domains after that share the turns of a group
_GROUPS = 512
SHOWN: Final = 20  # problems kept in words; the rest is counted
_BETWEEN: Final = "\x1f"  # between fields: no field may hold a control character
_JSON = "\x02"  # begins fields that differ in kind from row to row
# What no field may hold: C0 and C1 controls, line and paragraph separators, and the directional embeddings
# and overrides that make a name read as something else. The plain marks U+200E and U+200F stay: right-to-left
# names need them.
IMPROPER: Final = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff]"
)
_SCHEMA = """
    CREATE TABLE subscriber (
      line INTEGER PRIMARY KEY, key TEXT NOT NULL, address TEXT, name TEXT, language TEXT,
      fields TEXT NOT NULL, domain INTEGER NOT NULL, turn INTEGER NOT NULL);
    CREATE TABLE domain (id INTEGER PRIMARY KEY, name TEXT NOT NULL, total INTEGER NOT NULL);
    CREATE TABLE about (content TEXT NOT NULL);
"""


class RosterWriter:
    """Takes the rows of one list; ``finish`` finds the duplicates and leaves the file ready to read."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None)
        for pragma in (
            "journal_mode = OFF",
            "synchronous = OFF",
            "cache_size = -2048",
            "locking_mode = EXCLUSIVE",
        ):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(_SCHEMA)
        self._connection.execute("BEGIN")
        self._rows: list[tuple[int, str, str, str, int, int]] = []
        self._named: list[tuple[str | None, str | None, int]] = []
        self._domains: dict[str, int] = {}
        self._totals: list[int] = []

    def add(
        self,
        line: int,
        address: Address,
        fields: str,
        *,
        name: str | None = None,
        language: str | None = None,
    ) -> None:
        """Take one row: ``fields`` as ``joined`` gives them, the rest where no column holds it."""
        number = self._domains.get(address.domain)
        if number is None:
            number = self._number(address.domain)
        turn = self._totals[number]
        self._totals[number] = turn + 1
        wire = "" if address.wire == address.key else address.wire
        self._rows.append((line, address.key, wire, fields, number, turn))
        if name is not None or language is not None:
            self._named.append((name, language, line))
        if len(self._rows) >= _BATCH:
            self._flush()

    def _number(self, domain: str) -> int:
        if len(self._domains) >= _DOMAINS_COUNTED:
            # Python's own hash differs from run to run, and the order of sending should not.
            group = f"*{sum(domain.encode()) % _GROUPS}"
            if group in self._domains:
                return self._domains[group]
            domain = group
        number = self._domains[domain] = len(self._totals)
        self._totals.append(0)
        return number

    def _flush(self) -> None:
        # No None among the values: sqlite3 asks each of them how it wants to be adapted, at half a microsecond.
        self._connection.executemany(
            """INSERT INTO subscriber (line, key, address, fields, domain, turn)
            VALUES (?, ?, nullif(?, ''), ?, ?, ?)""",
            self._rows,
        )
        self._connection.executemany(
            "UPDATE subscriber SET name = ?, language = ? WHERE line = ?", self._named
        )
        self._rows.clear()
        self._named.clear()

    def finish(
        self, name: str, columns: tuple[str, ...], *, invalid: int = 0, problems: tuple[str, ...] = ()
    ) -> None:
        """Leave out later rows of a person already seen, and write what is known about the list."""
        self._flush()
        run = self._connection.execute
        duplicates, repeated = self._leave_out_later(name)
        self._connection.executemany(
            "INSERT INTO domain VALUES (?, ?, ?)",
            ((number, domain, self._totals[number]) for domain, number in self._domains.items()),
        )
        about = {
            "format": FORMAT,
            "name": name,
            "columns": columns,
            "count": run("SELECT count(*) FROM subscriber").fetchone()[0],
            "duplicates": duplicates,
            "invalid": invalid,
            "problems": [*problems, *repeated][: 2 * SHOWN],
        }
        run("INSERT INTO about VALUES (?)", (json.dumps(about),))
        run("COMMIT")

    def _leave_out_later(self, name: str) -> tuple[int, tuple[str, ...]]:
        """Index the rows by person, and leave one of each; tells how many went, and the first of them in words."""
        run = self._connection.execute
        # An index made at once from a sort is several times quicker than one kept up row by row.
        run("CREATE INDEX by_key ON subscriber (key)")
        (rows,) = run("SELECT count(*) FROM subscriber").fetchone()
        (people,) = run("SELECT count(DISTINCT key) FROM subscriber").fetchone()
        if rows == people:  # counting takes a fifth of the time of looking for who stands there twice
            return 0, ()
        later = """FROM subscriber s JOIN
            (SELECT key, min(line) first FROM subscriber GROUP BY key HAVING count(*) > 1) t
            ON s.key = t.key WHERE s.line > t.first"""
        shown = run(
            f"SELECT s.line, t.first, coalesce(s.address, s.key) {later} ORDER BY s.line LIMIT {SHOWN}"
        )  # constants
        repeated = tuple(
            f"{name}:{line}: '{email}' stands already in line {first}" for line, first, email in shown
        )
        left_out = run(f"DELETE FROM subscriber WHERE line IN (SELECT s.line {later})").rowcount  # noqa: S608  # constants
        return left_out, repeated

    def close(self) -> None:
        """Let go of the file, finished or not."""
        self._connection.close()


class Roster:
    """Subscribers in the order of their list, one row a person; iterate to stream them.

    ``columns`` are the list's fields besides the address. ``duplicates`` and ``invalid`` count the rows left
    out, ``problems`` names the first of them as ``path:line: what is wrong``.
    """

    def __init__(self, file: Path, *, keep: bool = False) -> None:
        self.file = file
        self._keep = keep
        # Only read, and never by two: immutable spares the locks and the -shm file.
        self._connection = sqlite3.connect(
            f"{file.resolve().as_uri()}?immutable=1", uri=True, isolation_level=None
        )
        self._connection.execute("PRAGMA cache_size = -1024")
        (content,) = self._connection.execute("SELECT content FROM about").fetchone()
        about = json.loads(content)
        if about["format"] != FORMAT:
            raise sqlite3.DatabaseError("a list checked by another version")
        self.name: str = about["name"]
        self.columns: tuple[str, ...] = tuple(about["columns"])
        self.duplicates: int = about["duplicates"]
        self.invalid: int = about["invalid"]
        self.problems: tuple[str, ...] = tuple(about["problems"])
        self._count: int = about["count"]
        self._name_column = self._column("name")
        self._language_column = self._column("language")

    def _column(self, name: str) -> str | None:
        return next((column for column in self.columns if column.lower() == name), None)

    @classmethod
    def of(cls, subscribers: Iterable[Subscriber], *, name: str = "subscribers") -> Roster:
        """Take subscribers that are already in hand.

        Raises:
            InvalidListError: one of the addresses cannot be mailed, or a field holds control characters.
        """
        file = temporary_file()
        # A column counts as there only when everybody has it: what a letter needs is never silently empty.
        shared: dict[str, None] | None = None
        with guard(str(file)), contextlib.closing(RosterWriter(file)) as writer:
            for line, person in enumerate(subscribers, start=1):
                if shared is None:
                    shared = dict.fromkeys(person.fields)
                shared = {column: None for column in shared if column in person.fields}
                content = _JSON + json.dumps(dict(person.fields), ensure_ascii=False)
                address = _checked(person, f"{name}:{line}")
                writer.add(line, address, content, name=person.name, language=person.language)
            writer.finish(name, tuple(shared or ()))
        return cls(file)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Subscriber]:
        rows = self._connection.execute(
            "SELECT key, address, name, language, fields FROM subscriber ORDER BY line"
        )
        for key, address, name, language, fields in rows:
            yield self.subscriber(address or key, fields, name, language)

    def subscriber(self, address: str, fields: str, name: str | None, language: str | None) -> Subscriber:
        """Build a subscriber from the columns of its row."""
        if fields.startswith(_JSON):
            mapping = json.loads(fields[1:])
        else:
            mapping = dict(zip(self.columns, fields.split(_BETWEEN), strict=True)) if self.columns else {}
        if name is None:
            name = mapping[self._name_column] if self._name_column else ""
        if language is None and self._language_column:
            language = mapping[self._language_column] or None
        return Subscriber(address, name, mapping, language)

    def close(self) -> None:
        """Let go of the file; a temporary one is removed."""
        self._connection.close()
        if not self._keep:
            self.file.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def joined(values: Iterable[str]) -> str:
    """Write the values of a row, in the order of the columns."""
    return _BETWEEN.join(values)


def temporary_file() -> Path:
    """Make an empty file that the Roster removes when it is closed."""
    descriptor, path = tempfile.mkstemp(prefix="digest-list-", suffix=".sqlite")
    os.close(descriptor)
    return Path(path)


def _checked(person: Subscriber, where: str) -> Address:
    try:
        address = parse_address(person.address)
    except InvalidAddressError as error:
        raise InvalidListError(f"{person.address!r} is not an address: {error}", where=where) from error
    for name, value in (("name", person.name), *person.fields.items()):
        if IMPROPER.search(value):
            raise InvalidListError(f"there is a line break or control character in '{name}'", where=where)
    return address
