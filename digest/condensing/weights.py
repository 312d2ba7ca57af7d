"""The ranker's weights: written by ``benchmarks/train_ranker.py``, never by hand."""

from __future__ import annotations

__all__ = ["INTERCEPT", "SET_WEIGHTS", "WEIGHTS"]

INTERCEPT = -3.412

# Log-odds that a sentence belongs to a summary, by feature (digest/condensing/features.py).
WEIGHTS = {
    "first": -2.129,
    "second": -0.269,
    "third": 0.099,
    "inverse_place": 3.484,
    "relative_place": -0.436,
    "words": -0.772,
    "words_squared": -0.011,
    "short": -0.122,
    "frequency_mean": 0.225,
    "frequency_sum": 1.223,
    "centroid": 1.840,
    "centrality": -2.282,
    "title_share": 1.810,
    "title_found": 0.230,
    "lead_share": -0.539,
    "lead_found": -0.193,
    "stop_share": 0.659,
    "number": 0.162,
    "new_names": 0.407,
    "quote_start": -0.295,
    "second_person": -0.222,
    "question": -0.088,
    "colon": -0.262,
    "unbalanced": 0.156,
    "label": 0.055,
    "pictured": 0.086,
}

# Worth of a summary as a whole, by feature (digest/condensing/choosing.py).
SET_WEIGHTS = {
    "scores": 0.469,
    "score_mean": 1.311,
    "covered": 2.572,
    "covered_squared": -1.679,
    "title_covered": 0.619,
    "words": -0.842,
    "words_by_length": 0.475,
    "longest": 0.192,
    "three": -0.055,
    "stop_share": 0.632,
    "repeated": 0.419,
    "likest": -0.154,
    "has_first": -0.032,
}
