"""Quoted-printable that can be cut: every piece stands between two soft breaks, whatever its neighbours hold.

A static piece of a letter is encoded once for all subscribers, so its encoding may not depend on the value
beside it. Therefore no line of a piece is longer than 75 columns (the soft break needs the 76th), none ends
in white space, and none begins with a dot (written ``=2E``): SMTP's dot-stuffing (RFC 5321 4.5.2) has nothing
to do by construction.

Source: RFC 2045 6.7. Two earlier splicers failed a property test (79 columns; a wrap that moved a dot to the
start of a line): ``tests/property/test_composing_quoted.py`` is the reason to trust this one.
"""

from __future__ import annotations

import re

__all__ = ["SOFT_BREAK", "quoted"]

SOFT_BREAK = b"=\r\n"
_COLUMNS = 75
# Most names, towns and addresses: nothing to escape, fits a line, ends visibly, begins with no dot.
_PLAIN = re.compile(r"(?!From )[!-<>-~]?(?:[ -<>-~]{0,72}[!-<>-~])?")
_SAFE = {octet: bytes([octet]) for octet in range(32, 127) if octet != ord("=")} | {9: b"\t"}
_OCTETS = [_SAFE.get(octet, b"=%02X" % octet) for octet in range(256)]
_MARKED = frozenset({b".", b"F"})  # a line may not begin with a dot, nor with "From "
_WHITE = {b" ": b"=20", b"\t": b"=09"}


def quoted(text: str) -> bytes:
    """Encode text (LF between lines) so that it may stand between two soft breaks.

    >>> quoted("Zoë")
    b'Zo=C3=AB'
    """
    if text.isascii() and text[:1] != "." and _PLAIN.fullmatch(text):
        return text.encode()
    return b"\r\n".join(map(_line, text.encode().split(b"\n")))


def _line(octets: bytes) -> bytes:
    whole = b"".join([_OCTETS[octet] for octet in octets])
    if len(whole) <= _COLUMNS and whole[-1:] not in _WHITE and whole[:1] not in _MARKED:
        return whole
    lines: list[bytes] = []
    tokens: list[bytes] = []
    width = 0
    for octet in octets:
        token = _OCTETS[octet]
        if width + len(token) > _COLUMNS:
            lines.append(b"".join(tokens))
            tokens, width = [], 0
        if not tokens and token == b".":
            token = b"=2E"
        tokens.append(token)
        width += len(token)
    if (
        tokens and tokens[-1] in _WHITE
    ):  # white space at the end of a line is lost on the way (RFC 2045 6.7 (3))
        last = _WHITE[tokens.pop()]
        if width + 2 > _COLUMNS:
            lines.append(b"".join(tokens))
            tokens = []
        tokens.append(last)
    if not lines and b"".join(tokens[:5]) == b"From ":
        tokens[0] = b"=46"  # mbox files quote such a line and break signatures
        if width + 2 > _COLUMNS:
            return SOFT_BREAK.join((b"".join(tokens[:5]), b"".join(tokens[5:])))
    lines.append(b"".join(tokens))
    return SOFT_BREAK.join(lines)
