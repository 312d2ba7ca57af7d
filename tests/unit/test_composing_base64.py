"""Letters in other scripts: base64 where it is clearly shorter, the same text whoever reads it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from composing_parts import ANN, KEY, a_point, an_edition, with_page

from digest.composing import Theme, compose, dump, fill, lint, load, load_theme
from digest.composing.reading_back import parsed, parts_of
from digest.model import Edition, Letter, Subscriber

RUSSIAN = "Порт открыл читальный зал в субботу, и до полудня пришли двести человек."
CHINESE = "港口的阅览室星期六开放，中午以前来了两百人。"


def an_edition_in(text: str, language: str) -> Edition:
    edition = an_edition(text, language=language, text=text)
    (digest,) = edition.digests
    points = [a_point(text) for _ in range(6)]
    return replace(edition, digests=[replace(digest, key_points=points, summary=points)], subject=text)


def encodings(letter: Letter, subscriber: Subscriber = ANN) -> list[str]:
    message = parsed(fill(letter, subscriber, date=0, message_id_key=KEY))
    return [str(part["Content-Transfer-Encoding"]) for part in message.walk() if not part.is_multipart()]


@pytest.mark.parametrize(("text", "language"), [(RUSSIAN, "ru"), (CHINESE, "zh")])
def test_d1_a10_other_scripts_travel_as_base64(text: str, language: str) -> None:
    """Both parts are base64, smaller than quoted-printable would be; lines of 76, and every text is there."""
    letter = compose(an_edition_in(text, language))
    message = fill(letter, ANN, date=0, message_id_key=KEY)
    assert encodings(letter)[0] == "base64"
    assert max(map(len, message.split(b"\r\n"))) <= 78
    assert message.isascii()
    plain, html = parts_of(message)
    assert re.sub(r"\s", "", text) in re.sub(r"\s", "", plain)
    assert text in html
    assert "https://example.org/leave?who=ann%40example.org" in plain
    assert not {finding.rule for finding in lint(letter)} & {"A13", "D1", "D10", "C9", "C6"}


def test_d1_latin_letters_stay_readable() -> None:
    """English and German letters are quoted-printable: filters distrust plain text in base64."""
    for text, language in (("The harbour opened.", "en"), ("Über die Brücke fährt täglich der Bär.", "de")):
        assert encodings(compose(an_edition_in(text, language))) == ["quoted-printable"] * 2


def a_personal_theme() -> Theme:
    test = '{% if subscriber.city == "Riga" %}РИГА <b>{{ subscriber.city }}</b>{% else %}НЕТ{% endif %}'
    link = '<a href="https://example.org/?c={{ subscriber.city }}">ссылка</a>'
    return with_page(
        f"<h1>{{{{ story.headline }}}}</h1><p>{RUSSIAN * 40}</p>{test}{link}", text=f"{RUSSIAN * 9} {test}\n"
    )


@pytest.mark.parametrize(
    ("city", "shown", "linked"),
    [("Riga", "РИГА <b>Riga</b>", "?c=Riga"), ("<Ōsaka>&", "НЕТ", "?c=%3C%C5%8Csaka%3E%26")],
)
def test_c11_values_and_conditions_survive_in_base64(city: str, shown: str, linked: str) -> None:
    """Fields, conditions and links are filled and escaped in base64 as in quoted-printable; kept letters too."""
    letter = compose(an_edition_in(RUSSIAN, "ru"), theme=a_personal_theme())
    somebody = Subscriber("ann@example.org", fields={"city": city})
    assert encodings(letter, somebody) == ["base64", "base64"]
    message = fill(letter, somebody, date=0, message_id_key=KEY)
    html = parts_of(message)[1]
    assert shown in html
    assert linked in html
    assert fill(load(dump(letter)), somebody, date=0, message_id_key=KEY) == message
    assert load_theme("article").name == "article"
