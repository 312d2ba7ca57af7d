"""Random faults of a real server: the ledger and the server's own record agree, whatever happens.

One seed draws the size of the list, the connections, the faults and their odds. Seeds run together, twenty-five a
test, since most of their time is waiting; a failing one is named in the message and runs alone as
``DIGEST_FAULT_FIRST=SEED DIGEST_FAULT_SEEDS=1``. CI runs 500 (``DIGEST_FAULT_SEEDS``), and always those in ``FOUND``.
"""

from __future__ import annotations

import asyncio
import contextlib
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

SEEDS = int(os.environ.get("DIGEST_FAULT_SEEDS", "50"))
FIRST = int(os.environ.get("DIGEST_FAULT_FIRST", "0"))
FOUND = (1_000_003,)  # seeds that once found a fault stay; the one here only keeps the mechanism alive
TOGETHER = 25
SICK_RUNS, HEALTHY_RUNS = 3, 3
ON_DISK = 4  # each fourth seed keeps its store on the disk, journal and all


def check(store: Store, server: FaultServer) -> dict[str, int]:
    """I1, I3 and I4 for everybody; gives the counts."""
    status = store.status(LETTER.edition)
    assert status is not None
    for delivery in status.deliveries():
        accepted = server.truth.accepted[delivery.email]
        assert accepted <= 1, f"{delivery.email} was mailed {accepted} times"  # I1
        if delivery.state == "accepted":
            assert accepted == 1, f"{delivery} is not so"  # I3
        assert delivery.reason.isprintable()  # I7: no byte of a stranger that a terminal obeys
        assert len(delivery.reason) <= 230
        if accepted:
            assert delivery.state in {"accepted", "in_doubt"}, f"{delivery} has the letter"  # I4
    return dict(status.counts)


def batches() -> list[tuple[int, ...]]:
    """Give the seeds to run, in batches."""
    seeds = [*range(FIRST, FIRST + SEEDS), *FOUND]
    return [tuple(seeds[at : at + TOGETHER]) for at in range(0, len(seeds), TOGETHER)]


@pytest.mark.parametrize("seeds", batches(), ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")
async def test_ledger_and_server_agree_whatever_the_server_does(
    seeds: tuple[int, ...], tmp_path: Path
) -> None:
    """I1-I6 over six runs of each seed, the last three against a healed server: then nobody is open any more (I2)."""
    before = len(asyncio.all_tasks())
    ended = await asyncio.gather(*(one_seed(seed, tmp_path) for seed in seeds), return_exceptions=True)
    failed = [
        (seed, error) for seed, error in zip(seeds, ended, strict=True) if isinstance(error, BaseException)
    ]
    for seed, error in failed:
        error.add_note(f"seed {seed}")
    if failed:
        raise ExceptionGroup(
            f"seeds {[seed for seed, _ in failed]}",
            [error for _, error in failed if isinstance(error, Exception)],
        )
    assert len(asyncio.all_tasks()) == before  # I6: no task is left


async def one_seed(seed: int, folder: Path) -> None:
    """Run one seed's schedule, and check the invariants after each run."""
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

    in_memory = Store.in_memory() if seed % ON_DISK else None
    async with FaultServer(decide, offers=offers) as server:
        transport = SmtpTransport(server.options())
        for run in range(SICK_RUNS + HEALTHY_RUNS):
            if run == SICK_RUNS:
                server.decide = behave
            with contextlib.ExitStack() as stack:
                url = f"sqlite:///{folder / f'{seed}.sqlite'}"
                store = in_memory or stack.enter_context(Store.open(url))
                with store.ledger(LETTER.edition) as ledger:
                    report = await deliver(
                        LETTER,
                        readers,
                        transport=transport,
                        ledger=ledger,
                        options=options,
                        clock=StillClock(),
                    )
                counts = check(store, server)
            assert report.seconds < 86_400  # I6: the run's own time is bounded
        assert counts["planned"] == counts["deferred"] == 0
        assert sum(counts.values()) == len(readers)
        for reader in readers:  # I5: content that reached the server whole went once, but for proven failures
            assert server.truth.contents[reader.address] <= 1 + turned_down[reader.address]
