"""Provider profiles: a name stands for a server and its published limits, and what is set goes before."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.delivering.rate import parse_rate
from digest.errors import ConfigurationError
from digest.settings import load_settings
from digest.smtp import Tls, parse_url
from digest.smtp.providers import PROVIDERS, provider_url

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "send-through-a-provider.md"


def settings(**environ: str) -> dict[str, str]:
    return {f"DIGEST_SMTP_{name.upper()}": value for name, value in environ.items()}


@pytest.mark.parametrize("name", sorted(PROVIDERS))
def test_every_provider_gives_an_encrypted_server_with_a_login(name: str) -> None:
    """Its URL parses, wants TLS, carries the user whole; its limits can be read and have a source."""
    known = PROVIDERS[name]
    region = "eu-west-1" if name == "ses" else None
    options = parse_url(provider_url(name, user="jo+x@example.org", region=region))
    assert options.username == "jo+x@example.org"
    assert options.tls in {Tls.STARTTLS, Tls.IMPLICIT}
    assert (options.port == 465) == (options.tls is Tls.IMPLICIT)
    assert "{" not in options.host
    parse_rate(known.rate)
    assert known.source
    assert known.read


@pytest.mark.parametrize("name", sorted(PROVIDERS))
def test_the_page_shows_every_number_and_its_source(name: str) -> None:
    """What the table in the docs says is what the program does."""
    known = PROVIDERS[name]
    row = next(line for line in PAGE.read_text("utf-8").splitlines() if line.startswith(f"| `{name}` |"))
    assert f"{known.host}:{known.port}" in row
    for told in (known.rate, known.source, known.remark, known.largest and f"{known.largest // 10**6} MB"):
        assert not told or told in row


def test_what_is_set_goes_before_the_profile(tmp_path: Path) -> None:
    """Rate and connections of one's own; a URL of one's own leaves the profile out."""
    file = tmp_path / "digest.toml"
    file.write_text("")
    environ = settings(provider="outlook", user="jo@example.org")
    smtp = load_settings(file, environ=environ).smtp
    assert (smtp.url, smtp.rate, smtp.connections) == (
        "smtp://jo%40example.org@smtp.office365.com:587", "10000/day, 30/minute", 3,
    )  # fmt: skip
    smtp = load_settings(file, environ=environ | settings(rate="5/minute", connections="1")).smtp
    assert (smtp.rate, smtp.connections) == ("5/minute", 1)
    smtp = load_settings(file, environ=environ, flags={"smtp.url": "smtp://127.0.0.1:1025"}).smtp
    assert (smtp.url, smtp.rate, smtp.connections) == ("smtp://127.0.0.1:1025", None, None)


@pytest.mark.parametrize(
    ("name", "user", "region", "words"),
    [
        ("gmial", "jo", None, "did you mean 'gmail'"),
        ("gmail", None, None, "wants a login"),
        ("gmail", "jo", "eu", "no regions"),
        ("ses", "jo", None, "in each region"),
        ("ses", "jo", "evil.example.net/", "no region"),
        ("mailgun", "jo", "mars", "no region"),
    ],
)
def test_what_cannot_be_meant_is_refused(name: str, user: str | None, region: str | None, words: str) -> None:
    """Each is a ConfigurationError that names the setting and the way on."""
    with pytest.raises(ConfigurationError, match=words):
        provider_url(name, user=user, region=region)


def test_regions_choose_the_host() -> None:
    """SES by its region's name, Mailgun's Europe by its own host."""
    assert parse_url(provider_url("ses", user="k", region="eu-west-1")).host == (
        "email-smtp.eu-west-1.amazonaws.com"
    )
    assert parse_url(provider_url("mailgun", user="k", region=None)).host == "smtp.mailgun.org"
    assert parse_url(provider_url("mailgun", user="k", region="eu")).host == "smtp.eu.mailgun.org"
