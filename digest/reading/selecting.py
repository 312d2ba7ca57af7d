"""Choose what goes into the next edition: pure.

Entries pass: those already bound are dropped, then those outside the window, then those the filters refuse; what
tells the same story is merged (the others become further sources), ranked, and cut to the limits.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from digest.reading.entries import Entry, FeedReading, FeedState

__all__ = ["Selection", "SelectionOptions", "Story", "select", "settle"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionOptions:
    """What an edition takes. The mappings are by source name and go before the general value.

    ``include``: only entries with one of these words in title or text; ``exclude``: none with one of them.
    """

    window_days: float = 7
    stories: int = 10
    stories_per_source: int | None = None
    limits: Mapping[str, int] = field(default_factory=dict)
    include: Mapping[str, Sequence[str]] = field(default_factory=dict)
    exclude: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One story of an edition, and the entries of other sources that tell the same."""

    entry: Entry
    further: tuple[Entry, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id that is to be bound with this story."""
        return (self.entry.id, *(entry.id for entry in self.further))


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The stories in their order, and the ids that no edition will ever take (to be marked seen)."""

    stories: tuple[Story, ...] = ()
    passed: tuple[str, ...] = ()


def select(
    readings: Sequence[FeedReading],
    *,
    bound: Collection[str],
    now: float,
    options: SelectionOptions = SelectionOptions(),
) -> Selection:
    """Choose the stories of the next edition; ``bound`` holds the ids already in one."""
    raise NotImplementedError


def settle(
    reading: FeedReading,
    *,
    bound: Collection[str],
    now: float,
    options: SelectionOptions = SelectionOptions(),
) -> FeedState:
    """Give the state to store once ``bound`` ids are bound: with validators only if nothing is left to mail."""
    raise NotImplementedError
