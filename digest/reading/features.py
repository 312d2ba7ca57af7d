"""What a line of pasted text shows, by name: the signs and measures that the line model weighs. Pure.

``sights`` looks at every line once. Signs say yes or no and come as a tuple of names, so that lines alike share
one look-up; measures are numbers, mostly 0 to 1, in the order of ``MEASURES``: how the line is written, what
stands around it, where in the text it stands. All are cheap on purpose: some ten microseconds a line. Nothing is
decided here.

Source: Kohlschütter et al., "Boilerplate detection using shallow text features" (2010).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, compress, pairwise
from typing import NamedTuple

from digest.reading.lines import Line, ends_in_stop
from digest.reading.marks import Mark, byline_of

__all__ = ["LONGEST_NAMED", "MEASURES", "SIGNS", "TURN_SIGNS", "Sight", "are_alike", "sights"]

_NONE, _DROP, _SOFT, _HARD = Mark  # by the name of its class a member takes ten times as long
_SIZES = (1, 2, 4, 8, 14, 24, 40)  # words; a class of length ends at each
_CLASSES = [next((at for at, most in enumerate(_SIZES) if count <= most), len(_SIZES)) for count in range(42)]
_MENU_WORDS, _FULL_LINE, _MOST_WORDS = 4, 24, 60  # of a menu's entry; of a dense line; of one line that count
_PROSE_WORDS, _LONG_WORDS, _LONG_WITH_STOP = (
    18,
    14,
    8,
)  # prose beyond doubt has a stop; long lines may have none
_LONG_WORD = 5  # letters; a shorter word says little of what a text is about
LONGEST_NAMED = 12  # words; in a longer line single words say little
_SHORT_WORDS = 8  # a line of as many may well say something else than the prose
_LONGEST_BYLINE, _LONGEST_WRITTEN, _LONGEST_SPEAKER = 14, 40, 8  # words
_FEWEST_TITULAR, _MOST_TITULAR = 4, 25  # words
_NEAR, _AROUND = 3, 8  # lines on either side
_MOST_ABOVE = 3  # hard marks and speakers that count
_EARLY, _LATE = 0.3, 0.6  # of the prose

_ENDINGS = {
    **dict.fromkeys(":：", "colon"),
    **dict.fromkeys('”"»’', "closing_quote"),
    **dict.fromkeys("?？", "asks"),
    "…": "dots",
    ",": "comma",
}
_OPENING = frozenset('"“«„‘')
_PUNCTUATION = ".,;:!?“”\"'’()[]«»…"
# A set of characters is found at 4 ns a character, a choice of words at 20: words are asked for with ``in``.
_ODD = re.compile('[|•»·>@{};=/(0-9“”"«„?]')
_SEPARATOR = re.compile("[|•»]")
_CODE = re.compile("[{};=]")
_QUOTATION = re.compile('[“"”«„]')
_SAYS = re.compile(r"\b(?:says|said|wrote|writes|schrieb|sagt|dice|dijo|disse|пишет|a écrit) ?:$")
_DIGIT = re.compile("[0-9]")
_STOPS = frozenset(".!?…。！？؟।॥")
_CLOSING = frozenset("'\"”’»)]")
_NEVER, _FARTHEST = 10_000, 150  # lines
_FADING = [math.log1p(lines) / 3 for lines in range(_FARTHEST + 1)]
_SIZE_SIGNS = [((f"size_{at}",), (f"size_{at}", f"stop_{at}")) for at in range(len(_SIZES) + 1)]

SIGNS = (
    *(f"size_{at}" for at in range(len(_SIZES) + 1)),
    *(f"stop_{at}" for at in range(len(_SIZES) + 1)),
    *("hard", "soft", "drop", "date", "byline", "heading", "item", "quote", "apart", "apart_after"),
    *dict.fromkeys(_ENDINGS.values()),
    *("lower", "opens_quote", "shouted", "says"),
    *("separator", "address", "code", "digit", "quotation", "first_person", "question"),
    *("repeated", "titular", "alike_before", "alike_after", "first", "unknown"),
    *("after_date", "near_date", "far_date", "before_date", "soon_date", "after_byline", "near_byline"),
    *("after_hard", "near_hard", "after_colon", "no_prose_above", "no_prose_below"),
    *("ended", "prose_ended", "prose_unended", "prose_first"),
)
# The signs by which the article's parts begin and end.
TURN_SIGNS = (
    *("size_0", "size_1", "size_2", "stop_5", "stop_6", "stop_7"),
    *("hard", "soft", "drop", "date", "byline", "heading", "apart", "titular"),
    *("alike_before", "after_date", "after_byline", "after_hard", "after_colon"),
)
MEASURES = (
    *("capitals", "known", "known_ended", "apart_share", "dense_before", "dense_after"),
    *("dense_far_before", "dense_far_after", "short_after", "prose_before", "prose_after"),
    *(
        "dates_before",
        "dates_after",
        "place",
        "prose_above",
        "prose_below",
        "from_prose",
        "clean",
        "clean_short",
    ),
    *("hard_above", "hard_far_above"),
)


class Sight(NamedTuple):
    """What one line shows. ``named``: its words in lower case where it is short, else nothing."""

    signs: tuple[str, ...]
    measures: tuple[float, ...]
    named: Sequence[str]


def sights(lines: Sequence[Line], words: Sequence[int], marks: Sequence[Mark]) -> list[Sight]:
    """Look at each line once; ``words``: how many each has."""
    if not lines:
        return []
    text = _text(lines, words, marks)
    return list(map(Sight, _signs(text), zip(*_columns(text), strict=True), text.named))


@dataclass(slots=True)
class _Text:
    """A text with what its lines are asked about each other; one entry a line in each sequence."""

    lines: Sequence[Line]
    words: Sequence[int]
    marks: Sequence[Mark]
    texts: Sequence[str]
    classes: Sequence[int]
    is_stopped: Sequence[bool]
    is_date: Sequence[bool]
    is_byline: Sequence[bool]
    is_prose: Sequence[bool]
    says: Sequence[bool]
    named: Sequence[Sequence[str]]
    known: Sequence[float | None]
    is_repeated: Sequence[bool]
    is_alike: Sequence[bool]  # to the line above
    since_date: Sequence[int]
    until_date: Sequence[int]
    since_byline: Sequence[int]
    since_hard: Sequence[int]
    prose_above: Sequence[float]
    hard_above: Sequence[float]


def _text(lines: Sequence[Line], words: Sequence[int], marks: Sequence[Mark]) -> _Text:
    texts = [line.text for line in lines]
    each = list(zip(texts, words, marks, strict=True))
    is_stopped = [text[-1] in _STOPS or (text[-1] in _CLOSING and ends_in_stop(text)) for text in texts]
    is_prose = [
        stop and count >= _PROSE_WORDS and mark is _NONE
        for stop, (_, count, mark) in zip(is_stopped, each, strict=True)
    ]
    prose = [min(count, _MOST_WORDS) if is_prose[at] else 0 for at, count in enumerate(words)]
    prose_above = _sums(prose)
    named = [_bare(text) if count <= _FULL_LINE else () for text, count, _ in each]
    topic = _topic([text for text, is_in in zip(texts, is_prose, strict=True) if is_in])
    counts = Counter(texts)
    is_date = [mark is _DROP and _DIGIT.search(text) is not None for text, _, mark in each]
    is_byline = [
        count <= _LONGEST_BYLINE and mark is _NONE and byline_of(text) is not None
        for text, count, mark in each
    ]
    return _Text(
        lines=lines,
        words=words,
        marks=marks,
        texts=texts,
        classes=[_CLASSES[min(count, 41)] for count in words],
        is_stopped=is_stopped,
        is_date=is_date,
        is_byline=is_byline,
        is_prose=is_prose,
        says=[
            text[-1] == ":" and count <= _LONGEST_SPEAKER and _SAYS.search(text) is not None
            for text, count, _ in each
        ],
        named=named,
        known=[_known(own, topic) for own in named],
        is_repeated=[counts[text] > 1 for text in texts],
        is_alike=[False, *(are_alike(*pair) for pair in pairwise(zip(texts, words, strict=True))), False],
        since_date=_since(is_date),
        until_date=_since(is_date[::-1])[::-1],
        since_byline=_since(is_byline),
        since_hard=_since([mark is _HARD for mark in marks]),
        prose_above=prose_above,
        hard_above=_hard_above(marks, prose_above),
    )


def _sums(values: Iterable[float]) -> list[float]:
    """Give the sums above each line, and the whole last."""
    return list(accumulate(values, initial=0))


def _since(flags: Sequence[bool]) -> list[int]:
    """Count the lines from the last flagged one above; very many where there is none."""
    found, last = [], _NEVER
    for is_flagged in flags:
        found.append(last)
        last = 1 if is_flagged else last + 1
    return found


def are_alike(one: tuple[str, int], other: tuple[str, int]) -> bool:
    """Tell whether two lines are of one make, as the rows of a list or a table are."""
    (text, count), (above, count_above) = one, other
    return (
        count == count_above
        and text[0].isupper() == above[0].isupper()
        and text[0].isdigit() == above[0].isdigit()
        and text[-1].isdigit() == above[-1].isdigit()
    )


def _hard_above(marks: Sequence[Mark], prose_above: Sequence[float]) -> list[float]:
    """Count the hard marks above each line, half where the prose has hardly begun: they may be a menu's."""
    early = _EARLY * prose_above[-1]
    return _sums(
        [
            0.0 if mark is not _HARD else 0.5 if above < early else 1.0
            for mark, above in zip(marks, prose_above, strict=False)
        ]
    )


