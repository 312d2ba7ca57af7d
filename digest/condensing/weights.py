"""The ranker's weights: written by ``benchmarks/train_ranker.py``, never by hand."""

from __future__ import annotations

__all__ = ["INTERCEPT", "SET_WEIGHTS", "WEIGHTS"]

INTERCEPT = -3.386

# Log-odds that a sentence belongs to a summary, by feature (digest/condensing/features.py).
WEIGHTS = {
    "first": -2.104,
    "second": -0.255,
    "third": 0.106,
    "inverse_place": 3.447,
    "relative_place": -0.441,
    "words": -0.762,
    "words_squared": -0.009,
    "short": -0.107,
    "frequency_mean": 0.236,
    "frequency_sum": 1.193,
    "centroid": 1.825,
    "centrality": -2.281,
    "title_share": 1.819,
    "title_found": 0.213,
    "lead_share": -0.545,
    "lead_found": -0.200,
    "stop_share": 0.606,
    "number": 0.161,
    "new_names": 0.400,
    "quote_start": -0.292,
    "second_person": -0.221,
    "question": -0.083,
    "colon": -0.263,
    "unbalanced": 0.134,
    "label": 0.048,
    "pictured": 0.092,
}

# Worth of a summary as a whole, by feature (digest/condensing/choosing.py).
SET_WEIGHTS = {
    "scores": 0.467,
    "score_mean": 1.314,
    "covered": 2.557,
    "covered_squared": -1.660,
    "title_covered": 0.619,
    "words": -0.858,
    "words_by_length": 0.495,
    "longest": 0.191,
    "three": -0.054,
    "stop_share": 0.653,
    "repeated": 0.397,
    "likest": -0.162,
    "has_first": -0.032,
}
