"""Who wrote a page's article, from what the page says and from its byline. Pure.

Names lose "By", roles and dates; what is no name (a number, a date, "admin") is passed over. A publisher that signs
its own pages is named last, where no person is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from digest.reading.lines import key
from digest.reading.marks import byline_of

__all__ = ["byline_from"]

_BETWEEN = re.compile(r"\s*(?:;|,(?!\s*(?:Jr|Sr|PhD|MD)\b)|\band\b|&|\n)\s*")
_BY = re.compile(r"^(?:(?:written|posted|reviewed)\s+)?(?:by|von|par|por|di)\s*:?\s+", re.IGNORECASE)
_ROLE = re.compile(
    r"\s*(?:[,|(/–—]| - )\s*(?:.*\b(?:editor|reporter|correspondent|writer|staff|contributor|author|news|press|jr).*)$",
    re.IGNORECASE,
)
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|januar|februar|märz|mai|juni|juli|oktober|dezember)"
)
_DATE_BEHIND = re.compile(rf"\s+{_MONTH}\b.*$", re.IGNORECASE)
_NO_NAME = re.compile(
    rf"^(?:admin|administrator|staff|editor|editorial|redaktion|redacción|guest|webmaster|unknown|anonymous|none|null"
    rf"|team|author|autor|date|datum|agencies|{_MONTH}|(?:mon|tues?|wed|thu|thurs|fri|sat|sun)(?:day)?)$"
    r"|^(?:\w+ ){0,2}(?:editor|reporter|correspondent|writer|contributor)$"
    r"|\d{3}|^\d|\.com$|@|^https?:|\badmin\b",
    re.IGNORECASE,
)
_LONGEST = 60  # characters; longer is prose


def byline_from(places: Iterable[Sequence[str]], site: str | None) -> str | None:
    """Join the names of the first place that holds one; ``places`` come surest first.

    >>> byline_from([["Harbour Post"], ["By Ann Lee and Bo Berg, staff writer"]], "Harbour Post")
    'Ann Lee, Bo Berg'
    """
    own_name: str | None = None
    for texts in places:
        names = [name for text in texts for name in _names(text)]
        persons = [name for name in names if not site or key(name) != key(site)]
        if persons:
            return ", ".join(dict.fromkeys(persons))
        own_name = own_name or (names[0] if names else None)
    return own_name


def _names(text: str) -> list[str]:
    bare = (byline_of(part) or _BY.sub("", part) for part in _BETWEEN.split(text))
    plain = (_DATE_BEHIND.sub("", _ROLE.sub("", name)).strip(" .,|") for name in bare)
    return [name for name in plain if name and len(name) < _LONGEST and not _NO_NAME.search(name)]
