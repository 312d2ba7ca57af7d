"""What each server carried, for limits that look back over runs: one row a fold and server, found by its time.

Every try of a real letter counts, in doubt or not, since a server may have counted it too. A row has the time at which
the last of its letters was answered: they count up to two seconds longer than they had to, and never shorter.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Final

from digest.store.database import transaction

__all__ = ["CARRIED", "UNKNOWN", "sent_since", "server_number", "tally"]

UNKNOWN: Final = 0
"""The number of a server that nobody named: its letters count for every one."""

# By the order of the rows: however long a store is in use, only what the limit looks back to is read.
CARRIED: Final = f"""
    SELECT c.at, c.letters FROM carried c WHERE c.at > :at
    AND (:server IS NULL OR c.server = {UNKNOWN} OR c.server = (SELECT id FROM server WHERE name = :server))
    ORDER BY c.at DESC LIMIT :limit
"""  # noqa: S608  # a constant
# Of all deliveries, since an index on their times would have to be changed with each letter: some microseconds each,
# to spare those who limit single domains a second for each million rows, once a run.
_SENT_TO: Final = """
    SELECT d.at, 1 FROM ledger l JOIN span s ON s.ledger = l.id
    CROSS JOIN delivery d ON d.id BETWEEN s.first AND s.last
    WHERE l.scope = '' AND d.at > :at AND substr(d.key, -length(:domain)) = :domain
    ORDER BY d.at DESC LIMIT :limit
"""


def server_number(connection: sqlite3.Connection, name: str) -> int:
    """Give a server's number for good: it stands in the store before any journal says it."""
    with transaction(connection):
        connection.execute("INSERT OR IGNORE INTO server (name) VALUES (?)", (name,))
        (number,) = connection.execute("SELECT id FROM server WHERE name = ?", (name,)).fetchone()
    return int(number)


def tally(connection: sqlite3.Connection, letters: Mapping[int, int], at: float) -> None:
    """Add to what servers carried, by number, inside a transaction of the caller."""
    connection.executemany(
        """INSERT INTO carried VALUES (?, ?, ?)
        ON CONFLICT (at, server) DO UPDATE SET letters = letters + excluded.letters""",
        [(at, server, count) for server, count in letters.items() if count],
    )


def sent_since(
    connection: sqlite3.Connection, at: float, *, limit: int, domain: str | None, server: str | None
) -> list[float]:
    """Give the times of the latest letters: of all, to a domain, or by a server; oldest first."""
    query = _SENT_TO if domain else CARRIED
    values = {"at": at, "limit": limit, "domain": f"@{domain}", "server": server}
    rows = connection.execute(query, values).fetchall()
    times = [told for told, letters in rows for _ in range(letters)]
    return times[:limit][::-1]
