"""A finished message read back as its parts, by Python's own parser: what preview and lint look at."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

__all__ = ["parsed", "parts_of"]


def parsed(message: bytes) -> EmailMessage:
    """Parse a message."""
    return email.message_from_bytes(message, policy=email.policy.default)


def parts_of(message: bytes) -> tuple[str, str]:
    """Give the text part and the page of a message; empty where it has none. Lines end in LF."""
    whole = parsed(message)
    found = []
    for kind in ("plain", "html"):
        part = next((part for part in whole.walk() if part.get_content_type() == f"text/{kind}"), None)
        payload = part.get_payload(decode=True) if part is not None else b""
        text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
        found.append(text.replace("\r\n", "\n"))
    return found[0], found[1]
