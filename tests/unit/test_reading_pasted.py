"""The line model of pasted text: what it sees, what it keeps, in several languages."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.reading.features import BESIDE, TRAITS, beside, sights, traits
from digest.reading.headings import TITLE_TRAITS, candidates
from digest.reading.lines import Draft, Line, normalise, split, word_count
from digest.reading.marks import Mark, mark_of
from digest.reading.pasted import clean
from digest.reading.sniffing import Form, form_of
from digest.reading.weighing import shipped, weigh

TITLE = "Hamburg – Kiel – Riga 2026"  # reads alike in every language
MENU = ["Home", "News", "Boats", "Weather", "Search", "Log in", "Subscribe"]
PAGES = {
    "en": (
        [
            "The harbour library opens its new reading room on Monday, after two winters of building work.",
            "It has forty seats, a stove from the old ferry, and a window over the whole of the inner basin.",
            "“We wanted a room in which people stay,” said the librarian, who kept the plans in a biscuit tin.",
            "The first evening is given to the gardeners, who will bring seeds for anybody who has a question.",
        ],
        ["Related stories", "Ferry gets a new bell", "Leave a comment", "Privacy policy"],
    ),
    "de": (
        [
            "Die Hafenbibliothek öffnet am Montag ihren neuen Lesesaal, nach zwei Wintern auf der Baustelle.",
            "Er hat vierzig Plätze, einen Ofen von der alten Fähre und ein Fenster über das ganze Hafenbecken.",
            "„Wir wollten einen Raum, in dem man bleibt“, sagte die Bibliothekarin, die die Pläne aufbewahrt hat.",
            "Der erste Abend gehört den Gärtnern, die Samen für alle mitbringen, die eine Frage haben.",
        ],
        ["Mehr zum Thema", "Neue Glocke für die Fähre", "Kommentar schreiben", "Impressum"],
    ),
    "fr": (
        [
            "La bibliothèque du port ouvre lundi sa nouvelle salle de lecture, après deux hivers de travaux.",
            "Elle compte quarante places, un poêle venu du vieux bac et une fenêtre sur tout le bassin.",
            "« Nous voulions une salle où l'on reste », dit la bibliothécaire, qui a gardé tous les plans.",
            "La première soirée est pour les jardiniers, qui apporteront des graines à ceux qui en demandent.",
        ],
        ["À lire aussi", "Une cloche pour le bac", "Laisser un commentaire", "Mentions légales"],
    ),
    "ru": (
        [
            "Портовая библиотека открывает в понедельник новый читальный зал после двух зим строительных работ.",
            "В нём сорок мест, печь со старого парома и большое окно на всю внутреннюю гавань города.",
            "«Мы хотели зал, в котором люди остаются надолго», — сказала библиотекарь, сохранившая все планы.",
            "Первый вечер отдан садовникам, которые принесут семена для каждого, у кого найдётся вопрос.",
        ],
        ["Читайте также", "Новый колокол для парома", "Оставить комментарий", "Контакты"],
    ),
}

HEADLINES = {
    "en": ("Harbour library opens a reading room with forty seats", "By Ann Lee", "March 3, 2026"),
    "de": ("Hafenbibliothek öffnet Lesesaal mit vierzig Plätzen", "Von Anna Lehmann", "3. März 2026"),
    "fr": ("La bibliothèque du port ouvre une salle de quarante places", "Par Anne Leroy", "3 mars 2026"),
    "ru": (
        "Портовая библиотека открывает читальный зал на сорок мест",
        "Автор: Анна Лебедева",
        "3 марта 2026",
    ),
}


@pytest.mark.parametrize("language", PAGES)
def test_the_headline_of_a_whole_page_is_found(language: str) -> None:
    """Between a menu, the headlines of other stories, a byline and a date."""
    body, foot = PAGES[language]
    headline, *signed = HEADLINES[language]
    draft = clean(Draft(lines=split("\n".join([*MENU, foot[1], headline, *signed, *body, *foot]))))
    assert draft.title == headline
    assert [line.text for line in draft.lines] == body


@pytest.mark.parametrize("language", PAGES)
def test_a_text_without_headline_is_given_none(language: str) -> None:
    """Its first sentence is no headline, and stays in the body."""
    body, _foot = PAGES[language]
    draft = clean(Draft(lines=split("\n\n".join(body))))
    assert draft.title is None
    assert [line.text for line in draft.lines] == body


def test_one_sentence_is_the_body() -> None:
    """A text of one line, however short, has something to say rather than a headline alone."""
    draft = clean(Draft(lines=split("The tide went out at noon again.")))
    assert (draft.title, [line.text for line in draft.lines]) == (None, ["The tide went out at noon again."])


@pytest.mark.parametrize("language", PAGES)
def test_the_body_stays_and_its_surroundings_go(language: str) -> None:
    """Between a menu and related links, exactly the paragraphs are kept."""
    body, foot = PAGES[language]
    lines = split("\n".join([*MENU, TITLE, *body, *foot]))
    draft = clean(Draft(lines=lines, title=TITLE))
    assert [line.text for line in draft.lines] == body


@pytest.mark.parametrize("language", PAGES)
def test_clean_paragraphs_are_left_alone(language: str) -> None:
    """Without chrome nothing goes."""
    body, _foot = PAGES[language]
    assert [line.text for line in clean(Draft(lines=split("\n\n".join(body)), title=TITLE)).lines] == body


def test_a_refrain_of_clean_text_stays() -> None:
    """A long line that stands twice in a text without chrome was meant to."""
    body, _foot = PAGES["en"]
    song = [*body, body[1], *body[:2]]
    assert [line.text for line in clean(Draft(lines=split("\n\n".join(song)), title=TITLE)).lines] == song


def test_a_blank_row_above_a_line_is_remembered() -> None:
    """Paragraphs stand apart in a paste, menus do not; equality does not ask."""
    lines = split("Home\nNews\n\nThe ferry leaves at nine.")
    assert [line.is_apart for line in lines] == [False, False, True]
    assert lines[2] == Line("The ferry leaves at nine.")


def test_every_weight_has_its_trait() -> None:
    """The shipped table and the traits name the same things."""
    model = shipped()
    assert tuple(model.own) == TRAITS
    assert len(model.beside) == len(BESIDE)
    assert tuple(model.title) == TITLE_TRAITS


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("SHARE ON FACEBOOK", Mark.DROP),
        ("Updated: 3 MARCH 2026", Mark.DROP),
        ("This harbour page uses COOKIES to count its boats", Mark.DROP),
        ("You need JavaScript Enabled for the tide table", Mark.DROP),
        ("Harbour Gazette. All Rights Reserved.", Mark.SOFT),
        ("The baker uses cookies", Mark.DROP),
        ("The baker sells biscuits", Mark.NONE),
    ],
)
def test_marks_do_not_ask_for_case(line: str, mark: Mark) -> None:
    """What a line says of itself is found in capitals and small letters, at its beginning or within."""
    assert mark_of(line) is mark


@given(st.text(max_size=300), st.integers(0, 8))
def test_any_line_may_be_looked_at_as_headline(text: str, first: int) -> None:
    """Candidates stand in order and show known traits alone, each a finite number."""
    lines = split(normalise(text))
    marks = [mark_of(line.text) for line in lines]
    found = candidates(lines, marks, [False] * len(lines), (min(first, len(lines)), len(lines)))
    assert [one.at for one in found] == sorted({one.at for one in found})
    assert all(set(one.traits) <= set(TITLE_TRAITS) for one in found)
    assert all(map(math.isfinite, (value for one in found for value in one.traits.values())))


@given(st.text(max_size=400))
def test_any_lines_are_weighed(text: str) -> None:
    """One finite score a line, by known traits alone; cleaning invents no line and keeps their order."""
    lines = split(normalise(text))
    seen = sights(lines, [word_count(line.text) for line in lines], [mark_of(line.text) for line in lines])
    assert all(set(row) <= set(TRAITS) for row in traits(seen))
    scores = weigh(seen, shipped())
    assert len(scores) == len(lines)
    assert all(map(math.isfinite, scores))
    assert all(len(row) == len(BESIDE) for row in beside(seen, scores))
    rest = iter(lines)
    assert all(line in rest for line in clean(Draft(lines=lines)).lines)


def test_comments_with_tags_in_them_are_no_page() -> None:
    """A paste of plain rows, some with tags that a site printed as text, is not read as one line of HTML."""
    body, _foot = PAGES["en"]
    comments = [f"<span>Reader {number}</span> wrote on Monday\nA kind word." for number in range(9)]
    assert form_of("\n".join([*MENU, *body, *body, *comments, *MENU * 3])) is Form.TEXT
    assert form_of("".join(f"<p>{line}</p>\n" for line in body)) is Form.HTML
    assert form_of("\n".join(f"{line[:40]}\n{line[40:]}</p>" for line in body)) is Form.HTML
