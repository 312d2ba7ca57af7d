"""Addresses: what may be mailed, and when two of them are one person.

A text is checked against a narrow grammar and never repaired: what a lenient parser cuts down to an address
(``<a@x>SIZE=1``, an address with a line break behind it) has mailed strangers before. ASCII goes through one
regular expression, since a list of a million rows passes here; everything else takes the slow way.

Source: RFC 5321 4.1.2 (without quoted local parts), 4.5.3.1; RFC 6531; RFC 5890, UTS 46 non-transitional.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

__all__ = ["Address", "InvalidAddressError", "parse_address"]

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ASCII_ADDRESS = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@((?:{_LABEL}\.)+(?!\d+\.?\Z){_LABEL})\.?")
_LOCAL_LIMIT = 64  # RFC 5321 4.5.3.1.1, octets
_ADDRESS_LIMIT = 254  # RFC 5321 4.5.3.1.3 allows a path of 256 octets, of which two are its brackets
_DOMAIN_LIMIT = 253


class InvalidAddressError(ValueError):
    """A text that is not an address; the message says why in a few words."""


class Address(NamedTuple):  # one is made for each row of a list, in half the time of a frozen dataclass
    """An address as it goes on the wire, and the key under which it is one person.

    ``wire`` keeps the local part as it was written and has the domain as lower-case A-labels. ``key`` is the
    NFC, lower-case local part with that domain.
    """

    wire: str
    key: str
    domain: str


def parse_address(text: str) -> Address:
    """Check an address, never repair it.

    >>> parse_address("Ann.Lee@Example.ORG")
    Address(wire='Ann.Lee@example.org', key='ann.lee@example.org', domain='example.org')

    Raises:
        InvalidAddressError: it cannot be mailed.
    """
    found = _ASCII_ADDRESS.fullmatch(text)
    if found is None:
        return _uncommon(text)
    local, domain = found.groups()
    domain = domain.lower()
    if len(local) > _LOCAL_LIMIT or len(local) + len(domain) >= _ADDRESS_LIMIT:
        raise InvalidAddressError(_length_reason(local))
    return Address(f"{local}@{domain}", f"{local.lower()}@{domain}", domain)


def _uncommon(text: str) -> Address:
    local, at, domain = text.rpartition("@")
    reason = _shape_reason(local, at, domain)
    if reason:
        raise InvalidAddressError(reason)
    local = unicodedata.normalize("NFC", local)
    if not all(_is_local_character(character) for character in local):
        raise InvalidAddressError("a character before the @ is not allowed")
    ascii_domain = _a_labels(domain)
    if _ASCII_ADDRESS.fullmatch(f"x@{ascii_domain}") is None or len(ascii_domain) > _DOMAIN_LIMIT:
        raise InvalidAddressError("what follows the @ is no domain name")
    octets = len(local.encode())
    if octets > _LOCAL_LIMIT or octets + len(ascii_domain) >= _ADDRESS_LIMIT:
        raise InvalidAddressError(_length_reason(local))
    key = unicodedata.normalize("NFC", local.lower())
    return Address(f"{local}@{ascii_domain}", f"{key}@{ascii_domain}", ascii_domain)


def _shape_reason(local: str, at: str, domain: str) -> str:  # noqa: PLR0911  # one answer a line
    if not at:
        return "there is no @"
    if not local or not domain:
        return f"nothing stands {'after' if local else 'before'} the @"
    if local.startswith('"'):
        return "quoted local parts are not mailed"
    if any(character.isspace() for character in local + domain):
        return "there is a space in it"
    if "@" in local:
        return "there is more than one @"
    if local.startswith(".") or local.endswith(".") or ".." in local:
        return "there is a misplaced dot before the @"
    if "." not in domain.strip("."):
        return "the domain has no dot"
    return ""


def _length_reason(local: str) -> str:
    too_long = len(local.encode()) > _LOCAL_LIMIT
    return f"more than {_LOCAL_LIMIT} octets before the @" if too_long else "longer than 254 octets"


def _is_local_character(character: str) -> bool:
    # Letters, marks and digits of any script; no invisible, directional or separating characters.
    if character.isascii():
        return character == "." or re.fullmatch(_ATOM, character) is not None
    return unicodedata.category(character)[0] in "LMN"


def _a_labels(domain: str) -> str:
    if domain.isascii():
        return domain.lower().removesuffix(".")
    import idna  # its tables are large, and most lists never need them

    try:
        return idna.encode(domain.removesuffix("."), uts46=True, transitional=False).decode("ascii").lower()
    except idna.IDNAError as error:
        raise InvalidAddressError("what follows the @ is no domain name") from error
