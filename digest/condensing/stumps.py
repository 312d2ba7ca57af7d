"""Where a made headline cannot end: half a name, half a list, half a quotation, a word that another has to follow.

``phrases`` tells how likely a cut is to leave a sentence; these are the ends that no headline has, however likely.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from digest.condensing.verbs import finite_verb_at
from digest.condensing.words import words_in

__all__ = [
    "EDGE",
    "LEAST_WORDS",
    "MOST_WORDS",
    "QUOTES",
    "finished",
    "is_closed",
    "is_stump",
    "says_what",
    "without_stump",
]

MOST_WORDS = 12
LEAST_WORDS = 5
EDGE = ".,;:–—- ।։"
_CLOSING = EDGE + "'’"
QUOTES = "“”\"'‘’«»"
_BAD_END = words_in("""
    a an the of in on at by with from over against under between for as and but or about into through
    before until to that who which where whose his her its their our my your this these those is are
    was were be been being has have had will would can could may might must should not no very more
    most than after amid during while because new said says told after's according so both such some any each
    every near if when since including mr mrs ms dr it's he she they it we i you there made became become allegedly
    only just still even former much quite how aimed based regarded deemed dubbed able unable due
""")
_JOINS = words_in("and or et ou und oder y o e")
# "the fear | that it falls": what it is comes next; "the lamps | that fishers found" are named already.
_SAYS_THAT = words_in("""
    allegation allegations assurance belief claim claims concern concerns conclusion condition decision evidence fact
    fear fears feeling finding hope hopes idea impression indication indications knowledge message news notion opinion
    possibility promise proof reason report reports reminder risk rumour rumours sense sign signs so speculation
    statement statements suggestion suggestions suspicion view warning warnings
""")
# "…, just days | after the fire": what is counted from comes next.
_TIMES = words_in(
    "moments seconds minutes hours days weeks months years decades minute hour day week month year"
)
_FROM_A_TIME = words_in("after before since ago later earlier from")
_UNITS = ("per", "%", "million", "billion", "thousand", "hundred", "lakh", "crore")
_TWO_SENTENCES = re.compile(r"[a-z]{4}[.!?]+[\"”’']?\s")
_PAIRS = (("“", "”"), ("(", ")"), ("[", "]"), ("«", "»"))
_OPENS_OR_ENDS = re.compile(r"[\"“”«»()\[\]'‘’.!?]|\s[–—-]")
_OPENS_SINGLE, _CLOSES_SINGLE = re.compile(r"(?<!\w)['‘](?=\w)"), re.compile(r"(?<=[\w.,!?])['’](?!\w)")
_SAID = re.compile(r"[\"“][^\"”]*,[\"”](.*)")
_DASH = re.compile(r"\s[–—-]{1,2}\s")


def finished(words: Sequence[str]) -> str:
    """Set words as a line: no mark at its end, a capital at its beginning."""
    text = " ".join(words).rstrip(EDGE)
    return text[:1].upper() + text[1:]


def without_stump(text: str) -> str:
    """Cut a text to twelve words, and its last ones where they are function words of English."""
    words = text.split()
    end = min(MOST_WORDS, len(words))
    while end > LEAST_WORDS and words[end - 1].strip(EDGE).lower() in _BAD_END:
        end -= 1
    return finished(words[:end])


def is_stump(words: Sequence[str], end: int) -> bool:
    """Tell an end that no headline has, in any language: a function word of English, half a name, half a list."""
    last, after = words[end - 1], words[end].lower()
    if last.strip(_CLOSING).lower() in _BAD_END:
        return True
    if not last[-1].isalnum():
        return False
    return (
        last.endswith(("'s", "’s"))
        or (after == "that" and last.lower() in _SAYS_THAT)
        or (after in _FROM_A_TIME and last.lower() in _TIMES)
        or (last[0].isupper() and words[end][0].isupper())
        or (last[0].isdigit() and after.startswith(_UNITS))
        or (after in _JOINS and (words[end - 2].endswith(",") or "between" in words[:end]))
    )


def is_closed(text: str) -> bool:
    """Tell whether every quotation and bracket closes, and no second sentence begins; not a quotation alone."""
    if ("not only" in text and " but " not in text) or (text.startswith("Either ") and " or " not in text):
        return False
    if _OPENS_OR_ENDS.search(text) is None:  # most have none of what follows
        return True
    if text[0] in QUOTES and (text[-1] in QUOTES or _lacks_speaker(text)):
        return False
    if _TWO_SENTENCES.search(text) is not None or text.count('"') % 2 == 1 or len(_DASH.findall(text)) == 1:
        return False
    if len(_OPENS_SINGLE.findall(text)) > len(_CLOSES_SINGLE.findall(text)):
        return False
    return all(text.count(left) == text.count(right) for left, right in _PAIRS)


def says_what(words: Sequence[str]) -> bool:
    """Tell whether what "that" opens has a verb of its own: "the board says that the pier" says nothing yet."""
    if "that" not in words:
        return True
    at = len(words) - 1 - words[::-1].index("that")
    return finite_verb_at(["", *words[at + 1 :]]) is not None


def _lacks_speaker(text: str) -> bool:
    """Tell a quotation that ends with its comma, and nobody says it: “It is late,” a fisher."""
    found = _SAID.match(text)
    return found is not None and finite_verb_at(["", *found.group(1).split()]) is None
