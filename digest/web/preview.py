"""The preview: a page an editor keeps open while the letter takes shape.

``serve_preview`` asks its ``rebuild`` for a Preview, shows it at several widths and in both colour schemes,
watches files and folders, and asks again when one of them changed. A build that fails shows its error in the
page, over the last letter that worked. Nothing is sent and nothing is written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from digest.web.desk import Desk, Preview, Rebuild
from digest.web.preview_pages import preview_routes
from digest.web.remark import Remark
from digest.web.serving import WebServer, bind_loopback
from digest.web.watching import Fingerprint, fingerprint

__all__ = ["Preview", "Remark", "serve_preview"]

LOOK_SECONDS = 0.3


async def serve_preview(  # noqa: PLR0913 - keyword-only, each with a default
    *,
    rebuild: Rebuild,
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
    seen = fingerprint(watch)  # before the first build: what changes while it lasts counts as a change
    desk = Desk(rebuild)
    await desk.preview(None)
    listening = bind_loopback(host, port, "the preview page")
    async with WebServer(preview_routes(desk), listening) as server:
        if ready is not None:
            ready(f"http://{host}:{server.port}/")
        watching = asyncio.create_task(_watch(desk, watch, seen))
        stopping = asyncio.create_task((stop or asyncio.Event()).wait())
        try:
            await asyncio.wait({watching, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if watching.done():
                await watching  # it ends by a bug only: that one keeps its traceback
        finally:
            watching.cancel()
            stopping.cancel()


async def _watch(desk: Desk, paths: Sequence[Path], seen: Fingerprint) -> None:
    # Asking the file system is enough for a handful of files, and works on network folders and in containers,
    # where notifications do not arrive.
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        now = fingerprint(paths)
        if now != seen:
            seen = now
            await desk.renew()
