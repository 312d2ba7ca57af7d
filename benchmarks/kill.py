"""Kill a run at a random moment, again and again: ``python benchmarks/kill.py [--kills 1000] [--seed 1]``.

Each run is a process of its own that mails a list over sockets to a server that keeps the truth. Most are killed with
SIGKILL at a random time after their first connection, some while they start; the next run goes on with the same
store. After each kill the store is compared with the server: whoever is called accepted has the letter (no false
"sent"), whoever has it is accepted or in doubt (none accepted and unknown), nobody has two, and a kill leaves at most
one letter a connection in doubt. When an edition is finished, the next one begins with a new store. Ends with 1 at
the first difference, naming seed and kill.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).parents[1] / "tests"
sys.path.insert(0, str(TESTS))  # the fault server and the child are those of the crash tests

from crash_parts import CONNECTIONS, check, start, write_list  # noqa: E402  # the path comes first
from fault_server import FaultServer, Moment  # noqa: E402  # the same

PEOPLE = 1000


async def let_run(child: asyncio.subprocess.Process, server: FaultServer, chance: random.Random) -> None:
    """Let a run go on for a random time: a tenth of them not even to their first letter."""
    if chance.random() < 0.1:  # noqa: PLR2004  # a tenth
        await asyncio.sleep(chance.uniform(0.0, 0.5))
        return
    connected = asyncio.Event()

    def greet(_moment: Moment) -> None:
        connected.set()

    server.decide = greet
    waiting = [asyncio.ensure_future(child.wait()), asyncio.ensure_future(connected.wait())]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for one in waiting:
        one.cancel()
    await asyncio.sleep(chance.uniform(0.0, 0.6) ** 2)  # mostly early, up to a third of a second


@dataclass
class Told:
    """What was counted."""

    kills: int = 0
    editions: int = 0
    accepted: int = 0
    in_doubt: int = 0
    worst: int = 0  # in doubt by one kill

    def line(self) -> str:
        """Say it in one line."""
        return (
            f"{self.kills} kills over {self.editions} editions of {PEOPLE}: {self.accepted} accepted, {self.in_doubt} "
            f"in doubt, at most {self.worst} by one kill ({CONNECTIONS} connections); 0 false, 0 unknown, 0 twice"
        )


async def one_edition(chance: random.Random, told: Told, most: int) -> None:
    """Mail one edition through as many kills as it takes."""
    offers = chance.choice(((), ("PIPELINING", "ENHANCEDSTATUSCODES")))
    with tempfile.TemporaryDirectory(prefix="digest-kill-") as name:
        folder = Path(name)
        write_list(folder / "list.csv", PEOPLE)
        async with FaultServer(offers=offers) as server:
            doubts = kills = 0
            while True:
                child = await start(server, folder)
                if told.kills < most:
                    await let_run(child, server, chance)
                    if child.returncode is None:
                        child.kill()
                        told.kills += 1
                        kills += 1
                await child.communicate()
                counts = check(server, folder, most_in_doubt=kills * CONNECTIONS)
                if counts:
                    told.worst = max(told.worst, counts["in_doubt"] - doubts)
                    assert counts["in_doubt"] - doubts <= CONNECTIONS
                    doubts = counts["in_doubt"]
                if child.returncode in {0, 76}:
                    assert counts["accepted"] + counts["in_doubt"] == PEOPLE
                    told.editions += 1
                    told.accepted += counts["accepted"]
                    told.in_doubt += doubts
                    return


async def main() -> int:
    """Kill until it is enough."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    chance, told = random.Random(asked.seed), Told()
    while told.kills < asked.kills:
        try:
            await one_edition(chance, told, asked.kills)
        except AssertionError as error:
            print(f"seed {asked.seed}, kill {told.kills}: {error}", file=sys.stderr)
            return 1
        print(told.line(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
