"""What travels with a letter: lead pictures brought from their addresses, and attached files.

A picture is a courtesy: one that cannot be had, is no picture, or is too large or too small is left out, and
a note says so; the letter is complete without it. An attachment was asked for by name: one that cannot be had
stops the mailing. Both are read once, before an edition is frozen; resuming it reads nothing.

Pictures are fetched by the reading room, so the same addresses are refused as for articles.
"""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from digest.errors import DigestError, InputMissingError, InvalidInputError
from digest.model import Digest

if TYPE_CHECKING:
    from digest.composing import Attachment, Picture
    from digest.reading import ReadingOptions

__all__ = ["attached_files", "lead_pictures"]

_SECONDS: Final = 10.0  # for one picture: a letter is not held up for what it does without
_PICTURE_OCTETS: Final = 1_000_000  # what `embedded` takes; more is not even downloaded
_ALL_OCTETS: Final = 1_500_000  # of one letter's pictures: every subscriber's copy carries them
_SMALLEST: Final = 200  # px: below that it is an icon or a counting pixel, not a lead picture
_LARGEST: Final = 6_000  # px: what a phone can still decode without stumbling
_ATTACHED_OCTETS: Final = 7_000_000  # of all files: base64 makes 10 MB of it, what the smallest servers take


async def lead_pictures(
    digests: Sequence[Digest], *, way: str, options: ReadingOptions
) -> tuple[dict[str, Picture], tuple[str, ...]]:
    """Bring the lead pictures of stories, by address, and say which are left out and why.

    ``way`` is how they travel: ``embedded`` in the letter, or ``hosted`` where they are.
    """
    addresses = list(dict.fromkeys(digest.article.image for digest in digests if digest.article.image))
    limited = replace(
        options, wants_picture=True, max_bytes=_PICTURE_OCTETS, deadline_seconds=_SECONDS, encoding=None
    )
    brought = await asyncio.gather(*(_brought(address, way, limited) for address in addresses))
    pictures: dict[str, Picture] = {}
    notes: list[str] = []
    carried = 0
    for address, found in zip(addresses, brought, strict=True):
        if isinstance(found, str):
            notes.append(f"the picture {address[:200]} is left out: {found}")
        elif carried + len(found.content) > _ALL_OCTETS:
            notes.append(f"the picture {address[:200]} is left out: the letter carries enough of them")
        else:
            carried += len(found.content)
            pictures[address] = found
    return pictures, tuple(notes)


async def _brought(address: str, way: str, options: ReadingOptions) -> Picture | str:
    """Give a picture, or why there is none."""
    from digest.composing import embedded, hosted
    from digest.reading.fetching import fetch

    try:
        content = (await fetch(address, options=options)).content
        # What it shows is not known here; the headline beside it says what the story is, and a screen reader
        # gains nothing from hearing that twice: decoration, so an empty alt (HTML standard 4.8.4.4.8).
        picture = embedded(content, alt="", where=address)
        if min(picture.width, picture.height) < _SMALLEST or max(picture.width, picture.height) > _LARGEST:
            return f"it measures {picture.width} x {picture.height}"
        if way == "hosted":
            return hosted(address, alt="", width=picture.width, height=picture.height)
    except DigestError as error:
        return error.what
    return picture


def attached_files(paths: Sequence[str]) -> tuple[Attachment, ...]:
    """Read the files that go along with every letter; their types are told by their names.

    Raises:
        InputMissingError: one is not there, or cannot be read.
        InvalidInputError: together they are too large.
    """
    from digest.composing import Attachment

    attachments = []
    left = _ATTACHED_OCTETS
    for name in paths:
        content = _read(Path(name), left)
        left -= len(content)
        attachments.append(
            Attachment(filename=Path(name).name, media_type=_media_type(name), content=content)
        )
    return tuple(attachments)


def _read(path: Path, left: int) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(left + 1)
    except OSError as error:
        raise InputMissingError(
            f"the attachment cannot be read: {error.strerror}", where=str(path), hint="check --attach"
        ) from error
    if len(content) > left:
        raise InvalidInputError(
            f"the attachments have more than {_ATTACHED_OCTETS / 1e6:g} MB",
            where=str(path),
            hint="put it on the web and link to it: every subscriber's letter would carry it",
        )
    return content


def _media_type(name: str) -> str:
    kind, compression = mimetypes.guess_type(name, strict=True)
    # base64, which we always use, is forbidden for these two (RFC 2046 5.1, 5.2.1).
    if kind is None or compression or kind.startswith(("message/", "multipart/")):
        return "application/octet-stream"
    return kind
