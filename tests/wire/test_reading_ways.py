"""The ways to a page: by a checked and pinned address, by TLS under the host's own name, by a proxy, in turn."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from email.utils import formatdate
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import trustme

from digest.errors import InputMissingError, InvalidInputError
from digest.reading import ReadingOptions
from digest.reading.addresses import is_public
from digest.reading.fetching import NotNowError, fetch

OPEN = ReadingOptions(allow_private=True, deadline_seconds=5.0)
PAGE = b"The harbour library opens its new reading room on Monday."


class Web:
    """A server that says the same to everyone, and remembers what it was asked and how many at once."""

    def __init__(self, *heads: str) -> None:
        self.heads = list(heads) or ["200 OK"]
        self.asked: list[str] = []
        self.at_once = self.most_at_once = 0
        self.gate: asyncio.Event | None = None
        self.tasks: list[asyncio.Task[object]] = []

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.append(task)
        await self.answer(reader, writer)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = (await reader.readuntil(b"\r\n\r\n")).decode()
            if request.startswith("CONNECT "):
                await self.tunnel(request, reader, writer)
                return
            self.asked.append(request)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            if self.gate:
                await self.gate.wait()
            head = self.heads.pop(0) if len(self.heads) > 1 else self.heads[0]
            self.at_once -= 1
            writer.write(
                f"HTTP/1.1 {head}\r\nContent-Length: {len(PAGE)}\r\nConnection: close\r\n\r\n".encode() + PAGE
            )
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def tunnel(self, request: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Be a proxy for TLS: whatever host is named, the tunnel ends at ``behind``."""
        self.asked.append(request)
        there, back = await asyncio.open_connection("127.0.0.1", self.behind)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")

        async def pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            while block := await source.read(65_536):
                sink.write(block)
                await sink.drain()
            sink.close()
            with suppress(OSError):
                await sink.wait_closed()

        await asyncio.gather(pour(reader, back), pour(there, writer))

    behind = 0

    @asynccontextmanager
    async def open(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
        server = await asyncio.start_server(self.take, "127.0.0.1", 0, ssl=tls)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            await asyncio.wait_for(asyncio.gather(*self.tasks, return_exceptions=True), 10)


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


Resolver = Callable[..., list[str]]


def resolve(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Stand in for DNS, which we neither own nor run; gives the names that were asked."""
    asked: list[str] = []
    left = list(answers)

    async def getaddrinfo(_loop: Any, host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        addresses = left.pop(0) if len(left) > 1 else left[0]
        return [(2, 1, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)
    return asked


async def test_the_checked_address_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name is resolved once: a second answer (DNS rebinding) is never asked for. The Host header has the name."""
    web = Web()
    async with web.open() as port:
        asked = resolve(monkeypatch, ["127.0.0.1"], ["192.0.2.1"])
        found = await fetch(f"http://pages.example.org:{port}/a", options=OPEN)
    assert found.content == PAGE
    assert asked == ["pages.example.org"]
    assert f"\r\nHost: pages.example.org:{port}\r\n" in web.asked[0]


@pytest.mark.parametrize("bad", ["127.0.0.1", "169.254.169.254", "::1", "64:ff9b::a00:1"])
async def test_one_private_address_among_public_ones_is_enough(
    monkeypatch: pytest.MonkeyPatch, bad: str
) -> None:
    """A name with several addresses is refused if one of them is not public."""
    resolve(monkeypatch, ["93.184.215.14", bad])
    with pytest.raises(InvalidInputError, match="not on the public network"):
        await fetch("http://pages.example.org/", options=ReadingOptions())


async def test_a_redirect_is_resolved_and_checked_like_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each hop is a new address: one that leads into the own network is refused."""
    web = Web("302 Found\r\nLocation: http://inside.example.org/")
    async with web.open() as port:
        asked = resolve(monkeypatch, ["127.0.0.1"], ["10.0.0.1"])
        monkeypatch.setattr("digest.reading.fetching.is_public", lambda address: address == "127.0.0.1")
        with pytest.raises(InvalidInputError, match=r"inside\.example\.org is not on the public network"):
            await fetch(f"http://pages.example.org:{port}/", options=ReadingOptions())
    assert asked == ["pages.example.org", "inside.example.org"]
    assert len(web.asked) == 1


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.0.1", "172.16.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1",
        "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "0.0.0.0", "::", "::1", "::ffff:127.0.0.1",
        "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2001::1", "2001:db8::1", "2002:7f00:1::1", "fc00::1",
        "fe80::1%eth0", "fec0::1", "ff02::1", "no address",
    ],
)  # fmt: skip
def test_addresses_that_lead_inside(address: str) -> None:
    """Private, mapped, translated, tunnelled, multicast and reserved addresses are no public ones."""
    assert not is_public(address)


@pytest.mark.parametrize("address", ["9.9.9.9", "93.184.215.14", "2620:fe::fe", "::ffff:9.9.9.9"])
def test_addresses_of_the_public_network(address: str) -> None:
    """What everybody can reach is public."""
    assert is_public(address)


@pytest.mark.parametrize(
    "host", ["0177.0.0.1", "0x7f000001", "2130706433", "127.1", "[::ffff:7f00:1]", "localhost."]
)
async def test_odd_notations_mean_the_same_machine(host: str) -> None:
    """Octal, hexadecimal, decimal and short forms of loopback are seen through."""
    web = Web()
    async with web.open() as port:
        with pytest.raises((InvalidInputError, InputMissingError)):
            await fetch(f"http://{host}:{port}/", options=ReadingOptions())
    assert not web.asked


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return made


def certified(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


async def test_tls_goes_to_the_address_under_the_name(
    monkeypatch: pytest.MonkeyPatch, authority: trustme.CA
) -> None:
    """The connection goes to the checked address; name indication and certificate are the host's."""
    web, named = Web(), []
    context = certified(authority, "pages.example.org")
    context.sni_callback = lambda _socket, name, _context: named.append(name)
    async with web.open(context) as port:
        resolve(monkeypatch, ["127.0.0.1"])
        found = await fetch(f"https://pages.example.org:{port}/", options=OPEN)
    assert found.content == PAGE
    assert named == ["pages.example.org"]


async def test_a_certificate_for_another_name_is_refused(
    monkeypatch: pytest.MonkeyPatch, authority: trustme.CA
) -> None:
    """A trusted authority is not enough: the certificate must name the host, not the address."""
    web = Web()
    async with web.open(certified(authority, "127.0.0.1")) as port:
        resolve(monkeypatch, ["127.0.0.1"])
        with pytest.raises(InvalidInputError, match="certificate") as refused:
            await fetch(f"https://pages.example.org:{port}/", options=OPEN)
    assert "SSL_CERT_FILE" in (refused.value.hint or "")
    assert not web.asked


async def test_a_proxy_is_asked_for_the_whole_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """HTTP_PROXY is honoured, with or without its scheme; the proxy resolves the name."""
    web = Web()
    async with web.open() as port:
        for proxy in (f"http://127.0.0.1:{port}", f"127.0.0.1:{port}"):
            monkeypatch.setenv("http_proxy", proxy)
            asked = resolve(monkeypatch, ["127.0.0.1"])
            monkeypatch.setattr("digest.reading.fetching._BETWEEN_REQUESTS", 0.0)
            found = await fetch("http://pages.example.org/a", options=OPEN)
            assert found.content == PAGE
    assert all(request.startswith("GET http://pages.example.org/a HTTP/1.1") for request in web.asked)
    assert len(web.asked) == 2
    assert asked


async def test_tls_through_a_proxy(monkeypatch: pytest.MonkeyPatch, authority: trustme.CA) -> None:
    """HTTPS_PROXY gets CONNECT with the name, and the certificate is still the host's."""
    web, proxy = Web(), Web()
    async with web.open(certified(authority, "pages.example.org")) as port, proxy.open() as proxy_port:
        proxy.behind = port
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy_port}")
        found = await fetch("https://pages.example.org/", options=OPEN)
    assert found.content == PAGE
    assert proxy.asked[0].startswith("CONNECT pages.example.org:443")


async def test_no_proxy_goes_straight(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host in NO_PROXY is asked itself, and checked."""
    web = Web()
    async with web.open() as port:
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        monkeypatch.setenv("no_proxy", "example.org")
        resolve(monkeypatch, ["127.0.0.1"])
        found = await fetch(f"http://pages.example.org:{port}/", options=OPEN)
    assert found.content == PAGE


@pytest.mark.parametrize("host", ["10.0.0.1", "0x0a000001"])
async def test_a_proxy_is_not_asked_for_a_private_address(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    """A literal address is checked behind a proxy too."""
    web = Web()
    async with web.open() as port:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
        with pytest.raises(InvalidInputError, match="not on the public network"):
            await fetch(f"http://{host}/", options=ReadingOptions())
    assert not web.asked


async def test_two_at_once_and_a_second_between(monkeypatch: pytest.MonkeyPatch) -> None:
    """A public host gets two requests at once, each well after the last; the wait is no part of the deadline."""
    web, waits = Web(), []
    web.gate = asyncio.Event()
    real = asyncio.sleep

    async def sleep(seconds: float, result: object = None) -> None:
        if seconds > 0:
            waits.append(seconds)
        await real(0)

    async with web.open() as port:
        resolve(monkeypatch, ["127.0.0.1"])
        monkeypatch.setattr("digest.reading.fetching.is_public", lambda _: True)
        monkeypatch.setattr("digest.reading.fetching.asyncio.sleep", sleep)
        monkeypatch.setattr("digest.reading.fetching._BETWEEN_REQUESTS", 1000.0)  # far above what load delays
        url = f"http://pages.example.org:{port}/"
        asking = [asyncio.create_task(fetch(url, options=OPEN)) for _ in range(5)]
        async with asyncio.timeout(20):
            while len(web.asked) < 2:
                await real(0.001)
            web.gate.set()
            await asyncio.gather(*asking)
    assert web.most_at_once == 2
    assert len(waits) == 4
    assert all(later - earlier > 900 for earlier, later in pairwise(waits))


@pytest.mark.parametrize(
    ("said", "seconds"), [("90", 90), ("99999999", 604_800), ("soon", None), ("date", 0)]
)
async def test_retry_after_in_both_forms(said: str, seconds: float | None) -> None:
    """Seconds and dates are read, nonsense is not; nobody makes us wait for more than a week."""
    value = formatdate(0, usegmt=True) if said == "date" else said
    web = Web(f"503 Busy\r\nRetry-After: {value}")
    async with web.open() as port:
        with pytest.raises(NotNowError) as busy:
            await fetch(f"http://127.0.0.1:{port}/", options=OPEN)
    assert busy.value.retry_after == seconds


async def test_a_hiccup_is_asked_about_once_more() -> None:
    """One 502 is a blip of a gateway: the second answer counts."""
    web = Web("502 Bad Gateway", "200 OK")
    async with web.open() as port:
        found = await fetch(f"http://127.0.0.1:{port}/", options=OPEN)
    assert found.content == PAGE
    assert len(web.asked) == 2


@pytest.mark.parametrize(
    ("head", "error", "said"),
    [
        ("401 Unauthorized", InvalidInputError, "login"),
        ("404 Not Found", InputMissingError, "404"),
        ("200 OK\r\nContent-Type: image/png", InvalidInputError, "image/png"),
        ("200 OK\r\nContent-Type: video/mp4", InvalidInputError, "video/mp4"),
    ],
)
async def test_refusals_say_what_to_do(head: str, error: type[Exception], said: str) -> None:
    """Each refusal names what came, and has a hint."""
    web = Web(head)
    async with web.open() as port:
        with pytest.raises(error, match=said) as refused:
            await fetch(f"http://127.0.0.1:{port}/", options=OPEN)
    assert getattr(refused.value, "hint", None)


async def test_we_say_who_we_are() -> None:
    """Every request names the program and its version: a publisher can tell us from others."""
    web = Web("302 Found\r\nLocation: /again", "200 OK")
    async with web.open() as port:
        await fetch(f"http://127.0.0.1:{port}/", options=OPEN)
    assert len(web.asked) == 2
    for request in web.asked:
        assert request.lower().count("\r\nuser-agent: digest-mailer/") == 1


@pytest.mark.parametrize("url", ["http://ann:secret@example.org/", "http://example.org:99999/", "http:///a"])
async def test_addresses_that_are_refused_as_written(url: str) -> None:
    """A login in an address, an impossible port, no host: refused, and no password is told."""
    with pytest.raises(InvalidInputError) as refused:
        await fetch(url, options=OPEN)
    assert "secret" not in str(refused.value)
