"""What the crash tests share: a list, a run in a process of its own, and the comparison of store and server."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from digest.store import Store

if TYPE_CHECKING:
    from fault_server import FaultServer

__all__ = ["CONNECTIONS", "PEOPLE", "check", "start", "write_list"]

CHILD = Path(__file__).parent / "crash" / "delivering_child.py"
PEOPLE = 240
CONNECTIONS = 8


def write_list(path: Path, people: int = PEOPLE) -> None:
    """Write a list of readers at some domains."""
    rows = (f"reader{number}@town{number % 7}.example.org,Reader {number}\n" for number in range(people))
    path.write_text("email,name\n" + "".join(rows))


async def start(
    server: FaultServer, folder: Path, *, largest: int = 0, before: Callable[[], None] | None = None
) -> asyncio.subprocess.Process:
    """Start a run in a process of its own; ``before`` is called in it first (limits)."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        str(CHILD),
        str(server.port),
        str(folder / "state.sqlite"),
        str(folder / "list.csv"),
        str(CONNECTIONS),
        str(largest),
        stderr=asyncio.subprocess.PIPE,
        preexec_fn=before,
    )


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
