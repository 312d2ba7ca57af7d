"""Poll sources for ``digest run``, and bring the whole text of what was chosen."""

from __future__ import annotations

from digest.model import Article, Clock
from digest.reading.entries import Entry, FeedReading, FeedState
from digest.reading.options import ReadingOptions

__all__ = ["full_text", "poll"]


async def poll(
    name: str, *, state: FeedState | None, clock: Clock, options: ReadingOptions = ReadingOptions()
) -> FeedReading:
    """Ask one source (a feed, a page, a file, a folder) what it holds now; never raises for an expected failure."""
    raise NotImplementedError


async def full_text(entry: Entry, *, options: ReadingOptions = ReadingOptions()) -> Article:
    """Give the entry's article whole: fetched where the feed truncated it, else (or on failure) as it is."""
    raise NotImplementedError
