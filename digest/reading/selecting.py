"""Choose what goes into the next edition: pure.

Entries pass: those already bound are dropped, then those outside the window, then those the filters refuse; what
tells the same story is merged (the others become further sources), ranked, and cut to the limits.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from digest.reading.entries import Entry, FeedReading, FeedState
from digest.reading.urls import canonical
from digest.shingles import SAME_TEXT, containment, shingles

__all__ = ["Selection", "SelectionOptions", "Story", "select", "settle"]

_DAY = 86_400.0
_LEAST_SHINGLES = 8  # below ten words two texts share a run by chance


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
    options: SelectionOptions = DEFAULT_SELECTION,
) -> Selection:
    """Choose the stories of the next edition; ``bound`` holds the ids already in one.

    Ranked by age, where each further source that tells the story is a vote worth half a day; ties keep the
    order of the readings. Undated entries count as new, except that what a first poll leaves of them is passed
    over for good: an undated archive would otherwise trickle into editions for weeks.
    """
    fresh = [
        entry for reading in readings for entry in reading.entries if _is_wanted(entry, bound, now, options)
    ]
    ranked = sorted(_merge(fresh, bound, readings), key=lambda story: _age_days(story, now))
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
    """Give the state to store once ``bound`` ids are bound: with validators only if nothing is left to mail."""
    if reading.is_unchanged or not any(_is_wanted(entry, bound, now, options) for entry in reading.entries):
        return reading.state
    return replace(reading.state, etag=None, last_modified=None)


def _is_wanted(entry: Entry, bound: Collection[str], now: float, options: SelectionOptions) -> bool:
    if entry.id in bound or not (entry.article.paragraphs or entry.url):
        return False
    moment = _moment(entry)
    if moment is not None and now - moment > options.window_days * _DAY:
        return False
    text = " ".join((entry.title or "", *entry.article.paragraphs)).casefold()
    wanted, refused = options.include.get(entry.source, ()), options.exclude.get(entry.source, ())
    if wanted and not any(_has_word(text, word) for word in wanted):
        return False
    return not any(_has_word(text, word) for word in refused)


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


def _merge(entries: Sequence[Entry], bound: Collection[str], readings: Sequence[FeedReading]) -> list[Story]:
    """Merge what tells the same: equal addresses, else half of the shorter text's 3-shingles in the other.

    An entry that tells what a bound one of the same poll told already is no story any more.
    """
    old = [entry for reading in readings for entry in reading.entries if entry.id in bound]
    groups: list[list[Entry]] = [[entry] for entry in old]
    marks = [(_address(entry), _shingles(entry)) for entry in old]
    by_shingle: dict[int, set[int]] = {}
    for at, (_, runs) in enumerate(marks):
        for run in runs:
            by_shingle.setdefault(run, set()).add(at)
    for entry in entries:
        address, runs = _address(entry), _shingles(entry)
        near = Counter(at for run in runs for at in by_shingle.get(run, ()))
        same = next((at for at, (place, _) in enumerate(marks) if address and place == address), None)
        if same is None and len(runs) >= _LEAST_SHINGLES:
            same = next(
                (
                    at
                    for at, _ in near.most_common(5)
                    if len(marks[at][1]) >= _LEAST_SHINGLES and containment(runs, marks[at][1]) >= SAME_TEXT
                ),
                None,
            )
        if same is not None:
            groups[same].append(entry)
            continue
        for run in runs:
            by_shingle.setdefault(run, set()).add(len(groups))
        groups.append([entry])
        marks.append((address, runs))
    return [_story(group) for group in groups[len(old) :]]


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
