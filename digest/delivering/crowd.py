"""How many connections are used at once: at once fewer when the server objects, slowly more again.

Half of them when it answers 421 or 4xx to letters, those that stand when it turns another one away, and one more for
each minute without objection, up to what was asked for. Pure: times are seconds of a monotonic clock.

Source: additive increase, multiplicative decrease, as congestion control has it (RFC 5681 3.1) and Postfix's queue
manager for its destinations.
"""

from __future__ import annotations

from typing import Final

__all__ = ["Crowd"]

_GROWS_AFTER_SECONDS: Final = 60.0
_ONE_OBJECTION_SECONDS: Final = 5.0  # what was under way when the server objected objects again


class Crowd:
    """Counts the workers that have or open a connection, and says whether there may be one more."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._grows_at = float("inf")
        self._objected_at = float("-inf")
        self.allowed = most
        self.working = 0

    def wait(self, now: float) -> float:
        """Tell how many seconds to wait for a place; 0 when there is one."""
        if self.allowed < self._most and now >= self._grows_at:
            self.allowed += 1
            self._grows_at = now + _GROWS_AFTER_SECONDS
        return (
            0.0 if self.working < self.allowed else max(0.1, min(_GROWS_AFTER_SECONDS, self._grows_at - now))
        )

    def enter(self) -> None:
        """Take a place."""
        self.working += 1

    def leave(self) -> None:
        """Give a place up."""
        self.working -= 1

    def turned_away(self, now: float) -> None:
        """Note that the server took no further connection beside those that work; the place is given up."""
        self.leave()
        self.allowed = max(1, min(self.allowed, self.working))
        self._grows_at = now + _GROWS_AFTER_SECONDS

    def objected(self, now: float) -> None:
        """Note that the server wants us slower."""
        if now - self._objected_at >= _ONE_OBJECTION_SECONDS:
            self.allowed = max(1, self.allowed // 2)
            self._objected_at = now
        self._grows_at = now + _GROWS_AFTER_SECONDS

    def dismisses(self) -> bool:
        """Tell a worker between two letters whether it is one too many; if so its place is given up."""
        if self.working <= self.allowed:
            return False
        self.leave()
        return True
