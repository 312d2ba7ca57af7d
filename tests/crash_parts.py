"""What the crash tests share: a list, a run in a process of its own, and the comparison of store and server."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from digest.store import Store

if TYPE_CHECKING:
    from fault_server import FaultServer

__all__ = ["CONNECTIONS", "PEOPLE", "check", "start", "strace", "write_list"]

CHILD = Path(__file__).parent / "crash" / "delivering_child.py"
PEOPLE = 240
CONNECTIONS = 8


def write_list(path: Path, people: int = PEOPLE) -> None:
    """Write a list of readers at some domains."""
    rows = (f"reader{number}@town{number % 7}.example.org,Reader {number}\n" for number in range(people))
    path.write_text("email,name\n" + "".join(rows))


def strace(*options: str) -> tuple[str, ...]:
    """Give the command that runs another under strace; skips the test where nobody may trace."""
    if shutil.which("strace") is None:
        pytest.skip("needs strace")
    command = ("strace", "-f", "-qq")
    probe = subprocess.run([*command, "-e", "trace=none", "true"], capture_output=True, check=False)
    if probe.returncode:
        pytest.skip(f"nobody may trace here: {probe.stderr.decode().strip()}")
    return (*command, *options)


async def start(
    server: FaultServer,
    folder: Path,
    *,
    under: Sequence[str] = (),
    fewer: Sequence[int] = (),
    environ: Mapping[str, str] | None = None,
) -> asyncio.subprocess.Process:
    """Start a run in a process of its own; ``under`` is the command that starts it (limits, strace).

    ``fewer``: people in a claim and letters in a fold, other than usual.
    """
    return await asyncio.create_subprocess_exec(
        *under,
        sys.executable,
        str(CHILD),
        str(server.port),
        str(folder / "state.sqlite"),
        str(folder / "list.csv"),
        str(CONNECTIONS),
        *map(str, fewer),
        stderr=asyncio.subprocess.PIPE,
        # What a killed child cannot remove goes with the folder.
        env={**os.environ, "TMPDIR": str(folder), **(environ or {})},
    )


def check(server: FaultServer, folder: Path, *, most_in_doubt: int) -> dict[str, int]:
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
        assert status.counts["in_doubt"] <= most_in_doubt, status.counts
        return dict(status.counts)
