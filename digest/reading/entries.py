"""Feed entries and what is remembered about a feed between two runs: plain values, no behaviour to speak of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from digest.errors import DigestError
from digest.model import Article

__all__ = ["REPORT_AFTER", "Entry", "FeedReading", "FeedState", "Told", "Written"]

REPORT_AFTER = 3
"""A feed is reported at this many failures in a row: one or two are blips of somebody's server."""


@dataclass(frozen=True, slots=True)
class Written:
    """A body as its feed wrote it: with markup, unless ``is_plain``."""

    text: str
    is_plain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a feed, or one article of another source, before it is chosen.

    ``id`` is stable over runs: the feed's guid, else the canonical address, else a hash of title and text.
    ``published`` and ``updated`` are seconds since the epoch. ``article`` holds what the feed itself gave, perhaps
    an excerpt: then ``is_truncated``, and ``full_text`` brings the rest. ``source`` is the SOURCE polled, ``feed``
    the feed of a list that it stands in.

    While ``written`` holds anything, nobody has read the body yet: ``article`` has no paragraphs, and
    ``feeds.opened`` gives the entry with them. Most entries of a feed are old, and are never opened.
    """

    id: str
    article: Article
    source: str
    feed_title: str | None = None
    published: float | None = None
    updated: float | None = None
    is_truncated: bool = False
    position: int = 0
    written: tuple[Written, ...] = ()
    feed: str | None = None

    @property
    def title(self) -> str | None:
        """The entry's headline, where it has one."""
        return self.article.title

    @property
    def url(self) -> str | None:
        """Where the whole story is."""
        return self.article.url


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A story that went into an edition lately: how another feed's telling of it is known again.

    ``moment`` is when it was published, or else found. ``sketch`` is ``sketching.sketch`` of its text.
    """

    moment: float
    address: str | None = None
    sketch: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "sketch", tuple(self.sketch))


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What is kept about one source between runs, as JSON.

    ``failures`` counts in a row; before ``retry_at`` (epoch seconds) the source is left alone. ``is_gone`` says
    that it answered 410: it is never asked again. ``polled_at`` is the last success, None before the first.
    ``told`` is what it brought into editions lately: a feed that answers 304 shows it no more. ``feeds`` has a
    state for each feed of a list of feeds.

    What ``json.loads`` makes of ``dataclasses.asdict`` builds the same value again.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    failures: int = 0
    retry_at: float | None = None
    polled_at: float | None = None
    is_gone: bool = False
    told: tuple[Told, ...] = ()
    feeds: tuple[FeedState, ...] = ()

    def __post_init__(self) -> None:
        told = tuple(
            Told(**one) if isinstance(one, dict) else one for one in cast("Sequence[Any]", self.told)
        )
        feeds = tuple(
            FeedState(**one) if isinstance(one, dict) else one for one in cast("Sequence[Any]", self.feeds)
        )
        object.__setattr__(self, "told", told)
        object.__setattr__(self, "feeds", feeds)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedReading:
    """What polling a source gave: its entries in its own order, and its state after that.

    ``was_first`` is true where the source had never been polled with success. ``problem`` is set where it failed.
    ``feeds`` are the readings of a list of feeds, one for each; ``entries`` then holds all of theirs.
    """

    state: FeedState
    entries: tuple[Entry, ...] = ()
    title: str | None = None
    problem: DigestError | None = None
    was_first: bool = False
    is_unchanged: bool = False
    feeds: tuple[FeedReading, ...] = ()

    @property
    def reportable(self) -> bool:
        """Whether the failure is worth a person's time: told once, when it keeps failing, not at every blip."""
        if self.problem is None:
            return False
        if any(feed.reportable for feed in self.feeds):
            return True
        return self.state.failures == REPORT_AFTER or self.state.is_gone
