"""Asking a web address: bounded in time, size and hops, and never an address that is not public.

A host is resolved once per hop, every address it has is checked, and the connection goes to the checked one
(otherwise a name could mean another address the second time: DNS rebinding). The only file that knows httpx2.
Where a proxy is set in the environment the proxy resolves and connects; what a name means here is checked all
the same.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit, urlunsplit

from digest.errors import InputMissingError, InvalidInputError, TryAgainError
from digest.model import Source
from digest.reading.addresses import is_public
from digest.reading.options import ReadingOptions

if TYPE_CHECKING:
    import httpx2

__all__ = ["Answer", "Fetcher", "fetch"]

USER_AGENT: Final = "Digest/0.1 (article reader; +https://example.org/digest)"
_CONNECT_SECONDS: Final = 5.0
_AT_ONCE_PER_HOST: Final = 2
_PAUSE_PER_HOST: Final = 1.0  # seconds between two requests to one host elsewhere: we are a guest there
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_RETRY: Final = frozenset({502, 503, 504})
_GONE: Final = 410
_NOT_MODIFIED: Final = 304
_TOO_MANY: Final = 429
_ACCEPTED: Final = ("text/", "application/xhtml", "application/xml", "application/rss", "application/atom", "application/rdf", "application/json", "application/feed", "application/octet-stream", "message/", "multipart/", "application/pdf")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said: a status and, for 200, the Source."""

    status: int
    source: Source | None = None
    etag: str | None = None
    last_modified: str | None = None
    retry_after: float | None = None


