"""The checklist, id by id, as `digest lint` knows it: a good letter has no finding, a broken one has that one.

Each case breaks one thing in a finished letter and names what must be found; the letter itself has none.
"""

from __future__ import annotations

import base64
import email
import email.policy
import time
from dataclasses import replace

import pytest
from composing_parts import KEY, an_edition

from digest.composing import compose, fill, lint, load_theme, theme_names
from digest.model import Edition, Subscriber

HOME = "harbour.internal"  # example.org is a placeholder, which lint marks
POSTAL = "1 Quay Street"


def a_good_edition(theme: str = "article") -> Edition:
    edition = an_edition(theme=theme)
    (digest,) = edition.digests
    article = replace(digest.article, url=f"https://{HOME}/room")
    sender = replace(
        edition.sender,
        address=f"news@{HOME}",
        list_id=f"weekly.{HOME}",
        unsubscribe_url=f"https://{HOME}/leave?who={{email}}",
        unsubscribe_mailto=f"leave@{HOME}",
    )
    return replace(edition, digests=[replace(digest, article=article)], sender=sender)


def a_good_message() -> bytes:
    return fill(compose(a_good_edition()), Subscriber(f"ann@{HOME}"), date=0, message_id_key=KEY)


def broken(before: str, behind: str, *, part: str = "html", count: int = -1) -> bytes:
    """Change one part of a good letter, and write it as base64 so that nothing else changes."""
    whole = email.message_from_bytes(a_good_message(), policy=email.policy.SMTP.clone(max_line_length=0))
    for each in whole.walk():
        if each.get_content_type() == f"text/{part}":
            content = each.get_payload(decode=True)
            assert isinstance(content, bytes)
            assert before.encode() in content
            changed = content.replace(before.encode(), behind.encode("utf-8", "surrogatepass"), count)
            del each["Content-Transfer-Encoding"]
            each["Content-Transfer-Encoding"] = "base64"
            each.set_payload(base64.encodebytes(changed).decode())
    return whole.as_bytes()


def errors(message: bytes, *, level: str | None = "error") -> set[str]:
    found = lint(message, postal_address=POSTAL)
    return {finding.rule for finding in found if level in {None, finding.level}}


@pytest.mark.parametrize("theme", theme_names())
def test_every_theme_has_no_finding(theme: str) -> None:
    """The other half of every test below: what is not broken is not found."""
    assert lint(compose(a_good_edition(theme), theme=load_theme(theme)), postal_address=POSTAL) == ()


