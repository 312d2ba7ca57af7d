"""Lines with a kind: what every kind of source is turned into before it is cleaned. Pure.

``normalise`` settles the characters, ``split`` the paragraphs (joining hard-wrapped ones), and the counters tell
how much a line says in scripts with and without spaces. No line is dropped here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from digest.model import Kind

__all__ = ["Draft", "Line", "is_sentence", "key", "normalise", "split", "word_count"]

_BREAKS = re.compile(r"[\u2028\u2029\x0b\x0c\x85]")
# Zero-width joiners stay: Persian and emoji mean something by them.
_INVISIBLE = re.compile(r"[\ufeff\u200b\u2060\u00ad\u200e\u200f\u202a-\u202e\x00-\x08\x0e-\x1f\x7f]")
_ODD_SPACES = re.compile(r"[\u1680\u2000-\u200a\u202f\u205f\u3000]")  # [^\S\n ] takes four times as long
_MANY_SPACES = re.compile("  +")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_WORD = re.compile(r"\w+")
_END = re.compile(r"[.!?…。！？؟।॥:;»”\"’')\]]\s*$")
_STOP = re.compile(r"[.!?…。！？؟।॥]['\"”’»)\]]*\s*$")
_BULLET = re.compile(r"^(?:[-*•‣▪◦·–—]|\d{1,2}[.)])\s+(?=\S)")
_QUOTE = re.compile(r"^>+ ?")

_CHARACTERS_A_WORD = 2  # in scripts without spaces; what the reading times of both come out equal at
_LEAST_WRAPPED = 3  # lines that continue: fewer prove nothing
_NARROWEST, _WIDEST = 40, 100  # columns at which people and mail programs wrap
_WRAPPED_SHARE = 0.8
_WORDS_OF_A_SENTENCE = 4
_WORDS_WITHOUT_STOP = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph, heading, item or quotation. ``is_apart``: a blank row stood above it in what was pasted."""

    text: str
    kind: Kind = "text"
    is_apart: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a source holds before it is cleaned and judged. ``is_extracted``: somebody already found the body."""

    lines: Sequence[Line]
    title: str | None = None
    byline: str | None = None
    published: str | None = None
    language: str | None = None
    url: str | None = None
    site: str | None = None
    image: str | None = None
    is_extracted: bool = False
    refusal: str | None = None
    feed_url: str | None = None


def normalise(text: str) -> str:
    r"""Give one kind of line end and of space, and drop what nobody sees.

    >>> normalise("one\r\ntwo\u00a0\u200bthree\u2028")
    'one\ntwo three\n'
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\t", " ").replace("\u00a0", " ")
    # What is not printable holds every break, space and mark that is looked for: one look saves three in most texts.
    if not text.replace("\n", "").isprintable():
        text = _ODD_SPACES.sub(" ", _INVISIBLE.sub("", _BREAKS.sub("\n", text)))
    return _MANY_SPACES.sub(" ", text) if "  " in text else text


def word_count(text: str) -> int:
    """Count words; in scripts without spaces two characters are one."""
    if text.isascii():
        return len(text.split())
    unspaced = len(_UNSPACED.findall(text))
    if not unspaced:
        return len(text.split())
    return len(_WORD.findall(_UNSPACED.sub(" ", text))) + unspaced // _CHARACTERS_A_WORD


def is_sentence(text: str) -> bool:
    """Tell whether a line says something: four words and a stop, or eight words."""
    words = word_count(text)
    if not _WORD.search(text):
        return False
    return words >= _WORDS_WITHOUT_STOP or (words >= _WORDS_OF_A_SENTENCE and ends_in_stop(text))


def ends_in_stop(text: str) -> bool:
    """Tell whether a line ends as a sentence does, closing quotes allowed."""
    return _STOP.search(text[-6:]) is not None


def ends_closed(text: str) -> bool:
    """Tell whether a line ends in any punctuation of prose, a colon or a closing quote included."""
    return _END.search(text[-6:]) is not None


def key(text: str) -> str:
    """Reduce a line to its letters and digits, to compare headlines."""
    return " ".join(_WORD.findall(text.casefold()))


def split(text: str) -> list[Line]:
    """Split normalised text into lines; a hard-wrapped paragraph becomes one, bullets and quotes get their kind."""
    rows = [row.strip() for row in text.split("\n")]
    width = _wrapped_at(rows)
    lines: list[Line] = []
    open_row: str | None = None
    is_apart = False
    for row in rows:
        if not row:
            open_row = None
            is_apart = True
            continue
        if width and open_row is not None and _continues(open_row, row, width):
            joint = "" if open_row.endswith("-") and not open_row.endswith(" -") else " "
            lines[-1] = Line(lines[-1].text + joint + _QUOTE.sub("", row), lines[-1].kind, lines[-1].is_apart)
        else:
            lines.append(_line(row, is_apart=is_apart))
        open_row = row
        is_apart = False
    return [line for line in lines if line.text]


def _line(row: str, *, is_apart: bool) -> Line:
    if row[0] == ">":
        return Line(_QUOTE.sub("", row).strip(), "quote", is_apart)
    if row[0].isalpha():
        return Line(row, "text", is_apart)
    bullet = _BULLET.match(row)
    # a dash that opens speech is followed by a sentence with a verb we cannot see: only true bullets are items
    if (bullet and row[0] not in "–—-") or (bullet and word_count(row) > 1 and row[0] == "-"):
        return Line(row[bullet.end() :] if not row[0].isdigit() else row, "item", is_apart)
    return Line(row, "text", is_apart)


def _wrapped_at(rows: Sequence[str]) -> int:
    """Find the column a text was wrapped at, 0 for none.

    Greedy wrapping leaves a trace: the first word of the next row would not have fitted into the one before.
    """
    width = max(map(len, rows), default=0)
    if not _NARROWEST <= width <= _WIDEST:  # most texts: no pair of rows need be looked at
        return 0
    pairs = [(row, after) for row, after in pairwise(rows) if row and after]
    if len(pairs) < _LEAST_WRAPPED:
        return 0
    full = sum(_continues(row, after, width) for row, after in pairs)
    return width if full >= _WRAPPED_SHARE * len(pairs) else 0


def _continues(row: str, after: str, width: int) -> bool:
    if _BULLET.match(after) and not after[0].isdigit():
        return False
    return len(row) + 1 + len(after.split(" ", 1)[0]) > width - 2
