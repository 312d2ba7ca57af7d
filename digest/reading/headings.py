"""Find the headline among the lines at and above a pasted article's body. Pure.

Every line that could be one is weighed by what it shows: its words and how many of them the article's opening
uses again, how it is written, what stands around it, how far it is from the body. The weights are a table
(``weights.TITLE_WEIGHTS``); the greatest sum wins, if it is above 0: a text may have no headline.

Trained by ``benchmarks/train_reader.py``: the share of right headlines among each text's candidates.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field

from digest.reading.lines import Line, ends_in_stop, key, word_count
from digest.reading.marks import Mark, byline_of, is_date_line

__all__ = ["TITLE_TRAITS", "Candidate", "candidates", "headline_at"]

_FARTHEST = 120  # lines above the body; a menu is longer only where the body was missed
_INSIDE = 4  # lines of the body that may still be its headline
_OPENING, _BEGINNING = 12, 60  # lines of the body that tell what it is about
_FEWEST_WORDS, _MOST_WORDS = 2, 30
_LONG_WORD = 4  # letters; a shorter word is no content word
_SIZES = (
    (2, "words_2"),
    (3, "words_3"),
    (4, "words_4"),
    (7, "words_5_7"),
    (14, "words_8_14"),
    (19, "words_15_19"),
)
_BELOW = 40  # lines below the last candidate in which a headline may be said again
_NEAR = 14
_LONGEST_CRUMB = 400  # characters
_SHORTEST_SAID_AGAIN = 12  # characters
_MOST_COUNTED = 60  # lines of distance
_STOPS = (".", "。", "।")
_SEPARATOR = re.compile(r"[|•»›]| [-–—] ")
_GLUED = re.compile(r"[a-zà-ÿ][A-Z][a-z]")

TITLE_TRAITS = (
    "bias",
    "shared_share",
    "shared_count",
    "shared_often",
    "shared_most",
    "shared_most_near",
    *(name for _, name in _SIZES),
    "words_20",
    "repeated",
    "contained",
    "distance",
    "far",
    "inside",
    "top",
    "top_three",
    "stop",
    "question",
    "colon",
    "prose",
    "prose_inside",
    "prose_above",
    "signed_next",
    "signed_soon",
    "signed_before",
    "headline_before",
    "headlines_around",
    "deck",
    "capitals",
    "lower",
    "upper",
    "separator",
    "glued",
    "commas",
    "bracket",
    "quotation",
    "apart",
    "apart_after",
    "heading",
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that could be the headline, and what it shows by name (absent is 0)."""

    at: int
    traits: MutableMapping[str, float]


def headline_at(
    lines: Sequence[Line],
    marks: Sequence[Mark],
    good: Sequence[bool],
    span: tuple[int, int],
    *,
    weights: Mapping[str, float],
) -> int:
    """Give the headline's line, -1 where none is; ``span``: the body's lines, ``good``: what is prose."""
    best, best_at = 0.0, -1
    for candidate in candidates(lines, marks, good, span):
        score = sum([weights[name] * value for name, value in candidate.traits.items()])
        if score > best:
            best, best_at = score, candidate.at
    return best_at


def candidates(
    lines: Sequence[Line], marks: Sequence[Mark], good: Sequence[bool], span: tuple[int, int]
) -> list[Candidate]:
    """Give every line that could be the headline, in order."""
    first, last = span
    low, high = max(0, first - _FARTHEST), min(first + _INSIDE, len(lines))
    view = _view(lines[low : high + _BELOW], marks[low:], good[low:], high - low, first - low)
    opening = _content(lines[first : min(last, first + _OPENING)])
    beginning = _content(lines[first : min(last, first + _BEGINNING)])
    found = []
    prose_above = 0
    for at in range(low, high):
        if view.may_be[at - low]:
            row = _written(lines[at].text) | _around(view, at - low)
            row |= _about(view.keys[at - low], opening, beginning, itself=int(first <= at < last))
            row |= _placed(at, first, is_prose=good[at])
            row["prose_above"] = min(prose_above, 4) / 4
            row["heading"] = float(lines[at].kind == "heading")
            found.append(Candidate(at, row))
        prose_above += good[at]
    _compare(found, first)
    return found


@dataclass(frozen=True, slots=True)
class _View:
    """The lines around the body, each looked at once; the first is the farthest candidate."""

    lines: Sequence[Line]
    words: Sequence[int]
    keys: Sequence[str]
    said: str
    may_be: Sequence[bool]
    is_signed: Sequence[bool]
    is_like_one: Sequence[bool]
    counts: Counter[str] = field(repr=False)


