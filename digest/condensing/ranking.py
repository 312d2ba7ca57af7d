"""Rank the prose of an article: the probability that a sentence belongs to a good summary of it.

A logistic regression in plain Python over the row of ``features``; its weights stand in ``weights.py`` and
come from ``benchmarks/train_ranker.py``.

Source: trained on membership in greedy ROUGE oracles (Nallapati et al., SummaRuNNer, 2017, section 2.2);
regression on each sentence's own ROUGE was no better than the first three sentences.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from digest.condensing.features import FEATURES, Prepared, feature_rows
from digest.condensing.weights import INTERCEPT, WEIGHTS

__all__ = ["rank"]

_WEIGHTS = tuple(WEIGHTS.get(name, 0.0) for name in FEATURES)


def rank(
    texts: Sequence[str], prepared: Sequence[Prepared], *, title: str | None, language: str
) -> list[float]:
    """Score each sentence: 0 to 1, higher is better; one float per sentence, in the order given."""
    rows = feature_rows(texts, prepared, title=title, language=language)
    return [_logistic(INTERCEPT + sum(map(_product, _WEIGHTS, row))) for row in rows]


def _product(weight: float, value: float) -> float:
    return weight * value


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))
