"""The text part's lines: wrapped at 78 columns, with hanging bullets, addresses never broken.

A theme writes one paragraph per line; here it becomes lines. Marks of a subscriber's values count as wide as a
usual value, conditional marks as nothing. Wide letters (Chinese, Japanese, Korean) count two columns and may
break anywhere. A word longer than a line is cut at the last column, as a terminal would: no mail program shows a
line of 200 letters well, and quoting would cut it anyway. Addresses alone may be longer.
"""

from __future__ import annotations

import re
import unicodedata

from digest.composing.symbols import Marks

__all__ = ["columns", "wrap"]

_COLUMNS = 78  # RFC 5322 2.1.1; what terminals and quoting leave room for
_VALUE_COLUMNS = 20  # a name or a town: longer than nine in ten
_LEAD = re.compile(r"\s*(?:(?:[*•–-]|\d+[.)]|\[\d+\])\s+)?")
_BLANKS = re.compile(r"\n{3,}")
_ADDRESS = re.compile(r"(?:https?://|mailto:|\S+@)\S*\Z")
# Letters between which East Asian text may break; closing marks stay with what they close.
_WIDE = re.compile(
    r"[\u1100-\u115f\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\U00020000-\U0003fffd]"
)
_NO_START = frozenset("、。，．！？）」』】〉》〕：；ーっゃゅょぁぃぅぇぉッャュョァィゥェォ々")


def wrap(text: str, marks: Marks) -> str:
    """Wrap a text's lines and leave at most one empty line between paragraphs."""
    lines = (_wrapped(line.rstrip(), marks) for line in text.strip("\n").split("\n"))
    return _BLANKS.sub("\n\n", "\n".join(lines)).strip("\n") + "\n"


def columns(text: str) -> int:
    """Count the columns of a text on a screen."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in text
    )


def _wrapped(line: str, marks: Marks) -> str:
    lead = _LEAD.match(line)
    begin = lead.group() if lead else ""
    lines, width = [begin], columns(begin)
    gap = ""
    for token, space in _tokens(line[len(begin) :]):
        first, *rest = _cut(token, _COLUMNS - columns(begin), marks)
        wide = _width(first, marks)
        is_begun = len(lines) > 1 or lines[-1] != begin  # a bullet does not stand alone before a long address
        if width + len(gap) + wide > _COLUMNS and is_begun and not _never_first(first):
            lines.append(" " * columns(begin) + first)
            width = columns(begin) + wide
        else:
            lines[-1] += gap + first
            width += len(gap) + wide
        for part in rest:
            lines.append(" " * columns(begin) + part)
            width = columns(begin) + columns(part)
        gap = space
    return "\n".join(lines)


def _cut(token: str, room: int, marks: Marks) -> list[str]:
    """Cut a word that no line can hold; addresses and what holds a subscriber's value stay whole."""
    if columns(token) <= room or marks.nonce in token or _ADDRESS.search(token):
        return [token]
    parts, width = [""], 0
    for letter in token:
        wide = columns(letter)
        if width + wide > room and not unicodedata.combining(letter):
            parts.append("")
            width = 0
        parts[-1] += letter
        width += wide
    return parts


def _never_first(token: str) -> bool:
    return token[:1] in _NO_START


def _tokens(line: str) -> list[tuple[str, str]]:
    """Cut a line where it may break: (token, the space behind it)."""
    found: list[tuple[str, str]] = []
    for word in line.split():
        if _ADDRESS.match(word) or not _WIDE.search(word):
            found.append((word, " "))
            continue
        found += [(part, "") for part in re.findall(rf"{_WIDE.pattern}|[^\s]+?(?={_WIDE.pattern}|\Z)", word)]
        found[-1] = (found[-1][0], " ")
    return found


def _width(token: str, marks: Marks) -> int:
    if marks.nonce not in token:
        return columns(token)
    values = sum(1 for found in marks.pattern.finditer(token) if found["slot"])
    return columns(marks.pattern.sub("", token)) + values * _VALUE_COLUMNS
