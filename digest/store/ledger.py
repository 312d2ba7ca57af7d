"""All deliveries of one edition in one scope, crash-safe.

A run *begins* by writing whom it owes a letter (one transaction), *claims* some of them at a time, tells of
each letter the two instants that matter (``committing`` before its content leaves, ``answered`` after the
reply), and *folds* the journal of those instants into SQLite every so often. Whatever ends the run, the next
one opens the ledger, replays the journal, and finds whoever was committing without an answer in doubt.

The ledger is used by one run at a time, which holds its lock, from one thread.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from digest.errors import DigestError
from digest.model import About, Claimed, Decisions, Kinds, Outcome
from digest.store.carried import UNKNOWN, sent_since, server_number, tally
from digest.store.database import guard, os_error, transaction
from digest.store.folding import (
    CUT_OFF,
    apply,
    count,
    find_ledger,
    journal_file,
    recover,
    remove_journals,
    set_generation,
)
from digest.store.journal import Journal
from digest.store.planning import attached, begin, survey
from digest.store.roster import Roster
from digest.store.states import BY_NUMBER, NUMBERS, State

__all__ = ["Ledger"]

_FOLD_AFTER: Final = 2500  # verdicts; a fold takes some 10 ms, in which nothing is sent
_FOLD_SECONDS: Final = 2.0  # keeps `digest status` fresh
_WAITING: Final = """
    FROM main.delivery d CROSS JOIN list.subscriber r ON r.key = d.key
    WHERE d.id BETWEEN :first AND :last AND d.state = :planned
