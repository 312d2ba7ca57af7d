"""Servers as settings name them: a limit or a password of one of several finds that one, or is refused."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from delivering_parts import StillClock

from digest.delivering import Servers
from digest.errors import ConfigurationError
from digest.mailing.connecting import password_of, transport_of
from digest.settings import Settings, SmtpSettings, load_settings
from digest.smtp.naming import by_server, server_names

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "send-through-a-provider.md"
ANNA, BEN, OTHER = (
    "smtp://anna@smtp.example.org",
    "smtp://ben%40example.org@smtp.example.org",
    "smtps://anna@mail.example.net",
)
ALL = (ANNA, BEN, OTHER)
FIRST, SECOND, THIRD = (server_names(url)[0] for url in ALL)


def rates(*entries: str) -> dict[str, str]:
    """Read rates for the three."""
    return by_server(entries, ALL, where="[smtp] server_rates", example="host 1/day")


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        ([], {}),
        (["anna@smtp.example.org 5/day, 2/minute"], {FIRST: "5/day, 2/minute"}),
        (["Anna@SMTP.example.org:587  5/day"], {FIRST: "5/day"}),
        (["ben@example.org@smtp.example.org 5/day"], {SECOND: "5/day"}),
        (["ben%40example.org@smtp.example.org 5/day"], {SECOND: "5/day"}),
        (["smtp.example.org 5/day"], {FIRST: "5/day", SECOND: "5/day"}),
        (["smtp.example.org 5/day", "anna@smtp.example.org 9/day"], {FIRST: "9/day", SECOND: "5/day"}),
        (["mail.example.net:465 5/day"], {THIRD: "5/day"}),
    ],
)
def test_an_entry_is_about_the_servers_it_names(entries: list[str], found: dict[str, str]) -> None:
    """By login and host, with or without the port, or by the host for every login there; the most exact counts."""
    assert rates(*entries) == found


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        (["anne@smtp.example.org 5/day"], "no server that is set.*did you mean 'anna@smtp.example.org'"),
        (["anna@smtp.example.org:25 5/day"], "no server that is set"),
        (["anna@smtp.example.org"], "has no value.*write"),
        (["anna@smtp.example.org 5/day", "ANNA@smtp.example.org 6/day"], "is there twice"),
    ],
)
def test_an_entry_that_names_no_server_is_refused(entries: list[str], words: str) -> None:
    """A limit that holds for nobody is a mistake that would be found out by the provider."""
    with pytest.raises(ConfigurationError, match=words) as caught:
        rates(*entries)
    assert caught.value.where == "[smtp] server_rates"


def test_other_transports_go_by_their_url() -> None:
    """An HTTP API has no host of ours; options do not make another account."""
    assert server_names("mailgun://mg.example.org?region=eu") == ("mailgun://mg.example.org",)
    assert server_names("smtp://[::1]:2525") == ("[::1]:2525", "::1")


def servers_of(smtp: SmtpSettings) -> dict[str, str | None]:
    """Give the rates of the servers that settings make, by name."""
    assert smtp.url is not None
    transport = transport_of(Settings(smtp=smtp), smtp.url)
    assert isinstance(transport, Servers)
    return {server.name: server.rate for server in transport}


def test_settings_give_each_server_its_rate() -> None:
    """A server without one has none; one server alone may have one as well."""
    smtp = SmtpSettings(url=ANNA, servers=(BEN, f"{OTHER} 2"), server_rates=("anna@smtp.example.org 5/day",))
    assert servers_of(smtp) == {FIRST: "5/day", SECOND: None, THIRD: None}
    assert servers_of(SmtpSettings(url=ANNA, server_rates=("smtp.example.org 5/day",))) == {FIRST: "5/day"}
    for wrong in ("carla@smtp.example.org 5/day", "anna@smtp.example.org often"):
        with pytest.raises(ConfigurationError):
            servers_of(SmtpSettings(url=ANNA, servers=(BEN,), server_rates=(wrong,)))
    with pytest.raises(ConfigurationError, match=r"server_password_files"):
        servers_of(SmtpSettings(url=ANNA, server_password_files=("carla@smtp.example.org carla.txt",)))


def test_the_example_of_several_servers_means_what_the_page_says(tmp_path: Path) -> None:
    """Two logins at one host with a limit each, and a third elsewhere; a file for two of the passwords."""
    _, _, example = PAGE.read_text("utf-8").partition("## Several accounts or servers\n\n```toml\n")
    (tmp_path / "digest.toml").write_text(example.partition("```")[0])
    smtp = load_settings(tmp_path / "digest.toml", environ={}).smtp
    assert servers_of(smtp) == {
        "anna@smtp.example.org:587": "500/day, 20/minute",
        "ben@smtp.example.org:587": "500/day, 20/minute",
        "desk@mail.example.net:465": "2000/day",
    }
    assert (smtp.rate, len(smtp.server_password_files)) == ("2500/day", 2)


def test_a_providers_limit_holds_for_its_server_only(tmp_path: Path) -> None:
    """With further servers it is that server's rate; `rate` and a rate of one's own for it go before."""
    file = tmp_path / "digest.toml"
    common = 'provider = "gmail"\nuser = "jo@example.org"\n'
    gmail = "jo@example.org@smtp.gmail.com:587"
    file.write_text(f'[smtp]\n{common}servers = ["{OTHER}"]\n')
    smtp = load_settings(file, environ={}).smtp
    assert smtp.rate is None
    assert servers_of(smtp) == {gmail: "500/day", THIRD: None}
    file.write_text(
        f'[smtp]\n{common}servers = ["{OTHER}"]\nrate = "900/day"\nserver_rates = ["smtp.gmail.com 100/day"]\n'
    )
    smtp = load_settings(file, environ={}).smtp
    assert smtp.rate == "900/day"
    assert servers_of(smtp) == {gmail: "100/day", THIRD: None}
    file.write_text(f"[smtp]\n{common}")
    assert load_settings(file, environ={}).smtp.rate == "500/day"
    file.write_text(f'[smtp]\n{common}server_rates = ["smtp.gmail.com 2000/day"]\n')
    smtp = load_settings(file, environ={}).smtp
    assert (smtp.rate, servers_of(smtp)) == (None, {gmail: "2000/day"})


def test_a_server_that_a_flag_names_is_the_only_one(tmp_path: Path) -> None:
    """A rehearsal with --smtp meets no limits of other servers; a server's own limit and password stay with it."""
    file = tmp_path / "digest.toml"
    file.write_text(
        f'[smtp]\nurl = "{ANNA}"\nservers = ["{BEN}"]\n'
        'server_rates = ["anna@smtp.example.org 5/day", "ben@example.org@smtp.example.org 6/day"]\n'
        'server_password_files = ["anna@smtp.example.org anna.txt"]\n'
    )
    for url, expected in (("folder:letters", {"folder:letters": None}), (BEN, {SECOND: "6/day"})):
        smtp = load_settings(file, environ={}, flags={"smtp.url": url}).smtp
        assert servers_of(smtp) == expected
    assert load_settings(file, environ={}).smtp.server_password_files == (
        f"anna@smtp.example.org {tmp_path / 'anna.txt'}",
    )


