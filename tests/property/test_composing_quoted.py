"""Properties of what goes on the wire: quoted-printable that can be cut, headers that come back unchanged."""

from __future__ import annotations

import quopri
import random
import re
from email.header import decode_header

from hypothesis import given
from hypothesis import strategies as st

from digest.composing.cleaning import clean_line
from digest.composing.expression import evaluate
from digest.composing.headers import mailbox, phrase, unstructured
from digest.composing.quoted import SOFT_BREAK, quoted
from digest.model import Subscriber

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=300)
NASTY = st.text("ab.=<>&\"' \té中😀\nF", max_size=200)
WORDS = (
    "Hafen",
    "Über",
    "привет",
    "港",
    "שלום",
    "مرحبا",
    "😀",
    "a",
    "(x)",
    '"q"',
    "=?",
    "Zoë,",
    "éà",
    "l'été",
    "日本語",
)


@given(TEXT | NASTY, TEXT | NASTY, TEXT | NASTY)
def test_a13_d10_pieces_join_to_their_texts(before: str, value: str, behind: str) -> None:
    """A13 D10: pieces between soft breaks decode to the joined text; no line is long, dotted or ends in white."""
    wire = SOFT_BREAK.join(map(quoted, (before, value, behind)))
    assert quopri.decodestring(wire).replace(b"\r\n", b"\n").decode() == before + value + behind
    for line in wire.split(b"\r\n"):
        assert len(line) <= 76
        assert not line.startswith(b".")
        assert not line.endswith((b" ", b"\t"))
        assert b"\n" not in line


def decoded(wire: bytes) -> str:
    text = re.sub(rb"\r\n(?=[ \t])", b"", wire).decode("ascii")
    if "=?" not in text:
        return text
    joined = re.sub(r"\?=\s+=\?", "?==?", text).replace("?==?", "?= =?")
    return "".join(
        part.decode(charset or "ascii") if isinstance(part, bytes) else part
        for part, charset in decode_header(joined)
    )


@given(TEXT)
def test_d8_subject_comes_back(text: str) -> None:
    """D8: a subject decodes to what it was; no line over 78, no encoded word over 75."""
    wire = unstructured(text, used=9)
    assert decoded(wire) == clean_line(text)
    first, *rest = wire.split(b"\r\n")
    assert len(first) + 9 <= 78
    assert all(line.startswith(b" ") and len(line) <= 78 for line in rest)
    assert all(len(word) <= 75 for word in re.findall(rb"=\?\S+", wire))


def test_d8_four_thousand_mixed_subjects_and_names_come_back() -> None:
    """D8: mixed scripts, quotes and half encoded words survive as subject and as name."""
    chance = random.Random(8)
    for _ in range(4000):
        text = clean_line(" ".join(chance.choices(WORDS, k=chance.randrange(1, 25))))
        assert decoded(unstructured(text, used=9)) == text
        shown = phrase(text, used=6)
        plain = decoded(shown)
        if shown.startswith(b'"'):
            plain = re.sub(r"\\(.)", r"\1", plain[1:-1])
        assert plain == text


@given(TEXT, st.from_regex(r"[a-z.]{1,9}@[a-z]{1,9}\.org", fullmatch=True))
def test_c12_d8_no_name_adds_a_header_line(name: str, address: str) -> None:
    """A name can neither end the field nor begin another; the address is always the last thing in it."""
    wire = mailbox(name, address, used=4)
    assert all(line.startswith(b" ") for line in wire.split(b"\r\n")[1:])
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xff]", wire)
    assert wire.removesuffix(b">").endswith(address.encode())


@given(
    st.recursive(
        st.tuples(st.just("field"), st.sampled_from(["a", "b", "name"]))
        | st.tuples(st.just("const"), st.text(max_size=4) | st.integers()),
        lambda inner: (
            st.tuples(st.sampled_from(["or", "and", "eq", "lt", "join", "in"]), inner, inner)
            | st.tuples(st.sampled_from(["not", "upper"]), inner)
            | st.tuples(st.just("if"), inner, inner, inner)
        ),
        max_leaves=8,
    )
)
def test_every_expression_has_a_value(expression: tuple[object, ...]) -> None:
    """Whatever the grammar can write can be evaluated for whatever a list holds."""
    value = evaluate(expression, Subscriber("a@example.org", fields={"a": "7", "b": ""}))  # type: ignore[arg-type]  # built above
    assert value is None or isinstance(value, (str, int, float, bool))
