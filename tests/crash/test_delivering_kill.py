"""kill -9 at any moment: nobody lost, nobody mailed twice, and what is in doubt is counted and said."""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path

import pytest
from fault_server import At, Decide, Fault, FaultServer, Moment, behave

from digest.store import Store

CHILD = Path(__file__).with_name("delivering_child.py")
PEOPLE = 240
CONNECTIONS = 8
KILLS = 10
MOMENTS = (At.GREETING, At.MAIL, At.RCPT, At.DATA, At.BODY, At.DOT, At.DOT, At.DOT, At.QUIT)


def write_list(path: Path, people: int = PEOPLE) -> None:
    """Write a list of readers at some domains."""
    rows = (f"reader{number}@town{number % 7}.example.org,Reader {number}\n" for number in range(people))
    path.write_text("email,name\n" + "".join(rows))


async def start(server: FaultServer, folder: Path, *, largest: int = 0) -> asyncio.subprocess.Process:
    """Start a run in a process of its own."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        str(CHILD),
        str(server.port),
        str(folder / "state.sqlite"),
        str(folder / "list.csv"),
        str(CONNECTIONS),
        str(largest),
        stderr=asyncio.subprocess.PIPE,
    )


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


def check(server: FaultServer, folder: Path, *, kills: int) -> dict[str, int]:
    """Compare what the store says with what the server knows; give the counts."""
    with Store.open(f"sqlite:///{folder / 'state.sqlite'}") as store:
        status = store.status("harbour-7")
        if status is None:
            assert not server.truth.accepted
            return {}
        for delivery in status.deliveries():
            accepted = server.truth.accepted[delivery.email]
            assert accepted <= 1, f"{delivery.email} was mailed {accepted} times"
            if delivery.state == "accepted":
                assert accepted == 1, f"{delivery.email} is said to have a letter and has none"
            if accepted:
                assert delivery.state in {"accepted", "in_doubt"}, f"{delivery} has the letter"
        assert status.counts["in_doubt"] <= kills * CONNECTIONS
        return dict(status.counts)


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
            check(server, tmp_path, kills=kills)
        server.decide = behave
        child = await start(server, tmp_path)
        await child.communicate()
        counts = check(server, tmp_path, kills=KILLS)
        assert counts["accepted"] + counts["in_doubt"] == PEOPLE
        assert child.returncode == (76 if counts["in_doubt"] else 0)
        assert sum(server.truth.accepted.values()) >= counts["accepted"]


@pytest.mark.parametrize("largest", [200_000, 1_060_000])
async def test_l04_a_full_disk_stops_before_what_cannot_be_recorded(largest: int, tmp_path: Path) -> None:
    """L4: 74 whenever the disk fills up; nothing is sent unrecorded, and with room again all is finished."""
    people = 9000
    write_list(tmp_path / "list.csv", people)
    async with FaultServer(offers=("PIPELINING",)) as server:
        child = await start(server, tmp_path, largest=largest)
        _, errors = await child.communicate()
        accepted = sum(server.truth.accepted.values())
        assert accepted < people
        if accepted:
            assert child.returncode == 74, errors.decode()
        else:
            assert b"StoreError" in errors
        check(server, tmp_path, kills=1)
        child = await start(server, tmp_path)
        await child.communicate()
        counts = check(server, tmp_path, kills=1)
        assert counts["accepted"] + counts["in_doubt"] == people
