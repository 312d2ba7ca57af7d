"""Tell lines that make poor key points: nothing in them is wrong, but a reader who has only them is left asking.

A caption, a loose quotation, a stump, a line that leans on what was left out. They are key points only where an
article has too few others. English, but for what marks and classes of letters tell; elsewhere it finds little.
"""

from __future__ import annotations

import re

from digest.condensing.features import Prepared
from digest.condensing.phrases import class_of
from digest.condensing.prose import lacks_speaker, speaks_outside
from digest.condensing.words import words_in

__all__ = ["is_caption", "reads_badly"]

_SHORTEST_WORDS = 6
# Fragments are short; of a longer line without a known verb, the verb is more often one we do not know.
_LONGEST_FRAGMENT_WORDS = 16
_VERBS = frozenset("VDEXGBYbhm")
_CONTRACTED = re.compile(r"['’](?:s|re|ve|m|d|ll)\b|n['’]t\b")
# "If convicted, he could…": nobody was named yet.
_LATE_PRONOUN = re.compile(r"[^,]{2,60}, (?:he|she|it|they|his|her|their|its)\b")
# It speaks of something the reader has not seen.
_LEANS = re.compile(
    r"""(?:Another|Both|Neither|Indeed|Perhaps|Not\sonly|Even\sso|Since\sthen|Needless\sto\ssay
    |In\s(?:addition|fact|other\swords|response|turn|it)|As\sa\sresult|Of\scourse|After\sall|On\sthe\sother\shand
    |For\s(?:a\sstart|example|instance)|With\sthis|(?:Before|After|Until|Despite|Besides)\s(?:that|this|then)
    |(?:By|At|In|From)\s(?:this|that|then)|At\sthe\s(?:same\s)?time,|The\s(?:second|other|others|latter|same)
    |(?:One|Some|None|All|Many|Most|Each|Two|Three)\sof\s(?:them|these|those|us)
    |(?:Authorities|Officials|Police|Residents|People)\sthere|(?:Once|When|While|As|If)\s(?:he|she|it|they))\b
    |(?:Now|There|Here|Second|Third|Finally|Later|Eventually|Soon|Previously|Further|Separately|Elsewhere),""",
    re.VERBOSE,
)
# "Final embrace: The couple leave the pier": a picture's caption, unless the label is somebody who speaks.
_LABELLED = re.compile(
    r"(?![^:]* (?:said|says|told|added|asked|wrote|continued|stated)\b)['‘]?[A-Z][^.:;!?,\"“”]{2,40}: (?=['‘]?[A-Z])"
)
# "Ada Lind, right, with her crew", "From left, the harbour master…".
_PICTURED = re.compile(
    r"(?:Left|Right|Above|Below|Pictured|From left|In th(?:is|e) (?:photo|picture|image))\b"
    r"|.*[,(]\s?(?:pictured|seen|(?:far )?left|(?:far )?right|cent(?:re|er)|above|below)"
    r"(?:\s(?:here|left|right|above|below|with|in|on|at)\b[^,.)]{0,40})?[,).]"
)
# One of them stands in all of these: most sentences have none, which is told sooner.
_PICTURE_WORDS = words_in("left right above below pictured photo picture image seen centre center")
_ASKED = re.compile(r"[QA][:.]\s?[A-Z]")
_CLOSING = "\"”’'»)]"
_ENDS = re.compile(r"\S[.!?。！？…؟।։]")
# A line that its page has broken: "the stream close to the village of."
_BROKEN = re.compile(
    r"(?:[,(]|['’]s|\b(?:of|the|an?|and|or|but|from|with|into|in|on|at|by|his|their|its|than))\.$"
)
# Thai and Lao have no mark that ends a sentence.
_UNMARKED = re.compile(r"[^\s]*[\u0e00-\u0eff]")


def reads_badly(sentence: Prepared, language: str) -> bool:
    """Tell a poor key point, taken only where there are too few.

    A stump, a question, a caption, a lost speaker or name, an opener that leans on what was left out.
    """
    text = sentence.text
    return (
        sentence.words < _SHORTEST_WORDS
        or not (_ENDS.match(text.rstrip(_CLOSING)[-2:]) or _UNMARKED.match(text))
        or text.rstrip("\"”’' ").endswith("?")
        or speaks_outside(text, sentence.tokens)
        or lacks_speaker(text, sentence.tokens)
        or _LATE_PRONOUN.match(text) is not None
        or _LEANS.match(text) is not None
        or _ASKED.match(text) is not None
        or _BROKEN.search(text) is not None
        or is_caption(sentence)
        or (language == "en" and sentence.words <= _LONGEST_FRAGMENT_WORDS and _is_fragment(text))
    )


def leans(sentence: Prepared) -> bool:
    """Tell a line that speaks of what stood before it: another, in fact; a quotation or a claim of nobody named."""
    return _LEANS.match(sentence.text) is not None or lacks_speaker(sentence.text, sentence.tokens)


def is_caption(sentence: Prepared) -> bool:
    """Tell the line under a picture: it has a label, or says where in the picture to look."""
    text = sentence.text
    if ":" in text and _LABELLED.match(text):
        return True
    return not _PICTURE_WORDS.isdisjoint(sentence.tokens) and _PICTURED.match(text) is not None


def _is_fragment(text: str) -> bool:
    """Tell an English line that has no word which may be a verb."""
    return _CONTRACTED.search(text) is None and _VERBS.isdisjoint(map(class_of, text.split()))
