"""No text crashes condensing, and every offset points at its text."""

from __future__ import annotations

import pytest
from condensing_texts import HARBOUR, SCRIPTS, assert_sound
from hypothesis import given
from hypothesis import strategies as st

from digest.condensing import arrange, condense, warn_ungrounded
from digest.condensing.sentences import split
from digest.condensing.shortening import shorten
from digest.errors import NothingToCondenseError
from digest.model import Article, Kind

WORDS = sorted({word for text in (*HARBOUR.paragraphs, *SCRIPTS.values()) for word in text.split()})
MARKS = st.sampled_from(
    [". ", "? ", "! ", ", ", " ", "” ", " “", ".\n", "。", "؟ ", " (", ") ", " — ", ": ", "...", "\u2028"]
)
TEXTS = st.lists(st.tuples(st.sampled_from(WORDS), MARKS), max_size=60).map(
    lambda pairs: "".join(word + mark for word, mark in pairs)
)
KINDS: st.SearchStrategy[Kind] = st.sampled_from(["text", "heading", "item", "quote"])


@given(st.lists(st.text() | TEXTS, max_size=6))
def test_offsets_point_at_the_text(paragraphs: list[str]) -> None:
    """Whatever the paragraphs hold, a sentence is found again at its place, and sentences never overlap."""
    article = Article(paragraphs=paragraphs)
    last = (0, 0)
    for one in split(article, "en"):
        assert article.paragraphs[one.paragraph][one.start : one.end] == one.text
        assert (one.paragraph, one.start) >= last
        last = (one.paragraph, one.end)


@given(st.lists(st.tuples(st.text() | TEXTS, KINDS), max_size=6), st.none() | st.text() | TEXTS)
def test_any_article_is_condensed_or_refused(rows: list[tuple[str, Kind]], title: str | None) -> None:
    """An article gives a sound digest, or is refused as empty; nothing else."""
    article = Article(paragraphs=[text for text, _ in rows], kinds=[kind for _, kind in rows], title=title)
    try:
        digest = condense(article)
    except NothingToCondenseError:
        assert not any(character.isalnum() for text, _ in rows for character in text)
        return
    assert_sound(digest)
    if not article.title:
        assert warn_ungrounded(digest) == ()


@given(TEXTS)
def test_shortening_only_takes_away(text: str) -> None:
    """The words of a shortened sentence stand in the sentence, in their order."""
    rest = iter(text)
    assert all(character in rest for character in shorten(text).removesuffix("."))


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_any_digests_are_arranged(texts: list[str]) -> None:
    """An arrangement holds each digest once, and its preheader keeps its length."""
    digests = [
        condense(Article(paragraphs=[f"The {at} hall is open. {text}"])) for at, text in enumerate(texts)
    ]
    arranged = arrange(digests)
    assert sorted(map(id, arranged.digests)) == sorted(map(id, digests))
    assert arranged.subject == arranged.digests[0].headline
    assert len(arranged.preheader) <= 110


def test_an_arrangement_of_nothing_cannot_be_meant() -> None:
    """No digest, no edition."""
    with pytest.raises(ValueError, match="at least one"):
        arrange([])
