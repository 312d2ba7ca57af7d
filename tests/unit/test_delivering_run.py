"""A run over a scripted server: once each, in a fair order, ending for the right reason."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from delivering_parts import LETTER, ScriptedTransport, StillClock, accept, people, unavailable

from digest.delivering import DeliveryOptions, InDoubt, Progress, deliver, plan, rehearsal_of
from digest.errors import DigestError, LoginRefusedError, ServerRefusedError, StoreError, TlsError
from digest.model import Claimed, Receipt, Stage, Subscriber
from digest.store import Ledger, Store, Suppression, journal


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'state.sqlite'}") as opened:
        yield opened


@pytest.fixture
def ledger(store: Store) -> Iterator[Ledger]:
    with store.ledger(LETTER.edition) as opened:
        yield opened


def answer(receipt: Receipt, *recipients: str):  # type: ignore[no-untyped-def]  # noqa: ANN201  # a Script
    """Answer these recipients (all, if none are named) so, and accept the others."""
    return lambda who, visit: receipt if not recipients or who in recipients else accept(who, visit)


async def test_everybody_gets_one_letter_and_a_second_run_mails_nobody(ledger: Ledger) -> None:
    """I1 and I2 where nothing goes wrong."""
    transport, readers = ScriptedTransport(), people(50)
    options = DeliveryOptions(connections=5)
    report = await deliver(LETTER, readers, transport=transport, ledger=ledger, options=options)
    again = await deliver(LETTER, readers, transport=transport, ledger=ledger, options=options)
    assert set(transport.accepted.values()) == {1}
    assert (len(transport.accepted), report.sent, again.sent, report.exit_status) == (50, 50, 0, 0)
    assert transport.opened == transport.closed == transport.most_open == 5


async def test_without_a_ledger_it_just_works() -> None:
    """The API's first line: a letter, somebody, a transport."""
    transport = ScriptedTransport(rehearsal="memory:1")
    report = await deliver(LETTER, [Subscriber("ann@example.org")], transport=transport)
    assert (report.counts["accepted"], report.exit_status) == (1, 0)


async def test_domains_are_spread_over_the_mailing(ledger: Ledger) -> None:
    """A list sorted by domain is mailed mixed: each tenth holds its share of the large domain."""
    readers = [Subscriber(f"r{number}@large.example.org") for number in range(80)]
    readers += [Subscriber(f"r{number}@small.example.org") for number in range(20)]
    transport = ScriptedTransport()
    await deliver(LETTER, readers, transport=transport, ledger=ledger, options=DeliveryOptions(connections=1))
    for start in range(0, 100, 10):
        large = sum("large" in who for who in transport.order[start : start + 10])
        assert 7 <= large <= 9


@pytest.mark.parametrize(
    ("receipt", "state", "status"),
    [
        (Receipt(Stage.RCPT, 550, "no such reader", "5.1.1"), "refused", 1),
        (Receipt(Stage.RCPT, 450, "greylisted", "4.7.1"), "deferred", 75),
        (Receipt(Stage.DOT, 451, "later"), "deferred", 75),
        (Receipt(Stage.DOT, 552, "full", "5.2.2"), "refused", 1),
        (Receipt(Stage.DOT, None, "connection lost"), "in_doubt", 76),
    ],
)
async def test_one_bad_answer_never_stops_the_others(
    ledger: Ledger, receipt: Receipt, state: str, status: int
) -> None:
    """One address is refused, put off or in doubt; everybody else has the letter."""
    readers = people(20)
    transport = ScriptedTransport(answer(receipt, readers[4].address))
    report = await deliver(LETTER, readers, transport=transport, ledger=ledger, clock=StillClock())
    assert (report.counts["accepted"], report.counts[state], report.exit_status) == (19, 1, status)


async def test_the_store_tells_what_the_server_said(store: Store) -> None:
    """Code, enhanced code and words of the last answer, attempts, Message-ID and time."""
    reader = Subscriber("ann@example.org")
    transport = ScriptedTransport(answer(Receipt(Stage.RCPT, 450, "4.7.1 greylisted", "4.7.1")))
    for _ in range(2):
        with store.ledger(LETTER.edition) as ledger:
            await deliver(LETTER, [reader], transport=transport, ledger=ledger, clock=StillClock())
    status = store.status(LETTER.edition)
    assert status is not None
    (found,) = status.deliveries()
    assert (status.state, status.subject) == ("open", "Harbour news")
    assert (found.state, found.code, found.enhanced, found.attempts) == ("deferred", 450, "4.7.1", 2)
    assert (found.reason, found.at) == ("4.7.1 greylisted", "2023-11-14T22:13:20+00:00")
    assert found.message_id is not None
    assert found.message_id.endswith("@example.org")
    assert store.latest() == (LETTER.edition, "")


