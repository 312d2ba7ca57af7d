"""Pictures and attachments that a letter carries along: checked, measured and named here.

A picture is either hosted (``url``) or embedded (``content``); its width and height are read from its own
first bytes, so that a mail program can leave room for it before it is shown. Nothing is fetched.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass

from digest.errors import InvalidInputError

__all__ = ["Attachment", "Picture", "embedded", "hosted"]

_EMBEDDED_LIMIT = 1024 * 1024  # octets: base64 makes a third more of it, in every single letter
_JPEG_SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of a story. Exactly one of ``url`` and ``content`` is set."""

    alt: str
    width: int
    height: int
    url: str | None = None
    content: bytes = b""
    media_type: str = ""

    @property
    def cid(self) -> str:
        """Name the embedded part: the same bytes have the same name."""
        return f"{hashlib.blake2b(self.content, digest_size=10).hexdigest()}@picture"

    @property
    def src(self) -> str:
        """Give what stands in ``src``."""
        return self.url or f"cid:{self.cid}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes along with every letter."""

    filename: str
    media_type: str
    content: bytes


def hosted(url: str, *, alt: str, width: int, height: int) -> Picture:
    """Make a picture that mail programs load from a server, when their reader allows it.

    Raises:
        InvalidInputError: the address is not https, or a side is not positive.
    """
    if not url.startswith("https://"):
        raise InvalidInputError("a hosted picture needs an https address", where=url)
    if min(width, height) < 1:
        raise InvalidInputError("a picture needs its width and height", where=url)
    return Picture(alt=alt, width=width, height=height, url=url)


def embedded(content: bytes, *, alt: str, where: str = "picture") -> Picture:
    """Make a picture that travels in the letter, measured from its own bytes.

    Raises:
        InvalidInputError: it is no PNG, JPEG or GIF, or larger than 1 MB.
    """
    if len(content) > _EMBEDDED_LIMIT:
        raise InvalidInputError(
            f"the picture has {len(content) // 1024} KB",
            where=where,
            hint="make it smaller than 1 MB, or host it",
        )
    found = _measured(content)
    if found is None or min(found[1:]) < 1:
        raise InvalidInputError(
            "not a PNG, JPEG or GIF", where=where, hint="convert the picture to one of them"
        )
    media_type, width, height = found
    return Picture(alt=alt, width=width, height=height, content=content, media_type=media_type)


def _measured(content: bytes) -> tuple[str, int, int] | None:
    if content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) >= 24:  # noqa: PLR2004  # signature and IHDR
        return ("image/png", *struct.unpack(">II", content[16:24]))
    if content[:6] in {b"GIF87a", b"GIF89a"} and len(content) >= 10:  # noqa: PLR2004  # header and screen size
        return ("image/gif", *struct.unpack("<HH", content[6:10]))
    if content[:3] == b"\xff\xd8\xff":
        return _jpeg(content)
    return None


def _jpeg(content: bytes) -> tuple[str, int, int] | None:
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:  # noqa: PLR2004  # every marker begins so
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        if marker in _JPEG_SIZES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return ("image/jpeg", width, height)
        at += 2 + max(2, length)
    return None
