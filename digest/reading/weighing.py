"""How likely each line of a pasted text belongs to its article: a linear-chain model over five parts of a page. Pure.

A page is read as a walk through parts: what stands before the article, its head (headline, byline, date), its body,
gaps in the body (advertisements, boxes), and what comes after. Every line speaks for each part by what it shows
(``features``), and for where one part may end and the next begin. ``chances`` sums over all walks and gives, for
each line, the chance that it is body, and that it stands before the article. The weights are a table (``weights``),
trained on pasted pages whose article is known (``benchmarks/train_reader.py``).

Source: Lafferty, McCallum, Pereira, "Conditional random fields" (2001); forward and backward sums scaled as in
Rabiner, "A tutorial on hidden Markov models" (1989).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from math import exp
from operator import mul
from typing import NamedTuple

from digest.reading.features import LONGEST_NAMED, MEASURES, TURN_SIGNS, Sight

__all__ = ["PARTS", "TURNS", "Chances", "Model", "Row", "chances", "shipped", "word_share"]

PARTS = ("before", "head", "gap", "after")  # beside the body, of which all weights are 0
TURNS = (
    *("before before", "before head", "before body", "head head", "head body", "body body"),
    *("body gap", "gap gap", "gap body", "body after", "after after"),
)
Row = tuple[float, ...]
_REMEMBERED = 4096  # kinds of line: a few hundred make up most texts
_TURN_SIGNS = frozenset(TURN_SIGNS)
_NO_PARTS: Row = (0.0,) * len(PARTS)


@dataclass(frozen=True, slots=True)
class Model:
    """The weights: of signs, measures and words one for each of ``PARTS``, of turns one for each of ``TURNS``.

    ``title``: of the headline's traits. ``parts_of`` and ``turns_of`` sum up the weights of a line's signs.
    """

    signs: Mapping[str, Row]
    measures: Mapping[str, Row]
    words: Mapping[str, Row]
    turns: Mapping[str, Row]
    title: Mapping[str, float] = field(default_factory=dict)
    columns: Sequence[Row] = field(init=False, repr=False)
    parts_of: Callable[[tuple[str, ...]], Row] = field(init=False, repr=False)
    turns_of: Callable[[tuple[str, ...]], Row] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Turn the measures' rows into columns, and remember the sums of signs."""
        object.__setattr__(
            self, "columns", list(zip(*(self.measures[name] for name in MEASURES), strict=True))
        )
        object.__setattr__(self, "parts_of", lru_cache(_REMEMBERED)(self._parts_of))
        object.__setattr__(self, "turns_of", lru_cache(_REMEMBERED)(self._turns_of))

    def _parts_of(self, signs: tuple[str, ...]) -> Row:
        return tuple(map(sum, zip(self.signs["any"], *(self.signs[name] for name in signs), strict=True)))

    def _turns_of(self, signs: tuple[str, ...]) -> Row:
        rows = [self.turns["any"], *(self.turns[name] for name in signs if name in _TURN_SIGNS)]
        return tuple(exp(sum(row)) for row in zip(*rows, strict=True))


@cache
def shipped() -> Model:
    """Give the model in the package."""
    from digest.reading.heading_weights import TITLE_WEIGHTS
    from digest.reading.weights import MEASURE_WEIGHTS, SIGN_WEIGHTS, TURN_WEIGHTS, WORD_WEIGHTS

    return Model(SIGN_WEIGHTS, MEASURE_WEIGHTS, WORD_WEIGHTS, TURN_WEIGHTS, TITLE_WEIGHTS)


class Chances(NamedTuple):
    """Each line's chance of being body, and of standing before the article, 0 to 1."""

    body: Sequence[float]
    before: Sequence[float]


def chances(seen: Sequence[Sight], model: Model) -> Chances:
    """Weigh a text's lines."""
    if not seen:
        return Chances([], [])
    shares = [_shares(sight, model) for sight in seen]
    turns = [model.turns_of(sight.signs) for sight in seen]
    return _backward(shares, turns, _forward(shares, turns))


def _shares(sight: Sight, model: Model) -> Row:
    """Say how much a line speaks for each part, by itself; the body's share stands third."""
    signs, measures, named = sight
    before, head, gap, after = model.parts_of(signs)
    of_before, of_head, of_gap, of_after = model.columns
    before += sum(map(mul, of_before, measures))
    head += sum(map(mul, of_head, measures))
    gap += sum(map(mul, of_gap, measures))
    after += sum(map(mul, of_after, measures))
    if 0 < len(named) <= LONGEST_NAMED:
        share = word_share(len(named))
        for word in named:
            row = model.words.get(word)
            if row:
                before += share * row[0]
                head += share * row[1]
                gap += share * row[2]
                after += share * row[3]
    most = max(before, head, 0.0, gap, after)
    return (exp(before - most), exp(head - most), exp(-most), exp(gap - most), exp(after - most))


def word_share(count: int) -> float:
    """Say how much one of so many words counts."""
    return 1 / (0.85 + 0.15 * count)


def _forward(shares: Sequence[Row], turns: Sequence[Row]) -> list[Row]:
    """Sum the walks from the first line to each, by the part they are in there; none begins in a gap or behind."""
    before, head, body, _, _ = shares[0]
    gap = after = 0.0
    sums: list[Row] = [(before, head, body, gap, after)]
    for (e0, e1, e2, e3, e4), (bb, bh, bt, hh, ht, tt, tg, gg, gt, ta, aa) in zip(
        shares[1:], turns[1:], strict=True
    ):
        after = (body * ta + after * aa) * e4
        gap, body, head, before = (
            (body * tg + gap * gg) * e3,
            (before * bt + head * ht + body * tt + gap * gt) * e2,
            (before * bh + head * hh) * e1,
            before * bb * e0,
        )
        whole = before + head + body + gap + after
        before, head, body, gap, after = (
            before / whole,
            head / whole,
            body / whole,
            gap / whole,
            after / whole,
        )
        sums.append((before, head, body, gap, after))
    return sums


def _backward(shares: Sequence[Row], turns: Sequence[Row], sums: Sequence[Row]) -> Chances:
    """Sum the walks from each line to the last, which is body or after it, and give the shares of the two parts."""
    found, above = [], []
    before = head = gap = 0.0
    body = after = 1.0
    for (f0, f1, f2, f3, f4), (e0, e1, e2, e3, e4), (bb, bh, bt, hh, ht, tt, tg, gg, gt, ta, aa) in zip(
        reversed(sums), reversed(shares), reversed(turns), strict=True
    ):
        outside, inside = f0 * before, f2 * body
        whole = outside + f1 * head + inside + f3 * gap + f4 * after or 1.0
        found.append(inside / whole)
        above.append(outside / whole)
        before, head, body, gap, after = before * e0, head * e1, body * e2, gap * e3, after * e4
        before = before * bb + head * bh + body * bt
        head = head * hh + body * ht
        body, gap = body * tt + gap * tg + after * ta, gap * gg + body * gt
        after *= aa
        whole = before + head + body + gap + after or 1.0
        before, head, body, gap, after = (
            before / whole,
            head / whole,
            body / whole,
            gap / whole,
            after / whole,
        )
    return Chances(found[::-1], above[::-1])
