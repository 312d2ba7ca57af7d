"""Letters through a provider's HTTP API: what all such APIs share. Each API says only how a request looks.

An ``Api`` turns a parcel into a ``Call`` and may read its own error words; connections, time limits and what an
outcome means are here. ``http_ses`` and ``http_mailgun`` are examples of some sixty lines.

A letter counts as handed over when the first byte of its request's body leaves: from then on a lost connection, a
time-out, or a gateway that answers 500, 502 or 504 leaves it in doubt, since the provider may have it. 429 and 503
say that it was not taken. Redirections are never followed: a letter is posted where it was meant to go, or nowhere.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit

from digest.errors import UsageError
from digest.model import Connection, Observer, Parcel, Receipt, Stage
from digest.smtp.commands import Extensions, prepare
from digest.smtp.errors import ConnectionLostError
from digest.smtp.options import is_loopback
from digest.smtp.replies import escape

if TYPE_CHECKING:
    import httpx2

__all__ = ["Api", "Call", "HttpTransport", "endpoint_of"]

_LARGEST_ANSWER_BYTES: Final = 64 * 1024
_SECONDS: Final = {"connect": 30.0, "read": 120.0, "write": 120.0, "pool": 30.0}
_BY_STATUS: Final[dict[int, tuple[Stage, int, str]]] = {
    HTTPStatus.UNAUTHORIZED: (Stage.MAIL, 535, "5.7.8"),
    HTTPStatus.FORBIDDEN: (Stage.MAIL, 535, "5.7.8"),
    HTTPStatus.NOT_FOUND: (Stage.MAIL, 550, "5.1.8"),  # the sending domain is not known there
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (Stage.MAIL, 552, "5.3.4"),
    HTTPStatus.TOO_MANY_REQUESTS: (Stage.MAIL, 452, "4.7.0"),
    HTTPStatus.SERVICE_UNAVAILABLE: (Stage.MAIL, 451, "4.3.2"),
}


@dataclass(frozen=True, slots=True)
class Call:
    """One POST request."""

    url: str
    headers: Mapping[str, str]
    content: bytes


class Api(Protocol):
    """What a provider's API asks for."""

    @property
    def name(self) -> str:
        """What the plan shows, without any secret: ``ses://eu-west-1``."""
        ...

    def call(self, parcel: Parcel, *, seconds: float) -> Call:
        """Give the request for a parcel; ``seconds`` since the epoch, for signatures.

        Raises:
            ConfigurationError: there are no credentials.
        """
        ...

    def refusal(self, status: int, content: bytes) -> tuple[Stage, int, str] | None:
        """Say what the API's own error means as stage, reply code and enhanced code; None: the status tells."""
        ...


def endpoint_of(asked: str | None, usual: str, *, where: str) -> str:
    """Check an endpoint somebody asked for; the usual one where nobody did.

    Raises:
        UsageError: it is not https, off loopback.
    """
    endpoint = (asked or usual).rstrip("/")
    parts = urlsplit(endpoint)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        raise UsageError("letters and keys travel by https only", where=where, hint="endpoint=https://…")
    return endpoint


class HttpTransport:
    """Carries letters through an API, one request each, over connections that are kept."""

    def __init__(self, api: Api, *, timeouts: Mapping[str, float] | None = None) -> None:
        self._api = api
        self._timeouts = {**_SECONDS, **(timeouts or {})}
        self._context: ssl.SSLContext | None = None

    @property
    def name(self) -> str:
        """What the plan shows."""
        return self._api.name

    async def open(self) -> Connection:
        """Make a client; it connects when the first letter goes."""
        import httpx2

        self._context = self._context or ssl.create_default_context()
        client = httpx2.AsyncClient(
            verify=self._context,
            timeout=httpx2.Timeout(**self._timeouts),
            follow_redirects=False,
            trust_env=False,  # a proxy or .netrc of the environment is nothing the plan shows
        )
        return _HttpConnection(self._api, client)


class _HttpConnection:
    def __init__(self, api: Api, client: httpx2.AsyncClient) -> None:
        self._api = api
        self._client = client

    @property
    def rehearsal(self) -> str | None:
        return None

    async def send(self, next_parcel: Callable[[], Parcel | None], observer: Observer) -> None:
        while (parcel := next_parcel()) is not None:
            prepared = prepare(parcel, Extensions(eight_bit=True, utf8=True))
            if isinstance(prepared, Receipt):
                observer.answered(parcel, prepared)
                continue
            observer.committing(parcel)
            post = _Post(self._api, self._client)
            try:
                answer = await post.make(parcel)
            except BaseException:
                observer.answered(parcel, Receipt(post.stage, None, "interrupted"))
                raise
            observer.answered(parcel, answer)
            if answer.code is None and not post.was_answered:
                raise ConnectionLostError(
                    answer.text, receipt=answer, where=self._api.name, hint="the same command later may do it"
                )

    async def close(self) -> None:
        await self._client.aclose()


class _Post:
    """One request, and how far it has come."""

    def __init__(self, api: Api, client: httpx2.AsyncClient) -> None:
        self.stage = Stage.CONNECT
        self.was_answered = False
        self._api = api
        self._client = client

    async def make(self, parcel: Parcel) -> Receipt:
        """Post a letter, give what its outcome means."""
        import httpx2

        call = self._api.call(parcel, seconds=time.time())
        try:
            async with self._client.stream(
                "POST",
                call.url,
                headers=dict(call.headers),
                content=call.content,
                extensions={"trace": self._follow},
            ) as response:
                self.was_answered = True
                content = b""
                if response.status_code // 100 != 2:  # an accepted letter is accepted, whatever else is said
                    async for part in response.aiter_raw():
                        content += part
                        if len(content) > _LARGEST_ANSWER_BYTES:
                            break
                return self._meaning(response.status_code, content[:_LARGEST_ANSWER_BYTES])
        except httpx2.TimeoutException:
            return Receipt(self.stage, None, "the provider did not answer in time")
        except (httpx2.HTTPError, ssl.SSLError) as error:
            return Receipt(self.stage, None, f"no answer: {escape(str(error).encode())}")

    async def _follow(self, event: str, _facts: Mapping[str, object]) -> None:
        # The client's own account of what it does. Anything past this may have reached the provider.
        if event.endswith("send_request_body.started"):
            self.stage = Stage.DOT

    def _meaning(self, status: int, content: bytes) -> Receipt:
        words = escape(content.replace(b"\n", b" ")) or f"HTTP {status}"
        if status // 100 == 2:
            return Receipt(Stage.DOT, 250, f"HTTP {status}", "2.0.0")
        told = self._api.refusal(status, content) or _BY_STATUS.get(status)
        if told is None and status // 100 == 5:
            # It, or a gateway before it, broke in the midst: nobody can tell what it did with the letter.
            return Receipt(Stage.DOT, None, f"HTTP {status}: {words}")
        if told is None and status // 100 == 4:
            told = (Stage.DOT, 554, "5.6.0")
        stage, code, enhanced = told or (Stage.MAIL, 503, "5.5.0")
        return Receipt(stage, code, f"HTTP {status}: {words}"[:200], enhanced)
