"""Read what a person names: one source into one article, or every SOURCE of a command in order."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from digest.errors import DigestError, InputMissingError, InvalidInputError, NothingToCondenseError
from digest.model import Article, Digest, Source
from digest.reading.articles import article_of, form_and_text, is_json_feed, json_items
from digest.reading.charsets import decode
from digest.reading.fetching import fetch
from digest.reading.files import expand, read_file
from digest.reading.options import DEFAULT_OPTIONS, ReadingOptions
from digest.reading.sniffing import Form, binary_type, document_form, form_of
from digest.reading.urls import canonical, is_address

__all__ = ["Collected", "collect", "read"]

_HEAD = 16_384  # bytes; a feed's first tag stands in them
_AT_ONCE = 8  # sources brought at the same time; hosts have their own politeness


@dataclass(frozen=True, slots=True)
class Collected:
    """One item of what was asked for: its article, its (edited) digest, or why there is none.

    ``name`` is what messages call it. ``entry`` is the item's stable id, None for an error.
    """

    name: str
    content: Article | Digest | DigestError
    entry: str | None = None


async def read(
    source: str | os.PathLike[str] | Source, *, options: ReadingOptions = DEFAULT_OPTIONS
) -> Article:
    """Read one source into one article.

    Raises:
        InputMissingError: there is no such file or address.
        NothingToCondenseError: there is no article in it: empty, a menu, a login page.
        InvalidInputError: it is binary, or holds several articles (a feed, a folder): use ``collect``.
        TryAgainError: the server did not answer now.
    """
    brought = source if isinstance(source, Source) else await bring(os.fspath(source), options)
    return await asyncio.to_thread(article_of, brought, options)


async def collect(
    names: Sequence[str], *, options: ReadingOptions = DEFAULT_OPTIONS, stdin: bytes | None = None
) -> list[Collected]:
    """Read every SOURCE in order, each expanded to its items; a failing one leaves its error in its place.

    ``stdin`` is what ``-`` stands for. A list of feeds gives the entries of all its feeds.
    """
    places = asyncio.Semaphore(_AT_ONCE)

    async def one(name: str) -> list[Collected]:
        async with places:
            return await _collect(name, options, stdin)

    return [item for items in await asyncio.gather(*map(one, names)) for item in items]


async def bring(name: str, options: ReadingOptions) -> Source:
    """Bring the bytes of a file or an address."""
    if is_address(name):
        fetched = await fetch(name, options=options)
        return Source(
            name=name,
            content=fetched.content,
            media_type=fetched.media_type,
            charset=fetched.charset,
            url=fetched.url,
        )
    if "://" in name and not Path(name).exists():
        raise InvalidInputError(
            "only http and https addresses are fetched", where=name, hint="save it to a file and give that"
        )
    return await asyncio.to_thread(read_file, Path(name), options)


async def _collect(name: str, options: ReadingOptions, stdin: bytes | None) -> list[Collected]:
    try:
        if name == "-":
            if stdin is None:
                raise InputMissingError(
                    "nothing was given on stdin", where="-", hint="pipe a text into the command"
                )
            if len(stdin) > options.max_bytes:
                raise InvalidInputError(
                    f"larger than {options.max_bytes / 1e6:g} MB", where="-", hint="give one article"
                )
            return await _items(Source(name="-", content=stdin), options)
        if is_address(name) or "://" in name:
            return await _items(await bring(name, options), options)
        paths = await asyncio.to_thread(expand, name, options)
    except DigestError as error:
        return [Collected(name, error)]
    found: list[Collected] = []
    for path in paths:
        try:
            found += await _items(await asyncio.to_thread(read_file, path, options), options)
        except DigestError as error:
            found.append(Collected(str(path), error))
    return found


async def _items(source: Source, options: ReadingOptions) -> list[Collected]:
    """Expand one brought source; raises what concerns it as a whole."""
    if await asyncio.to_thread(is_feed, source, options):
        return await _feed_items(source, options)
    form, text = await asyncio.to_thread(form_and_text, source, options)
    if form is Form.OPML:
        from digest.reading.feeds import parse_opml

        names = parse_opml(source.content, source=source.name, url=source.url)
        return await collect(names, options=options)
    if form is Form.JSON:
        return [Collected(source.name, item, item_id(item)) for item in json_items(text, source.name)]
    article = await asyncio.to_thread(article_of, source, options)
    return [Collected(source.name, article, item_id(article))]


async def _feed_items(source: Source, options: ReadingOptions) -> list[Collected]:
    from digest.reading.feeds import opened, parse_feed
    from digest.reading.polling import full_text

    feed = await asyncio.to_thread(parse_feed, source.content, source=source.name, url=source.url)
    if not feed.entries:
        raise NothingToCondenseError(
            "nothing to condense: a feed without entries", where=source.name, hint="wait until it has some"
        )
    entries = await asyncio.to_thread(
        lambda: [opened(one) for one in feed.entries[: options.entries_per_feed]]
    )
    cut = {entry.id for entry in [one for one in entries if one.is_truncated][: options.fetches_per_feed]}
    whole = await asyncio.gather(
        *(
            full_text(entry, options=options) if entry.id in cut else _as_is(entry.article)
            for entry in entries
        )
    )
    return [_feed_item(source.name, entry.id, article) for entry, article in zip(entries, whole, strict=True)]


def _feed_item(source: str, entry: str, article: Article) -> Collected:
    name = article.url or f"{source}#{entry}"
    if article.paragraphs:
        return Collected(name, article, entry)
    error = NothingToCondenseError(
        "nothing to condense: an entry without text", where=name, hint="open its address and give its text"
    )
    return Collected(name, error)


async def _as_is(article: Article) -> Article:  # stands beside a coroutine in gather
    return article


def head_form(source: Source) -> Form | None:
    """See a feed or a list of feeds by its head alone; None for everything else.

    A feed's parser takes bytes: decoding 10 MB of it to see its first tag would cost more than parsing it.
    """
    if document_form(source.content[:_HEAD]) or binary_type(source.content[:_HEAD]):
        return None
    try:
        form = form_of(decode(source.content[:_HEAD]), source.name, source.media_type)
    except DigestError:
        return None
    return form if form in {Form.FEED, Form.OPML} else None


def is_feed(source: Source, options: ReadingOptions) -> bool:
    """Tell a feed of any kind, JSON Feed included, without decoding what is none."""
    form = head_form(source)
    if form is not None:
        return form is Form.FEED
    head = source.content[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head.startswith(b"{"):
        return False
    form, text = form_and_text(source, options)
    return form is Form.JSON and is_json_feed(text)


def item_id(item: Article | Digest) -> str:
    """Identify an item by its address, else by what it says."""
    from digest.reading.feeds import content_id

    article = item.article if isinstance(item, Digest) else item
    return canonical(article.url) if article.url else content_id(article.title, "\n".join(article.paragraphs))
