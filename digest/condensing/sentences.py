"""Split an article into sentences that know their exact place.

The only file that knows sentencex. Its units are split again where it keeps a long quotation whole, where two
sentences were glued together, and where a script has no full stop (Thai). Offsets always point at the text.

Source: 53 edge cases in 14 languages, 31 of 34 English and 17 of 19 others right (docs/why-condensing.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from digest.condensing.words import holds_any
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
# "…county cricket before the tour)The board has…": a link in brackets, glued to what follows it. A short one is the
# agency's name in a dateline.
_GLUED_LINK = re.compile(r"\([^()\s]+\s[^()\s]+\s[^()]{1,200}\)(?=[\"“]?[A-ZÀ-ÖØ-ÞА-ЯЁ])")
# "…car restrictionsDelhi transport minister", "OUTLOOKThe minister": a heading glued to its paragraph. The capital
# first, as above. What stands before it is one whole word in small letters or in capitals: "MobiKwik" is a name.
_GLUED_HEADING = re.compile(
    r"[A-Z](?:(?<=[a-z]{3}.)[a-z]{2,} |(?<=[A-Z]{4}.)(?!s )[a-z]+[ ,]"
    r"|(?<=[a-z]{2}.)(?P<link>EAD\b|ATCH\b|LSO (?:READ|WATCH)\b|lso [Rr]ead\b))"
)
_LONGEST_WORD = 40
_LETTER = re.compile(r"[^\W_]")
_INK = re.compile(r"\S(?:.*\S)?", re.DOTALL)
# Only where a mark stands right before a capital can two sentences be glued, and a space or more behind it.
_ENDS = (".", "!", "?")
_MAYBE_GLUED = re.compile(r"[.!?](?=[^\W\d_a-z])")
_LEAST_BEHIND = 2
_GOES_ON = re.compile(r"[a-zà-öø-ÿа-яё](?![A-Z])")
# What sentencex still ends sentences at now and then: "Ms. Ray", "Mme. Lind", "Maj. Okafor", "the St. Lovis pier".
_ENDS_IN_TITLE = re.compile(
    r"(?<!\S)(?:Mrs?|Ms|Dr|Prof|Sens?|Reps?|Gov|Gen|Lt|Sgt|Capt|Maj|Col|Cpl|Brig|Adm|Cmdr|Supt|Rev|Mme|Mlle|M"
    r"|(?<=[a-z] )St)\.$"
)
# "(CNN)U. | S. senators": two initials are one word.
_ENDS_IN_INITIAL, _OPENS_IN_INITIAL = re.compile(r"(?:^|(?<=[\s)]))[A-Z]\.$"), re.compile(r"[A-Z]\.")
# "at 10 a.m. | Tuesday", "at 9 p.m. | ET".
_ENDS_IN_HOUR = re.compile(r"[ap]\.m\.$")
_DAY_OR_ZONE = re.compile(
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|[A-Z]{1,3}T|GMT|UTC|Eastern|Pacific|Central)\b"
)
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

    start, glued = 0, _glued(text)
    for unit in segment(language, text):
        end = start + len(unit)
        for cut in (*_cuts(text, start, end, glued=glued), end):
            yield start, cut
            start = cut


def _joined(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join what goes on in lower case to what stands before it (“Why?” he asked; a line cut by its page).

    A title is joined to its name, an initial to the next, an hour to its day.

    Not in a text that has hardly a capital, where lower case says nothing.
    """
    goes_on = [bool(_GOES_ON.match(text, start)) for start, _ in spans]
    if sum(goes_on) * 2 > len(spans):
        return spans
    joined: list[tuple[int, int]] = []
    for (start, end), continues in zip(spans, goes_on, strict=True):
        belongs = joined and (continues or _ends_in_name(text, *joined[-1], following=start))
        if belongs and end - joined[-1][0] <= _LONGEST_JOINED_CHARACTERS:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _ends_in_name(text: str, start: int, end: int, *, following: int) -> bool:
    """Tell whether a sentence was ended within a name: after a title, between initials, after an hour."""
    if text[end - 1] != ".":
        return False
    last = max(start, end - _LONGEST_TITLE)
    return (
        _ENDS_IN_TITLE.search(text, last, end) is not None
        or bool(_ENDS_IN_INITIAL.search(text, last, end) and _OPENS_IN_INITIAL.match(text, following))
        or bool(_ENDS_IN_HOUR.search(text, last, end) and _DAY_OR_ZONE.match(text, following))
    )


def _glued(text: str) -> list[int]:
    """Find where links and headings end that a page has glued to the sentence behind them."""
    headings = [found.start() for found in _GLUED_HEADING.finditer(text) if _is_heading(text, found)]
    return headings + [found.end() for found in _GLUED_LINK.finditer(text)] if ")" in text else headings


def _is_heading(text: str, found: re.Match[str]) -> bool:
    """Tell whether what ends before a capital is a word of its own, not half a name; a link may follow any."""
    word = text[max(0, found.start() - _LONGEST_WORD) : found.start()].rsplit(maxsplit=1)[-1]
    return found["link"] is not None or (word.isalpha() and (word.islower() or word.isupper()))


def _cuts(text: str, start: int, end: int, *, glued: Sequence[int]) -> list[int]:
    """Find where a unit of sentencex has to be cut again; ``glued`` are places known for the whole text."""
    unit = text[start:end]
    cuts = set(glued)
    if holds_any(unit[:-_LEAST_BEHIND], _ENDS) and _MAYBE_GLUED.search(unit):
        cuts.update(start + found.end() for found in _GLUED.finditer(unit))
    if unit.count(" ") >= _LONG_UNIT_WORDS or (
        holds_any(unit, _QUOTES) and len(_QUOTATION.findall(unit)) > 1
    ):
        cuts.update(start + found.end() for found in _INNER_END.finditer(unit))
    if len(unit) > _THAI_UNIT_CHARACTERS and not unit.isascii() and _THAI.search(unit):
        last = start
        for found in _THAI_BREAK.finditer(unit):
            if start + found.end() - last > _THAI_UNIT_CHARACTERS:
                last = start + found.end()
                cuts.add(last)
    return sorted(cut for cut in cuts if start < cut < end) if cuts else []
