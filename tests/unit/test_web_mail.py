"""The debug inbox shows a mail as other mail programs do, and whatever it holds."""

from __future__ import annotations

from digest.web.mail import look_into, summarise

MAIL = b"""\
From: =?utf-8?q?Caf=C3=A9_am_Kai?= <letter@example.org>\r
To: reader@example.net\r
Subject: =?utf-8?B?0JzQvtGA?= =?utf-8?B?0YHQutC+0Lk=?= ferry\r
 =?utf-8?Q?=E2=80=93?= tonight\r
Message-ID: <1@example.org>\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=outer\r
\r
--outer\r
Content-Type: multipart/alternative; boundary=inner\r
\r
--inner\r
Content-Type: text/plain; charset=iso-8859-1\r
Content-Transfer-Encoding: quoted-printable\r
\r
Gr=FC=DFe vom Hafen\r
--inner\r
Content-Type: text/html; charset=utf-8\r
\r
<p>Hello</p>\r
--inner--\r
--outer\r
Content-Type: text/html\r
Content-Disposition: attachment; filename="=?utf-8?q?Fahr=C3=A4n.html?="\r
\r
<p>attached</p>\r
--outer--\r
"""


def test_encoded_words_are_joined_and_spaces_between_text_kept() -> None:
    """White space between two encoded words is dropped, that beside plain text stays (RFC 2047 6.2)."""
    summary = summarise(MAIL)
    assert summary.subject == "Морской ferry – tonight"
    assert summary.sender == "Café am Kai <letter@example.org>"
    assert summary.message_id == "<1@example.org>"


def test_a_character_cut_between_two_encoded_words_is_still_read() -> None:
    """Some writers cut inside a character; words of one charset are decoded together."""
    mail = b"Subject: =?utf-8?q?caf=C3?= =?utf-8?q?=A9?=\r\n\r\n"
    assert summarise(mail).subject == "café"


def test_the_bodies_are_found_and_an_attachment_is_none() -> None:
    """The HTML and the text shown are the letter's own, in their charset."""
    view = look_into(MAIL)
    assert view.text is not None
    assert view.text.strip() == "Grüße vom Hafen"
    assert view.html is not None
    assert view.html.strip() == "<p>Hello</p>"
    assert [part.depth for part in view.parts] == [0, 1, 2, 2, 1]
    assert view.parts[-1].filename == "Fahrän.html"


def test_what_cannot_be_decoded_is_shown_as_it_stands() -> None:
    """An unknown charset, broken base64 and raw Latin-1 still give something to read."""
    assert summarise(b"Subject: =?x-none?q?tide?=\r\n\r\n").subject == "tide"
    assert summarise(b"Subject: caf\xe9\r\n\r\n").subject == "café"
    assert summarise(b"").subject == ""


def test_repeated_headers_are_all_shown_in_order() -> None:
    """A doubled header is what somebody looks for in an inbox: none is swallowed."""
    view = look_into(b"Subject: one\r\nX-A: 1\r\nSubject: two\r\n\r\nbody")
    assert [(header.name, header.value) for header in view.headers] == [
        ("Subject", "one"),
        ("X-A", "1"),
        ("Subject", "two"),
    ]
    assert summarise(b"Subject: one\r\nSubject: two\r\n\r\n").subject == "one"


def test_a_mail_nested_a_thousand_deep_is_shown_as_source_only() -> None:
    """Python's parser recurses; the inbox survives it."""
    lines = [b"Content-Type: multipart/mixed; boundary=b0", b""]
    for depth in range(1000):
        lines += [
            b"--b%d" % depth,
            b"Content-Type: multipart/mixed; boundary=b%d" % (depth + 1),
            b"",
        ]
    view = look_into(b"\r\n".join(lines))
    assert view.html is None
    assert view.headers[0].name == "Content-Type"
