"""The headline's weights: written by ``benchmarks/train_reader.py``, never by hand."""

from __future__ import annotations

__all__ = ["TITLE_WEIGHTS"]

# How much a line looks like the headline, by trait (digest/reading/headings.py).
TITLE_WEIGHTS = {
    "bias": -3.041,
    "begins": 0.367,
    "top": 0.553,
    "unprosed": 1.612,
    "listed": -1.326,
    "alike": -1.368,
    "dated_soon": 1.018,
    "again_soon": 1.510,
    "crumbs": -1.202,
    "three_words": 0.799,
    "long": -2.093,
    "stopped": -1.210,
    "shared_opening": 1.828,
    "shared_often": 0.741,
    "unshared": -1.558,
}
