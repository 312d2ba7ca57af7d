"""The line model of pasted text: what it sees, what it keeps, in several languages."""

from __future__ import annotations

import itertools
import math
import random
import sys
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.reading.features import TRAITS, TURN_TRAITS, Shown, Sights, sights
from digest.reading.headings import TITLE_TRAITS, Located, candidates
from digest.reading.lines import Draft, Line, normalise, split, word_count
from digest.reading.marks import Mark, is_date_line, mark_of
from digest.reading.pasted import clean
from digest.reading.sniffing import Form, form_of
from digest.reading.weighing import PARTS, STRIDE, TURNS, Model, chances, shipped

TITLE = "Hamburg – Kiel – Riga 2026"  # reads alike in every language
BOATS = ["Tern", "Petrel", "Old Kittiwake", "Guillemot", "Blue Fulmar", "Cormorant", "Gannet", "Little Auk"]
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
    """The shipped tables and the traits name the same things, a weight for each part and for each turn."""
    model = shipped()
    assert tuple(model.traits) == TRAITS
    assert tuple(model.turns) == TURN_TRAITS
    assert {len(row) for row in model.traits.values()} == {len(PARTS)}
    assert {len(row) for row in model.turns.values()} == {len(TURNS)}
    assert tuple(model.title) == TITLE_TRAITS


def test_a_chance_is_the_share_of_all_walks() -> None:
    """Summed step by step and group by group, the chances are those of every walk through the parts counted out."""
    lines = split(
        "Home\n\nHarbour news\n\nThe ferry has a new bell, and it rings at noon.\n\nShare\n\nHarbour"
    )
    model = _drawn(seed=7)
    seen = seen_of(lines)
    found = chances(seen, model)
    assert found.body == pytest.approx(_counted_out(seen.shown(), model, "body"))
    assert found.before == pytest.approx(_counted_out(seen.shown(), model, "before"))


def test_lines_once_looked_at_weigh_the_same_again() -> None:
    """What a model remembers of one text changes nothing in another, before and after it forgets."""
    pages = [seen_of(split("\n".join([*MENU, *body, *foot]))) for body, foot in PAGES.values()]
    model = _drawn(seed=8)
    assert [chances(seen, model) for seen in (*pages, *pages)] == [
        chances(seen, _drawn(seed=8)) for seen in (*pages, *pages)
    ]


def test_the_odds_of_a_stride_stay_in_range() -> None:
    """However a line looks, its odds and those of the turns to it are far from what a float holds in some lines."""
    model = shipped()
    most = sum(max(map(abs, row)) for row in model.traits.values()) + sum(
        max(map(abs, row)) for row in model.turns.values()
    )
    assert most * STRIDE < math.log(sys.float_info.max)


def seen_of(lines: Sequence[Line]) -> Sights:
    return sights(lines, [word_count(line.text) for line in lines], [mark_of(line.text) for line in lines])


def _drawn(seed: int) -> Model:
    """Draw the weights of a model."""
    rng = random.Random(seed)
    return Model(
        {name: tuple(rng.gauss(0, 1) for _ in PARTS) for name in TRAITS},
        {name: tuple(rng.gauss(0, 1) for _ in TURNS) for name in TURN_TRAITS},
    )


def _counted_out(shown: Sequence[Shown], model: Model, wanted: str) -> list[float]:
    states = (*PARTS[:2], "body", *PARTS[2:])
    inside, whole = [0.0] * len(shown), 0.0
    for walk in itertools.product(states, repeat=len(shown)):
        moves = [f"{one} {other}" for one, other in itertools.pairwise(walk)]
        if walk[0] in {"gap", "after"} or walk[-1] not in {"body", "after"} or not set(moves) <= set(TURNS):
            continue
        odds = sum(
            value * model.traits[name][PARTS.index(part)]
            for traits, part in zip(shown, walk, strict=True)
            if part != "body"
            for name, value in traits.items()
        )
        odds += sum(
            traits[name] * model.turns[name][TURNS.index(move)]
            for traits, move in zip(shown[1:], moves, strict=True)
            for name in traits.keys() & model.turns
        )
        whole += math.exp(odds)
        inside = [total + math.exp(odds) * (part == wanted) for total, part in zip(inside, walk, strict=True)]
    return [total / whole for total in inside]


