"""Every fault in the midst of sending: each person gets one answer, and it agrees with the server's truth."""

from __future__ import annotations

import contextlib

import pytest
from fault_server import CATALOGUE, At, Fault, FaultServer, behave, once, seeded
from mail_desk import Recorder, parcels

from digest.model import Parcel, Verdict
from digest.smtp import ConnectionLostError, SmtpTransport

STAGES = {At.MAIL, At.RCPT, At.DATA, At.BODY, At.DOT, At.RSET, At.QUIT}


async def mail_all(
    server: FaultServer, wanted: list[Parcel], *, pipelining: bool, rounds: int = 200
) -> Recorder:
    """Send until every parcel has been answered by a server: lost ones that were not sent go again."""
    told = Recorder()
    transport = SmtpTransport(server.options(pipelining=pipelining))
    waiting = list(wanted)
    for _ in range(rounds):
        if not waiting:
            break
        connection = await transport.open()
        with contextlib.suppress(ConnectionLostError):
            await connection.send(lambda: waiting.pop(0) if waiting else None, told)
        await connection.close()
        for unsent in [each for each in wanted if each.key in told.keys(None)]:
            assert told.answers[unsent.key] == 1
            del told.receipts[unsent.key], told.answers[unsent.key]
            waiting.append(unsent)
    assert not waiting
    return told


def check(server: FaultServer, told: Recorder, wanted: list[Parcel]) -> None:
    """Compare what we were told with what the server knows (I1, I3, I4)."""
    truth = server.truth
    assert set(told.answers) == {each.key for each in wanted}
    assert set(told.answers.values()) == {1}
    for each in wanted:
        person = each.envelope.recipient
        accepted = truth.accepted[person]
        assert accepted <= 1, person
        if each.key in told.keys(Verdict.ACCEPTED):
            assert accepted == 1, person
            assert truth.bodies[person] == each.message
        elif each.key not in told.keys(Verdict.IN_DOUBT):
            assert accepted == 0, (person, told.receipts[each.key])
    assert truth.violations == []


@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelined", "staged"])
@pytest.mark.parametrize(
    ("at", "fault"), CATALOGUE, ids=[f"{at}-{number}" for number, (at, _) in enumerate(CATALOGUE)]
)
async def test_one_fault_costs_at_most_one_letter_its_certainty(
    at: At, fault: Fault, *, pipelining: bool
) -> None:
    """Whatever happens once, eight people get one answer each and nobody gets two letters."""
    wanted = parcels(8)
    async with FaultServer(once(at, fault, letter=2)) as server:
        told = await mail_all(server, wanted, pipelining=pipelining)
    check(server, told, wanted)
    assert len(told.keys(Verdict.IN_DOUBT)) <= 1
    assert len(told.keys(Verdict.ACCEPTED)) >= 6


@pytest.mark.parametrize("seed", range(20))
async def test_many_faults_leave_the_answers_true(seed: int) -> None:
    """With a fault at every tenth moment, each of forty people gets one answer that agrees with the server."""
    wanted = parcels(40)
    async with FaultServer(seeded(seed)) as server:
        told = await mail_all(server, wanted, pipelining=seed % 2 == 0)
    check(server, told, wanted)


async def test_content_is_committed_before_it_leaves() -> None:
    """The observer hears of every content before the server does, and never of one that was refused before."""
    wanted = parcels(5)
    refusing = once(At.RCPT, Fault(b"550 5.1.1 no such user\r\n"), letter=0)
    async with FaultServer(refusing) as server:
        told = await mail_all(server, wanted, pipelining=True)
    assert told.committed == [1, 2, 3, 4]
    server.decide = behave


async def test_data_taken_for_nobody_is_ended_by_a_lone_dot() -> None:
    """A server that says 354 although it refused everybody gets an empty letter, never somebody's content."""
    wanted = parcels(4)
    refusing = once(At.RCPT, Fault(b"550 5.1.1 no such user\r\n"), letter=0)
    async with FaultServer(refusing, evil_data=True) as server:
        told = await mail_all(server, wanted, pipelining=True)
    check(server, told, wanted)
    assert server.truth.empty == 1
    assert told.keys(Verdict.REFUSED) == {0}
