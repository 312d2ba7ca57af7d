"""Lose power at a random moment, again and again: ``python benchmarks/outage.py [--disks 1000] [--seed 1]``.

Each run is a process of its own that mails a list over sockets to a server that keeps the truth; it is killed at one of
its system calls, and strace tells what it had done to the store until then. Of each moment ten disks are drawn that may
be found when the machine comes back (see ``tests/power_loss.py``); each is gone on with, and compared with the server:
nobody has two letters, whoever is called accepted has one, whoever has one is accepted or in doubt, everybody else was
mailed, and at most one sync batch is in doubt. Ends with 1 at the first difference, naming seed and moment.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).parents[1] / "tests"
sys.path.insert(0, str(TESTS))  # the fault server and the simulated disk are those of the crash tests

from crash_parts import write_list  # noqa: E402  # the path comes first
from fault_server import FaultServer  # noqa: E402  # the same
from power_loss import USUAL, cut, moments, resume  # noqa: E402  # the same

PEOPLE = USUAL[1] + 100
DISKS = 10  # of each moment


async def one_moment(call: str, when: int, chance: random.Random) -> list[int]:
    """Cut one run off; gives how many were in doubt on each disk that was gone on with."""
    offers = chance.choice(((), ("PIPELINING", "ENHANCEDSTATUSCODES")))
    with tempfile.TemporaryDirectory(prefix="digest-power-") as name:
        folder = Path(name)
        before, readers = folder / "before", folder / "before" / "list.csv"
        before.mkdir()
        write_list(readers, PEOPLE)
        async with FaultServer(offers=offers) as server:
            history, _ = await cut(server, before, call, when)
            doubts = []
            for number in range(DISKS):
                after = folder / f"after{number}"
                after.mkdir()
                history.disk(after, chance)
                doubts.append((await resume(server, after, readers, most_in_doubt=USUAL[0]))["in_doubt"])
            return doubts


async def main() -> int:
    """Cut until it is enough."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--disks", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    chance, doubts = random.Random(asked.seed), Counter[int]()
    for number, (call, when) in enumerate(moments(asked.seed, -(-asked.disks // DISKS), PEOPLE), start=1):
        try:
            doubts.update(await one_moment(call, when, chance))
        except Exception as error:  # whatever it is, the moment is what one wants to know  # noqa: BLE001
            print(f"seed {asked.seed}, moment {number} ({call} {when}): {error!r}", file=sys.stderr)
            return 1
        print(
            f"{doubts.total()} disks of {number} moments: at most {max(doubts)} in doubt (one batch: {USUAL[0]}), "
            f"none on {doubts[0]}; 0 false, 0 unknown, 0 twice, 0 lost",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
