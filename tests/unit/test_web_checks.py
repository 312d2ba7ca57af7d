"""Each rule of the inbox's checks finds its fault, and leaves a good mail alone."""

from __future__ import annotations

from collections import Counter

import pytest
from theme_letters import THEMES, a_message

from digest.composing import lint
from digest.web.checks import check_mail

GOOD = (
    b"From: The Quay Letter <letter@example.org>\r\nTo: mara@example.net\r\nSubject: Tide tables\r\n"
    b"Date: Mon, 23 Nov 2026 07:30:00 +0000\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n"
    b"List-ID: The Quay Letter <quay.example.org>\r\n"
    b"List-Unsubscribe: <https://example.org/leave?x=1>, <mailto:leave@example.org>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    b"Content-Type: multipart/alternative; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHigh water at six.\r\n"
    b'--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<!DOCTYPE html><html lang="en"><p>High water</p>\r\n'
    b"--b--\r\n"
)


def rules(mail: bytes) -> Counter[str]:
    return Counter(remark.rule for remark in check_mail(mail))


@pytest.mark.parametrize("theme", THEMES)
def test_our_letters_are_left_alone(theme: str) -> None:
    """Nothing to mend but the addresses, which are placeholders here."""
    assert {remark.rule for remark in check_mail(a_message(theme))} == {"C7"}


@pytest.mark.parametrize(
    ("rule", "old", "new"),
    [
        ("D2", b"Date: Mon, 23 Nov 2026 07:30:00 +0000\r\n", b""),
        ("D2", b"Subject: Tide tables\r\n", b"Subject: Tide tables\r\nSubject: Again\r\n"),
        ("D2", b"MIME-Version", b"Reply-To: a@example.org\r\nReply-To: b@example.org\r\nMIME-Version"),
        ("D5", b"List-Unsubscribe: <https", b"X-Other: <https"),
        ("D5", b"<https://example.org/leave?x=1>, <", b"=?utf-8?q?=3Chttps=3A//example.org=3E?= <"),
        ("D5", b"<https://example.org/leave?x=1>, <mailto:leave@example.org>", b"https://example.org/leave"),
        ("D5", b"<https://example.org/leave?x=1>, ", b""),
        ("D5", b"List-Unsubscribe=One-Click", b"One-Click"),
        ("D5", b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", b""),
        ("D6", b"<quay.example.org>", b"quay"),
        ("D6", b"The Quay Letter <quay", b"Q" * 260 + b" <quay"),
        ("C9", b"text/plain", b"text/x-other"),
        ("A13", b"High water at six.", b"." * 999),
        ("D10", b"at six.\r\n", b"at six.\n"),
        ("D10", b"at six.", b"at\0six."),
        ("A10", b"<p>High water</p>", b"<p>High water</p>\r\n" * 6000),
        ("C4", b"<p>High", b"<p>{{ subscriber.name }} High"),
        ("C4", b"at six.", b"at {% if six %}"),
        ("A9", b"<p>High", b"<ScRipt>1</script><p>High"),
        ("A2", b'<html lang="en">', b"<html>"),
        ("C10", b"<p>High", b'<img src="https://img.example.com/x.png" alt=""><p>High'),
        ("C10", b"<p>High", b'<p style="background:url(https://img.example.com/x.png)">High'),
    ],
)
def test_each_rule_finds_its_fault(rule: str, old: bytes, new: bytes) -> None:
    """One thing broken, and its rule is named once more than before."""
    assert old in GOOD
    assert (rules(GOOD.replace(old, new, 1)) - rules(GOOD))[rule] > 0


def test_the_checks_are_those_of_lint() -> None:
    """What ``digest lint`` finds in a mail, the inbox says too."""
    broken = a_message("article").replace(b"<h1", b"<h2").replace(b"\r\nDate:", b"\r\nX-Date:")
    found = {(remark.rule, remark.text) for remark in check_mail(broken)}
    assert {(finding.rule, finding.what) for finding in lint(broken)} <= found
    assert {"A8", "D2"} <= {rule for rule, _ in found}


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"\r\n",
        b'To: "\r\nList-ID: <\r\n\r\n',
        b"Content-Type: text/html\r\n\r\n<a href='https://['>x</a>",
    ],
)
def test_a_damaged_mail_is_judged_without_failing(damaged: bytes) -> None:
    """Any octets give remarks, never a traceback."""
    assert check_mail(damaged)


def test_the_text_part_comes_first() -> None:
    """Mail programs show the last part they can: HTML first means nobody sees it."""
    head, text, html, end = GOOD.split(b"--b")[0], *GOOD.split(b"--b")[1:]
    swapped = b"--b".join((head, html, text, end))
    assert "D1" in rules(swapped) - rules(GOOD)


def test_errors_come_before_warnings() -> None:
    """What must be mended stands first."""
    levels = [remark.level for remark in check_mail(b"Subject: x\r\n\r\nbody")]
    assert levels == sorted(levels)
    assert set(levels) == {"error", "warning"}
