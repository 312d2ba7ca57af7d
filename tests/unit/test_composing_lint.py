"""Lint: our own letters pass it, and each rule notices the one thing that is broken."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Sequence
from email.message import EmailMessage

import pytest

from digest.composing import compose, lint, theme_names
from digest.composing.filling import fill
from digest.model import Article, Digest, Edition, Further, Point, Sender, Sentence, Subscriber

LINE = "Volunteers carried nine thousand books across the quay by hand."


def an_edition(theme: str, *, further: Sequence[Further] = ()) -> Edition:
    point = Point(LINE, [Sentence(LINE, 0, 0, len(LINE))])
    digest = Digest(
        headline="Reading room opens at the harbour",
        summary=[point],
        key_points=[point],
        keywords=[],
        language="en",
        reading_minutes=2,
        article=Article(
            paragraphs=[LINE], url="https://harbour.internal/a", site="Harbour Weekly", further=further
        ),
    )
    return Edition(
        id="e",
        subject="Reading room opens",
        preheader="Two hundred people came before noon on the first day.",
        digests=[digest],
        theme=theme,
        sender=Sender(
            address="news@harbour.internal",
            name="Harbour Weekly",
            postal_address="1 Quay Street",
            list_id="weekly.harbour.internal",
            unsubscribe_url="https://harbour.internal/u?e={email}",
            one_click=True,
        ),
    )


@pytest.mark.parametrize("theme", theme_names())
def test_our_letters_have_no_finding(theme: str) -> None:
    """Every built-in theme passes every rule, warnings included."""
    assert lint(compose(an_edition(theme)), postal_address="1 Quay Street") == ()


@pytest.mark.parametrize("theme", theme_names())
def test_who_else_tells_a_story_is_named_and_linked(theme: str) -> None:
    """Five others at most, each with a link that a letter may carry; the letter passes every rule with them too."""
    others = [Further(f"Paper {number}", f"https://paper{number}.internal/a") for number in range(9)]
    told = [
        Further("Bad <b>Paper</b>", "javascript:alert(1)"),
        Further("", "https://nameless.internal/a"),
        *others,
    ]
    letter = compose(an_edition(theme, further=told))
    assert lint(letter, postal_address="1 Quay Street") == ()
    message = email.message_from_bytes(
        fill(letter, Subscriber("ann@harbour.internal"), date=0, message_id_key=b"k"),
        policy=email.policy.default,
    )
    plain, page = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert page is not None
    said, shown = plain.get_content(), page.get_content()
    assert "nameless.internal: https://nameless.internal/a" in said
    assert said.count("\nPaper ") == shown.count(">Paper ") == 4
    assert "javascript" not in said + shown


def a_message() -> bytes:
    letter = compose(an_edition("article"))
    return fill(letter, Subscriber("ann@harbour.internal"), date=0, message_id_key=b"k")


@pytest.mark.parametrize(
    ("rule", "before", "behind"),
    [
        ("A1", b"<!DOCTYPE html>", b"<!-- -->"),
        ("A2", b' lang=3D"en"', b""),
        ("A3", b' dir=3D"ltr"', b""),
        ("A5", b"width=3Ddevice-width", b"width=3D600"),
        ("A6", b'role=3D"presentation"', b""),
        ("A7", b'role=3D"main"', b""),
        ("A8", b"<h1", b"<h2"),
        ("A9", b"<ul", b"<script></script><ul"),
        ("B7", b"prefers-color-scheme", b"prefers-colour-scheme"),
        ("C4", b'href=3D"https://harbour.internal/a"', b'href=3D"/a"'),
        ("C4", b'harbour.internal/a"', b'harbour.internal/{{ key }}"'),
        ("D2", b"Date: ", b"X-Date: "),
        ("D3", b"Subject: ", b"Bcc: x@harbour.internal\r\nSubject: "),
        ("D5", b"List-Unsubscribe: ", b"X-Unsubscribe: "),
        ("D5", b"List-Unsubscribe: <", b"List-Unsubscribe: =?utf-8?q?x?= <"),
        ("D10", b"Subject: ", b"X: y\nSubject: "),
    ],
)
def test_each_rule_notices(rule: str, before: bytes, behind: bytes) -> None:
    """A broken must is an error of that rule."""
    flat = a_message().replace(b"=\r\n", b"")
    assert before in flat
    found = lint(flat.replace(before, behind))
    assert rule in {finding.rule for finding in found if finding.level == "error"}


def test_placeholder_sender_is_a_warning() -> None:
    """The loopback defaults under example.org are marked."""
    found = lint(a_message().replace(b"@harbour.internal>", b"@example.org>"))
    assert [finding.rule for finding in found if finding.level == "warning"] == ["C7"]


def test_foreign_mail_is_judged_without_crashing() -> None:
    """Any mail can be judged: one without a page, one of pictures."""
    mail = EmailMessage()
    mail["Subject"] = "x"
    mail.set_content("hello")
    assert {"D1", "D2", "D5"} <= {finding.rule for finding in lint(mail.as_bytes())}
    mail.add_alternative('<img src="data:image/png;base64,AA"><a href="x">here</a>', subtype="html")
    assert {"C1", "C2", "C3", "C4", "A1"} <= {finding.rule for finding in lint(mail.as_bytes())}
