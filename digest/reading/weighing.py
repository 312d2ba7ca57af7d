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

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import exp
from operator import mul
from typing import NamedTuple

from digest.reading.features import GROUPS, Classes, Shown, Sights

__all__ = ["PARTS", "STRIDE", "TURNS", "Chances", "Model", "Row", "chances", "shipped"]

PARTS = ("before", "head", "gap", "after")  # beside the body, of which all weights are 0
TURNS = (
    *("before before", "before head", "before body", "head head", "head body", "body body"),
    *("body gap", "gap gap", "gap body", "body after", "after after"),
)
Row = tuple[float, ...]
_REMEMBERED = 4096  # kinds of line: some hundred of each group make up most texts
STRIDE = 8  # lines whose walks are summed before the sums are scaled: so few stay within what a float holds
_EVEN: Row = (1.0,) * len(PARTS)


class _Remembered(dict[Classes, Row]):
    """The odds of a group's classes, the exponents of summed weights, each found out once."""

    def __init__(self, weights: Mapping[str, Row], shown: Callable[..., Shown]) -> None:
        super().__init__()
        self._weights, self._shown = weights, shown

    def __missing__(self, classes: Classes) -> Row:
        if len(self) >= _REMEMBERED:
            self.clear()
        shown = self._shown(*classes)
        columns = zip(*[self._weights[name] for name in shown], strict=True)
        odds = tuple([exp(sum(map(mul, column, shown.values()))) for column in columns])
        self[classes] = found = odds or _EVEN
        return found


@dataclass(frozen=True, slots=True)
class Model:
    """The weights: for each trait of a line one of each of ``PARTS``, and of some one of each of ``TURNS``.

    ``title``: of the headline's traits. ``parts``, one for each group of traits, and ``turning`` remember the odds.
    """

    traits: Mapping[str, Row]
    turns: Mapping[str, Row]
    title: Mapping[str, float] = field(default_factory=dict)
    parts: Sequence[_Remembered] = field(init=False, repr=False)
    turning: _Remembered = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Begin with nothing remembered."""
        object.__setattr__(self, "parts", [_Remembered(self.traits, shown) for shown in GROUPS.values()])
        object.__setattr__(self, "turning", _Remembered(self.turns, GROUPS["standing"]))


@cache
def shipped() -> Model:
    """Give the model in the package."""
    from digest.reading.heading_weights import TITLE_WEIGHTS
    from digest.reading.weights import TRAIT_WEIGHTS, TURN_WEIGHTS

    return Model(TRAIT_WEIGHTS, TURN_WEIGHTS, TITLE_WEIGHTS)


class Chances(NamedTuple):
    """Each line's chance of being body, and of standing before the article, 0 to 1."""

    body: Sequence[float]
    before: Sequence[float]


def chances(seen: Sights, model: Model) -> Chances:
    """Weigh a text's lines."""
    if not seen.written:
        return Chances([], [])
    shares = _shares(seen, model)
    turns = list(map(model.turning.__getitem__, seen.standing))
    return _backward(shares, turns, _forward(shares, turns))


def _shares(seen: Sights, model: Model) -> list[Row]:
    """Say how much each line speaks for each part by itself, where it speaks 1 for the body."""
    odds = [map(known.__getitem__, classes) for known, classes in zip(model.parts, seen, strict=True)]
    return [
        (w0 * s0 * a0 * p0 * t0, w1 * s1 * a1 * p1 * t1, w2 * s2 * a2 * p2 * t2, w3 * s3 * a3 * p3 * t3)
        for (w0, w1, w2, w3), (s0, s1, s2, s3), (a0, a1, a2, a3), (p0, p1, p2, p3), (t0, t1, t2, t3) in zip(
            *odds, strict=True
        )
    ]


def _strides(*columns: Sequence[Row]) -> Iterable[Iterable[tuple[Row, ...]]]:
    """Give the rows of all columns side by side, some lines at a time."""
    for begin in range(0, len(columns[0]), STRIDE):
        yield zip(*(column[begin : begin + STRIDE] for column in columns), strict=True)


def _forward(shares: Sequence[Row], turns: Sequence[Row]) -> list[Row]:
    """Sum the walks from the first line to each, by the part they are in there; none begins in a gap or behind."""
    before, head, _, _ = shares[0]
    body, gap, after = 1.0, 0.0, 0.0
    sums: list[Row] = [(before, head, body, gap, after)]
    for stride in _strides(shares[1:], turns[1:]):
        for (e0, e1, e3, e4), (bb, bh, bt, hh, ht, tt, tg, gg, gt, ta, aa) in stride:
            after = (body * ta + after * aa) * e4
            gap, body = (body * tg + gap * gg) * e3, before * bt + head * ht + body * tt + gap * gt
            head = (before * bh + head * hh) * e1
            before *= bb * e0
            sums.append((before, head, body, gap, after))
        scale = 1 / (before + head + body + gap + after)
        before, head, body = before * scale, head * scale, body * scale
        gap, after = gap * scale, after * scale
    return sums


def _backward(shares: Sequence[Row], turns: Sequence[Row], sums: Sequence[Row]) -> Chances:
    """Sum the walks from each line to the last, which is body or after it, and give the shares of the two parts."""
    found, above = [], []
    before = head = gap = 0.0
    body = after = 1.0
    for stride in _strides(sums[::-1], shares[::-1], turns[::-1]):
        for (f0, f1, f2, f3, f4), (e0, e1, e3, e4), (bb, bh, bt, hh, ht, tt, tg, gg, gt, ta, aa) in stride:
            outside, inside = f0 * before, f2 * body
            whole = outside + f1 * head + inside + f3 * gap + f4 * after or 1.0
            found.append(inside / whole)
            above.append(outside / whole)
            head, gap, after = head * e1, gap * e3, after * e4
            before = before * e0 * bb + head * bh + body * bt
            head = head * hh + body * ht
            body, gap = body * tt + gap * tg + after * ta, gap * gg + body * gt
            after *= aa
        scale = 1 / (before + head + body + gap + after or 1.0)
        before, head, body = before * scale, head * scale, body * scale
        gap, after = gap * scale, after * scale
    return Chances(found[::-1], above[::-1])
