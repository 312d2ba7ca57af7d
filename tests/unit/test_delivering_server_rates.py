"""Limits of single servers: none carries more than its own, and none holds the others back."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from delivering_parts import LETTER, OK, ScriptedTransport, SharedClock, StillClock, people

from digest.delivering import DeliveryOptions, InDoubt, Report, Server, Servers, deliver, plan
from digest.errors import TryAgainError
from digest.model import Receipt, Stage
from digest.store import Ledger, Store

ANNA, BEN = "anna@smtp.example.org:587", "ben@smtp.example.org:587"
LOST = Receipt(Stage.DOT, None, "connection lost")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Give a store on disk: quotas have to be remembered there."""
    with Store.open(f"sqlite:///{tmp_path / 's.sqlite'}") as opened:
        yield opened


class Desk:
    """Two servers that note when they took what, and the clock they and the runs go by."""

    def __init__(self, rates: dict[str, str | None], clock: StillClock, *, seconds: float = 0.0) -> None:
        self.rates = rates
        self.clock = clock
        self.taken: dict[str, list[float]] = {name: [] for name in rates}
        self.latest = ""  # who was given a letter
        self.answers: dict[str, Receipt] = {}
        self.transports = {
            name: ScriptedTransport(self._script(name), pause=lambda: clock.sleep(seconds)) for name in rates
        }

    def _script(self, name: str) -> Callable[[str, int], Receipt]:
        def script(_who: str, _visit: int) -> Receipt:
            self.latest = name
            self.taken[name].append(self.clock.monotonic())
            return self.answers.get(name, OK)

        return script

    def servers(self, *, reverse: bool = False) -> Servers:
        """Give them as a run of its own process has them, in the order of its settings."""
        made = [
            Server(self.transports[name], name=name, rate=self.rates[name])
            for name in sorted(self.rates, reverse=reverse)
        ]
        return Servers(made, clock=self.clock)

    async def run(
        self,
        store: Store,
        *,
        readers: int = 40,
        edition: str = LETTER.edition,
        options: DeliveryOptions | None = None,
        reverse: bool = False,
    ) -> Report:
        """Deliver once."""
        with store.ledger(edition) as ledger:
            return await deliver(
                LETTER,
                people(readers),
                transport=self.servers(reverse=reverse),
                ledger=ledger,
                clock=self.clock,
                options=options or DeliveryOptions(connections=2),
            )

    @property
    def counts(self) -> tuple[int, ...]:
        """How many each was given."""
        return tuple(len(self.taken[name]) for name in sorted(self.taken))


async def test_the_others_go_on_when_a_servers_quota_is_used_up(store: Store) -> None:
    """Ten a day for one of two: the other takes the rest, and nobody connects to the first any more."""
    desk = Desk({ANNA: "10/day", BEN: None}, StillClock())
    report = await desk.run(store, options=DeliveryOptions(connections=4))
    assert (desk.counts, report.exit_status) == ((10, 30), 0)
    anna = desk.transports[ANNA]
    assert anna.opened == anna.closed == 2
    assert set((anna.accepted + desk.transports[BEN].accepted).values()) == {1}


async def test_a_run_ends_when_all_quotas_are_used_up(store: Store) -> None:
    """75 as with ``rate``, with the earliest time at which one is free; then that one goes on, the other does not."""
    desk = Desk({ANNA: "5/day", BEN: "4/hour"}, StillClock())
    report = await desk.run(store)
    assert (desk.counts, report.exit_status, report.counts["planned"]) == ((5, 4), 75, 31)
    assert "no server's rate allows more letters until 2023-11-14 23:13 UTC" in str(report.stopped_by)
    assert "`digest run` goes on by itself" in str(report.stopped_by)
    desk.clock.seconds += 3601
    await desk.run(store)
    assert desk.counts == (5, 8)


async def test_quotas_are_remembered_by_server_wherever_it_stands(store: Store) -> None:
    """Over runs and editions, and when the settings name the servers the other way round."""
    desk = Desk({ANNA: "10/day", BEN: "20/day"}, StillClock())
    await desk.run(store, readers=12)
    before = desk.counts
    assert sum(before) == 12
    for edition, reverse in (("harbour-8", True), ("harbour-8", False), ("harbour-9", True)):
        report = await desk.run(store, edition=edition, reverse=reverse)
        assert desk.counts == (10, 20)
    assert report.exit_status == 75
    desk.clock.seconds += 86_401
    await desk.run(store, readers=60)
    assert desk.counts == (20, 40)


async def test_what_was_sent_before_a_limit_was_set_counts(store: Store) -> None:
    """A server that carried eight alone, without a limit, has two left of ten a day."""
    clock = StillClock()
    await Desk({ANNA: None}, clock).run(store, readers=8, edition="harbour-6")
    desk = Desk({ANNA: "10/day", BEN: None}, clock)
    await desk.run(store, readers=20)
    assert desk.counts == (2, 18)


