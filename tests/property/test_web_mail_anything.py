"""No mail breaks the inbox, and what was encoded is shown as it was meant."""

from __future__ import annotations

import base64

from hypothesis import given
from hypothesis import strategies as st

from digest.web.checks import check_mail
from digest.web.frame import Look, frame
from digest.web.mail import look_into, summarise

TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=80)


@given(st.binary(max_size=2000))
def test_any_bytes_can_be_taken_apart(content: bytes) -> None:
    """Whatever comes over SMTP, it is listed and shown."""
    look_into(content)
    summarise(content)


@given(st.binary(max_size=300))
def test_any_bytes_after_a_plausible_head_can_be_taken_apart(content: bytes) -> None:
    """The same for bytes that begin like a mail in parts."""
    look_into(b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" + content)


@given(TEXTS, st.integers(1, 40))
def test_an_encoded_subject_comes_back(subject: str, cut: int) -> None:
    """Encoded words, cut anywhere, read as the text they were made from."""
    octets = subject.encode()
    words = [octets[at : at + cut] for at in range(0, len(octets), cut)]
    encoded = "\r\n ".join(f"=?utf-8?B?{base64.b64encode(word).decode()}?=" for word in words)
    shown = summarise(f"Subject: {encoded}\r\n\r\n".encode()).subject
    assert shown.split() == subject.split()
    assert shown.strip() == subject.strip()


@given(st.text(max_size=200))
def test_any_html_is_framed_under_a_policy(html: str) -> None:
    """No HTML leaves without its policy, nor loses what follows its doctype."""
    answer = frame(html, Look(scheme="dark"))
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert isinstance(answer.body, bytes)
    assert b'<base target="_blank">' in answer.body


@given(st.text(max_size=120), st.text(max_size=200))
def test_any_header_and_any_html_can_be_checked(address: str, html: str) -> None:
    """The checks end with findings, never with a traceback; broken addresses are findings too."""
    mail = f"List-Unsubscribe: <{address}>\r\nList-ID: {address}\r\nContent-Type: text/html\r\n\r\n{html}"
    assert check_mail(mail.encode("utf-8", "replace"))


def test_a_host_that_is_none_is_a_finding() -> None:
    """urlsplit raises for an unclosed bracket; a mail of somebody else may hold one."""
    mail = b'List-Unsubscribe: <https://[x>\r\nContent-Type: text/html\r\n\r\n<img src="https://[x">'
    found = check_mail(mail)
    assert {"D5", "C1"} <= {remark.rule for remark in found}
    assert "damaged" not in str(found)
