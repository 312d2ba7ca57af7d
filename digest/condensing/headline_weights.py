"""Worth of a made headline: written by ``benchmarks/train_headlines.py``, never by hand."""

from __future__ import annotations

__all__ = ["WEIGHTS"]

# By feature (digest/condensing/headlining.py): in English, and in every other language.
WEIGHTS = {
    "first": (-0.21, 0.01),
    "place": (-0.07, -0.18),
    "score": (2.47, 3.56),
    "words": (0.31, 0.36),
    "covered": (7.65, 5.95),
    "covered_mean": (19.93, 41.80),
    "lead_share": (1.20, 0.44),
    "inner_cut": (-0.16, -0.24),
    "led_cut": (-0.03, 0.02),
    "whole": (-0.02, 0.30),
    "doubt": (-1.13, 0.23),
    "names": (-0.12, 1.38),
    "number": (0.06, -0.04),
    "stop_share": (-0.27, 0.10),
    "verb_place": (-0.18, 65.27),
    "commas": (-0.10, -0.21),
    "opens_with_name": (-0.03, 0.03),
    "opens_with_article": (-0.06, -0.03),
    "dangles": (-1.17, -0.16),
    "pronoun": (-0.60, 0.00),
    "first_person": (0.10, 2.30),
    "quoted": (-0.00, 0.15),
    "question": (-0.58, 0.36),
    "label": (-0.43, 0.13),
}
