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
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from digest.reading.dates import iso_date
from digest.reading.features import Sight, sights
from digest.reading.lines import Draft, Line, ends_closed, key, word_count
from digest.reading.marks import Mark, byline_of, is_date_line, mark_of
from digest.reading.weighing import Model, shipped, weigh

__all__ = ["clean"]

_GOOD_WORDS, _GOOD_WITH_STOP = 20, 9
_MOST_COUNTED = 60
# Tuned with five-fold cross-validation on the tuning kit: at 0 articles of short lines are cut short, at 1 menus
# come in; without a greatest weight one sure line outvotes its surroundings.
_LENIENCE = 0.5
_MOST_ODDS = 4.0
_SURELY_OUT = -3.0
_LONGEST_TITLE = 30
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
    lines = _cut_long(lines)
    marks = [mark_of(line.text) for line in lines]
    drops: set[int] = set()
    good = [_is_good(line, mark) for line, mark in zip(lines, marks, strict=True)]
    if draft.is_extracted:
        first, last = 0, _end(lines, marks, good, (0, len(lines)))
        drops = _repeats(lines, (first, last))
    elif _is_clean(lines, marks, good):
        first, last = 0, len(lines)
    else:
        seen = sights(lines, marks)
        scores = weigh(seen, model or shipped())
        first, last = _widened(lines, marks, _to_prose(good, _window(seen, scores)))
        drops = {at for at in range(first, last) if scores[at] < _SURELY_OUT and not good[at]}
        drops |= _repeats(lines, (first, last))
    title, at = _headline(draft, lines, marks, good, first)
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


def _cut_long(lines: list[Line]) -> list[Line]:
    """Keep within what one article can hold: a paste of 10 MB has no more than its first lines to say."""
    return lines[:20_000]


def _is_good(line: Line, mark: Mark) -> bool:
    if mark is not Mark.NONE:
        return False
    words = word_count(line.text)
    return words >= _GOOD_WORDS or (words >= _GOOD_WITH_STOP and ends_closed(line.text))


def _is_clean(lines: Sequence[Line], marks: Sequence[Mark], good: Sequence[bool]) -> bool:
    """Tell whether there is next to nothing to remove, so that nothing but marked lines is removed."""
    hits = sum(mark in {Mark.HARD, Mark.DROP} for mark in marks)
    shorts = sum(1 for line, is_good in zip(lines, good, strict=True) if not is_good)
    words = sum(word_count(line.text) for line in lines)
    in_good = sum(word_count(line.text) for line, is_good in zip(lines, good, strict=True) if is_good)
    if len(lines) <= 3:  # noqa: PLR2004  # nothing stands out of three lines
        return True
    if hits == 0 and (in_good >= 0.5 * words or shorts <= 3):  # noqa: PLR2004  # the same
        return True
    return (
        hits <= 1 + len(lines) // 25
        and in_good >= 0.8 * words
        and shorts <= 0.5 * len(lines)
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


def _headline(
    draft: Draft, lines: Sequence[Line], marks: Sequence[Mark], good: Sequence[bool], first: int
) -> tuple[str | None, int]:
    """Find the headline near the top of the body: its text and its line (-1 where it is not among them)."""
    if draft.title:
        wanted = key(draft.title)
        at = next(
            (
                at
                for at in range(max(0, first - _NEAR), min(first + 4, len(lines)))
                if key(lines[at].text) == wanted
            ),
            -1,
        )
        return draft.title, at
    counts = Counter(key(line.text) for line in lines)
    body_words = Counter(
        word
        for line in lines[first : first + 12]
        for word in key(line.text).split()
        if len(word) > 3  # noqa: PLR2004  # shorter ones are no content words
    )  # content words
    best, best_at = 0.0, -1
    for at in range(max(0, first - _NEAR), min(first + 4, len(lines))):
        score = _headline_score(lines, marks, at, counts, body_words)
        if good[at] and at >= first:
            score -= 3.0 if at > first else 1.5
        score -= 0.12 * abs(first - at)
        if at == 0:
            score += 1.5
        if score > best:
            best, best_at = score, at
    if best_at < 0:
        return None, -1
    return re.sub(r"^#{1,6} ", "", lines[best_at].text), best_at


def _headline_score(
    lines: Sequence[Line], marks: Sequence[Mark], at: int, counts: Counter[str], body_words: Counter[str]
) -> float:
    text = lines[at].text
    words = word_count(text)
    if marks[at] is not Mark.NONE or byline_of(text) or not 2 <= words <= _LONGEST_TITLE:  # noqa: PLR2004  # one word is a menu
        return -9.0
    own = [word for word in key(text).split() if len(word) > 3]  # noqa: PLR2004  # content words
    shared = sum(word in body_words for word in own) / len(own) if own else 0.0
    score = 2.5 * shared + (1.0 if 5 <= words <= 18 else 0.0) + (1.0 if counts[key(text)] > 1 else 0.0)  # noqa: PLR2004  # usual headlines
    if text.endswith((".", ",", ";", "…", "。")) and not text.endswith("..."):
        score -= 6.0
    following = lines[at + 1 : at + 4]
    if any(byline_of(line.text) or is_date_line(line.text) for line in following):
        score += 1.0
    if lines[at].kind == "heading":
        score += 1.5
    return score
