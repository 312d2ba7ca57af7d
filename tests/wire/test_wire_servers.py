"""Letters over real servers: aiosmtpd with TLS and logins, Postfix's smtp-sink."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import sys
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, cast

import pytest
import trustme
import uvloop
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from digest.delivering import DeliveryOptions, Report, deliver
from digest.errors import LoginRefusedError, TlsError
from digest.model import Letter, Subscriber, Transport
from digest.smtp import open_transport

LETTER = Letter(
    edition="harbour-7",
    subject="Harbour news",
    envelope_sender="news@example.org",
    message_id_domain="example.org",
    pieces=(b"Subject: Harbour news\r\n\r\nThe ferry leaves at nine.\r\n",),
)
PASSWORD = "tide-and-time"


@dataclass
class Taken:
    """What a server took."""

    recipients: list[str] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)

    async def handle_DATA(  # noqa: N802  # aiosmtpd calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        self.recipients += envelope.rcpt_tos
        assert isinstance(envelope.original_content, bytes)
        self.contents.append(envelope.original_content)
        return "250 2.0.0 taken"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


def authenticate(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
) -> AuthResult:
    good = isinstance(data, LoginPassword) and data == LoginPassword(b"editor", PASSWORD.encode())
    return AuthResult(success=good, handled=False)


@asynccontextmanager
async def server(
    taken: Taken, authority: trustme.CA, *, tls: str, names: str = "localhost"
) -> AsyncIterator[int]:
    """Open aiosmtpd on a free port of loopback, with a certificate for ``names``."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(names).configure_cert(context)

    def factory() -> SMTP:
        with warnings.catch_warnings():
            # aiosmtpd does not see that a listener is encrypted from the start, and warns
            warnings.simplefilter("ignore")
            return Desk(
                taken,
                hostname="mail.example.org",
                tls_context=context if tls == "starttls" else None,
                require_starttls=tls == "starttls",
                auth_required=True,
                auth_require_tls=tls == "starttls",
                authenticator=authenticate,
            )

    loop = asyncio.get_running_loop()
    opened = await loop.create_server(factory, "127.0.0.1", 0, ssl=context if tls == "implicit" else None)
    try:
        yield opened.sockets[0].getsockname()[1]
    finally:
        await closed(opened)


