"""Read what a person names: one source into one article, or every SOURCE of a command in order."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from digest.errors import DigestError
from digest.model import Article, Digest, Source
from digest.reading.options import ReadingOptions

__all__ = ["Collected", "collect", "read"]


@dataclass(frozen=True, slots=True)
class Collected:
    """One item of what was asked for: its article, its (edited) digest, or why there is none.

    ``name`` is what messages call it. ``entry`` is the item's stable id, None for an error.
    """

    name: str
    content: Article | Digest | DigestError
    entry: str | None = None


async def read(
    source: str | os.PathLike[str] | Source, *, options: ReadingOptions = ReadingOptions()
) -> Article:
    """Read one source into one article.

    Raises:
        InputMissingError: there is no such file or address.
        NothingToCondenseError: there is no article in it: empty, a menu, a login page.
        InvalidInputError: it is binary, or holds several articles (a feed, a folder): use ``collect``.
        TryAgainError: the server did not answer now.
    """
    raise NotImplementedError


async def collect(
    names: Sequence[str], *, options: ReadingOptions = ReadingOptions(), stdin: bytes | None = None
) -> list[Collected]:
    """Read every SOURCE in order, each expanded to its items; a failing one leaves its error in its place."""
    raise NotImplementedError
