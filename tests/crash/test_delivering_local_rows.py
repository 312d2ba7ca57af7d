"""The fault matrix's local rows that need a process of its own: clocks, descriptors, memory, terminals, sleep, age."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import sys
from pathlib import Path

import pytest
from cli_places import folder_with
from command import start as start_command
from crash_parts import CONNECTIONS, PEOPLE, check, start, write_list
from delivering_parts import LETTER, ScriptedTransport, StillClock, accept, people
from fault_server import At, Fault, FaultServer, Moment, behave

from digest.delivering import DeliveryOptions, deliver
from digest.model import Receipt, Stage
from digest.store import Store

DATA = Path(__file__).parents[1] / "data"
DAY = 86_400.0


class JumpingClock(StillClock):
    """A wall clock that somebody sets by a day, back and forth, and to 2038; the other one never jumps."""

    def __init__(self) -> None:
        super().__init__()
        self.jumps = iter((0.0, DAY, -DAY, 2_147_483_700.0 - 1_700_000_000.0) * 1000)

    def now(self) -> float:
        """Seconds since the epoch, whatever that is just now."""
        return super().now() + next(self.jumps)


async def test_l09_the_wall_clock_jumps(tmp_path: Path) -> None:
    """Nothing is timed by it: nobody is lost, nothing waits for a day, and what was put off is sent again."""
    clock, late = JumpingClock(), Receipt(Stage.RCPT, 451, "4.7.1 greylisted", "4.7.1")
    transport = ScriptedTransport(lambda who, visit: accept(who, visit) if visit else late)
    with Store.open(f"sqlite:///{tmp_path / 's.sqlite'}") as store:
        for _ in range(2):
            with store.ledger(LETTER.edition) as ledger:
                report = await deliver(LETTER, people(20), transport=transport, ledger=ledger, clock=clock)
    assert (report.counts["accepted"], report.exit_status) == (20, 0)
    assert clock.seconds < 120
    assert set(transport.accepted.values()) == {1}


@pytest.mark.parametrize("limit", [64, 24, 16])
async def test_l10_out_of_descriptors(limit: int, tmp_path: Path) -> None:
    """Fewer connections and everybody served, or a clear stop; with enough of them the next run finishes."""
    write_list(tmp_path / "list.csv")
    async with FaultServer(offers=("PIPELINING",)) as server:
        child = await start(server, tmp_path, under=("prlimit", f"--nofile={limit}"))
        _, errors = await child.communicate()
        assert child.returncode in {0, 75, 78}, errors.decode()
        check(server, tmp_path, most_in_doubt=0)
        child = await start(server, tmp_path)
        await child.communicate()
        assert check(server, tmp_path, most_in_doubt=0)["accepted"] == PEOPLE
        assert child.returncode == 0


MANY = """
import asyncio, re, sys
from pathlib import Path
from digest.delivering import deliver, DeliveryOptions
from digest.model import Letter, Receipt, Stage
from digest.store import Store, read_list

class Nowhere:
    name, rehearsal = "nowhere:", None
    async def open(self): return self
    async def close(self): pass
    async def send(self, next_parcel, observer):
        while (parcel := next_parcel()) is not None:
            observer.committing(parcel)
            observer.answered(parcel, Receipt(Stage.DOT, 250, "2.0.0 taken"))

letter = Letter(edition="x", subject="x", envelope_sender="n@example.org", message_id_domain="example.org",
                pieces=(b"Subject: x\\r\\n\\r\\n" + b"x" * 60 + b"\\r\\n",))
folder = Path(sys.argv[1])
with (Store.open(f"sqlite:///{folder}/state.sqlite") as store, read_list(folder / "list.csv") as roster,
      store.ledger("x") as ledger):
    report = asyncio.run(deliver(letter, roster, transport=Nowhere(), ledger=ledger))
    assert report.counts["accepted"] == len(roster), report
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


async def test_l11_memory_does_not_grow_with_the_list(tmp_path: Path) -> None:
    """Fifteen times the list, and the process that sends is not 8 MB larger (a million: benchmarks/sending.py)."""
    peaks = []
    for count in (2_000, 30_000):
        folder = tmp_path / str(count)
        folder.mkdir()
        write_list(folder / "list.csv", count)
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", MANY, str(folder), stdout=asyncio.subprocess.PIPE
        )
        out, _ = await child.communicate()
        assert child.returncode == 0
        peaks.append(int(out) / 1024)
    assert peaks[1] - peaks[0] < 8


@pytest.mark.parametrize("closed", ["stdout", "both"])
async def test_l12_nobody_reads_what_it_prints(closed: str, tmp_path: Path) -> None:
    """A closed pipe and a bare environment disturb no letter, and no traceback is printed."""
    folder = folder_with(tmp_path, people=12)
    async with FaultServer(behave) as server:
        child = await start_command(
            "send",
            "article.txt",
            "--to",
            "list.csv",
            "--yes",
            "--smtp",
            f"smtp://127.0.0.1:{server.port}",
            *(["--json"] if closed == "stdout" else []),
            cwd=folder,
            environ={"LANG": "C", "LC_ALL": "C", "TERM": ""},
        )
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout._transport.close()  # type: ignore[attr-defined]  # asyncio has no public way to close a pipe early
        errors = b""
        if closed == "both":
            child.stderr._transport.close()  # type: ignore[attr-defined]  # the same
        else:
            errors = await child.stderr.read()
        await child.wait()
    assert b"Traceback" not in errors
    assert sum(server.truth.accepted.values()) == 12
    assert max(server.truth.accepted.values()) == 1


async def test_l13_the_machine_sleeps_in_the_middle(tmp_path: Path) -> None:
    """Stopped while the server goes away, then woken: in doubt at most one a connection, the rest is finished."""
    write_list(tmp_path / "list.csv")
    async with FaultServer(offers=("PIPELINING",)) as server:
        child = await start(server, tmp_path)
        asleep = asyncio.Event()

        def decide(moment: Moment) -> Fault | None:
            if moment.at is At.DOT and sum(server.truth.accepted.values()) == 60:
                child.send_signal(signal.SIGSTOP)
                asleep.set()
            return None

        server.decide = decide
        async with asyncio.timeout(30):
            await asleep.wait()
        for transport in server._transports:
            transport.abort()  # to the server twenty minutes have passed
        server.decide = behave
        child.send_signal(signal.SIGCONT)
        await child.communicate()
        counts = check(server, tmp_path, most_in_doubt=CONNECTIONS)
    assert counts["in_doubt"] <= CONNECTIONS
    assert counts["accepted"] + counts["in_doubt"] == PEOPLE
    assert child.returncode == (76 if counts["in_doubt"] else 0)


async def test_l14_a_store_of_an_earlier_digest_is_gone_on_with(tmp_path: Path) -> None:
    """A run that version 1 of the store began is finished by this one: nobody lost, nobody twice."""
    with sqlite3.connect(tmp_path / "s.sqlite") as made:
        made.executescript((DATA / "store-version-1.sql").read_text("utf-8"))
    made.close()
    readers, transport = people(8), ScriptedTransport()
    with Store.open(f"sqlite:///{tmp_path / 's.sqlite'}") as store, store.ledger(LETTER.edition) as ledger:
        report = await deliver(
            LETTER, readers, transport=transport, ledger=ledger, options=DeliveryOptions(connections=1)
        )
    assert report.counts["accepted"] + report.counts["refused"] == 8
    assert report.sent == len(transport.accepted) == 4
    assert report.counts["refused"] == 1
