"""Worth of a made headline: written by ``benchmarks/train_headlines.py``, never by hand."""

from __future__ import annotations

__all__ = ["WEIGHTS"]

# By feature (digest/condensing/headlining.py): in English, and in every other language.
WEIGHTS = {
    "first": (-0.22, -0.03),
    "place": (-0.06, -0.17),
    "score": (2.43, 3.57),
    "words": (0.30, 0.36),
    "covered": (7.82, 5.97),
    "covered_mean": (19.35, 41.62),
    "lead_share": (1.20, 0.46),
    "inner_cut": (-0.18, -0.25),
    "led_cut": (-0.03, 0.02),
    "whole": (-0.01, 0.31),
    "doubt": (-1.13, 0.23),
    "names": (-0.14, 1.42),
    "number": (0.05, -0.04),
    "stop_share": (-0.21, 0.09),
    "verb_place": (-0.20, 61.95),
    "commas": (-0.11, -0.21),
    "opens_with_name": (-0.03, 0.03),
    "opens_with_article": (-0.06, -0.04),
    "dangles": (-1.16, -0.15),
    "pronoun": (-0.62, 0.00),
    "first_person": (0.11, 2.31),
    "quoted": (0.00, 0.15),
    "question": (-0.58, 0.36),
    "label": (-0.42, 0.14),
}
