"""Shorten a sentence by edits that keep its claim.

These are all the edits there are, with one that adds words (4. a person's given name, ``naming``):

1. a dateline at its start goes: ``LONDON (Reuters) - The harbour…`` → ``The harbour…``;
2. a parenthesis goes: ``the pier (built in 1890) was…`` → ``the pier was…``;
3. a plain attribution at its end goes, its full stop stays: ``…opens on Monday, the council said.`` →
   ``…opens on Monday.``; never from a quotation nor from a contested claim, which would make a fact of it.

Tried and left: ages, days of the week, relative clauses, dash asides. They gain nothing and break sentences
("confirmed that since, three sorties").
"""

from __future__ import annotations

import re

__all__ = ["PARENTHESIS", "is_contested", "shorten", "strip_dateline"]

_DATELINE = re.compile(
    r"""^.{0,70}?\((?:CNN|AP|AFP|Reuters|PTI|IANS|ANI|UPI|dpa|EFE|Xinhua|CNN\sStudent\sNews)\)\s*(?:[-–—:]{1,3}\s*)?
        (?=["“‘'(]?[A-ZÀ-ÖØ-Þ0-9])
    |^(?:[A-ZÀ-ÖØ-Þ][\w.,'’/ -]{1,50}?)?\s*\([A-Z][A-Za-z. ]{1,14}\)
        \s*(?:[-–—:]{1,3}\s*)?(?=["“‘'(]?[A-ZÀ-ÖØ-Þ0-9])
    |^(?:[A-ZÀ-ÖØ-Þ]{2,}[A-ZÀ-ÖØ-Þ.,'’ -]*(?:,\s[A-Z][a-z]+\.?(?:\s\d{1,2})?)?)\s*
        (?:[–—:]|--|\s-)\s*(?=["“‘'(]?[A-ZÀ-ÖØ-Þ])""",
    re.VERBOSE,
)
# Most sentences have none of these near their start, and none of those words: telling so first is much cheaper
# than looking for the whole edit.
_DATELINE_MARK = re.compile(r"[):–—-]")
_LONGEST_DATELINE = 90
PARENTHESIS = re.compile(r"\s*\([^()]{1,120}\)(?=[\s.,;:!?]|$)")
_ATTRIBUTION = re.compile(
    r""",\s(?:according\sto\s[^,;“"]{3,60}
    |(?:the\s|a\s)?(?:\w+['’]?s?\s){0,4}\w+\s(?:said|says|reported|announced|confirmed)(?:\s(?:on\s)?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|\sin\sa\sstatement)?)\.$""",
    re.VERBOSE,
)
_ATTRIBUTES = ("according", "said", "says", "reported", "announced", "confirmed")
# Blame, harm, guilt and intent stay with whoever says so.
_CONTESTED = re.compile(
    r"""\b(?:alleg\w*|accus\w*|blam\w*|claim\w*|kill\w*|die[ds]?|dead|deaths?|injur\w*|wound\w*|casualt\w*|victims?
    |attack\w*|murder\w*|assault\w*|abus\w*|rap(?:e|ed|ing)|fraud\w*|corrupt\w*|guilty|illegal\w*|violat\w*|crimes?
    |criminal\w*|terror\w*|bomb\w*|shot|shoot\w*|fir(?:e|ed|ing)|suspect\w*|arrest\w*|responsib\w*|fail\w*|lie[ds]?
    |threat\w*|plan(?:s|ned|ning)?|intend\w*|want\w*|would|could|may|might|must|should|will|believ\w*|likely
    |caus\w*|because|due\sto|links?|linked|risks?)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_QUOTE = re.compile(r"[“”\"„«»]|(?<!\w)[‘']")
_LEAST_WORDS_LEFT = 6


def strip_dateline(text: str) -> str:
    """Take the dateline off a sentence; the sentence itself where it has none."""
    if not _DATELINE_MARK.search(text, 0, _LONGEST_DATELINE):
        return text
    return text[found.end() :] if (found := _DATELINE.match(text)) else text


def is_contested(text: str) -> bool:
    """Tell whether a sentence quotes, or speaks of blame, harm, guilt or intent: it keeps who says so."""
    return _QUOTE.search(text) is not None or _CONTESTED.search(text) is not None


def shorten(text: str) -> str:
    """Shorten a sentence by the edits above, those that leave a sentence."""
    text = strip_dateline(text)
    plain = PARENTHESIS.sub("", text) if "(" in text else text
    if len(plain.split()) >= _LEAST_WORDS_LEFT:
        text = plain
    if not any(word in text for word in _ATTRIBUTES):
        return text
    found = _ATTRIBUTION.search(text)
    if found and not is_contested(text):
        claim = text[: found.start()] + "."
        if len(claim.split()) >= _LEAST_WORDS_LEFT:
            return claim
    return text
