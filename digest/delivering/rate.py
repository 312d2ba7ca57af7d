"""Limits people think in: ``"500/day, 20/minute"``, as pure steps over a clock's seconds.

Limits up to a minute are pacing: letters leave evenly, since servers judge by bursts. Limits of an hour or a
day are quotas: letters leave as they come until it is used up.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from digest.errors import ConfigurationError

__all__ = ["Allowance", "Limit", "letters_per_minute", "parse_rate"]

_SECONDS: Final = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_LIMIT: Final = re.compile(r"([1-9][0-9]{0,8})\s*/\s*(s|sec|second|m|min|minute|h|hour|d|day)", re.IGNORECASE)
_PACED_UP_TO: Final = 60


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``count`` letters in any ``seconds``."""

    count: int
    seconds: int


def parse_rate(text: str | None) -> tuple[Limit, ...]:
    """Read a rate; None or an empty text is no limit.

    >>> parse_rate("500/day, 20/minute")
    (Limit(count=500, seconds=86400), Limit(count=20, seconds=60))

    Raises:
        ConfigurationError: it cannot be read.
    """
    limits = []
    for part in (text or "").split(","):
        if not part.strip():
            continue
        found = _LIMIT.fullmatch(part.strip())
        if found is None:
            raise ConfigurationError(
                f"'{part.strip()}' is no rate", where="rate", hint='write "500/day, 20/minute"'
            )
        unit = next(name for name in _SECONDS if name.startswith(found[2].lower()[:1]))
        limits.append(Limit(int(found[1]), _SECONDS[unit]))
    return tuple(limits)


def letters_per_minute(limits: tuple[Limit, ...]) -> float | None:
    """Give what the narrowest limit allows on average; None without one."""
    return min((60 * limit.count / limit.seconds for limit in limits), default=None)


class Allowance:
    """What the limits allow now; times are seconds of a monotonic clock."""

    def __init__(self, limits: tuple[Limit, ...]) -> None:
        self._gap = max(
            (one.seconds / one.count for one in limits if one.seconds <= _PACED_UP_TO), default=0.0
        )
        self._quotas = [(one, deque[float]()) for one in limits if one.seconds > _PACED_UP_TO]
        self._next = float("-inf")
        self._out = 0  # handed out and not answered: they count, and it is not known yet until when

    @property
    def has_limits(self) -> bool:
        """Tell whether there is anything to wait for."""
        return bool(self._gap or self._quotas)

    @property
    def remembers(self) -> Limit | None:
        """The longest quota, and how many letters of the past it has to know of."""
        quotas = [limit for limit, _ in self._quotas]
        if not quotas:
            return None
        return Limit(max(one.count for one in quotas), max(one.seconds for one in quotas))

    def remember(self, taken_at: Iterable[float]) -> None:
        """Count letters of earlier runs; times on the same clock, oldest first."""
        for at in taken_at:
            for _, taken in self._quotas:
                taken.append(at)

    @property
    def is_paced(self) -> bool:
        """Tell whether letters leave evenly."""
        return self._gap > 0

    def wait(self, now: float) -> float:
        """Tell how many seconds to wait before the next letter; 0 when it may leave."""
        return max(0.0, self._next - now, self.used_up(now))

    def used_up(self, now: float) -> float:
        """Tell for how many seconds a quota allows nothing more; 0 when there is room in all of them."""
        wait = 0.0
        for limit, taken in self._quotas:
            while taken and taken[0] <= now - limit.seconds:
                taken.popleft()
            # The one that has to grow old first: earlier runs may have had a higher limit.
            first = len(taken) + self._out - limit.count
            if first >= len(taken):
                wait = max(wait, limit.seconds)  # that one is still out: it counts from its answer
            elif first >= 0:
                wait = max(wait, taken[first] + limit.seconds - now)
        return wait

    def take(self, now: float) -> None:
        """Count one letter that leaves now."""
        self.hand_out(now)
        self.answered(now)

    def hand_out(self, now: float) -> None:
        """Count one letter that leaves now and of which ``answered`` will be told."""
        # From now, not from when it might have left: a pause is never followed by a burst.
        self._next = now + self._gap
        self._out += 1

    def answered(self, now: float) -> None:
        """Note that one of those handed out was answered: who counts with us counts it from about now."""
        self._out -= 1
        for _, taken in self._quotas:
            taken.append(now)
