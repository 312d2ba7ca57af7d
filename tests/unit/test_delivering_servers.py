"""Several servers share the letters and stand in for each other; nobody gets a letter from two."""

from __future__ import annotations

from collections import Counter

import pytest
from delivering_parts import LETTER, ScriptedTransport, StillClock, people, unavailable

from digest.delivering import DeliveryOptions, Server, Servers, deliver
from digest.errors import ConfigurationError, LoginRefusedError
from digest.mailing.connecting import domain_rates_of, transport_of
from digest.model import Receipt, Stage
from digest.settings import Settings, SmtpSettings
from digest.store import Ledger, Store


def ledger() -> Ledger:
    """Give a ledger in memory."""
    return Store.in_memory().ledger(LETTER.edition)


async def test_connections_are_shared_by_weight() -> None:
    """Three to one, evenly mixed."""
    first, second = ScriptedTransport(), ScriptedTransport()
    servers = Servers([Server(first, 3), Server(second)], clock=StillClock())
    for _ in range(8):
        await servers.open()
    assert (first.opened, second.opened) == (6, 2)


@pytest.mark.parametrize("failure", [unavailable(), LoginRefusedError("no")])
async def test_another_server_stands_in_for_one_that_fails(failure: Exception) -> None:
    """Out of order at the start: the other one carries everything, and the run ends with 0."""
    broken, good = ScriptedTransport(opening=lambda: failure), ScriptedTransport()  # type: ignore[arg-type,return-value]  # DigestErrors
    servers = Servers([Server(broken), Server(good)], clock=StillClock())
    with ledger() as opened:
        report = await deliver(LETTER, people(20), transport=servers, ledger=opened, clock=StillClock())
    assert (report.counts["accepted"], report.exit_status) == (20, 0)
    assert sum(good.accepted.values()) == 20


async def test_only_when_all_fail_the_run_ends() -> None:
    """With the error with which trying again may help, whichever came first."""
    servers = Servers(
        [
            Server(ScriptedTransport(opening=lambda: LoginRefusedError("no"))),
            Server(ScriptedTransport(opening=unavailable)),
        ],
        clock=StillClock(),
    )
    with ledger() as opened:
        report = await deliver(LETTER, people(3), transport=servers, ledger=opened, clock=StillClock())
    assert report.exit_status == 75


async def test_a_login_that_was_refused_is_never_tried_again(  # S40: more tries lock accounts
) -> None:
    """Also while the only other server has no room, again and again; the run ends with what may help."""
    tries: list[int] = []

    def refuse() -> LoginRefusedError:
        tries.append(1)
        return LoginRefusedError("no")

    clock = StillClock()
    busy = ScriptedTransport(opening=unavailable)
    servers = Servers([Server(ScriptedTransport(opening=refuse)), Server(busy)], clock=clock)
    options = DeliveryOptions(connections=1, max_time_seconds=600.0)
    with ledger() as opened:
        report = await deliver(
            LETTER, people(3), transport=servers, ledger=opened, clock=clock, options=options
        )
    assert (len(tries), report.exit_status) == (1, 75)
    alone = Servers([Server(ScriptedTransport(opening=refuse))], clock=clock)
    for _ in range(2):
        with pytest.raises(LoginRefusedError):
            await alone.open()
    assert len(tries) == 2


async def test_in_doubt_on_one_server_is_never_sent_by_another() -> None:
    """A server that dies after each dot: those it may have taken are held, the others go through the other one."""
    lost = Receipt(Stage.DOT, None, "connection lost")
    dying, good = ScriptedTransport(lambda _who, _visit: lost), ScriptedTransport()
    servers = Servers([Server(dying), Server(good)], clock=StillClock())
    with ledger() as opened:
        for _ in range(2):
            report = await deliver(
                LETTER,
                people(40),
                transport=servers,
                ledger=opened,
                clock=StillClock(),
                options=DeliveryOptions(connections=2),
            )
    both: Counter[str] = dying.accepted + good.accepted
    assert set(both.values()) == {1}
    assert report.counts["accepted"] == len(good.accepted)
    assert report.counts["in_doubt"] == len(dying.accepted) > 0
    assert report.counts["accepted"] + report.counts["in_doubt"] == 40


def test_settings_name_further_servers_and_rates() -> None:
    """URLs with weights, domains with rates; what cannot be meant is named."""
    smtp = SmtpSettings(
        url="smtp://127.0.0.1:1", servers=("smtp://127.0.0.1:2 3",), domain_rates=("Example.org 20/minute",)
    )
    settings = Settings(smtp=smtp)
    assert transport_of(settings, "smtp://127.0.0.1:1").name == "smtp://127.0.0.1:1, smtp://127.0.0.1:2"
    assert transport_of(settings, "smtp://127.0.0.1:9").name == "smtp://127.0.0.1:9"
    assert domain_rates_of(settings) == {"example.org": "20/minute"}
    abroad = Settings(smtp=SmtpSettings(domain_rates=("bücher.example.net 5/minute",)))
    assert domain_rates_of(abroad) == {"xn--bcher-kva.example.net": "5/minute"}  # as lists have it
    for wrong in ("smtp://127.0.0.1:2 many", "smtps://mail.example.org"):
        with pytest.raises(ConfigurationError):
            transport_of(
                Settings(smtp=SmtpSettings(url="smtp://127.0.0.1:1", servers=(wrong,))), "smtp://127.0.0.1:1"
            )
    for wrong in ("example.org", "not/a/domain 5/minute"):
        with pytest.raises(ConfigurationError):
            domain_rates_of(Settings(smtp=SmtpSettings(domain_rates=(wrong,))))
