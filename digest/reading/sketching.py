"""Sketches of texts that can be stored: whether two stories tell the same, weeks and processes apart. Pure.

``digest.shingles`` compares texts within one process, in full; its hashes differ in the next process. A sketch
keeps a stable quarter of the runs of three words, and at most 64 of them: enough to estimate containment.

Source: Broder (1997), sampling by the value of the hash, under which equal runs are kept or left in both texts.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Sequence

from digest.shingles import SAME_TEXT

__all__ = ["is_same", "sketch"]

_WORD = re.compile(r"\w+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_KEPT_BELOW = 2**32 // 4
_MOST = 64
_LEAST = 6  # shared runs that prove anything: a stock phrase has one or two
_MOST_CHARACTERS = 20_000  # a story says what it is in its first pages


def sketch(text: str) -> tuple[int, ...]:
    """Give the kept hashes of a text's runs of three words, sorted.

    >>> sketch("") == ()
    True
    """
    normal = unicodedata.normalize("NFKC", text[:_MOST_CHARACTERS]).casefold()
    words = _WORD.findall(_UNSPACED.sub(r" \g<0> ", normal))
    runs = {zlib.crc32(" ".join(words[at : at + 3]).encode()) for at in range(len(words) - 2)}
    return tuple(sorted(run for run in runs if run < _KEPT_BELOW)[:_MOST])


def is_same(one: Sequence[int], other: Sequence[int]) -> bool:
    """Tell whether half of the smaller text's runs stand in the other, as far as sketches show."""
    bound = (
        min(values[-1] if len(values) == _MOST else _KEPT_BELOW for values in (one, other) if values)
        if (one and other)
        else 0
    )
    first, second = ({run for run in values if run <= bound} for values in (one, other))
    shared, smaller = len(first & second), min(len(first), len(second))
    return shared >= _LEAST and shared >= SAME_TEXT * smaller