class Fetcher:
    """Fetches for one command: remembers which host was asked when, so that none is pressed."""

    def __init__(self, options: ReadingOptions) -> None:
        self._options = options
        self._hosts: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(_AT_ONCE_PER_HOST))
        self._asked: dict[str, float] = {}

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask an address; 304, 410 and 429 are answers too.

        Raises:
            InputMissingError: 404, 410 without conditional headers, or a name that means nothing.
            InvalidInputError: an address that may not be asked, too large, no text, too many redirects.
            TryAgainError: no answer in time, or a server error.
        """
        host = urlsplit(url).hostname or ""
        async with self._hosts[host]:
            await self._pause(host)
            try:
                async with asyncio.timeout(self._options.deadline_seconds):
                    return await _followed(url, self._options, dict(headers or {}))
            except TimeoutError as error:
                raise TryAgainError(
                    f"no whole answer within {self._options.deadline_seconds:.0f} seconds",
                    where=url,
                    hint="try again later",
                ) from error
            finally:
                self._asked[host] = time.monotonic()

    async def _pause(self, host: str) -> None:
        asked = self._asked.get(host)
        if asked is None or _is_local(host):
            return
        await asyncio.sleep(max(0.0, asked + _PAUSE_PER_HOST - time.monotonic()))


async def fetch(url: str, *, options: ReadingOptions) -> Source:
    """Bring one address.

    Raises:
        DigestError: as ``Fetcher.get``.
    """
    answer = await Fetcher(options).get(url)
    assert answer.source is not None
    return answer.source


async def _followed(url: str, options: ReadingOptions, headers: dict[str, str]) -> Answer:
    conditional = bool(headers)
    for hop in range(options.max_redirects + 1):
        for attempt in (1, 2):
            response = await _asked_once(url, options, headers)
            if isinstance(response, Answer) and response.status in _RETRY and attempt == 1:
                await asyncio.sleep(0.2)
                continue
            break
        if isinstance(response, str):
            url = response
            continue
        return _judged(response, url, conditional=conditional)
    raise InvalidInputError(
        f"redirects more than {hop} times", where=url, hint="open it in a browser and save the page"
    )


def _judged(answer: Answer, url: str, *, conditional: bool) -> Answer:
    status = answer.status
    if status == 200 or (conditional and status in {_NOT_MODIFIED, _GONE, _TOO_MANY}):  # noqa: PLR2004  # HTTP's own numbers
        return answer
    if status in {404, _GONE}:
        raise InputMissingError(
            f"the server says it is not there ({status})", where=url, hint="check the address"
        )
    if status in {401, 402, 403, 451}:
        raise InvalidInputError(
            f"the server lets us not in ({status})", where=url, hint="open it in a browser and save the page"
        )
    if status == _TOO_MANY or status >= 500:  # noqa: PLR2004  # the same
        raise TryAgainError(f"the server cannot answer now ({status})", where=url, hint="try again later")
    raise InvalidInputError(f"the server answered {status}", where=url)


async def _asked_once(url: str, options: ReadingOptions, headers: dict[str, str]) -> Answer | str:
    """Ask once; gives the next address where the answer is a redirect."""
    import httpx2

    target, sent, extensions = await _aimed(url, options, headers)
    limits = httpx2.Timeout(options.deadline_seconds, connect=_CONNECT_SECONDS)
    try:
        async with (
            httpx2.AsyncClient(timeout=limits, follow_redirects=False) as client,
            client.stream("GET", target, headers=sent, extensions=extensions) as response,
        ):
            if response.status_code in _REDIRECTS and "location" in response.headers:
                return urljoin(url, response.headers["location"])
            return await _read(response, url, options)
    except httpx2.InvalidURL as error:
        raise InvalidInputError("is no web address", where=url) from error
    except httpx2.HTTPError as error:
        raise TryAgainError(
            _reason(error), where=url, hint="try again later, or check the address"
        ) from error


def _reason(error: Exception) -> str:
    return f"cannot be reached: {str(error) or type(error).__name__}"


async def _read(response: httpx2.Response, url: str, options: ReadingOptions) -> Answer:
    headers = response.headers
    media_type = headers.get("content-type", "").split(";")[0].strip().lower() or None
    if response.status_code != 200:  # noqa: PLR2004  # HTTP's own number
        return Answer(status=response.status_code, retry_after=_seconds(headers.get("retry-after")))
    if media_type and not media_type.startswith(_ACCEPTED):
        raise InvalidInputError(f"is {media_type}, no text", where=url)
    content = bytearray()
    async for chunk in response.aiter_bytes(65_536):
        content += chunk
        if len(content) > options.max_bytes:  # counted after decompression: a gzip bomb ends here
            raise InvalidInputError(f"is larger than {options.max_bytes:,} bytes", where=url)
    return Answer(
        status=200,
        source=Source(
            name=url,
            content=bytes(content),
            media_type=media_type,
            charset=response.charset_encoding,
            url=url,
        ),
        etag=headers.get("etag"),
        last_modified=headers.get("last-modified"),
    )


def _seconds(told: str | None) -> float | None:
    """Read Retry-After: seconds or a date (RFC 9110 10.2.3)."""
    if told is None:
        return None
    if told.strip().isdigit():
        return float(told)
    import email.utils

    try:
        return max(0.0, email.utils.parsedate_to_datetime(told).timestamp() - time.time())
    except ValueError:
        return None


async def _aimed(
    url: str, options: ReadingOptions, headers: dict[str, str]
) -> tuple[str, dict[str, str], dict[str, str]]:
    """Check an address and aim at what it was resolved to."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
        raise InvalidInputError("is no plain http or https address", where=url)
    sent = {
        "User-Agent": USER_AGENT,
        "Accept": "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5",
        **headers,
    }
    addresses = await _resolved(parts.hostname, parts.port or (443 if parts.scheme == "https" else 80), url)
    if not options.allow_private and not all(map(is_public, addresses)):
        raise InvalidInputError(
            "lies on this machine or in a private network",
            where=url,
            hint="pass --allow-private if it is meant",
        )
    if _has_proxy(parts.scheme, parts.hostname):
        return url, sent, {}
    address = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
    aimed = urlunsplit(
        (
            parts.scheme,
            f"{address}:{parts.port}" if parts.port else address,
            parts.path or "/",
            parts.query,
            "",
        )
    )
    host = parts.hostname if parts.port is None else f"{parts.hostname}:{parts.port}"
    return aimed, {**sent, "Host": host}, {"sni_hostname": parts.hostname}


async def _resolved(host: str, port: int, url: str) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise InputMissingError(
            f"no server is called '{host}'", where=url, hint="check the address"
        ) from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses:
        raise InputMissingError(f"no server is called '{host}'", where=url)
    return addresses


def _has_proxy(scheme: str, host: str) -> bool:
    from urllib.request import getproxies, proxy_bypass

    proxies = getproxies()
    return bool(proxies.get(scheme) or proxies.get("all")) and not proxy_bypass(host)


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
