"""Find the headline among the lines at and above a pasted article's body. Pure.

Every line that could be one is weighed by what it shows: its words and how many of them the article's opening
uses again, how it is written, what stands around it, how far it is from the body. The weights are a table
(``heading_weights``); the greatest sum wins, if it is above 0: a text may have no headline.

Trained by ``benchmarks/train_reader.py``: the share of right headlines among each text's candidates. Of forty traits
these were left: how a line is written (commas, brackets, a closing colon) and where it stands among its like told
nothing more, and with 120 pages to learn from each further trait costs right headlines.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field

from digest.reading.lines import Line, key, word_count
from digest.reading.marks import Mark, byline_of, is_date_line

__all__ = ["TITLE_TRAITS", "Candidate", "candidates", "headline_at"]

_NONE, _DROP, _, _HARD = Mark  # by the name of its class a member takes ten times as long
_SURE = (_HARD, _DROP)
_FARTHEST = 120  # lines above the body; a menu is longer only where the body was missed
# Where a menu holds a sentence the body found begins in the menu: its headline may stand further down, but not
# below a story's own paragraphs, which would be cut off with what stands above a headline.
_INSIDE, _SENTENCES_OF_MENU = 40, 2
_OPENING, _BEGINNING = 12, 60  # lines of the body that tell what it is about
_FEWEST_WORDS, _MOST_WORDS = 2, 30
_PARAGRAPH = 20  # words; a line of the body that has as many is none of its headlines
_LONG_WORD = 4  # letters; a shorter word is no content word
_USUAL, _LONG = 6, 14  # words: shorter it may be a crumb, longer a sentence
_BELOW = 40  # lines below the last candidate in which a headline may be said again
_SIGNED_WITHIN = 4  # lines from a headline to its byline or date
_LONGEST_CRUMB = 400  # characters
_SHORTEST_SAID_AGAIN = 12  # characters
_MOST_COUNTED = 60  # lines of distance
_STOPS = (".", "。", "।")
_SEPARATOR = re.compile(r"[|•»›]| [-–—] ")

TITLE_TRAITS = (
    "bias",
    "shared_share",
    "shared_count",
    "shared_often",
    "words_6",
    "words_30",
    "contained",
    "distance",
    "far",
    "top",
    "prose_above",
    "prose_next",
    "prose_far",
    "signed_soon",
    "signed_before",
    "deck",
    "capitals",
    "separator",
    "apart",
    "apart_after",
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
    opening = _said_in(view.keys[first - low : min(last, first + _OPENING) - low])
    beginning = _said_in(view.keys[first - low : min(last, first + _BEGINNING) - low])
    found = []
    prose_above = prose_inside = 0
    most_inside = (
        _SENTENCES_OF_MENU if first else 0
    )  # a text without anything above its body has no menu either
    for at in range(low, high):
        if prose_inside > most_inside:
            break
        if view.may_be[at - low]:
            row = _written(lines[at].text, view.words[at - low]) | _around(view, at - low)
            row |= _about(view.keys[at - low], opening, beginning, itself=int(first <= at < last))
            row |= _placed(at, first)
            row["prose_above"] = min(prose_above, 4) / 4
            found.append(Candidate(at, row))
        prose_above += good[at]
        prose_inside += good[at] and at >= first
    return found


@dataclass(frozen=True, slots=True)
class _View:
    """The lines around the body, each looked at once; the first is the farthest candidate.

    ``to_prose``: the lines between a line and the next prose.
    """

    lines: Sequence[Line]
    words: Sequence[int]
    keys: Sequence[str]
    said: str
    may_be: Sequence[bool]
    is_signed: Sequence[bool]
    to_prose: Sequence[int]
    counts: Counter[str] = field(repr=False)


def _view(lines: Sequence[Line], marks: Sequence[Mark], good: Sequence[bool], size: int, body: int) -> _View:
    words = [word_count(line.text) for line in lines]
    keys = [key(line.text) for line in lines]
    names = [bool(byline_of(line.text)) for line in lines[: size + _SIGNED_WITHIN]]
    return _View(
        lines,
        words,
        keys,
        said="\n".join(other for other in keys if len(other) < _LONGEST_CRUMB),
        may_be=[
            marks[at] is _NONE
            and _FEWEST_WORDS <= words[at] <= _MOST_WORDS
            and not names[at]
            # a sentence, not a headline
            and not ((good[at] or at >= body) and lines[at].text.endswith(_STOPS))
            and not (at >= body and good[at] and words[at] >= _PARAGRAPH)
            for at in range(size)
        ],
        is_signed=[
            # every date line is marked, and few lines are: to look at all of them again took a tenth of the headline
            has_name or (mark in _SURE and is_date_line(line.text))
            for has_name, mark, line in zip(names, marks, lines, strict=False)
        ],
        to_prose=_to_prose(good[: len(lines)]),
        counts=Counter(keys),
    )


def _to_prose(good: Sequence[bool]) -> list[int]:
    """Count the lines from each line to the next prose below it, those seen at most."""
    found = [0] * len(good)
    so_far = _MOST_COUNTED
    for at in range(len(good) - 1, -1, -1):
        found[at] = so_far
        so_far = 0 if good[at] else min(so_far + 1, _MOST_COUNTED)
    return found


def _said_in(keys: Sequence[str]) -> Counter[str]:
    return Counter(" ".join(keys).split())


def _about(own: str, opening: Counter[str], beginning: Counter[str], *, itself: int) -> dict[str, float]:
    """Say how much of a line the body uses again; ``itself``: 1 where the line is part of it and not to count."""
    words = [word for word in own.split() if len(word) >= _LONG_WORD]
    shared = sum([opening[word] > itself for word in words])
    return {
        "shared_share": shared / len(words) if words else 0.0,
        "shared_count": min(4, shared) / 4,
        "shared_often": math.log1p(max(0, sum([beginning[word] - itself for word in set(words)]))),
    }


def _written(text: str, count: int) -> dict[str, float]:
    """Say how a line is written, and how long it is."""
    words = text.split()
    return {
        "bias": 1.0,
        "words_6": min(count - _FEWEST_WORDS, _USUAL - _FEWEST_WORDS) / (_USUAL - _FEWEST_WORDS),
        "words_30": max(count - _LONG, 0) / 10,
        "capitals": sum([word[0].isupper() or word[0].isdigit() for word in words]) / len(words),
        "separator": float(_SEPARATOR.search(text) is not None),
    }


def _around(view: _View, at: int) -> dict[str, float]:
    """Say what stands around a line, and where it is said again."""
    own, words, signed = view.keys[at], view.words[at], view.is_signed
    after = at + 1 < len(view.lines)
    return {
        # a crumb or a window's title says the headline again; a shorter line stands in anything
        "contained": float(len(own) > _SHORTEST_SAID_AGAIN and view.said.count(own) > view.counts[own]),
        "prose_next": float(view.to_prose[at] == 0),
        "prose_far": math.log1p(view.to_prose[at]),
        "signed_soon": float(any(signed[at + 1 : at + 1 + _SIGNED_WITHIN])),
        "signed_before": float(at > 0 and signed[at - 1]),
        "deck": float(after and view.words[at + 1] >= words + 4),
        "apart": float(view.lines[at].is_apart),
        "apart_after": float(after and view.lines[at + 1].is_apart),
    }


def _placed(at: int, first: int) -> dict[str, float]:
    """Say where a line stands: on the page, and above the body."""
    above = max(0, first - at)
    return {
        "distance": math.log1p(above),
        "far": min(above, _MOST_COUNTED) / 10,
        "top": float(at == 0),
    }
