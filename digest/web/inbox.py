"""The debug inbox: an SMTP server and a page on loopback that show what Digest would have sent.

It takes every mail for every recipient, keeps it in memory, and forwards nothing. Its EHLO announces
``X-DIGEST-INBOX <token>``, so that Digest keeps deliveries to it apart from real ones (a rehearsal).
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from digest.web.chaos import At, Chaos, Fault
from digest.web.inbox_pages import inbox_routes
from digest.web.mailbox import Mailbox, Received
from digest.web.serving import WebServer, bind_loopback
from digest.web.smtp_door import open_door

__all__ = ["Inbox", "InboxAddresses", "InboxOptions", "serve_inbox"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxOptions:
    """How a debug inbox is opened. Port 0 takes a free one; ``keep`` is the number of mails it keeps."""

    smtp_port: int = 1025
    web_port: int = 8025
    host: str = "127.0.0.1"
    keep: int = 2000
    chaos: Chaos | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxAddresses:
    """Where an open inbox listens."""

    host: str
    smtp_port: int
    web_port: int
    token: str = field(repr=False)

    @property
    def smtp_url(self) -> str:
        """What ``--smtp`` takes."""
        return f"smtp://{_in_url(self.host)}:{self.smtp_port}"

    @property
    def web_url(self) -> str:
        """What a browser opens."""
        return f"http://{_in_url(self.host)}:{self.web_port}/"


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


class Inbox:
    """An open debug inbox, as an async context manager inside the caller's event loop.

    ::

        async with Inbox(smtp_port=0, web_port=0) as inbox:
            ...  # send to inbox.smtp_url
            mails = inbox.messages
    """

    def __init__(
        self,
        *,
        smtp_port: int = 1025,
        web_port: int = 8025,
        host: str = "127.0.0.1",
        keep: int = 2000,
        chaos: Chaos | None = None,
    ) -> None:
        self._options = InboxOptions(
            smtp_port=smtp_port, web_port=web_port, host=host, keep=keep, chaos=chaos
        )
        self._attempts: Counter[tuple[At, str]] = Counter()
        self._mailbox = Mailbox(keep=keep, now=time.time)
        self._addresses: InboxAddresses | None = None
        self._open = AsyncExitStack()
        self.token = secrets.token_hex(8)

    @property
    def addresses(self) -> InboxAddresses:
        """Where it listens; only while it is open."""
        if self._addresses is None:
            raise RuntimeError("the inbox is not open")
        return self._addresses

    @property
    def smtp_port(self) -> int:
        """The port of its SMTP server."""
        return self.addresses.smtp_port

    @property
    def smtp_url(self) -> str:
        """What ``--smtp`` takes."""
        return self.addresses.smtp_url

    @property
    def web_url(self) -> str:
        """What a browser opens."""
        return self.addresses.web_url

    @property
    def messages(self) -> Sequence[Received]:
        """The mails kept, in order of arrival."""
        return tuple(self._mailbox)

    @property
    def received_count(self) -> int:
        """How many mails ever came, kept or not."""
        return self._mailbox.received

    def clear(self) -> None:
        """Forget all mails; the count goes on."""
        self._mailbox.clear()

    async def received(self, count: int) -> Sequence[Received]:
        """Wait until ``count`` mails have come in all; give those kept."""
        version = -1
        while self._mailbox.received < count:
            version = await self._mailbox.changed_since(version)
        return self.messages

    async def __aenter__(self) -> Self:
        options = self._options
        async with AsyncExitStack() as opening:
            smtp = bind_loopback(options.host, options.smtp_port, "the inbox's SMTP server")
            opening.callback(smtp.close)
            smtp_port = int(smtp.getsockname()[1])
            http = bind_loopback(options.host, options.web_port, "the inbox's page")
            opening.callback(http.close)
            door = await open_door(smtp, token=self.token, take=self._take, strike=self._strike)
            opening.push_async_callback(door.close)
            routes = inbox_routes(self._mailbox, smtp_address=f"{options.host}:{smtp_port}")
            web = await opening.enter_async_context(WebServer(routes, http))
            self._addresses = InboxAddresses(
                host=options.host, smtp_port=smtp_port, web_port=web.port, token=self.token
            )
            self._open = opening.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._addresses = None
        await self._open.__aexit__(kind, error, traceback)

    def _take(self, sender: str, recipients: tuple[str, ...], content: bytes) -> int:
        return self._mailbox.add(sender, recipients, content=content).id

    def _strike(self, at: At, address: str) -> tuple[Fault, bool] | None:
        if self._options.chaos is None:
            return None
        self._attempts[at, address] += 1
        return self._options.chaos.strikes(at, address, self._attempts[at, address])


async def serve_inbox(  # noqa: PLR0913 - keyword-only, each with a default
    *,
    smtp_port: int = 1025,
    web_port: int = 8025,
    host: str = "127.0.0.1",
    keep: int = 2000,
    chaos: Chaos | None = None,
    ready: Callable[[InboxAddresses], None] | None = None,
    stop: asyncio.Event | None = None,
) -> None:
    """Open a debug inbox and serve it until ``stop`` is set or the task is cancelled.

    ``chaos`` makes it misbehave, to try a sender against (``digest.web.chaos.parse_chaos``).

    Raises:
        ConfigurationError: ``host`` is not loopback: whoever reaches the inbox can read every mail.
        TryAgainError: a port is in use.
    """
    async with Inbox(smtp_port=smtp_port, web_port=web_port, host=host, keep=keep, chaos=chaos) as inbox:
        if ready is not None:
            ready(inbox.addresses)
        await (stop or asyncio.Event()).wait()
