"""The headline of a pasted page: found where the body was found too early, never at the price of paragraphs."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from digest.reading.heading_weights import TITLE_WEIGHTS
from digest.reading.headings import candidates, headline_at
from digest.reading.lines import Draft, Line
from digest.reading.marks import Mark
from digest.reading.pasted import clean

MENU = ["Boats", "Weather", "Timetable", "Moorings", "Shop"]
OFFER = "Sign this form today and the harbour shop sends you a lantern with every rope you order."
HEADLINE = "Harbour library opens a reading room with forty seats"
SIGNED = ["By Ann Lee", "March 3, 2026"]
BODY = [
    "The harbour library opens its new reading room on Monday, after two winters of building work.",
    "It has forty seats, a stove from the old ferry, and a window over the whole of the inner basin.",
    "We wanted a room in which people stay, said the librarian, who kept the plans in a biscuit tin.",
    "The first evening is given to the gardeners, who will bring seeds for anybody who has a question.",
]
SUBHEAD = "What the reading room of the harbour library holds"
ALL_PROSE = 9  # words; enough to be judged good where a line ends in a stop


def looked_at(texts: Sequence[str], first: int) -> list[int]:
    """Give the lines that could be the headline of a body that begins at ``first``."""
    lines = [Line(text) for text in texts]
    found = candidates(lines, [Mark.NONE] * len(lines), good_of(texts), (first, len(lines)))
    return [one.at for one in found]


def good_of(texts: Sequence[str]) -> list[bool]:
    return [len(text.split()) >= ALL_PROSE and text.endswith(".") for text in texts]


def test_a_headline_below_a_sentence_of_the_menu_is_found() -> None:
    """A sentence in a menu pulls the body's beginning up; the headline is looked for below it."""
    texts = ["Home", OFFER, *MENU, HEADLINE, *SIGNED, *BODY]
    marks = [Mark.NONE] * len(texts)
    at = headline_at(
        [Line(text) for text in texts], marks, good_of(texts), (1, len(texts)), weights=TITLE_WEIGHTS
    )
    assert texts[at] == HEADLINE


@pytest.mark.parametrize(
    ("paragraphs", "is_below_a_menu", "is_looked_at"), [(2, True, True), (3, True, False), (1, False, False)]
)
def test_no_headline_is_looked_for_below_paragraphs(
    paragraphs: int, *, is_below_a_menu: bool, is_looked_at: bool
) -> None:
    """What stands above a headline is cut off: two sentences of a menu may be, a story's own paragraphs never."""
    above = ["Home page"] if is_below_a_menu else []
    texts = [*above, *BODY[:paragraphs], SUBHEAD, *BODY]
    assert (texts.index(SUBHEAD) in looked_at(texts, len(above))) is is_looked_at


def test_a_subhead_cuts_no_paragraph_off() -> None:
    """A clean text whose subhead says what the text is about keeps its beginning."""
    kept = clean(Draft(lines=[Line(text) for text in [HEADLINE, *BODY, SUBHEAD, *BODY[::-1]]]))
    assert kept.title == HEADLINE
    assert [line.text for line in kept.lines][: len(BODY)] == BODY


def test_a_line_that_a_crumb_repeats_is_preferred() -> None:
    """A breadcrumb or window title that says a line again speaks for it."""
    rows = {
        said: candidates(
            [Line(text) for text in texts], [Mark.NONE] * len(texts), good_of(texts), (4, len(texts))
        )
        for said, texts in (
            (True, [f"Home > Library > {HEADLINE}", "Boats", "Rope", HEADLINE, *BODY]),
            (False, ["Home > Library > Rooms of the town", "Boats", "Rope", HEADLINE, *BODY]),
        )
    }
    assert {said: found[-1].traits["contained"] for said, found in rows.items()} == {True: 1.0, False: 0.0}