def test_a_table_without_chrome_is_left_alone() -> None:
    """Rows of a table are no prose; where nothing is marked, nothing says that they are no article either."""
    rows = [
        f"{place} {boat} {100 - 7 * place} points in {place + 3} races" for place, boat in enumerate(BOATS, 1)
    ]
    assert [line.text for line in clean(Draft(lines=split("\n".join(rows)), title=TITLE)).lines] == rows


def test_a_table_below_prose_is_left_alone() -> None:
    """A menu stands above the prose: where nothing is marked, short lines below it are the article's."""
    body, _foot = PAGES["en"]
    cells = [cell for number, boat in enumerate(BOATS * 3, 1) for cell in (boat, f"{number} tons", "Pine")]
    text = split("\n".join([*body, *cells]))
    assert [line.text for line in clean(Draft(lines=text, title=TITLE)).lines] == [*body, *cells]


def test_a_page_always_keeps_something() -> None:
    """A model that takes every line for chrome leaves the lines from the first prose to the last."""
    refusing = Model(
        {name: ((20.0,) * 4 if name == "any" else (0.0,) * 4) for name in TRAITS},
        dict.fromkeys(TURN_TRAITS, (0.0,) * len(TURNS)),
    )
    body, foot = PAGES["en"]
    lines = split("\n".join([*MENU, *body, *foot]))
    assert [line.text for line in clean(Draft(lines=lines, title=TITLE), model=refusing).lines] == body


def test_comments_below_the_body_go() -> None:
    """Comments are prose by others: a heading that counts them ends the article."""
    body, foot = PAGES["en"]
    comments = [
        "3 responses to “Harbour library opens a reading room”",
        *("gullwing says:", "March 4, 2026 at 9:12 am", "I went on Monday, and the stove was warm by noon."),
        *("oarsman says:", "March 4, 2026 at 10:40 am", "Forty seats are too few for a town of this size."),
        *("Reply", "Flag as inappropriate"),
    ]
    headline, *signed = HEADLINES["en"]
    page = [*MENU, headline, *signed, *body, "Share this", *comments, *foot]
    assert [line.text for line in clean(Draft(lines=split("\n".join(page)), title=headline)).lines] == body


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("12 Responses to “A Knot for Every Boat”", Mark.HARD),
        ("2 thoughts on “A Knot for Every Boat”", Mark.HARD),
        ("Thoughts on knots", Mark.NONE),
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


@pytest.mark.parametrize(
    "line",
    [
        *("3 January 2026", "Feb 3", "3 mars 2026 à 9:15", "3. Mai 2025", "Lundi 3 juin 2024", "3 août 2024"),
        *("3 de abril de 2026", "3 ottobre 2025", "3 stycznia 2026", "3 października 2025", "3 мая 2026"),
        *(
            "3 days ago",
            "updated 9 hours ago",
            "vor 3 Stunden",
            "2026 年 5 月 3 日",
            "2026-03-03",
            "3/4/2026",
        ),
        "Harbour Town, 3 March 2026",
    ],
)
def test_a_date_line_is_known_in_its_language(line: str) -> None:
    """A day, in whatever language, with a place or an hour beside it."""
    assert is_date_line(line)


@pytest.mark.parametrize(
    "line", ["Harbour library 3 March", "Ten bakers won the cup of 3 March 2026", "Top 10 boats of 2025"]
)
def test_a_line_that_says_more_is_no_date_line(line: str) -> None:
    """Without a year nothing may stand beside a day, with one no more than a place."""
    assert not is_date_line(line)


