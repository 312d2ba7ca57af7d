"""A received mail taken apart for people: what the list shows, its parts, its headers.

Bytes in, plain values out. Whatever a mail holds, taking it apart does not fail: a broken header is shown
as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Summary", "summarise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a list of mails shows of one."""

    subject: str
    sender: str
    to: str
    message_id: str


def summarise(content: bytes) -> Summary:
    """Read the few headers that a list shows."""
    raise NotImplementedError
