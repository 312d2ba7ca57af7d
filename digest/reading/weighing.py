"""Weigh each line of a pasted text: log-odds that it belongs to the article. Pure.

Two linear models, one after the other: the first sees a line and the text as a whole, the second what the first
made of the lines around it. The weights are a table (``weights``), trained on pasted pages whose article is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import mul

from digest.reading.features import Sight, beside, traits

__all__ = ["Model", "shipped", "weigh"]


@dataclass(frozen=True, slots=True)
class Model:
    """The weights of both models, by trait and in the order of ``features.BESIDE``, and of the headline's."""

    own: Mapping[str, float]
    beside: tuple[float, ...]
    title: Mapping[str, float]


@cache
def shipped() -> Model:
    """Give the model in the package."""
    from digest.reading.heading_weights import TITLE_WEIGHTS
    from digest.reading.weights import BESIDE_WEIGHTS, OWN_WEIGHTS

    return Model(OWN_WEIGHTS, BESIDE_WEIGHTS, TITLE_WEIGHTS)


def weigh(seen: Sequence[Sight], model: Model) -> list[float]:
    """Give the log-odds of each line; above 0 it is more likely part of the article than not."""
    own = model.own
    scores = [sum([own[name] * value for name, value in row.items()]) for row in traits(seen)]
    return [sum(map(mul, model.beside, row)) for row in beside(seen, scores)]
