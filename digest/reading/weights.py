"""The line model's weights: written by ``benchmarks/train_reader.py``, never by hand."""

from __future__ import annotations

__all__ = ["BESIDE_WEIGHTS", "OWN_WEIGHTS", "TITLE_WEIGHTS"]

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

# How much a line looks like the headline, by trait (digest/reading/headings.py).
TITLE_WEIGHTS = {
    "bias": -0.837,
    "shared_share": 0.638,
    "shared_count": 2.409,
    "shared_often": 0.786,
    "shared_most": 0.982,
    "shared_most_near": -0.571,
    "words_2": -2.047,
    "words_3": -0.272,
    "words_4": -0.140,
    "words_5_7": 0.981,
    "words_8_14": 1.297,
    "words_15_19": 0.398,
    "words_20": -1.054,
    "repeated": 0.069,
    "contained": 0.796,
    "distance": 0.262,
    "far": -1.108,
    "inside": -0.980,
    "top": 1.385,
    "top_three": 0.173,
    "stop": -0.009,
    "question": -0.545,
    "colon": -0.728,
    "prose": -1.269,
    "prose_inside": -0.839,
    "prose_above": -0.939,
    "signed_next": 0.639,
    "signed_soon": 1.392,
    "signed_before": 1.535,
    "headline_before": -0.786,
    "headlines_around": -0.178,
    "deck": 0.313,
    "capitals": 0.926,
    "lower": 0.848,
    "upper": 0.359,
    "separator": -0.517,
    "glued": -1.132,
    "commas": -0.601,
    "bracket": -0.818,
    "quotation": -0.302,
    "apart": -1.681,
    "apart_after": -1.065,
    "heading": 0.000,
}
