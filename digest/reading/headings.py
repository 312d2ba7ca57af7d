"""Find the headline among the lines of a pasted page. Pure.

Every line that could be one is weighed by what it shows: how likely the article begins there, which ``weighing`` has
told already, how many of its words the article uses again, how it is written, what stands around it. The weights are
a table (``heading_weights``); the greatest sum wins, if it is above 0: a text may have no headline.

A headline names the article wherever it stands; ``is_below_menu`` tells whether what stands above it in the body may
go for it.

Trained by ``benchmarks/train_reader.py``: the chance of the right line among each text's candidates. Of some hundred
and forty traits these were left: without any of them the right lines of unseen pages come out less likely, and no
other made them likelier. Capitals, quotation marks, figures, the byline below, the deck, the place on the page and
the distance to the body are among those that told nothing more.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from digest.reading.features import are_alike
from digest.reading.lines import Line, ends_in_stop, key, word_count
from digest.reading.marks import Mark

__all__ = ["TITLE_TRAITS", "Candidate", "Located", "candidates", "headline_at", "is_below_menu"]

_NONE, _, _, _HARD = Mark  # by the name of its class a member takes ten times as long
_FARTHEST = 120  # lines above the body and below its first; a menu is longer only where the body was missed
# Where a menu holds sentences the body found begins in the menu, and its headline stands further down. What stands
# above a headline is cut off only if it is no more prose than a menu may hold.
_MOST_PROSE_ABOVE, _SENTENCES_OF_MENU = 4, 2
_FEWEST_WORDS, _MOST_WORDS = 2, 40
_BEGINNING, _PARAGRAPHS = 60, 3  # lines of the body that tell what it is about; of prose that open it
_MOST_PARAGRAPHS = 100  # of prose that are read for a headline's words: a paste may have 10 MB of it
_PROSE_WORDS = 18  # of prose beyond doubt
_LONG_WORD = 4  # letters; a shorter word is no content word
_CRUMB, _LONG = 3, 14  # words: shorter it may be a crumb, longer a sentence
_MOST_SHARED = 5  # words that count
_DATED_WITHIN = 3  # lines from a headline to the day it is of
_SAID_AGAIN_WITHIN, _CRUMB_WITHIN = 4, 8  # lines
_LIST_WITHIN = 6  # lines from the heading of other stories to those
_SHORTEST_SAID_AGAIN = 12  # characters; a shorter line stands at the end of anything
_FAINTEST = 10_000  # the chance that still counts is one in so many
_STOPS = (".", "。", "।")
# A day or a time, whatever stands around it: a line of author, day and subject is no date line.
_DIGIT = re.compile("[0-9]")
_LONGEST_DATED = 200  # characters in which it is looked for
_DAY = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d\d|\d{4}-\d\d-\d\d|\d\d?[:h]\d\d"
    r"|\b\d{1,2}(?:st|nd|rd|th)?[.,]? (?:de |of )?[^\W\d]{3,12}\.?,? (?:de )?(?:19|20)\d\d"
    r"|[^\W\d]{3,12}\.? \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d\d"
)

TITLE_TRAITS = (
    "bias",
    "begins",
    "top",
    "unprosed",
    "listed",
    "alike",
    "dated_soon",
    "again_soon",
    "crumbs",
    "three_words",
    "long",
    "stopped",
    "shared_opening",
    "shared_often",
    "unshared",
)


@dataclass(frozen=True, slots=True)
class Located:
    """Where the body is among lines: first and one behind the last, lines in between that are no part of it.

    ``good``: what is prose. ``before``: each line's chance of standing before the article.
    """

    marks: Sequence[Mark]
    good: Sequence[bool]
    first: int
    last: int
    before: Sequence[float]
    drops: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that could be the headline, and what it shows by name (absent is 0)."""

    at: int
    traits: Mapping[str, float]


def headline_at(lines: Sequence[Line], located: Located, *, weights: Mapping[str, float]) -> int:
    """Give the headline's line, -1 where none is."""
    best, best_at = 0.0, -1
    for candidate in candidates(lines, located):
        score = sum([weights[name] * value for name, value in candidate.traits.items()])
        if score > best:
            best, best_at = score, candidate.at
    return best_at


def is_below_menu(at: int, located: Located) -> bool:
    """Tell whether a line stands in the body below nothing but a menu: a story's own paragraphs are not cut off.

    A text without anything above its body has no menu either.
    """
    most = _SENTENCES_OF_MENU if located.first else 0
    return at >= located.first and sum(located.good[located.first : at]) <= most


