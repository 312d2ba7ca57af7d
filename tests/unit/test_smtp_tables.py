"""URLs, replies and verdicts: the pure half of the wire."""

from __future__ import annotations

import pytest

from digest.errors import UsageError
from digest.model import Receipt, Stage, Verdict
from digest.smtp import Cause, Scope, Tls, open_transport, parse_url, verdict
from digest.smtp.options import StageTimeouts
from digest.smtp.replies import GarbageError, Reply, ReplyReader, escape


@pytest.mark.parametrize(
    ("url", "host", "port", "tls"),
    [
        ("smtp://mail.example.org", "mail.example.org", 587, Tls.STARTTLS),
        ("smtp://jo%40example.org@mail.example.org:25", "mail.example.org", 25, Tls.STARTTLS),
        ("smtps://mail.example.org", "mail.example.org", 465, Tls.IMPLICIT),
        ("smtp://localhost:1025", "localhost", 1025, Tls.NONE),
        ("smtp://[::1]", "::1", 25, Tls.NONE),
        ("smtp://127.0.0.1:2525?tls=starttls", "127.0.0.1", 2525, Tls.STARTTLS),
    ],
)
def test_a_url_names_server_and_encryption(url: str, host: str, port: int, tls: Tls) -> None:
    """Off loopback encryption is required without being asked for."""
    options = parse_url(url)
    assert (options.host, options.port, options.tls) == (host, port, tls)


@pytest.mark.parametrize(
    "url",
    [
        "smtp://jo:tide-and-time@mail.example.org",
        "smtp://jo:tide-and-time@mail.example.org:port",
        "smtp://[tide-and-time",
        "smtp://mail.example.org?tls=none",
        "smtp://mail.example.org?tsl=none",
        "smtps://mail.example.org?tls=none",
        "smtp://localhost?tls=maybe",
        "smtp://localhost?auth=digest",
        "smtp://localhost?ehlo=a%0d%0ab",
        "smtp://localhost/path",
        "smtp://",
        "http://mail.example.org",
        "folder:",
        "",
    ],
)
def test_what_cannot_be_meant_is_a_usage_error_without_the_password(url: str) -> None:
    """Wrong URLs end with 2, and a password in one is never repeated, not in the chain either."""
    with pytest.raises(UsageError) as caught:
        open_transport(url)
    link: BaseException | None = caught.value
    while link is not None:
        assert "tide-and-time" not in str(link)
        link = link.__cause__


@pytest.mark.parametrize(
    ("stage", "code", "enhanced", "means", "scope", "cause"),
    [
        pytest.param(Stage.MAIL, 421, None, Verdict.DEFERRED, Scope.SERVER, Cause.THROTTLED, id="s08"),
        pytest.param(Stage.MAIL, 451, None, Verdict.DEFERRED, Scope.SERVER, Cause.SERVER, id="s09"),
        pytest.param(Stage.MAIL, 550, "5.7.1", Verdict.REFUSED, Scope.SENDER, Cause.SENDER, id="s10"),
        pytest.param(Stage.RCPT, 450, "4.7.1", Verdict.DEFERRED, Scope.PERSON, Cause.POSTPONED, id="s11"),
        pytest.param(Stage.RCPT, 452, "4.5.3", Verdict.DEFERRED, Scope.DOMAIN, Cause.THROTTLED, id="s12"),
        (Stage.RCPT, 454, None, Verdict.DEFERRED, Scope.DOMAIN, Cause.THROTTLED),
        (Stage.RCPT, 452, "4.2.2", Verdict.DEFERRED, Scope.PERSON, Cause.MAILBOX),
        pytest.param(
            Stage.RCPT, 550, "5.1.1", Verdict.REFUSED, Scope.PERSON, Cause.UNKNOWN_ADDRESS, id="s13"
        ),
        (Stage.RCPT, 550, None, Verdict.REFUSED, Scope.PERSON, Cause.UNKNOWN_ADDRESS),
        (Stage.RCPT, 552, None, Verdict.REFUSED, Scope.PERSON, Cause.MAILBOX),
        pytest.param(Stage.RCPT, 550, "5.7.515", Verdict.REFUSED, Scope.DOMAIN, Cause.POLICY, id="s14"),
        pytest.param(Stage.DATA, 451, None, Verdict.DEFERRED, Scope.SERVER, Cause.SERVER, id="s16"),
        (Stage.DATA, 554, None, Verdict.REFUSED, Scope.LETTER, Cause.CONTENT),
        pytest.param(Stage.DATA, 250, None, None, Scope.SERVER, Cause.PROTOCOL, id="s17"),
        pytest.param(Stage.BODY, None, None, None, Scope.SERVER, Cause.LOST, id="s18"),
        pytest.param(Stage.DOT, 451, "4.3.0", Verdict.DEFERRED, Scope.SERVER, Cause.SERVER, id="s19"),
        pytest.param(Stage.DOT, None, None, Verdict.IN_DOUBT, Scope.SERVER, Cause.LOST, id="s20_s23"),
        pytest.param(Stage.DOT, 299, None, Verdict.ACCEPTED, Scope.PERSON, Cause.NONE, id="s24"),
        pytest.param(Stage.DOT, 354, None, Verdict.IN_DOUBT, Scope.SERVER, Cause.PROTOCOL, id="s25"),
        (Stage.DOT, 150, None, Verdict.IN_DOUBT, Scope.SERVER, Cause.PROTOCOL),
        pytest.param(Stage.DOT, 554, "5.6.0", Verdict.REFUSED, Scope.LETTER, Cause.CONTENT, id="s28"),
        pytest.param(Stage.MAIL, 552, "5.3.4", Verdict.REFUSED, Scope.LETTER, Cause.SIZE, id="s34"),
        pytest.param(Stage.RCPT, 553, "5.6.7", Verdict.REFUSED, Scope.PERSON, Cause.UNSUPPORTED, id="s35"),
    ],
)
def test_a_receipt_means_what_the_fault_matrix_says(  # noqa: PLR0913, PLR0917  # a row of the table
    stage: Stage, code: int | None, enhanced: str | None, means: Verdict | None, scope: Scope, cause: Cause
) -> None:
    """One row of the table each."""
    judged = verdict(Receipt(stage, code, "", enhanced))
    assert (judged.verdict, judged.scope, judged.cause) == (means, scope, cause)


