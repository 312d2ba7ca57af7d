"""HTML into a draft: trafilatura finds the body, the page's own words decide on title, author and date.

The only file that knows trafilatura. Its default mode: ``favor_precision`` gains .004 on news and loses .019 on
long posts (measured, 181 + 255 pages). Where it finds nothing (a fragment, a short page) the blocks of the tree
are given to the line cleaner instead.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from digest.reading.dates import iso_date
from digest.reading.dom import Said, blocks, parse, said_by
from digest.reading.language import tag
from digest.reading.lines import Draft, Line, key, word_count
from digest.reading.marks import byline_of

__all__ = ["read_fragment", "read_page"]

_LEAST_WORDS = 20  # of a body; with less, what trafilatura found is compared with the whole
_DEEPEST = (
    5_000_000  # characters; an article's page is smaller, and trafilatura's time grows faster than linearly
)
_SCRIPTS_OF_AN_APP = 1
_SEPARATOR = re.compile(r"\s+[|\-–—•·:»›~/]+\s+|\s*[|»]\s*|: (?=[A-Z])")
_ROLE = re.compile(
    r"\s*(?:[,|(/–—]| - )\s*(?:.*\b(?:editor|reporter|correspondent|writer|staff|contributor|author|news|press|jr).*)$",
    re.IGNORECASE,
)
_NOT_NAMES = re.compile(
    r"^(?:admin|administrator|staff|editor|editorial|redaktion|redacción|guest|webmaster|unknown|anonymous|none|null|team)$|\d{3}|\.com$|@",
    re.IGNORECASE,
)


def read_page(text: str, *, url: str | None = None) -> Draft:
    """Read a page; ``url`` is where it came from."""
    root = parse(text)
    if root is None:
        return Draft(lines=())
    said = said_by(root, url)
    every = blocks(root)
    found_lines, author, date, title, site = (
        _extract(text, url or said.url) if len(text) <= _DEEPEST else ([], None, None, None, None)
    )
    words = sum(word_count(line.text) for line in found_lines)
    is_extracted = words >= _LEAST_WORDS or (
        words > 0 and words >= sum(word_count(line.text) for line in every) // 2
    )
    if title:
        said.titles.setdefault("trafilatura", title)
    return Draft(
        lines=found_lines if is_extracted else every,
        title=choose_title(said, url or said.url),
        byline=_byline(said, author),
        published=date or (iso_date(said.published) if said.published else None),
        language=tag(said.language),
        url=said.url or url,
        site=said.site or site,
        image=said.image,
        is_extracted=is_extracted,
        refusal=_excuse(said, every),
        feed_url=said.feed_url,
    )


def read_fragment(text: str) -> list[Line]:
    """List the blocks of a piece of HTML, such as a feed entry's content."""
    root = parse(f"<html><body>{text}</body></html>")
    return [] if root is None else blocks(root)


def choose_title(said: Said, url: str | None) -> str | None:
    """Choose the headline by agreement of the page's places, without the site's name.

    A place's word counts once for itself and once for each other place that says the same; ties go to the place
    that lies least: the heading a reader sees, then what is written for sharing, then the window's title.
    """
    trust = {
        "h1": 1.3,
        "headline": 1.1,
        "og": 1.0,
        "title": 0.7,
        "twitter": 0.6,
        "meta": 0.6,
        "trafilatura": 0.6,
    }
    known = [name for name in (said.site, urlsplit(url).hostname if url else None) if name]
    candidates = {place: _without_site(text, known, said.titles) for place, text in said.titles.items()}
    scores: dict[str, float] = {}
    shown: dict[str, str] = {}
    for place, text in candidates.items():
        same = key(text)
        if not same or any(same == key(name) for name in known):
            continue
        scores[same] = scores.get(same, 0.0) + trust.get(place, 0.9 if place == "h1-0" else 0.3)
        if place.startswith("h1") or same not in shown:
            shown[same] = text
    return shown[max(scores, key=scores.__getitem__)] if scores else next(iter(said.titles.values()), None)


def _without_site(text: str, known: list[str], titles: dict[str, str]) -> str:
    pieces = list(_SEPARATOR.finditer(text))
    others = {key(other) for other in titles.values()}
    for cut in reversed(pieces):
        head, tail = text[: cut.start()].strip(), text[cut.end() :].strip()
        if not head or not tail:
            continue
        if key(head) in others and key(text) != key(head):
            return head
        if key(tail) in others and key(text) != key(tail):
            return tail
        if _is_site(tail, known) and word_count(head) > 1:
            return _without_site(head, known, titles)
        if _is_site(head, known) and word_count(tail) > 1:
            return _without_site(tail, known, titles)
    return text


def _is_site(piece: str, known: list[str]) -> bool:
    short = key(piece).replace(" ", "")
    return bool(short) and any(
        short == (name := key(site).replace(" ", ""))
        or (
            len(short) > 3  # noqa: PLR2004  # "BBC" stands in too much
            and (short in name or (name.removeprefix("www").removesuffix("com") in short and len(name) > 6))  # noqa: PLR2004  # the same
        )  # "BBC" is in "bbccouk" by its own
        for site in known
    )


def _byline(said: Said, author: str | None) -> str | None:
    own = "; ".join(said.authors)
    for source in (own, author):
        names = []
        for name in re.split(r"\s*(?:;|,(?!\s*(?:Jr|Sr|PhD|MD)\b)|\band\b|&|\n)\s*", source or ""):
            bare = _ROLE.sub(
                "", byline_of(name) or re.sub(r"^(?:by|von|par|por|di)\s+", "", name, flags=re.IGNORECASE)
            ).strip(" .,|")
            if (
                bare
                and not _NOT_NAMES.search(bare)
                and not bare.startswith("http")
                and len(bare) < 60  # noqa: PLR2004  # longer is prose
                and not (said.site and key(bare) == key(said.site))
            ):  # longer is prose
                names.append(bare)
        if names:
            return ", ".join(dict.fromkeys(names))
    return None


def _excuse(said: Said, every: list[Line]) -> str | None:
    words = sum(word_count(line.text) for line in every)
    if not said.is_free:
        return "paywall"
    if words < 2 * _LEAST_WORDS and said.scripts >= _SCRIPTS_OF_AN_APP:
        return "script"
    return "login" if said.has_password else None


def _extract(text: str, url: str | None) -> tuple[list[Line], str | None, str | None, str | None, str | None]:
    import logging

    import trafilatura

    logging.getLogger("trafilatura").setLevel(
        logging.CRITICAL
    )  # it logs what we report ourselves, or do not mind
    found = trafilatura.bare_extraction(text, url=url, include_comments=False, with_metadata=True)
    if found is None or isinstance(found, dict) or found.body is None:
        return [], None, None, None, None
    return blocks(found.body), found.author, found.date, found.title, found.sitename
