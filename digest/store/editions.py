"""Editions frozen at their first real send: what resuming sends, whatever happened to its sources since."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Collection
from dataclasses import dataclass

from digest.errors import StoreError, TryAgainError
from digest.store.states import NUMBERS, State

__all__ = ["EditionSummary", "FrozenEdition", "freeze", "holding", "read", "replace", "summaries"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenEdition:
    """An edition as it is mailed: ``content`` is its JSON text, ``letter`` the compiled Letter's bytes.

    ``created`` is in seconds since the epoch. ``list_name`` is the list it was first sent to.
    """

    id: str
    subject: str
    theme: str
    content: str
    letter: bytes
    created: float
    list_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionSummary:
    """One line about an edition: enough to choose from, without its content.

    ``list_name`` is the list it was first sent to, ``waiting`` those from which somebody is planned or deferred (held
    in doubt does not keep it open).
    """

    id: str
    subject: str
    theme: str
    created: float
    list_name: str
    waiting: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        """Tell whether somebody is still owed it."""
        return bool(self.waiting)

    @property
    def lists(self) -> frozenset[str]:
        """The lists to which another text of it would be a change."""
        return frozenset((self.list_name, *self.waiting))


def freeze(
    connection: sqlite3.Connection, edition: FrozenEdition, entries: Collection[str], *, again: bool
) -> None:
    """Write an edition and bind its entries, inside a transaction of the caller."""
    if connection.execute("SELECT 1 FROM edition WHERE id = ?", (edition.id,)).fetchone():
        raise ValueError(f"edition '{edition.id}' is frozen already")
    taken = {} if again else holding(connection, entries)
    if taken:
        raise TryAgainError(
            f"what is new was mailed meanwhile, in edition '{next(iter(taken.values()))}'",
            hint="run the same command again",
        )
    connection.execute("INSERT INTO edition VALUES (?, ?, ?, ?, ?, ?, ?, ?)", _row(edition))
    _bind(connection, edition.id, entries)


def _bind(connection: sqlite3.Connection, edition_id: str, entries: Collection[str]) -> None:
    """Bind entries that no edition has yet, those marked as seen included; the others stay where they are."""
    connection.executemany(
        """INSERT INTO entry VALUES (?, ?)
        ON CONFLICT (id) DO UPDATE SET edition = excluded.edition WHERE edition IS NULL""",
        ((one, edition_id) for one in entries),
    )


def holding(connection: sqlite3.Connection, entries: Collection[str]) -> dict[str, str]:
    """Give the edition of each entry that has one, in the order of the entries."""
    query = "SELECT edition FROM entry WHERE id = ? AND edition IS NOT NULL"
    rows = ((entry, connection.execute(query, (entry,)).fetchone()) for entry in entries)
    return {entry: str(row[0]) for entry, row in rows if row is not None}


def replace(connection: sqlite3.Connection, edition: FrozenEdition, entries: Collection[str]) -> None:
    """Write another content under an id and bind what is new in it, inside a transaction of the caller."""
    changed = connection.execute(
        """UPDATE edition SET (id, subject, theme, list_name, content, letter, created, checksum)
        = (?, ?, ?, ?, ?, ?, ?, ?) WHERE id = ?""",
        (*_row(edition), edition.id),
    )
    if not changed.rowcount:
        raise ValueError(f"edition '{edition.id}' was never frozen")
    _bind(connection, edition.id, entries)


def read(connection: sqlite3.Connection, edition_id: str, *, where: str) -> FrozenEdition | None:
    """Read an edition and check that it is what was frozen: its bytes go to everybody."""
    row = connection.execute("SELECT * FROM edition WHERE id = ?", (edition_id,)).fetchone()
    if row is None:
        return None
    *values, checksum = row
    if checksum != _checksum(values):
        raise StoreError(
            f"the store is damaged: edition '{edition_id}' is not what was frozen",
            where=where,
            hint="put back a copy",
        )
    name, subject, theme, list_name, content, letter, created = values
    return FrozenEdition(
        id=name,
        subject=subject,
        theme=theme,
        content=content,
        letter=letter,
        created=created,
        list_name=list_name,
    )


def summaries(connection: sqlite3.Connection) -> list[EditionSummary]:
    """List editions, latest first; open while somebody is planned or deferred in real deliveries."""
    rows = connection.execute(
        """SELECT e.id, e.subject, e.theme, e.created, e.list_name, l.id
        FROM edition e LEFT JOIN ledger l ON l.edition = e.id AND l.scope = ''
        ORDER BY e.created DESC, e.rowid DESC"""
    ).fetchall()
    return [
        EditionSummary(
            id=name,
            subject=subject,
            theme=theme,
            created=created,
            list_name=list_name,
            # Frozen and not begun (a crash in between): nobody has it yet.
            waiting=(list_name,) if ledger is None else _waiting(connection, ledger),
        )
        for name, subject, theme, created, list_name, ledger in rows
    ]


def _waiting(connection: sqlite3.Connection, ledger: int) -> tuple[str, ...]:
    """Name the lists from which somebody is planned or deferred, first come first."""
    rows = connection.execute(
        """SELECT n.name FROM span s CROSS JOIN delivery d ON d.id BETWEEN s.first AND s.last
        JOIN list n ON n.id = d.list
        WHERE s.ledger = ? AND d.state IN (?, ?) GROUP BY n.id ORDER BY min(d.id)""",
        (ledger, NUMBERS[State.PLANNED], NUMBERS[State.DEFERRED]),
    )
    return tuple(name for (name,) in rows)


def _row(edition: FrozenEdition) -> tuple[object, ...]:
    values = (
        edition.id,
        edition.subject,
        edition.theme,
        edition.list_name,
        edition.content,
        edition.letter,
        edition.created,
    )
    return (*values, _checksum(values))


def _checksum(values: Collection[object]) -> int:
    total = 0
    for value in values:
        total = zlib.crc32(value if isinstance(value, bytes) else repr(value).encode(), total)
    return total
