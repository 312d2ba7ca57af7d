"""The one file of state: opened, migrated, checked; what mailing, status and run ask it for.

Beside ``NAME`` lies a folder ``NAME.d`` with what SQLite cannot hold: locks, the journals of runs under way,
and checked copies of lists. Only the journals matter, and only while a run is alive or was cut off.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

from digest.errors import LockedError
from digest.store import editions
from digest.store.database import connect, guard, parse_url, transaction
from digest.store.editions import EditionSummary, FrozenEdition
from digest.store.folding import recover, side_name, verify
from digest.store.ledger import Ledger
from digest.store.locking import hold
from digest.store.status import Status, read_status

__all__ = ["Store"]


class Store:
    """State on disk (or in memory); use it as a context manager.

    A scope is ``""`` for real deliveries and a name (``inbox:…``, ``folder:…``, ``test:…``) for rehearsals.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path | None) -> None:
        self._connection = connection
        self._held: dict[str, int] = {}
        self.path = path
        self._where = str(path or "store in memory")

    @classmethod
    def open(cls, url: str) -> Store:
        """Open ``sqlite:///relative`` or ``sqlite:////absolute``, create it if it is not there, migrate it.

        Raises:
            UsageError: another kind of URL.
            StoreError: the file is damaged, from a newer version, or the disk is full; it is left untouched.
            ConfigurationError: it cannot be written, or its folder cannot be made.
        """
        path = parse_url(url)
        return cls(connect(path), path)

    @classmethod
    def in_memory(cls) -> Store:
        """Make a store that forgets everything (dry runs, the API without a ledger)."""
        return cls(connect(None), None)

    @staticmethod
    def exists(url: str) -> bool:
        """Tell whether there is such a store, without making one."""
        return parse_url(url).exists()

    @property
    def message_id_key(self) -> bytes:
        """32 random bytes, made once per store."""
        with guard(self._where):
            row = self._connection.execute("SELECT value FROM meta WHERE name = 'message_id_key'").fetchone()
        return bytes(row[0])

    @property
    def cache(self) -> Path | None:
        """A folder for ``ListOptions.cache``, beside the store; None in memory."""
        return self._folder / "lists" if self._folder else None

    @property
    def _folder(self) -> Path | None:
        return self.path.with_name(f"{self.path.name}.d") if self.path else None

    # --- editions and feed entries --------------------------------------------------------------------------

    def freeze(self, edition: FrozenEdition, entries: Collection[str] = (), *, again: bool = False) -> None:
        """Keep an edition for good and bind its entries to it, in one transaction.

        Call it while holding the edition's lock. ``again``: entries of another edition are meant to be mailed once
        more, and stay bound to it. ValueError when the id stands already.

        Raises:
            TryAgainError: an entry was bound to another edition, and ``again`` is not said.
        """
        with self._writing():
            editions.freeze(self._connection, edition, entries, again=again)

    def replace(self, edition: FrozenEdition, entries: Collection[str] = ()) -> None:
        """Put another text and letter under an edition's id (``--accept-change``); deliveries stay."""
        with self._writing():
            editions.replace(self._connection, edition, entries)

    def edition(self, edition_id: str) -> FrozenEdition | None:
        """Give a frozen edition.

        Raises:
            StoreError: its content was changed by something else than Digest.
        """
        with guard(self._where):
            return editions.read(self._connection, edition_id, where=self._where)

    def editions(self, *, only_open: bool = False) -> tuple[EditionSummary, ...]:
        """List frozen editions, latest first."""
        with guard(self._where):
            found = editions.summaries(self._connection)
        return tuple(summary for summary in found if summary.is_open or not only_open)

    def bound(self, entries: Collection[str]) -> set[str]:
        """Tell which feed entries belong to an edition or were marked seen."""
        with guard(self._where):
            query = "SELECT 1 FROM entry WHERE id = ?"
            return {entry for entry in entries if self._connection.execute(query, (entry,)).fetchone()}

    def holding(self, entries: Collection[str]) -> dict[str, str]:
        """Give the edition of each entry that has one (those only marked seen have none)."""
        with guard(self._where):
            return editions.holding(self._connection, entries)

    def mark_seen(self, entries: Collection[str]) -> None:
        """Mark feed entries as never to be mailed."""
        with self._writing():
            self._connection.executemany(
                "INSERT OR IGNORE INTO entry VALUES (?, NULL)", ((one,) for one in entries)
            )

    def feed_state(self, url: str) -> str | None:
        """Give what ``save_feed_states`` kept for a feed."""
        with guard(self._where):
            row = self._connection.execute("SELECT state FROM feed WHERE url = ?", (url,)).fetchone()
        return None if row is None else str(row[0])

    def save_feed_states(self, states: Mapping[str, str]) -> None:
        """Keep JSON text per feed URL, in one transaction."""
        with self._writing():
            self._connection.executemany("INSERT OR REPLACE INTO feed VALUES (?, ?)", states.items())

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        with guard(self._where), transaction(self._connection):
            yield

    # --- deliveries -----------------------------------------------------------------------------------------

    def lock(self, edition: str, scope: str = "") -> AbstractContextManager[None]:
        """Hold an edition's lock; nests within one Store, survives no process.

        Raises:
            LockedError: another run holds it.
        """
        return self._locked(edition, scope)

    @contextlib.contextmanager
    def _locked(self, edition: str, scope: str) -> Iterator[None]:
        name = side_name(edition, scope)
        folder = self._folder
        with contextlib.ExitStack() as stack:
            if folder is not None and not self._held.get(name):
                stack.enter_context(hold(folder / f"{name}.lock", what=f"edition '{edition}'"))
            self._held[name] = self._held.get(name, 0) + 1
            try:
                yield
            finally:
                self._held[name] -= 1

    def ledger(self, edition: str, scope: str = "", *, list_name: str = "") -> Ledger:
        """Open the ledger of an edition under its lock (close it, or use it as a context manager).

        Rows found committing become in doubt. ``list_name`` tells lists apart when people leave them; the
        roster's name where it is empty. Nothing is written before something is delivered.

        Raises:
            LockedError: another run holds the lock.
            StoreError: the ledger or its journal is damaged.
        """
        with contextlib.ExitStack() as stack:
            stack.enter_context(self._locked(edition, scope))
            return Ledger(
                self._connection,
                edition,
                scope,
                list_name=list_name,
                folder=self._folder,
                ledger_id=self._recover(edition, scope),
                message_id_key=self.message_id_key,
                release=stack.pop_all().close,
            )

    def _recover(self, edition: str, scope: str) -> int | None:
        with guard(self._where):
            # The wall clock only dates the doubt for people; nothing waits by it.
            ledger = recover(self._connection, edition, scope, folder=self._folder, now=time.time())
            if ledger is not None:
                verify(self._connection, ledger)
            return ledger

    def status(self, edition: str, scope: str = "") -> Status | None:
        """Tell how an edition stands, also while another run sends it; None if nothing is known of it."""
        # A lock that is held, here or elsewhere, means a run is alive and will fold its journal itself.
        if not self._held.get(side_name(edition, scope)):
            with contextlib.suppress(LockedError), self._locked(edition, scope):
                self._recover(edition, scope)
        with guard(self._where):
            return read_status(self._connection, edition, scope, message_id_key=self.message_id_key)

    def scopes(self, edition: str) -> tuple[str, ...]:
        """List the scopes in which an edition was delivered, latest first."""
        with guard(self._where):
            query = "SELECT scope FROM ledger WHERE edition = ? ORDER BY started DESC, id DESC"
            return tuple(scope for (scope,) in self._connection.execute(query, (edition,)))

    def latest(self) -> tuple[str, str] | None:
        """Give edition and scope of the latest run; a rehearsal only where there was no real one."""
        with guard(self._where):
            query = "SELECT edition, scope FROM ledger ORDER BY scope <> '', started DESC, id DESC LIMIT 1"
            row = self._connection.execute(query).fetchone()
        return None if row is None else (str(row[0]), str(row[1]))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
