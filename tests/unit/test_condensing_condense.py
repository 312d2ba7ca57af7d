"""The walk of one article: what every digest is, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from condensing_texts import HARBOUR, LANGUAGES, SCRIPTS, assert_sound

from digest.cli.text import digest_as_text, shortage
from digest.condensing import CondensingOptions, condense
from digest.condensing.features import prepare_all
from digest.condensing.ranking import SHIPPED, rank
from digest.condensing.stopwords import STOPWORDS
from digest.errors import ConfigurationError, NothingToCondenseError
from digest.model import Article


def test_a_digest_is_drawn_from_its_article() -> None:
    """Every line of a digest stands at the place its evidence names."""
    digest = condense(HARBOUR)
    assert_sound(digest)
    assert 2 <= len(digest.summary) <= 3
    assert 3 <= len(digest.key_points) <= 5
    assert digest.language == "en"
    assert digest.article is HARBOUR


def test_condensing_twice_gives_the_same() -> None:
    """The same article gives the same digest."""
    assert condense(HARBOUR) == condense(HARBOUR)


@pytest.mark.parametrize("language", sorted(SCRIPTS))
def test_every_script_is_condensed(language: str) -> None:
    """No script gives an empty digest, and each tells its language."""
    digest = condense(Article(paragraphs=[SCRIPTS[language]]))
    assert_sound(digest)
    assert digest.language == language


def test_every_language_of_the_table_has_a_text() -> None:
    """A language added to the table is condensed here too."""
    assert set(STOPWORDS) <= set(LANGUAGES)


@pytest.mark.parametrize("title", [None, "120"])
@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_no_language_leaves_anything_empty(language: str, title: str | None) -> None:
    """Headline, summary, keywords and language are there with a title and without."""
    digest = condense(Article(title=title, paragraphs=[LANGUAGES[language]]))
    assert digest.language == language
    assert digest.headline
    assert digest.summary
    assert digest.keywords
    text = LANGUAGES[language].lower()
    assert all(word.lower() in text for word in digest.keywords)


def test_one_sentence_makes_a_digest_without_key_points() -> None:
    """What is said once is not said again."""
    digest = condense(Article(paragraphs=["The harbour opens its new pier on Monday."]))
    assert [point.text for point in digest.summary] == ["The harbour opens its new pier on Monday."]
    assert digest.key_points == ()


@pytest.mark.parametrize("paragraphs", [1, 2, 3, 7])
def test_a_short_article_says_that_it_gave_fewer_points(paragraphs: int) -> None:
    """Fewer key points than three are no fault, and are not passed over in silence."""
    digest = condense(Article(paragraphs=HARBOUR.paragraphs[:paragraphs]))
    assert bool(shortage(digest)) == (len(digest.key_points) < 3)
    assert shortage(digest) in digest_as_text(digest, note=shortage(digest))
    assert ("short article" in digest_as_text(digest, note=shortage(digest))) == (len(digest.key_points) < 3)


def test_a_single_sentence_says_that_it_has_no_key_point() -> None:
    """The count that is named is the count there is."""
    digest = condense(Article(paragraphs=["The harbour opens its new pier on Monday."]))
    assert shortage(digest) == "a short article: no key point beside its summary"


def test_words_of_another_language_are_no_cues() -> None:
    """The table of English words says nothing of a French sentence that happens to have one."""
    texts = ["La salle compte cent places.", "Elle est ouverte a tous."]
    document = prepare_all(texts, title=None, language="fr")
    without = replace(SHIPPED, cues={})
    assert rank(document) == rank(document, ranker=without)
    english = prepare_all(["Police found both boats.", "They will stay."], title=None, language="en")
    assert rank(english) != rank(english, ranker=without)


@pytest.mark.parametrize("paragraphs", [[], [""], ["  \n "], ["..."], ["* * *", "—"]])
def test_an_article_without_a_sentence_is_refused(paragraphs: list[str]) -> None:
    """Nothing is made of nothing, and the exit status says whose fault it is."""
    with pytest.raises(NothingToCondenseError) as caught:
        condense(Article(paragraphs=paragraphs))
    assert caught.value.exit_status == 65


def test_headings_items_and_quotes_are_no_prose_to_rank() -> None:
    """Only running text is chosen from while there is any."""
    article = Article(
        paragraphs=[
            "What the garden club voted for on Sunday evening",
            "The garden club will open its gates to schools from April.",
            "A guided walk for every class in the first week of the month",
            "The club has planted sixty apple trees along the southern wall.",
        ],
        kinds=["heading", "text", "item", "text"],
    )
    digest = condense(article)
    places = {point.evidence[0].paragraph for point in (*digest.summary, *digest.key_points)}
    assert places <= {1, 3}


def test_a_list_alone_is_still_condensed() -> None:
    """Where there is no running text, what there is is taken."""
    digest = condense(
        Article(
            paragraphs=["The first tram leaves at five.", "The last tram leaves at one."], kinds=["item"] * 2
        )
    )
    assert digest.summary


def test_page_chrome_is_never_chosen() -> None:
    """Stamps, links and bylines are no lines of a digest."""
    chrome = (
        "By.",
        "PUBLISHED:.",
        "14:11 EST, 25 October 2013.",
        "Scroll down for video.",
        "Share this on your page",
    )
    digest = condense(Article(paragraphs=[*chrome, *HARBOUR.paragraphs, "All rights reserved."]))
    text = " ".join(point.text for point in (*digest.summary, *digest.key_points))
    assert not any(line.rstrip(".") in text for line in (*chrome, "All rights reserved."))
    assert_sound(digest)


def test_lead_takes_the_first_sentences() -> None:
    """The baseline stays what it is called."""
    digest = condense(HARBOUR, options=CondensingOptions(method="lead"))
    assert [point.evidence[0].paragraph for point in digest.summary] == [0, 0, 1]


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_options_bound_the_lines(count: int) -> None:
    """No more lines than were asked for."""
    digest = condense(
        HARBOUR, options=CondensingOptions(summary_sentences=count, key_points=count, keywords=count)
    )
    assert 1 <= len(digest.summary) <= count
    assert len(digest.key_points) <= count
    assert len(digest.keywords) <= count


def test_a_word_budget_is_kept() -> None:
    """A summary has no more words than it may, unless its one sentence has."""
    digest = condense(HARBOUR, options=CondensingOptions(summary_words=40))
    assert sum(len(point.text.split()) for point in digest.summary) <= 40


@pytest.mark.parametrize(
    ("name", "value"),
    [("summary_sentences", 0), ("summary_words", 5), ("key_points", -1), ("method", "best")],
)
def test_options_that_cannot_be_meant_are_refused(name: str, value: object) -> None:
    """An invalid option is named when it is built, not when it is used."""
    with pytest.raises(ConfigurationError) as caught:
        CondensingOptions(**{name: value})  # type: ignore[arg-type]  # that is the point
    assert caught.value.where == name


def test_a_model_has_to_be_named() -> None:
    """No model is ever chosen for the user."""
    with pytest.raises(ConfigurationError, match="model"):
        CondensingOptions(method="llm")


def test_importing_the_room_is_light() -> None:
    """The room loads sentencex and nothing else from outside, and only when it condenses."""
    script = (
        "import sys; from digest.condensing import condense; assert 'sentencex' not in sys.modules;"
        "from digest.model import Article; condense(Article(paragraphs=['The pier opens on Monday.']));"
        "heavy = {'lxml', 'trafilatura', 'jinja2', 'numpy', 'llm', 'nltk'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