class Desk(SMTP):
    """aiosmtpd's server, which lets go of its half of a connection only when it is made to."""

    opened: ClassVar[list[asyncio.BaseTransport]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the connection."""
        self.opened.append(transport)
        super().connection_made(transport)


async def closed(server: asyncio.Server) -> None:
    """Close a server and its half of every connection."""
    server.close()
    await server.wait_closed()
    for transport in Desk.opened:
        # uvloop's transports are no subclasses of asyncio's, they only behave as such
        cast("asyncio.Transport", transport).abort()
    Desk.opened.clear()
    for _ in range(5):  # what was aborted is closed in the next rounds of the loop
        await asyncio.sleep(0)


def transport(port: int, ca_file: str | None, *, tls: str, password: str = PASSWORD) -> Transport:
    url = f"smtp://editor@localhost:{port}?tls={tls}"
    return open_transport(url, password=lambda: password, ca_file=ca_file)


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
async def test_letters_arrive_over_tls_with_a_login(tls: str, authority: trustme.CA, ca_file: str) -> None:
    """STARTTLS and implicit TLS, verified, then a login, then every letter once."""
    taken = Taken()
    async with server(taken, authority, tls=tls) as port:
        people = [Subscriber(f"reader{number}@example.org") for number in range(50)]
        report = await deliver(
            LETTER,
            people,
            transport=transport(port, ca_file, tls=tls),
            options=DeliveryOptions(connections=3),
        )
    assert report.counts["accepted"] == 50, report
    assert sorted(taken.recipients) == sorted(person.address for person in people)
    assert set(taken.contents) == {b"Subject: Harbour news\r\n\r\nThe ferry leaves at nine.\r\n"}


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.parametrize("fault", ["unknown authority", "another name"])
async def test_encryption_that_cannot_be_trusted_stops_everything(
    tls: str, fault: str, authority: trustme.CA, ca_file: str
) -> None:
    """A certificate nobody vouches for, or for another name: nothing is sent, and the way out is named."""
    taken = Taken()
    names = "elsewhere.example.org" if fault == "another name" else "localhost"
    trusted = None if fault == "unknown authority" else ca_file
    async with server(taken, authority, tls=tls, names=names) as port:
        report = await deliver(
            LETTER, [Subscriber("ada@example.org")], transport=transport(port, trusted, tls=tls)
        )
    assert isinstance(report.stopped_by, TlsError)
    assert report.exit_status == 78
    assert not taken.recipients


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_whole_delivery_over_tls_on_uvloop(tls: str, authority: trustme.CA, ca_file: str) -> None:
    """The same on the quicker loop: its transports behave otherwise in TLS, pauses and closing."""
    taken = Taken()
    people = [Subscriber(f"reader{number}@example.org") for number in range(50)]

    async def mail() -> Report:
        async with server(taken, authority, tls=tls) as port:
            way = transport(port, ca_file, tls=tls)
            return await deliver(LETTER, people, transport=way, options=DeliveryOptions(connections=3))

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        report = runner.run(mail())
    assert report.counts["accepted"] == 50, report
    assert sorted(taken.recipients) == sorted(person.address for person in people)


async def test_a_refused_login_is_not_tried_again(authority: trustme.CA, ca_file: str) -> None:
    """A wrong password ends with 77 and is not repeated anywhere."""
    taken = Taken()
    async with server(taken, authority, tls="starttls") as port:
        wrong = transport(port, ca_file, tls="starttls", password="wr0ng-word")
        report = await deliver(LETTER, [Subscriber("ada@example.org")], transport=wrong)
    assert isinstance(report.stopped_by, LoginRefusedError)
    assert report.exit_status == 77
    assert "wr0ng-word" not in str(report.stopped_by)
    assert not taken.recipients


async def test_encryption_that_is_not_offered_stops_everything() -> None:
    """Required STARTTLS that a server does not offer: nothing is sent in clear."""
    taken = Taken()
    loop = asyncio.get_running_loop()
    opened = await loop.create_server(lambda: Desk(taken, hostname="mail.example.org"), "127.0.0.1", 0)
    port = opened.sockets[0].getsockname()[1]
    report = await deliver(
        LETTER, [Subscriber("ada@example.org")], transport=transport(port, None, tls="starttls")
    )
    await closed(opened)
    assert report.exit_status == 78
    assert not taken.recipients


@pytest.mark.parametrize("options", [(), ("-p",)], ids=["pipelined", "plain stages"])
async def test_a_thousand_letters_to_postfix_s_sink(options: tuple[str, ...], tmp_path: Path) -> None:
    """Postfix's smtp-sink writes one file per accepted message: a thousand, each for another person."""
    sink = shutil.which("smtp-sink") or shutil.which("smtp-sink", path="/usr/sbin:/usr/lib/postfix/sbin")
    if sink is None:
        pytest.skip("Postfix's smtp-sink is not installed")
    folder = tmp_path / "taken"
    folder.mkdir()
    folder.chmod(0o777)  # the sink writes as nobody
    port = _free_port()
    process = await asyncio.create_subprocess_exec(
        *(sink, "-u", "nobody", "-R", str(folder), "-d", "%H%M%S.", *options, f"127.0.0.1:{port}", "100"),
        stdin=asyncio.subprocess.DEVNULL,
        stderr=sys.stderr,
    )
    try:
        people = [Subscriber(f"reader{number}@example.org") for number in range(1000)]
        url = f"smtp://127.0.0.1:{port}"
        report = await deliver(
            LETTER,
            people,
            transport=open_transport(url),
            options=DeliveryOptions(connections=8, max_time_seconds=60),
        )
    finally:
        process.terminate()
        await process.wait()
    assert report.counts["accepted"] == 1000, report
    told = [
        line for path in folder.iterdir() for line in path.read_text().splitlines() if "X-Rcpt-Args" in line
    ]
    assert len(told) == len(set(told)) == 1000


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
