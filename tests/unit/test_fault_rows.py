"""Each row of the fault matrix names its test: ``test_s20_…`` is about row S20, and somewhere one must be.

S: what a server may do. L: what may happen on this machine. B: bad input. The rows are counted here; what each is about
stands in its test's name and docstring. The checklist's rows about sending (D3 one recipient, D9 addresses, D11 DKIM,
D13 SIZE) are looked for in the same way.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
ROWS = {"s": 44, "l": 16, "b": 26}
NAMED = re.compile(r"test_([slb])([0-9]{2})_")
SENDING = {"d3", "d9", "d11", "d13"}


def found() -> set[tuple[str, int]]:
    """Give the rows that have a test with a docstring and at least one assertion, by its own or a helper's name."""
    rows = set()
    for file in TESTS.glob("*/test_*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (told := NAMED.match(node.name)):
                assert ast.get_docstring(node), node.name
                rows.add((told[1], int(told[2])))
    return rows


@pytest.mark.parametrize("kind", sorted(ROWS))
def test_every_row_of_the_fault_matrix_has_its_test(kind: str) -> None:
    """A row without a test is a promise nobody checks; a test of a row that is not there is a mistyped name."""
    assert {row for row in found() if row[0] == kind} == {
        (kind, number) for number in range(1, ROWS[kind] + 1)
    }


def test_the_checklists_rows_about_sending_have_their_tests() -> None:
    """Somewhere a test's name begins with the row, alone or among others."""
    names = {
        node.name
        for file in TESTS.glob("*/test_*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }
    rows = {row for name in names for row in re.match(r"test((?:_[a-z]\d+)*)", name)[1].split("_")}  # type: ignore[index]  # all begin so
    assert rows >= SENDING
