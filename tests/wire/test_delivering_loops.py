"""A whole run on asyncio's own loop and on uvloop: the same letters, the same ledger."""

from __future__ import annotations

import asyncio
import importlib

import pytest
from delivering_parts import LETTER, people
from fault_server import At, Fault, FaultServer, Then, once

from digest.delivering import DeliveryOptions, Report, deliver
from digest.smtp import SmtpTransport
from digest.store import Store


async def run() -> tuple[Report, FaultServer]:
    """Mail fifty people over six connections; one letter's connection is lost after its dot."""
    lost = once(At.DOT, Fault(b"", Then.RESET, accepts=True), letter=3)
    async with FaultServer(lost) as server:
        with Store.in_memory().ledger(LETTER.edition) as ledger:
            report = await deliver(
                LETTER,
                people(50),
                transport=SmtpTransport(server.options()),
                ledger=ledger,
                options=DeliveryOptions(connections=6),
            )
        return report, server


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_both_event_loops_deliver_alike(loop: str) -> None:
    """One in doubt, forty-nine accepted, nobody twice."""
    factory = importlib.import_module(loop).new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        report, server = runner.run(run())
    assert (report.counts["accepted"], report.counts["in_doubt"], report.exit_status) == (49, 1, 76)
    assert set(server.truth.accepted.values()) == {1}
    assert not server.truth.violations
