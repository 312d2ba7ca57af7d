"""Poll sources for ``digest run``, and bring the whole text of what was chosen.

A feed is asked with the validators of its last answer. A failing source is asked again later and later, up to a
day apart, or when its server says so (Retry-After); one that answers 410 is never asked again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from digest.errors import DigestError
from digest.model import Article, Clock, Source
from digest.reading.articles import article_of, form_and_text, is_json_feed
from digest.reading.collecting import Collected, bring, collect, item_id
from digest.reading.entries import Entry, FeedReading, FeedState
from digest.reading.fetching import Fetched, GoneError, NotNowError, fetch
from digest.reading.language import language_of
from digest.reading.lines import word_count
from digest.reading.options import DEFAULT_OPTIONS, ReadingOptions
from digest.reading.sniffing import Form
from digest.reading.urls import is_address

__all__ = ["full_text", "poll"]

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
        title, entries = await _entries(name, fetched, options)
    except DigestError as error:
        return _failed(known, error, clock.now())
    good = replace(good, etag=fetched.etag, last_modified=fetched.last_modified)
    return FeedReading(state=good, entries=entries, title=title, was_first=was_first)


async def full_text(entry: Entry, *, options: ReadingOptions = DEFAULT_OPTIONS) -> Article:
    """Give the entry's article whole: fetched where the feed truncated it, else (or on failure) as it is.

    The feed's word on title, byline and date stays where it has one; the longer text wins.
    """
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


async def _entries(
    name: str, fetched: Fetched, options: ReadingOptions
) -> tuple[str | None, tuple[Entry, ...]]:
    from digest.reading.feeds import parse_feed, parse_opml

    source = Source(
        name=name,
        content=fetched.content,
        media_type=fetched.media_type,
        charset=fetched.charset,
        url=fetched.url,
    )
    form, text = await asyncio.to_thread(form_and_text, source, options)
    if form is Form.FEED or (form is Form.JSON and is_json_feed(text)):
        feed = await asyncio.to_thread(parse_feed, source.content, source=name, url=source.url)
        return feed.title, feed.entries
    if form is Form.OPML:
        items = await collect(
            parse_opml(source.content, source=name), options=replace(options, full_text=False)
        )
        return None, _collected_entries(name, items)
    article = await asyncio.to_thread(article_of, source, options)

    return article.site, (Entry(id=item_id(article), article=article, source=name),)


async def _poll_files(name: str, known: FeedState, clock: Clock, options: ReadingOptions) -> FeedReading:
    items = await collect([name], options=replace(options, full_text=False, entries_per_feed=20_000))
    entries = _collected_entries(name, items)
    problems = [item.content for item in items if isinstance(item.content, DigestError)]
    if problems and not entries:
        raise problems[0]
    good = replace(known, failures=0, retry_at=None, polled_at=clock.now())
    return FeedReading(state=good, entries=entries, was_first=known.polled_at is None)


def _collected_entries(name: str, items: Sequence[Collected]) -> tuple[Entry, ...]:
    from digest.reading.feeds import moment_of

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
