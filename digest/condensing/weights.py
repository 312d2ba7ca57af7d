"""The ranker's weights: written by ``benchmarks/train_ranker.py``, never by hand."""

from __future__ import annotations

__all__ = ["INTERCEPT", "SET_WEIGHTS", "WEIGHTS"]

INTERCEPT = -3.410

# Log-odds that a sentence belongs to a summary, by feature (digest/condensing/features.py).
WEIGHTS = {
    "first": -2.139,
    "second": -0.273,
    "third": 0.090,
    "inverse_place": 3.501,
    "relative_place": -0.434,
    "words": -0.774,
    "words_squared": -0.010,
    "short": -0.125,
    "frequency_mean": 0.224,
    "frequency_sum": 1.239,
    "centroid": 1.829,
    "centrality": -2.288,
    "title_share": 1.801,
    "title_found": 0.245,
    "lead_share": -0.520,
    "lead_found": -0.201,
    "stop_share": 0.655,
    "number": 0.161,
    "new_names": 0.408,
    "quote_start": -0.294,
    "second_person": -0.222,
    "question": -0.088,
    "colon": -0.259,
    "unbalanced": 0.159,
    "label": 0.049,
    "pictured": 0.086,
}

# Worth of a summary as a whole, by feature (digest/condensing/choosing.py).
SET_WEIGHTS = {
    "scores": 0.467,
    "score_mean": 1.316,
    "covered": 2.564,
    "covered_squared": -1.678,
    "title_covered": 0.621,
    "words": -0.834,
    "words_by_length": 0.466,
    "longest": 0.192,
    "three": -0.053,
    "stop_share": 0.631,
    "repeated": 0.398,
    "likest": -0.144,
    "has_first": -0.033,
}
