"""The headline's weights: written by ``benchmarks/train_reader.py``, never by hand."""

from __future__ import annotations

__all__ = ["TITLE_WEIGHTS"]

# How much a line looks like the headline, by trait (digest/reading/headings.py).
TITLE_WEIGHTS = {
    "bias": -3.143,
    "begins": 0.319,
    "top": 0.587,
    "unprosed": 1.946,
    "listed": -1.295,
    "alike": -1.421,
    "dated_soon": 1.237,
    "again_soon": 1.409,
    "crumbs": -1.154,
    "three_words": 0.973,
    "long": -2.064,
    "stopped": -1.228,
    "shared_opening": 2.134,
    "shared_often": 0.615,
    "unshared": -1.714,
}
