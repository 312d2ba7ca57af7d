"""What a line of pasted text shows, by name: the signs and measures that the line model weighs. Pure.

``sights`` looks at all lines of a text, a trait at a time, and sorts each line into classes: of length, of what it
ends in, of how many words stand around it. The classes stand in five groups, and lines alike in a group share one
look-up of what it weighs (``weighing``): nearly all lines of a page are like some line before in each group. Only
for the first of its kind it is asked which signs and measures the classes are (``GROUPS``): a sign counts 1, a
measure by its class, mostly 0 to 1. All is cheap on purpose: some five microseconds a line. Nothing is decided here.

Measures keep one weight, however many classes they have: with a weight for each class the model learns the
training pages by heart (unseen whole pages .903 instead of .928). Single words, the share of words that begin with
a capital and the share that the prose says again told nothing more on unseen pages.

Source: Kohlschütter et al., "Boilerplate detection using shallow text features" (2010).
"""

# ruff: noqa: FBT001, PLR0913, PLR0917  # the classes of a group are its function's arguments

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from typing import NamedTuple

from digest.reading.lines import Line, ends_in_stop
from digest.reading.marks import Mark, byline_of

__all__ = ["GROUPS", "TRAITS", "TURN_TRAITS", "Classes", "Shown", "Sights", "are_alike", "sights"]

Classes = tuple[str | int, ...]
Shown = dict[str, float]
_Columns = tuple[Sequence[str | int], ...]  # the classes of all lines, a trait each
_NONE, _DROP, _SOFT, _HARD = Mark  # by the name of its class a member takes ten times as long
_MARK_SIGNS = ("", "drop", "soft", "hard")

_SIZES = (1, 2, 4, 8, 13, 17, 24, 40)  # words; a class of length ends at each
_MOST_WORDS = 60  # of one line that count
# Classes of length from which on a line may be: a headline, prose if it has a stop, prose, prose beyond doubt.
_TITULAR, _LONG_WITH_STOP, _LONG, _PROSE = 3, 4, 5, 6
_LONGEST_BYLINE, _LONGEST_ODD = 14, 40  # words

_ENDINGS = {
    **dict.fromkeys(":：", "colon"),
    **dict.fromkeys('”"»’', "closing_quote"),
    **dict.fromkeys("?？", "asks"),
    **dict.fromkeys("0123456789", "figure"),
    "…": "dots",
    ",": "comma",
}
_STOPS = frozenset(".!?…。！？؟।॥")
_CLOSING = frozenset("'\"”’»)]")
_DIGIT = re.compile("[0-9]")
_ODD = re.compile("[|•»·>@{};=/0-9]")
_ODDS = {
    **dict.fromkeys("|•»·>", "separator"),
    **dict.fromkeys("{};=/", "code"),
    **dict.fromkeys("0123456789", "digit"),
    "@": "address",
}

_NEAR, _FAR = 3, 8  # lines on either side
_NEAR_EDGES, _FAR_EDGES = (3, 8, 15, 29, 61), (15, 29, 57, 111, 201)  # their words; a class begins at each
_FULL_LINE = 24  # words
_FADING_EDGES = (1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 41, 71)  # lines from the prose; a class begins at each
_PARTS_OF_TEXT, _TENTHS = 20, 10
_EARLY, _LATE = 3, 6  # tenths of the prose
_MOST_ABOVE = 6  # hard marks that count, in halves


def _middles(edges: Sequence[int], most: int) -> list[float]:
    """Give the number in the middle of each class."""
    return [(low + high - 1) / 2 for low, high in pairwise((0, *edges, most + 1))]


def _classes(edges: Sequence[int], most: int) -> list[int]:
    """Give the class of every number up to ``most``: how many edges it reaches."""
    return [sum(value >= edge for edge in edges) for value in range(most + 1)]


