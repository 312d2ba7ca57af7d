"""What the command line does about people of whom only the server knows whether they have the letter."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest
from cli_places import folder_with, sending
from command import SECONDS, digest, start
from fault_server import At, Fault, FaultServer, Moment, Then, behave

DOUBTFUL = ("reader1@example.org", "reader2@example.org")


def hang_up(moment: Moment) -> Fault | None:
    """Take some letters, and hang up instead of saying so."""
    is_one = moment.at is At.DOT and moment.recipient in DOUBTFUL
    return Fault(b"", Then.HANG_UP, accepts=True) if is_one else None


@pytest.mark.parametrize(
    ("choice", "status", "letters", "states"),
    [
        ((), 76, 1, {"in_doubt": 2}),
        (("--in-doubt", "hold"), 76, 1, {"in_doubt": 2}),
        (("--in-doubt", "skip"), 0, 1, {"in_doubt": 0, "skipped": 2}),
        (("--in-doubt", "resend"), 0, 2, {"in_doubt": 0, "accepted": 6}),
    ],
)
async def test_doubts_are_held_skipped_or_sent_again(
    choice: tuple[str, ...], status: int, letters: int, states: dict[str, int], tmp_path: Path
) -> None:
    """76 while they are held, which is the default; skip never mails them, resend does, with the same Message-ID."""
    folder = folder_with(tmp_path, people=6)
    async with FaultServer(hang_up) as server:
        send = sending(server.port)
        first = await digest(*send, "--json", cwd=folder)
        assert first.status == 76, first.err
        before = dict(server.truth.bodies)
        server.decide = behave
        for _ in range(2):  # the second time changes nothing more
            again = await digest(*send, *choice, "--json", cwd=folder)
            assert again.status == status, again.err
            counts = again.json()["counts"]
            assert {name: counts[name] for name in states} == states
    for reader in DOUBTFUL:
        assert server.truth.accepted[reader] == letters
        assert message_id(server.truth.bodies[reader]) == message_id(before[reader])
    assert server.truth.accepted["reader0@example.org"] == 1


def message_id(body: bytes) -> bytes:
    """Give the line that names the message."""
    return next(line for line in body.split(b"\r\n") if line.lower().startswith(b"message-id:"))


async def test_l02_a_second_interruption_leaves_now(tmp_path: Path) -> None:
    """While the server keeps silent behind the dot: 130 within seconds, those in doubt, the others mailed later."""
    folder = folder_with(tmp_path, people=40)
    silent = asyncio.Event()

    def decide(moment: Moment) -> Fault | None:
        if moment.at is At.DOT and sum(server.truth.accepted.values()) >= 10:
            silent.set()
            return Fault(b"", Then.SILENCE, accepts=True)
        return None

    async with FaultServer(decide) as server:
        send = sending(server.port)
        child = await start(*send, "--connections", "2", cwd=folder)
        await asyncio.wait_for(silent.wait(), SECONDS)
        child.send_signal(signal.SIGINT)
        await asyncio.sleep(0.3)  # the first one is taken, and waits for what is in flight
        child.send_signal(signal.SIGINT)
        async with asyncio.timeout(8):  # less than the ten seconds it would have given the server
            _, err = await child.communicate()
        assert child.returncode == 130, err
        assert b"Traceback" not in err
        server.decide = behave
        last = await digest(*send, "--json", cwd=folder)
        counts = last.json()["counts"]
    assert last.status == 76
    assert counts["in_doubt"] in {1, 2}
    assert counts["accepted"] + counts["in_doubt"] == 40
    assert set(server.truth.accepted.values()) == {1}
