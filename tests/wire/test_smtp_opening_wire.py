"""Opening a connection: what is refused before the first letter, with which error, and that no secret leaks."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
import uvloop
from fault_server import At, Fault, FaultServer, Then, always, behave
from mail_desk import Recorder, parcels, pulling

from digest.errors import DigestError, LoginRefusedError, ServerRefusedError, TlsError
from digest.model import Stage, Verdict
from digest.smtp import ServerUnavailableError, SmtpTransport, Tls, parse_url
from digest.smtp.connection import SmtpConnection

SECRET = "tide-and-time"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return str(tmp_path / "ca.pem")


def serving(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


async def opened(transport: SmtpTransport) -> SmtpConnection:
    connection = await transport.open()
    assert isinstance(connection, SmtpConnection)
    return connection


async def test_s01_nobody_listening_is_try_again_and_says_how_to_begin() -> None:
    """A refused connection names host and port and the debug inbox, with exit status 75 (S1)."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, never listening: nobody else gets the port meanwhile
        port = taken.getsockname()[1]
        with pytest.raises(ServerUnavailableError) as caught:
            await SmtpTransport(parse_url(f"smtp://127.0.0.1:{port}")).open()
    assert caught.value.exit_status == 75
    assert caught.value.where == f"127.0.0.1:{port}"
    assert "digest inbox" in str(caught.value)
    assert caught.value.stage is Stage.CONNECT


@pytest.mark.parametrize(
    ("at", "fault", "error", "words"),
    [
        pytest.param(
            At.GREETING, Fault(b"421 4.3.2 busy\r\n", Then.HANG_UP), ServerUnavailableError, "421", id="s02"
        ),
        pytest.param(At.GREETING, Fault(b"554 5.7.1 not you\r\n"), ServerRefusedError, "not you", id="s03"),
        pytest.param(At.GREETING, Fault(b"", Then.SILENCE), ServerRefusedError, "says nothing", id="s04"),
        (At.GREETING, Fault(b"HTTP/1.1 400 Bad\x1b[2J Request\r\n"), ServerRefusedError, r"\x1b[2J"),
        (At.GREETING, Fault(b"\xff\xfe\x00\x01\r\n"), ServerRefusedError, "no SMTP"),
        pytest.param(At.GREETING, Fault(b"", Then.HANG_UP), ServerUnavailableError, "lost", id="s05"),
        (At.GREETING, Fault(b"", Then.RESET), ServerUnavailableError, ""),
        (At.HELLO, Fault(b"", Then.HANG_UP), ServerUnavailableError, "lost at hello"),
        (At.HELLO, Fault(b"", Then.SILENCE), ServerUnavailableError, "in time"),
        pytest.param(
            At.HELLO, Fault(b"250-" + b"x" * 40_000, Then.SILENCE), ServerUnavailableError, "", id="s07"
        ),
        (At.HELLO, Fault(b"250-more\r\n" * 9_000), ServerUnavailableError, ""),
        (At.HELLO, Fault(b"421 4.3.2 no room\r\n", Then.HANG_UP), ServerUnavailableError, "no room"),
    ],
)
async def test_a_server_that_does_not_greet_is_told_apart(
    at: At, fault: Fault, error: type[DigestError], words: str
) -> None:
    """Each way of not greeting us ends in its own error, with what was seen, escaped."""
    async with FaultServer(always(at, fault)) as server:
        with pytest.raises(error) as caught:
            await SmtpTransport(server.options()).open()
    assert type(caught.value) is error
    assert words in str(caught.value)
    assert str(caught.value).isprintable()


async def test_s06_helo_is_said_to_those_who_do_not_know_ehlo() -> None:
    """EHLO 502 is followed by HELO, and letters go without any extension (S6)."""
    told = Recorder()
    async with FaultServer(always(At.HELLO, Fault(b"502 5.5.1 what?\r\n"))) as server:
        connection = await opened(SmtpTransport(server.options()))
        assert not connection.is_pipelined
        await connection.send(pulling(parcels(3)), told)
        await connection.close()
    assert told.keys(Verdict.ACCEPTED) == {0, 1, 2}
    assert all(b"SIZE" not in line for line in server.truth.mail_lines)


@pytest.mark.parametrize(
    ("server_name", "trusted", "words"),
    [
        pytest.param(None, True, "offers no STARTTLS", id="s36"),
        pytest.param("127.0.0.1", False, "--tls-ca", id="s38"),  # an unknown authority
        pytest.param("elsewhere.example.org", True, "not to be trusted", id="s38_b"),  # another name
    ],
)
async def test_without_trustworthy_tls_nothing_is_said(
    authority: trustme.CA, ca_file: str, server_name: str | None, words: str, *, trusted: bool
) -> None:
    """Where TLS is required and not to be had or trusted, neither letter nor password leaves."""
    context = serving(authority, server_name) if server_name else None
    async with FaultServer(tls=context) as server:
        options = server.options(tls=Tls.STARTTLS, ca_file=ca_file if trusted else None, username="jo")
        with pytest.raises(TlsError) as caught:
            await SmtpTransport(options, password=lambda: SECRET).open()
    assert words in str(caught.value)
    assert server.truth.logins == []
    assert server.truth.mail_lines == []


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault(b"454 4.7.0 not now\r\n"), id="s37"),
        pytest.param(Fault(b"220 go\r\nnot a handshake, not even nearly one\r\n", Then.SILENCE), id="s38_c"),
        pytest.param(Fault(b"220 go\r\n", Then.SILENCE), id="s38_d"),  # a handshake that hangs
    ],
)
async def test_tls_that_does_not_begin_stops_the_run(
    fault: Fault, authority: trustme.CA, ca_file: str
) -> None:
    """A STARTTLS that is taken back, garbled or left hanging is a TlsError, never clear text."""
    async with FaultServer(always(At.STARTTLS, fault), tls=serving(authority)) as server:
        with pytest.raises(TlsError):
            await SmtpTransport(server.options(tls=Tls.STARTTLS, ca_file=ca_file)).open()
    assert server.truth.mail_lines == []