def _bare(text: str) -> list[str]:
    """Give the words in lower case, without the punctuation around them."""
    return [word if word.isalpha() else word.strip(_PUNCTUATION) for word in text.lower().split()]


def _topic(prose: Iterable[str]) -> frozenset[str]:
    """Find the words that the prose says more than once. Those next to punctuation stand elsewhere without."""
    counts = Counter("\n".join(prose).lower().split())
    return frozenset([word for word, count in counts.items() if count > 1 and len(word) >= _LONG_WORD])


def _known(named: Sequence[str], topic: frozenset[str]) -> float | None:
    """Say how much of a line is about what the prose is about; None where that cannot be said."""
    words = [word for word in named if len(word) >= _LONG_WORD]
    return sum([word in topic for word in words]) / len(words) if words and topic else None


def _signs(text: _Text) -> list[tuple[str, ...]]:
    """Name what each line shows: how it is written, and where it stands in the text and beside its neighbours."""
    flags = _flags(text)
    return [
        (*_SIZE_SIGNS[size][is_stopped], *_written(line, count), *compress(flags, row))
        for size, is_stopped, line, count, row in zip(
            text.classes,
            text.is_stopped,
            text.lines,
            text.words,
            zip(*flags.values(), strict=True),
            strict=True,
        )
    ]


