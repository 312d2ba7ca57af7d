"""Choose what goes into the next edition: pure.

Entries pass: those already bound are dropped, then those outside the window; the rest are opened (``feeds.opened``:
reading their markup is most of the work), and dropped where the filters refuse them or another feed told the same
in an earlier edition. What tells the same story is merged (the others become further sources), ranked, and cut to
the limits.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from digest.reading.entries import Entry, FeedReading, FeedState, Told
from digest.reading.feeds import opened
from digest.reading.sketching import is_same, sketch
from digest.reading.urls import canonical
from digest.shingles import SAME_TEXT, containment, shingles

__all__ = ["Selection", "SelectionOptions", "Story", "select", "settle"]

_DAY = 86_400.0
_LEAST_SHINGLES = 8  # below ten words two texts share a run by chance
_MOST_OPENED = 300  # unseen entries of one source in a run: an archive without dates is not an edition
_TOLD_WINDOWS = 2.0  # a copy comes days after its original, hardly ever later than two windows


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


DEFAULT_SELECTION = SelectionOptions()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One story of an edition, and the entries of other sources that tell the same."""

    entry: Entry
    further: tuple[Entry, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id that is to be bound with this story."""
        return tuple(dict.fromkeys((self.entry.id, *(entry.id for entry in self.further))))


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
    options: SelectionOptions = DEFAULT_SELECTION,
) -> Selection:
    """Choose the stories of the next edition; ``bound`` holds the ids already in one.

    Ranked by age, where each further source that tells the story is a vote worth half a day; ties keep the
    order of the readings. Undated entries count as new, except that what a first poll leaves of them is passed
    over for good: an undated archive would otherwise trickle into editions for weeks.
    """
    fresh = [
        entry
        for reading in readings
        for raw in _newest(reading, bound, now, options)
        if _passes(entry := opened(raw), options) and not _was_told(entry, readings)
    ]
    old = _mailed_lately(readings, bound, now, options) if fresh else []
    ranked = sorted(_merge(fresh, old), key=lambda story: _age_days(story, now))
    counts: Counter[str] = Counter()
    stories: list[Story] = []
    for story in ranked:
        source = story.entry.source
        most = options.limits.get(source, options.stories_per_source)
        if len(stories) < options.stories and (most is None or counts[source] < most):
            counts[source] += 1
            stories.append(story)
    chosen = {name for story in stories for name in story.ids}
    passed = [
        entry.id
        for reading in readings
        if reading.was_first
        for entry in reading.entries
        if _moment(entry) is None and entry.id not in chosen and entry.id not in bound
    ]
    return Selection(stories=tuple(stories), passed=tuple(dict.fromkeys(passed)))


def settle(
    reading: FeedReading,
    *,
    bound: Collection[str],
    now: float,
    options: SelectionOptions = DEFAULT_SELECTION,
) -> FeedState:
    """Give the state to store once ``bound`` ids are bound.

    It has validators only if nothing is left to mail, and remembers what was told: a feed that answers 304 next
    time shows its stories no more, and another feed may tell one of them again.
    """
    if reading.feeds:
        feeds = tuple(settle(feed, bound=bound, now=now, options=options) for feed in reading.feeds)
        return replace(reading.state, feeds=feeds)
    if reading.is_unchanged or reading.problem:
        return reading.state
    state = replace(reading.state, told=_told(reading, bound, now, options))
    left = any(
        _is_new(entry, bound, now, options) and _passes(entry, options) and not _was_told(entry, [reading])
        for entry in reading.entries
    )
    return replace(state, etag=None, last_modified=None) if left else state


def _is_new(entry: Entry, bound: Collection[str], now: float, options: SelectionOptions) -> bool:
    if entry.id in bound or not (entry.article.paragraphs or entry.written or entry.url):
        return False
    moment = _moment(entry)
    return moment is None or now - moment <= options.window_days * _DAY


def _passes(entry: Entry, options: SelectionOptions) -> bool:
    wanted, refused = options.include.get(entry.source, ()), options.exclude.get(entry.source, ())
    if not (wanted or refused):
        return True
    text = " ".join((entry.title or "", *opened(entry).article.paragraphs)).casefold()
    if wanted and not any(_has_word(text, word) for word in wanted):
        return False
    return not any(_has_word(text, word) for word in refused)


def _newest(
    reading: FeedReading, bound: Collection[str], now: float, options: SelectionOptions
) -> list[Entry]:
    """Give the unseen entries inside the window, in the feed's order; of very many the newest."""
    new = [entry for entry in reading.entries if _is_new(entry, bound, now, options)]
    if len(new) <= _MOST_OPENED:
        return new
    ranked = sorted(range(len(new)), key=lambda at: -(now if (found := _moment(new[at])) is None else found))
    return [new[at] for at in sorted(ranked[:_MOST_OPENED])]


def _mailed_lately(
    readings: Sequence[FeedReading], bound: Collection[str], now: float, options: SelectionOptions
) -> list[Entry]:
    oldest = now - _TOLD_WINDOWS * options.window_days * _DAY
    return [
        opened(entry)
        for reading in readings
        for entry in reading.entries
        if entry.id in bound and ((found := _moment(entry)) is None or found >= oldest)
    ]


def _told(
    reading: FeedReading, bound: Collection[str], now: float, options: SelectionOptions
) -> tuple[Told, ...]:
    """Remember the bound entries of a poll, and of earlier ones what is not too old."""
    oldest = now - _TOLD_WINDOWS * options.window_days * _DAY
    before = {one.sketch or one.address: one for one in reading.state.told if one.moment >= oldest}
    for entry in [entry for entry in reading.entries if entry.id in bound][:_MOST_OPENED]:
        found = _moment(entry)
        if found is not None and found < oldest:
            continue
        text = " ".join(opened(entry).article.paragraphs)
        one = Told(moment=now if found is None else found, address=_address(entry), sketch=sketch(text))
        before.setdefault(one.sketch or one.address, one)
    return tuple(before.values())


def _was_told(entry: Entry, readings: Sequence[FeedReading]) -> bool:
    """Tell whether an earlier edition had this story from a feed that need not show it any more."""
    states = [state for reading in readings for state in (reading.state, *reading.state.feeds) if state.told]
    if not states:
        return False
    address = _address(entry)
    if address and any(
        one.address == address for state in states if state.url != _feed(entry) for one in state.told
    ):
        return True
    own = sketch(" ".join(opened(entry).article.paragraphs))
    return any(is_same(own, one.sketch) for state in states for one in state.told)


def _feed(entry: Entry) -> str:
    return entry.feed or entry.source


def _has_word(text: str, word: str) -> bool:
    """Find a word or phrase as whole words; in scripts without spaces anywhere."""
    plain = word.casefold().strip()
    if not plain:
        return False
    return (
        plain in text
        if not plain.isascii()
        else re.search(rf"(?<!\w){re.escape(plain)}(?!\w)", text) is not None
    )


def _moment(entry: Entry) -> float | None:
    return entry.published if entry.published is not None else entry.updated


def _merge(entries: Sequence[Entry], old: Sequence[Entry]) -> list[Story]:
    """Merge what tells the same: equal ids or addresses, else half of the shorter text's 3-shingles in the other.

    An entry that tells what an ``old`` one, already mailed, told in the same poll is no story any more.
    """
    groups: list[list[Entry]] = []
    runs_of: list[frozenset[int]] = []
    by_id: dict[str, int] = {}
    by_address: dict[str, int] = {}
    by_shingle: dict[int, list[int]] = {}
    for entry in (*old, *entries):
        address, runs = _address(entry), _shingles(entry)
        same = by_address.get(address) if address else None
        if same is not None and _feed(groups[same][0]) == _feed(entry):
            same = None  # one feed's entries may all lead to one page: a changelog, a list of notices
        same = by_id.get(entry.id, same)  # the feeds of one site share the ids of its entries
        if same is None and len(groups) >= len(old):
            same = _nearest(runs, runs_of, by_shingle)
        if same is not None and len(groups) >= len(old):
            by_id.setdefault(entry.id, same)
            groups[same].append(entry)
            continue
        for run in runs:
            by_shingle.setdefault(run, []).append(len(groups))
        by_id.setdefault(entry.id, len(groups))
        if address:
            by_address.setdefault(address, len(groups))
        groups.append([entry])
        runs_of.append(runs)
    return [_story(group) for group in groups[len(old) :]]


def _nearest(
    runs: frozenset[int], runs_of: Sequence[frozenset[int]], by_shingle: Mapping[int, Sequence[int]]
) -> int | None:
    if len(runs) < _LEAST_SHINGLES:
        return None
    near = Counter(at for run in runs for at in by_shingle.get(run, ()))
    return next(
        (
            at
            for at, _ in near.most_common(5)
            if len(runs_of[at]) >= _LEAST_SHINGLES and containment(runs, runs_of[at]) >= SAME_TEXT
        ),
        None,
    )


def _story(group: Sequence[Entry]) -> Story:
    """Let the fullest text speak; of equals the first."""
    main = max(
        group, key=lambda entry: (not entry.is_truncated, min(sum(map(len, entry.article.paragraphs)), 2000))
    )
    return Story(entry=main, further=tuple(entry for entry in group if entry is not main))


def _address(entry: Entry) -> str | None:
    return canonical(entry.url) if entry.url else None


def _shingles(entry: Entry) -> frozenset[int]:
    return shingles(" ".join(entry.article.paragraphs))


def _age_days(story: Story, now: float) -> float:
    moments = [moment for entry in (story.entry, *story.further) if (moment := _moment(entry)) is not None]
    newest = min(max(moments, default=now), now)  # a date in the future is a mistake or an announcement: new
    sources = {entry.source for entry in (story.entry, *story.further)}
    return (now - newest) / _DAY - 0.5 * (len(sources) - 1)
