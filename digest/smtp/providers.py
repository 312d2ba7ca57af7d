"""What known providers' servers are called and allow: a table, so that ``provider = "gmail"`` is all one has to write.

Every number is somebody's published one, with where and when it was read; what nobody publishes is left open
(None). Limits change and differ by plan: whatever is set in ``digest.toml`` goes before. A provider that limits by
recipients is the same to us, since each letter has one.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from digest.errors import ConfigurationError

__all__ = ["PROVIDERS", "Provider", "provider_of", "provider_url"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A provider's submission server. ``host`` may hold ``{region}``.

    ``rate`` as in ``[smtp] rate``; ``connections`` at once; ``largest`` letter in bytes. ``source`` is where the
    numbers were read, ``read`` when.
    """

    host: str
    port: int = 587
    tls: str = "starttls"
    rate: str | None = None
    connections: int | None = None
    largest: int | None = None
    region: str | None = None
    regions: str = ""
    source: str
    read: str = "2026-11-24"
    remark: str = ""


_MB: Final = 1_000_000
PROVIDERS: Final[dict[str, Provider]] = {
    "gmail": Provider(
        host="smtp.gmail.com",
        rate="500/day",
        largest=25 * _MB,
        source="support.google.com/mail/answer/22839, as quoted by systutorials.com and serversmtp.com",
        remark="an app password, or auth=xoauth2; for newsletters beyond a club's use another",
    ),
    "google-workspace": Provider(
        host="smtp.gmail.com",
        rate="2000/day",
        largest=25 * _MB,
        source="Google Workspace sending limits, as quoted by serversmtp.com and mailflowauthority.com",
    ),
    "outlook": Provider(
        host="smtp.office365.com",
        rate="10000/day, 30/minute",
        connections=3,
        source="learn.microsoft.com/exchange/troubleshoot/send-emails/smtp-submission-improvements",
        remark="Exchange Online; auth=xoauth2 where passwords are switched off",
    ),
    "ses": Provider(
        host="email-smtp.{region}.amazonaws.com",
        largest=10 * _MB,
        regions="eu-west-1, us-east-1, …",
        source="docs.aws.amazon.com/ses/latest/DeveloperGuide (manage-sending-quotas, limits)",
        remark="rate differs by account: set yours; a new one has 200/day, 1/second",
    ),
    "mailgun": Provider(
        host="smtp.{region}mailgun.org",
        region="us",
        regions="us, eu",
        source="smtptester.org/guides/mailgun-smtp-test, kb.umbhost.net on Mailgun's servers",
        remark="the domain's SMTP password, not the API key",
    ),
    "postmark": Provider(
        host="smtp-broadcasts.postmarkapp.com",
        source="postmarkapp.com/developer/user-guide/send-email-with-smtp",
        remark="a broadcast stream's SMTP token as user and password; newsletters may not use the other host",
    ),
    "fastmail": Provider(
        host="smtp.fastmail.com",
        port=465,
        tls="implicit",
        source="its usual server name; fastmail.com/help/account/limits.html has no number that fits all plans",
        remark="an app password",
    ),
}


def provider_of(name: str) -> Provider:
    """Find a provider.

    Raises:
        ConfigurationError: none is known by this name.
    """
    if name not in PROVIDERS:
        near = difflib.get_close_matches(name, PROVIDERS, n=1, cutoff=0)[0]
        raise ConfigurationError(
            f"'{name}' is no provider we know",
            where="[smtp] provider",
            hint=f"did you mean '{near}'? Any other works by its [smtp] url",
        )
    return PROVIDERS[name]


def provider_url(name: str, *, user: str | None, region: str | None) -> str:
    """Write the SMTP URL of a provider.

    Raises:
        ConfigurationError: no such provider, no user, or a region that it needs or does not have.
    """
    known = provider_of(name)
    if not user:
        raise ConfigurationError(
            f"{name} wants a login",
            where="[smtp] user",
            hint="set it; the password never stands in the settings",
        )
    chosen = region or known.region
    if "{region}" not in known.host and region:
        raise ConfigurationError(f"{name} has no regions", where="[smtp] region", hint="leave it out")
    if "{region}" in known.host and not chosen:
        raise ConfigurationError(
            f"{name} has a server in each region", where="[smtp] region", hint=f"one of {known.regions}"
        )
    part = {"us": "", "eu": "eu."}.get(chosen or "") if name == "mailgun" else chosen or ""
    if part is None or not all(character.isalnum() or character in "-." for character in part):
        raise ConfigurationError(
            f"'{region}' is no region of {name}", where="[smtp] region", hint=f"one of {known.regions}"
        )
    host = known.host.replace("{region}", part)
    return f"{'smtps' if known.tls == 'implicit' else 'smtp'}://{quote(user, safe='')}@{host}:{known.port}"
