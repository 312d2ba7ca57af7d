"""The SMTP side of the debug inbox: takes every mail, for everyone, and hands it to the mailbox.

The only file that knows aiosmtpd. Its ``Controller`` is not used: it starts a thread and a loop of its own,
and the inbox lives in the caller's loop.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, cast
from weakref import WeakSet

from digest.web.chaos import At, Fault, Then

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

__all__ = ["Door", "open_door"]

# Twice what the strictest large providers take (25 MB at Gmail): a letter that is too large for them can
# still be looked at here.
LARGEST_MAIL_BYTES = 50 * 1024 * 1024
# A sender that waits for somebody at a debugger shall not be thrown out at once.
IDLE_SECONDS = 600.0

# Quick enough for a rehearsal, slow enough that a client reads a reply in pieces.
DRIP_SECONDS = 0.01

Take = Callable[[str, tuple[str, ...], bytes], int]
Strike = Callable[[At, str], tuple[Fault, bool] | None]


def strike_nothing(at: At, address: str) -> None:
    """Misbehave never."""
    del at, address


class _Handler:
    """What aiosmtpd asks at each step; the names of the methods are its own."""

    def __init__(self, token: str, take: Take, strike: Strike) -> None:
        self._token = token
        self._take = take
        self._strike = strike

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        del server, envelope
        session.host_name = hostname
        return [responses[0], f"250-X-DIGEST-INBOX {self._token}", *responses[1:]]

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, mail_options: list[str]
    ) -> str:
        del session
        struck = self._strike(At.MAIL, address)
        if struck is not None:
            return await _misbehave(server, struck[0])
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        del session
        struck = self._strike(At.RCPT, address)
        if struck is not None:
            return await _misbehave(server, struck[0])
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        del session
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        recipients = tuple(envelope.rcpt_tos)
        struck = self._strike(At.DOT, recipients[0] if recipients else "")
        if struck is None or struck[1]:
            number = self._take(envelope.mail_from or "", recipients, content)
            if struck is None:
                return f"250 2.0.0 Kept as mail {number}, forwarded to nobody"
        return await _misbehave(server, struck[0])


async def _misbehave(server: SMTP, fault: Fault) -> str:
    """Give the fault's reply, or act it out and never return: aiosmtpd ends us with the connection."""
    if fault.then is Then.GO_ON:
        return fault.reply
    transport = cast("asyncio.WriteTransport", server.transport)  # uvloop's is none by inheritance
    reply = fault.reply.encode()
    if fault.then is Then.DRIP:
        for at in range(len(reply)):
            transport.write(reply[at : at + 1])
            await asyncio.sleep(DRIP_SECONDS)
    elif fault.then is Then.HANG_UP:
        transport.write(reply + (b"\r\n" if fault.at is not At.DOT else b""))
        transport.close()
    await asyncio.Event().wait()
    raise AssertionError("unreachable: nobody sets that event")


def _accept_any_login(*_asked: object) -> AuthResult:
    # So that settings with a login can be rehearsed as they are. Nothing is checked and nothing is kept.
    from aiosmtpd.smtp import AuthResult

    return AuthResult(success=True)


class Door:
    """An open SMTP server; closing it also ends the sessions that are under way."""

    def __init__(self, server: asyncio.Server, sessions: WeakSet[SMTP]) -> None:
        self._server = server
        self._sessions = sessions

    async def close(self) -> None:
        """Stop listening and hang up on everybody: since Python 3.12 a server waits for its clients else."""
        self._server.close()
        for session in self._sessions:
            if session.transport is not None:
                session.transport.close()
        await self._server.wait_closed()


async def open_door(
    listening: socket.socket, *, token: str, take: Take, strike: Strike = strike_nothing
) -> Door:
    """Serve SMTP on a bound socket.

    ``take`` gets sender, recipients and content, and numbers the mail. ``strike`` is asked at each step
    whether to misbehave, with the address the step is about.
    """
    from aiosmtpd.smtp import SMTP

    loop = asyncio.get_running_loop()
    sessions: WeakSet[SMTP] = WeakSet()

    def factory() -> SMTP:
        session = SMTP(
            _Handler(token, take, strike),
            data_size_limit=LARGEST_MAIL_BYTES,
            enable_SMTPUTF8=True,
            ident="Digest inbox, forwards nothing",
            timeout=IDLE_SECONDS,
            auth_require_tls=False,
            authenticator=_accept_any_login,
            loop=loop,
        )
        sessions.add(session)
        return session

    return Door(await loop.create_server(factory, sock=listening), sessions)
