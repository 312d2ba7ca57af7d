"""The SMTP side of the debug inbox: takes every mail, for everyone, and hands it to the mailbox.

The only file that knows aiosmtpd. Its ``Controller`` is not used: it starts a thread and a loop of its own,
and the inbox lives in the caller's loop.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING
from weakref import WeakSet

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

__all__ = ["Door", "open_door"]

# Twice what the strictest large providers take (25 MB at Gmail): a letter that is too large for them can
# still be looked at here.
LARGEST_MAIL_BYTES = 50 * 1024 * 1024
# A sender that waits for somebody at a debugger shall not be thrown out at once.
IDLE_SECONDS = 600.0

Take = Callable[[str, tuple[str, ...], bytes], int]


class _Handler:
    """What aiosmtpd asks at each step; the names of the methods are its own."""

    def __init__(self, token: str, take: Take) -> None:
        self._token = token
        self._take = take

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name and signature
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        del server, envelope
        session.host_name = hostname
        return [responses[0], f"250-X-DIGEST-INBOX {self._token}", *responses[1:]]

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        del server, session
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        number = self._take(envelope.mail_from or "", tuple(envelope.rcpt_tos), content)
        return f"250 2.0.0 Kept as mail {number}, forwarded to nobody"


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


async def open_door(listening: socket.socket, *, token: str, take: Take) -> Door:
    """Serve SMTP on a bound socket; ``take`` gets sender, recipients and content, and numbers the mail."""
    from aiosmtpd.smtp import SMTP

    loop = asyncio.get_running_loop()
    sessions: WeakSet[SMTP] = WeakSet()

    def factory() -> SMTP:
        session = SMTP(
            _Handler(token, take),
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
