"""The ranker's weights: written by ``benchmarks/train_ranker.py``, not by hand."""

from __future__ import annotations

__all__ = ["INTERCEPT", "SET_WEIGHTS", "WEIGHTS"]

INTERCEPT = -3.362
WEIGHTS = {
    "first": -2.216,
    "second": -0.293,
    "third": 0.080,
    "inverse_place": 3.497,
    "relative_place": -0.463,
    "last": 0.046,
    "words": -0.739,
    "words_squared": -0.067,
    "short": -0.112,
    "long": 0.039,
    "frequency_mean": 0.211,
    "frequency_sum": 1.438,
    "centroid": 1.742,
    "centrality": -2.280,
    "title_share": 1.810,
    "title_found": 0.296,
    "lead_share": -0.526,
    "lead_found": -0.230,
    "stop_share": 0.692,
    "number": 0.150,
    "money": 0.011,
    "capitals": -0.047,
    "capitals_first": 0.528,
    "quoted": -0.045,
    "quote_start": -0.232,
    "first_person": -0.063,
    "second_person": -0.209,
    "question": -0.106,
    "dangling": -0.092,
    "unbalanced": 0.179,
    "said": 0.065,
    "colon": -0.204,
    "unfinished": -0.059,
    "dateline": 0.230,
    "new_names": -0.352,
}
SET_WEIGHTS = {"scores": 1.0, "covered": 1.0, "title_covered": 0.5, "words": -0.5, "likest": -0.5}
