"""The lists of what page chrome says of itself: how they begin."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any

from digest.reading import marks

LETTERS = 4
Begun = set[tuple[str, bool]]  # the first letters, and whether what follows in the pattern follows them


def test_the_beginnings_of_chrome_are_those_of_the_lists() -> None:
    """Lines are told by their first letters to be on no list: all that the lists begin with is known, and no more."""
    parser = importlib.import_module("re._parser")
    lists = (marks._HARD_LINE, marks._DROP_LINE, marks._SOFT_LINE)
    listed = {text for one in lists for text, _ in _begun(parser.parse(one.pattern, one.flags), LETTERS)}
    short = {text for text in listed if not any(text[:count] in listed for count in range(1, len(text)))}
    assert {text for text in short if text[:1].isalpha()} == marks._BEGINNINGS


def _begun(parsed: Iterable[tuple[object, Any]], most: int) -> Begun:
    """Give what a pattern's matches begin with, as far as it is known and ``most`` letters at most.

    What begins with a class of characters gives none: no list begins with a class that holds a letter.
    """
    begun: Begun = {("", True)}
    for operation, value in parsed:
        begun = {
            (text + more, goes_on)
            for text, is_open in begun
            for more, goes_on in (
                _steps(str(operation), value, most - len(text))
                if is_open and len(text) < most
                else {("", is_open)}
            )
        }
    return begun


def _steps(operation: str, value: Any, most: int) -> Begun:
    if operation == "AT":
        return {("", True)}
    if operation == "BRANCH":
        return {step for part in value[1] for step in _begun(part, most)}
    if operation == "SUBPATTERN":
        return _begun(value[3], most)
    if operation == "MAX_REPEAT":
        least, times, part = value
        once = {(text, goes_on and times == 1) for text, goes_on in _begun(part, most)}
        return once if least else once | {("", True)}
    characters = (
        [("LITERAL", value)] if operation == "LITERAL" else value if operation == "IN" else [("ANY", 0)]
    )
    is_known = all(str(kind) == "LITERAL" for kind, _ in characters)
    return {(chr(character), True) for _, character in characters} if is_known else {("", False)}
