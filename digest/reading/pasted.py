"""Find the article among the lines of a page: menus, share rows and comments go; headline and body stay. Pure.

Each line is weighed by two small linear models trained on pasted pages (``features``, ``weighing``): log-odds that
it belongs to the article. The body is the run of lines with the greatest sum, freed of lines that are never part of
one, and the headline is looked for above it. A text with next to no chrome in it is left alone: doing no harm to
clean text goes first.

HTML, mails and feed entries pass the same code; where somebody already found the body (``is_extracted``) no
window is looked for.

Source: Kohlschütter et al., "Boilerplate detection using shallow text features" (2010) for what tells prose from
chrome; the maximum-sum run is Kadane's. Trained by ``benchmarks/train_reader.py``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from digest.reading.dates import iso_date
from digest.reading.features import Sight, sights
from digest.reading.headings import headline_at
from digest.reading.lines import Draft, Line, ends_closed, key, word_count
from digest.reading.marks import Mark, byline_of, is_date_line, mark_of
from digest.reading.weighing import Model, shipped, weigh

__all__ = ["Located", "clean", "located"]

_GOOD_WORDS, _GOOD_WITH_STOP = 20, 9
_MOST_COUNTED = 60
# Tuned with five-fold cross-validation on the tuning kit: at 0 articles of short lines are cut short, at 1 menus
# come in; without a greatest weight one sure line outvotes its surroundings.
_LENIENCE = 0.5
_MOST_ODDS = 4.0
_SURELY_OUT = -3.0
_SURE = frozenset({Mark.HARD, Mark.SOFT, Mark.DROP})
_FEW_LINES = 4  # headline, deck, byline, date
_MENU_WORDS = 3.5  # words a line; menus have fewer
_FOOT_SHARE = 0.03  # marked lines among all lines of a page's foot, at least
_NEAR = 14  # lines above the body in which its headline stands


def clean(draft: Draft, *, model: Model | None = None) -> Draft:
    """Keep the article of a draft: its body lines, and headline, byline and date where they stand above it.

    ``model``: weights other than the shipped ones, for training.
    """
    lines = [line for line in draft.lines if line.text]
    if not lines:
        return replace(draft, lines=())
    model = model or shipped()
    lines = _cut_long(lines)
    found = located(lines, model=model, is_extracted=draft.is_extracted)
    marks, first, last, drops = found.marks, found.first, found.last, found.drops
    title, at = _headline(draft, lines, found, model)
    above = lines[max(0, first - _NEAR) : first + 6]
    body = _body(lines, marks, (max(first, at + 1) if at >= first else first, last), title, drops)
    return replace(
        draft,
        lines=body,
        title=title,
        byline=draft.byline
        or next((name for name in (byline_of(line.text) for line in above) if name), None),
        published=draft.published
        or next((day for line in above if is_date_line(line.text) and (day := iso_date(line.text))), None),
    )


@dataclass(frozen=True, slots=True)
class Located:
    """Where the body is among lines: first and one behind the last, lines in between that are no part of it."""

    marks: Sequence[Mark]
    good: Sequence[bool]
    first: int
    last: int
    drops: Collection[int]


def located(lines: Sequence[Line], *, model: Model, is_extracted: bool = False) -> Located:
    """Find the body among the lines."""
    marks = [mark_of(line.text) for line in lines]
    words = [word_count(line.text) for line in lines]
    good = [_is_good(*each) for each in zip(lines, words, marks, strict=True)]
    if is_extracted:
        span = 0, _end(lines, marks, good, (0, len(lines)))
        return Located(marks, good, *span, drops=_repeats(lines, span))
    if _is_clean(words, marks, good):
        return Located(marks, good, 0, len(lines), drops=())
    seen = sights(lines, words, marks)
    scores = weigh(seen, model)
    first, last = _widened(lines, marks, _to_prose(good, _window(seen, scores)))
    unlikely = {at for at in range(first, last) if scores[at] < _SURELY_OUT and not good[at]}
    return Located(marks, good, first, last, drops=unlikely | _repeats(lines, (first, last)))


def _cut_long(lines: list[Line]) -> list[Line]:
    """Keep within what one article can hold: a paste of 10 MB has no more than its first lines to say."""
    return lines[:20_000]


def _is_good(line: Line, words: int, mark: Mark) -> bool:
    if mark is not Mark.NONE:
        return False
    return words >= _GOOD_WORDS or (words >= _GOOD_WITH_STOP and ends_closed(line.text))


def _is_clean(counted: Sequence[int], marks: Sequence[Mark], good: Sequence[bool]) -> bool:
    """Tell whether there is next to nothing to remove, so that nothing but marked lines is removed."""
    hits = sum(mark in {Mark.HARD, Mark.DROP} for mark in marks)
    shorts = len(good) - sum(good)
    words = sum(counted)
    in_good = sum(count for count, is_good in zip(counted, good, strict=True) if is_good)
    if len(counted) <= 3:  # noqa: PLR2004  # nothing stands out of three lines
        return True
    if hits == 0 and (in_good >= 0.5 * words or shorts <= 3):  # noqa: PLR2004  # the same
        return True
    return (
        hits <= 1 + len(counted) // 25
        and in_good >= 0.8 * words
        and shorts <= 0.5 * len(counted)
        and Mark.HARD not in marks
    )


def _window(seen: Sequence[Sight], scores: Sequence[float]) -> tuple[int, int]:
    """Find the run of lines with the greatest sum of log-odds, long ones counting more; of equal runs the first."""
    best, best_span = 0.0, (0, len(seen))
    total, begin = 0.0, 0
    for at, (sight, score) in enumerate(zip(seen, scores, strict=True)):
        if total <= 0:
            total, begin = 0.0, at
        held = max(-_MOST_ODDS, min(_MOST_ODDS, score + _LENIENCE))
        total += held * math.sqrt(min(sight.words, _MOST_COUNTED))
        if total > best:
            best, best_span = total, (begin, at + 1)
    return best_span


def _to_prose(good: Sequence[bool], span: tuple[int, int]) -> tuple[int, int]:
    """Take in the prose that touches the run: a short story's ends are outvoted by the menu beside them."""
    first, last = span
    while first > 0 and good[first - 1]:
        first -= 1
    while last < len(good) and good[last]:
        last += 1
    return first, last


