"""Stand-ins for a subscriber while a theme renders: they leave marks that survive inlining.

A template renders once, before anybody is known. ``subscriber.city`` is a Symbol that records what is done
with it as an Expression; printed, it leaves a mark of letters and digits, which neither premailer nor URL
quoting changes. Whatever would need its value now (a loop, a length, an unknown filter) is refused, so that a
letter is never silently wrong.
"""

from __future__ import annotations

import hashlib
import re
from typing import NoReturn

from digest.errors import TemplateError
from digest.model import Expression

__all__ = ["Marks", "Symbol"]

_HINT = (
    "a subscriber's fields can be printed, joined with ~, compared, tested with if, given a default with or, "
    "and changed by upper, lower, title and trim"
)


class Symbol:
    """A value that only sending knows. ``is_address_part`` asks for percent-encoding wherever it stands."""

    __slots__ = ("expression", "is_address_part", "place")

    def __init__(self, expression: Expression, place: str, *, is_address_part: bool = False) -> None:
        self.expression = expression
        self.place = place
        self.is_address_part = is_address_part

    def refuse(self, *_arguments: object, **_named: object) -> NoReturn:
        """Refuse what cannot be done before the subscriber is known."""
        raise TemplateError(
            "this needs the subscriber's value before it is known", where=self.place or None, hint=_HINT
        )

    __bool__ = __str__ = __repr__ = __html__ = __iter__ = __len__ = __int__ = __float__ = __index__ = refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __mod__ = __rmod__ = refuse
    __truediv__ = __floordiv__ = __pow__ = __neg__ = __pos__ = __getitem__ = __call__ = refuse
    __contains__ = __format__ = __lt__ = __le__ = __gt__ = __ge__ = refuse
    __eq__ = __ne__ = refuse
    __hash__ = object.__hash__


class Marks:
    """The marks of one rendering. ``nonce`` occurs in no text of the edition: it is made from all of it."""

    def __init__(self, seed: str) -> None:
        told = hashlib.blake2b(seed.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
        # Letters only: a digit at the start of a word, or hexadecimal that looks like a colour, may be changed.
        self.nonce = "q" + told.translate(str.maketrans("0123456789abcdef", "ghijklmnopqrstuv"))
        self.symbols: list[Symbol] = []
        self.tests: list[Symbol] = []
        self.expected: list[str] = []
        self.pattern = re.compile(
            rf"(?:<!--|&lt;!--)?{self.nonce}(?:(?P<slot>s)|(?P<open>i)|(?P<other>e)|(?P<end>f))(?P<at>\d+)z"
            r"(?:--(?:>|&gt;))?"
        )

    def slot(self, symbol: Symbol) -> str:
        """Leave the mark of a value."""
        self.symbols.append(symbol)
        mark = self._mark("s", len(self.symbols) - 1)
        if not symbol.is_address_part:
            # A link is made before any template asks for it, and a theme may leave it out.
            self.expected.append(mark)
        return mark

    def opening(self, symbol: Symbol) -> str:
        """Leave the mark where a conditional piece begins."""
        self.tests.append(symbol)
        mark = self._mark("i", len(self.tests) - 1)
        self.expected.append(mark)
        return mark

    def _mark(self, letter: str, at: int) -> str:
        return f"{self.nonce}{letter}{at}z"
