"""Random faults of a real server: the ledger and the server's own record agree, whatever happens.

One seed draws the size of the list, the connections, the faults and their odds; a failing seed is in the
test's name and runs alone. ``DIGEST_FAULT_SEEDS=500`` runs more of them.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from pathlib import Path

import pytest
from delivering_parts import LETTER, StillClock, people
from fault_server import At, Fault, FaultServer, Moment, behave, seeded

from digest.delivering import DeliveryOptions, deliver
from digest.smtp import SmtpTransport
from digest.store import Store

SEEDS = int(os.environ.get("DIGEST_FAULT_SEEDS", "24"))
SICK_RUNS, HEALTHY_RUNS = 3, 3


def check(store: Store, server: FaultServer) -> dict[str, int]:
    """I1, I3 and I4 for everybody; gives the counts."""
    status = store.status(LETTER.edition)
    assert status is not None
    for delivery in status.deliveries():
        accepted = server.truth.accepted[delivery.email]
        assert accepted <= 1, f"{delivery.email} was mailed {accepted} times"  # I1
        if delivery.state == "accepted":
            assert accepted == 1, f"{delivery} is not so"  # I3
        if accepted:
            assert delivery.state in {"accepted", "in_doubt"}, f"{delivery} has the letter"  # I4
    return dict(status.counts)


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_ledger_and_server_agree_whatever_the_server_does(seed: int, tmp_path: Path) -> None:
    """I1-I5 over six runs, the last three against a healed server: then nobody is open any more (I2)."""
    chance = random.Random(seed)
    readers = people(chance.randint(4, 24))
    options = DeliveryOptions(connections=chance.randint(1, 6))
    offers = ("PIPELINING", "ENHANCEDSTATUSCODES") if seed % 2 else ()
    draw = seeded(seed, chance.choice((0.05, 0.15, 0.4)))
    turned_down: Counter[str] = Counter()  # said 4xx or 5xx after the dot: proven not to be accepted

    def decide(moment: Moment) -> Fault | None:
        fault = draw(moment)
        if fault and moment.at is At.DOT and (fault.reply or b"").startswith((b"4", b"5")):
            turned_down[moment.recipient] += 1
        return fault

    async with FaultServer(decide, offers=offers) as server:
        transport = SmtpTransport(server.options())
        for run in range(SICK_RUNS + HEALTHY_RUNS):
            if run == SICK_RUNS:
                server.decide = behave
            with Store.open(f"sqlite:///{tmp_path / 'state.sqlite'}") as store:
                with store.ledger(LETTER.edition) as ledger:
                    await deliver(
                        LETTER,
                        readers,
                        transport=transport,
                        ledger=ledger,
                        options=options,
                        clock=StillClock(),
                    )
                counts = check(store, server)
        assert counts["planned"] == counts["deferred"] == 0
        assert sum(counts.values()) == len(readers)
        for reader in readers:  # I5: content that reached the server whole went once, but for proven failures
            assert server.truth.contents[reader.address] <= 1 + turned_down[reader.address]
