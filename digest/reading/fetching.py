"""Bring bytes from an address: bounded in time, size and reach. The only file that knows httpx2.

Every request lies inside one overall deadline (a read timeout starts anew with each byte, so a slow drip outlives
it). A name is resolved once, every address it has is checked, and the connection goes to the checked address:
asking a second time could give another answer (DNS rebinding). Each redirect is checked like the first address.
The size is counted after decompression, while streaming.

Behind a proxy of the environment (``HTTPS_PROXY``) the proxy resolves names: then only literal addresses are checked.
"""

from __future__ import annotations

import asyncio
import email.utils
import socket
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeAlias
from urllib.parse import SplitResult, urljoin, urlsplit
from weakref import WeakKeyDictionary

from digest.errors import InputMissingError, InvalidInputError, TryAgainError
from digest.reading.addresses import is_public
from digest.reading.options import ReadingOptions

if TYPE_CHECKING:
    import httpx2

__all__ = ["Fetched", "GoneError", "NotNowError", "fetch"]

USER_AGENT = "digest-mailer/0.1 (reads one article for its editor)"
_ACCEPT = (
    "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/feed+json,*/*;q=0.5"
)
_ACCEPT_PICTURE = "image/jpeg,image/png,image/gif"  # what every mail program shows
_CONNECT_SECONDS = 5.0
_AT_ONCE_PER_HOST = 2  # what browsers of old allowed themselves; nobody is hurt by it
_BETWEEN_REQUESTS = 1.0  # seconds, per public host
_RETRIED = frozenset({502, 503, 504})
_PAUSE_BEFORE_RETRY = 0.5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NOT_MODIFIED, _GONE, _TOO_MANY = 304, 410, 429
_LOGIN = frozenset({401, 402, 403, 407, 451})
_LONGEST_RETRY_AFTER = 7 * 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came: ``url`` is where it lies after all redirects; ``is_unchanged`` means 304, with no content."""

    url: str
    content: bytes
    media_type: str | None = None
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    is_unchanged: bool = False


class GoneError(InputMissingError):
    """The server says that it is gone for good (410)."""


class NotNowError(TryAgainError):
    """The server cannot answer now; ``retry_after`` is how many seconds it asks us to wait, if it says so."""

    def __init__(
        self,
        what: str,
        *,
        retry_after: float | None = None,
        where: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(what, where=where, hint=hint)
        self.retry_after = retry_after


async def fetch(
    url: str, *, options: ReadingOptions, etag: str | None = None, last_modified: str | None = None
) -> Fetched:
    """Fetch one address.

    Raises:
        InvalidInputError: not http(s), not public, too large, not text, or a login is asked for.
        InputMissingError: no such host or page. ``GoneError`` for 410.
        NotNowError: the server is not there, too slow or too busy now.
    """
    import httpx2

    conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    headers = {name: value for name, value in conditions.items() if value}
    try:
        async with asyncio.timeout(options.deadline_seconds) as deadline:
            return await _follow(url, _Errand(headers=headers, options=options, deadline=deadline))
    except TimeoutError as error:
        raise NotNowError(
            f"no complete answer within {options.deadline_seconds:g} seconds",
            where=url,
            hint="try again later, or save the page and give the file",
        ) from error
    except httpx2.InvalidURL as error:
        raise InvalidInputError(
            f"not an address: {error}", where=url, hint="give http:// or https:// and a host"
        ) from error
    except httpx2.ConnectError as error:
        if "certificate" in str(error).lower():
            raise InvalidInputError(
                f"its certificate is not to be trusted: {error}",
                where=url,
                hint="check the address; for an authority of your own set SSL_CERT_FILE",
            ) from error
        raise NotNowError(
            f"no answer: {error}", where=url, hint="check the address, or try again later"
        ) from error
    except (httpx2.ReadError, httpx2.RemoteProtocolError) as error:
        raise NotNowError(
            f"no answer: {str(error) or type(error).__name__}",
            where=url,
            hint="check the address, or try again later",
        ) from error
    except httpx2.HTTPError as error:
        raise NotNowError(
            f"cannot be fetched: {str(error) or type(error).__name__}", where=url, hint="try again later"
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Errand:
    """What all requests for one address share."""

    headers: Mapping[str, str]
    options: ReadingOptions
    deadline: asyncio.Timeout


async def _follow(url: str, errand: _Errand) -> Fetched:
    place = url
    most = errand.options.max_redirects
    for _ in range(most + 1):
        answer = await _ask_twice(place, errand)
        if isinstance(answer, Fetched):
            return answer
        place = urljoin(place, answer)
    raise InvalidInputError(f"more than {most} redirects", where=url, hint="give the address it ends at")


async def _ask_twice(url: str, errand: _Errand) -> Fetched | str:
    import httpx2

    try:
        return await _ask(url, errand)
    except NotNowError as error:
        if error.retry_after is not None or not error.what.startswith(tuple(map(str, _RETRIED))):
            raise
    except (httpx2.ReadError, httpx2.RemoteProtocolError):
        pass
    await asyncio.sleep(_PAUSE_BEFORE_RETRY)
    return await _ask(url, errand)


async def _ask(url: str, errand: _Errand) -> Fetched | str:
    """Send one request; a text as answer is where it was redirected to."""
    import httpx2

    options = errand.options
    parts = _checked_parts(url)
    host = parts.hostname or ""
    proxy = _proxy_for(url, host)
    target, extensions = httpx2.URL(url), {}
    address = await _checked_address(
        url,
        host,
        parts.port or (443 if parts.scheme == "https" else 80),
        options,
        literal_only=proxy is not None,
    )
    accept = _ACCEPT_PICTURE if options.wants_picture else _ACCEPT
    sent = {"User-Agent": USER_AGENT, "Accept": accept, **errand.headers}
    if address and proxy is None:
        sent["Host"] = target.netloc.decode("ascii")
        extensions = {"sni_hostname": target.raw_host.decode("ascii")}
        target = target.copy_with(host=address)
    async with (
        _turn(host, errand.deadline, is_hurried=address is not None and not is_public(address)),
        httpx2.AsyncClient(
            trust_env=False,  # the proxy was looked up above, where the address is checked too
            verify=httpx2.create_ssl_context() if parts.scheme == "https" else True,  # knows SSL_CERT_FILE
            proxy=proxy,
            follow_redirects=False,
            timeout=httpx2.Timeout(options.deadline_seconds, connect=_CONNECT_SECONDS),
        ) as client,
        client.stream("GET", target, headers=sent, extensions=extensions) as response,
    ):
        if response.status_code in _REDIRECTS and "location" in response.headers:
            return str(response.headers["location"])
        return await _received(url, response, options)


def _checked_parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise InvalidInputError(
            f"not an address: {error}", where=url, hint="check its host and port"
        ) from error
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
        raise InvalidInputError(
            "only http and https addresses are fetched", where=url, hint="save it to a file and give that"
        )
    if parts.username is not None or parts.password is not None:
        bare = f"{parts.scheme}://{parts.hostname}{parts.path}"
        raise InvalidInputError(
            "an address with a login in it is not fetched", where=bare, hint="save the page and give the file"
        )
    return parts


async def _checked_address(
    url: str, host: str, port: int, options: ReadingOptions, *, literal_only: bool
) -> str | None:
    """Resolve a host once and check all its addresses; give the one to connect to."""
    flags = socket.AI_NUMERICHOST if literal_only else 0
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    except (OSError, UnicodeError) as error:
        if literal_only:
            return None
        raise InputMissingError(
            f"no such host: {host}", where=url, hint="check the address, and the network"
        ) from error
    addresses = [str(entry[4][0]) for entry in found]
    refused = [address for address in addresses if not is_public(address)]
    if refused and not options.allow_private:
        raise InvalidInputError(
            f"{host} is not on the public network ({refused[0]})",
            where=url,
            hint="pass --allow-private if that is meant",
        )
    return addresses[0]


def _proxy_for(url: str, host: str) -> str | None:
    if urllib.request.proxy_bypass(host) or host in {"localhost", "127.0.0.1", "::1"}:
        return None
    proxies = urllib.request.getproxies()
    found = proxies.get(urlsplit(url).scheme.lower()) or proxies.get("all")
    return f"http://{found}" if found and "://" not in found else found  # as curl reads "proxy:3128"


async def _received(url: str, response: httpx2.Response, options: ReadingOptions) -> Fetched:
    _judge(url, response)
    head = response.headers
    media_type = head.get("content-type", "").partition(";")[0].strip().lower() or None
    if response.status_code == _NOT_MODIFIED:
        return Fetched(
            url=url,
            content=b"",
            is_unchanged=True,
            etag=head.get("etag"),
            last_modified=head.get("last-modified"),
        )
    if options.wants_picture and media_type and not media_type.startswith("image/"):
        raise InvalidInputError(f"is {media_type}, not a picture", where=url)
    if not options.wants_picture and (media_type or "").startswith(("image/", "audio/", "video/", "font/")):
        raise InvalidInputError(
            f"is {media_type}, not an article", where=url, hint="give the page that holds it"
        )
    body = bytearray()
    async for chunk in response.aiter_bytes(65_536):
        body += chunk
        if len(body) > options.max_bytes:
            raise InvalidInputError(
                f"larger than {options.max_bytes / 1e6:g} MB",
                where=url,
                hint=None if options.wants_picture else "give the page of one article",
            )
    return Fetched(
        url=url,
        content=bytes(body),
        media_type=media_type,
        charset=response.charset_encoding,
        etag=head.get("etag"),
        last_modified=head.get("last-modified"),
    )


def _judge(url: str, response: httpx2.Response) -> None:
    status = response.status_code
    said = f"{status} {response.reason_phrase}".strip()
    if status == _NOT_MODIFIED or 200 <= status < 300:  # noqa: PLR2004  # RFC 9110 15.3
        return
    if status == _GONE:
        raise GoneError(said, where=url, hint="take it out of the sources")
    if status in _LOGIN:
        raise InvalidInputError(
            f"{said}: it asks for a login",
            where=url,
            hint="open it in a browser and give the saved page or its text",
        )
    if status == _TOO_MANY or status >= 500:  # noqa: PLR2004  # RFC 9110 15.6
        raise NotNowError(said, where=url, hint="try again later", retry_after=_retry_after(response))
    raise InputMissingError(said, where=url, hint="check the address")


def _retry_after(response: httpx2.Response) -> float | None:
    """Read Retry-After, a number of seconds or a date (RFC 9110 10.2.3)."""
    value = str(response.headers.get("retry-after", "")).strip()
    if value.isascii() and value.isdigit():
        return min(float(value), _LONGEST_RETRY_AFTER)
    try:
        moment = email.utils.parsedate_to_datetime(value).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(0.0, moment - time.time()), _LONGEST_RETRY_AFTER)


_Queues: TypeAlias = (
    "WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, tuple[asyncio.Semaphore, list[float]]]]"
)


class _turn:  # noqa: N801  # reads as the statement it is
    """Wait for a host's turn: two requests at once, a second between their starts.

    The wait is our own doing, so the deadline stands still meanwhile: of twenty stories on one host, the last would
    otherwise never be fetched.
    """

    _queues: ClassVar[_Queues] = WeakKeyDictionary()

    def __init__(self, host: str, deadline: asyncio.Timeout, *, is_hurried: bool) -> None:
        queues = self._queues.setdefault(asyncio.get_running_loop(), {})
        self._places, self._last = queues.setdefault(host, (asyncio.Semaphore(_AT_ONCE_PER_HOST), [0.0]))
        self._deadline = deadline
        self._is_hurried = is_hurried

    async def __aenter__(self) -> None:
        loop = asyncio.get_running_loop()
        when, came = self._deadline.when(), loop.time()
        if when is not None and when > came:
            self._deadline.reschedule(None)
        await self._places.acquire()
        try:
            now = loop.time()
            begin = now if self._is_hurried else max(now, self._last[0] + _BETWEEN_REQUESTS)
            self._last[0] = begin
            if begin > now:
                await asyncio.sleep(begin - now)
            if self._deadline.when() is None and when is not None:
                self._deadline.reschedule(when + loop.time() - came)
        except BaseException:
            self._places.release()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._places.release()
