"""The headline's weights: written by ``benchmarks/train_reader.py``, never by hand."""

from __future__ import annotations

__all__ = ["TITLE_WEIGHTS"]

# How much a line looks like the headline, by trait (digest/reading/headings.py).
TITLE_WEIGHTS = {
    "bias": -0.557,
    "shared_share": 1.019,
    "shared_count": 2.038,
    "shared_often": 0.976,
    "words_6": 1.704,
    "words_30": -0.466,
    "contained": 1.098,
    "distance": 1.174,
    "far": -1.115,
    "top": 1.691,
    "prose_above": -0.605,
    "prose_next": -0.405,
    "prose_far": -0.886,
    "signed_soon": 1.566,
    "signed_before": 1.042,
    "deck": 0.258,
    "capitals": 0.930,
    "separator": -0.585,
    "apart": -1.274,
    "apart_after": -0.616,
}