def _written(line: Line, count: int) -> list[str]:
    """Name how a line is written."""
    own = line.text
    signs: list[str] = [] if line.kind == "text" else [line.kind]
    ending = "dots" if own.endswith("...") else _ENDINGS.get(own[-1])
    if ending:
        signs.append(ending)
    if own[0].islower():
        signs.append("lower")
    elif own[0] in _OPENING:
        signs.append("opens_quote")
    if count <= _LONGEST_WRITTEN and own.isupper():
        signs.append("shouted")
    if " I " in own or " my " in own or own.startswith("I "):
        signs.append("first_person")
    if _ODD.search(own):
        signs += _odd(own, is_short=count <= _LONGEST_WRITTEN)
    elif count <= _LONGEST_WRITTEN and (".com" in own or "www." in own):
        signs.append("address")
    return signs


def _odd(own: str, *, is_short: bool) -> list[str]:
    """Name what stands in a line that has an odd character."""
    signs = ["quotation"] if _QUOTATION.search(own) else []
    if "?" in own:
        signs.append("question")
    if not is_short:
        return signs
    if _SEPARATOR.search(own) or " · " in own or " > " in own:
        signs.append("separator")
    if "@" in own or "://" in own or "www." in own or ".com" in own:
        signs.append("address")
    if _CODE.search(own) or "()" in own or "//" in own or "</" in own:
        signs.append("code")
    if _DIGIT.search(own):
        signs.append("digit")
    return signs


