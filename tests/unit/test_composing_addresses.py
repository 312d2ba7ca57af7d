"""Addresses on their way into a letter: checked, never repaired, and never an error without words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from composing_parts import KEY, an_edition

from digest.composing import compose, fill
from digest.composing.headers import wire_address
from digest.errors import ConfigurationError, InvalidInputError
from digest.model import Subscriber

WRONG = (
    *("", "ann", "ann@", "@example.org", "ann lee@example.org", "a@b@example.org", "<ann@example.org>"),
    *(
        "ann@example.org\r\nRCPT TO:<bob@example.org>",
        "ann@example.org\0",
        "ann@exam\u202eple.org",
        "a,b@x.org",
    ),
    *("jo@-ü-.example", "jo@xn--ä.example", "jo@\ud800.example", '"a b"@example.org'),
)


@pytest.mark.parametrize("address", WRONG)
def test_d9_what_is_no_address_is_refused(address: str) -> None:
    """Neither cut down to an address nor written as it is: nobody is mailed by mistake."""
    with pytest.raises(InvalidInputError) as caught:
        fill(compose(an_edition()), Subscriber(address), date=0, message_id_key=KEY)
    assert caught.value.exit_status == 65


@pytest.mark.parametrize("key", ["address", "reply_to", "envelope_sender"])
def test_d9_wrong_sender_names_its_setting(key: str) -> None:
    """An address of the sender's that is none is a matter of settings, found before anything is sent."""
    edition = an_edition()
    wrong = replace(edition, sender=replace(edition.sender, **{key: "nobody at example"}))  # type: ignore[arg-type]  # texts, all three
    with pytest.raises(ConfigurationError, match=rf"\[sender\] {key}"):
        compose(wrong)


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("jo@bücher.example", "jo@xn--bcher-kva.example"),
        ("jo@faß.example", "jo@xn--fa-hia.example"),  # non-transitional: ß is not ss
        ("Jo@EXAMPLE.org", "Jo@EXAMPLE.org"),
        ("jörg@example.org", "jörg@example.org"),  # the transport refuses it where the server cannot take it
    ],
)
def test_d9_domain_is_written_as_a_labels(address: str, wire: str) -> None:
    """A domain in any script travels as ASCII; what stands before the @ is nobody's to change."""
    assert wire_address(address) == wire
    message = fill(compose(an_edition()), Subscriber(address), date=0, message_id_key=KEY)
    assert f"To: {wire}\r\n".encode() in message