@pytest.mark.parametrize("in_doubt", [InDoubt.HOLD, InDoubt.RESEND])
async def test_letters_in_doubt_count_as_sent(store: Store, in_doubt: InDoubt) -> None:
    """A server that may have taken three takes no fourth that day, also where somebody else mails those again."""
    desk = Desk({ANNA: "3/day", BEN: "30/day"}, StillClock())
    desk.answers[ANNA] = LOST
    for _ in range(4):
        await desk.run(store, options=DeliveryOptions(connections=1, in_doubt=in_doubt))
    assert desk.counts == (3, 30)


async def test_a_quota_counts_from_the_answer_on(store: Store) -> None:
    """A server counts when it takes a letter, not when we began it: two that took a minute are out of no hour early."""
    desk = Desk({ANNA: "2/hour"}, SharedClock())
    taken, clock = desk.taken[ANNA], desk.clock
    desk.transports[ANNA].pause = lambda: clock.sleep(1.0 if taken else 60.0)
    options = DeliveryOptions(connections=2, max_time_seconds=20_000.0)
    await desk.run(store, readers=8, options=options)
    assert len(taken) == 8
    assert all(later - earlier >= 3600 for earlier, later in zip(taken, taken[2:], strict=False))


async def test_letters_that_were_refused_count_for_who_refused_them(store: Store) -> None:
    """A try is a try, also without a content: three a day are three, in the next run too."""
    desk = Desk({ANNA: "3/day", BEN: "12/day"}, StillClock())
    desk.answers[ANNA] = Receipt(Stage.RCPT, 550, "5.1.1 no such reader", "5.1.1")
    for _ in range(2):
        await desk.run(store)
        assert desk.counts == (3, 12)