_SIZE_OF = _classes([most + 1 for most in _SIZES], _MOST_WORDS)
_NEAR_CLASSES = _classes(_NEAR_EDGES, _NEAR * _MOST_WORDS)
_FAR_CLASSES = _classes(_FAR_EDGES, _FAR * _MOST_WORDS)
_NEAR_DENSITY = [words / (_NEAR * _FULL_LINE) for words in _middles(_NEAR_EDGES, _NEAR * _MOST_WORDS)]
_FAR_DENSITY = [words / (_FAR * _FULL_LINE) for words in _middles(_FAR_EDGES, 400)]
_FADING = [math.log1p(lines) / 3 for lines in _middles(_FADING_EDGES, 150)]
_FADING_CLASSES = _classes(_FADING_EDGES, _FADING_EDGES[-1])[1:]

TRAITS = (
    "any",
    *(f"size_{at}" for at in range(len(_SIZES) + 1)),
    *(f"stop_{at}" for at in range(len(_SIZES) + 1)),
    *("hard", "soft", "drop", "date", "byline", "titular"),
    *("apart", "apart_after", "alike_before", "alike_after"),
    *("after_date", "near_date", "far_date", "before_date", "soon_date", "after_byline", "near_byline"),
    *("after_hard", "near_hard", "after_colon"),
    *("heading", "item", "quote", *dict.fromkeys(_ENDINGS.values()), "lower", "opens_quote"),
    *(*dict.fromkeys(_ODDS.values()), "shouted", "repeated"),
    *("near_above", "near_below", "far_above", "far_below", "dates_above", "dates_below"),
    *("prose_above", "prose_below", "no_prose_above", "no_prose_below", "from_prose"),
    *("hard_above", "hard_far_above", "ended", "prose_ended", "prose_unended", "prose_first"),
    *("place", "clean", "clean_short", "apart_share"),
)
# The traits by which the article's parts begin and end: all are of what a line is and stands beside.
TURN_TRAITS = TRAITS[: TRAITS.index("after_colon") + 1]
_NAMED = frozenset(TRAITS)


class Sights(NamedTuple):
    """What the lines of a text show: for each of ``GROUPS`` the classes of each line."""

    written: Sequence[Classes]
    standing: Sequence[Classes]
    around: Sequence[Classes]
    prose: Sequence[Classes]
    page: Sequence[Classes]

    def shown(self) -> list[Shown]:
        """Name all that each line shows, for training."""
        each = [
            [shown(*row) for row in classes] for shown, classes in zip(GROUPS.values(), self, strict=True)
        ]
        return [
            dict(chain.from_iterable(group.items() for group in groups)) for groups in zip(*each, strict=True)
        ]


def _written(ending: str, opening: str, odd: str, kind: str, is_shouted: bool, is_repeated: bool) -> Shown:
    """Name how a line is written."""
    signs = (ending, opening, odd, kind, "shouted" * is_shouted, "repeated" * is_repeated)
    return dict.fromkeys([sign for sign in signs if sign in _NAMED], 1.0)


def _standing(
    size: int, stop: bool, mark: str, apart: bool, apart_after: bool, alike: bool, alike_after: bool,
    date_above: int, date_below: int, byline_above: int, hard_above: int, colon_above: int,
) -> Shown:  # fmt: skip
    """Name what a line is and what stands near it; how far a thing is comes as a class, 1 for the next line."""
    signs = {
        "any": True,
        f"size_{size}": True,
        f"stop_{size}": stop,
        mark: mark in _NAMED,
        "titular": not mark and not stop and _TITULAR <= size <= _PROSE,
        "apart": apart,
        "apart_after": apart_after,
        "alike_before": alike,
        "alike_after": alike_after,
        "after_date": date_above == 1,
        "near_date": date_above in {1, 2},
        "far_date": date_above > 0,
        "before_date": date_below == 1,
        "soon_date": date_below > 0,
        "after_byline": byline_above == 1,
        "near_byline": byline_above > 0,
        "after_hard": hard_above == 1,
        "near_hard": hard_above > 0,
        "after_colon": colon_above > 0,
    }
    return {name: 1.0 for name, is_shown in signs.items() if is_shown}