def test_before_the_dot_nothing_is_accepted_or_in_doubt() -> None:
    """No code at all makes a letter accepted or doubtful before its dot left; after it only 2xx accepts."""
    for code in (None, *range(100, 600)):
        for stage in set(Stage) - {Stage.DOT}:
            assert verdict(Receipt(stage, code)).verdict not in {Verdict.ACCEPTED, Verdict.IN_DOUBT}
        accepted = verdict(Receipt(Stage.DOT, code)).verdict is Verdict.ACCEPTED
        assert accepted == (code is not None and code // 100 == 2)


def test_s43_strange_bytes_become_printable_text() -> None:
    """Escapes, NUL, Latin-1 and half a megabyte end as at most 200 printable characters (S43)."""
    shown = escape(b"\x1b[31mred\x00 caf\xe9 " + b"x" * 500_000)
    assert shown.startswith(r"\x1b[31mred\x00 caf\xe9 ")
    assert shown.isprintable()
    assert len(shown) == 200


def test_a_reply_is_the_same_in_whatever_portions_it_comes() -> None:
    """Bytes one by one, lines by bare LF, and several replies at once give the same replies."""
    said = b"250-mail.example.org\r\n250 PIPELINING\n550 5.1.1 no such user\r\n"
    wanted = [Reply(250, (b"mail.example.org", b"PIPELINING")), Reply(550, (b"5.1.1 no such user",))]
    for portion in (1, 2, 7, len(said)):
        reader, replies = ReplyReader(), list[Reply]()
        for start in range(0, len(said), portion):
            reader.feed(said[start : start + portion], replies)
        assert replies == wanted
        assert reader.is_between_replies
    assert wanted[1].enhanced == "5.1.1"


@pytest.mark.parametrize(
    "said", [b"hello\r\n", b"25\r\n", b"250-a\r\n550 b\r\n", b"999 x\r\n", b"2500 x\r\n"]
)
def test_what_is_no_reply_is_garbage_and_what_stood_before_is_kept(said: bytes) -> None:
    """A line that is no reply ends the understanding; a reply before it still counts."""
    replies: list[Reply] = []
    with pytest.raises(GarbageError):
        ReplyReader().feed(b"250 ok\r\n" + said, replies)
    assert replies == [Reply(250, (b"ok",))]


def test_s07_a_reply_without_end_is_ended() -> None:
    """Endless lines and endless continuations hold little memory and then raise (S7)."""
    for said in (b"2" * 65_536, b"250-more\r\n" * 6_000):
        with pytest.raises(GarbageError):
            _feed_endlessly(said)


def _feed_endlessly(said: bytes) -> None:
    reader = ReplyReader()
    for _ in range(100):
        reader.feed(said, [])


def test_a_server_gets_the_time_that_the_rfc_asks_for() -> None:
    """RFC 5321 4.5.3.2: five minutes for a greeting, MAIL and RCPT, two for DATA, three a block, ten for the dot."""
    times = StageTimeouts()
    assert (times.greeting, times.command) == (5 * 60, 5 * 60)
    assert (times.data, times.block, times.dot) == (2 * 60, 3 * 60, 10 * 60)
    assert times.connect <= 30
    assert times.goodbye <= 5
