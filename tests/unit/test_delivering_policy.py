"""The policy: what an answer means for person, letter, server and run."""

from __future__ import annotations

import pytest

from digest.delivering.policy import Streak, back_off, rule
from digest.delivering.rate import Allowance, Limit, letters_per_minute, parse_rate
from digest.delivering.report import Report
from digest.errors import (
    ConfigurationError,
    DigestError,
    InputMissingError,
    InvalidInputError,
    LoginRefusedError,
    ServerRefusedError,
    StoreError,
    TryAgainError,
    UsageError,
)
from digest.model import Receipt, Stage
from digest.smtp import verdict
from digest.store import COUNTED, State


def told(receipt: Receipt, *, tries: int = 1, streak: Streak | None = None):  # type: ignore[no-untyped-def]  # noqa: ANN201  # a Ruling, read by field
    return rule(verdict(receipt), receipt, tries=tries, max_attempts=3, streak=streak or Streak())


@pytest.mark.parametrize(
    ("receipt", "state", "retry"),
    [
        (Receipt(Stage.DOT, 250), State.ACCEPTED, False),
        (Receipt(Stage.DOT, 299), State.ACCEPTED, False),  # S24
        (Receipt(Stage.DOT, None), State.IN_DOUBT, False),  # S20, S21, S22
        (Receipt(Stage.DOT, 354), State.IN_DOUBT, False),  # S25
        (Receipt(Stage.BODY, None), State.PLANNED, True),  # S18
        (Receipt(Stage.MAIL, None), State.PLANNED, True),  # S5
        (Receipt(Stage.DATA, 250), State.PLANNED, True),  # S17
        (Receipt(Stage.RCPT, 450, "greylisted", "4.7.1"), State.DEFERRED, False),  # S11
        (Receipt(Stage.RCPT, 452, "too many", "4.5.3"), State.DEFERRED, True),  # S12
        (Receipt(Stage.RCPT, 550, "no such reader", "5.1.1"), State.REFUSED, False),  # S13
        (Receipt(Stage.RCPT, 550, "policy", "5.7.1"), State.REFUSED, False),  # S14
        (Receipt(Stage.MAIL, 451, "not now"), State.DEFERRED, True),  # S9
        (Receipt(Stage.RCPT, 421, "bye"), State.DEFERRED, True),  # S8
        (Receipt(Stage.DOT, 451, "not now"), State.DEFERRED, False),  # S19
        (Receipt(Stage.DOT, 554, "not this"), State.REFUSED, False),  # S28
        (Receipt(Stage.MAIL, 550, "not this sender"), State.PLANNED, True),  # S10
    ],
)
def test_each_answer_has_one_consequence(receipt: Receipt, state: State, *, retry: bool) -> None:
    """The table of the fault matrix: state of the person, and whether the letter is tried again now."""
    ruling = told(receipt)
    assert (ruling.state, ruling.retry, ruling.stop) == (state, retry, None)


def test_in_doubt_is_never_tried_again() -> None:
    """Whatever the number of tries, a letter that may have arrived stays where it is."""
    assert not any(told(Receipt(Stage.DOT, None), tries=tries).retry for tries in range(1, 4))


def test_a_server_that_answers_no_letter_ends_the_run() -> None:
    """Not everybody is brought into doubt: twenty in a row are enough, and an accepted letter begins the count anew."""
    lost = Receipt(Stage.DOT, None)
    streak = Streak()
    for _ in range(19):
        ruling = told(lost, streak=streak)
        assert (ruling.state, ruling.stop) == (State.IN_DOUBT, None)
        streak = ruling.streak
    assert isinstance(told(lost, streak=streak).stop, TryAgainError)
    anew = told(Receipt(Stage.DOT, 250), streak=streak).streak
    assert told(lost, streak=anew).stop is None


def test_a_sender_refused_twice_ends_the_run() -> None:
    """S10: every letter would fail; nobody is blamed."""
    receipt = Receipt(Stage.MAIL, 550, "5.7.1 not yours", "5.7.1")
    first = told(receipt)
    second = told(receipt, tries=2, streak=first.streak)
    assert first.stop is None
    assert isinstance(second.stop, ServerRefusedError)
    assert "550 5.7.1 not yours" in str(second.stop)
    assert second.state is State.PLANNED


def test_the_same_content_refusal_three_times_ends_the_run() -> None:
    """S28: the third one in the same words stops; other words begin anew, and so does an accepted letter."""
    same = Receipt(Stage.DOT, 554, "looks like spam")
    first = told(same)
    second = told(same, streak=first.streak)
    assert second.stop is None
    assert isinstance(told(same, streak=second.streak).stop, ServerRefusedError)
    assert told(Receipt(Stage.DOT, 554, "other words"), streak=second.streak).stop is None
    assert told(same, streak=told(Receipt(Stage.DOT, 250), streak=second.streak).streak).stop is None


def test_a_wish_for_a_login_ends_the_run_at_once() -> None:
    """S40: logins are never tried in a loop."""
    assert isinstance(told(Receipt(Stage.MAIL, 530, "log in")).stop, LoginRefusedError)


