"""Whom a ledger owes a letter, by set operations over list, ledger and suppression.

What is to be done with each kind of person is decided elsewhere (``digest.delivering.plans``) and comes in as
a table; here it is looked up and written for all people of a kind at once, so that a million rows take
seconds and no memory.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Final

from digest.model import Decisions, Kinds, Standing
from digest.store.roster import Roster
from digest.store.states import BY_NUMBER, LEFT, NUMBERS, OUTSIDE, State

__all__ = ["attached", "begin", "survey"]

_SUPPRESSED: Final = 1
_OUTSIDE: Final = 2
# How somebody on the list stands: who had left it and is back, or was outside, waits as before.
_STAND: Final = f"""CASE WHEN d.state = {NUMBERS[State.SKIPPED]} AND d.reason IN ('{LEFT}', '{OUTSIDE}')
    THEN {NUMBERS[State.PLANNED]} ELSE d.state END"""
# Everybody on the list, with what the ledger says of them and whether the mailing is for them.
_PEOPLE: Final = """
    FROM list.subscriber r
    LEFT JOIN person p ON p.ledger = :ledger AND p.key = r.key
    LEFT JOIN delivery d ON d.id = p.delivery
    LEFT JOIN temp.held h ON h.key = r.key
"""


@contextlib.contextmanager
def attached(
    connection: sqlite3.Connection, roster: Roster, suppression: Iterable[str], outside: Iterable[str] = ()
) -> Iterator[None]:
    """Have the list, the suppression and the keys of people outside at hand as tables while inside."""
    connection.execute("ATTACH ? AS list", (str(roster.file),))
    try:
        connection.execute("CREATE TEMP TABLE held (key TEXT PRIMARY KEY, why INTEGER) WITHOUT ROWID")
        for why, keys in ((_SUPPRESSED, suppression), (_OUTSIDE, outside)):
            connection.executemany(
                "INSERT OR IGNORE INTO temp.held VALUES (?, ?)", ((key, why) for key in keys)
            )
        yield
    finally:
        connection.execute("DROP TABLE IF EXISTS temp.held")
        connection.execute("DETACH list")


def survey(connection: sqlite3.Connection, ledger: int, decisions: Decisions, *, top: int) -> Kinds:
    """Count everybody on the attached list by kind; writes nothing durable."""
    _write_decisions(connection, decisions)
    rows = connection.execute(
        f"SELECT {_STAND}, coalesce(h.why, 0), count(*) {_PEOPLE} GROUP BY 1, 2",  # a constant
        {"ledger": ledger},
    ).fetchall()
    counts = {
        Standing(BY_NUMBER[state] if state else None, why == _SUPPRESSED, why == _OUTSIDE): count
        for state, why, count in rows
    }
    owed = f"""{_PEOPLE} JOIN temp.decision t ON t.state IS {_STAND} AND t.held = coalesce(h.why, 0)
        WHERE t.becomes = :planned"""
    values = {"ledger": ledger, "planned": NUMBERS[State.PLANNED], "top": top}
    domains = connection.execute(
        f"""SELECT o.name, count(*) FROM (SELECT r.domain {owed}) n JOIN list.domain o ON o.id = n.domain
        GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT :top""",  # noqa: S608  # a constant
        values,
    ).fetchall()
    (domain_count,) = connection.execute(
        f"SELECT count(DISTINCT r.domain) {owed}", values
    ).fetchone()  # a constant
    return Kinds(counts=counts, domains=tuple(domains), domain_count=domain_count)


def begin(connection: sqlite3.Connection, ledger: int, decisions: Decisions, *, list_name: str) -> None:
    """Write whom the attached list makes the ledger owe a letter, inside a transaction of the caller.

    People already in the ledger get the state their kind's decision says; people who were waiting and have
    left this list are skipped; new people are added in the order in which they will be mailed: spread by
    domain, so that no server gets all its letters at once.
    """
    _write_decisions(connection, decisions)
    connection.execute("INSERT OR IGNORE INTO main.list (name) VALUES (?)", (list_name,))
    (number,) = connection.execute("SELECT id FROM main.list WHERE name = ?", (list_name,)).fetchone()
    values = {"ledger": ledger, "list": number}
    _revise(connection, values)
    _add(connection, values)


def _write_decisions(connection: sqlite3.Connection, decisions: Decisions) -> None:
    connection.execute("DROP TABLE IF EXISTS temp.decision")
    connection.execute(
        "CREATE TEMP TABLE decision (state INTEGER, held INTEGER, becomes INTEGER, reason TEXT)"
    )
    connection.executemany(
        "INSERT INTO temp.decision VALUES (?, ?, ?, ?)",
        (
            (
                NUMBERS[standing.state] if standing.state else None,
                _held(standing),
                NUMBERS[decision.state],
                decision.reason or None,
            )
            for standing, decision in decisions.items()
        ),
    )


def _held(standing: Standing) -> int:
    """Tell how a standing is written in ``temp.held``: 0, or why the mailing is not for them."""
    return _SUPPRESSED if standing.is_suppressed else _OUTSIDE if standing.is_outside else 0


def _revise(connection: sqlite3.Connection, values: dict[str, int]) -> None:
    connection.execute(
        f"""UPDATE delivery SET state = n.becomes, reason = n.reason, list = :list,
        code = NULL, enhanced = NULL
        FROM (SELECT d.id, t.becomes, t.reason {_PEOPLE}
              JOIN temp.decision t ON t.state = {_STAND} AND t.held = coalesce(h.why, 0)
              WHERE t.becomes <> d.state) n
        WHERE delivery.id = n.id""",  # noqa: S608  # a constant
        values,
    )
    waiting = {
        "planned": NUMBERS[State.PLANNED],
        "deferred": NUMBERS[State.DEFERRED],
        "skipped": NUMBERS[State.SKIPPED],
    }
    connection.execute(
        """UPDATE delivery SET state = :skipped, reason = :reason
        WHERE list = :list AND state IN (:planned, :deferred)
        AND id IN (SELECT delivery FROM person WHERE ledger = :ledger)
        AND NOT EXISTS (SELECT 1 FROM list.subscriber r WHERE r.key = delivery.key)""",
        {**values, **waiting, "reason": LEFT},
    )


def _add(connection: sqlite3.Connection, values: dict[str, int]) -> None:
    (before,) = connection.execute("SELECT coalesce(max(id), 0) FROM delivery").fetchone()
    # (turn + ½) ÷ total spreads each domain evenly over the whole mailing, a large one as well as a small
    # one; plain round robin would leave the large ones alone at the end.
    connection.execute(
        f"""INSERT INTO delivery (key, email, list, state, reason)
        SELECT r.key, r.address, :list, t.becomes, t.reason {_PEOPLE}
        JOIN temp.decision t ON t.state IS NULL AND t.held = coalesce(h.why, 0)
        JOIN list.domain o ON o.id = r.domain
        WHERE p.key IS NULL ORDER BY (r.turn + 0.5) / o.total, r.line""",  # a constant
        values,
    )
    (after,) = connection.execute("SELECT coalesce(max(id), 0) FROM delivery").fetchone()
    if after > before:
        added = {**values, "first": before + 1, "last": after}
        connection.execute(
            """INSERT INTO person SELECT :ledger, key, id FROM delivery
            WHERE id BETWEEN :first AND :last ORDER BY key""",
            added,
        )
        connection.execute("INSERT INTO span VALUES (:ledger, :first, :last)", added)