def _widened(lines: Sequence[Line], marks: Sequence[Mark], span: tuple[int, int]) -> tuple[int, int]:
    """Take back what was cut off without evidence: a page's top and foot always hold some marked line."""
    first, last = span
    above = lines[:first]
    if above and not any(mark in _SURE for mark in marks[:first]):
        words = sum(word_count(line.text) for line in above)
        if len(above) <= _FEW_LINES or words >= _MENU_WORDS * len(above):
            first = 0
    below = marks[last:]
    if Mark.HARD not in below and sum(mark in _SURE for mark in below) < _FOOT_SHARE * len(below):
        last = len(lines)
    return first, last


def _end(lines: Sequence[Line], marks: Sequence[Mark], good: Sequence[bool], span: tuple[int, int]) -> int:
    """Cut at the first hard end behind two fifths of the prose."""
    first, last = span
    total = sum(word_count(lines[at].text) for at in range(first, last) if good[at])
    so_far = 0
    for at in range(first, last):
        if good[at]:
            so_far += word_count(lines[at].text)
        elif marks[at] is Mark.HARD and so_far >= 0.4 * total and so_far > 0:
            return at
    return last


def _repeats(lines: Sequence[Line], span: tuple[int, int]) -> set[int]:
    """Find long lines said before: pull quotes repeat prose."""
    seen: set[str] = set()
    found: set[int] = set()
    for at in range(*span):
        text = lines[at].text
        if text in seen and word_count(text) > 12:  # noqa: PLR2004  # a shorter line may well stand twice
            found.add(at)
        seen.add(text)
    return found


def _body(
    lines: Sequence[Line],
    marks: Sequence[Mark],
    span: tuple[int, int],
    title: str | None,
    drops: Collection[int],
) -> list[Line]:
    """Drop marked lines, ``drops`` (surely no part), the headline again, and a marked tail."""
    first, last = span
    headline = key(title or "")
    while last > first and marks[last - 1] in {Mark.SOFT, Mark.DROP}:
        last -= 1
    kept: list[Line] = []
    for at in range(first, last):
        line = lines[at]
        if at in drops:
            continue
        if marks[at] is Mark.DROP or (marks[at] is Mark.HARD and word_count(line.text) <= 6):  # noqa: PLR2004  # a heading, not prose
            continue
        if len(kept) <= 2 and (key(line.text) == headline or byline_of(line.text)):  # noqa: PLR2004  # above the body
            continue
        kept.append(line)
    return kept


def _headline(draft: Draft, lines: Sequence[Line], found: Located, model: Model) -> tuple[str | None, int]:
    """Find the headline near the top of the body: its text and its line (-1 where it is not among them)."""
    if draft.title:
        wanted = key(draft.title)
        at = next(
            (
                at
                for at in range(max(0, found.first - _NEAR), min(found.first + 4, len(lines)))
                if key(lines[at].text) == wanted
            ),
            -1,
        )
        return draft.title, at
    at = headline_at(lines, found.marks, found.good, (found.first, found.last), weights=model.title)
    return (re.sub(r"^#{1,6} ", "", lines[at].text), at) if at >= 0 else (None, -1)
