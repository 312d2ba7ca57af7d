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
