"""Split an article into sentences that know their exact place.

The only file that knows sentencex. Its units are split again where it keeps a long quotation whole, where two
sentences were glued together, and where a script has no full stop (Thai). Offsets always point at the text.

Source: 53 edge cases in 14 languages, 31 of 34 English and 17 of 19 others right (docs/why-condensing.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from digest.model import Article, Sentence

__all__ = ["split", "split_paragraph"]

# sentencex keeps a quotation of many sentences as one unit, and 10 % of news articles have one over 80 words.
_LONG_UNIT_WORDS = 40
_QUOTATION = re.compile(r"[“\"„«][^“”\"„«»]*[”\"»]")
_QUOTES = ('"', "“", "„", "«")
# The mark first: `re` skips to it, and only then looks back at what stands before.
_INNER_END = re.compile(r"[.!?…](?<=[^\W\d_]{2}.)[\"”’»)\]]*\s+(?=[\"“‘«(\[]*[^\W\d_a-zà-öø-ÿа-яё])")
# "…elected president.Reports say": scraped paragraphs glued together. A URL has no capital after its dot.
_GLUED = re.compile(r"[.!?](?<=[a-zà-öø-ÿа-яё]{3}.)(?=[A-ZÀ-ÖØ-ÞА-ЯЁ][a-zà-öø-ÿа-яё]*[ ,’'])")
_LETTER = re.compile(r"[^\W_]")
_INK = re.compile(r"\S(?:.*\S)?", re.DOTALL)
# Only where a mark stands right before a capital can two sentences be glued, and a space or more behind it.
_ENDS = (".", "!", "?")
_MAYBE_GLUED = re.compile(r"[.!?](?=[^\W\d_a-z])")
_LEAST_BEHIND = 2
_GOES_ON = re.compile(r"[a-zà-öø-ÿа-яё](?![A-Z])")
# What sentencex still ends sentences at now and then: "Ms. Ray", "Mme. Lind".
_ENDS_IN_TITLE = re.compile(r"(?<!\S)(?:Mrs?|Ms|Dr|Prof|Sens?|Reps?|Gov|Gen|Lt|Sgt|Capt|Rev|Mme|Mlle|M)\.$")
_LONGEST_TITLE = 8  # with its full stop and the space before it
_LONGEST_JOINED_CHARACTERS = 350
_THAI = re.compile(r"[\u0e01-\u0e5b]")
_THAI_BREAK = re.compile(r"(?<=[\u0e01-\u0e5b])\s+(?=[\u0e01-\u0e5b])")
_THAI_UNIT_CHARACTERS = 60


def split(article: Article, language: str) -> list[Sentence]:
    """Split every paragraph of an article, whatever its kind, in the order of the source.

    What has no letter and no digit (a row of stars, an ellipsis) is no sentence.

    ``language`` is the primary subtag ("en"); an unknown one is split like English.
    """
    return [
        Sentence(text[start:end], number, start, end)
        for number, text in enumerate(article.paragraphs)
        for start, end in split_paragraph(text, language)
        if _LETTER.search(text, start, end)
    ]


def split_paragraph(text: str, language: str) -> list[tuple[int, int]]:
    """Give the start and end of each sentence of one paragraph, without the white space around it."""
    spans = [found.span() for span in _units(text, language) if (found := _INK.search(text, *span))]
    return _joined(text, spans)


def _units(text: str, language: str) -> Iterator[tuple[int, int]]:
    from sentencex import segment  # a compiled library: only who splits loads it

    start = 0
    for unit in segment(language, text):
        end = start + len(unit)
        for cut in (*_cuts(text, start, end), end):
            yield start, cut
            start = cut


def _joined(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join what goes on in lower case to what stands before it (“Why?” he asked; a line cut by its page).

    A title is joined to its name.

    Not in a text that has hardly a capital, where lower case says nothing.
    """
    goes_on = [bool(_GOES_ON.match(text, start)) for start, _ in spans]
    if sum(goes_on) * 2 > len(spans):
        return spans
    joined: list[tuple[int, int]] = []
    for (start, end), continues in zip(spans, goes_on, strict=True):
        titled = bool(joined) and _ends_in_title(text, *joined[-1])
        if joined and (continues or titled) and end - joined[-1][0] <= _LONGEST_JOINED_CHARACTERS:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _ends_in_title(text: str, start: int, end: int) -> bool:
    last = max(start, end - _LONGEST_TITLE)
    return text[end - 1] == "." and _ENDS_IN_TITLE.search(text, last, end) is not None


def _cuts(text: str, start: int, end: int) -> list[int]:
    """Find where a unit of sentencex has to be cut again."""
    unit = text[start:end]
    cuts = set[int]()
    if _has(unit[:-_LEAST_BEHIND], _ENDS) and _MAYBE_GLUED.search(unit):
        cuts = {start + found.end() for found in _GLUED.finditer(unit)}
    if unit.count(" ") >= _LONG_UNIT_WORDS or (_has(unit, _QUOTES) and len(_QUOTATION.findall(unit)) > 1):
        cuts |= {start + found.end() for found in _INNER_END.finditer(unit)}
    if len(unit) > _THAI_UNIT_CHARACTERS and not unit.isascii() and _THAI.search(unit):
        last = start
        for found in _THAI_BREAK.finditer(unit):
            if start + found.end() - last > _THAI_UNIT_CHARACTERS:
                last = start + found.end()
                cuts.add(last)
    return sorted(cut for cut in cuts if start < cut < end) if cuts else []


def _has(text: str, marks: Iterable[str]) -> bool:
    for mark in marks:  # noqa: SIM110  # any() would make a generator for each of a thousand sentences
        if mark in text:
            return True
    return False
