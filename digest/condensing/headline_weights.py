"""Worth of a made headline: written by ``benchmarks/train_headlines.py``, never by hand."""

from __future__ import annotations

__all__ = ["WEIGHTS"]

# By feature (digest/condensing/headlining.py): in English, and in every other language.
WEIGHTS = {
    "first": (-0.20, -0.03),
    "place": (-0.07, -0.16),
    "score": (2.43, 3.56),
    "words": (0.29, 0.36),
    "covered": (7.84, 6.01),
    "covered_mean": (19.58, 41.54),
    "lead_share": (1.19, 0.46),
    "inner_cut": (-0.18, -0.25),
    "led_cut": (-0.02, 0.02),
    "whole": (-0.02, 0.30),
    "doubt": (-1.12, 0.23),
    "names": (-0.14, 1.41),
    "number": (0.05, -0.04),
    "stop_share": (-0.19, 0.09),
    "verb_place": (-0.21, 94.67),
    "commas": (-0.09, -0.22),
    "opens_with_name": (-0.03, 0.03),
    "opens_with_article": (-0.05, -0.04),
    "dangles": (-1.15, -0.15),
    "pronoun": (-0.62, 0.00),
    "first_person": (0.11, 2.31),
    "quoted": (0.01, 0.15),
    "question": (-0.57, 0.36),
    "label": (-0.42, 0.14),
}
