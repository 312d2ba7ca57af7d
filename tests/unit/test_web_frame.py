"""A letter in a frame: in the look that was asked for, and unable to do anything."""

from __future__ import annotations

import pytest

from digest.web.frame import Look, frame, look_from

LETTER = (
    "<!-- made by a machine --><!DOCTYPE html><html><head>"
    '<meta name="color-scheme" content="light dark">'
    "<style>@media (prefers-color-scheme: dark){p{color:#eee}}</style></head><body><p>Tide</p></body></html>"
)


def body(html: str, look: Look) -> str:
    answer = frame(html, look)
    assert isinstance(answer.body, bytes)
    return answer.body.decode()


def policy(look: Look, **more: bool) -> str:
    answer = frame(LETTER, look, own_images="http://127.0.0.1:1/mails/1/parts/", **more)
    return answer.headers["Content-Security-Policy"]


def test_the_doctype_stays_first() -> None:
    """What is put in front goes behind the doctype: before it, the browser would fall into quirks mode."""
    shown = body(LETTER, Look())
    assert shown.startswith("<!-- made by a machine --><!DOCTYPE html><base")


def test_dark_rules_hold_in_the_dark_look_only() -> None:
    """The scheme is settled in the document, whatever the browser's own preference is."""
    assert "@media (min-width:0px){p" in body(LETTER, Look(scheme="dark"))
    assert "@media (min-width:99999px){p" in body(LETTER, Look(scheme="light"))
    assert "color-scheme:only dark" in body(LETTER, Look(scheme="dark"))


def test_a_letter_that_declares_no_scheme_stays_light() -> None:
    """The canvas of a letter without dark mode is not painted dark: no mail program does that either."""
    assert "only dark" not in body("<!doctype html><p>Tide</p>", Look(scheme="dark"))


def test_nothing_is_loaded_from_the_web_unless_asked() -> None:
    """By default a letter shows its own images only; "all" is a choice, "none" shows none at all."""
    assert "img-src data: http://127.0.0.1:1/mails/1/parts/;" in policy(Look())
    assert "img-src data: http://127.0.0.1:1/mails/1/parts/ http: https:;" in policy(Look(images="all"))
    assert "img-src 'none';" in policy(Look(images="none"))


def test_no_look_allows_a_script() -> None:
    """Neither a received mail nor our own letter runs anything, and only ours may be looked into."""
    for look in (Look(), Look(images="all", styles=False)):
        for reachable in (True, False):
            given = policy(look, reachable=reachable)
            assert "allow-scripts" not in given
            assert "script-src" not in given
            assert given.startswith("default-src 'none'")
            assert ("allow-same-origin" in given) is reachable


def test_styles_can_be_taken_away() -> None:
    """Without styles only inline ones work, as in programs that strip style elements."""
    assert "style-src-elem 'none'" in policy(Look(styles=False))
    assert "style-src-attr 'unsafe-inline'" in policy(Look(styles=False))


@pytest.mark.parametrize(
    ("query", "look"),
    [
        ({}, Look()),
        (
            {"scheme": "dark", "images": "none", "styles": "off"},
            Look(scheme="dark", images="none", styles=False),
        ),
        ({"scheme": "x", "images": "x", "styles": "x"}, Look()),
    ],
)
def test_a_look_is_read_from_an_address(query: dict[str, str], look: Look) -> None:
    """What the page does not offer is the default."""
    assert look_from(query) == look