async def test_a_lost_connection_before_the_dot_is_tried_again(ledger: Ledger) -> None:
    """S5, S18: nothing was accepted, so the same run sends it again, over a new connection."""
    readers = people(9)
    lost = Receipt(Stage.BODY, None, "connection reset")
    transport = ScriptedTransport(lambda who, visit: accept(who, visit) if visit else lost)
    report = await deliver(LETTER, readers, transport=transport, ledger=ledger, clock=StillClock())
    assert (report.counts["accepted"], report.exit_status) == (9, 0)
    assert set(transport.accepted.values()) == {1}


async def test_a_server_that_closes_after_each_letter_is_no_trouble(ledger: Ledger) -> None:
    """S31: reconnect silently; the letter that met the closed door is tried again."""
    bye = Receipt(Stage.MAIL, None, "connection closed")
    turns = iter(range(10_000))
    transport = ScriptedTransport(lambda who, visit: bye if next(turns) % 2 else accept(who, visit))
    options = DeliveryOptions(connections=1)
    report = await deliver(
        LETTER, people(30), transport=transport, ledger=ledger, options=options, clock=StillClock()
    )
    assert (report.counts["accepted"], report.exit_status) == (30, 0)


@pytest.mark.parametrize(
    ("receipt", "kind", "status"),
    [
        (Receipt(Stage.MAIL, 550, "not yours"), ServerRefusedError, 78),
        (Receipt(Stage.DOT, 554, "spam"), ServerRefusedError, 78),
        (Receipt(Stage.MAIL, 530, "log in"), LoginRefusedError, 77),
        (Receipt(Stage.MAIL, 451, "not now"), DigestError, 75),
    ],
)
async def test_what_concerns_everybody_ends_the_run(
    ledger: Ledger, receipt: Receipt, kind: type[DigestError], status: int
) -> None:
    """S9, S10, S28, S40: a few letters are tried, the rest stays planned, and the reason is told."""
    transport = ScriptedTransport(answer(receipt))
    options = DeliveryOptions(connections=2)
    report = await deliver(
        LETTER, people(60), transport=transport, ledger=ledger, options=options, clock=StillClock()
    )
    assert isinstance(report.stopped_by, kind)
    assert report.exit_status == status
    assert sum(transport.visits.values()) <= 10
    assert report.counts["planned"] >= 50


@pytest.mark.parametrize("error", [TlsError("no trust"), LoginRefusedError("no"), ServerRefusedError("554")])
async def test_a_server_that_cannot_be_used_is_asked_once(ledger: Ledger, error: DigestError) -> None:
    """S3, S36, S38, S40: nothing is tried in a loop."""
    asked: list[DigestError] = []

    def opening() -> DigestError:
        asked.append(error)
        return error

    transport = ScriptedTransport(opening=opening)
    report = await deliver(
        LETTER, people(5), transport=transport, ledger=ledger, options=DeliveryOptions(connections=1)
    )
    assert (report.stopped_by, report.exit_status, len(asked)) == (error, error.exit_status, 1)
    assert report.counts["planned"] == 5


async def test_a_server_that_is_not_there_is_waited_for_only_when_asked(ledger: Ledger) -> None:
    """S1: without --max-time the run ends at once with 75, with it the run backs off for so long."""
    clock, transport = StillClock(), ScriptedTransport(opening=unavailable)
    alone = DeliveryOptions(connections=1)
    report = await deliver(LETTER, people(5), transport=transport, ledger=ledger, clock=clock, options=alone)
    assert (report.exit_status, clock.waits) == (75, [])
    patient = DeliveryOptions(max_time_seconds=600, connections=1)
    report = await deliver(
        LETTER, people(5), transport=transport, ledger=ledger, clock=clock, options=patient
    )
    assert report.exit_status == 75
    assert 300 < clock.seconds <= 600


