"""What servers and senders who mean harm answer: bodies without an end, bombs, and a loopback server that gives them.

Made here, nothing of it from the wild. A bomb is small on the wire; what it unfolds to is in its comment.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

__all__ = [
    "BILLION",
    "QUADRATIC",
    "SENTENCE",
    "Answer",
    "answering",
    "as_list",
    "by_the_second",
    "dripping",
    "endless",
    "nested_feed",
    "nested_page",
    "signed_at_length",
    "whole",
]

SENTENCE = "The harbour library lends lanterns to everyone who walks home after the last ferry has gone. "
Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]

# A lamp in ten, ten times eight over: 4 GB.
BILLION = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lamplamplamplamplamplamplamplamplamp">'
    + b"".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">'.encode()
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + b']><rss version="2.0"><channel><title>&i;</title><item><title>&i;</title>'
    b"<description>&i;</description></item></channel></rss>"
)
# 50 KB, 12,500 times: 625 MB.
QUADRATIC = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "' + b"lamp" * 12_500 + b'">]>'
    b'<rss version="2.0"><channel><title>t</title><item><title>t</title><description>'
    + b"&a;" * 12_500
    + b"</description></item></channel></rss>"
)


def as_list(bomb: bytes) -> bytes:
    """Give the same bomb as a list of feeds."""
    return bomb.replace(b'<rss version="2.0"><channel>', b"<opml><body>").replace(
        b"</channel></rss>", b"</body></opml>"
    )


def nested_page(count: int) -> bytes:
    """Give a page with so many open elements."""
    return b"<html><body>" + b"<div>" * count + SENTENCE.encode() * 5 + b"</body></html>"


def nested_feed(count: int) -> bytes:
    """Give a feed with so many open elements."""
    return b'<rss version="2.0"><channel><item><title>' + b"<a>" * count + b"</title></item></channel></rss>"


def signed_at_length() -> bytes:
    """Give a feed whose author is 32 KB of what sends patterns into quadratic time."""
    return (
        f'<rss version="2.0"><channel><title>t</title><item><title>Lamps</title><author>{"a-" * 16_000}</author>'
        f"<description>{SENTENCE * 20}</description></item></channel></rss>"
    ).encode()


@asynccontextmanager
async def answering(answer: Answer) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Serve one kind of answer on loopback; the list holds the requests that came."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked.append(await reader.readuntil(b"\r\n\r\n"))
            await answer(writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # the reader under test hung up, as it should
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/", asked
    finally:
        server.close()


def whole(body: bytes, *headers: str, status: str = "200 OK") -> Answer:
    """Answer with a body and its length."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
        writer.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        await writer.drain()

    return answer


async def endless(writer: asyncio.StreamWriter) -> None:
    """Answer with a body that never ends."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n")
    while True:
        writer.write(SENTENCE.encode() * 500)
        await writer.drain()


async def dripping(writer: asyncio.StreamWriter, *, pause_seconds: float = 0.05) -> None:
    """Answer byte by byte."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b"a")
        await writer.drain()
        await asyncio.sleep(pause_seconds)  # the drip itself: each byte would start a read timeout anew


async def by_the_second(writer: asyncio.StreamWriter) -> None:
    """Answer one byte per second."""
    await dripping(writer, pause_seconds=1.0)
