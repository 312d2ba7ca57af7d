"""Amazon SES by its HTTP API: ``ses://REGION``, the whole letter as it is (raw MIME).

Keys come from ``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY`` and, where there is one, ``AWS_SESSION_TOKEN``.

Source: SES API v2, SendEmail with Content.Raw; AWS Signature Version 4.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import time
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import parse_qs, urlsplit

from digest.errors import ConfigurationError, UsageError
from digest.model import Parcel, Stage
from digest.smtp.http import Call, HttpTransport, endpoint_of

__all__ = ["SesApi", "from_url", "signed_headers"]

_PATH: Final = "/v2/email/outbound-emails"
# The API's own names of what went wrong, where they say more than the status.
_NAMES: Final[dict[str, tuple[Stage, int, str]]] = {
    "MessageRejected": (Stage.DOT, 554, "5.6.0"),
    "MailFromDomainNotVerifiedException": (Stage.MAIL, 550, "5.7.1"),
    "AccountSuspendedException": (Stage.MAIL, 550, "5.7.1"),
    "SendingPausedException": (Stage.MAIL, 550, "5.7.1"),
    "TooManyRequestsException": (Stage.MAIL, 452, "4.7.0"),
    "LimitExceededException": (Stage.MAIL, 452, "4.7.0"),
}


class SesApi:
    """How SES wants to be asked."""

    def __init__(self, region: str, endpoint: str, environ: Mapping[str, str]) -> None:
        self._region = region
        self._url = endpoint + _PATH
        self._environ = environ

    @property
    def name(self) -> str:
        """What the plan shows."""
        return f"ses://{self._region}"

    def call(self, parcel: Parcel, *, seconds: float) -> Call:
        """Give the signed request."""
        shape = {
            "Destination": {"ToAddresses": [parcel.envelope.recipient]},
            "FeedbackForwardingEmailAddress": parcel.envelope.sender,
            "Content": {"Raw": {"Data": base64.b64encode(parcel.message).decode()}},
        }
        content = json.dumps(shape).encode()
        try:
            key, secret = self._environ["AWS_ACCESS_KEY_ID"], self._environ["AWS_SECRET_ACCESS_KEY"]
        except KeyError as error:
            raise ConfigurationError(
                f"{error.args[0]} is not set", where=self.name, hint="set the AWS_* variables of your key"
            ) from None
        token = self._environ.get("AWS_SESSION_TOKEN")
        headers = signed_headers(
            self._url, content, region=self._region, key=(key, secret, token), seconds=seconds
        )
        return Call(self._url, headers, content)

    def refusal(self, _status: int, content: bytes) -> tuple[Stage, int, str] | None:
        """Look for the names of SES's errors, which stand in the body."""
        found = re.search(rb'"(?:__type|code)"\s*:\s*"(?:[^"#]*#)?(\w+)"', content)
        return _NAMES.get(found[1].decode()) if found else None


def from_url(url: str, *, password: Callable[[], str] | None = None) -> HttpTransport:  # noqa: ARG001  # its keys are in the environment
    """Give the transport of ``ses://REGION``; ``?endpoint=`` names another address of the API.

    Raises:
        UsageError: it names no region.
    """
    parts = urlsplit(url)
    region = parts.netloc
    if not re.fullmatch(r"[a-z]{2}(?:-[a-z]+)+-\d", region):
        raise UsageError("the URL names no region of AWS", hint="write ses://eu-west-1")
    asked = parse_qs(parts.query).get("endpoint", [None])[0]
    endpoint = endpoint_of(asked, f"https://email.{region}.amazonaws.com", where=f"ses://{region}")
    return HttpTransport(SesApi(region, endpoint, os.environ))


def signed_headers(
    url: str, content: bytes, *, region: str, key: tuple[str, str, str | None], seconds: float
) -> dict[str, str]:
    """Sign a POST request as AWS wants it; ``key`` is id, secret and session token.

    Source: Signature Version 4, the four steps of its manual in this order.
    """
    identifier, secret, token = key
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(seconds))
    parts = urlsplit(url)
    headers = {"content-type": "application/json", "host": parts.netloc, "x-amz-date": stamp}
    if token:
        headers["x-amz-security-token"] = token
    names = ";".join(sorted(headers))
    canonical = "\n".join(
        [
            "POST",
            parts.path,
            "",
            *(f"{name}:{headers[name]}" for name in sorted(headers)),
            "",
            names,
            hashlib.sha256(content).hexdigest(),
        ]
    )
    scope = f"{stamp[:8]}/{region}/ses/aws4_request"
    told = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    signing = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        signing = hmac.digest(signing, part.encode(), "sha256")
    signature = hmac.new(signing, told.encode(), "sha256").hexdigest()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={identifier}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return headers