async def test_s39_plaintext_behind_starttls_is_not_believed(authority: trustme.CA, ca_file: str) -> None:
    """Replies that somebody slipped in before the handshake are not taken for the server's (S39)."""
    injected = b"250-faults.example.org\r\n250 PIPELINING\r\n"
    async with FaultServer(tls=serving(authority), offers=(), injected=injected) as server:
        try:
            connection = await opened(SmtpTransport(server.options(tls=Tls.STARTTLS, ca_file=ca_file)))
        except (TlsError, ServerUnavailableError):
            return  # the handshake choked on them: safe as well
        assert not connection.is_pipelined
        await connection.close()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        pytest.param(Fault(b"535 5.7.8 no, tide-and-time is wrong\r\n"), LoginRefusedError, id="s40"),
        (Fault(b"534 5.7.9 stronger please\r\n"), LoginRefusedError),
        pytest.param(Fault(b"454 4.7.0 later\r\n"), ServerUnavailableError, id="s41"),
        (Fault(b"421 4.3.2 bye\r\n", Then.HANG_UP), ServerUnavailableError),
    ],
)
async def test_a_refused_login_is_tried_once_and_names_no_secret(
    fault: Fault, error: type[DigestError], authority: trustme.CA, ca_file: str
) -> None:
    """One AUTH, one error, and the password is in neither its text nor its chain."""
    offers = ("AUTH PLAIN LOGIN CRAM-MD5", "PIPELINING")
    async with FaultServer(always(At.AUTH, fault), tls=serving(authority), offers=offers) as server:
        options = server.options(tls=Tls.STARTTLS, ca_file=ca_file, username="jo")
        with pytest.raises(error) as caught:
            await SmtpTransport(options, password=lambda: SECRET).open()
    assert server.truth.logins == [f"jo {SECRET}"]
    link: BaseException | None = caught.value
    while link is not None:
        assert SECRET not in str(link)
        link = link.__cause__
    assert server.truth.violations == []


async def test_s42_no_login_offered_is_said_with_what_to_do() -> None:
    """A user name for a server that offers no AUTH in clear is refused before anything is asked (S42)."""
    asked: list[int] = []

    def prompt() -> str:
        asked.append(1)
        return SECRET

    async with FaultServer() as server:
        with pytest.raises(LoginRefusedError, match="TLS"):
            await SmtpTransport(server.options(username="jo"), password=prompt).open()
    assert asked == []


async def test_the_password_is_asked_once_for_many_connections() -> None:
    """Sixteen connections that open at once lead to one prompt."""
    asked: list[int] = []

    def prompt() -> str:
        asked.append(1)
        return SECRET

    async with FaultServer(offers=("AUTH PLAIN",)) as server:
        transport = SmtpTransport(server.options(username="jo"), password=prompt)
        connections = await asyncio.gather(*(transport.open() for _ in range(16)))
        await asyncio.gather(*(connection.close() for connection in connections))
    assert len(asked) == 1
    assert len(server.truth.logins) == 16


async def test_xoauth2_sends_the_token() -> None:
    """With auth=xoauth2 the secret is a bearer token, asked for at each connection."""
    async with FaultServer(offers=("AUTH XOAUTH2",)) as server:
        options = replace(server.options(username="jo"), auth="xoauth2")
        connection = await SmtpTransport(options, password=lambda: "t0ken").open()
        await connection.close()
    assert server.truth.logins == ["user=jo auth=Bearer t0ken"]


def on(loop: str) -> Callable[[Coroutine[object, object, None]], None]:
    factory = uvloop.new_event_loop if loop == "uvloop" else asyncio.new_event_loop

    def run(work: Coroutine[object, object, None]) -> None:
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(work)

    return run


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
@pytest.mark.parametrize("tls", [Tls.NONE, Tls.STARTTLS, Tls.IMPLICIT])
@pytest.mark.parametrize("pipelining", [True, False])
def test_letters_arrive_whole_over_every_kind_of_wire(
    loop: str, tls: Tls, authority: trustme.CA, ca_file: str, *, pipelining: bool
) -> None:
    """Small and large letters arrive byte for byte, with and without TLS and pipelining, on both loops."""
    small = parcels(30, b"The ferry is late.\r\n.\r\n..and a dot\r\n")
    large = parcels(3, b"A line of the harbour register, which is long.\r\n" * 20_000)
    wanted = [*small, *(each._replace(key=each.key + 100) for each in large)]

    async def mail() -> None:
        told = Recorder()
        context = None if tls is Tls.NONE else serving(authority)
        async with FaultServer(behave, tls=context, implicit=tls is Tls.IMPLICIT) as server:
            options = server.options(tls=tls, ca_file=ca_file, pipelining=pipelining)
            connection = await opened(SmtpTransport(options))
            assert connection.is_pipelined is pipelining
            for part in (small, wanted[30:]):
                await connection.send(pulling(part), told)
            await connection.close()
        assert told.keys(Verdict.ACCEPTED) == {each.key for each in wanted}
        assert server.truth.violations == []
        assert server.truth.bodies["reader2@example.org"] == large[2].message
        assert server.truth.bodies["reader9@example.org"] == small[9].message

    on(loop)(mail())
