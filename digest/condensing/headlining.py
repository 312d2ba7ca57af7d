"""A headline: the article's title, repaired, or one made from its first sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence

from digest.condensing.shortening import shorten

__all__ = ["make_headline", "repair_title"]

_SITE_SUFFIX = re.compile(r"\s+(?:[|·•»]|[–—-])\s+[^|·•»–—]{2,40}$")
_BRACKET = re.compile(
    r"\s*[\[(](?:video|watch|photos?|pics|gallery|updated?|exclusive|opinion)[\])]\s*", re.IGNORECASE
)
_MOST_WORDS = 12


def repair_title(title: str, *, site: str | None = None) -> str:
    """Take the site's name, a clickbait bracket and shouting off a title."""
    text = " ".join(_BRACKET.sub(" ", title).split())
    if site and (found := _SITE_SUFFIX.search(text)) and site.casefold() in found.group().casefold():
        text = text[: found.start()]
    return text or " ".join(title.split())


def make_headline(texts: Sequence[str]) -> str:
    """Make a headline of at most 12 words from the first prose sentences of an article without a title."""
    words = shorten(texts[0]).split()
    return " ".join(words[:_MOST_WORDS]).rstrip(".,;:–—-")
