"""What a line of pasted text looks like, as numbers: the traits the line model weighs. Pure.

``traits`` looks at every line once and gives, for each, what the line shows by itself and beside the text as a
whole; ``beside`` adds what its neighbours came out at. Both are cheap on purpose: a text of a hundred lines takes
about a millisecond. Nothing is decided here.

Source: Kohlschütter et al., "Boilerplate detection using shallow text features" (2010).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from digest.reading.lines import Line, ends_in_stop
from digest.reading.marks import Mark

__all__ = ["BESIDE", "TRAITS", "Sight", "beside", "sights", "traits"]

_SIZES = (1, 2, 4, 8, 14, 24, 40)  # words; a class of length ends at each
_LONG_WORD = 5  # letters; a shorter word says little of what a text is about
_PROSE_WORDS = 18  # with a stop: prose beyond doubt
_MOST_WORDS = 60  # of one line that count
_SPAN = 8  # lines on either side that tell what surrounds a line
_BEGUN, _LATE = 0.02, 0.4  # of the body's words above a line
_ENDINGS = {
    **dict.fromkeys(":：", "colon"),
    **dict.fromkeys('”"»’', "closing_quote"),
    "…": "dots",
}
_DIGIT = re.compile("[0-9]")
# One look that most lines of a menu end at: nothing of what the six below look for stands in them.
_ANY_OF_THEM = re.compile('[“"«„?|•»@©·>/I]|www|\\.com|opyright| my ')
_ANYWHERE = (
    ("quotation", re.compile('[“"«„]')),
    ("first_person", re.compile(r"^I | I | my |I[’']")),
    ("question", re.compile(r"\?")),
)
_IN_SHORT = (
    ("separator", re.compile(r"[|•»]| [·>] ")),
    ("address", re.compile(r"://|www\.|@|\.com")),
    ("copyright", re.compile("©|opyright")),
)

TRAITS = (
    "bias",
    *(f"size_{at}" for at in range(len(_SIZES) + 1)),
    *(f"size_{at}_stop" for at in range(len(_SIZES) + 1)),
    "colon",
    "closing_quote",
    "dots",
    "hard",
    "soft",
    "drop",
    "heading",
    "item",
    "quote",
    "apart",
    "apart_after",
    "capitals",
    "shouted",
    "lower_start",
    "digit_share",
    "separator",
    "address",
    "copyright",
    "repeated",
    "known_share",
    "known_share_long",
    "known_none",
    "commas",
    "quotation",
    "first_person",
    "question",
    "hard_above",
    "hard_far_above",
    "place",
    "place_squared",
    "prose_above",
    "prose_none_above",
    "prose_none_below",
    "from_prose",
    "clean",
    "clean_short",
)
BESIDE = (
    "bias",
    "own",
    "own_squared",
    "before_1",
    "before_2",
    "after_1",
    "after_2",
    "least_beside",
    "most_beside",
    "mean_before",
    "mean_after",
    "body_before",
    "body_after",
    "mean_all",
    "rank",
    "short_between",
    "first_hard",
    "hard",
    "drop",
    "soft",
    "words",
)


@dataclass(frozen=True, slots=True)
class Sight:
    """One line as first seen: how many words, what it says of itself, whether it is prose beyond doubt."""

    line: Line
    words: int
    mark: Mark
    is_stopped: bool

    @property
    def is_prose(self) -> bool:
        """Tell whether this is prose beyond doubt."""
        return self.is_stopped and self.words >= _PROSE_WORDS and self.mark is Mark.NONE


def sights(lines: Sequence[Line], words: Sequence[int], marks: Sequence[Mark]) -> list[Sight]:
    """Look at each line once; ``words``: how many each has."""
    return [
        Sight(line, count, mark, ends_in_stop(line.text))
        for line, count, mark in zip(lines, words, marks, strict=True)
    ]


def traits(seen: Sequence[Sight]) -> list[dict[str, float]]:
    """Give each line's traits by name (absent is 0)."""
    counts = Counter(sight.line.text for sight in seen)
    prose = [sight for sight in seen if sight.is_prose]
    topic = _topic(prose)
    every = sum(min(sight.words, _MOST_WORDS) for sight in seen) or 1
    in_prose = sum(min(sight.words, _MOST_WORDS) for sight in prose) or 1
    apart = sum(sight.line.is_apart for sight in seen) / (len(seen) or 1)
    nearest = _distances([sight.is_prose for sight in seen])
    rows = []
    above, hard_above = 0, 0.0
    for at, sight in enumerate(seen):
        row = _own(sight)
        row["repeated"] = float(counts[sight.line.text] > 1)
        _about(row, sight, topic)
        row["apart"] = sight.line.is_apart - apart
        row["apart_after"] = (seen[at + 1].line.is_apart if at + 1 < len(seen) else True) - apart
        row["hard_above"] = min(hard_above, 2.0)
        row["hard_far_above"] = float(hard_above > 0 and above > 0.6 * in_prose)  # most of the prose
        place = at / len(seen)
        row["place"], row["place_squared"] = place, place * place
        row["prose_above"] = above / in_prose
        row["prose_none_above"] = float(above == 0)
        row["prose_none_below"] = float(above >= in_prose)
        row["from_prose"] = math.log1p(nearest[at])
        row["clean"] = in_prose / every
        row["clean_short"] = in_prose / every if sight.words < _PROSE_WORDS else 0.0
        rows.append(row)
        if sight.is_prose:
            above += min(sight.words, _MOST_WORDS)
        if sight.mark is Mark.HARD:
            hard_above += 0.5 if above < 0.3 * in_prose else 1.0  # before the body it may be a menu
    return rows


