"""Fetching from real servers on loopback, the hostile ones included."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from digest.errors import InputMissingError, InvalidInputError, TryAgainError
from digest.reading import FeedState, ReadingOptions, collect, poll
from digest.reading.fetching import fetch

OPEN = ReadingOptions(allow_private=True, deadline_seconds=2.0, max_bytes=200_000)
Answer = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]
FEED = (
    b"<rss version='2.0'><channel><title>Tides</title><item><title>High water</title><guid>t1</guid>"
    b"<description>The tide stood high in the old harbour on Monday morning.</description></item></channel></rss>"
)


class Times:
    """A clock that stands still."""

    def now(self) -> float:
        return 1_800_000_000.0

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        """Return at once."""


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[str]:
    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await reader.readuntil(b"\r\n\r\n")
            await answer(request, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


def saying(head: str, body: bytes = b"") -> Answer:
    async def answer(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(
            f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body
        )
        await writer.drain()

    return answer


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]"]
)
async def test_private_addresses_are_refused(host: str) -> None:
    """However the address is written, nothing is asked on the own machine."""
    with pytest.raises((InvalidInputError, InputMissingError)):
        await fetch(f"http://{host}:9/", options=ReadingOptions())


async def test_a_gzip_bomb_is_cut_at_the_size_cap() -> None:
    """The size counts after decompression."""
    bomb = gzip.compress(bytes(50_000_000))
    async with serving(saying("200 OK\r\nContent-Encoding: gzip", bomb)) as url:
        with pytest.raises(InvalidInputError, match="larger than"):
            await fetch(url, options=OPEN)


async def test_a_redirect_loop_ends() -> None:
    """More than five redirects are refused."""
    async with serving(saying("302 Found\r\nLocation: /again")) as url:
        with pytest.raises(InvalidInputError, match="redirects"):
            await fetch(url, options=OPEN)


async def test_a_drip_ends_at_the_deadline() -> None:
    """One byte now and then does not outlive the overall deadline."""

    async def drip(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while not writer.is_closing():
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with serving(drip) as url:
        begun = time.monotonic()
        with pytest.raises(TryAgainError, match="seconds"):
            await fetch(url, options=ReadingOptions(allow_private=True, deadline_seconds=0.4))
        assert time.monotonic() - begun < 2


async def test_an_endless_body_is_cut() -> None:
    """A body without an end is given up at the size cap."""

    async def pour(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x" * 60_000)
            await writer.drain()

    async with serving(pour) as url:
        with pytest.raises(InvalidInputError, match="larger than"):
            await fetch(url, options=OPEN)


async def test_a_feed_is_asked_with_its_validators() -> None:
    """If-None-Match goes out, and 304 means unchanged."""
    seen: list[bytes] = []

    async def answer(request: bytes, writer: asyncio.StreamWriter) -> None:
        seen.append(request)
        head = "304 Not Modified" if b'If-None-Match: "a"' in request else '200 OK\r\nETag: "a"'
        await saying(head, b"" if head.startswith("304") else FEED)(request, writer)

    async with serving(answer) as url:
        first = await poll(url, state=None, clock=Times(), options=OPEN)
        assert [entry.id for entry in first.entries] == ["127.0.0.1#t1"]
        assert first.was_first
        again = await poll(url, state=first.state, clock=Times(), options=OPEN)
    assert again.is_unchanged
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("head", "gone", "wait"), [("410 Gone", True, 0), ("429 Slow\r\nRetry-After: 90", False, 90)]
)
async def test_gone_and_busy_feeds_are_left_alone(head: str, gone: bool, wait: int) -> None:  # noqa: FBT001  # a case
    """410 ends a feed; Retry-After is honoured."""
    async with serving(saying(head)) as url:
        polled = await poll(url, state=FeedState(url=url), clock=Times(), options=OPEN)
        assert polled.problem is not None
        assert polled.state.is_gone is gone
        assert polled.state.retry_at == 1_800_000_000.0 + wait
        later = await poll(url, state=polled.state, clock=Times(), options=OPEN)
    assert later.is_unchanged or wait == 0


async def test_a_failing_source_does_not_stop_the_others() -> None:
    """Each SOURCE answers in its place and in order."""
    async with serving(saying("200 OK\r\nContent-Type: application/rss+xml", FEED)) as url:
        found = await collect(
            ["missing.txt", url, "-"], options=OPEN, stdin=b"The tide went out at noon again."
        )
    assert [item.entry is None for item in found] == [True, False, False]
    assert isinstance(found[0].content, InputMissingError)
