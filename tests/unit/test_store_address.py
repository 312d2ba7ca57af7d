"""Addresses are checked, never repaired, and two spellings of one person have one key."""

from __future__ import annotations

import pytest

from digest.store import InvalidAddressError, parse_address


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("reader@", "nothing stands after the @"),
        ("@example.org", "nothing stands before the @"),
        ("", "there is no @"),
        ("reader", "there is no @"),
        ("a@b@example.org", "there is more than one @"),
        ("a b@example.org", "there is a space in it"),
        ("a@exam ple.org", "there is a space in it"),
        ("a@b", "the domain has no dot"),
        ("a@127.0.0.1", "what follows the @ is no domain name"),
        ("a@[127.0.0.1]", "what follows the @ is no domain name"),
        (f"{'x' * 65}@example.org", "more than 64 octets before the @"),
        (f"{'ü' * 33}@example.org", "more than 64 octets before the @"),
        (f"x@{'y' * 60}.{'y' * 60}.{'y' * 60}.{'y' * 60}.{'y' * 12}.org", "longer than 254 octets"),
        ('"a b"@example.org', "quoted local parts are not mailed"),
        ("<a@example.org>", "a character before the @ is not allowed"),
        ("<a@example.org>SIZE=1", "a character before the @ is not allowed"),
        ("a@example.org>SIZE=1", "what follows the @ is no domain name"),
        ("a@example.org\r\nRCPT TO:<b@example.org>", "there is a space in it"),
        ("a@example.org\n", "there is a space in it"),
        ("a..b@example.org", "there is a misplaced dot before the @"),
        (".a@example.org", "there is a misplaced dot before the @"),
        ("a@-example.org", "what follows the @ is no domain name"),
        ("a\u202eb@example.org", "a character before the @ is not allowed"),
        ("a\x00b@example.org", "a character before the @ is not allowed"),
        ("Ann <a@example.org>", "there is a space in it"),
    ],
)
def test_b12_what_cannot_be_mailed_is_refused_with_the_reason(text: str, reason: str) -> None:
    """B12: each kind of wrong address is refused, and the words fit."""
    with pytest.raises(InvalidAddressError, match="^" + reason.replace(".", r"\.")):
        parse_address(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann@Example.ORG", "ann@example.org"),
        ("ann@example.org.", "ann@example.org"),
        ("ann@b\u00fccher.example", "ann@xn--bcher-kva.example"),
        ("jos\u00e9@example.org", "jose\u0301@example.org"),
        ("JOS\u00c9@example.org", "jos\u00e9@example.org"),
    ],
)
def test_b10_spellings_of_one_person_share_a_key(one: str, other: str) -> None:
    """B10: case, a trailing dot, normal forms and A-labels do not make another person."""
    assert parse_address(one).key == parse_address(other).key


def test_b11_plus_addresses_are_different_people() -> None:
    """B11: what stands behind a plus sign is kept."""
    assert parse_address("ann+harbour@example.org").key != parse_address("ann@example.org").key


def test_the_wire_form_keeps_the_local_part_and_lowers_the_domain() -> None:
    """The local part belongs to its server; the domain travels as lower-case A-labels."""
    found = parse_address("Ann.Lee@B\u00fccher.Example")
    assert (found.wire, found.domain) == ("Ann.Lee@xn--bcher-kva.example", "xn--bcher-kva.example")


def test_the_key_is_the_one_message_ids_are_made_of() -> None:
    """Composing and the ledger agree on who is one person, else `status` would show other Message-IDs."""
    from digest.composing.headers import address_key

    for text in (
        "Ann@Example.ORG",
        "ann@example.org.",
        "jos\u00e9@b\u00fccher.example",
        "a+b@x-y.example.org",
    ):
        found = parse_address(text)
        assert address_key(found.wire) == found.key
