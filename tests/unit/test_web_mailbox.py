"""What the debug inbox keeps, lets go, and tells."""

from __future__ import annotations

import asyncio

from digest.web.mailbox import Mailbox


def mailbox(keep: int = 3, keep_bytes: int = 10_000) -> Mailbox:
    return Mailbox(keep=keep, keep_bytes=keep_bytes, now=lambda: 1_700_000_000.0)


def arrive(box: Mailbox, count: int, size: int = 20) -> None:
    for number in range(count):
        content = f"Subject: {number}\r\n\r\n".encode().ljust(size, b".")
        box.add("a@example.org", ("b@example.org",), content=content)


async def test_the_oldest_go_when_there_is_no_room() -> None:
    """The newest are kept, all are counted, and a number is never used twice."""
    box = mailbox(keep=3)
    arrive(box, 5)
    assert [mail.id for mail in box] == [3, 4, 5]
    assert box.received == 5
    box.remove(5)
    arrive(box, 1)
    assert [mail.id for mail in box] == [3, 4, 6]


async def test_room_is_counted_in_bytes_too() -> None:
    """Heavy mails make old ones go; the last one stays however heavy it is."""
    box = mailbox(keep=100, keep_bytes=1000)
    arrive(box, 3, size=400)
    assert [mail.id for mail in box] == [2, 3]
    arrive(box, 1, size=5000)
    assert [mail.id for mail in box] == [4]
    assert box.clear() == 1
    arrive(box, 2, size=400)
    assert len(box) == 2


async def test_who_waits_is_told_of_each_change() -> None:
    """Waiting ends at an arrival, a removal and a clearing, and is over at once for what was missed."""
    box = mailbox()
    waiting = asyncio.create_task(box.changed_since(0))
    await asyncio.sleep(0)
    arrive(box, 1)
    assert await waiting == 1
    assert await box.changed_since(0) == 1
    assert not box.remove(99)
    assert box.version == 1
    waiting = asyncio.create_task(box.changed_since(1))
    await asyncio.sleep(0)
    assert box.remove(1)
    assert await waiting == 2
