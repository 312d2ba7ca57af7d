"""Worth of a made headline: written by ``benchmarks/train_headlines.py``, never by hand."""

from __future__ import annotations

__all__ = ["WEIGHTS"]

# By feature (digest/condensing/headlining.py): in English, and in every other language.
WEIGHTS = {
    "first": (-0.36, 0.02),
    "place": (-0.01, -0.22),
    "score": (3.05, 3.61),
    "words": (0.55, 0.35),
    "covered": (6.21, 6.11),
    "covered_mean": (24.27, 39.96),
    "lead_share": (1.05, 0.45),
    "inner_cut": (-0.15, -0.23),
    "led_cut": (0.01, 0.01),
    "whole": (-0.04, 0.30),
    "doubt": (-1.10, 0.23),
    "names": (0.09, 1.39),
    "number": (0.16, -0.05),
    "stop_share": (-0.37, 0.16),
    "verb_place": (0.02, 50.69),
    "commas": (-0.12, -0.21),
    "opens_with_name": (0.03, 0.02),
    "opens_with_article": (-0.02, -0.03),
    "dangles": (-0.84, -0.16),
    "pronoun": (-0.58, 0.00),
    "first_person": (-0.48, 2.31),
    "quoted": (0.06, 0.13),
    "question": (-0.54, 0.37),
    "label": (-0.90, 0.11),
}