def _around(
    near_above: int, near_below: int, far_above: int, far_below: int, dates_above: int, dates_below: int
) -> Shown:
    """Measure how much is said around a line, and how many days are named."""
    return {
        "near_above": _NEAR_DENSITY[near_above],
        "near_below": _NEAR_DENSITY[near_below],
        "far_above": _FAR_DENSITY[far_above],
        "far_below": _FAR_DENSITY[far_below],
        "dates_above": dates_above / _FAR,
        "dates_below": dates_below / _FAR,
    }


def _prose(above: int, with_own: int, distance: int, hard: int, is_long: bool) -> Shown:
    """Measure where a line stands in the prose, and what has ended above it. ``with_own``: the prose to its end."""
    signs = {
        "no_prose_above": above == 0,
        "no_prose_below": with_own > _TENTHS,
        "hard_far_above": hard > 0 and above > _LATE,
        "ended": hard > 0,
        "prose_ended": is_long and hard > 0,
        "prose_unended": is_long and hard == 0,
        "prose_first": is_long and above == 0,
    }
    return {
        **{name: 1.0 for name, is_shown in signs.items() if is_shown},
        "prose_above": _share(above),
        "prose_below": 1 - _share(with_own),
        "from_prose": _FADING[distance],
        "hard_above": hard / _MOST_ABOVE,
    }


def _page(place: int, clean: int, apart: int, is_short: bool) -> Shown:
    """Measure what the whole text is like, and where in it a line stands."""
    return {
        "place": place / _PARTS_OF_TEXT,
        "clean": clean / _TENTHS,
        "clean_short": clean / _TENTHS if is_short else 0.0,
        "apart_share": apart / _TENTHS,
    }


def _share(tenth: int) -> float:
    """Give the share in the middle of a class: 0 of nothing, 1 to 10 of a tenth each, 11 of all."""
    return 0.0 if tenth == 0 else min(1.0, (tenth - 0.5) / _TENTHS)


# What the classes of each group of traits are by name.
GROUPS: Mapping[str, Callable[..., Shown]] = {
    "written": _written,
    "standing": _standing,
    "around": _around,
    "prose": _prose,
    "page": _page,
}


class _Openings(dict[str, str]):
    """What the first character of a line makes of it, each found out once: a look-up takes a quarter of a call."""

    def __missing__(self, character: str) -> str:
        self[character] = found = next((name for name, fits in _OPENS if fits(character)), "")
        return found


_OPENS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("opens_quote", frozenset("\"'“«„‘").__contains__),
    ("lower", str.islower),
    ("upper", str.isupper),
    ("numbered", str.isdigit),
)
_OPENINGS = _Openings()


@dataclass(frozen=True, slots=True)
class _Text:
    """A text with what more than one group of traits asks; one entry a line in each sequence but the places."""

    lines: Sequence[Line]
    words: Sequence[int]
    texts: Sequence[str]
    counted: Sequence[int]  # words, of a long line as many as count
    sizes: Sequence[int]
    is_stopped: Sequence[bool]
    endings: Sequence[str]
    openings: Sequence[str]
    marks: Sequence[str]
    dates: Sequence[int]  # places, as all below
    bylines: Sequence[int]
    hard: Sequence[int]
    prose: Sequence[int]  # beyond doubt, and where there is none, what likely is


def sights(lines: Sequence[Line], words: Sequence[int], marks: Sequence[Mark]) -> Sights:
    """Look at all lines of a text; ``words``: how many each has."""
    if not lines:
        return Sights([], [], [], [], [])
    text = _text(lines, words, marks)
    return Sights(
        list(zip(*_of_writing(text), strict=True)),
        list(zip(*_of_standing(text), strict=True)),
        list(zip(*_of_surroundings(text), strict=True)),
        list(zip(*_of_prose(text), strict=True)),
        list(zip(*_of_page(text), strict=True)),
    )


