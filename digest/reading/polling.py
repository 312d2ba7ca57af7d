"""Poll sources for ``digest run``, and bring the whole text of what was chosen."""

from __future__ import annotations

from dataclasses import replace

from digest.errors import DigestError, InputMissingError
from digest.model import Article, Clock, Source
from digest.reading.collecting import articles_in, collect, sniff
from digest.reading.entries import REPORT_AFTER, Entry, FeedReading, FeedState
from digest.reading.fetching import Answer, Fetcher
from digest.reading.files import is_web_address
from digest.reading.options import DEFAULT_OPTIONS, ReadingOptions
from digest.reading.pasted import word_count

__all__ = ["full_text", "poll", "whole_article"]

_FIRST_WAIT = 900.0  # seconds a host is left alone that said "too many requests" without saying for how long


async def poll(
    name: str, *, state: FeedState | None, clock: Clock, options: ReadingOptions = DEFAULT_OPTIONS
) -> FeedReading:
    """Ask one source (a feed, a page, a file, a folder) what it holds now; never raises for an expected failure."""
    state = state or FeedState(url=name)
    now = clock.now()
    if state.is_gone or (state.retry_at is not None and now < state.retry_at):
        return FeedReading(state=state, is_unchanged=True)
    try:
        if is_web_address(name):
            return await _poll_address(name, state, now, options)
        return await _poll_files(name, state, now, options)
    except DigestError as error:
        failed = replace(state, failures=state.failures + 1)
        return FeedReading(state=failed, problem=error, was_first=state.polled_at is None)


async def full_text(entry: Entry, *, options: ReadingOptions = DEFAULT_OPTIONS) -> Article:
    """Give the entry's article whole: fetched where the feed truncated it, else (or on failure) as it is."""
    if not entry.is_truncated or not options.full_text:
        return entry.article
    return await whole_article(entry, Fetcher(options), options)


async def whole_article(entry: Entry, fetcher: Fetcher, options: ReadingOptions) -> Article:
    """Fetch the page behind a truncated entry and keep the longer text of the two."""
    if entry.url is None:
        return entry.article
    try:
        answer = await fetcher.get(entry.url)
        assert answer.source is not None
        found = articles_in(answer.source, options)[0]
    except DigestError:
        return (
            entry.article
        )  # the teaser is better than nothing, and the reason is the page's, not the feed's
    if not isinstance(found, Article) or _words(found) <= _words(entry.article):
        return entry.article
    return replace(
        found,
        title=entry.title or found.title,
        byline=entry.article.byline or found.byline,
        published=entry.article.published or found.published,
        url=found.url or entry.url,
        site=found.site or entry.article.site,
    )


async def _poll_address(name: str, state: FeedState, now: float, options: ReadingOptions) -> FeedReading:
    headers = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified}
    sent = {key: value for key, value in headers.items() if value} or {"Cache-Control": "max-age=0"}
    answer = await Fetcher(options).get(name, headers=sent)
    polled = replace(state, failures=0, retry_at=None, polled_at=now)
    if answer.status == 304:  # noqa: PLR2004  # not modified
        return FeedReading(state=polled, is_unchanged=True)
    if answer.status == 410:  # noqa: PLR2004  # gone for good: it is never asked again
        gone = InputMissingError(
            "the feed is gone for good (410)", where=name, hint="take it out of digest.toml"
        )
        return FeedReading(state=replace(state, is_gone=True, failures=REPORT_AFTER), problem=gone)
    if answer.status == 429:  # noqa: PLR2004  # too many requests
        return FeedReading(state=replace(state, retry_at=now + _wait(answer)), is_unchanged=True)
    assert answer.source is not None
    title, entries = await _entries(answer.source, options)
    polled = replace(polled, etag=answer.etag, last_modified=answer.last_modified)
    return FeedReading(state=polled, entries=entries, title=title, was_first=state.polled_at is None)


def _wait(answer: Answer) -> float:
    return answer.retry_after if answer.retry_after is not None else _FIRST_WAIT


async def _entries(source: Source, options: ReadingOptions) -> tuple[str | None, tuple[Entry, ...]]:
    from digest.reading.feeds import entries_of, entry_id

    if sniff(source, options)[0] == "feed":
        title, found = entries_of(source, limit=options.entries_per_feed)
        return title, tuple(found)
    articles = [content for content in articles_in(source, options) if isinstance(content, Article)]
    return None, tuple(
        Entry(id=entry_id(article), article=article, source=source.name, position=at)
        for at, article in enumerate(articles)
    )


async def _poll_files(name: str, state: FeedState, now: float, options: ReadingOptions) -> FeedReading:
    """Files have no guid: an article of a folder is known by its address or by what it says."""
    entries: list[Entry] = []
    problem: DigestError | None = None
    for item in await collect([name], options=options):
        if isinstance(item.content, DigestError):
            problem = item.content
        elif isinstance(item.content, Article) and item.entry is not None:
            entries.append(Entry(id=item.entry, article=item.content, source=name, position=len(entries)))
    if problem is not None and not entries:
        raise problem
    polled = replace(state, failures=0, polled_at=now)
    return FeedReading(state=polled, entries=tuple(entries), was_first=state.polled_at is None)


def _words(article: Article) -> int:
    return sum(word_count(paragraph) for paragraph in article.paragraphs)
