"""Worth of a made headline: written by ``benchmarks/train_headlines.py``, never by hand."""

from __future__ import annotations

__all__ = ["WEIGHTS"]

# By feature (digest/condensing/headlining.py): in English, and in every other language.
WEIGHTS = {
    "first": (-0.35, 0.00),
    "place": (-0.02, -0.23),
    "score": (3.03, 3.66),
    "words": (0.55, 0.35),
    "covered": (6.24, 6.09),
    "covered_mean": (23.89, 39.62),
    "lead_share": (1.06, 0.48),
    "inner_cut": (-0.16, -0.23),
    "led_cut": (-0.00, 0.01),
    "whole": (-0.03, 0.30),
    "doubt": (-1.09, 0.23),
    "names": (0.10, 1.39),
    "number": (0.15, -0.05),
    "stop_share": (-0.38, 0.15),
    "verb_place": (0.01, 51.35),
    "commas": (-0.13, -0.21),
    "opens_with_name": (0.03, 0.02),
    "opens_with_article": (-0.02, -0.03),
    "dangles": (-0.86, -0.16),
    "pronoun": (-0.57, 0.00),
    "first_person": (-0.48, 2.31),
    "quoted": (0.06, 0.13),
    "question": (-0.53, 0.38),
    "label": (-0.89, 0.11),
}
