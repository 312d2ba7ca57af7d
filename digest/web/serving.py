"""Pages over HTTP on loopback: routes in, a running server out.

The only file that knows starlette and uvicorn. Pages are plain functions from an Asked to an Answer, so that
they read without a web framework. The server runs inside the caller's event loop and leaves signals alone.

What stands here for every page: the Host header must name loopback (a foreign site that points its own name
at 127.0.0.1 gets nothing, "DNS rebinding"), and what changes something must come from the page itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from digest.errors import ConfigurationError, TryAgainError
from digest.shapes import Json

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = [
    "Answer",
    "Asked",
    "Route",
    "WebServer",
    "bind_loopback",
    "json_answer",
    "no_such_page",
    "page_routes",
    "stream_events",
]

LOOPBACK_HOSTS = ("127.0.0.1", "::1", "localhost")
_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "svg": "image/svg+xml",
}
# Our pages load only what lies beside them; letters are shown in frames with stricter rules of their own.
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_EVERY_ANSWER = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request. ``place`` holds the variable parts of the path, ``host`` is what the browser calls us."""

    method: str
    place: Mapping[str, str]
    query: Mapping[str, str]
    host: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A response. A body that is an iterator is streamed until it ends or the server closes."""

    body: bytes | AsyncIterator[bytes]
    media_type: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Route:
    """A path (``/mails/{id}``), a method, and the function that answers."""

    method: str
    path: str
    answer: Callable[[Asked], Awaitable[Answer]]


def json_answer(value: Json, *, status: int = 200) -> Answer:
    """Answer with JSON."""
    return Answer(json.dumps(value, ensure_ascii=False).encode(), "application/json", status)


def no_such_page(what: str) -> Answer:
    """Answer 404, in words."""
    return json_answer({"error": what}, status=404)


@lru_cache(maxsize=32)
def _file(name: str) -> bytes | None:
    found = resources.files("digest.web").joinpath("pages", name)
    return found.read_bytes() if found.is_file() else None


def page_routes(start: str) -> list[Route]:
    """Give the routes of a page and of what it loads: ``start`` at the root, files beside it under ``/static``."""

    async def root(asked: Asked) -> Answer:
        del asked
        return _page(start)

    async def static(asked: Asked) -> Answer:
        return _page(asked.place["name"])

    return [Route("GET", "/", root), Route("GET", "/static/{name}", static)]


def _page(name: str) -> Answer:
    """Answer with one of the files beside this module, under the policy for our own pages."""
    body = _file(name) if "/" not in name and not name.startswith(".") else None
    if body is None:
        return no_such_page(f"there is no page {name}")
    return Answer(
        body,
        _TYPES.get(name.rpartition(".")[2], "application/octet-stream"),
        headers={"Content-Security-Policy": _PAGE_POLICY, "Cross-Origin-Resource-Policy": "same-origin"},
    )


def stream_events(events: AsyncIterator[Json]) -> Answer:
    """Answer with Server-Sent Events, one JSON value each."""

    async def lines() -> AsyncIterator[bytes]:
        async for event in events:
            yield f"data: {json.dumps(event)}\n\n".encode()

    return Answer(lines(), "text/event-stream")


def bind_loopback(host: str, port: int, purpose: str) -> socket.socket:
    """Bind a listening socket on loopback; port 0 takes a free one.

    Raises:
        ConfigurationError: ``host`` is not loopback.
        TryAgainError: the port is in use.
    """
    if host not in LOOPBACK_HOSTS:
        raise ConfigurationError(
            f"{purpose} listens on this machine only, and '{host}' is not loopback",
            where=host,
            hint="use 127.0.0.1; to look at it from elsewhere, forward the port with ssh -L",
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise _no_port(error, f"{host}:{port}", purpose) from error
    listening.setblocking(False)  # noqa: FBT003 - the standard library's signature
    return listening


def _no_port(error: OSError, where: str, purpose: str) -> ConfigurationError | TryAgainError:
    if error.errno == errno.EADDRINUSE:
        return TryAgainError(
            f"the port for {purpose} is in use",
            where=where,
            hint="stop what uses it (another `digest` perhaps), or choose another port; 0 takes a free one",
        )
    return ConfigurationError(
        f"{purpose} cannot listen there: {error.strerror}",
        where=where,
        hint="choose another port; those below 1024 are for root",
    )


class WebServer:
    """A running server, as an async context manager: open inside it, closed after it."""

    def __init__(self, routes: Sequence[Route], listening: socket.socket) -> None:
        self._closing = asyncio.Event()
        self._listening = listening
        self._app = _application(routes, self._closing)
        self._task: asyncio.Task[None] | None = None
        self._stop: Callable[[], None] = lambda: None

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._listening.getsockname()[1])

    async def __aenter__(self) -> WebServer:  # noqa: PYI034 - never subclassed
        import uvicorn

        started = asyncio.Event()

        class Server(uvicorn.Server):
            """uvicorn without its hands on the signals: they are the caller's."""

            @contextlib.contextmanager
            def capture_signals(self) -> Iterator[None]:
                yield

            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                started.set()

        server = Server(
            uvicorn.Config(
                self._app,
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=2,
            )
        )

        def stop() -> None:
            server.should_exit = True

        self._stop = stop
        self._task = asyncio.create_task(server.serve(sockets=[self._listening]))
        beginning = asyncio.create_task(started.wait())
        await asyncio.wait({self._task, beginning}, return_when=asyncio.FIRST_COMPLETED)
        if not started.is_set():
            beginning.cancel()
            await self._task
        return self

    async def __aexit__(self, *_raised: object) -> None:
        # Streams end first: uvicorn waits for open answers, and an event stream never ends by itself.
        self._closing.set()
        self._stop()
        if self._task is not None:
            await self._task
        self._listening.close()


def _application(routes: Sequence[Route], closing: asyncio.Event) -> Starlette:
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware
    from starlette.routing import Route as Path

    return Starlette(
        routes=[
            Path(route.path, _endpoint(route.answer, closing), methods=[route.method]) for route in routes
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "[::1]"])],
    )


def _endpoint(
    answer: Callable[[Asked], Awaitable[Answer]], closing: asyncio.Event
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        from starlette.responses import Response, StreamingResponse

        if request.method not in {"GET", "HEAD"} and not _is_own_page(request.headers):
            given = json_answer({"error": "only the page itself may change something"}, status=403)
        else:
            given = await answer(_asked(request))
        told = {**_EVERY_ANSWER, **given.headers}
        if isinstance(given.body, bytes):
            return Response(given.body, given.status, told, given.media_type)
        return StreamingResponse(_until(closing, given.body), given.status, told, given.media_type)

    return endpoint


def _asked(request: Request) -> Asked:
    return Asked(
        request.method,
        {name: str(value) for name, value in request.path_params.items()},
        dict(request.query_params),
        request.headers.get("host", ""),
    )


def _is_own_page(headers: Mapping[str, str]) -> bool:
    """A program without a browser sends neither header; a browser sends at least one of them."""
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    return headers.get("origin") in {None, f"http://{headers.get('host')}"}


async def _until(closing: asyncio.Event, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    closed = asyncio.ensure_future(closing.wait())
    try:
        while not closed.done():
            step = asyncio.ensure_future(_next(chunks))
            try:
                await asyncio.wait({step, closed}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                if not step.done():
                    step.cancel()
            chunk = step.result() if step.done() and not step.cancelled() else None
            if chunk is None:
                return
            yield chunk
    finally:
        closed.cancel()


async def _next(chunks: AsyncIterator[bytes]) -> bytes | None:
    async for chunk in chunks:
        return chunk
    return None
