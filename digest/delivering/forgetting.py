"""A ledger that lasts for one call: for programs that bring none."""

from __future__ import annotations

from digest.store.ledger import Ledger
from digest.store.store import Store

__all__ = ["forgetful_ledger"]


def forgetful_ledger(edition: str) -> Ledger:
    """Give a ledger in memory; nobody can be told later who was mailed."""
    return Store.in_memory().ledger(edition)