async def test_a_server_that_comes_back_gets_everything(ledger: Ledger) -> None:
    """S2: a banner 421 a few times, then all is sent."""
    left = [unavailable() for _ in range(4)]
    transport = ScriptedTransport(opening=lambda: left.pop() if left else None)
    options = DeliveryOptions(max_time_seconds=600, connections=3)
    report = await deliver(
        LETTER, people(12), transport=transport, ledger=ledger, clock=StillClock(), options=options
    )
    assert (report.counts["accepted"], report.exit_status) == (12, 0)


async def test_fewer_connections_than_asked_for_are_enough(ledger: Ledger) -> None:
    """S32: five are allowed, the others get 421: go on with five."""
    transport = ScriptedTransport()
    transport.opening = lambda: unavailable() if transport.opened >= 5 else None
    options = DeliveryOptions(connections=8)
    report = await deliver(LETTER, people(60), transport=transport, ledger=ledger, options=options)
    assert (report.counts["accepted"], report.exit_status, transport.most_open) == (60, 0, 5)


async def test_a_throttling_domain_rests_and_the_others_go_on(ledger: Ledger) -> None:
    """S12: its people are tried again later in the run, all are mailed once, and nobody is to blame."""
    times: list[float] = []
    clock = StillClock()

    def script(who: str, visit: int) -> Receipt:
        if not who.endswith("town0.example.org"):
            return accept(who, visit)
        times.append(clock.seconds)
        slow = Receipt(Stage.RCPT, 452, "4.5.3 too many", "4.5.3")
        return slow if len(times) in {3, 4} else accept(who, visit)

    transport = ScriptedTransport(script)
    options = DeliveryOptions(connections=1)
    report = await deliver(
        LETTER, people(60), transport=transport, ledger=ledger, options=options, clock=clock
    )
    assert (report.counts["accepted"], report.exit_status, report.passed_over) == (60, 0, {})
    assert set(transport.accepted.values()) == {1}
    assert times[3] - times[2] >= 0.75
    assert times[4] - times[3] >= 1.5


async def test_a_domain_that_goes_on_throttling_is_passed_over(ledger: Ledger) -> None:
    """S12: after some tries its people stay planned for the next run, and the report says why."""
    readers = people(300)
    slow = Receipt(Stage.RCPT, 452, "4.5.3 too many", "4.5.3")
    there = tuple(reader.address for reader in readers if "town0" in reader.address)
    transport = ScriptedTransport(answer(slow, *there))
    report = await deliver(LETTER, readers, transport=transport, ledger=ledger, clock=StillClock())
    assert report.counts["accepted"] == 200
    assert report.counts["planned"] + report.counts["deferred"] == 100
    assert (report.exit_status, report.passed_over) == (75, {"town0.example.org": "4.5.3 too many"})
    assert sum(transport.visits[who] for who in there) <= 20
    transport.script = accept
    report = await deliver(LETTER, readers, transport=transport, ledger=ledger)
    assert (report.counts["accepted"], report.exit_status) == (300, 0)
    assert set(transport.accepted.values()) == {1}


async def test_a_domain_that_refuses_by_policy_is_passed_over(ledger: Ledger) -> None:
    """S14: after five refusals for policy the rest of the domain is not burnt on it."""
    readers = people(300)
    policy = Receipt(Stage.RCPT, 550, "5.7.26 not authenticated", "5.7.26")
    there = tuple(reader.address for reader in readers if "town1" in reader.address)
    transport = ScriptedTransport(answer(policy, *there))
    report = await deliver(LETTER, readers, transport=transport, ledger=ledger, clock=StillClock())
    assert report.counts["accepted"] == 200
    assert 5 <= report.counts["refused"] <= 10
    assert report.passed_over == {"town1.example.org": "5.7.26 not authenticated"}


async def test_a_limit_mails_so_many_and_the_next_run_goes_on(ledger: Ledger) -> None:
    """--limit ends a run with 0; nobody is mailed twice by going on."""
    transport, readers = ScriptedTransport(), people(30)
    for expected in (12, 24, 30):
        report = await deliver(
            LETTER, readers, transport=transport, ledger=ledger, options=DeliveryOptions(limit=12)
        )
        assert (report.counts["accepted"], report.exit_status) == (expected, 0)
    assert set(transport.accepted.values()) == {1}


async def test_a_connection_carries_no_more_than_its_share(ledger: Ledger) -> None:
    """messages_per_connection closes and opens in between."""
    transport = ScriptedTransport()
    options = DeliveryOptions(connections=1, messages_per_connection=4)
    report = await deliver(LETTER, people(10), transport=transport, ledger=ledger, options=options)
    assert (report.counts["accepted"], transport.opened, transport.closed) == (10, 3, 3)


