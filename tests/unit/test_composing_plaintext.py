"""The text part: lines that fit, words and addresses that survive, links that can be referred to."""

from __future__ import annotations

import re

import pytest
from composing_parts import ANN, an_edition
from hypothesis import given
from hypothesis import strategies as st

from digest.composing import load_theme, render
from digest.composing.plaintext import columns, wrap
from digest.composing.symbols import Marks

MARKS = Marks("plain text")
LETTERS = st.text("ab é中文。！😀\n* [1]", max_size=400)


@pytest.mark.parametrize("theme", ["article", "brief", "edition", "letter"])
def test_c9_masthead_stands_apart_and_links_are_numbered(theme: str) -> None:
    """An empty line parts masthead and title; each link has its own number, the way out the last."""
    text = render(an_edition("One", "Two", theme=theme), load_theme(theme), subscriber=ANN).text
    assert text.startswith("Harbour Weekly · 20 November 2026\n\n")
    assert re.findall(r"(?m)^\[(\d)\] (\S{12})", text) == [(number, "https://exam") for number in "123"]
    assert "[3] https://example.org/leave?who=ann%40example.org" in text
    assert "\n\n\n" not in text


def test_c9_word_longer_than_a_line_is_cut_an_address_is_not() -> None:
    """78 columns for everything but addresses, which must be clicked whole."""
    address = "https://example.org/" + "a" * 200
    text = wrap(f"* {'w' * 200}\n[1] {address}\n", MARKS)
    assert text.splitlines()[-1] == f"[1] {address}"
    assert max(map(len, text.splitlines()[:-1])) == 78
    assert text.replace("\n", "").replace(" ", "").startswith("*" + "w" * 200)


@given(LETTERS)
def test_c9_wrapping_loses_nothing_and_fits(text: str) -> None:
    """Whatever is wrapped has its letters in order, and no line over 78 columns."""
    wrapped = wrap(text, MARKS)
    assert re.sub(r"\s", "", wrapped) == re.sub(r"\s", "", text)
    assert max(map(columns, wrapped.split("\n"))) <= 78
