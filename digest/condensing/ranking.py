"""Rank the prose of an article: the probability that a sentence belongs to a good summary of it.

A logistic regression in plain Python over the row of ``features``; its weights stand in ``weights.py`` and
come from ``benchmarks/train_ranker.py``.

Source: trained on membership in greedy ROUGE oracles (Nallapati et al., SummaRuNNer, 2017, section 2.2);
regression on each sentence's own ROUGE was no better than the first three sentences.
"""

from __future__ import annotations

import math

from digest.condensing.features import FEATURES, Document, feature_rows
from digest.condensing.weights import INTERCEPT, WEIGHTS

__all__ = ["rank"]

_WEIGHTS = tuple(WEIGHTS.get(name, 0.0) for name in FEATURES)
# Beyond it exp() says nothing more, and far beyond it overflows.
_STEEPEST = 30.0


def rank(document: Document) -> list[float]:
    """Score each sentence: 0 to 1, higher is better; one float per sentence, in the order of the source."""
    return [_logistic(INTERCEPT + sum(map(_times, _WEIGHTS, row))) for row in feature_rows(document)]


def _times(weight: float, value: float) -> float:
    return weight * value


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-_STEEPEST, min(_STEEPEST, value))))