async def test_the_rate_is_kept(ledger: Ledger) -> None:
    """20 a minute over four connections: 41 letters take two minutes."""
    clock = StillClock()
    options = DeliveryOptions(connections=4, rate="20/minute")
    report = await deliver(
        LETTER, people(41), transport=ScriptedTransport(), ledger=ledger, clock=clock, options=options
    )
    assert report.counts["accepted"] == 41
    assert clock.seconds >= 120


async def test_a_domains_own_rate_holds_back_nobody_else(ledger: Ledger) -> None:
    """Four a minute for one domain: its people come last, spread out, and the others do not wait for them."""
    clock, transport = StillClock(), ScriptedTransport()
    options = DeliveryOptions(connections=1, domain_rates={"town0.example.org": "4/minute"})
    report = await deliver(
        LETTER, people(30), transport=transport, ledger=ledger, clock=clock, options=options
    )
    assert (report.counts["accepted"], report.exit_status) == (30, 0)
    assert 9 * 15 <= clock.seconds <= 11 * 15
    assert sum("town0" in who for who in transport.order[:20]) <= 2


async def test_no_more_than_some_hundreds_wait_aside(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """I6, L3: whoever is claimed and not answered is held in memory, and in doubt after a power loss."""
    claimed: list[Claimed] = []
    claim, most = ledger.claim, 0

    def counting(count: int) -> list[Claimed]:
        found = list(claim(count))
        claimed.extend(found)
        return found

    def script(who: str, visit: int) -> Receipt:
        nonlocal most
        most = max(most, len(claimed) - sum(transport.accepted.values()))
        return accept(who, visit)

    monkeypatch.setattr(ledger, "claim", counting)
    transport = ScriptedTransport(script)
    readers = [Subscriber(f"r{number}@large.example.org") for number in range(1_600)]
    options = DeliveryOptions(connections=2, domain_rates={"large.example.org": "60/minute"})
    report = await deliver(
        LETTER, readers, transport=transport, ledger=ledger, clock=StillClock(), options=options
    )
    assert report.sent == 1_600
    assert most <= 1_002  # 500 aside, one claim of 500, one a connection


async def test_ten_thousand_people_passed_over_are_no_burden_to_the_journal(ledger: Ledger) -> None:
    """People of a domain whose rate is used up are given back: a new journal carries nobody who is not tried."""
    clock = StillClock()

    def script(who: str, visit: int) -> Receipt:
        clock.seconds += 1  # so that the ledger is folded again and again
        return accept(who, visit)

    readers = [Subscriber(f"r{number}@large.example.org") for number in range(10_000)]
    readers += [Subscriber(f"r{number}@small.example.org") for number in range(30)]
    options = DeliveryOptions(connections=2, domain_rates={"large.example.org": "2/day"})
    report = await deliver(
        LETTER, readers, transport=ScriptedTransport(script), ledger=ledger, clock=clock, options=options
    )
    assert (report.sent, report.postponed, report.counts["planned"]) == (32, 9_998, 9_998)
    assert (report.exit_status, report.stopped_by) == (75, None)


async def test_a_journal_full_of_people_passed_over_is_begun_anew(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claiming and giving back fill the journal too, where no verdict ever makes it time to fold."""
    monkeypatch.setattr(journal, "CAPACITY", 1 << 17)
    readers = [Subscriber(f"r{number}@large.example.org") for number in range(10_000)]
    options = DeliveryOptions(connections=2, domain_rates={"large.example.org": "1/day"})
    report = await deliver(
        LETTER,
        readers,
        transport=ScriptedTransport(),
        ledger=ledger,
        clock=StillClock(),
        options=options,
    )
    assert (report.sent, report.counts["planned"], report.stopped_by) == (1, 9_999, None)


async def test_a_limit_is_not_used_up_by_people_who_are_passed_over(store: Store) -> None:
    """Ten a run, and most of the list at a domain that takes one a day: the others are all reached."""
    clock, transport = StillClock(), ScriptedTransport()
    readers = [Subscriber(f"r{number}@large.example.org") for number in range(60)]
    readers += [Subscriber(f"r{number}@small.example.org") for number in range(20)]
    options = DeliveryOptions(connections=1, limit=10, domain_rates={"large.example.org": "1/day"})
    sent = []
    for _ in range(3):
        with store.ledger(LETTER.edition) as ledger:
            report = await deliver(
                LETTER, readers, transport=transport, ledger=ledger, clock=clock, options=options
            )
        sent.append(report.sent)
    assert sent == [10, 10, 1]
    assert sum("small" in who for who in transport.accepted) == 20


async def test_a_domains_used_up_quota_is_gone_on_with_the_next_day(store: Store) -> None:
    """Six a day for one domain, over runs and editions: the others have it at once, its people day by day."""
    clock, transport, readers = StillClock(), ScriptedTransport(), people(42)
    options = DeliveryOptions(connections=2, domain_rates={"town0.example.org": "6/day"})
    sent = []
    for _ in range(3):
        for _ in range(2):
            with store.ledger(LETTER.edition) as ledger:
                report = await deliver(
                    LETTER, readers, transport=transport, ledger=ledger, clock=clock, options=options
                )
            sent.append(report.sent)
        clock.seconds += 86_401
    assert sent == [34, 0, 6, 0, 2, 0]
    assert report.exit_status == 0
    assert set(transport.accepted.values()) == {1}


async def test_a_days_limit_goes_on_the_next_day(store: Store) -> None:
    """500/day holds over runs and editions: the run ends with 75 and says when; a day later the rest goes."""
    clock, transport, readers = StillClock(), ScriptedTransport(), people(25)
    options = DeliveryOptions(connections=2, rate="10/day")
    sent = []
    for _ in range(2):
        for _ in range(2):
            with store.ledger(LETTER.edition) as ledger:
                report = await deliver(
                    LETTER, readers, transport=transport, ledger=ledger, clock=clock, options=options
                )
            sent.append(report.sent)
            assert report.exit_status == 75
            assert "the rate allows no more letters until 2023-11-1" in str(report.stopped_by)
        clock.seconds += 86_401
    assert sent == [10, 0, 10, 0]
    with store.ledger(LETTER.edition) as ledger:
        report = await deliver(
            LETTER, readers, transport=transport, ledger=ledger, clock=clock, options=options
        )
    assert (report.sent, report.exit_status) == (5, 0)
    assert set(transport.accepted.values()) == {1}


async def test_the_time_for_a_run_is_kept(ledger: Ledger) -> None:
    """--max-time ends a run that the rate makes long; the rest is for the next one."""
    clock = StillClock()
    options = DeliveryOptions(connections=1, rate="1/minute", max_time_seconds=300)
    report = await deliver(
        LETTER, people(41), transport=ScriptedTransport(), ledger=ledger, clock=clock, options=options
    )
    assert report.exit_status == 75
    assert 5 <= report.counts["accepted"] <= 6
    assert clock.seconds <= 300


@pytest.mark.parametrize(
    ("in_doubt", "mailed", "states", "status"),
    [
        (InDoubt.HOLD, 0, {"in_doubt": 3}, 76),
        (InDoubt.SKIP, 0, {"skipped": 3}, 0),
        (InDoubt.RESEND, 3, {"in_doubt": 0}, 0),
    ],
)
async def test_doubts_are_held_skipped_or_sent_again_as_told(
    ledger: Ledger, in_doubt: InDoubt, mailed: int, states: dict[str, int], status: int
) -> None:
    """Hold by default; skip is at most once, for good; resend is at least once."""
    readers = people(10)
    lost = Receipt(Stage.DOT, None, "connection lost")
    transport = ScriptedTransport(
        answer(lost, *(reader.address for reader in readers[:3])), accepts_in_doubt=False
    )
    await deliver(LETTER, readers, transport=transport, ledger=ledger, clock=StillClock())
    transport.script = accept
    options = DeliveryOptions(in_doubt=in_doubt)
    for sent in (mailed, 0):
        report = await deliver(LETTER, readers, transport=transport, ledger=ledger, options=options)
        assert (report.sent, report.exit_status) == (sent, status)
        assert {state: report.counts[state] for state in states} == states
    if in_doubt is InDoubt.SKIP:
        report = await deliver(LETTER, readers, transport=transport, ledger=ledger)
        assert report.sent == 0


async def test_l15_rows_that_left_are_not_mailed_and_new_ones_are(ledger: Ledger) -> None:
    """L15: the list may change between runs; who left is skipped and owed again on coming back."""
    readers, transport = people(10), ScriptedTransport()
    await deliver(LETTER, readers, transport=transport, ledger=ledger, options=DeliveryOptions(limit=4))
    newcomer = Subscriber("new@example.org")
    report = await deliver(LETTER, [*readers[:8], newcomer], transport=transport, ledger=ledger)
    assert report.counts["skipped"] == 2
    assert transport.accepted[newcomer.address] == 1
    assert not any(transport.accepted[reader.address] for reader in readers[8:])
    report = await deliver(LETTER, readers, transport=transport, ledger=ledger)
    assert (report.sent, report.counts["skipped"]) == (2, 0)
    assert set(transport.accepted.values()) == {1}


async def test_another_list_does_not_make_people_leave(store: Store) -> None:
    """Whoever is planned from one list waits there while another list gets the edition; on both is once."""
    readers, transport = people(10), ScriptedTransport()
    with store.ledger(LETTER.edition, list_name="north") as ledger:
        await deliver(LETTER, readers, transport=transport, ledger=ledger, options=DeliveryOptions(limit=4))
    with store.ledger(LETTER.edition, list_name="south") as ledger:
        report = await deliver(
            LETTER, [*readers[:2], Subscriber("ann@example.org")], transport=transport, ledger=ledger
        )
        assert report.counts["planned"] + report.counts["accepted"] == 11
        assert report.counts["skipped"] == 0
    with store.ledger(LETTER.edition, list_name="north") as ledger:
        report = await deliver(LETTER, readers, transport=transport, ledger=ledger)
    assert report.counts["accepted"] == 11
    assert set(transport.accepted.values()) == {1}


async def test_suppressed_people_are_never_mailed(ledger: Ledger) -> None:
    """Whatever list they stand on, in any spelling, and also when they were put off before."""
    readers = [Subscriber("Ann@Example.org"), Subscriber("bob@example.org"), Subscriber("cy@example.org")]
    transport = ScriptedTransport(answer(Receipt(Stage.RCPT, 450, "greylisted"), "cy@example.org"))
    options = DeliveryOptions(suppression=Suppression(frozenset({"ann@example.org"})))
    report = await deliver(LETTER, readers, transport=transport, ledger=ledger, options=options)
    assert (report.counts["suppressed"], report.counts["deferred"], report.sent) == (1, 1, 1)
    transport.script = accept
    both = DeliveryOptions(suppression=Suppression(frozenset({"ann@example.org", "cy@example.org"})))
    report = await deliver(LETTER, readers, transport=transport, ledger=ledger, options=both)
    assert (report.counts["suppressed"], report.sent, report.exit_status) == (2, 0, 0)
    assert transport.accepted == {"bob@example.org": 1}


async def test_a_plan_says_what_a_run_then_does_and_writes_nothing(store: Store) -> None:
    """The figures shown before asking are those of the run; a plan leaves no ledger behind."""
    readers = [*people(20), Subscriber("READER3@town0.example.org")]
    options = DeliveryOptions(suppression=Suppression(frozenset({readers[0].address})), rate="4/minute")
    with store.ledger(LETTER.edition) as ledger:
        summary = plan(LETTER, readers, ledger=ledger, options=options)
        assert store.status(LETTER.edition) is None
        assert (summary.owed, summary.duplicates, summary.suppressed) == (19, 1, 1)
        assert summary.minutes == 19 / 4
        assert summary.domains == (
            ("town1.example.org", 7),
            ("town0.example.org", 6),
            ("town2.example.org", 6),
        )
        assert summary.total_bytes > 19 * 100
        report = await deliver(
            LETTER, readers, transport=ScriptedTransport(), ledger=ledger, clock=StillClock(), options=options
        )
        assert report.sent == summary.owed
        after = plan(LETTER, readers, ledger=ledger, options=options)
        assert (after.owed, after.skipped) == (0, {"has it already": 19, "suppressed": 1})


async def test_l01_asked_to_stop_it_finishes_what_is_in_flight(ledger: Ledger) -> None:
    """L1: nothing new is taken, nothing is in doubt, the next run goes on."""
    stop, readers = asyncio.Event(), people(60)

    def script(who: str, visit: int) -> Receipt:
        if len(transport.accepted) >= 10:
            stop.set()
        return accept(who, visit)

    transport = ScriptedTransport(script)
    report = await deliver(LETTER, readers, transport=transport, ledger=ledger, stop=stop)
    assert (report.exit_status, report.counts["in_doubt"]) == (130, 0)
    assert 10 <= report.counts["accepted"] < 30
    assert transport.opened == transport.closed
    report = await deliver(LETTER, readers, transport=transport, ledger=ledger)
    assert report.counts["accepted"] == 60
    assert set(transport.accepted.values()) == {1}


async def test_l02_cancelled_it_leaves_what_is_in_flight_in_doubt(store: Store) -> None:
    """L2: leave now; whose content was on its way is in doubt, everybody else planned or accepted."""
    reached, readers = asyncio.Event(), people(20)

    class Hanging(ScriptedTransport):
        async def open(self):  # type: ignore[no-untyped-def]  # noqa: ANN202  # as the protocol says
            connection = await super().open()

            async def send(next_parcel, observer):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  # as the protocol says
                parcel = next_parcel()
                observer.committing(parcel)
                reached.set()
                await asyncio.Event().wait()

            connection.send = send  # type: ignore[method-assign]  # one connection that never hears an answer
            return connection

    with store.ledger(LETTER.edition) as ledger:
        task = asyncio.create_task(
            deliver(
                LETTER, readers, transport=Hanging(), ledger=ledger, options=DeliveryOptions(connections=3)
            )
        )
        await reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    status = store.status(LETTER.edition)
    assert status is not None
    assert 1 <= status.counts["in_doubt"] <= 3
    assert status.counts["in_doubt"] + status.counts["planned"] == 20


async def test_l04_a_ledger_that_cannot_be_written_stops_before_the_content(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """L4: what cannot be recorded is not sent; the run ends with 74."""
    transport, full = ScriptedTransport(), StoreError("disk full")
    real, calls = Ledger.committing, []

    def committing(self: Ledger, delivery: int) -> None:
        calls.append(delivery)
        if len(calls) > 7:
            raise full
        real(self, delivery)

    monkeypatch.setattr(Ledger, "committing", committing)
    report = await deliver(
        LETTER, people(30), transport=transport, ledger=ledger, options=DeliveryOptions(connections=1)
    )
    assert (report.stopped_by, report.exit_status) == (full, 74)
    assert sum(transport.accepted.values()) == report.counts["accepted"] == 7


async def test_what_counts_and_what_does_not_is_not_mixed_up(store: Store) -> None:
    """A real ledger refuses a rehearsing server and the other way round; tests go anywhere."""
    inbox, real = ScriptedTransport(rehearsal="inbox:1"), ScriptedTransport()
    for scope, transport, status in (
        ("", inbox, 78),
        ("inbox:1", real, 78),
        ("inbox:1", inbox, 0),
        ("test:x", real, 0),
    ):
        with store.ledger(LETTER.edition, scope) as ledger:
            report = await deliver(LETTER, people(2), transport=transport, ledger=ledger)
            assert report.exit_status == status
    assert await rehearsal_of(inbox) == "inbox:1"
    assert await rehearsal_of(real) is None
    assert set(store.scopes(LETTER.edition)) == {"", "inbox:1", "test:x"}


async def test_progress_tells_how_the_run_stands(ledger: Ledger) -> None:
    """The last word is the whole count."""
    told: list[Progress] = []
    await deliver(LETTER, people(30), transport=ScriptedTransport(), ledger=ledger, progress=told.append)
    assert (told[-1].accepted, told[-1].total) == (30, 30)


async def test_a_missing_column_is_refused_before_anything_is_sent(ledger: Ledger) -> None:
    """A letter that greets by town needs the town of everybody."""
    from dataclasses import replace

    letter, transport = replace(LETTER, fields=frozenset({"town"})), ScriptedTransport()
    readers = [Subscriber("a@example.org", "", {"town": "Harbour"}), Subscriber("b@example.org")]
    with pytest.raises(DigestError, match="no column town") as caught:
        await deliver(letter, readers, transport=transport, ledger=ledger)
    assert caught.value.exit_status == 65
    assert transport.opened == 0


@pytest.mark.parametrize(
    "wrong", [{"connections": 0}, {"limit": 0}, {"max_attempts": 0}, {"messages_per_connection": 0}]
)
def test_options_that_cannot_be_meant_cannot_be_built(wrong: dict[str, int]) -> None:
    """A run with no connection would wait for ever."""
    with pytest.raises(ValueError, match="at least 1"):
        DeliveryOptions(**wrong)  # type: ignore[arg-type]  # numbers all of them
