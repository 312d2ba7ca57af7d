"""kill -9 between and within runs: no server is ever given more than its quota."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from pathlib import Path

import pytest
from fault_server import At, Decide, Fault, FaultServer, Moment, behave

RATES = {"anna": "30/day", "ben": "25/hour"}
QUOTAS = {"anna": 30, "ben": 25}
CONNECTIONS, KILLS = 4, 5
CHILD = f"""
import asyncio, sys
sys.path.insert(0, sys.argv[1])
from delivering_parts import LETTER, people
from digest.delivering import DeliveryOptions, Server, Servers, deliver
from digest.delivering.clock import SystemClock
from digest.smtp import open_transport
from digest.store import Store

servers = [
    Server(open_transport(f"smtp://127.0.0.1:{{port}}"), name=name, rate=rate)
    for (name, rate), port in zip({RATES!r}.items(), sys.argv[3:], strict=True)
]
with Store.open("sqlite:///" + sys.argv[2]) as store, store.ledger(LETTER.edition) as ledger:
    report = asyncio.run(deliver(
        LETTER, people(120), transport=Servers(servers, clock=SystemClock()), ledger=ledger,
        options=DeliveryOptions(connections={CONNECTIONS}),
    ))
sys.exit(report.exit_status)
"""


async def start(store: Path, servers: dict[str, FaultServer]) -> asyncio.subprocess.Process:
    """Start a run in a process of its own."""
    shared = os.fspath(Path(__file__).parents[1])
    ports = [str(server.port) for server in servers.values()]
    return await asyncio.create_subprocess_exec(sys.executable, "-c", CHILD, shared, str(store), *ports)


def kill_at(child: asyncio.subprocess.Process, count: int) -> Decide:
    """Kill the run at the n-th content or dot, before it is answered."""
    left = [count]

    def decide(moment: Moment) -> Fault | None:
        if moment.at in {At.BODY, At.DOT}:
            left[0] -= 1
            if left[0] == 0 and child.returncode is None:
                child.kill()
        return None

    return decide


@pytest.mark.parametrize("seed", range(3))
async def test_l03_killed_runs_exceed_no_servers_quota(seed: int, tmp_path: Path) -> None:
    """However often it is killed: letters that reached a server count, in doubt or not; the last run says when."""
    chance = random.Random(seed)
    async with FaultServer() as anna, FaultServer() as ben:
        servers = {"anna": anna, "ben": ben}
        for _ in range(KILLS):
            child = await start(tmp_path / "s.sqlite", servers)
            decide = kill_at(child, chance.randint(1, 16))
            for server in servers.values():
                server.decide = decide
            await child.communicate()
            assert child.returncode in {-9, 75, 76}
        for server in servers.values():
            await server.idle()
            server.decide = behave
        for _ in range(2):
            child = await start(tmp_path / "s.sqlite", servers)
            await child.communicate()
            assert child.returncode in {75, 76}  # 76: some are in doubt
        for name, server in servers.items():
            reached = server.truth.contents.total()
            assert reached <= QUOTAS[name]
            assert reached >= QUOTAS[name] - 2 * KILLS * CONNECTIONS
            assert max(server.truth.accepted.values()) == 1
        assert not set(anna.truth.accepted) & set(ben.truth.accepted)
