"""A ledger that lasts for one call, for programs that bring none: the one place here that knows who keeps ledgers."""

from __future__ import annotations

from contextlib import AbstractContextManager

from digest.model import Ledger
from digest.store.roster import Roster
from digest.store.store import Store

__all__ = ["forgetful_ledger"]


def forgetful_ledger(edition: str) -> AbstractContextManager[Ledger[Roster]]:
    """Give a ledger in memory; nobody can be told later who was mailed."""
    return Store.in_memory().ledger(edition)
