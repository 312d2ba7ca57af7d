"""The one file of state: opened, migrated, checked; what mailing, status and run ask it for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

from digest.store.editions import EditionSummary, FrozenEdition
from digest.store.ledger import Ledger
from digest.store.status import Status

__all__ = ["Store"]


class Store:
    """State on disk (or in memory); use it as a context manager.

    A scope is ``""`` for real deliveries and a name (``inbox:…``, ``folder:…``, ``test:…``) for rehearsals.
    """

    path: Path | None

    @classmethod
    def open(cls, url: str) -> Store:
        """Open ``sqlite:///relative`` or ``sqlite:////absolute``, create it if it is not there, migrate it.

        Raises:
            UsageError: another kind of URL.
            StoreError: the file is damaged, from a newer version, or the disk is full; it is left untouched.
            ConfigurationError: it cannot be written, or its folder cannot be made.
        """
        raise NotImplementedError

    @classmethod
    def in_memory(cls) -> Store:
        """Make a store that forgets everything (dry runs, the API without a ledger)."""
        raise NotImplementedError

    @staticmethod
    def exists(url: str) -> bool:
        """Tell whether there is such a store, without making one."""
        raise NotImplementedError

    @property
    def message_id_key(self) -> bytes:
        """32 random bytes, made once per store."""
        raise NotImplementedError

    @property
    def cache(self) -> Path | None:
        """A folder for ``ListOptions.cache``, beside the store; None in memory."""
        raise NotImplementedError

    def freeze(self, edition: FrozenEdition, entries: Collection[str] = ()) -> None:
        """Keep an edition for good and bind its feed entries to it, in one transaction.

        Call it while holding the edition's lock. ValueError when the id stands already or an entry is bound.
        """
        raise NotImplementedError

    def replace(self, edition: FrozenEdition) -> None:
        """Put another text and letter under an edition's id (``--accept-change``); deliveries stay."""
        raise NotImplementedError

    def edition(self, edition_id: str) -> FrozenEdition | None:
        """Give a frozen edition."""
        raise NotImplementedError

    def editions(self, *, only_open: bool = False) -> tuple[EditionSummary, ...]:
        """List frozen editions, latest first."""
        raise NotImplementedError

    def bound(self, entries: Collection[str]) -> set[str]:
        """Tell which feed entries belong to an edition or were marked seen."""
        raise NotImplementedError

    def mark_seen(self, entries: Collection[str]) -> None:
        """Mark feed entries as never to be mailed."""
        raise NotImplementedError

    def feed_state(self, url: str) -> str | None:
        """Give what ``save_feed_states`` kept for a feed."""
        raise NotImplementedError

    def save_feed_states(self, states: Mapping[str, str]) -> None:
        """Keep JSON text per feed URL, in one transaction."""
        raise NotImplementedError

    def lock(self, edition: str, scope: str = "") -> AbstractContextManager[None]:
        """Hold an edition's lock; nests within one Store, survives no process.

        Raises:
            LockedError: another run holds it.
        """
        raise NotImplementedError

    def ledger(self, edition: str, scope: str = "", *, list_name: str = "") -> Ledger:
        """Open the ledger of an edition under its lock (close it, or use it as a context manager).

        Rows found committing become in doubt. Nothing is written before something is delivered.

        Raises:
            LockedError: another run holds the lock.
            StoreError: the ledger or its journal is damaged.
        """
        raise NotImplementedError

    def status(self, edition: str, scope: str = "") -> Status | None:
        """Tell how an edition stands, also while another run sends it; None if nothing is known of it."""
        raise NotImplementedError

    def scopes(self, edition: str) -> tuple[str, ...]:
        """List the scopes in which an edition was delivered."""
        raise NotImplementedError

    def latest(self) -> tuple[str, str] | None:
        """Give edition and scope of the latest delivery run, real ones first."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the file."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
