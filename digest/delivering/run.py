"""Deliver: connections, letters filled as they go, receipts into the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from digest.delivering.options import DeliveryOptions
from digest.delivering.report import Progress, Report
from digest.model import Clock, Letter, Subscriber, Transport
from digest.store.ledger import Ledger
from digest.store.roster import Roster

__all__ = ["deliver", "rehearsal_of"]


async def rehearsal_of(transport: Transport) -> str | None:
    """Connect once to learn whether letters to this transport count; gives the ledger scope if not.

    Raises:
        TryAgainError, LoginRefusedError, TlsError, ServerRefusedError: as ``Transport.open``.
    """
    raise NotImplementedError


async def deliver(  # noqa: PLR0913  # the public verb: each argument is a part a caller may bring
    letter: Letter,
    subscribers: Roster | Iterable[Subscriber],
    *,
    transport: Transport,
    ledger: Ledger | None = None,
    options: DeliveryOptions | None = None,
    clock: Clock | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: asyncio.Event | None = None,
) -> Report:
    """Carry the letter to everyone it is owed to, and tell what came of it.

    Expected trouble (a server that refuses us, a full disk) ends the run and stands in the report's
    ``stopped_by``; it is not raised, since what was sent until then is worth a report. ``stop`` lets what is
    in flight finish; cancelling the task leaves it in doubt.

    Raises:
        InvalidListError: before anything is sent, when the list does not fit the letter.
    """
    raise NotImplementedError