@given(st.text(max_size=300), st.integers(0, 8))
def test_any_line_may_be_looked_at_as_headline(text: str, first: int) -> None:
    """Candidates stand in order and show known traits alone, each a finite number."""
    lines = split(normalise(text))
    marks = [mark_of(line.text) for line in lines]
    begin = min(first, len(lines))
    before = [1.0] * begin + [0.0] * (len(lines) - begin)
    words = [word_count(line.text) for line in lines]
    found = candidates(lines, Located(words, marks, [False] * len(lines), begin, len(lines), before))
    assert [one.at for one in found] == sorted({one.at for one in found})
    assert all(set(one.traits) <= set(TITLE_TRAITS) for one in found)
    assert all(map(math.isfinite, (value for one in found for value in one.traits.values())))


@pytest.mark.parametrize(
    ("line", "signs"),
    [
        ("Harbour | Boats", {"separator"}),
        ("Harbour > Boats", {"separator"}),
        ("harbour@example.org for boats", {"lower", "address"}),
        ("See https://example.org/boats", {"code"}),
        ("{ring} the bell;", {"code"}),
        ("Seat 12", {"digit", "figure"}),
        ("BOATS ASHORE", {"shouted"}),
        ("“Boats ashore”", {"opens_quote", "closing_quote"}),
        ("Boats ashore ...", {"dots"}),
        ("Boats ashore:", {"colon"}),
        ("The boats of the harbour", set()),
    ],
)
def test_a_line_shows_what_stands_in_it(line: str, signs: set[str]) -> None:
    """How a line begins and ends and its first odd character are seen, and none where there is none."""
    asked = {"separator", "address", "code", "digit", "figure", "lower", "shouted"}
    asked |= {"opens_quote", "closing_quote", "dots", "colon"}
    assert asked & seen_of([Line(line)]).shown()[0].keys() == signs


def test_a_line_shows_what_stands_near_it() -> None:
    """A day, a byline and a heading of comments are seen from the lines below, farther ones less."""
    page = [
        HEADLINES["en"][0],
        "By Ann Lee",
        "March 3, 2026",
        *PAGES["en"][0][1:3],
        "12 comments",
        "Ring",
        "Rang",
    ]
    shown = seen_of([Line(text) for text in page]).shown()
    near = {
        "after_byline",
        "near_byline",
        "after_date",
        "near_date",
        "soon_date",
        "after_hard",
        "near_hard",
        "ended",
    }
    assert [near & traits.keys() for traits in shown] == [
        {"soon_date"},
        {"soon_date"},
        {"after_byline", "near_byline"},
        {"near_byline", "after_date", "near_date"},
        {"near_byline", "near_date"},
        {"near_byline", "near_date"},
        {"after_hard", "near_hard", "ended"},
        {"near_hard", "ended"},
    ]
    assert [traits["prose_above"] for traits in shown[3:6]] == pytest.approx([0.0, 0.55, 1.0])


@given(st.text(max_size=400))
def test_any_lines_are_weighed(text: str) -> None:
    """One chance a line, by known traits alone; cleaning invents no line and keeps their order."""
    lines = split(normalise(text))
    seen = seen_of(lines)
    assert all(shown.keys() <= set(TRAITS) for shown in seen.shown())
    assert all(map(math.isfinite, (value for shown in seen.shown() for value in shown.values())))
    found = chances(seen, shipped())
    assert len(found.body) == len(found.before) == len(lines)
    assert all(0 <= chance <= 1 for chance in (*found.body, *found.before))
    assert all(one >= other - 1e-9 for one, other in itertools.pairwise(found.before))
    rest = iter(lines)
    assert all(line in rest for line in clean(Draft(lines=lines)).lines)


def test_comments_with_tags_in_them_are_no_page() -> None:
    """A paste of plain rows, some with tags that a site printed as text, is not read as one line of HTML."""
    body, _foot = PAGES["en"]
    comments = [f"<span>Reader {number}</span> wrote on Monday\nA kind word." for number in range(9)]
    assert form_of("\n".join([*MENU, *body, *body, *comments, *MENU * 3])) is Form.TEXT
    assert form_of("".join(f"<p>{line}</p>\n" for line in body)) is Form.HTML
    assert form_of("\n".join(f"{line[:40]}\n{line[40:]}</p>" for line in body)) is Form.HTML
