"""Editions frozen at their first real send: what resuming sends, whatever happened to its sources since."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Collection
from dataclasses import dataclass

from digest.errors import StoreError
from digest.store.states import NUMBERS, State

__all__ = ["EditionSummary", "FrozenEdition", "freeze", "read", "replace", "summaries"]


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

    ``is_open`` while somebody is planned or deferred (held in doubt does not keep it open).
    """

    id: str
    subject: str
    theme: str
    created: float
    list_name: str
    is_open: bool


def freeze(connection: sqlite3.Connection, edition: FrozenEdition, entries: Collection[str]) -> None:
    """Write an edition and bind its entries, inside a transaction of the caller."""
    if connection.execute("SELECT 1 FROM edition WHERE id = ?", (edition.id,)).fetchone():
        raise ValueError(f"edition '{edition.id}' is frozen already")
    taken = [
        one for one in entries if connection.execute("SELECT 1 FROM entry WHERE id = ?", (one,)).fetchone()
    ]
    if taken:
        raise ValueError(f"{len(taken)} entries belong to another edition already, the first is '{taken[0]}'")
    connection.execute("INSERT INTO edition VALUES (?, ?, ?, ?, ?, ?, ?, ?)", _row(edition))
    connection.executemany("INSERT INTO entry VALUES (?, ?)", ((one, edition.id) for one in entries))


def replace(connection: sqlite3.Connection, edition: FrozenEdition) -> None:
    """Write another content under an id, inside a transaction of the caller."""
    changed = connection.execute(
        """UPDATE edition SET (id, subject, theme, list_name, content, letter, created, checksum)
        = (?, ?, ?, ?, ?, ?, ?, ?) WHERE id = ?""",
        (*_row(edition), edition.id),
    )
    if not changed.rowcount:
        raise ValueError(f"edition '{edition.id}' was never frozen")


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
    """List editions, latest first; open while somebody is planned or deferred in real deliveries.

    An edition frozen and not begun (a crash in between) is open as well: nobody has it yet.
    """
    rows = connection.execute(
        """SELECT e.id, e.subject, e.theme, e.created, e.list_name, l.id IS NULL OR EXISTS (
             SELECT 1 FROM span s CROSS JOIN delivery d ON d.id BETWEEN s.first AND s.last
             WHERE s.ledger = l.id AND d.state IN (?, ?))
        FROM edition e LEFT JOIN ledger l ON l.edition = e.id AND l.scope = ''
        ORDER BY e.created DESC, e.rowid DESC""",
        (NUMBERS[State.PLANNED], NUMBERS[State.DEFERRED]),
    )
    return [
        EditionSummary(
            id=name, subject=subject, theme=theme, created=created, list_name=list_name, is_open=bool(is_open)
        )
        for name, subject, theme, created, list_name, is_open in rows
    ]


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
