"""Editions frozen at their first real send: what resuming sends, whatever happened to its sources since."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["EditionSummary", "FrozenEdition"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenEdition:
    """An edition as it is mailed: ``content`` is its JSON text, ``letter`` the compiled Letter's bytes.

    ``created`` is in seconds since the epoch. ``list_name`` is the list it was first sent to.
    """

    id: str
    subject: str
    theme: str
    content: str
    letter: bytes
    created: float
    list_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionSummary:
    """One line about an edition: enough to choose from, without its content.

    ``is_open`` while somebody is planned or deferred (held in doubt does not keep it open).
    """

    id: str
    subject: str
    theme: str
    created: float
    list_name: str
    is_open: bool
