"""Choose what goes into the next edition: pure.

Entries pass: those already bound are dropped, then those outside the window, then those the filters refuse; what
tells the same story is merged (the others become further sources), ranked, and cut to the limits.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from digest.reading.entries import Entry, FeedReading, FeedState
from digest.shingles import SAME_TEXT, containment, shingles

_DAY: Final = 86_400.0
_TRACKING: Final = frozenset({"fbclid", "gclid", "mc_cid", "mc_eid", "ref", "cmpid", "icid"})

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
    taken = set(bound)
    fresh: list[Entry] = []
    passed: list[str] = []
    for reading in readings:
        for entry in reading.entries:
            if entry.id in taken:
                continue
            if _is_archive(entry, reading, now, options):
                # what was old when the source was first seen stays old: it never comes up again
                if reading.was_first:
                    passed.append(entry.id)
                continue
            if _is_wanted(entry, options):
                taken.add(entry.id)
                fresh.append(entry)
    stories = sorted(_merged(fresh), key=lambda story: _rank(story, now))
    return Selection(stories=tuple(_limited(stories, options)), passed=tuple(passed))


def settle(
    reading: FeedReading,
    *,
    bound: Collection[str],
    now: float,
    options: SelectionOptions = SelectionOptions(),
) -> FeedState:
    """Give the state to store once ``bound`` ids are bound: with validators only if nothing is left to mail."""
    left = any(
        entry.id not in bound and not _is_archive(entry, reading, now, options) and _is_wanted(entry, options)
        for entry in reading.entries
    )
    return replace(reading.state, etag=None, last_modified=None) if left else reading.state


def _moment(entry: Entry) -> float | None:
    return entry.published if entry.published is not None else entry.updated


def _is_archive(entry: Entry, reading: FeedReading, now: float, options: SelectionOptions) -> bool:
    """Older than the window; undated entries of a source seen for the first time may be of any age."""
    moment = _moment(entry)
    if moment is None:
        return reading.was_first and entry.feed_title is not None and entry.position >= options.stories
    return min(moment, now) < now - options.window_days * _DAY


def _is_wanted(entry: Entry, options: SelectionOptions) -> bool:
    text = " ".join((entry.title or "", *entry.article.paragraphs)).casefold()
    include = options.include.get(entry.source, ())
    if include and not any(word.casefold() in text for word in include):
        return False
    return not any(word.casefold() in text for word in options.exclude.get(entry.source, ()))


def _merged(entries: Sequence[Entry]) -> list[Story]:
    """Put entries that tell the same story together; the longest text speaks for them."""
    groups: list[tuple[list[Entry], frozenset[int], str | None]] = []
    for entry in sorted(entries, key=lambda entry: -sum(map(len, entry.article.paragraphs))):
        told = shingles(" ".join(entry.article.paragraphs) or entry.title or "")
        address = _canonical(entry.url)
        for group, group_told, group_address in groups:
            if (address is not None and address == group_address) or containment(
                told, group_told
            ) >= SAME_TEXT:
                group.append(entry)
                break
        else:
            groups.append(([entry], told, address))
    return [Story(entry=group[0], further=tuple(group[1:])) for group, _, _ in groups]


def _canonical(url: str | None) -> str | None:
    """Leave out what differs between two addresses of one page: scheme, www, fragment, tracking."""
    if url is None:
        return None
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    asked = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query)
        if not name.startswith("utm_") and name not in _TRACKING
    )
    return urlunsplit(("", host, parts.path.rstrip("/"), urlencode(asked), ""))


def _rank(story: Story, now: float) -> tuple[float, str, int]:
    """Newest first; each further source that tells the story is worth half a day."""
    moments = [moment for moment in map(_moment, (story.entry, *story.further)) if moment is not None]
    age = now - min(max(moments, default=now), now)
    return (age - len(story.further) * _DAY / 2, story.entry.source, story.entry.position)


def _limited(stories: Sequence[Story], options: SelectionOptions) -> list[Story]:
    kept: list[Story] = []
    counts: dict[str, int] = {}
    for story in stories:
        source = story.entry.source
        most = options.limits.get(source, options.stories_per_source)
        if most is not None and counts.get(source, 0) >= most:
            continue
        counts[source] = counts.get(source, 0) + 1
        kept.append(story)
        if len(kept) == options.stories:
            break
    return kept
