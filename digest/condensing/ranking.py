"""Rank the prose of an article: the probability that a sentence belongs to a good summary of it.

A logistic regression in plain Python over the row of ``features`` and, in English, over some hundred everyday
words ("arrested" and "Saturday" speak for a sentence, "both" and "many" against it). Its weights stand in
``weights.py`` and come from ``benchmarks/train_ranker.py``.

Source: trained on membership in greedy ROUGE oracles (Nallapati et al., SummaRuNNer, 2017, section 2.2);
regression on each sentence's own ROUGE was no better than the first three sentences.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from operator import mul

from digest.condensing.features import FEATURES, Document, feature_rows
from digest.condensing.weights import CUES, INTERCEPT, SET_WEIGHTS, WEIGHTS

__all__ = ["CUED_LANGUAGE", "SHIPPED", "Ranker", "rank"]

CUED_LANGUAGE = "en"
# Beyond it exp() says nothing more, and far beyond it overflows.
_STEEPEST = 30.0


@dataclass(frozen=True, slots=True)
class Ranker:
    """Two trained rows of weights: of ``FEATURES`` for sentences, of ``SET_FEATURES`` for whole summaries.

    ``cues`` are the weights of English words, in lower case: each counts once in a sentence that has it.
    """

    intercept: float
    sentence_weights: tuple[float, ...]
    set_weights: tuple[float, ...]
    cues: Mapping[str, float]


SHIPPED = Ranker(INTERCEPT, tuple(WEIGHTS[name] for name in FEATURES), tuple(SET_WEIGHTS.values()), CUES)
"""The ranker of the wheel; benchmarks pass others, trained without the articles they are scored on."""


def rank(document: Document, *, ranker: Ranker = SHIPPED) -> list[float]:
    """Score each sentence: 0 to 1, higher is better; one float per sentence, in the order of the source."""
    weights, intercept, cues = ranker.sentence_weights, ranker.intercept, ranker.cues
    raw = [intercept + sum(map(mul, weights, row)) for row in feature_rows(document)]
    if document.language == CUED_LANGUAGE:
        known = cues.keys()
        raw = [
            value + sum([cues[word] for word in known & sentence.tokens])
            for value, sentence in zip(raw, document.sentences, strict=True)
        ]
    return [_logistic(value) for value in raw]


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-_STEEPEST, min(_STEEPEST, value))))
