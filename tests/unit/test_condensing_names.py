"""People get their full name in a line that stands alone, where that is certain."""

from __future__ import annotations

import pytest
from condensing_texts import assert_traceable

from digest.condensing import condense
from digest.condensing.condenser import point_lines
from digest.condensing.features import prepare_all
from digest.condensing.naming import Names, give_full_names
from digest.condensing.sentences import split
from digest.model import Article, Point

INTRODUCED = "The board chose Ngozi Okafor, 52, as its chair in May."


def named(line: str, *before: str) -> tuple[str, int]:
    """Give a line its full names after the sentences before it; also tell how many sentences they came from."""
    sentences = split(Article(paragraphs=[*before, line]), "en")
    text, sources = give_full_names(line, Names(sentences, "en"), len(sentences) - 1)
    assert_traceable(Point(text, [sentences[-1], *sources]))
    return text, len(sources)


@pytest.mark.parametrize(
    ("line", "full"),
    [
        ("Okafor said the pier will open.", "Ngozi Okafor said the pier will open."),
        ("On Monday Okafor opened the pier.", "On Monday Ngozi Okafor opened the pier."),
        ("The plan was Okafor's idea.", "The plan was Ngozi Okafor's idea."),
        ("When Okafor came, Okafor spoke.", "When Ngozi Okafor came, Okafor spoke."),
        ("“It is safe,” said Okafor.", "“It is safe,” said Ngozi Okafor."),
    ],
)
def test_a_surname_gets_the_given_name(line: str, full: str) -> None:
    """At its first mention, with the sentence it comes from as evidence."""
    assert named(line, INTRODUCED) == (full, 1)


def test_two_people_are_both_named() -> None:
    """Each name brings its own source."""
    line = "Okafor and Akerele opened the pier."
    full = "Ngozi Okafor and Tomas Akerele opened the pier."
    assert named(line, INTRODUCED, "The fisher Tomas Akerele came too.") == (full, 2)


@pytest.mark.parametrize(
    ("line", "before"),
    [
        # already in full, or with a title of its own
        ("Ngozi Okafor said so.", [INTRODUCED]),
        ("Mr. Okafor said so.", [INTRODUCED]),
        ("Chair Okafor said so.", [INTRODUCED]),
        # inside a quotation, which stays word for word
        ("“Okafor knows the pier,” the fishers said.", [INTRODUCED]),
        # two people, a family, a street
        ("Okafor said so.", [INTRODUCED, "Ada Okafor, 50, sails."]),
        ("Okafor said so.", [INTRODUCED, "The Okafors have lived here since May."]),
        ("Okafor said so.", [INTRODUCED, "Mr. Okafor spoke to Mrs. Okafor."]),
        ("Okafor Street was closed on Monday.", [INTRODUCED]),
        # a surname of two words
        ("Boom said so.", ["The fisher Pieter ten Boom, 50, sails.", "Ten Boom told us of it."]),
        # a common word of the article, a place, a body
        ("Potter said so.", ["The potter Ada Potter, 40, came.", "Every potter was there."]),
        ("Africa said so.", ["Fishers from South Africa, who sail, came."]),
        ("Police said so.", ["The Harbour Police, who sail, came."]),
        # nothing says that it is a person, or who it is comes later
        ("Ellery opens in May.", ["The ferry to Port Ellery leaves at nine."]),
        ("Okafor said so.", ["The board has a new chair."]),
    ],
)
def test_what_is_not_certain_stays_as_it_is(line: str, before: list[str]) -> None:
    """A wrong name is worse than a short one."""
    assert named(line, *before) == (line, 0)


def test_other_languages_are_left_alone() -> None:
    """What makes a person of a word is told by English words."""
    sentences = split(Article(paragraphs=["La présidente Anne Petit, 52, parle.", "Petit said non."]), "fr")
    assert give_full_names("Petit said non.", Names(sentences, "fr"), 1) == ("Petit said non.", ())


def test_a_key_point_names_people_in_full() -> None:
    """A digest's key point has the full name, and its evidence both sentences: its own first."""
    article = Article(
        paragraphs=[
            "The harbour board of Port Ellery will rebuild the old stone pier after the storms of January.",
            "The fisher Ngozi Okafor, 52, has moored her boat at the pier since she was a girl of ten.",
            "Work on the wall begins in May, and the ferry leaves from the timber quay until it is done.",
            "Okafor told the board that a slipway for rowing boats would cost less than two ladders.",
            "Berth fees rise by four percent in each year, and boats under six metres are exempt.",
        ]
    )
    digest = condense(article)
    lines = [*digest.summary, *digest.key_points]
    (point,) = [one for one in lines if "slipway" in one.text]
    assert point.text.startswith("Ngozi Okafor told the board")
    assert [one.paragraph for one in point.evidence] == [3, 1]


def test_a_summary_names_a_person_in_full_once() -> None:
    """Read as one text, a summary does not repeat a given name that the sentence before has."""
    article = Article(
        paragraphs=[
            "The fisher Ngozi Okafor, 52, asked the harbour board for a slipway on Monday.",
            "Okafor told the harbour board that a slipway would cost less than two ladders.",
        ]
    )
    assert tuple(point.text for point in condense(article).summary) == article.paragraphs


def test_a_name_is_not_repeated_in_full_from_point_to_point() -> None:
    """Who was named in full in one of the two points before has only a surname; further down, the full name again."""
    told = ["a slipway", "more ladders", "a bench", "cheaper berths"]
    article = Article(
        title="Fishers ask for a slipway",
        paragraphs=[
            "The harbour board of Port Ellery will rebuild the old stone pier after the storms of January.",
            "The fisher Ngozi Okafor, 52, has moored her boat at the pier since she was a girl of ten.",
            *(f"Okafor told the board in its {number} meeting that {what} would be of use to the fishers."
              for number, what in zip(("first", "second", "third", "fourth"), told, strict=True)),
        ],
    )  # fmt: skip
    prose = split(article, "en")
    document = prepare_all([one.text for one in prose], title=None, language="en")
    lines = [point.text for point in point_lines(document.sentences[2:], Names(prose, "en"))]
    assert [line.startswith("Ngozi Okafor told") for line in lines] == [True, False, False, True]
