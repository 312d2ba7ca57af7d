"""L4: the disk fills up or fails, for real: calls of the sending process that the kernel refuses, and a full tmpfs.

Whichever call it is: nothing is sent that cannot be recorded, the run ends with 74, and with room again the next one
finishes what is left.
"""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from crash_parts import CONNECTIONS, check, start, strace, write_list
from fault_server import FaultServer

from digest.store.folding import side_name

MANY = 400
BATCHES = (50, 150)  # people in a claim, letters in a fold: the journal changes twice in the midst of the run


def kept(folder: Path) -> list[str]:
    """Name the files of a store that must survive: database, log, journals."""
    store = folder / "state.sqlite"
    journals = (f"{store}.d/{side_name('harbour-7', '')}.{parity}.journal" for parity in (0, 1))
    return [str(store), f"{store}-wal", *journals]


def failing(folder: Path, call: str, error: str, when: int, *, files: list[str]) -> tuple[str, ...]:
    """Give the command under which every such call on those files fails, from the n-th on."""
    places = [part for file in files for part in ("-P", file)]
    inject = f"inject={call}:error={error}:when={when}+"
    return strace("--seccomp-bpf", "-o", os.devnull, "-e", f"trace={call}", *places, "-e", inject)


async def fill_up_and_finish(server: FaultServer, folder: Path, under: tuple[str, ...]) -> int:
    """Run on a disk that fills up, check, run on one with room, check again; gives what the first one sent."""
    child = await start(server, folder, under=under, fewer=BATCHES)
    _, errors = await child.communicate()
    assert child.returncode == 74, (child.returncode, errors.decode())
    assert b"Traceback" not in errors
    sent = sum(server.truth.accepted.values())
    counts = check(server, folder, most_in_doubt=CONNECTIONS)
    # Whoever's content reached the server, accepted or not, had been written down before.
    assert sum(server.truth.contents.values()) <= counts.get("accepted", 0) + counts.get("in_doubt", 0)
    child = await start(server, folder)
    _, errors = await child.communicate()
    counts = check(server, folder, most_in_doubt=CONNECTIONS)
    assert counts["accepted"] + counts["in_doubt"] == MANY
    assert counts["in_doubt"] <= CONNECTIONS
    assert child.returncode == (76 if counts["in_doubt"] else 0), errors.decode()
    assert not server.truth.violations
    return sent


POINTS = [  # at least one write a letter: with pipelining an answer and the next content are one
    *(("pwrite64", "ENOSPC", random.Random(seed).randint(1, MANY)) for seed in range(6)),
    *(("pwrite64", "EIO", random.Random(seed).randint(1, MANY)) for seed in range(6, 8)),
    *(("fdatasync", "ENOSPC", when) for when in (1, 2, 4, 7)),
    ("fdatasync", "EIO", 3),
    ("fallocate", "ENOSPC", 1),
    ("fallocate", "ENOSPC", 2),
]


@pytest.mark.asks
@pytest.mark.parametrize(("call", "error", "when"), POINTS)
async def test_l04_a_disk_that_fails_at_any_call_stops_the_run(
    call: str, error: str, when: int, tmp_path: Path
) -> None:
    """From the n-th write or sync on the disk is full: 74, all that left is on record, the next run finishes."""
    write_list(tmp_path / "list.csv", MANY)
    async with FaultServer(offers=("PIPELINING",)) as server:
        await fill_up_and_finish(server, tmp_path, failing(tmp_path, call, error, when, files=kept(tmp_path)))


@pytest.mark.asks
@pytest.mark.parametrize("letters", [3, 40])
async def test_l04_no_dot_leaves_after_the_journal_is_full(letters: int, tmp_path: Path) -> None:
    """Once a record cannot be written, not one letter more than those already recorded reaches the server."""
    write_list(tmp_path / "list.csv", MANY)
    journals = kept(tmp_path)[2:]
    under = failing(tmp_path, "pwrite64", "ENOSPC", 2 + letters, files=journals)
    async with FaultServer(offers=("PIPELINING",)) as server:
        sent = await fill_up_and_finish(server, tmp_path, under)
    # A letter takes one write at least. Of those written, all may be "committing" for as many as are in flight.
    assert sent <= letters + CONNECTIONS


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a folder on a disk of its own; skips where nobody may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "none", place], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"nobody may mount here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", place], check=True)


def resize(place: Path, kib: int) -> None:
    """Give the disk another size."""
    subprocess.run(["mount", "-o", f"remount,size={kib}k", place], check=True)


@pytest.mark.asks
@pytest.mark.parametrize("kib", [1060, 1150, 1300, 1700, 2150])
async def test_l04_a_small_disk_fills_up(kib: int, tmp_path: Path, small_disk: Path) -> None:
    """At whatever point it fills up, before the first letter or at a fold: 74, and with room all is finished."""
    resize(small_disk, 32_000)
    write_list(small_disk / "list.csv", MANY)
    resize(small_disk, kib)
    async with FaultServer(offers=("PIPELINING",)) as server:
        child = await start(server, small_disk, fewer=BATCHES)
        _, errors = await child.communicate()
        assert child.returncode == 74, (child.returncode, errors.decode())
        assert sum(server.truth.accepted.values()) < MANY
        resize(small_disk, 32_000)
        check(server, small_disk, most_in_doubt=CONNECTIONS)
        child = await start(server, small_disk)
        await child.communicate()
        counts = check(server, small_disk, most_in_doubt=CONNECTIONS)
        assert counts["accepted"] + counts["in_doubt"] == MANY
        assert child.returncode == (76 if counts["in_doubt"] else 0)
