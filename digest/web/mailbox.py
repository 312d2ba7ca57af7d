"""What the debug inbox keeps: the mails it received, newest last, and who waits for the next one.

Mails live in memory only. Old ones make room for new ones, by number and by bytes, so that a mailing of
any size can be rehearsed; how many ever came is counted. This module knows neither SMTP nor HTTP.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from digest.web.mail import Summary, summarise

__all__ = ["Mailbox", "Received"]

# 2,000 letters of 100 KB are 200 MB: a laptop shall survive a rehearsal with heavy images too.
BYTES_KEPT = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One mail as it came in: its envelope, its bytes (dots already undoubled), and when (epoch seconds).

    ``id`` counts from 1 in the order of arrival and is never used again.
    """

    id: int
    sender: str
    recipients: tuple[str, ...]
    content: bytes
    at: float
    summary: Summary


class Mailbox:
    """The mails kept, in order of arrival. Used from one event loop only."""

    def __init__(self, *, keep: int, keep_bytes: int = BYTES_KEPT, now: Callable[[], float]) -> None:
        self._mails: OrderedDict[int, Received] = OrderedDict()
        self._keep = keep
        self._keep_bytes = keep_bytes
        self._bytes = 0
        self._now = now
        self._changed = asyncio.Event()
        self.received = 0
        self.version = 0

    def __iter__(self) -> Iterator[Received]:
        return iter(self._mails.values())

    def __len__(self) -> int:
        return len(self._mails)

    def get(self, mail_id: int) -> Received | None:
        """Look a kept mail up."""
        return self._mails.get(mail_id)

    def add(self, sender: str, recipients: tuple[str, ...], *, content: bytes) -> Received:
        """Keep a mail that just came in, and let the oldest ones go where there is no room."""
        self.received += 1
        mail = Received(
            id=self.received,
            sender=sender,
            recipients=recipients,
            content=content,
            at=self._now(),
            summary=summarise(content),
        )
        self._mails[mail.id] = mail
        self._bytes += len(content)
        while len(self._mails) > max(1, self._keep) or (
            self._bytes > self._keep_bytes and len(self._mails) > 1
        ):
            _, oldest = self._mails.popitem(last=False)
            self._bytes -= len(oldest.content)
        self._announce()
        return mail

    def remove(self, mail_id: int) -> bool:
        """Let one mail go; False when it was not there."""
        mail = self._mails.pop(mail_id, None)
        if mail is None:
            return False
        self._bytes -= len(mail.content)
        self._announce()
        return True

    def clear(self) -> int:
        """Let all mails go; the number says how many there were."""
        gone = len(self._mails)
        self._mails.clear()
        self._bytes = 0
        self._announce()
        return gone

    async def changed_since(self, version: int) -> int:
        """Wait until the mailbox differs from the one of ``version``; the number is the new version."""
        while self.version == version:
            await self._changed.wait()
        return self.version

    def _announce(self) -> None:
        self.version += 1
        # Those who wait hold the old event: set it for them, and give a fresh one to those who come later.
        self._changed.set()
        self._changed = asyncio.Event()
