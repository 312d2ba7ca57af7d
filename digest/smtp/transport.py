"""An SMTP server as a Transport: opens connections, keeps what they share (login, trusted authorities)."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from digest.errors import TlsError
from digest.model import Connection
from digest.smtp.connection import SmtpConnection
from digest.smtp.options import SmtpOptions, Tls
from digest.smtp.session import open_session

if TYPE_CHECKING:
    from digest.smtp.signing import SigningThreads  # its keys take 10 ms to load, and few sign themselves

__all__ = ["SmtpTransport"]


class SmtpTransport:
    """Opens connections to one server.

    ``password`` is asked once, in a thread, when first needed (it may prompt or run a command); for XOAUTH2 it
    gives a token and is asked for every connection, since tokens expire. ``signing``: letters are signed.
    """

    def __init__(
        self,
        options: SmtpOptions,
        *,
        password: Callable[[], str] | None = None,
        signing: SigningThreads | None = None,
    ) -> None:
        self._options = options
        self._signing = signing
        self._password = password
        self._known: str | None = None
        self._asking = asyncio.Lock()
        self._context: ssl.SSLContext | None = None

    @property
    def name(self) -> str:
        """What the plan shows: ``smtp://mail.example.org:587``."""
        return self._options.url

    async def open(self) -> Connection:
        """Open one connection.

        Raises:
            ServerUnavailableError: nobody listens, the connection broke, or the server said 4xx.
            ServerRefusedError: it refuses us, or speaks no SMTP.
            TlsError: no trustworthy encryption, or the file of authorities cannot be read.
            LoginRefusedError: it refused the login.
        """
        if self._options.tls is not Tls.NONE and self._context is None:
            self._context = _trusting(self._options.ca_file)
        session = await open_session(self._options, self._secret(), self._context)
        return SmtpConnection(
            session, self._options, signing=self._signing, out_of_step=self._distrust_pipelining
        )

    def _secret(self) -> Callable[[], Awaitable[str]] | None:
        password = self._password
        if password is None:
            return None

        async def ask() -> str:
            if self._options.auth == "xoauth2":
                return await asyncio.to_thread(password)
            async with self._asking:
                if self._known is None:
                    self._known = await asyncio.to_thread(password)
                return self._known

        return ask

    def _distrust_pipelining(self) -> None:
        # Servers and firewalls that offer it and lose count exist; the next connections go step by step.
        self._options = replace(self._options, pipelining=False)


def _trusting(ca_file: str | None) -> ssl.SSLContext:
    # Verification, host names and TLS 1.2 are the defaults since Python 3.10; nothing here switches them off.
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError) as error:
            raise TlsError(
                "this file of trusted authorities cannot be read",
                where=ca_file,
                hint="--tls-ca takes a file of PEM certificates",
            ) from error
    return context
