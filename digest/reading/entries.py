"""Feed entries and what is remembered about a feed between two runs: plain values, no behaviour to speak of."""

from __future__ import annotations

from dataclasses import dataclass

from digest.errors import DigestError
from digest.model import Article

__all__ = ["REPORT_AFTER", "Entry", "FeedReading", "FeedState"]

REPORT_AFTER = 3
"""A feed is reported at this many failures in a row: one or two are blips of somebody's server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a feed, or one article of another source, before it is chosen.

    ``id`` is stable over runs: the feed's guid, else the canonical address, else a hash of title and text.
    ``published`` and ``updated`` are seconds since the epoch. ``article`` holds what the feed itself gave, perhaps
    an excerpt: then ``is_truncated``, and ``full_text`` brings the rest. ``source`` is the SOURCE polled.
    """

    id: str
    article: Article
    source: str
    feed_title: str | None = None
    published: float | None = None
    updated: float | None = None
    is_truncated: bool = False
    position: int = 0

    @property
    def title(self) -> str | None:
        """The entry's headline, where it has one."""
        return self.article.title

    @property
    def url(self) -> str | None:
        """Where the whole story is."""
        return self.article.url


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What is kept about one source between runs, as JSON scalars.

    ``failures`` counts in a row; before ``retry_at`` (epoch seconds) the source is left alone. ``is_gone`` says
    that it answered 410: it is never asked again. ``polled_at`` is the last success, None before the first.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    failures: int = 0
    retry_at: float | None = None
    polled_at: float | None = None
    is_gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedReading:
    """What polling a source gave: its entries in its own order, and its state after that.

    ``was_first`` is true where the source had never been polled with success. ``problem`` is set where it failed.
    """

    state: FeedState
    entries: tuple[Entry, ...] = ()
    title: str | None = None
    problem: DigestError | None = None
    was_first: bool = False
    is_unchanged: bool = False

    @property
    def reportable(self) -> bool:
        """Whether the failure is worth a person's time: told once, when it keeps failing, not at every blip."""
        return self.problem is not None and (self.state.failures == REPORT_AFTER or self.state.is_gone)