async def test_the_ledger_knows_who_has_a_letter_before_its_content_leaves(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the other server was the last to say something: a kill right after leaves the right one in doubt."""
    desk, told = Desk({ANNA: None, BEN: "30/day"}, StillClock()), []
    committing = Ledger.committing
    for transport in desk.transports.values():
        transport.is_slow_to_answer = True

    def noted(ledger: Ledger, delivery: int) -> None:
        known = {number: name for name, number in ledger._servers.items()}
        told.append((known[ledger._server], desk.latest))
        committing(ledger, delivery)

    monkeypatch.setattr(Ledger, "committing", noted)
    await desk.run(store, options=DeliveryOptions(connections=4))
    assert len(told) == 40
    assert {name for name, _ in told} == {ANNA, BEN}
    assert all(written == meant for written, meant in told)


@pytest.mark.parametrize("connections", [1, 2, 4])
async def test_a_paced_server_holds_the_others_back_in_nothing(store: Store, connections: int) -> None:
    """One a minute here, as fast as can be there: but for one worker all are there, and nobody spins."""
    clock = SharedClock()
    desk = Desk({ANNA: "1/minute", BEN: None}, clock, seconds=1.0)
    report = await desk.run(store, readers=60, options=DeliveryOptions(connections=connections))
    assert report.exit_status == 0
    assert clock.seconds <= 60 / max(1, connections - 1) + 2
    anna, _ = desk.counts
    assert 1 <= anna <= 2
    assert len(clock.waits) <= 60 + 2 * connections
    assert desk.transports[ANNA].opened <= connections


@pytest.mark.parametrize("connections", [1, 2, 5])
async def test_paces_of_two_servers_add_up(store: Store, connections: int) -> None:
    """Each keeps its own, and together they take half the time of one, with one connection too."""
    clock = SharedClock()
    desk = Desk({ANNA: "30/minute", BEN: "30/minute"}, clock)
    await desk.run(store, readers=40, options=DeliveryOptions(connections=connections))
    for taken in desk.taken.values():
        assert all(later - earlier >= 2 for earlier, later in itertools.pairwise(taken))
    assert clock.seconds <= 42
    assert len(clock.waits) <= 40 * (connections + 2)


async def test_workers_of_two_paced_servers_stay_where_they_are(store: Store) -> None:
    """No going to and fro, which would be a login for each letter."""
    desk = Desk({ANNA: "30/minute", BEN: "30/minute"}, SharedClock())
    await desk.run(store, readers=40, options=DeliveryOptions(connections=4))
    assert sum(transport.opened for transport in desk.transports.values()) <= 6


async def test_a_run_does_not_wait_for_a_pace_when_nobody_is_left(store: Store) -> None:
    """One a minute: who waits for its turn is woken when the other server has mailed the last one."""
    clock = SharedClock()
    desk = Desk({ANNA: "1/minute", BEN: None}, clock, seconds=0.5)
    await desk.run(store, readers=12, options=DeliveryOptions(connections=2))
    assert clock.seconds < 10


async def test_a_servers_limit_and_the_rate_of_all_hold_together(store: Store) -> None:
    """Whichever is narrower: twelve a day in all, of which five a day here."""
    desk = Desk({ANNA: "5/day", BEN: "100/day"}, StillClock())
    report = await desk.run(store, options=DeliveryOptions(connections=2, rate="12/day"))
    assert desk.counts == (5, 7)
    assert "the rate allows no more letters until" in str(report.stopped_by)


async def test_a_quota_that_is_free_soon_is_waited_for(store: Store) -> None:
    """No longer than --max-time, and without a connection that idles."""
    desk = Desk({ANNA: "4/hour"}, StillClock())
    await desk.run(store, readers=4)
    desk.clock.seconds += 3000
    report = await desk.run(store, readers=8)
    assert (desk.counts, report.exit_status) == ((8,), 0)
    report = await desk.run(store, readers=12, options=DeliveryOptions(max_time_seconds=600.0))
    assert (desk.counts, report.exit_status) == ((8,), 75)
    assert "the time for this run is over" in str(report.stopped_by)


async def test_rehearsals_count_for_no_server(store: Store) -> None:
    """What goes to an inbox of our own uses up nothing."""
    desk = Desk({ANNA: "10/day"}, StillClock())
    with store.ledger(LETTER.edition, "test:1") as ledger:
        await deliver(LETTER, people(8), transport=desk.servers(), ledger=ledger, clock=desk.clock)
    report = await desk.run(store, readers=10)
    assert (report.sent, report.exit_status) == (10, 0)


async def test_a_server_that_stands_there_twice_has_one_limit(store: Store) -> None:
    """The same login at the same host is one account, whatever else its URLs say."""
    clock, first, second = StillClock(), ScriptedTransport(), ScriptedTransport()
    servers = Servers(
        [Server(first, name=ANNA, rate="6/day"), Server(second, name=ANNA, rate="6/day")], clock=clock
    )
    with store.ledger(LETTER.edition) as ledger:
        await deliver(LETTER, people(40), transport=servers, ledger=ledger, clock=clock)
    assert len(first.accepted + second.accepted) == 6


async def test_a_server_that_is_back_rests_as_short_as_the_first_time() -> None:
    """After it let us in, a failure is the first one again: it rests a second, not four."""
    failing = [True, True, False, True]
    clock = StillClock()
    shaky = ScriptedTransport(opening=lambda: TryAgainError("no room") if failing.pop(0) else None)
    steady = ScriptedTransport()
    servers = Servers([Server(shaky, 9), Server(steady)], clock=clock)
    for rest in (1.1, 2.1, 0.0, 1.1):  # seconds until it is ready to be tried again
        await servers.open()
        clock.seconds += rest
    failing.append(False)
    await servers.open()
    assert not failing
    assert shaky.opened == 2


async def test_a_server_that_is_down_is_no_reason_to_stop_for_a_paced_one(store: Store) -> None:
    """It is tried now and then, and the other goes on at its pace."""
    desk = Desk({ANNA: "1/minute", BEN: None}, SharedClock())
    desk.transports[BEN].opening = lambda: TryAgainError("nobody listens")
    report = await desk.run(store, readers=5, options=DeliveryOptions(connections=1))
    assert (desk.counts, report.exit_status) == ((5, 0), 0)
    assert desk.clock.seconds <= 242


async def test_a_pace_is_no_reason_to_be_without_a_connection() -> None:
    """Where the only other server fails or rests, the paced one is opened at once, and the resting one left alone."""
    clock, tries = StillClock(), []

    def refuse() -> TryAgainError:
        tries.append(clock.monotonic())
        return TryAgainError("nobody listens")

    paced = Server(ScriptedTransport(), name=ANNA, rate="1/minute")
    servers = Servers([paced, Server(ScriptedTransport(opening=refuse), 9, name=BEN)], clock=clock)
    paced.allowance.take(clock.monotonic())
    for _ in range(3):
        assert (await servers.connect())[0] is paced
    assert len(tries) == 1


def test_a_plan_counts_minutes_by_what_the_servers_allow_together() -> None:
    """Sixty letters at 20 and 10 a minute: two; none where one has no limit; the rate of all where it is narrower."""

    def minutes(*rates: str | None, rate: str | None = None) -> float | None:
        servers = [Server(ScriptedTransport(), rate=each) for each in rates]
        transport = Servers(servers, clock=StillClock())
        return plan(LETTER, people(60), transport=transport, options=DeliveryOptions(rate=rate)).minutes

    assert minutes("20/minute", "10/minute") == 2
    assert minutes("20/minute", None) is None
    assert minutes("20/minute", "10/minute", rate="6/minute") == minutes(None, rate="6/minute") == 10
