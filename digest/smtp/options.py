"""Where a server is and how to speak to it: one URL, parsed once.

``smtp://user@host:587?tls=starttls`` or ``smtps://host:465``. A password never stands in a URL (it would be in
the shell's history and in every process list) and is never repeated in an error.
"""

from __future__ import annotations

import enum
import ipaddress
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from digest.errors import UsageError

__all__ = ["SmtpOptions", "StageTimeouts", "Tls", "is_loopback", "parse_url"]

_URL_HINT = "write it as smtp://user@mail.example.org:587 or smtps://mail.example.org:465"
_AUTH_METHODS = ("plain", "login", "cram-md5", "xoauth2")


class Tls(enum.StrEnum):
    """How a connection is encrypted. There is no way between: it is verified, or it is not encrypted."""

    STARTTLS = "starttls"  # required: without it nothing is sent
    IMPLICIT = "implicit"
    NONE = "none"  # on loopback only


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTimeouts:
    """How many seconds to wait for the server at each stage.

    After the final dot a server may be busy delivering; who hangs up too early has a letter in doubt.

    Source: RFC 5321 4.5.3.2; connect and TLS are ours.
    """

    connect: float = 30.0
    tls: float = 30.0
    greeting: float = 300.0
    command: float = 300.0
    data: float = 120.0
    block: float = 180.0
    dot: float = 600.0
    goodbye: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpOptions:
    """A server and how to speak to it.

    ``auth`` forces one method; None takes what the server offers. ``local_hostname`` is what EHLO says; None says the
    address literal of our end (RFC 5321 4.1.4), which needs no name look-up. ``ca_file`` is a PEM file of
    authorities trusted besides the system's.
    """

    host: str
    port: int
    username: str | None = None
    auth: str | None = None
    tls: Tls = Tls.STARTTLS
    ca_file: str | None = None
    local_hostname: str | None = None
    pipelining: bool = True
    timeouts: StageTimeouts = field(default_factory=StageTimeouts)

    @property
    def where(self) -> str:
        """The server as errors name it: ``mail.example.org:587``."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The server as the plan shows it, without the user name."""
        return f"{'smtps' if self.tls is Tls.IMPLICIT else 'smtp'}://{self.where}"


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address can only mean this machine."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):  # RFC 6761 6.3
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def parse_url(url: str) -> SmtpOptions:
    """Read an SMTP URL.

    Without ``tls=``, STARTTLS is required off loopback, and none is used on loopback. Without a port it is 587
    (submission, RFC 6409), 465 for ``smtps`` (RFC 8314), 25 on loopback.

    Raises:
        UsageError: another scheme, no host, an unknown option, a password, or no TLS off loopback.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        host = parts.hostname
    except ValueError as error:
        # The URL is not repeated: what does not parse may well hold a password.
        raise UsageError("the SMTP URL cannot be read", hint=_URL_HINT) from error.with_traceback(None)
    if parts.password is not None:
        raise UsageError(
            "a password may not stand in the SMTP URL",
            where=host,
            hint="leave it out and set DIGEST_SMTP_PASSWORD, or a password file, command or keyring",
        )
    if parts.scheme not in {"smtp", "smtps"}:
        raise UsageError(f"'{parts.scheme}' is no SMTP scheme", hint=_URL_HINT)
    if not host or any(character <= " " or character == "\x7f" for character in host):
        raise UsageError("the SMTP URL names no server", hint=_URL_HINT)
    if parts.path.strip("/") or parts.fragment:
        raise UsageError("an SMTP URL ends after the port and ?options", where=host, hint=_URL_HINT)
    asked = _asked(parts.query, host)
    tls = _tls(parts.scheme, asked.get("tls"), host)
    return SmtpOptions(
        host=host,
        port=port or _default_port(tls, host),
        username=unquote(parts.username) if parts.username else None,
        auth=_auth(asked.get("auth"), host),
        tls=tls,
        local_hostname=asked.get("ehlo"),
    )


def _asked(query: str, host: str) -> dict[str, str]:
    asked: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name not in {"tls", "auth", "ehlo"}:
            raise UsageError(
                f"'{name}' is no option of an SMTP URL", where=host, hint="the options are tls, auth, ehlo"
            )
        if name in asked or not value or not value.isprintable() or " " in value:
            raise UsageError(f"the option {name} is given twice or has no proper value", where=host)
        asked[name] = value
    return asked


def _tls(scheme: str, asked: str | None, host: str) -> Tls:
    if asked is None:
        tls = Tls.IMPLICIT if scheme == "smtps" else Tls.NONE if is_loopback(host) else Tls.STARTTLS
    elif asked in set(Tls):
        tls = Tls(asked)
    else:
        raise UsageError(f"'{asked}' is no way of TLS", where=host, hint="tls is starttls, implicit or none")
    if scheme == "smtps" and tls is not Tls.IMPLICIT:
        raise UsageError(f"smtps:// and tls={tls} contradict each other", where=host, hint="write smtp://")
    if tls is Tls.NONE and not is_loopback(host):
        raise UsageError(
            "letters and logins are not sent unencrypted to another machine",
            where=host,
            hint="use tls=starttls or smtps://; for a certificate of your own authority pass --tls-ca FILE",
        )
    return tls


def _auth(asked: str | None, host: str) -> str | None:
    if asked is not None and asked not in _AUTH_METHODS:
        raise UsageError(
            f"'{asked}' is no way to log in", where=host, hint=f"auth is one of {', '.join(_AUTH_METHODS)}"
        )
    return asked


def _default_port(tls: Tls, host: str) -> int:
    if tls is Tls.IMPLICIT:
        return 465
    return 25 if tls is Tls.NONE and is_loopback(host) else 587
