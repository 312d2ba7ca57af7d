"""Who got an edition, who did not and why: what ``digest status`` prints.

Reads only what is folded; the store replays the journal of a run that was cut off before it asks. While a run
is alive, what is here is at most some seconds old.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from digest.model import Delivery
from digest.store.folding import count
from digest.store.states import BY_NUMBER, State

__all__ = ["Status", "read_status"]

_OPEN: Final = (State.PLANNED, State.DEFERRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One edition in one scope. ``counts`` has every name of ``COUNTED``; ``deliveries()`` streams.

    ``state`` is open while somebody is planned or deferred.
    """

    edition: str
    scope: str
    subject: str
    state: Literal["open", "finished"]
    counts: Mapping[str, int]
    deliveries: Callable[[], Iterator[Delivery]]


def read_status(
    connection: sqlite3.Connection, edition: str, scope: str, *, message_id_key: bytes
) -> Status | None:
    """Read one ledger's standing, None when nothing was ever planned in it."""
    row = connection.execute(
        "SELECT id, subject, message_id_domain FROM ledger WHERE edition = ? AND scope = ?", (edition, scope)
    ).fetchone()
    if row is None:
        return None
    ledger, subject, domain = row
    counts = count(connection, ledger)

    def message_id(key: str) -> str:
        from digest.composing import message_id

        return message_id(edition, key, key=message_id_key, domain=domain)

    def deliveries() -> Iterator[Delivery]:
        rows = connection.execute(
            """SELECT d.key, d.email, d.state, d.code, d.enhanced, d.reason, d.attempts, d.at
            FROM span s CROSS JOIN delivery d ON d.id BETWEEN s.first AND s.last
            WHERE s.ledger = ? ORDER BY s.first, d.id""",
            (ledger,),
        )
        for key, email, number, code, enhanced, reason, attempts, at in rows:
            yield Delivery(
                email or key,
                str(BY_NUMBER[number]),
                code,
                enhanced,
                reason or "",
                attempts,
                message_id(key) if attempts else None,
                None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds"),
            )

    return Status(
        edition=edition,
        scope=scope,
        subject=subject,
        state="open" if any(counts[state] for state in _OPEN) else "finished",
        counts={str(state): total for state, total in counts.items()},
        deliveries=deliveries,
    )