def _view(lines: Sequence[Line], marks: Sequence[Mark], good: Sequence[bool], size: int, body: int) -> _View:
    words = [word_count(line.text) for line in lines]
    keys = [key(line.text) for line in lines]
    names = [bool(byline_of(line.text)) for line in lines[: size + _INSIDE]]
    return _View(
        lines,
        words,
        keys,
        said="\n".join(other for other in keys if len(other) < _LONGEST_CRUMB),
        may_be=[
            marks[at] is Mark.NONE
            and _FEWEST_WORDS <= words[at] <= _MOST_WORDS
            and not names[at]
            and not (
                (good[at] or at >= body) and lines[at].text.endswith(_STOPS)
            )  # a sentence, not a headline
            for at in range(size)
        ],
        is_signed=[has_name or is_date_line(line.text) for has_name, line in zip(names, lines, strict=False)],
        is_like_one=[
            marks[at] is Mark.NONE and 4 <= words[at] <= 25 and not ends_in_stop(lines[at].text)  # noqa: PLR2004  # usual headlines
            for at in range(size)
        ],
        counts=Counter(keys),
    )


def _content(lines: Sequence[Line]) -> Counter[str]:
    return Counter(word for line in lines for word in key(line.text).split() if len(word) >= _LONG_WORD)


def _about(own: str, opening: Counter[str], beginning: Counter[str], *, itself: int) -> dict[str, float]:
    """Say how much of a line the body uses again; ``itself``: 1 where the line is part of it and not to count."""
    words = [word for word in own.split() if len(word) >= _LONG_WORD]
    shared = sum([opening[word] > itself for word in words])
    return {
        "shared_share": shared / len(words) if words else 0.0,
        "shared_count": min(4, shared) / 4,
        "shared_often": math.log1p(sum([beginning[word] - itself for word in set(words)])),
    }


def _written(text: str) -> dict[str, float]:
    """Say how a line is written."""
    words = text.split()
    return {
        "stop": float(ends_in_stop(text) and text[-1] not in "?!"),
        "question": float(text.endswith("?")),
        "colon": float(text.endswith(":")),
        "capitals": sum([word[0].isupper() or word[0].isdigit() for word in words]) / len(words),
        "lower": float(text[0].islower()),
        "upper": float(text.isupper()),
        "separator": float(_SEPARATOR.search(text) is not None),
        "glued": min(3, len(_GLUED.findall(text))) / 3,
        "commas": min(3, text.count(",")) / 3,
        "bracket": float("(" in text),
        "quotation": float(any(mark in text for mark in '“"«')),
    }


def _around(view: _View, at: int) -> dict[str, float]:
    """Say what stands around a line, and how long it is beside it."""
    own, words = view.keys[at], view.words[at]
    size = next((name for most, name in _SIZES if words <= most), "words_20")
    signed, like = view.is_signed, view.is_like_one
    following = range(at + 1, min(at + 5, len(signed)))
    return {
        "bias": 1.0,
        size: 1.0,
        "repeated": float(view.counts[own] > 1),
        # a crumb or a window's title says the headline again; a shorter line stands in anything
        "contained": float(len(own) > _SHORTEST_SAID_AGAIN and view.said.count(own) > view.counts[own]),
        "signed_next": float(at + 1 in following and signed[at + 1]),
        "signed_soon": float(any(signed[other] for other in following)),
        "signed_before": float(at > 0 and signed[at - 1]),
        "headline_before": float(at > 0 and like[at - 1]),
        "headlines_around": (sum(like[max(0, at - 4) : at + 5]) - like[at]) / 8,
        "deck": float(at + 1 < len(view.words) and view.words[at + 1] >= words + 4),
        "apart": float(view.lines[at].is_apart),
        "apart_after": float(at + 1 < len(view.lines) and view.lines[at + 1].is_apart),
    }


def _placed(at: int, first: int, *, is_prose: bool) -> dict[str, float]:
    """Say where a line stands: on the page, and beside the body."""
    above = max(0, first - at)
    return {
        "distance": math.log1p(above),
        "far": min(above, _MOST_COUNTED) / 10,
        "inside": float(above == 0),
        "top": float(at == 0),
        "top_three": float(at < 3),  # noqa: PLR2004  # its name
        "prose": float(is_prose),
        "prose_inside": float(is_prose and above == 0),
    }


def _compare(found: Sequence[Candidate], first: int) -> None:
    """Mark the candidates whose words the body uses most, of all and of the near ones."""
    often = [candidate.traits["shared_often"] for candidate in found]
    most = max(often, default=0.0)
    near = [first - candidate.at <= _NEAR for candidate in found]
    most_near = max((value for value, is_near in zip(often, near, strict=True) if is_near), default=0.0)
    for candidate, value, is_near in zip(found, often, near, strict=True):
        candidate.traits["shared_most"] = float(value >= most)
        candidate.traits["shared_most_near"] = float(is_near and value >= most_near)
