"""The bytes that go out for one parcel, or why it cannot go out at all.

What a server could misread is refused here, before a byte of it leaves: an address that would end the
command, a bare CR or LF (SMTP smuggling), content the server has said it does not take. Refusing is a Receipt
as the server would have given it, so that it is recorded and shown like any other.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from digest.model import Parcel, Receipt, Stage

__all__ = ["Extensions", "Transmission", "prepare"]

# Anything that could end the path or the command. Quoted local parts with a space fall under it: lists refuse
# them before (B12).
_UNSAFE = re.compile(r"[\x00-\x20\x7f<>\u0080-\u009f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extensions:
    """What EHLO offered, as far as sending needs it. ``size``: octets, None without a limit."""

    pipelining: bool = False
    eight_bit: bool = False
    utf8: bool = False
    size_offered: bool = False
    size: int | None = None

    @classmethod
    def of(cls, offered: Mapping[str, str]) -> Extensions:
        """Read the keywords (lower case) and parameters of an EHLO reply."""
        limit = offered.get("size", "").strip()
        # SIZE 0 and SIZE without a number say that there is no fixed limit (RFC 1870 4).
        return cls(
            pipelining="pipelining" in offered,
            eight_bit="8bitmime" in offered,
            utf8="smtputf8" in offered,
            size_offered="size" in offered,
            size=int(limit)
            if limit.isascii() and limit.isdigit() and len(limit) < 20 and int(limit)
            else None,
        )


class Transmission(NamedTuple):
    """A parcel as the wire wants it: commands with their line ends, content ready for its final dot.

    ``signature``, where letters are signed, gives the header fields that go before the content.
    """

    parcel: Parcel
    mail: bytes
    rcpt: bytes
    content: bytes
    signature: asyncio.Future[bytes] | None = None


def prepare(  # noqa: PLR0911  # one return a reason: a list to read down
    parcel: Parcel, extensions: Extensions, *, growth: int = 0
) -> Transmission | Receipt:
    """Make the bytes for a parcel, or the receipt that says why there are none.

    ``growth``: how many bytes a signature will add.
    """
    sender, recipient = parcel.envelope.sender, parcel.envelope.recipient
    message = parcel.message
    size = len(message) + growth
    if _UNSAFE.search(sender):
        return Receipt(Stage.MAIL, 553, "the sender is no address for a command; not sent", "5.1.7")
    if not recipient or _UNSAFE.search(recipient):
        return Receipt(Stage.RCPT, 553, "this is no address for a command; not sent", "5.1.3")
    if extensions.size is not None and size > extensions.size:
        what = f"the letter has {size} bytes, the server takes {extensions.size}; not sent"
        return Receipt(Stage.MAIL, 552, what, "5.3.4")
    if not (parcel.is_proper or _has_proper_lines(message)):
        return Receipt(Stage.DATA, 554, "the letter has a line that does not end in CR LF; not sent", "5.6.0")
    options = f" SIZE={size}" if extensions.size_offered else ""
    if not (sender.isascii() and recipient.isascii()):
        if not extensions.utf8:
            return Receipt(Stage.RCPT, 553, "the server takes no address outside ASCII; not sent", "5.6.7")
        options += " SMTPUTF8"
    if not (parcel.is_proper or message.isascii()):
        if not extensions.eight_bit:
            return Receipt(Stage.DATA, 554, "the server takes no 8-bit letters; not sent", "5.6.3")
        options += " BODY=8BITMIME"
    if not parcel.is_proper and (message.startswith(b".") or b"\n." in message):
        # Letters from composing never need it; others may (RFC 5321 4.5.2).
        message = (b"." if message.startswith(b".") else b"") + message.replace(b"\n.", b"\n..")
    return Transmission(
        parcel, f"MAIL FROM:<{sender}>{options}\r\n".encode(), f"RCPT TO:<{recipient}>\r\n".encode(), message
    )


def _has_proper_lines(message: bytes) -> bool:
    # Equal numbers of CR, LF and CR LF: every one of them is part of a pair. Three C searches; a regular
    # expression over the letter takes about ten times as long.
    pairs = message.count(b"\r\n")
    return message.endswith(b"\r\n") and pairs == message.count(b"\n") and pairs == message.count(b"\r")
