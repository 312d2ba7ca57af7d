"""The line model's weights: written by ``benchmarks/train_reader.py``, never by hand."""

from __future__ import annotations

__all__ = ["BESIDE_WEIGHTS", "OWN_WEIGHTS"]

# Log-odds that a line belongs to the article, by trait (digest/reading/features.py).
OWN_WEIGHTS = {
    "bias": 2.286,
    "size_0": -0.177,
    "size_1": -0.415,
    "size_2": -0.161,
    "size_3": 0.261,
    "size_4": 0.052,
    "size_5": -0.417,
    "size_6": 0.187,
    "size_7": 0.673,
    "size_0_stop": 0.026,
    "size_1_stop": 0.159,
    "size_2_stop": 0.240,
    "size_3_stop": 0.140,
    "size_4_stop": 0.734,
    "size_5_stop": 0.616,
    "size_6_stop": 0.153,
    "size_7_stop": 0.162,
    "colon": 1.166,
    "closing_quote": 0.242,
    "dots": -1.428,
    "hard": -1.081,
    "soft": -1.129,
    "drop": -2.136,
    "heading": 0.000,
    "item": 1.209,
    "quote": 0.000,
    "apart": 0.501,
    "apart_after": -0.407,
    "capitals": -0.978,
    "shouted": -0.492,
    "lower_start": -0.128,
    "digit_share": 1.143,
    "separator": -0.544,
    "address": -0.295,
    "copyright": -0.328,
    "repeated": -0.933,
    "known_share": 1.142,
    "known_share_long": -0.202,
    "known_none": -0.349,
    "commas": 0.106,
    "quotation": -0.216,
    "first_person": -0.445,
    "question": -0.451,
    "hard_above": -2.456,
    "hard_far_above": -0.175,
    "place": 0.821,
    "place_squared": -2.015,
    "prose_above": 0.213,
    "prose_none_above": -1.492,
    "prose_none_below": -1.142,
    "from_prose": -0.340,
    "clean": 0.025,
    "clean_short": -0.949,
}

# The same from what stands around it.
BESIDE_WEIGHTS = (
    -1.358,  # bias
    -0.065,  # own
    0.147,  # own_squared
    0.144,  # before_1
    0.111,  # before_2
    0.074,  # after_1
    0.192,  # after_2
    0.188,  # least_beside
    0.031,  # most_beside
    0.031,  # mean_before
    0.201,  # mean_after
    0.652,  # body_before
    -0.185,  # body_after
    -0.049,  # mean_all
    -0.017,  # rank
    -0.305,  # short_between
    -0.991,  # first_hard
    -1.140,  # hard
    -3.007,  # drop
    -1.601,  # soft
    0.713,  # words
)
