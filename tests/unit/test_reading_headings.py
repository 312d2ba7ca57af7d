"""The headline of a pasted page: found where the body was found too early, never at the price of paragraphs."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from digest.reading.heading_weights import TITLE_WEIGHTS
from digest.reading.headings import (
    TITLE_TRAITS,
    Candidate,
    Located,
    candidates,
    headline_at,
    is_below_menu,
)
from digest.reading.lines import Draft, Line, word_count
from digest.reading.marks import mark_of
from digest.reading.pasted import clean

MENU = ["Boats", "Weather and tides", "Timetable", "All moorings", "Shop"]
OFFER = "Sign this form today and the harbour shop sends you a lantern with every rope you order."
HEADLINE = "Harbour library opens a reading room with forty seats"
SIGNED = ["By Ann Lee", "March 3, 2026"]
BODY = [
    "The harbour library opens its new reading room on Monday, after two long winters of building work and waiting.",
    "It has forty seats, a stove from the old ferry, and a window over the whole of the inner basin of the harbour.",
    "We wanted a room in which people stay, said the librarian, who kept the plans in an old biscuit tin for years.",
    "The first evening is given to the gardeners, who will bring seeds for anybody who has a question about them.",
]
SUBHEAD = "What the reading room of the harbour library holds"
ALL_PROSE = 9  # words; enough to be judged good where a line ends in a stop


def located(texts: Sequence[str], first: int, before: Sequence[float] = ()) -> Located:
    """Say that the body begins at ``first``, and how likely each line stands before the article."""
    likely = before or [float(at < first) for at in range(len(texts))]
    marks = [mark_of(text) for text in texts]
    words = [word_count(text) for text in texts]
    return Located(words, marks, good_of(texts), first, len(texts), likely)


def looked_at(texts: Sequence[str], first: int, before: Sequence[float] = ()) -> dict[str, Candidate]:
    """Give the lines that could be the headline of a body that begins at ``first``, by their texts."""
    found = candidates([Line(text) for text in texts], located(texts, first, before))
    return {texts[one.at]: one for one in reversed(found)}


def good_of(texts: Sequence[str]) -> list[bool]:
    return [len(text.split()) >= ALL_PROSE and text.endswith(".") for text in texts]


def cleaned(texts: Sequence[str]) -> Draft:
    return clean(Draft(lines=[Line(text) for text in texts]))


def test_every_trait_has_a_weight() -> None:
    """The table and the traits that lines show are of one make; a trait without a weight would end a run."""
    shown = {name for one in looked_at([*MENU, HEADLINE, *BODY], 6).values() for name in one.traits}
    assert shown == set(TITLE_TRAITS) == set(TITLE_WEIGHTS)


def test_a_headline_below_a_sentence_of_the_menu_is_found() -> None:
    """A sentence in a menu pulls the body's beginning up; the headline is looked for below it."""
    texts = ["Home page", OFFER, *MENU, HEADLINE, *SIGNED, *BODY]
    at = headline_at([Line(text) for text in texts], located(texts, 1), weights=TITLE_WEIGHTS)
    assert texts[at] == HEADLINE


@pytest.mark.parametrize(
    ("paragraphs", "is_above_a_menu", "is_cut"), [(2, True, True), (3, True, False), (1, False, False)]
)
def test_a_headline_names_the_article_without_cutting_its_paragraphs(
    paragraphs: int, *, is_above_a_menu: bool, is_cut: bool
) -> None:
    """What stands above a headline is cut off where it is a menu's two sentences; paragraphs stay, but it may name."""
    above = ["Home page"] if is_above_a_menu else []
    texts = [*above, *BODY[:paragraphs], SUBHEAD, *BODY]
    assert SUBHEAD in looked_at(texts, len(above))
    assert is_below_menu(texts.index(SUBHEAD), located(texts, len(above))) is is_cut


def test_nothing_is_cut_above_a_headline_that_stands_above_the_body() -> None:
    """A headline above the body leaves the body's beginning where it was found."""
    texts = [*MENU, HEADLINE, *BODY]
    assert not is_below_menu(texts.index(HEADLINE), located(texts, len(MENU) + 1))


def test_no_headline_is_looked_for_far_inside_the_article() -> None:
    """Below five paragraphs of the body stand its subheads."""
    texts = [HEADLINE, *BODY, *BODY[:1], SUBHEAD, *BODY]
    assert SUBHEAD not in looked_at(texts, 1)


def test_a_subhead_cuts_no_paragraph_off() -> None:
    """A clean text whose subhead says what the text is about keeps its beginning."""
    kept = cleaned([HEADLINE, *BODY, SUBHEAD, *BODY[::-1]])
    assert kept.title == HEADLINE
    assert [line.text for line in kept.lines][: len(BODY)] == BODY


def test_a_trail_of_crumbs_is_no_headline() -> None:
    """A line that ends in what stands alone near it only leads there: the headline is the line that stands alone."""
    texts = [*MENU, f"Home / Library / {HEADLINE}", HEADLINE, *SIGNED, *BODY]
    found = looked_at(texts, texts.index(BODY[0]))
    assert [text for text, row in found.items() if row.traits["crumbs"]] == [f"Home / Library / {HEADLINE}"]
    assert cleaned(texts).title == HEADLINE


