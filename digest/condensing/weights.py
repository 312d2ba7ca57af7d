"""The ranker's weights: written by ``benchmarks/train_ranker.py``, never by hand."""

from __future__ import annotations

__all__ = ["INTERCEPT", "SET_WEIGHTS", "WEIGHTS"]

INTERCEPT = -3.377

# Log-odds that a sentence belongs to a summary, by feature (digest/condensing/features.py).
WEIGHTS = {
    "first": -2.127,
    "second": -0.271,
    "third": 0.090,
    "inverse_place": 3.484,
    "relative_place": -0.438,
    "words": -0.770,
    "words_squared": -0.011,
    "short": -0.126,
    "frequency_mean": 0.229,
    "frequency_sum": 1.306,
    "centroid": 1.758,
    "centrality": -2.232,
    "title_share": 1.796,
    "title_found": 0.250,
    "lead_share": -0.515,
    "lead_found": -0.192,
    "stop_share": 0.612,
    "number": 0.158,
    "new_names": 0.407,
    "quote_start": -0.292,
    "second_person": -0.216,
    "question": -0.088,
    "colon": -0.238,
    "unbalanced": 0.161,
}

# Worth of a summary as a whole, by feature (digest/condensing/choosing.py).
SET_WEIGHTS = {
    "scores": 0.466,
    "score_mean": 1.278,
    "covered": 2.481,
    "covered_squared": -1.569,
    "title_covered": 0.629,
    "words": -0.814,
    "words_by_length": 0.441,
    "longest": 0.191,
    "three": -0.063,
    "stop_share": 0.725,
    "repeated": 0.463,
    "likest": -0.141,
    "has_first": -0.021,
}
