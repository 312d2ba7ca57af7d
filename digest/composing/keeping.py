"""A Letter as bytes, and back: what the store keeps and the sending process reads.

The shape is JSON with a version in it; static bytes are written as Latin-1 text, so that the round trip is
exact for any octet. Imports nothing but the standard library.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import cast

from digest.errors import StoreError, TemplateError
from digest.model import Branch, Expression, Letter, Piece, Slot, SlotEncoding

__all__ = ["check_columns", "dump", "load", "missing_fields"]

_VERSION = 1
_ALWAYS_THERE = frozenset({"email", "address"})


def dump(letter: Letter) -> bytes:
    """Write a letter as bytes that ``load`` reads back exactly."""
    shape = {
        "version": _VERSION,
        "edition": letter.edition,
        "subject": letter.subject,
        "envelope_sender": letter.envelope_sender,
        "message_id_domain": letter.message_id_domain,
        "fields": sorted(letter.fields),
        "places": [list(place) for place in letter.places],
        "pieces": [_dumped(piece) for piece in letter.pieces],
    }
    return json.dumps(shape, ensure_ascii=True, separators=(",", ":")).encode()


def load(blob: bytes) -> Letter:
    """Read a kept letter.

    Raises:
        StoreError: it is damaged, or was written by another version.
    """
    hint = "prepare the edition again, or restore the store from a backup"
    try:
        shape = json.loads(blob)
        version = shape["version"]
        if version != _VERSION:
            raise StoreError(f"a kept letter has version {version}, this is {_VERSION}", hint=hint)
        return Letter(
            edition=str(shape["edition"]),
            subject=str(shape["subject"]),
            envelope_sender=str(shape["envelope_sender"]),
            message_id_domain=str(shape["message_id_domain"]),
            fields=frozenset(map(str, shape["fields"])),
            places=tuple((str(name), str(place)) for name, place in shape["places"]),
            pieces=tuple(map(_loaded, shape["pieces"])),
        )
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise StoreError("a kept letter is damaged", hint=hint) from error


def missing_fields(letter: Letter, columns: Collection[str]) -> list[str]:
    """Name the columns a letter needs and a list lacks, sorted; the address is always there."""
    return sorted(letter.fields - _ALWAYS_THERE - set(columns))


def check_columns(letter: Letter, columns: Collection[str]) -> None:
    """Refuse a list that lacks a column the theme uses without a default.

    Raises:
        TemplateError: names the columns, and the template line that asks for the first.
    """
    missing = missing_fields(letter, columns)
    if missing:
        raise TemplateError(
            f"the list has no column {', '.join(missing)}",
            where=dict(letter.places).get(missing[0]),
            hint=f'add the column, or give a default: {{{{ subscriber.{missing[0]} or "…" }}}}',
        )


def _dumped(piece: Piece) -> object:
    if isinstance(piece, bytes):
        return piece.decode("latin-1")
    if isinstance(piece, Slot):
        return [piece.encoding.value, piece.expression]
    return [
        piece.test,
        [_dumped(inner) for inner in piece.then],
        [_dumped(inner) for inner in piece.otherwise],
    ]


def _loaded(shape: object) -> Piece:
    if isinstance(shape, str):
        return shape.encode("latin-1")
    match shape:
        case [str(encoding), expression]:
            return Slot(_frozen(expression), SlotEncoding(encoding))
        case [test, list(then), list(otherwise)]:
            return Branch(_frozen(test), tuple(map(_loaded, then)), tuple(map(_loaded, otherwise)))
    raise ValueError("no piece of a letter")


def _frozen(expression: object) -> Expression:
    """Make tuples of JSON's lists: slots are compared and hashed."""
    if not isinstance(expression, list):
        raise TypeError("an expression is an array")
    return tuple(
        _frozen(part) if isinstance(part, list) else cast("str | int | float | bool | None", part)
        for part in expression
    )