def test_server_trouble_ends_the_run_after_the_last_try() -> None:
    """S9: three tries of one letter without any accepted in between; nobody else is tried in vain."""
    receipt = Receipt(Stage.MAIL, 451, "not now")
    streak, waits = Streak(), []
    for tries in (1, 2):
        ruling = told(receipt, tries=tries, streak=streak)
        streak = ruling.streak
        waits.append(ruling.wait_seconds)
        assert ruling.retry
    last = told(receipt, tries=3, streak=streak)
    assert isinstance(last.stop, TryAgainError)
    assert (last.state, last.retry, waits) == (State.DEFERRED, False, [1.0, 2.0])


def test_back_off_doubles_up_to_a_minute() -> None:
    """Patience grows and has an end."""
    assert [back_off(troubles) for troubles in (1, 2, 3, 4, 50)] == [1, 2, 4, 8, 60]


# --- rates --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        (None, ()),
        ("", ()),
        ("20/minute", (Limit(20, 60),)),
        ("500/day, 20/minute", (Limit(500, 86_400), Limit(20, 60))),
        ("10/s,5 / h", (Limit(10, 1), Limit(5, 3600))),
    ],
)
def test_rates_are_read_as_people_write_them(text: str | None, limits: tuple[Limit, ...]) -> None:
    """Number, slash, unit, any number of them."""
    assert parse_rate(text) == limits


@pytest.mark.parametrize(
    "text", ["fast", "0/day", "20", "20/fortnight", "-1/day", "20/minute;5/day", "1.5/s"]
)
def test_other_rates_are_configuration_errors(text: str) -> None:
    """The form that is understood is shown."""
    with pytest.raises(ConfigurationError, match="is no rate"):
        parse_rate(text)


def test_letters_per_minute_is_the_narrowest_limit() -> None:
    """For the plan's estimate."""
    assert letters_per_minute(parse_rate("1440/day, 20/minute")) == 1
    assert letters_per_minute(()) is None


@pytest.mark.parametrize("rate", ["30/minute", "2/second", "7/hour, 5/minute", "3/day"])
def test_no_window_ever_holds_more_than_its_limit(rate: str) -> None:
    """Taken as fast as allowed, any window of a limit's length holds at most its count."""
    limits = parse_rate(rate)
    allowance, now, taken = Allowance(limits), 0.0, []
    for _ in range(40):
        now += allowance.wait(now)
        allowance.take(now)
        taken.append(now)
    for limit in limits:
        for start in taken:
            assert sum(start <= at < start + limit.seconds - 1e-6 for at in taken) <= limit.count


def test_a_pause_is_not_followed_by_a_burst() -> None:
    """Paced letters keep their distance, also after an hour of waiting for a server."""
    allowance = Allowance(parse_rate("60/minute"))
    allowance.take(0.0)
    allowance.take(3600.0)
    assert allowance.wait(3600.0) >= 0.5
    allowance.take(3601.0)
    assert allowance.wait(3601.0) == pytest.approx(1.0)


# --- exit statuses ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "stopped_by", "interrupted", "status"),
    [
        ({}, None, False, 0),
        ({"accepted": 3, "suppressed": 1, "skipped": 1}, None, False, 0),
        ({"refused": 1}, None, False, 1),
        ({"refused": 1, "deferred": 1}, None, False, 75),
        ({"refused": 1, "deferred": 1, "in_doubt": 1}, None, False, 76),
        ({"in_doubt": 1, "planned": 4}, ServerRefusedError("no"), False, 78),
        ({"in_doubt": 1, "planned": 4}, LoginRefusedError("no"), False, 77),
        ({"in_doubt": 1, "planned": 4}, StoreError("full"), False, 74),
        ({"in_doubt": 1, "planned": 4}, TryAgainError("later"), False, 76),
        ({"planned": 4}, TryAgainError("later"), False, 75),
        ({"in_doubt": 1, "planned": 4}, StoreError("full"), True, 130),
        ({"accepted": 1, "planned": 4}, InputMissingError("a letter is gone"), False, 66),
        ({"refused": 1, "planned": 4}, InvalidInputError("a letter was changed"), False, 65),
        ({"planned": 4}, UsageError("none of the listed"), False, 2),
        ({"planned": 4}, None, False, 0),  # a limit that was asked for
    ],
)
def test_exit_statuses_take_precedence_as_designed(
    counts: dict[str, int], stopped_by: DigestError | None, *, interrupted: bool, status: int
) -> None:
    """130, 74, 77/78, 76, 75, 1: the first that holds is told; whatever stopped a run is never told as 0."""
    report = Report(
        edition="harbour-7",
        counts={**dict.fromkeys(map(str, COUNTED), 0), **counts},
        sent=0,
        seconds=0.0,
        stopped_by=stopped_by,
        interrupted=interrupted,
    )
    assert report.exit_status == status


def test_somebody_tried_and_still_planned_means_run_again() -> None:
    """75, although nobody is deferred."""
    counts = {**dict.fromkeys(map(str, COUNTED), 0), "planned": 1}
    assert Report(edition="e", counts=counts, sent=0, seconds=0.0, postponed=1).exit_status == 75
