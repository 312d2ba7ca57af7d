"""What a run may be told: connections, limits, and what to do about the past's doubts."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from digest.delivering.rate import parse_rate
from digest.model import Expression
from digest.store.suppression import Suppression

__all__ = ["DeliveryOptions", "InDoubt"]


class InDoubt(enum.StrEnum):
    """What is done with people of whom only the server knows whether they have the letter."""

    HOLD = "hold"  # leave and report them
    SKIP = "skip"  # never mail them: at most once
    RESEND = "resend"  # mail them again: at least once


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryOptions:
    """How a run delivers.

    ``limit``: mail at most so many people in this run. ``rate``: ``"500/day, 20/minute"``; None: no limit.
    ``domain_rates``: the same for single recipient domains, by their A-labels in lower case.
    ``max_time_seconds``: how long the run may go on, waiting for a troubled server included; None: it ends by
    itself, and a server that is not there at the start is not waited for. ``max_attempts``: how often one
    letter is tried, and how often the server may fail in a row, before the run ends. ``where``: a condition on a
    subscriber's fields, as ``composing.parse_condition`` gives it; who does not meet it is skipped.

    Raises:
        ConfigurationError: a rate that cannot be read.
        ValueError: a number below one.
    """

    connections: int = 4
    limit: int | None = None
    in_doubt: InDoubt = InDoubt.HOLD
    max_time_seconds: float | None = None
    max_attempts: int = 3
    rate: str | None = None
    messages_per_connection: int | None = None
    suppression: Suppression = field(default_factory=Suppression)
    where: Expression | None = None
    domain_rates: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for rate in (self.rate, *self.domain_rates.values()):
            parse_rate(rate)
        for name in ("connections", "limit", "max_attempts", "messages_per_connection"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} is {value}, and must be at least 1")
