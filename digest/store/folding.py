"""What a journal says, brought into SQLite: by a run as it goes, and by the next one after a crash.

``recover`` is where a crash is made good: verdicts in the journal are written, whoever was committing without
one becomes in doubt, whoever was only claimed is planned as before. Only whoever holds the lock may call it.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from digest.errors import StoreError
from digest.model import Outcome
from digest.store.carried import UNKNOWN, tally
from digest.store.database import transaction
from digest.store.journal import Replayed, replay, told_generation
from digest.store.states import BY_NUMBER, COUNTED, NUMBERS, State

__all__ = [
    "apply",
    "count",
    "find_ledger",
    "journal_file",
    "recover",
    "remove_journals",
    "set_generation",
    "side_name",
    "verify",
]

CUT_OFF: Final = "the run was cut off while the letter was on its way"
POWER_LOST: Final = "the machine went down while the letter may have been on its way"


def side_name(edition: str, scope: str) -> str:
    """Name the files beside the store that belong to one ledger: editions may hold any character."""
    return hashlib.blake2b(f"{edition}\0{scope}".encode(), digest_size=12).hexdigest()


def journal_file(folder: Path, edition: str, scope: str, generation: int) -> Path:
    """Give the journal of a generation; two files take turns: the old one stands until the new one counts."""
    return folder / f"{side_name(edition, scope)}.{generation % 2}.journal"


def remove_journals(folder: Path, edition: str, scope: str) -> None:
    """Remove both journals of a ledger that is closed."""
    for generation in (0, 1):
        journal_file(folder, edition, scope, generation).unlink(missing_ok=True)


def apply(connection: sqlite3.Connection, outcomes: Iterable[Outcome]) -> None:
    """Write verdicts, inside a transaction of the caller; the last of a delivery wins, each is an attempt."""
    connection.executemany(
        # Not None: sqlite3 asks each of them how it wants to be adapted, at half a microsecond.
        """UPDATE delivery SET state = ?, code = nullif(?, 0), enhanced = nullif(?, ''), reason = nullif(?, ''),
        at = ?, attempts = attempts + 1 WHERE id = ?""",
        [
            (
                NUMBERS[found.state],
                found.code or 0,
                found.enhanced or "",
                found.reason,
                found.at,
                found.delivery,
            )
            for found in outcomes
        ],
    )


def count(connection: sqlite3.Connection, ledger: int | None) -> dict[State, int]:
    """Count a ledger's deliveries by state, every state named."""
    rows = connection.execute(
        """SELECT d.state, count(*) FROM span s CROSS JOIN delivery d ON d.id BETWEEN s.first AND s.last
        WHERE s.ledger = ? GROUP BY 1""",
        (ledger,),
    ).fetchall()
    found = {BY_NUMBER[number]: total for number, total in rows}
    return {state: found.get(state, 0) for state in COUNTED}


def set_generation(connection: sqlite3.Connection, ledger: int, generation: int) -> None:
    """Say which journal counts, inside a transaction of the caller: 0 none yet, -n none any more after the n-th.

    Numbers only grow, over all runs: so a journal that a crash left behind after its run had ended is told from
    one that is newer than the store.
    """
    edition, scope = connection.execute(
        "SELECT edition, scope FROM ledger WHERE id = ?", (ledger,)
    ).fetchone()
    connection.execute(
        "UPDATE ledger SET generation = ?, checksum = ? WHERE id = ?",
        (generation, ledger_checksum(ledger, edition, scope, generation), ledger),
    )


def ledger_checksum(ledger: int, edition: str, scope: str, generation: int) -> int:
    """Give what tells a ledger's row from one with a flipped bit: under another name all are mailed again."""
    return zlib.crc32(f"{ledger}\0{edition}\0{scope}\0{generation}".encode())


def find_ledger(connection: sqlite3.Connection, edition: str, scope: str) -> tuple[int | None, int]:
    """Give a ledger's id (None: there is none) and its journal's generation.

    All rows are read and checked, past the index: a damaged one must not look like a ledger that is not there.

    Raises:
        StoreError: one of them is damaged.
    """
    found: tuple[int | None, int] = (None, 0)
    rows = connection.execute("SELECT id, edition, scope, generation, checksum FROM ledger NOT INDEXED")
    for ledger, its_edition, its_scope, generation, checksum in rows:
        if checksum != ledger_checksum(ledger, its_edition, its_scope, generation):
            raise _damaged(f"ledger {ledger} is not what was written")
        if (its_edition, its_scope) == (edition, scope):
            found = (ledger, generation)
    rows_told, rows_there = connection.execute(
        "SELECT (SELECT coalesce(sum(last - first + 1), 0) FROM span), (SELECT coalesce(max(id), 0) FROM delivery)"
    ).fetchone()
    if rows_told != rows_there:
        raise _damaged(f"{rows_told} deliveries were written, {rows_there} are there")
    return found


