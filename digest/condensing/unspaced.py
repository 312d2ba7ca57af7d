"""Keywords of scripts written without spaces: what is said again, bounded by what a word cannot begin or end with.

There is no dictionary here. A run of letters that comes again as a whole is a word or a fixed phrase; a longer
run that comes as often stands for all its parts ("阅览室", not "阅览" and "览室"). Where nothing comes again, the
pieces between function words stand in.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from digest.condensing.words import words_in

__all__ = ["starts_syllable", "unspaced_keywords"]

# Hiragana, which carries Japanese endings and particles, bounds words.
_HAN_RUN = re.compile(r"[\u3400-\u9fff\u30a1-\u30fa\u30fc-\u30fe]+")
# Thai, Lao, Burmese, Khmer, without their digits and marks of punctuation.
_LETTERED_RUN = re.compile(r"[\u0e01-\u0e2e\u0e30-\u0e4e\u0e81-\u0ece\u1000-\u103f\u1780-\u17d3]+")
# Shortest and longest keyword, in characters.
_HAN_LENGTHS = (2, 6)
_LETTERED_LENGTHS = (3, 14)
# More text never changes what is said most, and every run of it is counted.
_LOOK_AT_CHARACTERS = 6000
# Letters by Unicode that still lean on the one before them, and vowels written before their consonant.
_LEANING = frozenset("ะาำๅๆຯะາຳ")
_LEADING = frozenset("เแโใไເແໂໃໄ")
_COMMON_HAN = frozenset("的了在是和有也都就而及与或把被对从到这那其之为以於于个一不很将日月年等")
_COMMON_THAI = words_in("""
    ที่ และ ใน ของ เป็น มี ได้ ให้ จะ กับ ว่า นี้ แต่ จาก โดย คือ ไม่ ก็ ซึ่ง นั้น อยู่ เมื่อ ต้อง หรือ เพื่อ แล้ว ถึง ไป มา
    ทุก หนึ่ง ยัง แห่ง
""")
_PIECES = re.compile("|".join(sorted(_COMMON_THAI, key=lambda word: (-len(word), word))))
# Long ones are hardly ever part of another word, and bound runs before anything is counted.
_SURE = re.compile("|".join(sorted(word for word in _COMMON_THAI if len(word) >= 4)))  # noqa: PLR2004
_HAN_PIECES = re.compile(f"[{''.join(sorted(_COMMON_HAN))}]")


def unspaced_keywords(texts: Sequence[str], count: int) -> list[str]:
    """Give up to ``count`` keywords of sentences in a script without spaces; none only where no run is left."""
    text = "\n".join(texts)[:_LOOK_AT_CHARACTERS]
    han = _HAN_RUN.findall(text)
    lettered = _LETTERED_RUN.findall(_SURE.sub("\n", text))
    is_han = sum(map(len, han)) >= sum(map(len, lettered))
    runs, (least, most) = (han, _HAN_LENGTHS) if is_han else (lettered, _LETTERED_LENGTHS)
    counts = Counter(part for run in runs for part in _parts(run, least, most))
    again = {part: times for part, times in counts.items() if times > 1 and _is_bounded(part)}
    # A longer part said as often says more, and comes first: its own parts then add nothing.
    ranked = sorted(again, key=lambda part: (-again[part] * (len(part) - 1), text.find(part)))
    pieces = (
        piece
        for run in runs
        for piece in (_HAN_PIECES if is_han else _PIECES).split(run)
        if least <= len(piece) <= most and _is_bounded(piece) and starts_syllable(piece, 0)
    )
    found = _apart(ranked, count) or _apart(pieces, count)
    return found or [_begun(run, most) for run in runs[:1]]


def _parts(run: str, least: int, most: int) -> Iterator[str]:
    """Give every part of a run that begins and ends where a syllable does."""
    starts = [at for at in range(len(run)) if starts_syllable(run, at)]
    ends = [*starts, len(run)]
    for start in starts:
        for end in ends:
            if end - start > most:
                break
            if end - start >= least:
                yield run[start:end]


def starts_syllable(run: str, at: int) -> bool:
    """Tell whether a syllable may begin here: not at a mark, nor between a vowel and the consonant it precedes."""
    return not (
        run[at] in _LEANING
        or unicodedata.category(run[at]).startswith("M")
        or (at > 0 and run[at - 1] in _LEADING)
    )


def _is_bounded(part: str) -> bool:
    """Tell whether no function word opens or ends a part."""
    return not (
        part[0] in _COMMON_HAN
        or part[-1] in _COMMON_HAN
        or any(part.startswith(word) or part.endswith(word) for word in _COMMON_THAI)
    )


def _apart(parts: Sequence[str] | Iterator[str], count: int) -> list[str]:
    """Take the first ``count`` that neither hold nor share their beginning or end with one that was taken."""
    taken: list[str] = []
    for part in parts:
        if len(taken) == count:
            break
        if not any(_share(part, other) for other in taken):
            taken.append(part)
    return taken


def _share(one: str, other: str) -> bool:
    if one in other or other in one:
        return True
    least = max(2, min(len(one), len(other)) // 2)
    return one[:least] == other[:least] or any(
        one[-size:] == other[:size] or other[-size:] == one[:size]
        for size in range(least, min(len(one), len(other)))
    )


def _begun(run: str, most: int) -> str:
    """Cut a run where a syllable begins."""
    end = max((at for at in range(1, min(len(run), most + 1)) if starts_syllable(run, at)), default=len(run))
    return run if len(run) <= most else run[:end]
