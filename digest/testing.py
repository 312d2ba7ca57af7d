"""Pytest fixtures for those who test what they send: a debug inbox and a transport that keeps letters.

Name them in ``conftest.py`` (``from digest.testing import inbox``). They need pytest and nothing else: the
inbox lives in a thread with a loop of its own, so that tests with and without asyncio can send to it::

    def test_my_mailing(inbox):
        my_mailing(inbox.smtp_url)
        [mail] = inbox.wait_for(1)
        assert mail.summary.subject == "Tide tables"
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import pytest

from digest.web.chaos import Chaos
from digest.web.inbox import Inbox, InboxAddresses
from digest.web.mailbox import Received

if TYPE_CHECKING:
    from digest.smtp.memory import MemoryTransport

__all__ = ["RunningInbox", "inbox", "memory", "open_inbox"]

# A mail that is not there after so long never comes: everything is on loopback.
PATIENCE_SECONDS = 10.0
Given = TypeVar("Given")


class RunningInbox:
    """A debug inbox in a thread of its own; its methods may be called from any thread."""

    def __init__(self, opened: Inbox, loop: asyncio.AbstractEventLoop) -> None:
        self._opened = opened
        self._loop = loop

    @property
    def addresses(self) -> InboxAddresses:
        """Where it listens."""
        return self._opened.addresses

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
        """The mails kept so far, in order of arrival."""

        async def look() -> Sequence[Received]:
            return self._opened.messages

        return _run(look(), self._loop)

    def wait_for(self, count: int, *, timeout_seconds: float = PATIENCE_SECONDS) -> Sequence[Received]:
        """Wait until ``count`` mails have come in all, and give those kept.

        Raises:
            TimeoutError: fewer came; the message says how many.
        """

        async def wait() -> Sequence[Received]:
            try:
                return await asyncio.wait_for(self._opened.received(count), timeout_seconds)
            except TimeoutError:
                came = self._opened.received_count
                raise TimeoutError(f"{came} of {count} mails came within {timeout_seconds} s") from None

        return _run(wait(), self._loop)

    def clear(self) -> None:
        """Forget all mails; the count that ``wait_for`` goes by goes on."""

        async def forget() -> None:
            self._opened.clear()

        _run(forget(), self._loop)


def _run(work: Coroutine[None, None, Given], loop: asyncio.AbstractEventLoop) -> Given:
    return asyncio.run_coroutine_threadsafe(work, loop).result()


@contextmanager
def open_inbox(*, keep: int = 2000, chaos: Chaos | None = None) -> Iterator[RunningInbox]:
    """Open a debug inbox on free ports of loopback, in a thread of its own; ``chaos`` makes it misbehave."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="digest-inbox", daemon=True)
    thread.start()

    async def opening() -> Inbox:
        return await Inbox(smtp_port=0, web_port=0, keep=keep, chaos=chaos).__aenter__()

    try:
        opened = _run(opening(), loop)
        try:
            yield RunningInbox(opened, loop)
        finally:
            _run(opened.__aexit__(None, None, None), loop)
            _run(loop.shutdown_asyncgens(), loop)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture
def inbox() -> Iterator[RunningInbox]:
    """An open debug inbox on free ports of loopback."""
    with open_inbox() as opened:
        yield opened


@pytest.fixture
def memory() -> MemoryTransport:
    """A transport that keeps what it is given, in ``parcels``: nothing leaves the process."""
    from digest.smtp.memory import MemoryTransport

    return MemoryTransport()
