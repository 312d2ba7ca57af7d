"""Replies of a server, from bytes as they come: no sockets here.

``ReplyReader.feed`` takes what arrived and appends the replies that are complete. What was said is kept up to a
limit and escaped, since it ends in terminals, logs and the ledger. Bytes that cannot begin a reply raise
``GarbageError``: after that nothing on the connection can be matched to a command any more.

Source: RFC 5321 4.2 (replies), RFC 2034 and 3463 (enhanced codes).
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from digest.model import Receipt, Stage

__all__ = ["GarbageError", "Reply", "ReplyReader", "escape", "receipt"]

# RFC 5321 4.5.3.1.5 allows 512 octets a line. What a person can use of it is cut to 200 characters anyway; the
# rest is read and dropped, since a long-winded server that accepted the letter has accepted it.
KEPT_LINE_BYTES = 1024
KEPT_LINES = 64
# Where reading on is no longer patience: a server that talks without end (S7).
LARGEST_REPLY_BYTES = 1024 * 1024
SHOWN_CHARACTERS = 200

_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?=[ \t]|$)")
_ONE_LINE = re.compile(rb"([1-5][0-9][0-9]) ([^\r]{0,512})\r*")


class GarbageError(Exception):
    """The server sent something that is no reply. ``seen`` is escaped."""

    def __init__(self, seen: str) -> None:
        super().__init__(seen)
        self.seen = seen


class Reply(NamedTuple):
    """One complete reply: code, and its lines without their codes, as bytes."""

    code: int
    lines: tuple[bytes, ...]

    @property
    def text(self) -> str:
        """What was said, escaped and cut, without the enhanced code's repetition on every line."""
        return escape(b" ".join(self.lines))

    @property
    def enhanced(self) -> str | None:
        """The RFC 3463 code, if one is given whose class agrees with the reply's."""
        found = _ENHANCED.match(self.lines[0].decode("ascii", "replace")) if self.lines else None
        return found[0] if found and int(found[1]) == self.code // 100 else None


@functools.lru_cache(maxsize=256)
def receipt(stage: Stage, reply: Reply) -> Receipt:
    """Set a reply down as a receipt."""
    return Receipt(stage, reply.code, reply.text, reply.enhanced)


def escape(said: bytes) -> str:
    r"""Give bytes of a stranger as text that is safe to print: no control character, at most 200 characters.

    UTF-8 is understood (RFC 6531 servers may answer in it); what is neither that nor printable is shown as
    ``\\x1b``.
    """
    # Every byte yields at least a quarter of a character: more than this cannot be shown.
    text = said[: 4 * SHOWN_CHARACTERS].decode("utf-8", "backslashreplace").strip()
    if not text.isprintable():
        text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


@functools.lru_cache(maxsize=256)  # servers say the same few things to every letter
def _whole_reply(line: bytes) -> Reply | None:
    """Give the reply that is this one line, without its LF; None where it takes a closer look."""
    found = _ONE_LINE.fullmatch(line)
    return Reply(int(found[1]), (found[2],)) if found else None


class ReplyReader:
    """Puts replies together from bytes in whatever portions they come."""

    def __init__(self) -> None:
        self._partial = b""
        self._lines: list[bytes] = []
        self._code = 0
        self._size = 0

    @property
    def is_between_replies(self) -> bool:
        """No part of a reply is waiting for its rest."""
        return not self._partial and not self._lines

    def feed(self, arrived: bytes, replies: list[Reply]) -> None:
        """Take bytes, append the replies they complete: also those that stand before garbage.

        Raises:
            GarbageError: a line is no reply line, a reply mixes classes, or a reply has no end.
        """
        lines = (self._partial + arrived if self._partial else arrived).split(b"\n")
        self._partial = lines.pop()
        for line in lines:
            whole = None if self._lines else _whole_reply(line)
            if whole is not None:
                replies.append(whole)
            else:
                self._line(line, replies)
        if len(self._partial) > KEPT_LINE_BYTES:
            self._size += len(self._partial) - KEPT_LINE_BYTES
            self._partial = self._partial[:KEPT_LINE_BYTES]
            if self._size > LARGEST_REPLY_BYTES:
                raise GarbageError(
                    f"a reply of more than {LARGEST_REPLY_BYTES} bytes: {escape(self._partial)}"
                )

    def _line(self, line: bytes, replies: list[Reply]) -> None:
        digits = line[:3]
        mark = line[3:4]
        if len(digits) != 3 or not digits.isdigit() or mark not in b" -\r\t" or not b"1" <= digits < b"6":
            raise GarbageError(escape(line))
        code = int(digits)
        self._size += len(line)
        if self._lines and code // 100 != self._code // 100:
            # Two classes in one reply: whichever one is believed may be the wrong one.
            raise GarbageError(escape(line))
        if self._size > LARGEST_REPLY_BYTES:
            raise GarbageError(f"a reply of more than {LARGEST_REPLY_BYTES} bytes: {escape(line)}")
        self._code = code
        if len(self._lines) < KEPT_LINES or mark != b"-":
            self._lines.append(line[4:KEPT_LINE_BYTES].rstrip(b"\r"))
        if mark != b"-":
            replies.append(Reply(code, tuple(self._lines)))
            self._lines.clear()
            self._size = 0
