"""A mailing to some of a list: who does not meet the condition is skipped, with the reason, and never lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from delivering_parts import LETTER, ScriptedTransport, accept

from digest.composing import parse_condition
from digest.delivering import DeliveryOptions, InDoubt, deliver, plan
from digest.errors import InvalidInputError
from digest.model import Receipt, Stage, Subscriber
from digest.store import Ledger, Store, Suppression

TOWNS = {"ann@example.org": "Riga", "bo@example.org": "Oslo", "cy@example.org": "Riga", "di@example.org": ""}
READERS = [Subscriber(address, fields={"city": town}) for address, town in TOWNS.items()]
RIGA = DeliveryOptions(where=parse_condition("city == 'Riga'"), connections=1)
ALL = DeliveryOptions(connections=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'state.sqlite'}") as opened:
        yield opened


@pytest.fixture
def ledger(store: Store) -> Iterator[Ledger]:
    with store.ledger(LETTER.edition) as opened:
        yield opened


async def test_who_does_not_meet_the_condition_is_skipped_with_the_reason(store: Store) -> None:
    """The plan counts them, the status names them and why, and no letter goes to them."""
    transport = ScriptedTransport()
    with store.ledger(LETTER.edition) as ledger:
        told = plan(LETTER, READERS, ledger=ledger, options=RIGA)
        await deliver(LETTER, READERS, transport=transport, ledger=ledger, options=RIGA)
    assert (told.owed, told.skipped) == (2, {"outside of --where": 2})
    assert set(transport.accepted) == {"ann@example.org", "cy@example.org"}
    status = store.status(LETTER.edition)
    assert status is not None
    reasons = {row.email: row.reason for row in status.deliveries() if row.email not in transport.accepted}
    assert reasons == dict.fromkeys(("bo@example.org", "di@example.org"), "outside of --where")


async def test_the_rest_can_be_mailed_later_and_nobody_twice(ledger: Ledger) -> None:
    """A run without the condition mails exactly those who were outside."""
    transport = ScriptedTransport()
    for options in (RIGA, RIGA, ALL, ALL):
        await deliver(LETTER, READERS, transport=transport, ledger=ledger, options=options)
    assert transport.accepted == dict.fromkeys(TOWNS, 1)


async def test_a_doubt_stays_a_doubt_while_outside(ledger: Ledger) -> None:
    """Being outside must not turn a doubt into something that is mailed again by itself."""
    lost = Receipt(Stage.DOT, None, "lost")
    transport = ScriptedTransport(lambda who, visit: lost if who == "bo@example.org" else accept(who, visit))
    await deliver(LETTER, READERS, transport=transport, ledger=ledger, options=ALL)
    again = DeliveryOptions(where=RIGA.where, connections=1, in_doubt=InDoubt.RESEND)
    await deliver(LETTER, READERS, transport=ScriptedTransport(), ledger=ledger, options=again)
    report = await deliver(LETTER, READERS, transport=ScriptedTransport(), ledger=ledger, options=ALL)
    assert (report.counts["in_doubt"], report.sent) == (1, 0)


async def test_suppression_goes_before_the_condition(ledger: Ledger) -> None:
    """Who is suppressed is counted as that, also outside."""
    options = DeliveryOptions(where=RIGA.where, suppression=Suppression(frozenset({"bo@example.org"})))
    told = plan(LETTER, READERS, ledger=ledger, options=options)
    assert told.skipped == {"suppressed": 1, "outside of --where": 1}


def test_a_column_that_is_not_there_is_refused() -> None:
    """A mistyped column would be false for everybody: an error, with the nearest name."""
    options = DeliveryOptions(where=parse_condition("ciy == 'Riga'"))
    with pytest.raises(InvalidInputError, match="did you mean 'city'"):
        plan(LETTER, READERS, options=options)
