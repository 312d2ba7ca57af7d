"""Rank the prose of an article: the probability that a sentence belongs to a good summary of it.

A logistic regression in plain Python over the row of ``features``; its weights stand in ``weights.py`` and
come from ``benchmarks/train_ranker.py``.

Source: trained on membership in greedy ROUGE oracles (Nallapati et al., SummaRuNNer, 2017, section 2.2);
regression on each sentence's own ROUGE was no better than the first three sentences.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from operator import mul

from digest.condensing.features import FEATURES, Document, feature_rows
from digest.condensing.weights import INTERCEPT, SET_WEIGHTS, WEIGHTS

__all__ = ["SHIPPED", "Ranker", "rank"]

# Beyond it exp() says nothing more, and far beyond it overflows.
_STEEPEST = 30.0


@dataclass(frozen=True, slots=True)
class Ranker:
    """Two trained rows of weights: of ``FEATURES`` for sentences, of ``SET_FEATURES`` for whole summaries."""

    intercept: float
    sentence_weights: tuple[float, ...]
    set_weights: tuple[float, ...]


SHIPPED = Ranker(INTERCEPT, tuple(WEIGHTS[name] for name in FEATURES), tuple(SET_WEIGHTS.values()))
"""The ranker of the wheel; benchmarks pass others, trained without the articles they are scored on."""


def rank(document: Document, *, ranker: Ranker = SHIPPED) -> list[float]:
    """Score each sentence: 0 to 1, higher is better; one float per sentence, in the order of the source."""
    weights, intercept = ranker.sentence_weights, ranker.intercept
    return [_logistic(intercept + sum(map(mul, weights, row))) for row in feature_rows(document)]


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-_STEEPEST, min(_STEEPEST, value))))
