"""``digest run`` goes on by itself with a mailing that is larger than the day's limit."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from delivering_parts import LETTER, ScriptedTransport, StillClock

from digest.composing import dump
from digest.delivering import DeliveryOptions, Server, Servers
from digest.mailing.running import _finish_open
from digest.mailing.sending import Conduct, Way
from digest.model import Article, Digest, Edition, Sender
from digest.settings import Settings
from digest.shapes import edition_to_json
from digest.store import FrozenEdition, Store

DIGEST = Digest(
    headline="Harbour news",
    summary=(),
    key_points=(),
    keywords=(),
    language="en",
    reading_minutes=1,
    article=Article(paragraphs=["The ferry leaves at nine."]),
)
EDITION = Edition(
    id=LETTER.edition,
    subject=LETTER.subject,
    preheader="",
    digests=[DIGEST],
    theme="article",
    sender=Sender(address="news@example.org"),
)


def frozen(folder: Path) -> FrozenEdition:
    """Write a list of twenty-five, and give the edition that is owed to them."""
    people = folder / "list.csv"
    people.write_text("email\n" + "".join(f"reader{number}@example.org\n" for number in range(25)))
    return FrozenEdition(
        id=EDITION.id,
        subject=EDITION.subject,
        theme=EDITION.theme,
        content=json.dumps({"edition": edition_to_json(EDITION)}),
        letter=dump(LETTER),
        created=time.time(),
        list_name=str(people),
    )


@pytest.mark.parametrize("is_shared", [False, True])
async def test_a_mailing_larger_than_the_days_limit_goes_on_the_next_day(
    *, tmp_path: Path, is_shared: bool
) -> None:
    """Ten a day, twenty-five people: 75 and ten letters a day, however often cron calls; then 0, and nobody twice.

    Whether the ten are a limit of all together, or two servers have four and six.
    """
    clock, transport = StillClock(), ScriptedTransport()
    servers = Servers(
        [Server(transport, name="anna", rate="4/day"), Server(transport, name="ben", rate="6/day")],
        clock=clock,
    )
    days = []
    with Store.open(f"sqlite:///{tmp_path / 's.sqlite'}") as store:
        store.freeze(frozen(tmp_path))
        way = Way(
            store=store,
            transport=servers if is_shared else transport,
            options=DeliveryOptions(connections=2, rate=None if is_shared else "10/day"),
            conduct=Conduct(approve=lambda _plan: True),
            clock=clock,
        )
        for _ in range(3):
            statuses = [(await _finish_open(way, Settings())).exit_status for _ in range(2)]
            days.append((len(transport.accepted), statuses))
            clock.seconds += 86_401
        assert (await _finish_open(way, Settings())).outcomes == ()
    assert days == [(10, [75, 75]), (20, [75, 75]), (25, [0, 0])]
    assert set(transport.accepted.values()) == {1}
