"""What templates see: cleaned texts and checked links, never the model's values or a setting.

An Edition becomes plain values whose every text went through ``cleaning.py``. Templates get ``edition``,
``stories`` (one per digest), ``sender``, ``words``, ``subscriber`` and the theme's colours and fonts; their
names are documented in ``docs/how-to/write-a-theme.md`` and are a contract with people's own themes.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from digest.composing.cleaning import clean_line, clean_text, clean_url
from digest.composing.pictures import Picture
from digest.composing.theme import Words
from digest.model import Digest, Edition, Further

__all__ = ["EditionView", "Page", "SenderView", "Story", "WordBook", "direction", "edition_view", "word_book"]

_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ps", "sd", "ug", "ur", "yi"})
_FALLBACK = "en"
_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")  # RFC 5646 2.1
_TAG_LIMIT = 35  # RFC 5646 4.4.1
_MOST_FURTHER = 5  # of those who tell a story too: a line of links, not a list
_UNKNOWN = frozenset({"", "und", "mul", "zxx"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An edition rendered and inlined, for a person to look at: slots are filled for one subscriber."""

    subject: str
    preheader: str
    html: str
    text: str
    message: bytes


@dataclass(frozen=True, slots=True)
class WordBook:
    """The fixed words of one language. ``book.read_on(site="…")`` is how templates say them."""

    language: str
    texts: Mapping[str, str]
    months: Sequence[str]

    def __getattr__(self, key: str) -> object:
        try:
            text = self.texts[key]
        except KeyError:
            raise AttributeError(f"no fixed words are called '{key}'") from None
        return _Saying(text)


@dataclass(frozen=True, slots=True)
class _Saying:
    """A fixed text with ``{places}`` in it; printed or called with what they hold."""

    text: str

    def __call__(self, **places: object) -> str:
        said = self.text
        for key, value in places.items():
            said = said.replace(f"{{{key}}}", str(value))
        return said

    def __str__(self) -> str:
        return self.text

    def __html__(self) -> str:
        from markupsafe import escape

        return str(escape(self.text))


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another site that tells the story. ``url`` is http(s)."""

    site: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One digest, as a theme shows it. ``url`` is http(s) or None, ``link`` its number in the plain text.

    ``date`` is in words. ``further`` is who else tells the story.
    """

    headline: str
    summary: tuple[str, ...]
    points: tuple[str, ...]
    keywords: tuple[str, ...]
    language: str
    dir: str
    minutes: int
    title: str
    byline: str
    site: str
    url: str | None
    host: str
    date: str
    words: WordBook
    picture: Picture | None
    number: int
    link: int = 0
    further: tuple[Elsewhere, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderView:
    """Who mails, as the footer says it. ``postal_lines`` are the lines of the postal address."""

    name: str
    address: str
    list_name: str
    postal_lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionView:
    """The edition as a whole. ``links`` counts the stories that link to their article."""

    subject: str
    preheader: str
    language: str
    dir: str
    title: str
    date: str
    minutes: int
    links: int
    archive_url: str | None = None


def edition_view(
    edition: Edition, words: Words, pictures: Mapping[str, Picture]
) -> tuple[EditionView, SenderView, tuple[Story, ...]]:
    """Make the values that templates see."""
    language = _language(edition.language)
    stories = tuple(
        _story(digest, language, words, pictures, number)
        for number, digest in enumerate(edition.digests, start=1)
    )
    linked = itertools.count(1)
    stories = tuple(replace(story, link=next(linked)) if story.url else story for story in stories)
    sender = edition.sender
    name = clean_line(sender.name) or clean_line(sender.list_name) or clean_line(sender.address)
    dates = [story.date for story in stories if story.date]
    view = EditionView(
        subject=clean_line(edition.subject),
        preheader=clean_line(edition.preheader),
        language=language,
        dir=direction(language),
        title=stories[0].headline if len(stories) == 1 else clean_line(edition.subject),
        date=max(set(dates), key=dates.count) if dates else "",
        minutes=sum(story.minutes for story in stories),
        links=sum(1 for story in stories if story.url),
    )
    postal = clean_text(sender.postal_address or "").split("\n")
    return (
        view,
        SenderView(
            name=name,
            address=clean_line(sender.address),
            list_name=clean_line(sender.list_name) or name,
            postal_lines=tuple(line.strip() for line in postal if line.strip() not in {"", name}),
        ),
        stories,
    )


def direction(language: str) -> str:
    """Give a language's direction of writing, ``ltr`` or ``rtl``; a script in the tag decides first."""
    base, *parts = language.lower().replace("_", "-").split("-")
    if "latn" in parts or "cyrl" in parts:
        return "ltr"
    return "rtl" if base in _RIGHT_TO_LEFT or "arab" in parts or "hebr" in parts else "ltr"


def word_book(words: Words, language: str) -> WordBook:
    """Give the fixed words of a language; English stands in where there are none."""
    base = language.lower().partition("-")[0]
    found = next((name for name in (language, language.lower(), base) if name in words), _FALLBACK)
    table = {**words[_FALLBACK], **words[found]}
    months = table.get("months", ())
    return WordBook(
        found,
        {key: text for key, text in table.items() if isinstance(text, str)},
        months if not isinstance(months, str) else (),
    )


def _story(
    digest: Digest, edition_language: str, words: Words, pictures: Mapping[str, Picture], number: int
) -> Story:
    article = digest.article
    url = clean_url(article.url)
    host = (urlsplit(url).hostname or "").removeprefix("www.") if url else ""
    language = _language(digest.language, edition_language)
    book = word_book(words, language)
    summary = tuple(filter(None, (clean_line(point.text) for point in digest.summary)))
    return Story(
        headline=clean_line(digest.headline),
        summary=summary,
        points=tuple(filter(None, (clean_line(point.text) for point in digest.key_points))),
        keywords=tuple(filter(None, map(clean_line, digest.keywords))),
        language=language,
        dir=direction(language),
        minutes=max(1, digest.reading_minutes),
        title=clean_line(article.title),
        byline=clean_line(article.byline),
        site=clean_line(article.site) or host,
        url=url,
        host=host,
        date=_date_in_words(article.published, book),
        words=book,
        picture=pictures.get(article.image or ""),
        number=number,
        further=_elsewhere(article.further),
    )


def _elsewhere(further: Sequence[Further]) -> tuple[Elsewhere, ...]:
    """Give the other sites with a link that a letter may carry."""
    checked = ((clean_line(other.site), clean_url(other.url)) for other in further)
    found = [Elsewhere(site or urlsplit(url).hostname or url, url) for site, url in checked if url]
    return tuple(found[:_MOST_FURTHER])


def _language(language: str | None, fallback: str = _FALLBACK) -> str:
    """Make a tag that ``lang`` and Content-Language may carry."""
    tag = (language or "").strip().replace("_", "-")
    known = len(tag) <= _TAG_LIMIT and _TAG.fullmatch(tag) and tag.lower() not in _UNKNOWN
    return tag if known else fallback


def _date_in_words(published: str | None, words: WordBook) -> str:
    try:
        day = datetime.fromisoformat(clean_line(published))
    except ValueError:
        return ""
    if len(words.months) != 12:  # noqa: PLR2004  # a year's
        return day.date().isoformat()
    return _Saying(words.texts["date"])(day=day.day, month=words.months[day.month - 1], year=day.year)
