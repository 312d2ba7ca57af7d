"""How many connections are used: fewer when the server objects, slowly more again."""

from __future__ import annotations

from delivering_parts import LETTER, ScriptedTransport, StillClock, accept, people

from digest.delivering import DeliveryOptions, deliver
from digest.delivering.crowd import Crowd
from digest.model import Receipt, Stage
from digest.store import Store


def full(most: int) -> Crowd:
    """Give a crowd in which all places are taken."""
    crowd = Crowd(most)
    for _ in range(most):
        assert crowd.wait(0.0) == 0
        crowd.enter()
    return crowd


def test_whoever_is_turned_away_leaves_the_others_working() -> None:
    """Five stand, the sixth was refused: five are allowed, and one more after a minute without objection."""
    crowd = full(6)
    crowd.turned_away(100.0)
    assert (crowd.allowed, crowd.working) == (5, 5)
    assert crowd.wait(100.0) == 60.0
    assert crowd.wait(160.0) == 0
    assert crowd.allowed == 6


def test_an_objection_halves_once_and_a_minute_gives_one_back() -> None:
    """Answers that were under way count as one objection; one connection always stays."""
    crowd = full(16)
    for at in (10.0, 10.1, 12.0):
        crowd.objected(at)
    assert crowd.allowed == 8
    assert sum(crowd.dismisses() for _ in range(16)) == 8
    for minute in range(1, 9):
        crowd.wait(12.0 + 60 * minute)
    assert crowd.allowed == 16
    for at in range(1000, 1100, 10):
        crowd.objected(at)
    assert crowd.allowed == 1


async def test_a_server_that_throttles_is_given_fewer_connections_and_then_more() -> None:
    """421 to letters halves the connections; nobody is lost or mailed twice, and they grow back."""
    slow, clock = Receipt(Stage.MAIL, 451, "4.3.2 slow down"), StillClock()
    transport = ScriptedTransport(
        lambda who, visit: slow if not visit and who.startswith("reader1") else accept(who, visit)
    )
    with Store.in_memory().ledger(LETTER.edition) as ledger:
        report = await deliver(
            LETTER,
            people(60),
            transport=transport,
            ledger=ledger,
            clock=clock,
            options=DeliveryOptions(connections=8, max_time_seconds=1e6),
        )
    assert (report.counts["accepted"], report.exit_status) == (60, 0)
    assert set(transport.accepted.values()) == {1}
    assert transport.opened == transport.closed > 8
