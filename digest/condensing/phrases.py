"""Where an English sentence can be cut: the log-odds that what stands before a cut is a whole sentence.

There is no parser here. Words get a class (a closed list, a table of common words, else their ending), and each
cut is a handful of signs: the words and classes on both sides of it, the last verb before it and whether a
noun follows that verb, how many clauses and finite verbs are open. The weight of each sign stands in
``phrase_weights.py``; ``benchmarks/train_phrases.py`` learns them from sentences that a real parser took apart.

Source: Knight and Marcu, "Summarization beyond sentence extraction" (2002), for learning where trees may be
cut; here the tree is left to the training, so that nothing heavy is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from digest.condensing.phrase_weights import COMMON_WORDS, INTERCEPT, SIGNS

__all__ = ["COMMON", "MARKS", "class_of", "classify", "cut_odds", "cut_signs", "suffix_class"]

MARKS = "“”\"'‘’(),.;:!?[]"
_CLOSED = {
    word: sign
    for sign, words in {
        "d": """the a an this that these those his her its their our my your every each some any no another both
                all several many most""",
        "o": "of", "t": "to", "c": "and or but nor yet plus", "w": "who which whose whom where what how why",
        "i": """in on at by with from over against under between about into through for near amid during within
                without across among around behind beyond despite inside outside per toward towards via along off
                onto up out down since until than like as after before""",
        "s": "while when because if although though whether unless once",
        "b": "is are was were be been being am", "h": "has have had having",
        "m": "will would can could may might must should shall do does did cannot",
        "n": "not n't never also only just still even already",
        "p": "he she it they we i you there", "q": "him them us me himself herself itself themselves",
        "#": """one two three four five six seven eight nine ten eleven twelve dozen hundred thousand million
                billion lakh crore""",
    }.items()
    for word in words.split()
}  # fmt: skip
COMMON: Mapping[str, str] = {word: sign for sign, words in COMMON_WORDS.items() for word in words.split()}
"""The class of common words that their ending does not tell."""
# The same few thousand words come again in every article; they are some 2 MB.
_MOST_REMEMBERED = 20_000

_ADJECTIVE_ENDINGS = (
    "al", "ous", "ive", "ful", "ic", "able", "ible", "less", "ish", "ary", "ian", "an", "ese",
)  # fmt: skip
_VERBS = frozenset("VDEXGBbhm")
_FINITE = frozenset("VDXbhm")
_NAMING = frozenset("NP#pq")
_FIXED = frozenset("ito")
_CLAUSES = frozenset("ws")
_TOLD_MARKS = frozenset(',;:"”')
_MOST_DISTANCE = 4
_MOST_COMMAS = 2
_MOST_CLAUSES = 2
_MOST_FINITE = 3


def suffix_class(word: str) -> str:
    """Guess the class of a word in lower case from its ending: G, D, R, J or N."""
    if word.endswith("ing"):
        return "G"
    if word.endswith("ed"):
        return "D"
    if word.endswith("ly"):
        return "R"
    return "J" if word.endswith(_ADJECTIVE_ENDINGS) else "N"


@lru_cache(maxsize=_MOST_REMEMBERED)
def class_of(word: str) -> str:
    """Tell the class of a word as it stands in its sentence, marks included; see ``classify``."""
    return classify(word, COMMON)


def classify(word: str, common: Mapping[str, str]) -> str:
    """Tell the class of a word, marks included, by a table of common words.

    N noun, P name, J adjective, R adverb, # number, ' possessive; B base, V present, D past, E participle,
    X past or participle, G -ing form, Y noun or verb; a small letter for each list of function words.
    """
    bare = word.strip(MARKS)
    if not bare:
        return "-"
    if bare.endswith(("'s", "’s")):
        return "'"
    lower = bare.lower()
    if sign := _CLOSED.get(lower):
        return sign
    if bare[0].isdigit() or bare[0] in "$£€":
        return "#"
    if bare[0].isupper():
        return "P"
    return common.get(lower) or suffix_class(lower)


class _Reading:
    """What has been read before a cut: the last verb, what was named after it, clauses, finite verbs, the comma."""

    def __init__(self, words: Sequence[str], lower: Sequence[str], classes: Sequence[str]) -> None:
        self._words, self._lower, self._classes = words, lower, classes
        self._at = 0
        self.last_verb = self.comma = -1
        self.named = "0"
        self.clauses = self.finite = 0

    def read(self, end: int) -> None:
        """Read on to a cut."""
        for at in range(self._at, end):
            sign = self._classes[at]
            if sign in _VERBS:
                self.last_verb, self.named = at, "0"
                self.finite += sign in _FINITE
            elif sign in _NAMING:
                self.named = "1"
            elif sign in _CLAUSES or self._lower[at] == "that":
                self.clauses += 1
            if self._words[at][-1] == "," and at < end - 1:
                self.comma = at
        self._at = end


def cut_signs(
    words: Sequence[str],
    verb: int | None,
    *,
    ends: Sequence[int],
    classes_by: Callable[[str], str] = class_of,
) -> Iterator[list[str]]:
    """Give the signs of a cut before each of ``ends``, rising places in ``words``.

    ``verb`` is the place of the finite verb, as ``verbs.finite_verb_at`` finds it.
    """
    if not ends:
        return
    known = words[: ends[-1] + 2]
    lower = [word.strip(MARKS).lower() for word in known]
    classes = [classes_by(word) for word in known] + [".", "."]
    opening = _opening_signs(known, lower, classes, verb=None if verb is None or verb >= ends[-1] else verb)
    reading = _Reading(known, lower, classes)
    for end in ends:
        reading.read(end)
        last, after = classes[end - 1], classes[end]
        mark = words[end - 1][-1]
        mark = mark if mark in _TOLD_MARKS else ""
        distance = -1 if verb is None or verb >= end else min(end - 1 - verb, _MOST_DISTANCE)
        at, comma = reading.last_verb, reading.comma
        governor = lower[at] if at >= 0 else ""
        fixed = after in _FIXED
        signs = [
            *opening,
            "e:" + lower[end - 1],
            "s:" + lower[end],
            "p:" + last + after,
            "b:" + classes[end - 2] + last,
            "a:" + after + classes[end + 1],
            "x:" + mark + after,
            "v:" + (classes[at] if at >= 0 else "-") + reading.named + after,
            "l:" + governor + reading.named,
            f"n:{min(reading.clauses, _MOST_CLAUSES)}{min(reading.finite, _MOST_FINITE)}",
            f"d:{distance}{after}",
            f"z:{classes[comma + 1]}{min(end - comma - 1, _MOST_DISTANCE)}" if comma >= 0 else "z:",
            f"q:{governor}>{lower[end] if fixed else after}",
        ]
        if fixed:
            signs.append(f"r:{lower[end - 1]}>{lower[end]}")
        if last in _VERBS:
            signs.append("t:" + classes[end - 2] + last + after)
        yield signs


def _opening_signs(
    words: Sequence[str], lower: Sequence[str], classes: Sequence[str], *, verb: int | None
) -> list[str]:
    """Give the signs that all cuts of a sentence share: how it opens, and its finite verb."""
    if verb is None:
        return ["h:" + classes[0], "m:-", "c:0-", "k:"]
    lead = classes[verb] + classes[verb + 1]
    commas = sum([word[-1] == "," for word in words[:verb]])
    return ["h:" + classes[0], "m:" + lead, f"c:{min(commas, _MOST_COMMAS)}{lead}", "k:" + lower[verb]]


def cut_odds(words: Sequence[str], verb: int | None, *, ends: Sequence[int]) -> list[float]:
    """Give the log-odds that the words before each of ``ends`` are a whole sentence: one float per end."""
    weight = SIGNS.get
    return [
        INTERCEPT + sum([weight(sign, 0.0) for sign in signs]) for signs in cut_signs(words, verb, ends=ends)
    ]
