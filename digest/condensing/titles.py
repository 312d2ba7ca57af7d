"""Repair a title: the site's name, bait in brackets and shouting go; the rest stays as it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

__all__ = ["repair_title"]

_SITE_SUFFIX = re.compile(r"\s+(?:[|·•»]|[–—-])\s+([^|·•»–—]{2,40})$")
_PIPED_SUFFIX = re.compile(r"\s+[|·•»]\s+[^|·•»]{2,40}$")
_BRACKET = re.compile(
    r"\s*[\[(](?:(?:\w+ )?(?:video|watch|photos?|pics?|pictures|gallery|updated?|exclusive|opinion|live"
    r"|listen|must see|vidéo|photos|exclusif|màj|видео|фото)s?)[\])]\s*",
    re.IGNORECASE,
)
_LEAST_WORDS_LEFT = 4
_WORD = re.compile(r"[^\W_]+")
# "NASA: WHY" may be meant; a line of capitals is not.
_SHOUTED_LETTERS = 12


def repair_title(title: str, *, site: str | None = None, body: Sequence[str] = ()) -> str:
    """Take the site's name, a clickbait bracket and shouting off a title.

    ``body`` are texts of the article: a shouted word is written as they write it ("NATO", "Elena", "pier").
    """
    whole = " ".join(title.split())
    text = " ".join(_BRACKET.sub(" ", whole).split())
    return _calm(_without_site(text, site), body) or whole


def _without_site(text: str, site: str | None) -> str:
    suffix = _SITE_SUFFIX.search(text)
    if suffix and site:
        mine, named = _letters(site), _letters(suffix.group(1))
        if named and (named in mine or mine in named):
            return text[: suffix.start()]
    piped = _PIPED_SUFFIX.search(text)
    if piped and len(text[: piped.start()].split()) >= _LEAST_WORDS_LEFT:
        return text[: piped.start()]
    return text


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum()).removeprefix("www")


def _calm(text: str, body: Sequence[str]) -> str:
    letters = [character for character in text if character.isalpha()]
    if len(letters) < _SHOUTED_LETTERS or not all(character.isupper() for character in letters):
        return text
    forms: dict[str, Counter[str]] = {}
    for word in (word for line in body for word in _WORD.findall(line)):
        forms.setdefault(word.casefold(), Counter())[word] += 1
    calm = _WORD.sub(lambda found: _as_in(forms, found.group()), text)
    return calm[:1].upper() + calm[1:]


def _as_in(forms: dict[str, Counter[str]], word: str) -> str:
    known = forms.get(word.casefold())
    return max(known, key=lambda form: (known[form], form.islower())) if known else word.lower()
