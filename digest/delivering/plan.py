"""Who is owed a letter, and why everybody else is not: pure decisions over what the ledger says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from digest.delivering.options import DeliveryOptions
from digest.model import Letter, Subscriber
from digest.store.ledger import Ledger
from digest.store.roster import Roster

__all__ = ["PlanSummary", "plan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSummary:
    """What a run would do, in figures. Nothing was written to find out.

    ``owed`` people get a letter in this run (``limit`` applied); ``skipped`` counts by reason in words;
    ``domains`` are the largest recipient domains with their share of ``owed``, largest first.
    """

    owed: int
    skipped: Mapping[str, int]
    domains: tuple[tuple[str, int], ...]
    domain_count: int
    duplicates: int
    suppressed: int
    invalid: int
    total_bytes: int
    minutes: float | None
    problems: tuple[str, ...] = ()


def plan(
    letter: Letter,
    subscribers: Roster | Iterable[Subscriber],
    *,
    ledger: Ledger | None = None,
    options: DeliveryOptions | None = None,
) -> PlanSummary:
    """Tell what ``deliver`` would do, without writing anything.

    Raises:
        InvalidListError: the letter needs a column that the list has not.
    """
    raise NotImplementedError
