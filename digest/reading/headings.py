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
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from digest.reading.features import are_alike
from digest.reading.lines import Line, ends_in_stop
from digest.reading.marks import Mark

__all__ = ["TITLE_TRAITS", "Candidate", "Located", "candidates", "headline_at", "is_below_menu"]

_NONE, _, _, _HARD = Mark  # by the name of its class a member takes ten times as long
_FARTHEST = 120  # lines above the body and below its first; a menu is longer only where the body was missed
# Where a menu holds sentences the body found begins in the menu, and its headline stands further down. What stands
# above a headline is cut off only if it is no more prose than a menu may hold.
_MOST_PROSE_ABOVE, _SENTENCES_OF_MENU = 4, 2
_FEWEST_WORDS, _MOST_WORDS = 2, 40
_BEGINNING = 100  # lines of the body that tell what it is about
_PARAGRAPHS = 3  # that open it
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
_PUNCTUATION = ".,;:!?'\"“”‘’„«»()[]–—-…/|"
# A day or a time, whatever stands around it: a line of author, day and subject is no date line.
_MAY_HOLD_DAY = re.compile("(?:19|20)[0-9][0-9]|[0-9][./:h-][0-9]")  # a third of the time of what it spares
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

    ``words``: how many each line has; ``good``: what is prose; ``before``: each line's chance of standing before
    the article.
    """

    words: Sequence[int]
    marks: Sequence[Mark]
    good: Sequence[bool]
    first: int
    last: int
    before: Sequence[float]
    drops: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that could be the headline, and what it shows by name."""

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
    first, words, marks = located.first, located.words, located.marks
    low, high = max(0, first - _FARTHEST), _high(located)
    texts = [line.text for line in lines[low : max(high + _CRUMB_WITHIN, first + _BEGINNING)]]
    could = [
        at
        for at, text in enumerate(texts[: high - low], low)
        if _FEWEST_WORDS <= words[at] <= _MOST_WORDS
        and marks[at] is _NONE
        and not (at >= first and text.endswith(_STOPS))  # a text that begins with a sentence has no headline
    ]
    if not could:
        return []
    said = _said(texts)
    keys = [" ".join(own) for own in said[: high - low + _CRUMB_WITHIN]]
    paragraphs = [said[at - low] for at in _paragraphs(located)]
    view = _View(
        lines,
        located,
        low,
        said,
        keys,
        leads=[key if len(key) > _SHORTEST_SAID_AGAIN and " " in key else "" for key in keys],
        dated=[
            words[at] <= _MOST_WORDS and _has_day(text)
            for at, text in enumerate(texts[: high - low + _DATED_WITHIN], low)
        ],
        first_prose=_first_prose(lines, located),
        opening=frozenset(chain.from_iterable(paragraphs[:_PARAGRAPHS])),
        body=Counter(chain.from_iterable(paragraphs)),
    )
    return [Candidate(at, _about(view, at) | _around(view, at)) for at in could]


@dataclass(frozen=True, slots=True)
class _View:
    """What all candidates are asked about; ``low``: the first line of which words, key and the like are known.

    ``leads``: the keys of the lines that may lead to another, as a trail of crumbs does, else nothing.
    """

    lines: Sequence[Line]
    located: Located
    low: int
    said: Sequence[Sequence[str]]
    keys: Sequence[str]
    leads: Sequence[str]
    dated: Sequence[bool]
    first_prose: int
    opening: frozenset[str]
    body: Mapping[str, int]


def _high(located: Located) -> int:
    """Give the line below the last that could be the headline."""
    prose = 0
    end = min(located.first + _FARTHEST, len(located.good))
    for at in range(located.first, end):
        if prose > _MOST_PROSE_ABOVE:
            return at
        prose += located.good[at]
    return end


def _first_prose(lines: Sequence[Line], located: Located) -> int:
    """Find the first line of prose beyond doubt; a menu and a head hold none."""
    return next(
        (
            at
            for at, is_good in enumerate(located.good)
            if is_good and located.words[at] >= _PROSE_WORDS and ends_in_stop(lines[at].text)
        ),
        len(lines),
    )


def _paragraphs(located: Located) -> list[int]:
    """Give the lines at the beginning of the body that are its paragraphs."""
    span = range(located.first, min(located.last, located.first + _BEGINNING))
    return [at for at in span if located.good[at] and at not in located.drops]


def _said(texts: Sequence[str]) -> list[list[str]]:
    """Give the words of each line in lower case, without the punctuation of most texts.

    All lines at once, mark by mark, take a quarter of what a search for words takes: this is half of the work here.
    """
    whole = "\n".join([text.lower() for text in texts])
    for mark in _PUNCTUATION:
        whole = whole.replace(mark, " ")
    return [row.split() for row in whole.split("\n")]


def _about(view: _View, at: int) -> dict[str, float]:
    """Say how a line is written, and how much of it the body uses again; a part of it does not count itself."""
    located, count, text = view.located, view.located.words[at], view.lines[at].text
    words = {word for word in view.said[at - view.low] if len(word) >= _LONG_WORD}
    itself = int(located.first <= at < located.last)
    often = [view.body.get(word, 0) - itself for word in words]
    begins = (located.before[at - 1] if at else 1.0) - located.before[at]
    return {
        "bias": 1.0,
        "begins": math.log1p(_FAINTEST * max(0.0, begins)),
        "three_words": float(count >= _CRUMB),
        "long": max(count - _LONG, 0) / 10,
        "stopped": float(text.endswith(_STOPS)),
        "shared_opening": min(_MOST_SHARED, len(words & view.opening)) / _MOST_SHARED,
        "shared_often": math.log1p(max(0, sum(often))),
        "unshared": min(_MOST_SHARED, sum([some <= 0 for some in often])) / _MOST_SHARED,
    }


def _around(view: _View, at: int) -> dict[str, float]:
    """Say what stands around a line, and where it is said again."""
    lines, words, here = view.lines, view.located.words, at - view.low
    own = view.keys[here]
    leads = view.leads[max(0, here - _CRUMB_WITHIN) : here + 1 + _CRUMB_WITHIN]
    return {
        "top": float(at == 0),
        "alike": float(
            at > 0 and are_alike((lines[at].text, words[at]), (lines[at - 1].text, words[at - 1]))
        ),
        "unprosed": float(at <= view.first_prose),
        "listed": float(_HARD in view.located.marks[max(0, at - _LIST_WITHIN) : at]),
        "again_soon": float(own in view.keys[here + 1 : here + 1 + _SAID_AGAIN_WITHIN]),
        "crumbs": float(any(lead and own.endswith(lead) and len(lead) < len(own) for lead in leads)),
        "dated_soon": float(True in view.dated[here + 1 : here + 1 + _DATED_WITHIN]),
    }


def _has_day(text: str) -> bool:
    text = text[:_LONGEST_DATED]
    return _MAY_HOLD_DAY.search(text) is not None and _DAY.search(text) is not None