def candidates(lines: Sequence[Line], located: Located) -> list[Candidate]:
    """Give every line that could be the headline, in order."""
    first, last = located.first, located.last
    low, high = max(0, first - _FARTHEST), _high(located)
    words = [word_count(line.text) for line in lines[low:high]]
    begins = _begins(located.before)
    paragraphs = _paragraphs(located)[:_MOST_PARAGRAPHS]
    beginning = range(first, min(last, first + _BEGINNING))
    around = range(low, min(len(lines), high + _CRUMB_WITHIN))
    # Each line once, though it may be a paragraph, of the beginning and around: this is half of all the work here.
    keys = {at: key(lines[at].text) for at in {*paragraphs, *beginning, *around}}
    said = {at: keys[at].split() for at in {*paragraphs, *beginning}}
    view = _View(
        lines,
        located,
        keys=[""] * low + [keys[at] for at in around],
        first_prose=_first_prose(lines, located.good),
        opening={word for at in paragraphs[:_PARAGRAPHS] for word in said[at]},
        body=_counted(said, paragraphs),
        beginning=_counted(said, beginning),
    )
    found = []
    above = word_count(lines[low - 1].text) if low else 0
    for at, count in enumerate(words, low):
        is_of_length = _FEWEST_WORDS <= count <= _MOST_WORDS
        if is_of_length and located.marks[at] is _NONE and not _is_sentence(lines[at].text, at, located):
            traits = {
                "bias": 1.0,
                "begins": math.log1p(_FAINTEST * max(0.0, begins[at])),
                "alike": float(at > 0 and are_alike((lines[at].text, count), (lines[at - 1].text, above))),
                "three_words": float(count >= _CRUMB),
                "long": max(count - _LONG, 0) / 10,
            }
            found.append(Candidate(at, traits | _around(view, at) | _about(view, at)))
        above = count
    return found


@dataclass(frozen=True, slots=True)
class _View:
    """What all candidates are asked about; ``keys`` are known of the lines around them."""

    lines: Sequence[Line]
    located: Located
    keys: Sequence[str]
    first_prose: int
    opening: Collection[str]
    body: Counter[str]
    beginning: Counter[str]


def _is_sentence(text: str, at: int, located: Located) -> bool:
    """Tell a sentence of the body: a text that begins with one has no headline."""
    return at >= located.first and text.endswith(_STOPS)


def _high(located: Located) -> int:
    """Give the line below the last that could be the headline."""
    prose = 0
    end = min(located.first + _FARTHEST, len(located.good))
    for at in range(located.first, end):
        if prose > _MOST_PROSE_ABOVE:
            return at
        prose += located.good[at]
    return end


def _begins(before: Sequence[float]) -> list[float]:
    """Give the chance that the article begins at each line."""
    return [one - other for one, other in pairwise((1.0, *before))]


def _first_prose(lines: Sequence[Line], good: Sequence[bool]) -> int:
    """Find the first line of prose beyond doubt; a menu and a head hold none."""
    return next(
        (
            at
            for at, (line, is_good) in enumerate(zip(lines, good, strict=True))
            if is_good and word_count(line.text) >= _PROSE_WORDS and ends_in_stop(line.text)
        ),
        len(lines),
    )


def _paragraphs(located: Located) -> list[int]:
    """Give the lines that are paragraphs of the body."""
    span = range(located.first, located.last)
    return [at for at in span if located.good[at] and at not in located.drops]


def _counted(said: Mapping[int, list[str]], chosen: Iterable[int]) -> Counter[str]:
    return Counter(chain.from_iterable(said[at] for at in chosen))


def _about(view: _View, at: int) -> dict[str, float]:
    """Say how much of a line the body uses again; where it is part of it, it does not count itself."""
    words = {word for word in view.keys[at].split() if len(word) >= _LONG_WORD}
    itself = int(view.located.first <= at < view.located.last)
    opening = [word in view.opening for word in words]
    often = [view.beginning[word] - itself for word in words]
    unshared = [view.body[word] <= itself for word in words]
    return {
        "shared_opening": min(_MOST_SHARED, sum(opening)) / _MOST_SHARED,
        "shared_often": math.log1p(max(0, sum(often))),
        "unshared": min(_MOST_SHARED, sum(unshared)) / _MOST_SHARED,
    }


def _around(view: _View, at: int) -> dict[str, float]:
    """Say what stands around a line, and where it is said again."""
    own, keys = view.keys[at], view.keys
    below = view.lines[at + 1 : at + 1 + _DATED_WITHIN]
    crumbs = keys[max(0, at - _CRUMB_WITHIN) : at + 1 + _CRUMB_WITHIN]
    return {
        "top": float(at == 0),
        "stopped": float(view.lines[at].text.endswith(_STOPS)),
        "unprosed": float(at <= view.first_prose),
        "listed": float(_HARD in view.located.marks[max(0, at - _LIST_WITHIN) : at]),
        "again_soon": float(own in keys[at + 1 : at + 1 + _SAID_AGAIN_WITHIN]),
        "crumbs": float(any(own.endswith(other) and _is_crumb(other, own) for other in crumbs)),
        "dated_soon": float(any(_has_day(line.text) for line in below)),
    }


def _is_crumb(end: str, own: str) -> bool:
    """Tell whether a line leads to another that it ends in, as a trail of crumbs does."""
    return _SHORTEST_SAID_AGAIN < len(end) < len(own) and " " in end


def _has_day(text: str) -> bool:
    return _DIGIT.search(text) is not None and _DAY.search(text[:_LONGEST_DATED]) is not None
