"""From marked text to pieces: static bytes encoded once, slots and branches where the marks were.

A mark's encoding follows from where it stands: in an element, in an attribute, in an address, in plain text.
Where a value could not be made safe (a style, a script, the beginning of a link, a tag's name) it is refused.
Every mark that the templates wrote must be found again, in order and balanced: a mark lost or torn apart (by a
filter that cut a text, by a tag opened in one branch and closed in none) is an error before anything is sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import NoReturn, TypeAlias

from digest.composing.expression import needed_fields, needed_in_test
from digest.composing.quoted import SOFT_BREAK, quoted
from digest.composing.symbols import Marks, Symbol
from digest.errors import TemplateError
from digest.model import Branch, Piece, Slot, SlotEncoding

__all__ = ["Fields", "compile_html", "compile_text", "encoded", "octets_of"]

Pieces: TypeAlias = "tuple[str | Slot | _Fork, ...]"
# What is complete in serialised HTML: comments, and tags with their quoted attributes.
_WHOLE = re.compile(r"<!--.*?-->|<!\[endif\]-->|<[A-Za-z/!](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.DOTALL)
_CONDITIONAL = re.compile(r"<!--\[if[^\]]*\]>(?:<!-->)?")
_KNOWN_HOST = re.compile(r"https?://[^/?#]+[/?#]|mailto:", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w:-]+)\s*=\s*(?:\"([^\"]*)|'([^']*))\Z")
_RAW_TEXT = re.compile(r"<(style|script)\b[^>]*>(?:(?!</\1).)*\Z", re.IGNORECASE | re.DOTALL)
_LINKS = frozenset({"href", "src", "background", "action", "cite"})
_TEXT_LINK = re.compile(r"(?:https?://|mailto:)\S*\Z")
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
_REFUSED_HINT = "put it into the text, or behind the ? of an address that is written out"


@dataclass(frozen=True, slots=True)
class _Fork:
    test: Symbol
    then: Pieces
    otherwise: Pieces


@dataclass(slots=True)
class Fields:
    """The list columns that a letter needs, and the template line that asks for each first."""

    places: dict[str, str] = field(default_factory=dict)

    def need(self, names: frozenset[str], place: str) -> None:
        """Note that a template line needs columns."""
        for name in names:
            self.places.setdefault(name, place)


def compile_html(html: str, marks: Marks, fields: Fields) -> Pieces:
    """Cut an inlined page at its marks.

    Raises:
        TemplateError: a mark was lost, or stands where no value can be made safe.
    """
    found = _cut(html, marks, fields, _html_encoding)
    _check_branches(found)
    return found


def compile_text(text: str, marks: Marks, fields: Fields) -> Pieces:
    """Cut a plain text at its marks.

    Raises:
        TemplateError: a mark was lost.
    """
    return _cut(text, marks, fields, _text_encoding)


def encoded(pieces: Pieces) -> tuple[Piece, ...]:
    """Write cut pieces as quoted-printable, each slot between two soft breaks."""
    return tuple(_merged(_encoded(pieces)))


def octets_of(pieces: Iterable[Piece]) -> int:
    """Count the octets that do not differ per subscriber, of both ways of a condition."""
    return sum(
        len(piece)
        if isinstance(piece, bytes)
        else octets_of((*piece.then, *piece.otherwise))
        if isinstance(piece, Branch)
        else 0
        for piece in pieces
    )


def _encoded(pieces: Pieces) -> Iterator[Piece]:
    for at, piece in enumerate(pieces):
        if at:
            yield SOFT_BREAK
        if isinstance(piece, str):
            yield quoted(piece)
        elif isinstance(piece, Slot):
            yield piece
        else:
            yield Branch(tuple(piece.test.expression), encoded(piece.then), encoded(piece.otherwise))


def _merged(pieces: Iterator[Piece]) -> Iterator[Piece]:
    held = b""
    for piece in pieces:
        if isinstance(piece, bytes):
            held += piece
            continue
        if held:
            yield held
        held = b""
        yield piece
    if held:
        yield held


_Encoding = Callable[[str, Symbol], SlotEncoding]


def _cut(text: str, marks: Marks, fields: Fields, encoding: _Encoding) -> Pieces:
    found = list(marks.pattern.finditer(text))
    _check_all_found(text, marks, found)
    top: list[str | Slot | _Fork] = []
    stack: list[tuple[Symbol, list[str | Slot | _Fork], list[str | Slot | _Fork] | None]] = []
    here, at = top, 0
    for mark in found:
        if mark.start() > at:
            here.append(text[at : mark.start()])
        at = mark.end()
        number = int(mark["at"])
        if mark["slot"]:
            symbol = marks.symbols[number]
            fields.need(needed_fields(symbol.expression), symbol.place)
            # Text before the mark tells where it stands; other marks in it are as good as letters there.
            here.append(Slot(tuple(symbol.expression), encoding(text[: mark.start()], symbol)))
        elif mark["open"]:
            test = marks.tests[number]
            fields.need(needed_in_test(test.expression), test.place)
            stack.append((test, [], None))
            here = stack[-1][1]
        elif mark["other"]:
            test, then, _ = _innermost(stack)
            here = []
            stack[-1] = (test, then, here)
        else:
            test, then, otherwise = _innermost(stack)
            stack.pop()
            here = (stack[-1][2] if stack[-1][2] is not None else stack[-1][1]) if stack else top
            here.append(_Fork(test, tuple(then), tuple(otherwise or ())))
    if stack:
        raise TemplateError("a condition is opened and not closed", where=stack[-1][0].place)
    if at < len(text):
        here.append(text[at:])
    return tuple(top)


def _innermost(
    stack: list[tuple[Symbol, list[str | Slot | _Fork], list[str | Slot | _Fork] | None]],
) -> tuple[Symbol, list[str | Slot | _Fork], list[str | Slot | _Fork] | None]:
    if not stack:
        raise TemplateError(
            "a condition's end was moved before its beginning",
            hint="close every tag in the branch that opens it",
        )
    return stack[-1]


def _check_all_found(text: str, marks: Marks, found: list[re.Match[str]]) -> None:
    seen = {_name(mark, marks) for mark in found}
    lost = [mark for mark in marks.expected if mark not in seen]
    whole = len(re.findall(marks.nonce, text, re.IGNORECASE))
    if lost or whole != len(found):
        torn = (lost or marks.expected or [f"{marks.nonce}s0z"])[0]
        number = int(torn[len(marks.nonce) + 1 : -1])
        symbol = (marks.symbols if torn[len(marks.nonce)] == "s" else marks.tests)[number]
        raise TemplateError(
            "a subscriber's value is lost or changed after it was printed",
            where=symbol.place or None,
            hint="apply filters to the field itself: {{ subscriber.city | upper }}",
        )


def _name(mark: re.Match[str], marks: Marks) -> str:
    letter = "s" if mark["slot"] else "i" if mark["open"] else "e" if mark["other"] else "f"
    return f"{marks.nonce}{letter}{mark['at']}z"


def _html_encoding(before: str, symbol: Symbol) -> SlotEncoding:
    if _RAW_TEXT.search(before):
        _refuse("in a style sheet", symbol)
    rest = _WHOLE.sub("", before)
    rest = rest[rest.find("<") :] if "<" in rest else ""
    if rest.startswith("<!--"):
        if not _CONDITIONAL.match(rest):
            _refuse("in a comment", symbol)
        rest = _WHOLE.sub("", _CONDITIONAL.sub("", rest, count=1))
        rest = rest[rest.find("<") :] if "<" in rest else ""
    if not rest:
        return SlotEncoding.URL if symbol.is_address_part else SlotEncoding.HTML
    attribute = _ATTRIBUTE.search(rest)
    if attribute is None:
        _refuse("in a tag", symbol)
    return _attribute_encoding(attribute[1].lower(), attribute[2] or attribute[3] or "", symbol)


def _attribute_encoding(name: str, value: str, symbol: Symbol) -> SlotEncoding:
    if name in {"style", "srcset"} or name.startswith("on"):
        _refuse(f"in the attribute {name}", symbol)
    if name in _LINKS:
        if not _KNOWN_HOST.match(value):
            _refuse("where a link's scheme and host must be known", symbol)
        return SlotEncoding.URL
    return SlotEncoding.URL if symbol.is_address_part else SlotEncoding.HTML


def _refuse(where: str, symbol: Symbol) -> NoReturn:
    raise TemplateError(
        f"a subscriber's value cannot stand {where}", where=symbol.place or None, hint=_REFUSED_HINT
    )


def _text_encoding(before: str, symbol: Symbol) -> SlotEncoding:
    if symbol.is_address_part or _TEXT_LINK.search(before[-2_000:]):
        return SlotEncoding.TEXT_URL
    return SlotEncoding.TEXT


def _check_branches(pieces: Pieces) -> None:
    for piece in pieces:
        if isinstance(piece, _Fork):
            for branch in (piece.then, piece.otherwise):
                if not _Balance.holds("".join(part if isinstance(part, str) else "x" for part in branch)):
                    raise TemplateError(
                        "a tag is opened in one branch of a condition and closed outside of it",
                        where=piece.test.place or None,
                        hint="close every tag in the branch that opens it",
                    )
                _check_branches(branch)


class _Balance(HTMLParser):
    """Tells whether every tag of a fragment is closed in it; half a tag counts as none."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.stray = False

    @classmethod
    def holds(cls, fragment: str) -> bool:
        parser = cls()
        parser.feed(fragment)
        parser.close()
        return not parser.open and not parser.stray

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.stray = True
