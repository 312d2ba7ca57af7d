"""Read what a person names: one source into one article, or every SOURCE of a command in order."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from digest.errors import DigestError, InvalidInputError, NothingToCondenseError
from digest.model import Article, Digest, Source
from digest.reading.charsets import decode
from digest.reading.entries import Entry
from digest.reading.fetching import Fetcher
from digest.reading.files import expand, is_web_address, read_file
from digest.reading.options import DEFAULT_OPTIONS, ReadingOptions
from digest.reading.sniffing import MediaType, binary_type, media_type
from digest.shapes import article_from_json, digest_from_json

__all__ = ["Collected", "articles_in", "collect", "read", "sniff"]


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
    if not isinstance(source, Source):
        name = os.fspath(source)
        if is_web_address(name):
            answer = await Fetcher(options).get(name)
            assert answer.source is not None
            source = answer.source
        elif Path(name).is_dir():
            raise InvalidInputError("is a folder, not one article", where=name, hint="use collect")
        else:
            source = read_file(name, options)
    if sniff(source, options)[0] in {"feed", "opml"}:
        raise InvalidInputError("is a feed, not one article", where=source.name, hint="use collect")
    found = articles_in(source, options)
    if len(found) != 1 or not isinstance(found[0], Article):
        raise InvalidInputError("does not hold exactly one article", where=source.name, hint="use collect")
    return found[0]


async def collect(
    names: Sequence[str], *, options: ReadingOptions = DEFAULT_OPTIONS, stdin: bytes | None = None
) -> list[Collected]:
    """Read every SOURCE in order, each expanded to its items; a failing one leaves its error in its place."""
    fetcher = Fetcher(options)
    collected: list[Collected] = []
    for name in names:
        try:
            for source in await _sources(name, stdin, fetcher, options):
                collected.extend(await _items(source, fetcher, options))
        except DigestError as error:
            collected.append(Collected(name, error))
    return collected


def sniff(source: Source, options: ReadingOptions) -> tuple[MediaType, str]:
    """Tell what a source is, and give its text.

    Raises:
        InvalidInputError: it is binary; the message names the type seen.
    """
    binary = binary_type(source.content)
    if binary is not None:
        raise InvalidInputError(
            f"is {binary}, not text", where=source.name, hint="give a text, a page, a mail or an address"
        )
    text = decode(
        source.content,
        charset=source.charset,
        encoding=None if source.url else options.encoding,
        where=source.name,
    )
    if not text.strip():
        raise NothingToCondenseError("is empty", where=source.name, hint="give a file with an article in it")
    return media_type(text, source.name), text


def articles_in(source: Source, options: ReadingOptions) -> list[Article | Digest]:
    """Give what a source that is no feed holds: one article, or what its JSON lines are.

    Raises:
        InvalidInputError: it is binary, or JSON of another shape.
        NothingToCondenseError: there is no article in it.
    """
    from digest.reading.texts import article_from_markdown, article_from_text

    kind, text = sniff(source, options)
    if kind == "json":
        return _from_json(text, source.name)
    if kind in {"mail", "mhtml"}:
        from digest.reading.mails import article_from_mail

        return [article_from_mail(source)]
    if kind == "html":
        from digest.reading.html import article_from_html

        return [article_from_html(text, url=source.url or options.base_url, where=source.name)]
    if kind == "markdown":
        return [article_from_markdown(text, where=source.name)]
    return [replace(article_from_text(text, where=source.name), url=source.url)]


async def _sources(name: str, stdin: bytes | None, fetcher: Fetcher, options: ReadingOptions) -> list[Source]:
    if name == "-":
        return [Source(name="-", content=stdin or b"")]
    if is_web_address(name):
        answer = await fetcher.get(name)
        assert answer.source is not None
        return [answer.source]
    return [read_file(path, options) for path in expand(name, options)]


async def _items(source: Source, fetcher: Fetcher, options: ReadingOptions) -> list[Collected]:
    from digest.reading.feeds import addresses_in_opml, entries_of, entry_id

    try:
        kind, _ = sniff(source, options)
        if kind == "opml":
            found: list[Collected] = []
            for address in addresses_in_opml(source):
                found.extend(await _feed_at(address, fetcher, options))
            return found
        if kind == "feed":
            _, entries = entries_of(source, limit=options.entries_per_feed)
            return await _whole(entries, fetcher, options)
        return [
            Collected(
                source.name, content, entry_id(content if isinstance(content, Article) else content.article)
            )
            for content in articles_in(source, options)
        ]
    except DigestError as error:
        return [Collected(source.name, error)]


async def _feed_at(address: str, fetcher: Fetcher, options: ReadingOptions) -> list[Collected]:
    from digest.reading.feeds import entries_of

    try:
        answer = await fetcher.get(address)
        assert answer.source is not None
        _, entries = entries_of(answer.source, limit=options.entries_per_feed)
        return await _whole(entries, fetcher, options)
    except DigestError as error:
        return [Collected(address, error)]


async def _whole(entries: Sequence[Entry], fetcher: Fetcher, options: ReadingOptions) -> list[Collected]:
    from digest.reading.polling import whole_article

    collected = []
    fetches = 0
    for entry in entries:
        wanted = entry.is_truncated and options.full_text and fetches < options.fetches_per_feed
        fetches += wanted
        article = await whole_article(entry, fetcher, options) if wanted else entry.article
        collected.append(Collected(entry.url or entry.source, article, entry.id))
    return collected


def _from_json(text: str, name: str) -> list[Article | Digest]:
    """Read the output of ``condense --json`` or ``read --json``: one object, one a line, or a list of them."""
    try:
        shapes = [json.loads(text)]
    except ValueError:
        shapes = []
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                try:
                    shapes.append(json.loads(line))
                except ValueError as error:
                    raise InvalidInputError(f"is no JSON: {error}", where=f"{name}:{number}") from error
    if len(shapes) == 1 and isinstance(shapes[0], list):
        shapes = shapes[0]
    found: list[Article | Digest] = []
    for at, shape in enumerate(shapes):
        where = name if len(shapes) == 1 else f"{name}:{at + 1}"
        is_digest = isinstance(shape, dict) and "headline" in shape
        found.append(digest_from_json(shape, where) if is_digest else article_from_json(shape, where))
    if not found:
        raise NothingToCondenseError("is empty", where=name)
    return found
