"""The grounding gate: what a line says must stand in its article."""

from __future__ import annotations

from dataclasses import replace

import pytest
from condensing_texts import HARBOUR

from digest.condensing import condense, warn_ungrounded
from digest.condensing.grounding import ground_of
from digest.model import Article, Point, Sentence

GROUND = ground_of(HARBOUR, "en")


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("The pier was built in 1892.", "number"),
        ("The plan costs 7.2 million crowns.", "number"),
        ("Board chair Ingrid Lindqvist called for a new pier.", "name"),
        ("Fishers from Norwick welcomed the plan.", "name"),
        ("Lindqvist said: “We either rebuild it or we sell it.”", "quotation"),
        ("The board has not agreed to rebuild the old stone pier.", "negation"),
    ],
)
def test_planted_errors_are_named(line: str, rule: str) -> None:
    """A new number, a foreign name, a changed quotation and an added negation are each found."""
    assert rule in {finding.rule for finding in GROUND.findings(line)}


@pytest.mark.parametrize(
    "line",
    [
        "The harbour board of Port Ellery will rebuild its pier.",
        "Marta Lindqvist says the pier cannot be patched again.",
        "The pier, built in 1891, was patched 11 times.",
        "Fees go up 4 percent a year, and the loan runs for 15 years.",
        "Mr. Akerele asked to keep the lamp.",
        "Lindqvist told the meeting: “We either rebuild it or we lose it.”",
        "Work begins in May and lasts two summers.",
    ],
)
def test_what_the_article_says_passes_in_other_words(line: str) -> None:
    """Numbers in words, titles and another order are no errors."""
    assert GROUND.findings(line) == []


def test_lines_of_a_digest_are_never_called_wrong() -> None:
    """An extract is grounded by what it is."""
    assert warn_ungrounded(condense(HARBOUR)) == ()


def test_a_quotation_without_the_articles_parenthesis_is_the_quotation() -> None:
    """What the article put into somebody's mouth in brackets may go; the rest stays word for word."""
    article = Article(paragraphs=["“We rebuild it (the pier) or we lose it,” Lindqvist said on Tuesday."])
    ground = ground_of(article, "en")
    assert ground.findings("“We rebuild it or we lose it,” Marta and Lindqvist said.")[0].rule == "name"
    assert ground.findings("Lindqvist said: “We rebuild it or we lose it.”") == []
    assert ground.findings("Lindqvist said: “We rebuild it and we lose it.”") != []


def test_an_edited_line_is_named_by_its_place() -> None:
    """A warning says which line, and what the article does not have."""
    digest = condense(HARBOUR)
    edited = replace(
        digest, key_points=[digest.key_points[0], Point("The pier costs 99 million crowns.", ())]
    )
    assert warn_ungrounded(edited) == ("key point 2: the number 99 is not in the article",)


def test_an_edited_headline_is_held_to_the_article_too() -> None:
    """The line most people read is checked like the others."""
    edited = replace(condense(HARBOUR), headline="Port Ellery to build 12 piers")
    assert warn_ungrounded(edited) == ("headline: the number 12 is not in the article",)


@pytest.mark.parametrize("place", [(0, 1, 9), (99, 0, 5)])
def test_evidence_that_lost_its_place_is_named(place: tuple[int, int, int]) -> None:
    """Evidence that no longer points at its text is said so, never a crash."""
    digest = condense(HARBOUR)
    moved = Sentence(digest.summary[0].evidence[0].text, *place)
    edited = replace(digest, summary=[Point(digest.summary[0].text, [moved])])
    assert any("its evidence is not at" in warning for warning in warn_ungrounded(edited))


def test_a_line_is_aligned_to_the_sentences_it_rests_on() -> None:
    """The likest sentence of the article comes first."""
    evidence = GROUND.align("Ferries for Hollow Island will use the timber quay.")
    assert "Hollow Island" in evidence[0].text
