"""Mailgun by its HTTP API: ``mailgun://DOMAIN`` or ``mailgun://DOMAIN?region=eu``, the whole letter as it is.

The API key is the password: ``DIGEST_SMTP_PASSWORD``, ``password_file`` or ``password_command``.

Source: Mailgun's ``POST /v3/{domain}/messages.mime``.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qs, urlsplit

from digest.errors import ConfigurationError, UsageError
from digest.model import Parcel, Stage
from digest.smtp.http import Call, HttpTransport, endpoint_of

__all__ = ["MailgunApi", "from_url"]

_HOSTS: Final = {"us": "https://api.mailgun.net", "eu": "https://api.eu.mailgun.net"}


class MailgunApi:
    """How Mailgun wants to be asked."""

    def __init__(self, domain: str, endpoint: str, password: Callable[[], str] | None) -> None:
        self._domain = domain
        self._url = f"{endpoint}/v3/{domain}/messages.mime"
        self._password = password
        self._login: str | None = None

    @property
    def name(self) -> str:
        """What the plan shows."""
        return f"mailgun://{self._domain}"

    def call(self, parcel: Parcel, *, seconds: float) -> Call:  # noqa: ARG002  # nothing of it is signed
        """Give the request: a form with the recipient and the letter as a file."""
        # Named by the letter's own hash: nobody can write a letter that holds its boundary.
        boundary = hashlib.sha256(parcel.message).hexdigest()[:32]
        content = (
            (
                f'--{boundary}\r\nContent-Disposition: form-data; name="to"\r\n\r\n{parcel.envelope.recipient}\r\n'
                f'--{boundary}\r\nContent-Disposition: form-data; name="message"; filename="letter.eml"\r\n'
                "Content-Type: message/rfc822\r\n\r\n"
            ).encode()
            + parcel.message
            + f"\r\n--{boundary}--\r\n".encode()
        )
        headers = {
            "authorization": self._known_login(),
            "content-type": f"multipart/form-data; boundary={boundary}",
        }
        return Call(self._url, headers, content)

    def refusal(self, status: int, content: bytes) -> tuple[Stage, int, str] | None:
        """Tell an address it does not take from a letter it does not take: both are 400."""
        if status == 400 and b"'to' parameter" in content:
            return Stage.RCPT, 553, "5.1.3"
        return None

    def _known_login(self) -> str:
        if self._login is None:
            if self._password is None:
                raise ConfigurationError(
                    "there is no API key", where=self.name, hint="set DIGEST_SMTP_PASSWORD"
                )
            self._login = "Basic " + base64.b64encode(f"api:{self._password()}".encode()).decode()
        return self._login


def from_url(url: str, *, password: Callable[[], str] | None = None) -> HttpTransport:
    """Give the transport of ``mailgun://DOMAIN``; ``?endpoint=`` names another address of the API.

    Raises:
        UsageError: it names no domain, or a region Mailgun does not have.
    """
    parts = urlsplit(url)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    region = asked.get("region", "us")
    if not re.fullmatch(r"[A-Za-z0-9.-]+", parts.netloc) or region not in _HOSTS:
        raise UsageError(
            "the URL names no sending domain, or no region of Mailgun",
            hint="write mailgun://mg.example.org or mailgun://mg.example.org?region=eu",
        )
    endpoint = endpoint_of(asked.get("endpoint"), _HOSTS[region], where=f"mailgun://{parts.netloc}")
    return HttpTransport(MailgunApi(parts.netloc, endpoint, password))
