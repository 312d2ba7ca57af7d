"""A transport that keeps what it is given, for tests and for programs that carry the letters on themselves.

The recording one of the Transport protocol: every parcel is accepted at once. Deliveries to it are a
rehearsal, with a ledger scope of its own for each transport object.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable

from digest.errors import UsageError
from digest.model import Connection, Observer, Parcel, Receipt, Stage

__all__ = ["MemoryTransport", "from_url"]

_KEPT = Receipt(Stage.DOT, 250, "2.0.0 kept in memory", "2.0.0")


class MemoryTransport:
    """Keeps parcels, in the order in which they were sent."""

    def __init__(self) -> None:
        self.parcels: list[Parcel] = []
        self._scope = f"memory:{secrets.token_hex(8)}"

    @property
    def name(self) -> str:
        """What the plan shows."""
        return "memory:"

    async def open(self) -> Connection:
        """Open a connection, of which there may be many."""
        return _MemoryConnection(self.parcels, self._scope)


def from_url(url: str, *, password: Callable[[], str] | None = None) -> MemoryTransport:  # noqa: ARG001  # a factory's shape
    """Give the transport of ``memory:``.

    Raises:
        UsageError: something stands behind the colon.
    """
    if url.partition(":")[2]:
        raise UsageError("memory: has no parts", hint="write memory:")
    return MemoryTransport()


class _MemoryConnection:
    def __init__(self, parcels: list[Parcel], scope: str) -> None:
        self._parcels = parcels
        self._scope = scope

    @property
    def rehearsal(self) -> str | None:
        return self._scope

    async def send(self, next_parcel: Callable[[], Parcel | None], observer: Observer) -> None:
        while (parcel := next_parcel()) is not None:
            observer.committing(parcel)
            self._parcels.append(parcel)
            observer.answered(parcel, _KEPT)
            await asyncio.sleep(0)  # as on a real wire, others get their turn between two letters

    async def close(self) -> None:
        """There is nothing to close."""