def test_a_rehearsal_in_the_inbox_meets_no_limit() -> None:
    """--debug goes to another server than those that are set, and what is set for them is no mistake."""
    settings = Settings(smtp=SmtpSettings(url=ANNA, servers=(BEN,), server_rates=("smtp.example.org 5/day",)))
    transport = transport_of(settings, "smtp://127.0.0.1:1025")
    assert isinstance(transport, Servers)
    assert [server.rate for server in transport] == [None]


def test_a_servers_own_password_goes_before_the_common_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its file, else the environment; the command is told which server it is asked about."""
    (tmp_path / "anna.txt").write_text("tide\n")
    monkeypatch.setenv("DIGEST_SMTP_PASSWORD", "common")
    settings = Settings(smtp=SmtpSettings(url=ANNA))
    assert password_of(settings, ANNA, file=str(tmp_path / "anna.txt")) == "tide"
    assert password_of(settings, BEN) == "common"
    monkeypatch.delenv("DIGEST_SMTP_PASSWORD")
    script = "import os; print('for ' + os.environ['DIGEST_SMTP_SERVER'])"
    command = f'{sys.executable} -c "{script}"'
    settings = Settings(smtp=SmtpSettings(url=ANNA, password_command=command))
    assert password_of(settings, BEN) == f"for {SECOND}"
    assert "DIGEST_SMTP_SERVER" not in os.environ
    with pytest.raises(ConfigurationError, match="cannot be read") as caught:
        password_of(settings, ANNA, file=str(tmp_path / "none.txt"))
    assert caught.value.where == f"[smtp] server_password_files {tmp_path / 'none.txt'}"


def test_servers_of_settings_can_be_begun_anew() -> None:
    """What one mailing of a run used up is counted again from the ledger by the next, not twice."""
    smtp = SmtpSettings(url=ANNA, server_rates=("smtp.example.org 1/day",))
    transport = transport_of(Settings(smtp=smtp), ANNA)
    assert isinstance(transport, Servers)
    (server,) = transport
    server.allowance.take(StillClock().monotonic())
    assert server.allowance.used_up(1.0) > 0
    transport.begin()
    assert not server.allowance.used_up(1.0)
