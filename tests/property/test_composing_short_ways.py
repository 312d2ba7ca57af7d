"""The short ways that most values take through filling: they write what the long ways write."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.composing import headers
from digest.composing.expression import evaluate, text_reader, written
from digest.model import Expression, Subscriber

NAMES = st.from_regex(r"[A-Za-z0-9]{0,9}(?: {0,2}[A-Za-z0-9.,]{0,30}){0,3}", fullmatch=True) | st.text(
    max_size=12
)
ADDRESSES = st.from_regex(r"[a-z0-9.+-]{1,30}@[a-z0-9-]{1,30}(?:\.[a-z]{1,5}){0,2}", fullmatch=True)
TEXTS = st.text(max_size=8)
NOTHING = re.compile(r"(?!)")
FIELDS = st.sampled_from(["name", "email", "language", "town", "absent"])
EXPRESSIONS: st.SearchStrategy[Expression] = st.recursive(
    st.tuples(st.just("field"), FIELDS)
    | st.tuples(st.just("const"), TEXTS | st.integers() | st.booleans() | st.none()),
    lambda inner: (
        st.tuples(st.sampled_from(["or", "and", "join"]), inner, inner)
        | st.tuples(st.sampled_from(["not", "upper", "trim"]), inner)
    ),
    max_leaves=5,
)


@given(name=NAMES, address=ADDRESSES)
def test_a_usual_mailbox_is_written_as_any_other(name: str, address: str) -> None:
    """A plain name and address give the same field where nothing is taken for usual."""
    with pytest.MonkeyPatch.context() as patched:
        wanted = headers.mailbox(name, address, used=4)
        patched.setattr(headers, "_USUAL_MAILBOX", NOTHING)
        assert headers.mailbox(name, address, used=4) == wanted


@given(expression=EXPRESSIONS, name=TEXTS, town=TEXTS)
def test_a_reader_gives_what_the_expression_says(expression: Expression, name: str, town: str) -> None:
    """An expression made ready once reads like one that is walked for each subscriber."""
    person = Subscriber("ann@example.org", name, {"town": town}, None)
    assert text_reader(expression)(person) == written(evaluate(expression, person))
