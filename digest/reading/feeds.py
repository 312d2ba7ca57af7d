"""RSS, Atom, RDF and JSON feeds into entries; OPML into addresses. Pure; the only file that knows fastfeedparser.

The parser gets bytes under a size cap and nothing it could fetch. An entry's body stays as its feed wrote it until
``opened`` reads it: most entries of a feed are older than any window, and their markup costs fifty times what
parsing the feed does.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree as ET

from digest.errors import InvalidInputError
from digest.model import Article
from digest.reading.entries import Entry, Written
from digest.reading.html import read_fragment
from digest.reading.jsonfeed import read_json_feed
from digest.reading.language import tag
from digest.reading.lines import Draft, Line, normalise, split, word_count
from digest.reading.pasted import clean
from digest.reading.urls import absolute, canonical

__all__ = ["Feed", "content_id", "moment_of", "opened", "parse_feed", "parse_opml"]

_EXCERPT_WORDS = 120  # a whole story is longer; measured on real feeds, see reading notes
_ELLIPSIS = re.compile(
    r"(?:\.\.\.|…|\[…\]|\[\.\.\.\]|read more|continue reading|weiterlesen|lire la suite|leer más|^more)\W*$",
    re.IGNORECASE,
)
_THE_POST = re.compile(r"^The post .{1,200} (?:first )?appeared (?:first )?on .{1,100}$", re.IGNORECASE)
_MOST_ENTRIES = 20_000
_MOST_FEEDS = 2000  # of a list; the longest that people export have some hundreds
_LONGEST_AUTHOR = 200
_LONGEST_ID = 500
_HEAD = 16_384  # where a feed says its language and base
_LANGUAGE = re.compile(rb"<language>\s*([A-Za-z-]{2,10})\s*</language>")
_EVERYWHERE = re.compile(r"(?:https?|tag|urn|at|ipfs):", re.IGNORECASE)
_BASE = re.compile(rb"""<entry\b[^>]*?\bxml:base\s*=\s*["']([^"'<>]+)|<entry\b""")
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
        in_json = read_json_feed(content)
        if in_json is None:
            parsed = fastfeedparser.parse(content)
            head, raws = parsed.feed, parsed.entries
        else:
            head, raws = in_json
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InvalidInputError(
            f"a feed that cannot be parsed: {error}", where=source, hint="check it with a feed validator"
        ) from error
    said = _LANGUAGE.search(content[:_HEAD])
    whole = _Head(
        source=source,
        title=_plain(head.get("title")),
        base=_base_of(head, content, url),
        language=tag(head.get("language") or (said and said[1].decode("ascii"))),
        host=(urlsplit(url).hostname if url else None) or source,
    )
    bases = _entry_bases(content, len(raws))
    entries = [
        _entry(raw, whole, position=at, base=bases[at] if bases else None)
        for at, raw in enumerate(raws[:most])
    ]
    unique = {entry.id: entry for entry in reversed(entries)}
    return Feed(whole.title, tuple(sorted(unique.values(), key=lambda entry: entry.position)))


def opened(entry: Entry) -> Entry:
    """Read the body of an entry: its markup into paragraphs, freed of what is no part of the story."""
    if not entry.written:
        return entry
    bodies = [split(normalise(body.text)) if body.is_plain else _lines(body.text) for body in entry.written]
    body = max(bodies, key=_words)
    draft = clean(Draft(lines=body, title=entry.title, is_extracted=True))
    lines = [line for line in draft.lines if not _THE_POST.match(line.text)]
    # judged before repeats and "Read more" go: a story of refrains is whole, and cut where the feed says so
    last = next((line.text for line in reversed(body) if not _THE_POST.match(line.text)), "")
    is_cut = _words(body) < _EXCERPT_WORDS or _ELLIPSIS.search(last) is not None
    article = replace(
        entry.article, paragraphs=[line.text for line in lines], kinds=[line.kind for line in lines]
    )
    return replace(entry, article=article, written=(), is_truncated=entry.url is not None and is_cut)


def parse_opml(content: bytes, *, source: str, url: str | None = None) -> list[str]:
    """List the addresses of a list of feeds, in order and once each; relative ones start from ``url``.

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
    named = (name.strip() for name in names if name and name.strip())
    # addresses alone: a list that names /etc/passwd would carry a file of ours into a mail
    found = list(dict.fromkeys(place for name in named if (place := absolute(name, url))))[:_MOST_FEEDS]
    if not found:
        raise InvalidInputError(
            "a list of feeds that names none (no xmlUrl with an address)",
            where=source,
            hint="export it again",
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """What a feed says for all of its entries."""

    source: str
    title: str | None
    base: str | None
    language: str | None
    host: str


def _base_of(head: Mapping[str, object], content: bytes, url: str | None) -> str | None:
    """Give what relative links start from: ``xml:base``, else (RSS) the site, else where the feed lies."""
    detail = head.get("title_detail")
    said = _text(detail.get("base")) if isinstance(detail, Mapping) else None
    if said:
        return absolute(said, url) or url
    site = absolute(_text(head.get("link")), url)
    is_atom = b"http://www.w3.org/2005/Atom" in content[:_HEAD] and b"<rss" not in content[:_HEAD]
    return (url or site) if is_atom else (site or url)  # RFC 4287 2: a document's own address is its base


def _entry_bases(content: bytes, count: int) -> list[str | None] | None:
    """List the ``xml:base`` of each entry, which the parser leaves out; None where no entry has one."""
    if b"xml:base" not in content:
        return None
    found = [match[1].decode("utf-8", "replace") if match[1] else None for match in _BASE.finditer(content)]
    return found if any(found) and len(found) == count else None


def _entry(raw: Mapping[str, object], whole: _Head, *, position: int, base: str | None) -> Entry:
    url = absolute(_text(raw.get("link")), urljoin(whole.base or "", base) if base else whole.base)
    published, updated = moment_of(raw.get("published")), moment_of(raw.get("updated"))
    entry = Entry(
        id="",
        article=Article(
            paragraphs=[],
            title=_plain(raw.get("title")),
            byline=_author(raw),
            published=_iso(published or updated),
            language=whole.language,
            url=url,
            site=whole.title,
        ),
        source=whole.source,
        feed_title=whole.title,
        published=published,
        updated=updated,
        position=position,
        written=_written(raw),
    )
    guid, link = _text(raw.get("id")), _text(raw.get("link"))
    return replace(entry, id=_id(None if guid == link else guid, entry, whole.host))


def _id(guid: str | None, entry: Entry, host: str) -> str:
    """Identify an entry: by its guid, within its host where the guid is no more than a number or a word.

    Two feeds may both have an entry "1"; the feeds of one site share the guids of its entries.
    """
    if guid:
        guid = guid if len(guid) <= _LONGEST_ID else content_id(None, guid)
        return guid if _EVERYWHERE.match(guid) else f"{host}#{guid}"
    if entry.url:
        return canonical(entry.url)
    return content_id(entry.title, "\n".join(opened(entry).article.paragraphs))


def _written(raw: Mapping[str, object]) -> tuple[Written, ...]:
    """Collect the bodies that a feed wrote for an entry; the fullest speaks."""
    content = raw.get("content")
    parts = content if isinstance(content, Sequence) and not isinstance(content, str) else ()
    found = [
        Written(text, is_plain=part.get("type") == "text/plain" and raw.get("is_json") is True)
        for part in parts
        if isinstance(part, Mapping) and (text := _text(part.get("value")))
    ]
    excerpt = _text(raw.get("description")) or _text(raw.get("summary"))
    # an excerpt that is shorter than a tenth of the content's markup is never the fullest: it is not even read
    if excerpt and len(excerpt) * 10 > max((len(body.text) for body in found), default=0):
        found.append(Written(excerpt))
    return tuple(dict.fromkeys(found))


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