PAGE = [
    ("A1", "<!DOCTYPE html>", "<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0'>"),
    ("A2", '<html lang="en"', "<html"),
    ("A2", 'role="main" lang="en"', 'role="main"'),
    ("A3", ' dir="ltr"', ""),
    ("A4", '<meta charset="utf-8">', ""),
    ("A4", "<title>Reading room opens at the harbour</title>", "<title></title>"),
    ("A5", "width=device-width, initial-scale=1", "width=device-width, maximum-scale=1"),
    ("A6", 'class="outer" role="presentation"', 'class="outer"'),
    ("A6", '<td class="paper"', '<th>x</th><td class="paper"'),
    ("A6", "<table class", '<table summary="x" class'),
    ("A7", 'role="main"', 'role="article"'),
    ("A8", "<h1 ", "<h2 "),
    ("A8", "<h2 ", "<h3 "),
    ("A9", "<ul ", "<svg></svg><ul "),
    ("A9", "<ul ", "<portal></portal><ul "),
    ("A9", "</head>", '<link rel="stylesheet" href="https://x.example/a.css"></head>'),
    ("A9", ":root", "@import url(https://x.example/a.css); :root"),
    ("A9", "<ul ", '<ul onclick="x()" '),
    ("A9", "<ul ", '<form action="https://x.example"></form><ul '),
    ("A10", "</body>", "<p>" + "harbour " * 12_000 + "</p></body>"),
    ("A11", ":root", "/*" + "x" * 17_000 + "*/:root"),
    ("A11", "</body>", "<style>.a{}</style></body>"),
    ("A11", ":root {", ":root {{"),
    ("B1", 'width="600"', 'width="640"'),
    ("B2", "<![endif]-->", ""),
    ("B2", '<td class="paper"', '<![if !mso]><td class="paper"'),
    ("B5", "font-size:14px", "font-size:11px"),
    ("B5", "line-height:1.6", "line-height:1.1"),
    ("B6", "color:#22262b", "color:#c0c0c0"),
    ("B6", "color: #eceae5 !important", "color: #333333 !important"),
    ("B7", "prefers-color-scheme: dark", "prefers-contrast: more"),
    ("B7", " !important", ""),
    ("B11", "break-word", "normal"),
    ("C1", "<ul ", '<img src="cid:a" width="9" height="9"><ul '),
    ("C1", "<ul ", '<img src="cid:a" alt=""><ul '),
    ("C1", "<ul ", '<img src="http://x.example/a.png" alt="" width="9" height="9"><ul '),
    ("C2", "<ul ", '<img src="data:image/png;base64,AA" alt="" width="9" height="9"><ul '),
    ("C3", ">Read the full story on Harbour Weekly<", ">Click here<"),
    ("C3", ">Read the full story on Harbour Weekly<", "><"),
    ("C4", f'href="https://{HOME}/room"', 'href="javascript:alert(1)"'),
    ("C4", f'href="https://{HOME}/room"', 'href="/room"'),
    ("C4", f'href="https://{HOME}/room"', 'href="https://x.example/%7B%7Burl%7D%7D"'),
    ("C5", "Two hundred people came before noon on the first day.", "Reading room opens"),
    ("C5", "before noon on the first day.", "before noon on the first day." + "\u200c\xa0" * 60),
    ("C6", f'href="https://{HOME}/leave', f'href="https://{HOME}/somewhere'),
    ("C7", POSTAL, ""),
    ("C9", "Reading room opens at the harbour</h1>", "Another headline</h1>"),
    ("C12", "harbour</h1>", "harbour\u202e</h1>"),
]


@pytest.mark.parametrize(
    ("rule", "before", "behind"), PAGE, ids=[f"{rule}-{at}" for at, (rule, _, _) in enumerate(PAGE)]
)
def test_a_b_c_broken_page_is_found(rule: str, before: str, behind: str) -> None:
    """A1 to A11, B1, B2, B5 to B7, B11, C1 to C7, C9, C12: an error of that id, and of it alone where one can."""
    assert rule in errors(broken(before, behind))


SOFT = [
    ("B2", "if mso", "if gte mso 99x"),
    ("B8", "data-ogsc", "data-none"),
    ("B9", "max-width:600px", "max-width:600px; background-blend-mode:multiply"),
    ("B10", "font-size:17px", "float:right;font-size:17px"),
    ("C10", "<ul ", '<img src="https://x.example/a.png" alt="" width="9" height="9"><ul '),
    ("C10", ":root", ".a { background: url(https://x.example/a.png) } :root"),
    ("C4", f'href="https://{HOME}/room"', 'href="https://203.0.113.7/room"'),
]


@pytest.mark.parametrize(
    ("rule", "before", "behind"), SOFT, ids=[f"{rule}-{at}" for at, (rule, _, _) in enumerate(SOFT)]
)
def test_b8_b9_b10_c10_weakness_is_a_warning(rule: str, before: str, behind: str) -> None:
    """What is a matter of taste or support is told, and stops nothing."""
    assert rule in errors(broken(before, behind), level="warning")


TEXT = [
    ("C9", "Volunteers carried", "<p>Volunteers</p> carried"),
    ("C9", "Volunteers carried", "Volun\xadteers carried"),
    ("C9", "Volunteers carried nine", "Volunteers dropped nine"),
    ("C12", "Volunteers", "Volun\u202eteers"),
    ("C7", POSTAL, ""),
]