@pytest.mark.parametrize(
    "signed",
    [
        "Ann Lee 03/03/2026 Leave a comment! Rooms, Books and other things of the harbour",
        "3 marca 2026 Books, rooms",
        "Posted by ann at 10:15 in the rooms of the town",
    ],
)
def test_a_day_below_speaks_for_a_line(signed: str) -> None:
    """A headline has its day within three lines, whatever else stands in that line."""
    rows = [
        looked_at([*MENU, HEADLINE, *between, signed, *BODY], len(MENU) + 2 + len(between))[HEADLINE]
        for between in ([], ["Rope"] * 2, ["Rope"] * 3)
    ]
    assert [row.traits["dated_soon"] for row in rows] == [1.0, 1.0, 0.0]


def test_a_line_said_again_at_once_is_told() -> None:
    """Sites give the headline to machines and to people, one below the other; a menu's line comes again far away."""
    twice = candidates(
        [Line(text) for text in [HEADLINE, HEADLINE, *BODY]], located([HEADLINE, HEADLINE, *BODY], 2)
    )
    assert [one.traits["again_soon"] for one in twice][:2] == [1.0, 0.0]
    far = looked_at(["Boats and ropes", *MENU, HEADLINE, "Boats and ropes", *BODY], len(MENU) + 3)
    assert far["Boats and ropes"].traits["again_soon"] == 0.0


def test_the_chance_that_the_article_begins_at_a_line_speaks_for_it() -> None:
    """The chance is what the line takes from the next one's standing before the article; its logarithm counts."""
    texts = [*MENU, SUBHEAD, HEADLINE, *BODY]
    before = [1.0] * len(MENU) + [0.9, 0.1] + [0.0] * len(BODY)
    found = looked_at(texts, len(MENU) + 2, before)
    begins = [found[text].traits["begins"] for text in (MENU[1], SUBHEAD, HEADLINE)]
    assert begins == pytest.approx([0.0, 6.909, 8.987], abs=0.001)
    lines = [Line(text) for text in texts]
    at = headline_at(
        lines,
        located(texts, len(MENU) + 2, before),
        weights=dict.fromkeys(TITLE_TRAITS, 0.0) | {"begins": 1.0},
    )
    assert texts[at] == HEADLINE


def test_the_heading_of_other_stories_speaks_against_what_follows() -> None:
    """Six lines below "Related stories" stand the headlines of others."""
    texts = ["Related stories", *["Ropes and boats of the town"] * 5, SUBHEAD, HEADLINE, *BODY]
    found = looked_at(texts, texts.index(BODY[0]))
    assert [found[text].traits["listed"] for text in (SUBHEAD, HEADLINE)] == [1.0, 0.0]


def test_a_line_as_long_as_the_one_above_is_told() -> None:
    """Entries of a menu or a table are alike; a headline is not like the line above it."""
    found = looked_at(["Boats and ropes", "Tides and winds", HEADLINE, *BODY], 3)
    assert [found[text].traits["alike"] for text in ("Tides and winds", HEADLINE)] == [1.0, 0.0]


def test_a_line_below_prose_is_told() -> None:
    """A headline has no prose beyond doubt above it."""
    texts = ["Boats and ropes", *BODY[:1], HEADLINE, *BODY]
    found = looked_at(texts, 3)
    assert [found[text].traits["unprosed"] for text in ("Boats and ropes", HEADLINE)] == [1.0, 0.0]


def test_words_that_the_article_uses_again_speak_for_a_line() -> None:
    """A line of the article's words stands before one of other words, whatever else both show."""
    texts = [*MENU, HEADLINE, *BODY]
    headline = looked_at(texts, len(MENU) + 1)[HEADLINE].traits
    strange = looked_at([*MENU, "Bakers sell forty kinds of bread", *BODY], len(MENU) + 1)
    row = strange["Bakers sell forty kinds of bread"].traits
    assert headline["shared_opening"] > row["shared_opening"]
    assert headline["shared_often"] > row["shared_often"]
    assert headline["unshared"] < row["unshared"]
    texts = [*MENU, "Bakers sell forty kinds of bread", HEADLINE, *SIGNED, *BODY]
    assert cleaned(texts).title == HEADLINE


def test_a_sentence_of_the_body_is_no_headline() -> None:
    """A text that begins with its first sentence has no headline; above the body a headline may end in a stop."""
    ending = f"{HEADLINE}."
    assert ending not in looked_at([*MENU, ending, *BODY], len(MENU))
    assert ending in looked_at([*MENU, ending, *BODY], len(MENU) + 1)


@pytest.mark.parametrize(("above", "is_read"), [(99, True), (100, False)])
def test_the_beginning_is_read_for_a_headlines_words(above: int, *, is_read: bool) -> None:
    """A paste may have megabytes of prose: what stands below its first hundred lines tells no headline."""
    prose = ["The ferry rang its new bell at noon, and nobody on the quay looked up."] * above
    texts = [HEADLINE, *prose, BODY[0]]
    row = looked_at(texts, 1)[HEADLINE].traits
    assert (row["unshared"] < 1) is is_read