def _flags(text: _Text) -> dict[str, Sequence[bool]]:
    """Say for each line yes or no, by the sign's name."""
    marks, words, lines = text.marks, text.words, text.lines
    above, whole = text.prose_above[:-1], text.prose_above[-1]
    ended = [value > 0 for value in text.hard_above[:-1]]
    is_long = [
        mark is _NONE and (count >= _LONG_WORDS or (is_stopped and count >= _LONG_WITH_STOP))
        for mark, count, is_stopped in zip(marks, words, text.is_stopped, strict=True)
    ]
    is_apart = [line.is_apart for line in lines]
    return {
        "hard": [mark is _HARD for mark in marks],
        "soft": [mark is _SOFT for mark in marks],
        "drop": [mark is _DROP and not date for mark, date in zip(marks, text.is_date, strict=True)],
        "date": text.is_date,
        "byline": text.is_byline,
        "says": text.says,
        "repeated": text.is_repeated,
        "titular": [
            mark is _NONE and not is_stopped and _FEWEST_TITULAR <= count <= _MOST_TITULAR
            for mark, is_stopped, count in zip(marks, text.is_stopped, words, strict=True)
        ],
        "unknown": [
            share == 0 and count > _SHORT_WORDS for share, count in zip(text.known, words, strict=True)
        ],
        "apart": is_apart,
        "apart_after": [*is_apart[1:], True],
        "alike_before": text.is_alike[:-1],
        "alike_after": text.is_alike[1:],
        "first": [True] + [False] * (len(lines) - 1),
        "after_colon": [False, *(own[-1] == ":" for own in text.texts[:-1])],
        "no_prose_above": [value == 0 for value in above],
        "no_prose_below": [value >= whole for value in text.prose_above[1:]],
        "ended": ended,
        "prose_ended": [prose and end for prose, end in zip(is_long, ended, strict=True)],
        "prose_unended": [prose and not end for prose, end in zip(is_long, ended, strict=True)],
        "prose_first": [prose and not value for prose, value in zip(is_long, above, strict=True)],
        "after_date": [lines == 1 for lines in text.since_date],
        "near_date": [lines <= 3 for lines in text.since_date],  # noqa: PLR2004  # where a headline has its date
        "far_date": [lines <= 6 for lines in text.since_date],  # noqa: PLR2004  # with a deck between
        "before_date": [lines == 1 for lines in text.until_date],
        "soon_date": [lines <= 3 for lines in text.until_date],  # noqa: PLR2004  # as near
        "after_byline": [lines == 1 for lines in text.since_byline],
        "near_byline": [lines <= 4 for lines in text.since_byline],  # noqa: PLR2004  # as near, a date between
        "after_hard": [lines == 1 for lines in text.since_hard],
        "near_hard": [lines <= 5 for lines in text.since_hard],  # noqa: PLR2004  # a list of other stories
    }


def _columns(text: _Text) -> list[Sequence[float]]:
    """Give each measure for all lines, in the order of ``MEASURES``."""
    words, texts, size = text.words, text.texts, len(text.texts)
    counted = [min(count, _MOST_WORDS) for count in words]
    known = [0.0 if share is None else share for share in text.known]
    apart = sum([line.is_apart for line in text.lines]) / size
    in_prose = text.prose_above[-1] or 1
    clean = in_prose / (sum(counted) or 1)
    dense = _sums([count / _FULL_LINE for count in counted])
    short = _sums([count <= _MENU_WORDS for count in words])
    prose = _sums(text.is_prose)
    dates = _sums(text.is_date)
    nearest = map(min, _since(text.is_prose), _since(text.is_prose[::-1])[::-1])
    hard, above = text.hard_above, [value / in_prose for value in text.prose_above]
    return [
        [_capitals(own, count) for own, count in zip(texts, words, strict=True)],
        known,
        [share if value else 0.0 for share, value in zip(known, hard, strict=False)],
        [apart] * size,
        _before(dense, _NEAR),
        _after(dense, _NEAR),
        _before(dense, _AROUND),
        _after(dense, _AROUND),
        _after(short, _AROUND),
        _before(prose, _AROUND),
        _after(prose, _AROUND),
        _before(dates, _AROUND),
        _after(dates, _AROUND),
        [at / size for at in range(size)],
        above[:-1],
        [1 - value for value in above[1:]],
        [_FADING[min(lines, _FARTHEST)] for lines in nearest],
        [clean] * size,
        [clean if count < _PROSE_WORDS else 0.0 for count in words],
        [min(value, _MOST_ABOVE) / _MOST_ABOVE for value in hard[:-1]],
        [float(value > 0 and share > _LATE) for value, share in zip(hard, above[:-1], strict=False)],
    ]


def _before(sums: Sequence[float], span: int) -> list[float]:
    """Give the mean of the lines above, in a span; beyond the text there is nothing."""
    padded = [0.0] * span + list(sums)
    return [(here - there) / span for here, there in zip(sums, padded, strict=False)][:-1]


def _after(sums: Sequence[float], span: int) -> list[float]:
    """Give the same of the lines below."""
    padded = [*sums, *([sums[-1]] * span)]
    return [(there - here) / span for here, there in zip(sums[1:], padded[span + 1 :], strict=False)]


def _capitals(text: str, count: int) -> float:
    """Give the share of words that do not begin with a small letter."""
    if count > _LONGEST_WRITTEN or count < 2:  # noqa: PLR2004  # of one word it says nothing
        return 0.0
    words = text.split()
    return sum([not word[0].islower() for word in words]) / len(words)
