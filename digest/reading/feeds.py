"""RSS, Atom, RDF and JSON feeds into entries; OPML into addresses. Pure; the only file that knows fastfeedparser.

The parser gets bytes under a size cap and nothing it could fetch. An entry's HTML becomes plain lines at once.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from digest.errors import InvalidInputError
from digest.model import Article
from digest.reading.entries import Entry
from digest.reading.html import read_fragment
from digest.reading.language import tag
from digest.reading.lines import Draft, Line, normalise, split, word_count
from digest.reading.pasted import clean
from digest.reading.urls import absolute, canonical

__all__ = ["Feed", "content_id", "moment_of", "parse_feed", "parse_opml"]

_EXCERPT_WORDS = 120  # a whole story is longer; measured on real feeds, see reading notes
_ELLIPSIS = re.compile(
    r"(?:\.\.\.|…|\[…\]|\[\.\.\.\]|read more|continue reading|weiterlesen|lire la suite|leer más|more)\W*$",
    re.IGNORECASE,
)
_THE_POST = re.compile(r"^The post .{1,200} (?:first )?appeared (?:first )?on .{1,100}$", re.IGNORECASE)
_MOST_ENTRIES = 20_000
_LONGEST_AUTHOR = 200
_MARKUP = re.compile(r"</?[a-z][^>]*>|&#?\w+;", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Feed:
    """A parsed feed."""

    title: str | None
    entries: tuple[Entry, ...]


def parse_feed(content: bytes, *, source: str, url: str | None = None, most: int = _MOST_ENTRIES) -> Feed:
    """Parse a feed's bytes; ``source`` is its name in settings, ``url`` where it lies.

    Raises:
        InvalidInputError: it is no feed, or damaged beyond reading.
    """
    import fastfeedparser

    _refuse_entities(content, source)
    try:
        parsed = fastfeedparser.parse(content)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InvalidInputError(
            f"a feed that cannot be parsed: {error}", where=source, hint="check it with a feed validator"
        ) from error
    head = parsed.feed
    title = _plain(head.get("title"))
    base = absolute(head.get("link"), url) or url
    entries = [
        _entry(
            raw, position=at, source=source, feed_title=title, base=base, language=tag(head.get("language"))
        )
        for at, raw in enumerate(parsed.entries[:most])
    ]
    unique = {entry.id: entry for entry in reversed(entries)}
    return Feed(title, tuple(sorted(unique.values(), key=lambda entry: entry.position)))


def parse_opml(content: bytes, *, source: str) -> list[str]:
    """List the addresses of a list of feeds, in order and once each.

    Raises:
        InvalidInputError: damaged, declares entities, or names no feed.
    """
    _refuse_entities(content, source)
    try:
        root = ET.fromstring(content)  # noqa: S314  # a document that declares entities was refused above
    except ET.ParseError as error:
        raise InvalidInputError(
            f"a list of feeds that cannot be parsed: {error}", where=source, hint="export it again"
        ) from error
    names = [element.get("xmlUrl") or element.get("xmlurl") for element in root.iter("outline")]
    found = list(dict.fromkeys(name.strip() for name in names if name and name.strip()))
    if not found:
        raise InvalidInputError(
            "a list of feeds that names none (no xmlUrl)", where=source, hint="export it again"
        )
    return found


def content_id(title: str | None, text: str) -> str:
    """Identify an article that has neither guid nor address: by what it says."""
    return "sha256:" + hashlib.sha256(f"{title or ''}\n{text}".encode()).hexdigest()


def _refuse_entities(content: bytes, source: str) -> None:
    """Refuse a document that declares entities: no honest feed needs more than the five of XML."""
    head = content[:20_000].replace(b"\x00", b"")
    if re.search(rb"<!ENTITY\b", head, re.IGNORECASE) and (
        b"SYSTEM" in head or b"PUBLIC" in head or head.count(b"<!ENTITY") > 1 or b"&" in head
    ):
        raise InvalidInputError(
            "XML that declares entities of its own is not read",
            where=source,
            hint="ask its publisher for a plain feed",
        )


def _entry(  # noqa: PLR0913  # one entry and what its feed says of all
    raw: Mapping[str, object],
    *,
    position: int,
    source: str,
    feed_title: str | None,
    base: str | None,
    language: str | None,
) -> Entry:
    title = _plain(_text(raw.get("title")))
    url = absolute(_text(raw.get("link")), base)
    published, updated = moment_of(raw.get("published")), moment_of(raw.get("updated"))
    whole, excerpt = (
        _content(raw.get("content")),
        _lines(_text(raw.get("description")) or _text(raw.get("summary"))),
    )
    body = whole if _words(whole) >= _words(excerpt) else excerpt
    draft = clean(Draft(lines=body, title=title, is_extracted=True))
    lines = [line for line in draft.lines if not _THE_POST.match(line.text)]
    text = "\n".join(line.text for line in lines)
    return Entry(
        id=_text(raw.get("id")) or (canonical(url) if url else content_id(title, text)),
        article=Article(
            paragraphs=[line.text for line in lines],
            kinds=[line.kind for line in lines],
            title=title,
            byline=_author(raw),
            published=_iso(published or updated),
            language=language,
            url=url,
            site=feed_title,
        ),
        source=source,
        feed_title=feed_title,
        published=published,
        updated=updated,
        is_truncated=url is not None
        and (_words(lines) < _EXCERPT_WORDS or _ELLIPSIS.search(text) is not None),
        position=position,
    )


def _content(value: object) -> list[Line]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    found = [_lines(_text(part.get("value"))) for part in value if isinstance(part, Mapping)]
    return max(found, key=_words, default=[])


def _lines(text: str | None) -> list[Line]:
    if not text or not text.strip():
        return []
    if "<" not in text and "&lt;" in text:
        text = html.unescape(text)
    return read_fragment(text) if _MARKUP.search(text) else split(normalise(text))


def _words(lines: Sequence[Line]) -> int:
    return sum(word_count(line.text) for line in lines)


def _author(raw: Mapping[str, object]) -> str | None:
    authors = raw.get("authors")
    names = (
        [_text(one.get("name")) for one in authors if isinstance(one, Mapping)]
        if isinstance(authors, Sequence) and not isinstance(authors, str)
        else [_text(raw.get("author"))]
    )
    shown = []
    for name in names:
        plain = _plain(name)
        if not plain or len(plain) > _LONGEST_AUTHOR:
            continue
        in_brackets = re.match(r"^\S+@\S+\s*\((.+)\)$", plain)
        shown.append(in_brackets[1] if in_brackets else plain)
    return ", ".join(dict.fromkeys(name for name in shown if "@" not in name)) or None


def _plain(value: object) -> str | None:
    text = _text(value)
    if not text:
        return None
    return " ".join(normalise(html.unescape(re.sub(r"<[^>]{0,500}>", "", text))).split()) or None


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def moment_of(value: object) -> float | None:
    """Read an ISO 8601 moment as seconds since the epoch; None where it is none."""
    try:
        moment = dt.datetime.fromisoformat(str(value))
        return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _iso(moment: float | None) -> str | None:
    return dt.datetime.fromtimestamp(moment, dt.UTC).isoformat() if moment is not None else None