"""


class Ledger:
    """Deliveries of one edition × scope, under its lock; made by ``Store.ledger``."""  # the glossary's sign

    def __init__(  # noqa: PLR0913  # made in one place; each is a part of its identity
        self,
        connection: sqlite3.Connection,
        edition: str,
        scope: str,
        *,
        list_name: str,
        folder: Path | None,
        ledger_id: int | None,
        release: Callable[[], None],
        message_id_key: bytes,
    ) -> None:
        self._connection = connection
        self.edition = edition
        self.scope = scope
        self.list_name = list_name
        self.message_id_key = message_id_key
        self._folder = folder  # where journals lie; None: in memory, nothing survives anyway
        self._release: Callable[[], None] | None = release
        self._where = str(folder).removesuffix(".d") if folder else "store in memory"
        self._journal: Journal | None = None
        self._generation = 0
        self._outcomes: list[Outcome] = []
        self._claimed: set[int] = set()
        self._committing: dict[int, int] = {}  # and the server each is with
        self._servers: dict[str, int] = {}  # the numbers of those this run uses
        self._server = UNKNOWN  # who carries what is told now
        # What is not folded yet by server, of the outcomes up to the one that is not tallied.
        self._carried: Counter[int] = Counter()
        self._tallied = 0
        self._roster: Roster | None = None
        self._stack = contextlib.ExitStack()
        self._spans: list[tuple[int, int]] = []  # of deliveries not claimed yet, in the order of sending
        self._folded_at = 0.0
        self._unfolded: DigestError | None = None  # why the last fold failed; nothing new leaves after that
        self._id = ledger_id

    # --- planning -------------------------------------------------------------------------------------------

    def survey(
        self,
        roster: Roster,
        decisions: Decisions,
        *,
        suppression: Iterable[str],
        outside: Iterable[str] = (),
        top: int = 5,
    ) -> Kinds:
        """Count everybody on the list by how they stand; writes nothing."""
        with guard(self._where), attached(self._connection, roster, suppression, outside):
            return survey(self._connection, self._id or 0, decisions, top=top)

    def begin(
        self,
        roster: Roster,
        decisions: Decisions,
        *,
        suppression: Iterable[str],
        about: About,
        outside: Iterable[str] = (),
    ) -> None:
        """Write whom this run owes a letter, in one transaction, and get ready to claim them.

        ``outside`` are the keys of people on the list whom this mailing is not for. The roster stays attached
        until ``end``.
        """
        self._stack.enter_context(attached(self._connection, roster, suppression, outside))
        self._roster = roster
        with guard(self._where):
            # What an earlier run on this ledger could not fold is in its journal.
            self._id = recover(
                self._connection, self.edition, self.scope, folder=self._folder, now=about.started
            )
            self._forget()
            self._unfolded = None
            _, closed = find_ledger(self._connection, self.edition, self.scope)
            self._generation = abs(closed) + 1
            if self._folder is not None:
                self._journal = self._new_journal(self._generation)
            with transaction(self._connection):
                ledger = self._write_about(about)
                begin(self._connection, ledger, decisions, list_name=self.list_name or roster.name)
            self._id = ledger  # not before it stands: what is rolled back has no id
            self._spans = self._connection.execute(
                "SELECT first, last FROM span WHERE ledger = ? ORDER BY first", (self._id,)
            ).fetchall()
        self._folded_at = about.started

    def _write_about(self, about: About) -> int:
        """Write the ledger's own row; by its id where it is known, since an index may be damaged."""
        told = (about.subject, about.message_id_domain, about.started)
        run = self._connection.execute
        ledger = self._id
        if ledger is None:
            row = run(
                """INSERT INTO ledger (edition, scope, subject, message_id_domain, started, generation, checksum)
                VALUES (?, ?, ?, ?, ?, 0, 0) RETURNING id""",
                (self.edition, self.scope, *told),
            ).fetchone()
            ledger = int(row[0])
        else:
            run(
                "UPDATE ledger SET subject = ?, message_id_domain = ?, started = ? WHERE id = ?",
                (*told, ledger),
            )
        set_generation(self._connection, ledger, self._generation if self._journal else 0)
        return ledger

    def owed(self) -> int:
        """Count those on the list whom this run has yet to claim."""
        query = f"SELECT count(*) {_WAITING}"  # a constant
        with guard(self._where):
            return sum(
                self._connection.execute(query, self._range(first, last)).fetchone()[0]
                for first, last in self._spans
            )

    @staticmethod
    def _range(first: int, last: int) -> dict[str, int]:
        return {"first": first, "last": last, "planned": NUMBERS[State.PLANNED]}

    def sent_since(
        self, at: float, *, limit: int, domain: str | None = None, server: str | None = None
    ) -> list[float]:
        """Give when real letters of any edition were tried since a time, at most so many, oldest first.

        Times may be a little later than it was. ``domain``: those to this recipient domain only, each when it was tried
        last. ``server``: those that this server carried, in doubt or not, and those of which nobody knows who did.
        """
        with guard(self._where):
            return sent_since(self._connection, at, limit=limit, domain=domain, server=server)

    # --- sending --------------------------------------------------------------------------------------------

    def claim(self, count: int) -> Iterator[Claimed]:
        """Take the next people in the order of sending; all are written down on return.

        Each is made when it is asked for: the connections would wait for 500 at once, and then all write at once.
        """
        assert self._roster is not None, "claim comes after begin"
        rows: list[tuple[int, str, str, str | None, str | None]] = []
        if self._journal_is_full and self._unfolded is None:
            self.fold()  # of claims and releases: where nobody is answered, no verdict sees to it
        with guard(self._where):
            while self._spans and len(rows) < count:
                rows += self._take(count - len(rows))
            numbers = [row[0] for row in rows]
            self._claimed.update(numbers)
            if numbers and self._journal is not None:
                self._journal.claim(numbers)
        subscriber = self._roster.subscriber
        return (
            Claimed(delivery, subscriber(address, fields, name, language))
            for delivery, address, fields, name, language in rows
        )

    def claim_again(self, delivery: int) -> None:
        """Take somebody again whose letter was answered in this run; written down like the first time."""
        self._claimed.add(delivery)
        if self._journal is not None:
            with guard(self._where):
                self._journal.claim([delivery])

    def release(self, delivery: int) -> None:
        """Give somebody back who was claimed and is not to be tried in this run: planned as before."""
        self._claimed.discard(delivery)
        if self._journal is not None:
            with guard(self._where):
                self._journal.release(delivery)

    def _take(self, count: int) -> list[tuple[int, str, str, str | None, str | None]]:
        first, last = self._spans[0]
        rows = self._connection.execute(
            f"""SELECT d.id, coalesce(r.address, r.key), r.fields, r.name, r.language {_WAITING}
            ORDER BY d.id LIMIT :count""",  # a constant
            {**self._range(first, last), "count": count},
        ).fetchall()
        if len(rows) < count:
            self._spans.pop(0)
        else:
            self._spans[0] = (rows[-1][0] + 1, last)
        return rows

    def carried_by(self, server: str) -> None:
        """Have what is told from here on count for this server, until the next call.

        Raises:
            StoreError: it cannot be written down; nothing may leave.
        """
        number = self._servers.get(server)
        if number is None:
            with guard(self._where):
                number = self._servers[server] = server_number(self._connection, server)
        if number != self._server:
            if self._journal is not None:
                with guard(self._where):
                    self._journal.carried_by(number)
            self._count_up()
            self._server = number

    def _count_up(self) -> None:
        """Count what was answered since the last time for the server that carried it."""
        self._carried[self._server] += len(self._outcomes) - self._tallied
        self._tallied = len(self._outcomes)

    def _carried_until(self) -> list[tuple[float, Counter[int]]]:
        """Give what servers carried since the last fold, each with when the last of it was answered.

        The latest answer by itself: it made the fold due, and may have come long after the others, which came within
        two seconds of the fold before.
        """
        is_latest_here = self._tallied < len(self._outcomes)
        self._count_up()
        *earlier, latest = (outcome.at for outcome in self._outcomes[-2:]) if self._outcomes else (0.0,)
        if not (earlier and is_latest_here):
            return [(latest, self._carried)]
        one = Counter({self._server: 1})
        return [(earlier[0], self._carried - one), (latest, one)]

    def committing(self, delivery: int) -> None:
        """Note that the content of a letter is about to leave; on return that survives a crash.

        Raises:
            StoreError: it cannot be written down; the content must not leave.
        """
        if self._unfolded is not None:
            raise self._unfolded
        if self._journal is not None:
            try:
                self._journal.committing(delivery)
            except OSError as error:
                raise os_error(error, Path(self._where)) from error
        self._committing[delivery] = self._server

    def answered(self, outcome: Outcome, then: int | None = None) -> None:
        """Note what became of a letter, and that another's content is about to leave; on return that survives a crash.

        Raises:
            StoreError: it cannot be written down; if it was committing, the next run finds it in doubt. ``then`` must
                not leave.
        """
        follows = then if self._unfolded is None else None
        if self._journal is not None:
            try:
                self._journal.answered(outcome, follows)
            except OSError as error:
                raise os_error(error, Path(self._where)) from error
        self._outcomes.append(outcome)
        self._committing.pop(outcome.delivery, None)
        self._claimed.discard(outcome.delivery)
        if follows is not None:
            self._committing[follows] = self._server
        if self._unfolded is not None:
            if then is not None:
                raise self._unfolded
        elif (
            len(self._outcomes) >= _FOLD_AFTER
            or outcome.at - self._folded_at >= _FOLD_SECONDS
            or self._journal_is_full
        ):
            self.fold()
            self._folded_at = outcome.at

    @property
    def _journal_is_full(self) -> bool:
        return self._journal is not None and self._journal.is_full

    def fold(self) -> None:
        """Bring the journal's verdicts into SQLite, in one transaction, and begin a new journal.

        The new journal stands on the disk, with what is under way, before the transaction that makes it the
        one that counts; a crash in between leaves the old one counting. Which of them counts after a commit that
        failed, only the disk knows (its log may hold the commit without its sync). So no content leaves any more and
        neither journal is begun anew: whoever is under way stands as such in both.
        """
        if self._id is None or not (self._outcomes or self._journal_is_full):
            return
        try:
            with guard(self._where):
                self._fold(self._id)
        except DigestError as error:
            self._unfolded = error
            raise
        self._outcomes.clear()
        self._carried.clear()
        self._tallied = 0

    def _fold(self, ledger: int) -> None:
        old, generation = self._journal, self._generation
        carried = self._carried_until()
        new = None
        if old is not None:
            generation += 1
            new = self._new_journal(generation)
        try:
            with transaction(self._connection):
                apply(self._connection, self._outcomes)
                self._tally(carried)
                set_generation(self._connection, ledger, generation if old else 0)
        except BaseException:
            if new is not None:
                new.close()
            raise
        if old is not None:
            old.close()
        self._journal, self._generation = new, generation

    def _tally(self, carried: Iterable[tuple[float, Mapping[int, int]]]) -> None:
        """Write what servers carried, inside a transaction of the caller; rehearsals count for nobody."""
        for at, letters in carried if not self.scope else ():
            tally(self._connection, letters, at)

    def _new_journal(self, generation: int) -> Journal:
        assert self._folder is not None
        self._folder.mkdir(parents=True, exist_ok=True)
        file = journal_file(self._folder, self.edition, self.scope, generation)
        return Journal(
            file, generation, claimed=self._claimed, committing=self._committing, server=self._server
        )

    # --- afterwards -----------------------------------------------------------------------------------------

    def counts(self) -> dict[State, int]:
        """Count deliveries by state, those not folded yet included; has every name of ``COUNTED``."""
        last = {outcome.delivery: outcome.state for outcome in self._outcomes}
        with guard(self._where):
            counts = count(self._connection, self._id)
            for delivery, state in last.items():
                query = "SELECT state FROM delivery WHERE id = ?"
                (number,) = self._connection.execute(query, (delivery,)).fetchone()
                counts[BY_NUMBER[number]] -= 1
                counts[state] += 1
        return counts

    def end(self, at: float | None = None) -> None:
        """End what ``begin`` began: fold everything; whoever is still under way is in doubt, as of now (``at``).

        What cannot be folded stays in the journal, for whoever opens the ledger next.

        Raises:
            StoreError: the disk is full.
        """
        if self._roster is None:
            return
        try:
            self._finish(time.time() if at is None else at)
        finally:
            self._stack.close()
            self._roster = None
            self._spans = []

    def close(self) -> None:
        """Release the lock; ends a run that was not ended."""
        release, self._release = self._release, None
        if release is None:
            return
        try:
            self.end()
        finally:
            release()

    def _finish(self, at: float) -> None:
        carried = [*self._carried_until(), (at, Counter(self._committing.values()))]
        self._outcomes += (
            Outcome(delivery, State.IN_DOUBT, at, reason=CUT_OFF) for delivery in sorted(self._committing)
        )
        journal, self._journal = self._journal, None
        with guard(self._where):
            try:
                if self._id is not None and (journal is not None or self._outcomes):
                    with transaction(self._connection):
                        apply(self._connection, self._outcomes)
                        self._tally(carried)
                        set_generation(self._connection, self._id, -self._generation if journal else 0)
                    # Only now: where a commit failed, the journal may be what counts.
                    if self._folder is not None:
                        remove_journals(self._folder, self.edition, self.scope)
            finally:
                if journal is not None:
                    journal.close()
        self._forget()

    def _forget(self) -> None:
        for under_way in (self._outcomes, self._committing, self._claimed, self._servers, self._carried):
            under_way.clear()
        self._server, self._tallied = UNKNOWN, 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