def beside(seen: Sequence[Sight], scores: Sequence[float]) -> list[tuple[float, ...]]:
    """Give what stands around each line, in the order of ``BESIDE``; ``scores``: the first model's log-odds."""
    size = len(seen)
    held = [max(-5.0, min(5.0, score)) for score in scores]
    weights = [min(sight.words, _MOST_WORDS) for sight in seen]
    sums = [0.0]
    bodies = [0.0]
    for score, weight in zip(held, weights, strict=True):
        sums.append(sums[-1] + score)
        bodies.append(bodies[-1] + (weight if score > 0 else 0.0))
    body = bodies[-1] or 1.0
    mean = sums[-1] / (size or 1)
    rows: list[tuple[float, ...]] = []
    hard_seen = False
    for at, sight in enumerate(seen):
        low, high = max(0, at - _SPAN), min(size, at + 1 + _SPAN)
        one_before = held[at - 1] if at else -3.0
        one_after = held[at + 1] if at + 1 < size else -3.0
        own = held[at]
        mean_before = (sums[at] - sums[low]) / (at - low) if at > low else -3.0
        mean_after = (sums[high] - sums[at + 1]) / (high - at - 1) if high > at + 1 else -3.0
        share = bodies[at] / body
        is_hard = sight.mark is Mark.HARD
        rows.append(
            (
                1.0,
                own,
                own * abs(own) / 5,
                one_before,
                held[at - 2] if at > 1 else -3.0,
                one_after,
                held[at + 2] if at + 2 < size else -3.0,
                min(one_before, one_after),
                max(one_before, one_after),
                mean_before,
                mean_after,
                share,
                float(share > _BEGUN) * float(bodies[at + 1] < body),
                mean,
                own - mean,
                float(own < 0 < min(mean_before, mean_after)),
                float(hard_seen),
                float(is_hard and share > _LATE),
                float(sight.mark is Mark.DROP),
                float(sight.mark is Mark.SOFT and share > _LATE),
                math.log1p(weights[at]),
            )
        )
        if is_hard and share > _LATE:
            hard_seen = True
    return rows


def _own(sight: Sight) -> dict[str, float]:
    text = sight.line.text
    size = next((at for at, most in enumerate(_SIZES) if sight.words <= most), len(_SIZES))
    row = {"bias": 1.0, f"size_{size}": 1.0, "commas": float(min(3, text.count(",")))}
    if sight.is_stopped:
        row[f"size_{size}_stop"] = 1.0
    if sight.mark is not Mark.NONE:
        row[sight.mark.name.lower()] = 1.0
    if sight.line.kind != "text":
        row[sight.line.kind] = 1.0
    ending = "dots" if text.endswith("...") else _ENDINGS.get(text[-1])
    if ending:
        row[ending] = 1.0
    if text[0].islower():
        row["lower_start"] = 1.0
    is_plain = not _ANY_OF_THEM.search(text)
    if not is_plain:
        row.update([(name, 1.0) for name, found in _ANYWHERE if found.search(text)])
    if sight.words <= _SIZES[-1]:
        words = text.split()
        row["capitals"] = sum([not word[0].islower() for word in words]) / len(words)
        row["digit_share"] = len(_DIGIT.findall(text)) / len(text)
        row["shouted"] = float(text.isupper())
        if not is_plain:
            row.update([(name, 1.0) for name, found in _IN_SHORT if found.search(text)])
    return row


def _topic(prose: Sequence[Sight]) -> frozenset[str]:
    counts: Counter[str] = Counter()
    for sight in prose:
        counts.update(
            {
                word.strip(".,;:!?“”\"'’()")
                for word in sight.line.text.lower().split()
                if len(word) >= _LONG_WORD
            }
        )
    return frozenset(word for word, count in counts.items() if count > 1)


def _about(row: dict[str, float], sight: Sight, topic: frozenset[str]) -> None:
    if sight.words < 2 or not topic:  # noqa: PLR2004  # one word is about nothing
        return
    words = [
        word.strip(".,;:!?“”\"'’()") for word in sight.line.text.lower().split() if len(word) >= _LONG_WORD
    ]
    if not words:
        return
    share = sum(word in topic for word in words) / len(words)
    row["known_share"] = share
    if sight.words > _SIZES[3]:
        row["known_share_long"] = share
        row["known_none"] = float(share == 0)


def _distances(is_prose: Sequence[bool]) -> list[int]:
    """Count the lines to the nearest prose."""
    size = len(is_prose)
    far = size + 1
    nearest = [far] * size
    for order in (range(size), range(size - 1, -1, -1)):
        last = far
        for at in order:
            last = 0 if is_prose[at] else last + 1
            nearest[at] = min(nearest[at], last)
    return nearest
