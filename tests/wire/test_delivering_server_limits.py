"""Limits of single servers against real ones that misbehave: the servers' own record is what is counted.

A seed draws the servers' limits, the people, the faults, and how long it is between the runs. Seeds run together, since
most of their time is waiting; a failing one is named and runs alone (``DIGEST_LIMIT_FIRST=SEED DIGEST_LIMIT_SEEDS=1``).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
from pathlib import Path

from delivering_parts import LETTER, StillClock, people
from fault_server import At, Fault, FaultServer, Moment, seeded

from digest.delivering import DeliveryOptions, InDoubt, Server, Servers, deliver
from digest.delivering.rate import Limit, parse_rate
from digest.smtp import SmtpTransport
from digest.store import Store

SEEDS = int(os.environ.get("DIGEST_LIMIT_SEEDS", "24"))
FIRST = int(os.environ.get("DIGEST_LIMIT_FIRST", "0"))
RATES = ("3/hour", "7/hour", "12/day", "6/hour, 9/day", "5/day", "60/minute, 8/hour", "40/minute")
RUNS = 6


class Counted:
    """A server and when each content reached it, by the clock that the runs go by."""

    def __init__(self, name: str, rate: str, decide: object, clock: StillClock) -> None:
        self.name, self.rate = name, rate
        self.times: list[float] = []
        self._clock = clock
        self._decide = decide
        self.server = FaultServer(self.decide)

    def decide(self, moment: Moment) -> Fault | None:
        """Note a content when its dot has come."""
        if moment.at is At.DOT:
            self.times.append(self._clock.monotonic())
        return self._decide(moment)  # type: ignore[operator,no-any-return]  # a Decide

    def most_in(self, limit: Limit) -> int:
        """Give how many came in the fullest window of a limit."""
        return max(
            (sum(start <= at < start + limit.seconds for at in self.times) for start in self.times),
            default=0,
        )


async def one_seed(seed: int, folder: Path) -> None:
    """Run one seed's schedule, and look at each server's record."""
    chance, clock = random.Random(seed), StillClock()
    servers = [
        Counted(
            f"login{number}", chance.choice(RATES), seeded(seed + number, chance.choice((0, 0.1, 0.3))), clock
        )
        for number in range(chance.randint(1, 3))
    ]
    readers = people(chance.randint(10, 60))
    async with contextlib.AsyncExitStack() as stack:
        for one in servers:
            await stack.enter_async_context(one.server)
        for _ in range(RUNS):
            chance.shuffle(servers)  # their order in the settings is of no account
            transport = Servers(
                [
                    Server(
                        SmtpTransport(one.server.options()),
                        name=one.name,
                        rate=one.rate,
                        weight=chance.randint(1, 3),
                    )
                    for one in servers
                ],
                clock=clock,
            )
            options = DeliveryOptions(
                connections=chance.randint(1, 5),
                in_doubt=chance.choice((InDoubt.HOLD, InDoubt.RESEND)),
                messages_per_connection=chance.choice((None, 3)),
            )
            with (
                Store.open(f"sqlite:///{folder / f'{seed}.sqlite'}") as store,
                store.ledger(LETTER.edition) as ledger,
            ):
                await deliver(
                    LETTER, readers, transport=transport, ledger=ledger, options=options, clock=clock
                )
            clock.seconds += chance.choice((0.0, 100.0, 1800.0, 3600.0, 40_000.0, 86_400.0))
    for one in servers:
        for limit in parse_rate(one.rate):
            if limit.seconds > 60:  # shorter ones are a pace, not a quota
                assert one.most_in(limit) <= limit.count, f"{one.name}: {limit}, {one.times}"


async def test_no_window_of_any_server_holds_more_than_its_quota(tmp_path: Path) -> None:
    """Whatever servers answer, whichever order they stand in, over runs and doubts that are mailed again."""
    seeds = range(FIRST, FIRST + SEEDS)
    ended = await asyncio.gather(*(one_seed(seed, tmp_path) for seed in seeds), return_exceptions=True)
    failed = {seed: error for seed, error in zip(seeds, ended, strict=True) if error is not None}
    assert not failed, failed
