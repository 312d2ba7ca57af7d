"""A part whose letters quoted-printable would write six octets for each: as base64, filled as a whole.

Base64 cannot be cut at a slot (three octets make four letters, whatever they belong to), so such a part is one
Slot: its texts and slots stand in the expression, are joined for each subscriber and encoded together. That costs
some microseconds more than quoted-printable's pieces and saves a Russian or Chinese letter a quarter of its size
and more; a Latin part never becomes base64, since filters distrust plain text in it.

The expression::

    ["whole", part, …]    part: text | ["slot", encoding, expression] | ["if", test, ["whole", …], ["whole", …]]

Source: RFC 2045 6.8.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, cast

from digest.composing.expression import evaluate
from digest.model import Expression, Slot, SlotEncoding, Subscriber

if TYPE_CHECKING:
    from digest.composing.compiling import Pieces

__all__ = ["base64_lines", "is_shorter", "whole_part", "written_whole"]

_COLUMNS = 76
_CLEARLY = 0.9  # of the size in quoted-printable, which people can read and cut


def base64_lines(octets: bytes) -> bytes:
    """Write octets as base64 in lines of 76 columns."""
    text = binascii.b2a_base64(octets, newline=False)
    return b"".join([text[at : at + _COLUMNS] + b"\r\n" for at in range(0, len(text), _COLUMNS)])


def is_shorter(pieces: Pieces, quoted_octets: int) -> bool:
    """Tell whether base64 makes a part clearly shorter than quoted-printable does; slots are left out."""
    octets = sum(len(text.encode()) for text in _texts(pieces))
    return octets * 4 / 3 * (_COLUMNS + 2) / _COLUMNS < quoted_octets * _CLEARLY


def _texts(pieces: Pieces) -> Iterator[str]:
    for piece in pieces:
        if isinstance(piece, str):
            yield piece
        elif not isinstance(piece, Slot):
            yield from _texts((*piece.then, *piece.otherwise))


def whole_part(pieces: Pieces) -> Slot:
    """Make the one slot of a part."""
    return Slot(_whole(pieces), SlotEncoding.BASE64)


def _whole(pieces: Pieces) -> Expression:
    parts: list[str | Expression] = []
    for piece in pieces:
        if isinstance(piece, str):
            parts.append(piece.replace("\n", "\r\n"))
        elif isinstance(piece, Slot):
            parts.append(("slot", piece.encoding.value, tuple(piece.expression)))
        else:
            parts.append(("if", tuple(piece.test.expression), _whole(piece.then), _whole(piece.otherwise)))
    return ("whole", *parts)


def written_whole(
    expression: Expression,
    subscriber: Subscriber,
    value: Callable[[Expression, SlotEncoding, Subscriber], str],
) -> str:
    """Join the texts and values of a part for one subscriber; ``value`` writes a slot."""
    parts: list[str] = []
    for part in expression[1:]:
        if isinstance(part, str):
            parts.append(part)
            continue
        verb, first, *rest = cast("tuple[str, Expression, *tuple[Expression, ...]]", part)
        if verb == "slot":
            parts.append(value(rest[0], SlotEncoding(str(first)), subscriber))
        else:
            parts.append(written_whole(rest[0 if evaluate(first, subscriber) else 1], subscriber, value))
    return "".join(parts)
