"""Every fault in the midst of sending: each person gets one answer, and it agrees with the server's truth."""

from __future__ import annotations

import contextlib

import pytest
from fault_server import CATALOGUE, At, Fault, FaultServer, Moment, Then, behave, once, seeded
from mail_desk import Recorder, parcels

from digest.model import Parcel, Verdict
from digest.smtp import ConnectionLostError, SmtpTransport
from digest.smtp.connection import SmtpConnection

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


def row(at: At, fault: Fault) -> str:  # noqa: C901, PLR0911, PLR0912  # a table: one return a row of the fault matrix
    """Name the row of the fault matrix that a fault belongs to."""
    said = fault.reply or b""
    if at in {At.RSET, At.QUIT}:
        return "s30" if at is At.RSET else "s29"
    if at is At.BODY:
        return "s18"
    if b"\x1b" in said or len(said) > 512:
        return "s43"
    if at is At.DOT:
        if not said:
            return "s21" if fault.then is Then.SILENCE else "s20"
        if not said.endswith(b"\r\n"):
            return "s22"
        if not said[:3].isdigit():
            return "s23"
        if fault.drip is not None:
            return "s26"
        if said.count(b"\r\n") > 1:
            return "s27"
        if said.startswith(b"2"):
            return "s31" if fault.then is Then.HANG_UP else "s24"
        return {b"4": "s19", b"5": "s28"}.get(said[:1], "s25")
    if not said:
        return "s33" if fault.then is Then.SILENCE else "s05"
    if at is At.DATA:
        return "s16" if said[:1] in b"45" else "s17"
    if said.startswith(b"421"):
        return "s08"
    if at is At.MAIL:
        return "s09" if said.startswith(b"4") else "s24"
    rows = {b"251": "s15", b"452": "s12", b"454": "s12", b"450": "s11", b"451": "s11"}
    return rows.get(said[:3]) or ("s14" if b"5.7." in said else "s13")


@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelined", "staged"])
@pytest.mark.parametrize(
    ("at", "fault"),
    CATALOGUE,
    ids=[f"{row(at, fault)}-{at}-{number}" for number, (at, fault) in enumerate(CATALOGUE)],
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


async def test_s30_after_a_refused_rset_no_mail_stands_in_an_old_envelope_again() -> None:
    """The next connection goes step by step, where RSET is answered before MAIL is said."""
    wanted = parcels(8)
    seen: list[bool] = []

    def decide(moment: Moment) -> Fault | None:
        if moment.at is At.RCPT:
            return Fault(b"550 5.1.1 no such user\r\n") if moment.recipient in refused else None
        return Fault(b"502 5.5.1 what?\r\n") if moment.at is At.RSET else None

    refused = {wanted[0].envelope.recipient, wanted[4].envelope.recipient}
    told = Recorder()
    async with FaultServer(decide) as server:
        transport = SmtpTransport(server.options())
        waiting = list(wanted)
        while waiting:
            connection = await transport.open()
            assert isinstance(connection, SmtpConnection)
            seen.append(connection.is_pipelined)
            with contextlib.suppress(ConnectionLostError):
                await connection.send(lambda: waiting.pop(0) if waiting else None, told)
            await connection.close()
    assert seen[0]
    assert not any(seen[1:])
    assert told.keys(Verdict.REFUSED) == {0, 4}
    assert not told.keys(Verdict.IN_DOUBT)


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
