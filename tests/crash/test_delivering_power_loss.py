"""L3: the machine loses power, and comes back with any disk that the syncs allow."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from crash_parts import write_list
from fault_server import FaultServer
from power_loss import cut, moments, resume

PEOPLE = 330
BATCHES = (
    50,
    140,
)  # seven claims and two folds; with the usual ones, and far more disks: benchmarks/outage.py
DISKS = 5  # for each moment


@pytest.mark.asks
@pytest.mark.parametrize(("call", "when"), [*moments(3, 12, PEOPLE, batches=BATCHES)])
async def test_l03_after_a_power_loss_at_most_one_sync_batch_is_in_doubt(
    call: str, when: int, tmp_path: Path
) -> None:
    """I1, I3, I4 by the server's record, and all others mailed by the next run, on every disk that may be found."""
    readers, before = tmp_path / "list.csv", tmp_path / "before"
    write_list(readers, PEOPLE)
    before.mkdir()
    write_list(before / "list.csv", PEOPLE)
    async with FaultServer(offers=("PIPELINING",)) as server:
        history, status = await cut(server, before, call, when, batches=BATCHES)
        assert status == -9
        for seed in range(DISKS):
            after = tmp_path / f"after{seed}"
            after.mkdir()
            history.disk(after, random.Random(seed))
            await resume(server, after, readers, most_in_doubt=BATCHES[0])
