"""Find the article among the lines of a page: menus, share rows and comments go; headline and body stay. Pure.

A page is read as a walk through its parts, weighed by a small linear model trained on pasted pages (``features``,
``weighing``): the body is the lines that are likely in it, freed of lines that are never part of one, and the
headline is looked for above it. A text with next to no chrome in it is left alone: doing no harm to clean text goes
first.

HTML, mails and feed entries pass the same code; where somebody already found the body (``is_extracted``) no
window is looked for.

Source: Kohlschütter et al., "Boilerplate detection using shallow text features" (2010) for what tells prose from
chrome. Trained by ``benchmarks/train_reader.py``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from digest.reading.dates import iso_date
from digest.reading.features import sights
from digest.reading.headings import Located, headline_at, is_below_menu
from digest.reading.lines import Draft, Line, ends_closed, key, word_count
from digest.reading.marks import Mark, byline_of, is_date_line, mark_of
from digest.reading.weighing import Model, chances, shipped

__all__ = ["clean", "located"]

_NONE, _DROP, _SOFT, _HARD = Mark  # by the name of its class a member takes ten times as long
_SURE, _TAIL = (_HARD, _DROP), (_SOFT, _DROP)
_GOOD_WORDS, _GOOD_WITH_STOP = 20, 9
_LEAST_CHANCE = 0.4  # of being body: by cross-validation on the tuning kit .35 to .5 come out equal
_LEAST_BESIDE = 0.1  # of prose that touches the body
_MOST_LOST = 0.1  # of the prose of a text without chrome
_FEW_LINES = 3
_MENU_WORDS = 4  # of a menu's entry, at most
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
    is_cut = at >= first and (draft.title is not None or is_below_menu(at, found))
    body = _body(lines, marks, (at + 1 if is_cut else first, last), title, drops)
    return replace(
        draft,
        lines=body,
        title=title,
        byline=draft.byline
        or next((name for name in (byline_of(line.text) for line in above) if name), None),
        published=draft.published
        or next((day for line in above if is_date_line(line.text) and (day := iso_date(line.text))), None),
    )


def located(lines: Sequence[Line], *, model: Model, is_extracted: bool = False) -> Located:
    """Find the body among the lines."""
    marks = [mark_of(line.text) for line in lines]
    words = [word_count(line.text) for line in lines]
    good = [
        mark is _NONE and (count >= _GOOD_WORDS or (count >= _GOOD_WITH_STOP and ends_closed(line.text)))
        for line, count, mark in zip(lines, words, marks, strict=True)
    ]
    if is_extracted:
        span = 0, _end(lines, marks, good, (0, len(lines)))
        return Located(words, marks, good, *span, _begun(lines), drops=_repeats(lines, span))
    if _is_bare(words, marks, good):
        return Located(words, marks, good, 0, len(lines), _begun(lines))
    likely, before = chances(sights(lines, words, marks), model)
    found = _span(likely)
    if found is None:
        return Located(words, marks, good, *_prose(good), before)
    first, last = _to_prose(likely, good, found)
    drops = {at for at in range(*found) if likely[at] < _LEAST_CHANCE}
    if _is_clean(words, marks, good) and _prose_lost(words, good, (first, last), drops) > _MOST_LOST:
        return Located(words, marks, good, 0, len(lines), before)
    return Located(words, marks, good, first, last, before, drops | _repeats(lines, (first, last)))


def _begun(lines: Sequence[Line]) -> list[float]:
    """Give each line's chance of standing before the article, of a text that is nothing but the article."""
    return [0.0] * len(lines)


def _cut_long(lines: list[Line]) -> list[Line]:
    """Keep within what one article can hold: a paste of 10 MB has no more than its first lines to say."""
    return lines[:20_000]


def _is_bare(counted: Sequence[int], marks: Sequence[Mark], good: Sequence[bool]) -> bool:
    """Tell a text of which nothing says that it is chrome: no line is marked, and the lines are no menu's.

    A menu stands above the prose: short lines below it are a table's.
    """
    if len(counted) <= _FEW_LINES:  # nothing stands out of three lines
        return True
    if any(mark is not _NONE for mark in marks):
        return False
    shorts = [count <= _MENU_WORDS for count in counted]
    in_good = sum([count for count, is_good in zip(counted, good, strict=True) if is_good])
    above = shorts[: good.index(True)] if True in good else shorts
    return sum(above) <= _FEW_LINES or sum(shorts) <= len(counted) / 2 or in_good >= sum(counted) / 2


def _is_clean(counted: Sequence[int], marks: Sequence[Mark], good: Sequence[bool]) -> bool:
    """Tell whether next to nothing is marked and nearly all is prose: little may be taken from such a text."""
    hits = sum([mark in _SURE for mark in marks])
    in_good = sum([count for count, is_good in zip(counted, good, strict=True) if is_good])
    return (
        hits <= 1 + len(counted) // 25
        and in_good >= 0.8 * sum(counted)
        and sum(good) >= 0.5 * len(counted)
        and _HARD not in marks
    )


def _prose_lost(
    counted: Sequence[int], good: Sequence[bool], span: tuple[int, int], drops: Collection[int]
) -> float:
    """Give the share of the prose that would not be kept."""
    prose = [at for at, is_good in enumerate(good) if is_good]
    lost = [at for at in prose if not span[0] <= at < span[1] or at in drops]
    return sum([counted[at] for at in lost]) / (sum([counted[at] for at in prose]) or 1)


def _span(likely: Sequence[float]) -> tuple[int, int] | None:
    """Give the lines from the first to the last that is likely body; None where none is."""
    kept = [at for at, chance in enumerate(likely) if chance >= _LEAST_CHANCE]
    return (kept[0], kept[-1] + 1) if kept else None


def _to_prose(likely: Sequence[float], good: Sequence[bool], span: tuple[int, int]) -> tuple[int, int]:
    """Take in the prose that touches the body: a short story's ends are outvoted by the menu beside them."""
    first, last = span
    while first > 0 and good[first - 1] and likely[first - 1] >= _LEAST_BESIDE:
        first -= 1
    while last < len(good) and good[last] and likely[last] >= _LEAST_BESIDE:
        last += 1
    return first, last


def _prose(good: Sequence[bool]) -> tuple[int, int]:
    """Give the lines from the first to the last of prose, of a text without any all: never nothing."""
    prose = [at for at, is_good in enumerate(good) if is_good]
    return (prose[0], prose[-1] + 1) if prose else (0, len(good))


def _end(lines: Sequence[Line], marks: Sequence[Mark], good: Sequence[bool], span: tuple[int, int]) -> int:
    """Cut at the first hard end behind two fifths of the prose."""
    first, last = span
    total = sum(word_count(lines[at].text) for at in range(first, last) if good[at])
    so_far = 0
    for at in range(first, last):
        if good[at]:
            so_far += word_count(lines[at].text)
        elif marks[at] is _HARD and so_far >= 0.4 * total and so_far > 0:
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
    while last > first and marks[last - 1] in _TAIL:
        last -= 1
    kept: list[Line] = []
    for at in range(first, last):
        line = lines[at]
        if at in drops:
            continue
        if marks[at] is _DROP or (marks[at] is _HARD and word_count(line.text) <= 6):  # noqa: PLR2004  # a heading, not prose
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
    at = headline_at(lines, found, weights=model.title)
    return (re.sub(r"^#{1,6} ", "", lines[at].text), at) if at >= 0 else (None, -1)
