"""A provider's HTTP API on loopback, raw asyncio: keeps what it was sent, answers or misbehaves as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

__all__ = ["Answer", "ApiServer", "Posted"]


@dataclass(frozen=True, slots=True)
class Posted:
    """One request that arrived whole."""

    path: str
    headers: dict[str, str]
    content: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """``status`` None: hang up without a word. ``silent``: say nothing until the client gives up."""

    status: int | None = 200
    content: bytes = b"{}"
    silent: bool = False
    location: str = ""


@dataclass(slots=True)
class ApiServer:
    """The server; ``decide`` gives the answer for each request."""

    decide: Callable[[Posted], Answer] = lambda _posted: Answer()
    posted: list[Posted] = field(default_factory=list)
    port: int = 0
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, OSError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:] if line)
        }
        content = await reader.readexactly(int(headers.get("content-length", "0")))
        posted = Posted(head[0].split()[1], headers, content)
        self.posted.append(posted)
        answer = self.decide(posted)
        if answer.silent:
            await reader.read()
        if answer.status is None or answer.silent:
            return False
        more = f"Location: {answer.location}\r\n" if answer.location else ""
        writer.write(
            f"HTTP/1.1 {answer.status} Said\r\nContent-Length: {len(answer.content)}\r\n{more}\r\n".encode()
            + answer.content
        )
        await writer.drain()
        return True
