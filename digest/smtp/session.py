"""Connect, greet, encrypt, log in: with aiosmtplib, which this file alone knows.

Gives a transport that is ready for MAIL, with what the server offers, or an error that names the stage. The
message phase is not aiosmtplib's: see ``wire``. A session that fails half way leaves no socket behind.

Source: RFC 5321 3.1, 3.2; RFC 3207; RFC 4954; RFC 8314.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from digest.errors import DigestError, LoginRefusedError, ServerRefusedError, TlsError
from digest.model import Receipt, Stage
from digest.smtp.errors import ServerUnavailableError
from digest.smtp.options import SmtpOptions, Tls
from digest.smtp.replies import Reply, escape, receipt

if TYPE_CHECKING:
    from aiosmtplib import SMTP, SMTPResponseException

__all__ = ["Session", "open_session"]

# In clear they are used on loopback only, so what counts is what servers really check: CRAM-MD5 is often offered
# where only password hashes are kept, and a second try after a failure locks accounts.
_AUTH_PREFERENCE = ("plain", "login", "cram-md5")
_INBOX = "x-digest-inbox"
_TOKEN = re.compile(r"[A-Za-z0-9_.-]{1,64}")


@dataclass(frozen=True, slots=True)
class Session:
    """A connection ready for MAIL. ``offered``: EHLO keywords in lower case with their parameters."""

    transport: asyncio.Transport
    offered: Mapping[str, str]
    rehearsal: str | None


async def open_session(
    options: SmtpOptions, secret: Callable[[], Awaitable[str]] | None, context: ssl.SSLContext | None
) -> Session:
    """Open one session.

    Raises:
        ServerUnavailableError: nobody listens, the connection broke, or the server said 4xx.
        ServerRefusedError: it refuses us, or speaks no SMTP.
        TlsError: no trustworthy encryption.
        LoginRefusedError: it refused the login.
    """
    from aiosmtplib import SMTP  # heavy

    connected = await _connect(options)
    try:
        smtp = SMTP(
            hostname=options.host,
            sock=connected,
            local_hostname=options.local_hostname or _literal(connected.getsockname()[0]),
            timeout=options.timeouts.greeting,
            use_tls=options.tls is Tls.IMPLICIT,
            start_tls=False,
            tls_context=context,
        )
        is_local = ipaddress.ip_address(connected.getpeername()[0].partition("%")[0]).is_loopback
    except BaseException:
        connected.close()
        raise
    steps = _Steps(smtp, options)
    try:
        await steps.begin()
        smtp.timeout = options.timeouts.command
        await steps.hello()
        if options.tls is Tls.STARTTLS:
            await steps.encrypt()
            await steps.hello()
        if options.username is not None:
            await steps.log_in(options.username, secret)
        transport = _transport(smtp)
        if transport is None or transport.is_closing():
            raise _unavailable(options, Receipt(Stage.HELLO, None, "the server closed the connection"))  # noqa: TRY301  # cleaned up below
    except BaseException:
        left = _transport(smtp)
        if left is not None:
            left.abort()  # close() would wait up to 30 seconds for the other side's TLS goodbye
        smtp.close()
        connected.close()
        raise
    offered = dict(smtp.esmtp_extensions)
    token = offered.get(_INBOX, "")
    rehearsal = f"inbox:{token}" if is_local and _TOKEN.fullmatch(token) else None
    return Session(transport, offered, rehearsal)


def _transport(smtp: SMTP) -> asyncio.Transport | None:
    # uvloop's transports are no subclasses of asyncio's, they only behave as such
    return cast("asyncio.Transport | None", smtp.transport)


class _Steps:
    """The dialogue before the first letter; every failure is translated with the stage it happened at."""

    def __init__(self, smtp: SMTP, options: SmtpOptions) -> None:
        self._smtp = smtp
        self._options = options

    async def take(self, stage: Stage, step: Callable[[], Awaitable[object]]) -> None:
        """Do one step.

        Raises:
            DigestError: it failed, in our words.
        """
        from aiosmtplib import SMTPException

        try:
            await step()
        except (SMTPException, OSError, UnicodeError, ValueError) as error:
            # ValueError: aiosmtplib on base64 that is none in a CRAM-MD5 challenge.
            raise _translated(error, stage, self._options) from error

    async def begin(self) -> None:
        """Take the connection over, encrypt it where that comes first, and hear the greeting."""
        connecting = asyncio.ensure_future(self.take(Stage.GREETING, self._smtp.connect))
        try:
            if self._options.tls is Tls.IMPLICIT:
                # aiosmtplib gives handshake and greeting one limit. A greeting may take minutes; who does not
                # shake hands in seconds speaks no TLS.
                await asyncio.wait({connecting}, timeout=self._options.timeouts.tls)
                if not connecting.done() and _transport(self._smtp) is None:
                    raise _tls_error(None, self._options)
            await connecting
        finally:
            if not connecting.done():
                connecting.cancel()
                await asyncio.wait({connecting})

    async def hello(self) -> None:
        """Say EHLO, or HELO to those who know nothing newer (S6)."""
        from aiosmtplib import SMTPHeloError

        async def greet() -> None:
            try:
                await self._smtp.ehlo()
            except SMTPHeloError as error:
                if error.code // 100 != 5 or not self._smtp.is_connected:
                    raise
                await self._smtp.helo()

        await self.take(Stage.HELLO, greet)

    async def encrypt(self) -> None:
        """Begin TLS, which must be offered: going on in clear is never an answer."""
        if not self._smtp.supports_extension("starttls"):
            raise TlsError(
                "the server offers no STARTTLS; nothing was sent",
                where=self._options.where,
                hint="try smtps:// (port 465), or another port of the server",
            )
        seconds = self._options.timeouts.tls
        await self.take(Stage.TLS, lambda: self._smtp.starttls(timeout=seconds))

    async def log_in(self, username: str, secret: Callable[[], Awaitable[str]] | None) -> None:
        """Log in once, by one method: more tries lock accounts."""
        method = self._method()
        if secret is None:
            raise LoginRefusedError(
                f"there is no password for {username}",
                where=self._options.where,
                hint="set DIGEST_SMTP_PASSWORD, or a password file, command or keyring",
            )
        spoken = await secret()
        smtp = self._smtp
        step = {
            "plain": lambda: smtp.auth_plain(username, spoken),
            "login": lambda: smtp.auth_login(username, spoken),
            "cram-md5": lambda: smtp.auth_crammd5(username, spoken),
            "xoauth2": lambda: smtp.auth_xoauth2(username, spoken),
        }[method]
        try:
            await self.take(Stage.LOGIN, step)
        except LoginRefusedError as error:
            if spoken and spoken in error.what:
                # A server that repeats what it was told shall not bring it into a log: drop its words, and the
                # chain that holds them.
                raise LoginRefusedError(
                    "the server refused the login", where=error.where, hint=error.hint
                ) from None
            raise

    def _method(self) -> str:
        offered = self._smtp.server_auth_methods
        wanted = self._options.auth
        for method in (wanted,) if wanted else _AUTH_PREFERENCE:
            if method in offered:
                return method
        if offered:
            what = f"the server offers no login we can use, only {escape(' '.join(offered).encode())}"
            hint = (
                "auth=xoauth2 in the URL takes a token instead of a password"
                if "xoauth2" in offered
                else None
            )
        else:
            encrypted = self._options.tls is not Tls.NONE
            what = "the server offers no login" + ("" if encrypted else " on an unencrypted connection")
            hint = "leave the user name out of the URL" if encrypted else "it needs TLS: add ?tls=starttls"
        raise LoginRefusedError(what, where=self._options.where, hint=hint)


async def _connect(options: SmtpOptions) -> socket.socket:
    loop = asyncio.get_running_loop()
    failure: OSError | UnicodeError | None = None
    try:
        async with asyncio.timeout(options.timeouts.connect):
            found = await loop.getaddrinfo(options.host, options.port, type=socket.SOCK_STREAM)
            for family, kind, protocol, _, address in found:
                connecting = socket.socket(family, kind, protocol)
                connecting.setblocking(False)  # noqa: FBT003  # the socket's own signature
                try:
                    # An address that swallows everything shall leave time for the others.
                    async with asyncio.timeout(options.timeouts.connect / len(found)):
                        await loop.sock_connect(connecting, address)
                except OSError as error:  # TimeoutError is one
                    connecting.close()
                    failure = error
                except BaseException:
                    connecting.close()
                    raise
                else:
                    return connecting
    except (OSError, UnicodeError) as error:  # UnicodeError: a host name that IDNA does not know
        failure = error
    raise _unavailable(
        options, Receipt(Stage.CONNECT, None, _words(failure)), _connect_hint(failure)
    ) from failure


def _connect_hint(failure: Exception | None) -> str:
    if isinstance(failure, (socket.gaierror, UnicodeError)):
        return "check the name of the server"
    return "is the server running? `digest inbox` starts one to try with"


def _words(failure: Exception | None) -> str:
    if isinstance(failure, TimeoutError):
        return "no connection in time"
    if isinstance(failure, ConnectionRefusedError):
        return "nobody listens there"
    reason = failure.strerror if isinstance(failure, OSError) and failure.strerror else str(failure)
    return f"no connection: {reason}"


def _literal(address: str) -> str:
    # RFC 5321 4.1.3; a look-up of our own name can take minutes and tells the server no more.
    plain = address.partition("%")[0]
    return f"[IPv6:{plain}]" if ":" in plain else f"[{plain}]"


def _translated(error: Exception, stage: Stage, options: SmtpOptions) -> DigestError:
    from aiosmtplib import SMTPResponseException, SMTPTimeoutError

    if isinstance(error, SMTPResponseException):
        return _answered(error, stage, options)
    certificate = _ssl_cause(error)
    if certificate is not None or (stage is Stage.TLS and isinstance(error, SMTPTimeoutError)):
        return _tls_error(certificate, options)
    if isinstance(error, SMTPTimeoutError):
        if stage is Stage.GREETING:
            return ServerRefusedError(
                "somebody listens there but says nothing", where=options.where, hint="is this an SMTP port?"
            )
        return _unavailable(options, Receipt(stage, None, "the server did not answer in time"))
    return _unavailable(options, Receipt(stage, None, f"the connection was lost at {stage}"))


def _answered(  # noqa: PLR0911  # one return a case: a table of stage and class
    error: SMTPResponseException, stage: Stage, options: SmtpOptions
) -> DigestError:
    said = error.message.encode("utf-8", "surrogateescape").replace(b"\n", b" ")
    if error.code < 0:
        what = f"the server speaks no SMTP; it sent: {escape(said)}"
        if stage is Stage.GREETING:
            return ServerRefusedError(what, where=options.where, hint="is this an SMTP port?")
        return _unavailable(options, Receipt(stage, None, what))
    answer = receipt(stage, Reply(error.code, (said,)))
    words = f"{error.code} {answer.text}".strip()
    match stage, error.code // 100:
        case Stage.TLS, _:
            return TlsError(
                f"the server does not begin TLS: {words}", where=options.where, hint="try smtps:// (port 465)"
            )
        case Stage.LOGIN, 5:
            return LoginRefusedError(
                f"the server refused the login: {words}",
                where=options.where,
                hint="check the user name and the password",
            )
        case _, 5:
            return ServerRefusedError(
                f"the server refuses us: {words}", where=options.where, hint="ask whoever runs the server"
            )
        case _, 4:
            return _unavailable(options, answer)
        case _:
            return ServerRefusedError(
                f"the server answers out of turn: {words}", where=options.where, hint="is this an SMTP port?"
            )


def _unavailable(options: SmtpOptions, ending: Receipt, hint: str | None = None) -> ServerUnavailableError:
    what = f"{ending.code} {ending.text}" if ending.code is not None else ending.text
    return ServerUnavailableError(
        what, receipt=ending, where=options.where, hint=hint or "the same command later may do it"
    )


def _ssl_cause(error: BaseException) -> ssl.SSLError | None:
    seen: BaseException | None = error
    while seen is not None:
        # A server that hangs up in the handshake is no matter of trust.
        if isinstance(seen, ssl.SSLError) and not isinstance(seen, ssl.SSLEOFError):
            return seen
        seen = seen.__cause__
    return None


def _tls_error(cause: ssl.SSLError | None, options: SmtpOptions) -> TlsError:
    hint = "check the port, and whether it wants smtps:// or smtp:// (STARTTLS)"
    if isinstance(cause, ssl.SSLCertVerificationError):
        what = f"the server's certificate is not to be trusted: {cause.verify_message}"
        hint = "for a certificate of your own authority pass --tls-ca FILE"
    elif cause is None:
        what = "the server did not finish the TLS handshake in time"
    else:
        what = f"TLS failed: {cause.reason or cause}"
    with contextlib.suppress(ValueError):
        ipaddress.ip_address(options.host)
        hint += "; certificates are for names, hardly ever for numbers"
    return TlsError(what, where=options.where, hint=hint)