@pytest.mark.parametrize(
    ("rule", "before", "behind"), TEXT, ids=[f"{rule}-{at}" for at, (rule, _, _) in enumerate(TEXT)]
)
def test_c9_broken_text_part_is_found(rule: str, before: str, behind: str) -> None:
    """The text part says the same, without markup or filler."""
    assert rule in errors(broken(before, behind, part="plain"))


WIRE = [
    ("A13", b"Content-Language: en", b"X-Long: " + b"x" * 999),
    ("A13", b"Volunteers carried", b"Volunteers carried " + b"x" * 90),
    ("D1", b"text/html", b"text/richtext"),
    ("D2", b"MIME-Version: 1.0\r\n", b""),
    ("D2", b"Subject: ", b"Subject: twice\r\nSubject: "),
    ("D2", b"Subject: ", b"Reply-To: a@harbour.internal\r\nReply-To: b@harbour.internal\r\nSubject: "),
    ("D3", b"Subject: ", b"Bcc: bo@harbour.internal\r\nSubject: "),
    ("D3", b"To: ann@harbour.internal", b"To: ann@harbour.internal, bo@harbour.internal"),
    ("D5", b"List-Unsubscribe: <", b"List-Unsubscribe: =?utf-8?q?=3C?="),
    ("D5", b"List-Unsubscribe: <https://harbour.internal", b"List-Unsubscribe: <mailto:a@harbour.internal"),
    ("D6", b"List-ID: ", b"List-ID: " + b"Harbour Weekly " * 20),
    ("D8", b"Subject: ", b"Subject: =?utf-8?q?" + b"x" * 80 + b"?= "),
    ("D8", b"Subject: ", b"Subject: =?utf-8?q?a?==?utf-8?q?b?= "),
    ("D9", b"To: ann@harbour.internal", b"To: ann@=?utf-8?q?h=C3=A4fen?=.internal"),
    ("D10", b"Content-Language: en\r\n", b"Content-Language: en\n"),
    ("D10", b"Reading room opens", b"Reading\0room opens"),
]


@pytest.mark.parametrize(
    ("rule", "before", "behind"), WIRE, ids=[f"{rule}-{at}" for at, (rule, _, _) in enumerate(WIRE)]
)
def test_d_broken_message_is_found(rule: str, before: bytes, behind: bytes) -> None:
    """A13, D1 to D3, D5, D6, D8 to D10: an error of that id."""
    message = a_good_message()
    assert before in message
    assert rule in errors(message.replace(before, behind, 1))


def test_d4_foreign_message_id_is_a_warning() -> None:
    """The Message-ID's right side is the sender's domain."""
    message = a_good_message().replace(b"@harbour.internal>\r\nList-ID", b"@elsewhere.internal>\r\nList-ID")
    assert "D4" in errors(message, level="warning")


def test_d12_envelope_is_aligned_with_from() -> None:
    """Bounces to another organisation's domain are a warning; below one's own domain they are not."""
    edition = a_good_edition()
    for envelope, expected in ((f"b@bounces.{HOME}", set()), ("b@elsewhere.internal", {"D12"})):
        letter = compose(replace(edition, sender=replace(edition.sender, envelope_sender=envelope)))
        assert {finding.rule for finding in lint(letter)} == expected


def test_d13_too_large_for_most_servers_is_a_warning() -> None:
    """10 MB is what the smallest of the large servers announce as SIZE."""
    message = a_good_message() + b"x" * 70 + b"\r\n"
    assert "D13" not in errors(message, level=None)
    assert "D13" in errors(message + (b"y" * 74 + b"\r\n") * 135_000, level="warning")


def test_lint_of_the_largest_letter_takes_under_two_seconds() -> None:
    """Twenty stories, about 90 KB: judged within 2 s of CPU, so that a page can do it at every change."""
    edition = a_good_edition("edition")
    letter = compose(replace(edition, digests=list(edition.digests) * 20))
    begun = time.process_time()
    lint(letter, postal_address=POSTAL)
    assert time.process_time() - begun < 2