def _text(lines: Sequence[Line], words: Sequence[int], marks: Sequence[Mark]) -> _Text:
    texts = [line.text for line in lines]
    each = list(zip(texts, words, marks, strict=True))
    counted = [count if count < _MOST_WORDS else _MOST_WORDS for count in words]  # noqa: FURB136  # half of min()'s time
    sizes = [_SIZE_OF[count] for count in counted]
    is_stopped = [text[-1] in _STOPS or (text[-1] in _CLOSING and ends_in_stop(text)) for text in texts]
    dates = [at for at, (text, _, mark) in enumerate(each) if mark is _DROP and _DIGIT.search(text)]
    bylines = [
        at
        for at, (text, count, mark) in enumerate(each)
        if mark is _NONE and count <= _LONGEST_BYLINE and byline_of(text)
    ]
    signs = [_MARK_SIGNS[mark] for mark in marks]
    for sign, places in (("date", dates), ("byline", bylines)):
        for at in places:
            signs[at] = sign
    return _Text(
        lines=lines,
        words=words,
        texts=texts,
        counted=counted,
        sizes=sizes,
        is_stopped=is_stopped,
        endings=["dots" if text[-3:] == "..." else _ENDINGS.get(text[-1], "") for text in texts],
        openings=[_OPENINGS[text[0]] for text in texts],
        marks=signs,
        dates=dates,
        bylines=bylines,
        hard=[at for at, mark in enumerate(marks) if mark is _HARD],
        prose=_with_stop(sizes, is_stopped, signs, _PROSE)
        or _with_stop(sizes, is_stopped, signs, _LONG_WITH_STOP),
    )


def _with_stop(
    sizes: Sequence[int], is_stopped: Sequence[bool], marks: Sequence[str], least: int
) -> list[int]:
    """Give the places of unmarked lines of some length that end in a stop."""
    each = enumerate(zip(sizes, is_stopped, marks, strict=True))
    return [at for at, (size, stop, mark) in each if stop and size >= least and not mark]


def _of_writing(text: _Text) -> _Columns:
    odd = [
        _ODDS[found[0]] if count <= _LONGEST_ODD and (found := _ODD.search(own)) else ""
        for own, count in zip(text.texts, text.words, strict=True)
    ]
    copies = Counter(text.texts)
    return (
        text.endings,
        text.openings,
        odd,
        [line.kind for line in text.lines],
        [own.isupper() for own in text.texts],
        [copies[own] > 1 for own in text.texts],
    )


def _of_standing(text: _Text) -> _Columns:
    size = len(text.lines)
    is_apart = [line.is_apart for line in text.lines]
    makes = zip(text.words, text.openings, text.endings, strict=True)
    is_alike = [False, *[one == other for one, other in pairwise(makes)], False]
    colons = [at for at, ending in enumerate(text.endings) if ending == "colon"]
    return (
        text.sizes,
        text.is_stopped,
        text.marks,
        is_apart,
        [*is_apart[1:], True],
        is_alike[:-1],
        is_alike[1:],
        _below(text.dates, (1, 2, 2, 3, 3, 3), size),
        _above(text.dates, (1, 2, 2), size),
        _below(text.bylines, (1, 2, 2, 2), size),
        _below(text.hard, (1, 2, 2, 2, 2), size),
        _below(colons, (1,), size),
    )


def _of_surroundings(text: _Text) -> _Columns:
    size, sums = len(text.lines), list(accumulate(text.counted, initial=0))
    return (
        _words_above(sums, _NEAR, _NEAR_CLASSES),
        _words_below(sums, _NEAR, _NEAR_CLASSES),
        _words_above(sums, _FAR, _FAR_CLASSES),
        _words_below(sums, _FAR, _FAR_CLASSES),
        _within(text.dates, range(1, _FAR + 1), size),
        _within(text.dates, range(-_FAR, 0), size),
    )


def _of_prose(text: _Text) -> _Columns:
    size, above = len(text.lines), _tenths(text)
    is_long = [
        not sign and (size >= _LONG or (stop and size >= _LONG_WITH_STOP))
        for size, stop, sign in zip(text.sizes, text.is_stopped, text.marks, strict=True)
    ]
    return above[:-1], above[1:], _distances(text.prose, size), _hard_above(text.hard, above, size), is_long


