"""The fault matrix's local rows that need a process of its own: clocks, descriptors, memory, terminals, sleep, age."""

from __future__ import annotations

import asyncio
import shutil
import signal
import sqlite3
import sys
import time
from datetime import datetime
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from cli_places import folder_with
from command import start as start_command
from crash_parts import CONNECTIONS, PEOPLE, check, start, write_list
from delivering_parts import LETTER, ScriptedTransport, people
from fault_server import At, Fault, FaultServer, Moment, behave

from digest.delivering import DeliveryOptions, deliver
from digest.store import Store

DATA = Path(__file__).parents[1] / "data"
DAY = 86_400


# What somebody may set the clock to while letters leave, as seconds from the right time or as a date.
JUMPS = (0, DAY, -DAY, "2026-10-25T00:59:50+00:00", "2027-03-28T00:59:50+00:00", "2038-01-19T03:14:00+00:00")


def fake_clock(told: Path) -> tuple[str, ...]:
    """Give the command under which a process takes the time from a file (libfaketime); skips where there is none."""
    if shutil.which("faketime") is None:
        pytest.skip("needs faketime")
    set_by_file = (f"FAKETIME_TIMESTAMP_FILE={told}", "FAKETIME_NO_CACHE=1", "TZ=Europe/Berlin")
    # The clock that only runs on is no wall clock: nobody can set it, so it is not faked either.
    return ("faketime", "--exclude-monotonic", "-f", "+0", "env", "-u", "FAKETIME", *set_by_file)


async def test_l09_the_wall_clock_jumps(tmp_path: Path) -> None:
    """By days, over both changes of summer time, to 2038: dates are right, nothing waits, what was put off is sent."""
    write_list(tmp_path / "list.csv")
    told, now = tmp_path / "clock", time.time()
    jumps = [
        jump if isinstance(jump, int) else round(datetime.fromisoformat(jump).timestamp() - now)
        for jump in JUMPS
    ]
    told.write_text("+0\n")
    late = Fault(b"451 4.7.1 greylisted\r\n")

    def decide(moment: Moment) -> Fault | None:
        sent = sum(server.truth.accepted.values())
        if moment.at is At.DOT and sent % 30 == 0:
            told.write_text(f"{jumps[sent // 30 % len(jumps)]:+d}\n")
        is_first = moment.at is At.RCPT and moment.recipient not in asked
        if moment.at is At.RCPT:
            asked.add(moment.recipient)
        return late if is_first and "town3" in moment.recipient else None

    asked: set[str] = set()
    async with FaultServer(decide, offers=("PIPELINING",)) as server, asyncio.timeout(60):
        child = await start(server, tmp_path, under=fake_clock(told))
        _, errors = await child.communicate()
        assert child.returncode == 75, errors.decode()
        deferred = check(server, tmp_path, most_in_doubt=0)["deferred"]
        assert deferred > PEOPLE // 10
        told.write_text(f"{-DAY:+d}\n")  # and the next run begins a day before the first
        child = await start(server, tmp_path, under=fake_clock(told))
        _, errors = await child.communicate()
        assert child.returncode == 0, errors.decode()
        assert check(server, tmp_path, most_in_doubt=0)["accepted"] == PEOPLE
    off = [
        round(parsedate_to_datetime(message_from_bytes(body)["Date"]).timestamp() - now)
        for body in server.truth.bodies.values()
    ]
    nearest = [min(jumps, key=lambda jump: abs(seconds - jump)) for seconds in off]
    assert all(abs(seconds - jump) <= 60 for seconds, jump in zip(off, nearest, strict=True))
    assert set(nearest) == set(jumps)


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
                pieces=(b"Subject: x\\r\\n\\r\\n" + b"x" * 2000 + b"\\r\\n",))
folder = Path(sys.argv[1])
with (Store.open(f"sqlite:///{folder}/state.sqlite") as store, read_list(folder / "list.csv") as roster,
      store.ledger("x") as ledger):
    report = asyncio.run(deliver(letter, roster, transport=Nowhere(), ledger=ledger))
    assert report.counts["accepted"] == len(roster), report
print(re.search(r"VmPeak:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


async def mail_nowhere(folder: Path, count: int, *under: str) -> tuple[int | None, str]:
    """Deliver to so many in a process of its own; gives its status and what it printed."""
    folder.mkdir()
    write_list(folder / "list.csv", count)
    child = await asyncio.create_subprocess_exec(
        *under, sys.executable, "-c", MANY, str(folder), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await child.communicate()
    return child.returncode, out.decode()


async def test_l11_a_hundred_thousand_stream_through_little_memory(tmp_path: Path) -> None:
    """With address space for 2,000 people and 16 MB more, 100,000 are read, mailed and counted (prlimit --as).

    Their letters alone would be 200 MB. A million: benchmarks/sending.py.
    """
    status, out = await mail_nowhere(tmp_path / "few", 2_000)
    assert status == 0
    limit = (int(out) + 16 * 1024) * 1024
    status, _ = await mail_nowhere(tmp_path / "many", 100_000, "prlimit", f"--as={limit}")
    assert status == 0


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
