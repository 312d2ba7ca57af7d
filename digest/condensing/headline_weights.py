"""Worth of a made headline: written by ``benchmarks/train_headlines.py``, never by hand."""

from __future__ import annotations

__all__ = ["WEIGHTS"]

# By feature (digest/condensing/headlining.py): in English, and in every other language.
WEIGHTS = {
    "first": (-0.19, 0.01),
    "place": (-0.12, -0.18),
    "score": (2.52, 3.56),
    "words": (0.31, 0.36),
    "covered": (7.65, 5.95),
    "covered_mean": (20.00, 41.80),
    "lead_share": (1.21, 0.44),
    "inner_cut": (-0.17, -0.24),
    "led_cut": (-0.03, 0.02),
    "whole": (-0.02, 0.30),
    "doubt": (-1.13, 0.23),
    "names": (-0.12, 1.38),
    "number": (0.05, -0.04),
    "stop_share": (-0.29, 0.10),
    "verb_place": (-0.20, 65.27),
    "commas": (-0.10, -0.21),
    "opens_with_name": (-0.03, 0.03),
    "opens_with_article": (-0.05, -0.03),
    "dangles": (-1.27, -0.16),
    "pronoun": (-0.57, 0.00),
    "first_person": (0.08, 2.30),
    "quoted": (-0.03, 0.15),
    "question": (-0.57, 0.36),
    "label": (-0.43, 0.13),
}