def _damaged(what: str) -> StoreError:
    return StoreError(
        f"the store is damaged: {what}",
        hint="put back a copy of the store; nothing was sent or changed",
    )


def verify(connection: sqlite3.Connection, ledger: int) -> None:
    """Check that everybody is found under their key and in a state that exists: a flipped bit mails twice.

    SQLite has no checksums of its own. Keys stand twice, in rows and in their order, and no single flipped bit
    makes one state of another; so both kinds of damage show. Costs 0.4 s for a million rows.

    Raises:
        StoreError: the store is damaged.
    """
    rows = connection.execute(
        """SELECT d.state, count(*), count(p.key) FROM span s
        CROSS JOIN delivery d ON d.id BETWEEN s.first AND s.last
        LEFT JOIN person p ON p.ledger = s.ledger AND p.key = d.key AND p.delivery = d.id
        WHERE s.ledger = ? GROUP BY 1""",
        (ledger,),
    ).fetchall()
    (planned,) = connection.execute(
        "SELECT coalesce(sum(last - first + 1), 0) FROM span WHERE ledger = ?", (ledger,)
    ).fetchone()
    (people,) = connection.execute("SELECT count(*) FROM person WHERE ledger = ?", (ledger,)).fetchone()
    total, found = sum(row[1] for row in rows), sum(row[2] for row in rows)
    if not planned == total == found == people or any(row[0] not in BY_NUMBER for row in rows):
        raise _damaged(f"of {planned} deliveries {found} are found by address")


def recover(
    connection: sqlite3.Connection, edition: str, scope: str, *, folder: Path | None, now: float
) -> int | None:
    """Make good what a run that was cut off left behind; give the ledger's id, None when there is none yet.

    Raises:
        StoreError: the journal is damaged, or newer than the store: nothing is changed.
    """
    ledger, generation = find_ledger(connection, edition, scope)
    if folder is None:
        return ledger
    _refuse_newer(folder, edition, scope, generation)
    if ledger is not None and generation > 0:
        replayed = replay(journal_file(folder, edition, scope, generation), generation)
        with transaction(connection):
            doubts = list(_doubts(replayed, now))
            apply(connection, [*replayed.outcomes, *doubts])
            if not scope:
                tally(connection, replayed.carried, max((told.at for told in replayed.outcomes), default=now))
                # When they were sent is not known, only that it was before now.
                tally(
                    connection,
                    Counter(replayed.committing.get(told.delivery, UNKNOWN) for told in doubts),
                    now,
                )
            set_generation(connection, ledger, -generation)
    remove_journals(folder, edition, scope)
    return ledger


def _doubts(replayed: Replayed, now: float) -> Iterable[Outcome]:
    for delivery in sorted(replayed.committing):
        yield Outcome(delivery, State.IN_DOUBT, now, reason=CUT_OFF)
    if replayed.lost_power:
        # What was claimed may have been sent by records that never reached the disk.
        for delivery in sorted(replayed.claimed - replayed.committing.keys()):
            yield Outcome(delivery, State.IN_DOUBT, now, reason=POWER_LOST)


def _refuse_newer(folder: Path, edition: str, scope: str, generation: int) -> None:
    """Verdicts of a later fold were written after this store: an old copy was put back."""
    for parity in (0, 1):
        file = journal_file(folder, edition, scope, parity)
        told = told_generation(file)
        if told is None or told <= abs(generation):
            continue  # none, damaged (the one that counts is replayed, and refused then), or of an earlier fold
        try:
            found = replay(file, told)
        except StoreError:
            continue  # a draft that was cut off before it counted
        if found.outcomes:
            raise StoreError(
                "the store is older than the journal beside it: an old copy was put back",
                where=str(file),
                hint="put back the store that belongs to it; going on would mail people again",
            )
