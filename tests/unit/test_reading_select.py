"""What goes into the next edition, and what is kept about a feed."""

from __future__ import annotations

from dataclasses import replace

from digest.model import Article, Further
from digest.reading import Entry, FeedReading, FeedState, SelectionOptions, select, settle
from digest.shapes import article_from_json, article_to_json

NOW = 1_800_000_000.0
DAY = 86_400.0
WORDS = [
    "harbour",
    "garden",
    "library",
    "train",
    "ferry",
    "stove",
    "window",
    "basin",
    "seed",
    "plan",
    "winter",
    "room",
    "seat",
    "tide",
    "gull",
    "rope",
]  # a message or table row reads best whole


def entry(number: int, *, days: float | None = 1.0, source: str = "feed") -> Entry:
    turned = WORDS[number % 16 :] + WORDS[: number % 16]
    text = " ".join(f"{word}{number}" for word in turned)
    article = Article(
        title=f"Story {number}", paragraphs=[text], url=f"https://example.org/{source}/{number}"
    )
    published = None if days is None else NOW - days * DAY
    return Entry(
        id=f"{source}-{number}", article=article, source=source, published=published, position=number
    )


def reading(*entries: Entry, was_first: bool = False) -> FeedReading:
    return FeedReading(state=FeedState(url="feed", etag='"a"'), entries=entries, was_first=was_first)


def test_bound_and_old_entries_never_enter() -> None:
    """Only what is unbound and inside the window is taken, newest first."""
    chosen = select(
        [reading(entry(1, days=3), entry(2), entry(3), entry(4, days=8))], bound={"feed-2"}, now=NOW
    )
    assert [story.entry.id for story in chosen.stories] == ["feed-3", "feed-1"]


def test_limits_hold_in_all_and_per_source() -> None:
    """Ten stories by default; a source's own limit goes first."""
    many = [entry(number) for number in range(16)]
    assert len(select([reading(*many)], bound=(), now=NOW).stories) == 10
    options = SelectionOptions(limits={"feed": 2})
    assert len(select([reading(*many)], bound=(), now=NOW, options=options).stories) == 2


def test_the_same_story_of_two_feeds_is_one_with_a_further_source() -> None:
    """A teaser and the full text elsewhere are one story; both ids are bound with it."""
    full = entry(1)
    teaser = entry(9, source="other")
    teaser = replace(
        teaser,
        is_truncated=True,
        article=replace(teaser.article, paragraphs=[full.article.paragraphs[0][:120]], kinds=()),
    )
    [story] = select([reading(teaser), reading(full)], bound=(), now=NOW).stories
    assert story.ids == ("feed-1", "other-9")


def test_filters_take_whole_words() -> None:
    """Include and exclude look for words in title and text."""
    both = [reading(entry(1), entry(2))]
    only = SelectionOptions(include={"feed": ["story 1"]})
    assert [story.entry.id for story in select(both, bound=(), now=NOW, options=only).stories] == ["feed-1"]
    without = SelectionOptions(exclude={"feed": ["ferry2"]})
    assert [story.entry.id for story in select(both, bound=(), now=NOW, options=without).stories] == [
        "feed-1"
    ]


def test_an_undated_archive_is_passed_over_once() -> None:
    """What the first poll leaves of undated entries never trickles into later editions."""
    undated = [entry(number, days=None) for number in range(14)]
    chosen = select([reading(*undated, was_first=True)], bound=(), now=NOW)
    assert (len(chosen.stories), len(chosen.passed)) == (10, 4)


def test_validators_are_kept_only_when_nothing_is_left() -> None:
    """While an entry waits, the feed is asked for whole again: a 304 would hide it."""
    polled = reading(entry(1), entry(2))
    assert settle(polled, bound={"feed-1"}, now=NOW).etag is None
    assert settle(polled, bound={"feed-1", "feed-2"}, now=NOW).etag == '"a"'


def test_who_else_tells_a_story_survives_as_json() -> None:
    """What the child found comes back in the parent; a story told by one source alone has no such key."""
    told = Article(
        paragraphs=["The ferry leaves at nine."], further=[Further("Town", "https://example.org/2")]
    )
    assert article_from_json(article_to_json(told)) == told
    assert "further" not in article_to_json(replace(told, further=()))
