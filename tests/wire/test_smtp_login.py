"""Ways to log in, each against a server that checks: once per connection, with what the method promises."""

from __future__ import annotations

import asyncio
import base64
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from mail_desk import Recorder, parcels, pulling

from digest.errors import LoginRefusedError, TlsError
from digest.model import Verdict
from digest.smtp import SmtpOptions, SmtpTransport, StageTimeouts, Tls
from digest.smtp.connection import SmtpConnection

USER, SECRET = "editor@example.org", "tide-and-time"
CHALLENGE = b"<1896.697170952@mail.example.org>"


@dataclass
class Checking:
    """A server that knows one login, by any method, and takes every letter."""

    attempts: list[str] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    token: str = SECRET

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk to one client."""

        async def ask(line: bytes) -> bytes:
            writer.write(line + b"\r\n")
            return (await reader.readline()).rstrip(b"\r\n")

        said = await ask(b"220 mail.example.org")
        try:
            while said:
                verb = said.split()[0].upper()
                if verb == b"EHLO":
                    said = await ask(b"250-mail.example.org\r\n250 AUTH PLAIN LOGIN CRAM-MD5 XOAUTH2")
                elif verb == b"AUTH":
                    self.attempts.append(said.split()[1].decode())
                    good = await self._check(said.split(), ask)
                    said = await ask(b"235 2.7.0 welcome" if good else b"535 5.7.8 no")
                elif verb == b"DATA":
                    writer.write(b"354 go on\r\n")
                    await reader.readuntil(b"\r\n.\r\n")
                    said = await ask(b"250 2.0.0 taken")
                elif verb == b"QUIT":
                    writer.write(b"221 bye\r\n")
                    return
                else:
                    said = await ask(b"250 ok")
        finally:
            writer.close()

    async def _check(self, words: list[bytes], ask: Callable[[bytes], Awaitable[bytes]]) -> bool:
        method = words[1].upper()
        first = base64.b64decode(words[2]) if len(words) > 2 else b""
        if method == b"PLAIN":
            return first == f"\0{USER}\0{self.token}".encode()
        if method == b"LOGIN":
            name = first or base64.b64decode(await ask(b"334 VXNlcm5hbWU6"))
            word = base64.b64decode(await ask(b"334 UGFzc3dvcmQ6"))
            return (name, word) == (USER.encode(), self.token.encode())
        if method == b"CRAM-MD5":
            told = base64.b64decode(await ask(b"334 " + base64.b64encode(CHALLENGE))).decode()
            return told == f"{USER} {hmac.new(self.token.encode(), CHALLENGE, 'md5').hexdigest()}"
        good = first == f"user={USER}\1auth=Bearer {self.token}\1\1".encode()
        if not good:
            # As Google does: the reason first, and 535 once the client has answered with an empty line.
            self.answers.append(await ask(b"334 " + base64.b64encode(b'{"status":"400"}')))
        return good


@asynccontextmanager
async def opened(checking: Checking) -> AsyncIterator[SmtpOptions]:
    tasks: set[asyncio.Task[None]] = set()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        await checking.meet(reader, writer)

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield SmtpOptions(host="127.0.0.1", port=port, username=USER, tls=Tls.NONE)
    server.close()
    await asyncio.wait(tasks, timeout=5) if tasks else None
    await server.wait_closed()


@pytest.mark.parametrize("method", ["plain", "login", "cram-md5", "xoauth2"])
async def test_each_way_to_log_in_opens_the_door(method: str) -> None:
    """The method asked for is the one used, once, and letters go afterwards."""
    checking, told = Checking(), Recorder()
    async with opened(checking) as options:
        connection = await SmtpTransport(replace(options, auth=method), password=lambda: SECRET).open()
        await connection.send(pulling(parcels(3)), told)
        await connection.close()
    assert checking.attempts == [method.upper()]
    assert told.keys(Verdict.ACCEPTED) == {0, 1, 2}


@pytest.mark.parametrize("method", ["plain", "login", "cram-md5", "xoauth2"])
async def test_s40_a_wrong_word_is_tried_once_by_no_other_method(method: str) -> None:
    """One AUTH, 77, and no second try by another way: that is how accounts are locked."""
    checking = Checking(token="another")
    async with opened(checking) as options:
        transport = SmtpTransport(replace(options, auth=method), password=lambda: SECRET)
        with pytest.raises(LoginRefusedError) as caught:
            await transport.open()
    assert checking.attempts == [method.upper()]
    assert caught.value.exit_status == 77
    assert SECRET not in str(caught.value)
    assert checking.answers == ([b""] if method == "xoauth2" else [])


async def test_a_token_is_asked_for_anew_at_each_connection() -> None:
    """Tokens expire: the command that gives them is called once a connection, never in a loop on one."""
    checking = Checking(token="token-1")
    asked: list[str] = []

    def token() -> str:
        asked.append("token")
        checking.token = f"token-{len(asked)}"
        return checking.token

    async with opened(checking) as options:
        transport = SmtpTransport(replace(options, auth="xoauth2"), password=token)
        for _ in range(3):
            await (await transport.open()).close()
    assert len(asked) == len(checking.attempts) == 3


async def test_without_a_choice_the_method_is_one_that_is_offered() -> None:
    """PLAIN before others; CRAM-MD5 is often offered where only password hashes are kept."""
    checking = Checking()
    async with opened(checking) as options:
        connection = await SmtpTransport(options, password=lambda: SECRET).open()
        assert isinstance(connection, SmtpConnection)
        await connection.close()
    assert checking.attempts == ["PLAIN"]


async def test_s38_a_handshake_that_hangs_ends_in_seconds_though_a_greeting_may_take_minutes() -> None:
    """smtps:// to a server that says nothing: the TLS limit ends it, not the five minutes of a greeting."""
    meetings: list[asyncio.StreamWriter] = []

    async def silence(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        meetings.append(writer)

    server = await asyncio.start_server(silence, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    options = SmtpOptions(
        host="127.0.0.1", port=port, tls=Tls.IMPLICIT, timeouts=StageTimeouts(tls=0.2, greeting=300)
    )
    async with asyncio.timeout(5):
        with pytest.raises(TlsError, match="in time"):
            await SmtpTransport(options).open()
    for writer in meetings:
        writer.transport.abort()
    server.close()
    await server.wait_closed()
