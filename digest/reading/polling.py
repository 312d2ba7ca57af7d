"""Poll sources for ``digest run``, and bring the whole text of what was chosen.

A feed is asked with the validators of its last answer. A failing source is asked again later and later, up to a
day apart, or when its server says so (Retry-After); one that answers 410 is never asked again. Each feed of a list
of feeds (OPML) is a source of its own in all of this, with its own state inside the list's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from digest.errors import DigestError, TryAgainError
from digest.model import Article, Clock, Source
from digest.reading.articles import article_of, form_and_text
from digest.reading.collecting import Collected, bring, collect, head_form, is_feed, item_id
from digest.reading.entries import Entry, FeedReading, FeedState
from digest.reading.feeds import moment_of, opened, parse_feed, parse_opml
from digest.reading.fetching import Fetched, GoneError, NotNowError, fetch
from digest.reading.files import expand, read_file
from digest.reading.language import language_of
from digest.reading.lines import word_count
from digest.reading.options import DEFAULT_OPTIONS, ReadingOptions
from digest.reading.sniffing import Form
from digest.reading.urls import is_address

__all__ = ["full_text", "poll"]

_AT_ONCE = 8  # feeds of a list polled at the same time; hosts have their own politeness
_LONGEST_PAUSE = 86_400.0  # a day
_FIRST_PAUSE = 300.0  # doubles with each failure in a row, from the second on


async def poll(
    name: str, *, state: FeedState | None, clock: Clock, options: ReadingOptions = DEFAULT_OPTIONS
) -> FeedReading:
    """Ask one source (a feed, a page, a file, a folder) what it holds now; never raises for an expected failure."""
    known = state or FeedState(url=name)
    was_first = known.polled_at is None
    if known.is_gone or (known.retry_at is not None and clock.now() < known.retry_at):
        return FeedReading(state=known, is_unchanged=True)
    try:
        if not is_address(name):
            return await _poll_files(name, known, clock, options)
        fetched = await fetch(name, options=options, etag=known.etag, last_modified=known.last_modified)
        good = replace(known, failures=0, retry_at=None, polled_at=clock.now())
        if fetched.is_unchanged:
            return FeedReading(state=good, is_unchanged=True)
        source = _source(name, fetched)
        if await asyncio.to_thread(_form, source, options) is Form.OPML:
            return await _poll_list(source, good, clock, options)
        title, entries = await _entries(source, options)
    except DigestError as error:
        return _failed(known, error, clock.now())
    good = replace(good, etag=fetched.etag, last_modified=fetched.last_modified)
    return FeedReading(state=good, entries=entries, title=title, was_first=was_first)


async def full_text(entry: Entry, *, options: ReadingOptions = DEFAULT_OPTIONS) -> Article:
    """Give the entry's article whole: fetched where the feed truncated it, else (or on failure) as it is.

    The feed's word on title, byline and date stays where it has one; the longer text wins.
    """
    entry = await asyncio.to_thread(opened, entry)
    own = entry.article
    if not (entry.is_truncated and options.full_text and own.url):
        return _with_language(own)
    try:
        source = await bring(own.url, options)
        found = await asyncio.to_thread(article_of, source, options)
    except DigestError:
        return _with_language(own)  # the excerpt is an honest text too, and the feed vouches for it
    if sum(map(word_count, found.paragraphs)) <= sum(map(word_count, own.paragraphs)):
        return _with_language(replace(own, image=own.image or found.image))
    return replace(
        found,
        title=own.title or found.title,
        byline=own.byline or found.byline,
        published=own.published or found.published,
        language=found.language or own.language,
        url=own.url,
        site=own.site or found.site,
    )


def _with_language(article: Article) -> Article:
    return (
        article if article.language else replace(article, language=language_of("\n".join(article.paragraphs)))
    )


def _source(name: str, fetched: Fetched) -> Source:
    return Source(
        name=name,
        content=fetched.content,
        media_type=fetched.media_type,
        charset=fetched.charset,
        url=fetched.url,
    )


def _form(source: Source, options: ReadingOptions) -> Form:
    """See what came; of a feed only the head is decoded, since its parser takes bytes."""
    return head_form(source) or form_and_text(source, options)[0]


async def _entries(source: Source, options: ReadingOptions) -> tuple[str | None, tuple[Entry, ...]]:
    if await asyncio.to_thread(is_feed, source, options):
        feed = await asyncio.to_thread(parse_feed, source.content, source=source.name, url=source.url)
        return feed.title, feed.entries
    article = await asyncio.to_thread(article_of, source, options)
    return article.site, (Entry(id=item_id(article), article=article, source=source.name),)


async def _poll_list(source: Source, good: FeedState, clock: Clock, options: ReadingOptions) -> FeedReading:
    """Poll each feed of a list; the list itself is asked for whole each time, since its feeds change without it."""
    known = {state.url: state for state in good.feeds}
    names = parse_opml(source.content, source=source.name, url=source.url)
    places = asyncio.Semaphore(_AT_ONCE)

    async def one(name: str) -> FeedReading:
        async with places:
            return await poll(name, state=known.get(name), clock=clock, options=options)

    feeds = tuple(await asyncio.gather(*map(one, names)))
    entries = tuple(
        replace(entry, source=source.name, feed=feed.state.url) for feed in feeds for entry in feed.entries
    )
    return FeedReading(
        state=replace(good, feeds=tuple(feed.state for feed in feeds)),
        entries=entries,
        problem=_problem_of_list(source.name, feeds),
        was_first=good.polled_at is None or any(feed.was_first for feed in feeds),
        feeds=feeds,
    )


def _problem_of_list(name: str, feeds: Sequence[FeedReading]) -> DigestError | None:
    """Tell the feeds of a list that keep failing in one message."""
    failing = [feed for feed in feeds if feed.reportable]
    if not failing:
        return None
    told = "; ".join(f"{feed.state.url}: {feed.problem.what}" for feed in failing if feed.problem)
    return TryAgainError(
        f"{len(failing)} of its {len(feeds)} feeds keep failing: {told}",
        where=name,
        hint="take them out of the list, or wait",
    )


async def _poll_files(name: str, known: FeedState, clock: Clock, options: ReadingOptions) -> FeedReading:
    """Poll a file, a folder or a pattern; a feed among the files is read as one, unopened."""
    good = replace(known, failures=0, retry_at=None, polled_at=clock.now())
    entries: list[Entry] = []
    problem: DigestError | None = None
    for path in await asyncio.to_thread(expand, name, options):
        try:
            source = await asyncio.to_thread(read_file, path, options)
            form = await asyncio.to_thread(_form, source, options)
            if form is Form.OPML:
                listed = await _poll_list(replace(source, name=name), good, clock, options)
                if str(path) == name:
                    return listed
                entries += listed.entries
            elif form is Form.JSON and not await asyncio.to_thread(is_feed, source, options):
                items = await collect([str(path)], options=options)
                entries += _collected_entries(name, items)
            else:
                _, found = await _entries(source, options)
                entries += (replace(entry, source=name) for entry in found)
        except DigestError as error:
            problem = problem or error
    if problem and not entries:
        raise problem
    dated = (_with_date(replace(entry, position=at)) for at, entry in enumerate(entries))
    return FeedReading(state=good, entries=tuple(dated), was_first=known.polled_at is None)


def _with_date(entry: Entry) -> Entry:
    """Date an article that no feed dates by its own word."""
    if entry.published is not None or entry.updated is not None:
        return entry
    return replace(entry, published=moment_of(entry.article.published))


def _collected_entries(name: str, items: Sequence[Collected]) -> tuple[Entry, ...]:
    found = []
    for at, item in enumerate(items):
        if item.entry is None or isinstance(item.content, DigestError):
            continue
        article = item.content if isinstance(item.content, Article) else item.content.article
        found.append(
            Entry(
                id=item.entry,
                article=article,
                source=name,
                published=moment_of(article.published),
                position=at,
            )
        )
    return tuple(found)


def _failed(known: FeedState, error: DigestError, now: float) -> FeedReading:
    failures = known.failures + 1
    if error.where is None:
        error.where = known.url
    pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (failures - 2)) if failures > 1 else 0.0
    asked = error.retry_after if isinstance(error, NotNowError) else None
    state = replace(
        known,
        failures=failures,
        retry_at=now + (asked if asked is not None else pause),
        is_gone=isinstance(error, GoneError),
    )
    return FeedReading(state=state, problem=error, was_first=known.polled_at is None)
