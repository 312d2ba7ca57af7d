"""No text crashes condensing, and every offset points at its text."""

from __future__ import annotations

from itertools import combinations

import pytest
from condensing_texts import HARBOUR, SCRIPTS, assert_sound
from hypothesis import given
from hypothesis import strategies as st

from digest.condensing import arrange, condense, warn_ungrounded
from digest.condensing.choosing import SET_FEATURES, set_rows, summary_sets
from digest.condensing.features import likeness, prepare_all
from digest.condensing.language import tell_language
from digest.condensing.poor import is_caption, leans
from digest.condensing.sentences import split
from digest.condensing.shortening import shorten
from digest.condensing.words import tokens, written_words
from digest.errors import NothingToCondenseError
from digest.model import Article, Kind

WORDS = sorted({word for text in (*HARBOUR.paragraphs, *SCRIPTS.values()) for word in text.split()})
SENTENCES = [sentence.text for sentence in split(HARBOUR, "en")]
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


@given(st.text(st.characters(codec="ascii")))
def test_plain_text_is_read_like_any_other(text: str) -> None:
    """ASCII is cut by a shorter way: its words and its language are those it has beside other letters."""
    assert [*tokens(text), "é"] == tokens(f"{text} é")
    assert written_words(text) == written_words(f"{text} é")[:-1]
    assert tell_language([f"{text} and"]) == tell_language([f"{text} and …"])


LEANING = [
    "But the board of the harbour had no money left.",
    "They asked the county for half of it in May.",
    "“The wall has stood for a hundred years and will stand for another.”",
    "Stone by stone: The wall is built anew in spring.",
]


@given(texts=st.lists(st.sampled_from([*SENTENCES, *LEANING]), min_size=1, max_size=14), own=st.booleans())
def test_summaries_are_chosen_among_the_nine_likeliest(*, texts: list[str], own: bool) -> None:
    """Every two and three of them that can be read as they stand, within the words, is a possible summary."""
    document = prepare_all(texts, title=None, language="en", opens_article=own)
    scores = [1 / (1 + (7 * place) % 13) for place in range(len(texts))]
    likeliest = sorted(
        document.sentences,
        key=lambda one: -(scores[one.place] - 0.3 * (not one.balanced) - is_caption(one)),
    )[:9]
    likeliest.sort(key=lambda one: one.place)
    readable = [
        chosen
        for size in (2, 3)
        for chosen in combinations(likeliest, size)
        if sum(one.words for one in chosen) <= 60
        and all(
            (own and one.place == 0)
            or not (one.dangles or leans(one))
            or one.place - 1 in [other.place for other in chosen]
            for one in chosen
        )
    ]
    assert summary_sets(document, scores, count=3, words=60) == readable


@given(st.lists(st.sampled_from(SENTENCES), min_size=2, max_size=9, unique=True), st.none() | TEXTS)
def test_what_a_set_covers_is_what_its_sentences_say(texts: list[str], title: str | None) -> None:
    """Figures that are grown sentence by sentence are those counted from the whole set."""
    document = prepare_all(texts, title=title, language="en")
    scores = [0.5] * len(texts)
    sets = [chosen for size in (1, 2, 3, 4) for chosen in combinations(document.sentences, size)][::-1]
    for chosen, row in zip(sets, set_rows(document, scores, sets), strict=True):
        figures = dict(zip(SET_FEATURES, row, strict=True))
        stems = set().union(*[sentence.stems for sentence in chosen])
        kinds = sum(len(sentence.stems) for sentence in chosen)
        covered = sum(document.frequencies[stem] for stem in stems) / document.total
        assert figures["covered"] == pytest.approx(covered)
        assert figures["repeated"] == pytest.approx(1 - len(stems) / kinds)
        assert figures["title_covered"] == pytest.approx(
            len(stems & document.title_stems) / (len(document.title_stems) or 1)
        )
        assert figures["likest"] == max([likeness(*pair) for pair in combinations(chosen, 2)], default=0.0)
        assert figures["words"] * 60 == pytest.approx(sum(sentence.words for sentence in chosen))
        assert figures["longest"] * 40 == pytest.approx(max(sentence.words for sentence in chosen))


NAMES = st.sampled_from([
    "Ngozi Okafor", "Okafor", "Okafor's", "Ada Okafor", "Mr. Okafor", "the Okafors", "“Okafor", "Tomas Akerele",
    "Akerele", "said", "told", "34,", "who", "fisher", "The", "pier", "is", "open", "again", "and", "(", ")",
])  # fmt: skip
SAYINGS = st.lists(st.tuples(NAMES, MARKS), min_size=1, max_size=40).map(
    lambda pairs: (
        "The fisher Ngozi Okafor, 34, said the pier is open. " + "".join(word + mark for word, mark in pairs)
    )
)


@given(st.lists(SAYINGS, min_size=1, max_size=4))
def test_names_in_full_can_be_traced(paragraphs: list[str]) -> None:
    """However people are named, a line has no word more than its evidence, and the gate finds nothing in it."""
    digest = condense(Article(paragraphs=paragraphs, language="en"))
    assert_sound(digest)
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
