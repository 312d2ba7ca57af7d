"""kill -9 at any moment: nobody lost, nobody mailed twice, and what is in doubt is counted and said."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest
from crash_parts import CONNECTIONS, PEOPLE, check, start, write_list
from fault_server import At, Decide, Fault, FaultServer, Moment, behave

KILLS = 10
MOMENTS = (At.GREETING, At.MAIL, At.RCPT, At.DATA, At.BODY, At.DOT, At.DOT, At.DOT, At.QUIT)


def kill_at(child: asyncio.subprocess.Process, at: At, count: int) -> Decide:
    """Kill the run when the server meets a moment for the n-th time, before it answers."""
    left = [count]

    def decide(moment: Moment) -> Fault | None:
        if moment.at is at:
            left[0] -= 1
            if left[0] == 0 and child.returncode is None:
                child.kill()
        return None

    return decide


@pytest.mark.parametrize("seed", range(5))
async def test_l03_killed_runs_resume_without_loss_or_second_letter(seed: int, tmp_path: Path) -> None:
    """After ten kills and a run to the end all are accepted or in doubt, nobody twice, doubts bounded."""
    chance = random.Random(seed)
    write_list(tmp_path / "list.csv")
    offers = ("PIPELINING", "ENHANCEDSTATUSCODES") if seed % 2 else ()
    async with FaultServer(offers=offers) as server:
        for kills in range(1, KILLS + 1):
            child = await start(server, tmp_path)
            at = chance.choice(MOMENTS)
            few = at in {At.GREETING, At.QUIT}
            server.decide = kill_at(child, at, chance.randint(1, CONNECTIONS if few else 60))
            _, errors = await child.communicate()
            assert child.returncode in {-9, 0, 76}, errors.decode()
            check(server, tmp_path, most_in_doubt=kills * CONNECTIONS)
        server.decide = behave
        child = await start(server, tmp_path)
        await child.communicate()
        counts = check(server, tmp_path, most_in_doubt=KILLS * CONNECTIONS)
        assert counts["accepted"] + counts["in_doubt"] == PEOPLE
        assert child.returncode == (76 if counts["in_doubt"] else 0)
        assert sum(server.truth.accepted.values()) >= counts["accepted"]
