"""What the preview page shows: the letter as built last, for whom, and what went wrong.

State: ``version`` counts the builds. A Preview is kept per subscriber until the next change; after a failed
build the last good one stays, with the error beside it. Used from one event loop only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from digest.errors import DigestError
from digest.model import Digest
from digest.web.remark import Remark

__all__ = ["Built", "Desk", "Preview", "Rebuild", "Remark"]

# Switching to and fro between subscribers shall be quick; a list of thousands need not be kept.
PREVIEWS_KEPT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A letter as one subscriber would get it, and what it was made from.

    ``message`` is the complete .eml, ``html`` and ``text`` its two parts, decoded. ``subscriber`` is the
    address it was filled for, ``subscribers`` are addresses the page offers to switch to.
    """

    subject: str
    preheader: str
    html: str
    text: str
    message: bytes
    sender: str = ""
    subscriber: str = ""
    subscribers: Sequence[str] = ()
    digests: Sequence[Digest] = ()
    remarks: Sequence[Remark] = ()


Rebuild: TypeAlias = Callable[[str | None], Awaitable[Preview]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """The outcome of a build: a preview, or an error and the last preview that worked."""

    version: int
    preview: Preview | None
    error: DigestError | None


class Desk:
    """The letter as built last, per subscriber, and who waits for the next build."""

    def __init__(self, rebuild: Rebuild) -> None:
        self._rebuild = rebuild
        self._built: dict[str | None, Built] = {}
        self._last_good: Preview | None = None
        self._building = asyncio.Lock()
        self._renewed = asyncio.Event()
        self.version = 1

    async def preview(self, subscriber: str | None) -> Built:
        """Give the letter as this subscriber would get it, built again only after a change."""
        # One build at a time: they share the theme's files and the processor.
        async with self._building:
            kept = self._built.get(subscriber)
            if kept is not None and kept.version == self.version:
                return kept
            version = self.version
            try:
                self._last_good = await self._rebuild(subscriber)
                built = Built(version=version, preview=self._last_good, error=None)
            except DigestError as error:
                built = Built(version=version, preview=self._last_good, error=error)
            while len(self._built) >= PREVIEWS_KEPT:
                self._built.pop(next(iter(self._built)))
            self._built[subscriber] = built
            return built

    async def renew(self) -> None:
        """Take note of a change: what was built is old, and those who wait are told."""
        self.version += 1
        self._renewed.set()
        self._renewed = asyncio.Event()

    async def renewed_since(self, version: int) -> int:
        """Wait until there is something newer than ``version``; the number is its version."""
        while self.version == version:
            await self._renewed.wait()
        return self.version
