"""Addresses: what may be mailed, and when two of them are one person."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Address", "InvalidAddressError", "parse_address"]


class InvalidAddressError(ValueError):
    """A text that is not an address; the message says why in a few words."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address as it goes on the wire, and the key under which it is one person.

    ``wire`` keeps the local part as it was written and has the domain as lower-case A-labels. ``key`` is the
    NFC, lower-case local part with that domain.
    """

    wire: str
    key: str
    domain: str


def parse_address(text: str) -> Address:
    """Check an address, never repair it.

    Raises:
        InvalidAddressError: it cannot be mailed.
    """
    raise NotImplementedError