def _of_page(text: _Text) -> _Columns:
    size = len(text.lines)
    clean = _TENTHS * sum([text.counted[at] for at in text.prose]) // (sum(text.counted) or 1)
    apart = _TENTHS * sum([line.is_apart for line in text.lines]) // size
    places = [_PARTS_OF_TEXT * at // size for at in range(size)]
    return places, [clean] * size, [apart] * size, [own < _PROSE for own in text.sizes]


def are_alike(one: tuple[str, int], other: tuple[str, int]) -> bool:
    """Tell whether two lines are of one make, as the rows of a list or a table are."""
    (text, count), (above, count_above) = one, other
    return (
        count == count_above
        and text[0].isupper() == above[0].isupper()
        and text[0].isdigit() == above[0].isdigit()
        and text[-1].isdigit() == above[-1].isdigit()
    )


def _below(places: Iterable[int], classes: Sequence[int], count: int) -> list[int]:
    """Class each line by how far above it the last of some places is: the next line first; 0 farther off."""
    column = [0] * (count + len(classes))
    for at in places:
        column[at + 1 : at + 1 + len(classes)] = classes
    return column[:count]


def _above(places: Sequence[int], classes: Sequence[int], count: int) -> list[int]:
    """Class each line by how far below it the next of some places is."""
    return _below([count - 1 - at for at in reversed(places)], classes, count)[::-1]


def _within(places: Iterable[int], reach: Iterable[int], count: int) -> list[int]:
    """Count for each line the places that reach it, by so many lines."""
    column = [0] * count
    for at in places:
        for lines in reach:
            if 0 <= at + lines < count:
                column[at + lines] += 1
    return column


def _words_above(sums: Sequence[int], span: int, classes: Sequence[int]) -> list[int]:
    """Class each line by the words of as many lines above it; beyond the text there are none."""
    return [classes[here - there] for here, there in zip(sums[:-1], [0] * span + list(sums), strict=False)]


def _words_below(sums: Sequence[int], span: int, classes: Sequence[int]) -> list[int]:
    """Class each line by the words of as many lines below it."""
    beyond = [*sums[span + 1 :], *([sums[-1]] * span)]
    return [classes[there - here] for here, there in zip(sums[1:], beyond, strict=False)]


def _tenths(text: _Text) -> list[int]:
    """Class the share of the prose above each line, and last the whole: 0 none, 1 to 10 tenths, 11 all."""
    whole = sum([text.counted[at] for at in text.prose])
    column: list[int] = []
    above = 0
    for at in text.prose:
        column += [_tenth(above, whole)] * (at + 1 - len(column))
        above += text.counted[at]
    return column + [_tenth(above, whole)] * (len(text.lines) + 1 - len(column))


def _tenth(above: int, whole: int) -> int:
    if not above:
        return 0
    return _TENTHS + 1 if above >= whole else 1 + _TENTHS * above // whole


def _distances(prose: Sequence[int], count: int) -> list[int]:
    """Class each line by how far from it the nearest prose above or below is."""
    below, above = _last(prose, count), _last([count - 1 - at for at in reversed(prose)], count)[::-1]
    return list(map(min, below, above))


def _last(places: Iterable[int], count: int) -> list[int]:
    """Class each line by how far above it the last of some places is; the farthest class where there is none."""
    farthest = len(_FADING_EDGES)
    column = [farthest] * (count + len(_FADING_CLASSES))
    for at in places:
        column[at + 1 : at + 1 + len(_FADING_CLASSES)] = _FADING_CLASSES
    return column[:count]


def _hard_above(hard: Iterable[int], above: Sequence[int], count: int) -> list[int]:
    """Count the hard marks above each line in halves: one where the prose has hardly begun, they may be a menu's."""
    column: list[int] = []
    halves = 0
    for at in hard:
        column += [halves] * (at + 1 - len(column))
        halves = min(_MOST_ABOVE, halves + (1 if above[at] <= _EARLY else 2))
    return column + [halves] * (count - len(column))
