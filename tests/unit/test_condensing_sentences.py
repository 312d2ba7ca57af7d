"""Sentences: where they end, and that they know their place."""

from __future__ import annotations

import pytest

from digest.condensing.sentences import split, split_paragraph
from digest.model import Article

CASES = [
    ("en", "Mr. Okoro left. Mrs. Lind stayed.", 2),
    ("en", "The U.S. team won. Ms. Ray cheered.", 2),
    ("en", "It rose 3.5 percent. Nobody knew why.", 2),
    ("en", "J.K. Marsh wrote it. Readers liked it.", 2),
    ("en", "The train leaves at 9 a.m. on Monday. Be there.", 2),
    ("en", "Is it open? Yes! Come in.", 3),
    ("en", "“Why now?” she asked. Nobody answered.", 2),
    ("en", "The pier was closed in spring.Reports say it opens in May.", 2),
    ("en", "The board met in\nthe old hall. Tea was served.", 2),
    ("en", "(CNN)U.S. senators came. Nobody spoke.", 2),
    ("en", "The boat of Maj. Okafor sank. Nobody drowned.", 2),
    ("en", "They crossed the St. Lovis bridge. It held.", 2),
    ("en", "The talks go on at 9 a.m. Friday. Tea is served.", 2),
    ("en", "The light goes out at 11 p.m. EST. Nobody minds.", 2),
    ("en", "The light goes out at 11 p.m. The keeper sleeps.", 2),
    ("en", "Tea was served. (Board shuts the pier for two years)The mayor kept silent.", 3),
    ("en", "Tea was served by the keepersPort Ellery has four of them.", 2),
    ("en", "They left. NEW PLANS FOR THE PIERThe mayor kept silent.", 3),
    ("en", "They left. THE LONG HISTORY OF THE PIERWell, nobody knows it.", 3),
    ("en", "The pier is shutALSO READ: How the old wall came down", 2),
    ("en", "They took the DeLind ferry. PortKiosk and eFerry sell the tickets.", 2),
    ("en", "The fleet (forty boats) left. MPs and MEPs waved.", 2),
    ("de", "Dr. Lang kam am 3. Mai. Er blieb nicht.", 2),
    ("fr", "La salle est ouverte. L'entrée est libre.", 2),
    ("es", "¿Está abierta? Sí, desde el lunes.", 2),
    ("ru", "Зал открыт. Вход свободный.", 2),
    ("el", "Πού είναι; Είναι εδώ.", 2),
    ("ar", "هل القاعة مفتوحة؟ نعم. الدخول مجاني.", 3),
    ("he", "האולם פתוח. הכניסה חופשית.", 2),
    ("hi", "वाचनालय खुला है। प्रवेश निःशुल्क है।", 2),
    ("zh", "阅览室开放了。所有人都可以进入！你来吗？", 3),
    ("ja", "閲覧室が開いた。誰でも入れる。", 2),
]


@pytest.mark.parametrize(("language", "text", "count"), CASES, ids=[case[1][:24] for case in CASES])
def test_sentences_end_where_a_reader_says(language: str, text: str, count: int) -> None:
    """Abbreviations, initials, numbers and quotations end nothing."""
    spans = split_paragraph(text, language)
    assert len(spans) == count, [text[start:end] for start, end in spans]


def test_a_long_quotation_is_split_again() -> None:
    """A quotation of many sentences is many sentences."""
    inner = " ".join(
        f"The {word} garden has a wall of its own and a gate to the lane." for word in ("north", "south")
    )
    text = f"The keeper said: “{inner} We lock them all at night when the last visitor has gone home for supper.”"
    assert len(split_paragraph(text, "en")) == 3


def test_what_a_page_has_glued_is_taken_apart_at_its_seam() -> None:
    """A link in brackets and a heading are sentences of their own, and the text behind them is whole."""
    text = "(Board shuts the pier for two years)The mayor kept silent. A QUESTION OF MONEYThe county pays half of it."
    assert [text[start:end] for start, end in split_paragraph(text, "en")] == [
        "(Board shuts the pier for two years)",
        "The mayor kept silent.",
        "A QUESTION OF MONEY",
        "The county pays half of it.",
    ]


def test_thai_is_split_at_its_spaces() -> None:
    """A script without full stops is not one sentence."""
    text = "ห้องสมุดประชาชนเปิดห้องอ่านหนังสือใหม่เมื่อวันจันทร์ " * 4
    assert len(split_paragraph(text.strip(), "th")) > 1


def test_lower_case_alone_joins_nothing() -> None:
    """A text without capitals is still split."""
    assert len(split_paragraph("the hall is open. the gate is shut. tea is at four.", "en")) == 3


def test_sentences_point_at_their_text() -> None:
    """A sentence is found again at its offsets, also after characters outside the first plane."""
    article = Article(
        paragraphs=["🌊 The pier is open. 🎉 Come and see.", "  Second paragraph, with space.  "]
    )
    sentences = split(article, "en")
    assert len(sentences) == 3
    for one in sentences:
        assert article.paragraphs[one.paragraph][one.start : one.end] == one.text
        assert one.text == one.text.strip()
