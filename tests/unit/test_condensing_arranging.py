"""Several digests, one edition."""

from __future__ import annotations

from condensing_texts import HARBOUR

from digest.condensing import arrange, condense
from digest.condensing.arranging import PREHEADER_LEAST, PREHEADER_MOST
from digest.model import Article

LIBRARY = Article(
    title="Library opens a reading room for night workers",
    paragraphs=[
        (
            "The town library has opened a reading room that stays open until six in the morning. Nurses, "
            "bakers and tram "
            "drivers had asked for it for years."
        ),
        "The room has forty seats and a kettle. Library cards are checked at the door after ten.",
    ],
)
TRAM = Article(
    title="Night tram returns after eleven years",
    paragraphs=[
        (
            "The night tram will run again from the first of June, the town council decided. It links "
            "the hospital, the "
            "harbour and the station every half hour."
        ),
        "The council ended the service eleven years ago. Drivers will be hired in spring.",
    ],
)


def test_one_digest_gives_its_own_subject() -> None:
    """The subject is the headline, and the preheader is drawn from the summary."""
    arranged = arrange([condense(LIBRARY)])
    assert arranged.subject == LIBRARY.title
    assert PREHEADER_LEAST <= len(arranged.preheader) <= PREHEADER_MOST
    assert arranged.preheader.rstrip("…") in " ".join(LIBRARY.paragraphs)
    assert arranged.overlaps == ()


def test_a_preheader_is_not_cut_within_a_word() -> None:
    """What is cut ends with a whole word and an ellipsis."""
    preheader = arrange([condense(HARBOUR)]).preheader
    assert len(preheader) <= PREHEADER_MOST
    kept = preheader.rstrip("…")
    text = " ".join(HARBOUR.paragraphs)
    assert text[text.index(kept) + len(kept)] in " .,"


def test_a_preheader_does_not_repeat_the_subject() -> None:
    """A summary that says the headline again is passed over."""
    title = "The night tram will run again from the first of June"
    article = Article(title=title, paragraphs=[f"{title}.", *TRAM.paragraphs])
    arranged = arrange([condense(article)])
    assert not arranged.preheader.startswith(title)


def test_several_stories_are_all_kept_and_told_of() -> None:
    """Each digest is arranged once, and the preheader tells of the second story too."""
    digests = [condense(article) for article in (LIBRARY, TRAM, HARBOUR)]
    arranged = arrange(digests)
    assert sorted(map(id, arranged.digests)) == sorted(map(id, digests))
    assert arranged.overlaps == ()


def test_a_story_told_twice_is_noted_and_stands_together() -> None:
    """Two tellings of one story follow each other, and their overlap is named."""
    again = Article(
        title="Night trams are back", paragraphs=[*TRAM.paragraphs, "The fare is the same as by day."]
    )
    arranged = arrange([condense(TRAM), condense(LIBRARY), condense(again)])
    (overlap,) = arranged.overlaps
    assert overlap.second == overlap.first + 1
    assert overlap.share > 0.9
