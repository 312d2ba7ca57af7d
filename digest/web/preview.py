"""The preview: a page an editor keeps open while the letter takes shape.

``serve_preview`` asks its ``rebuild`` for a Preview, shows it at several widths and in both colour schemes,
watches files and folders, and asks again when one of them changed. A build that fails shows its error in the
page, over the last letter that worked. Nothing is sent and nothing is written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from digest.model import Digest

__all__ = ["Preview", "Remark", "serve_preview"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One finding about the letter, shown beside it."""

    level: Literal["error", "warning"]
    rule: str
    text: str
    where: str = ""
    hint: str = ""


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


async def serve_preview(  # noqa: PLR0913 - keyword-only, each with a default
    *,
    rebuild: Callable[[str | None], Awaitable[Preview]],
    watch: Sequence[Path] = (),
    port: int = 8026,
    host: str = "127.0.0.1",
    ready: Callable[[str], None] | None = None,
    stop: asyncio.Event | None = None,
) -> None:
    """Serve the preview page until ``stop`` is set or the task is cancelled.

    ``rebuild`` is called with the address of a subscriber chosen in the page, or None for the default one.
    ``watch`` are files and folders; a change in them builds again. ``port`` 0 takes a free one. ``ready``
    is called once with the page's address.

    Raises:
        ConfigurationError: ``host`` is not loopback.
        TryAgainError: the port is in use.
    """
    raise NotImplementedError
