"""A ledger: what stands in it when, and that a disk that fails at a fold makes it forget nobody under way."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from delivering_parts import LETTER, people

from digest.delivering.options import InDoubt
from digest.delivering.plans import decisions
from digest.errors import StoreError
from digest.model import About, Outcome, State
from digest.store import Ledger, Roster, Store
from digest.store import ledger as module
from digest.store.database import transaction
from digest.store.journal import replay, told_generation

ABOUT = About(subject="Harbour news", message_id_domain="example.org", started=1.0)
LONG_AFTER = 100.0  # seconds; the answer that makes it time to fold


@contextlib.contextmanager
def durable_but_failed(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit, and fail: the log reached the disk, its sync was answered with an error."""
    with transaction(connection):
        yield
    raise sqlite3.OperationalError("disk I/O error")


@contextlib.contextmanager
def failed(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit nothing."""
    yield
    raise sqlite3.OperationalError("disk I/O error")


def begun(store: Store, roster: Roster) -> Ledger:
    """Begin a run with everybody claimed."""
    ledger = store.ledger(LETTER.edition)
    ledger.begin(roster, decisions(InDoubt.HOLD), suppression=(), about=ABOUT)
    assert len(list(ledger.claim(10))) == len(roster)
    return ledger


def test_claimed_people_stand_in_the_journal_before_any_of_them_is_made(tmp_path: Path) -> None:
    """They are made one by one, as connections ask; after a power loss all of them are in doubt nevertheless."""
    with (
        Store.open(f"sqlite:///{tmp_path / 's.sqlite'}") as store,
        Roster.of(people(4)) as roster,
        store.ledger(LETTER.edition) as ledger,
    ):
        ledger.begin(roster, decisions(InDoubt.HOLD), suppression=(), about=ABOUT)
        claimed = ledger.claim(3)
        (journal,) = tmp_path.glob("s.sqlite.d/*.journal")
        assert replay(journal, told_generation(journal) or 0).claimed == {1, 2, 3}
        assert [one.subscriber.address for one in claimed] == [one.address for one in people(3)]


@pytest.mark.parametrize("commit", [durable_but_failed, failed])
def test_l04_after_a_fold_that_failed_nobody_is_forgotten(
    commit: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under way then: accepted or in doubt in the next run. Not under way: its content may not leave."""
    url = f"sqlite:///{tmp_path / 's.sqlite'}"
    with Store.open(url) as store, Roster.of(people(4)) as roster:
        ledger = begun(store, roster)
        ledger.committing(1)
        ledger.committing(2)
        monkeypatch.setattr(module, "transaction", commit)
        with pytest.raises(StoreError):
            ledger.answered(Outcome(1, State.ACCEPTED, LONG_AFTER))
        with pytest.raises(StoreError):
            ledger.committing(3)
        ledger.answered(Outcome(2, State.ACCEPTED, 2 * LONG_AFTER))
        monkeypatch.setattr(module, "transaction", failed)
        with pytest.raises(StoreError):
            ledger.close()
    monkeypatch.undo()
    with Store.open(url) as store, store.ledger(LETTER.edition) as ledger:
        counts = ledger.counts()
    assert counts[State.PLANNED] == 2
    assert counts[State.ACCEPTED] + counts[State.IN_DOUBT] == 2
    assert counts[State.ACCEPTED] >= 1


def test_l04_a_journal_that_cannot_be_begun_leaves_the_one_that_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No room for the next journal, asked for twice: the two files take turns, and the old one is not overwritten."""
    url = f"sqlite:///{tmp_path / 's.sqlite'}"

    def no_room(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with Store.open(url) as store, Roster.of(people(4)) as roster:
        ledger = begun(store, roster)
        for delivery in (1, 2, 3):
            ledger.committing(delivery)
        monkeypatch.setattr("os.posix_fallocate", no_room)
        with pytest.raises(StoreError):
            ledger.answered(Outcome(1, State.ACCEPTED, LONG_AFTER))
        ledger.answered(Outcome(2, State.ACCEPTED, 2 * LONG_AFTER))
        monkeypatch.setattr(module, "transaction", failed)
        with pytest.raises(StoreError):
            ledger.close()
    monkeypatch.undo()
    with Store.open(url) as store, store.ledger(LETTER.edition) as ledger:
        counts = ledger.counts()
    assert (counts[State.ACCEPTED], counts[State.IN_DOUBT], counts[State.PLANNED]) == (2, 1, 1)


def test_l04_a_content_announced_with_an_answer_stays_when_the_fold_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was written down as leaving before the fold; the failure keeps it here, and so does every later one."""
    with Store.open(f"sqlite:///{tmp_path / 's.sqlite'}") as store, Roster.of(people(4)) as roster:
        ledger = begun(store, roster)
        ledger.committing(1)
        ledger.committing(2)
        with monkeypatch.context() as patched:
            patched.setattr(module, "transaction", failed)
            for answered, then in ((1, 3), (2, 4)):
                with pytest.raises(StoreError):
                    ledger.answered(Outcome(answered, State.ACCEPTED, LONG_AFTER), then)
        ledger.answered(Outcome(3, State.PLANNED, LONG_AFTER, reason="not sent"))
        ledger.end()
        counts = ledger.counts()
    assert (counts[State.ACCEPTED], counts[State.PLANNED], counts[State.IN_DOUBT]) == (2, 2, 0)


def test_l04_a_first_run_that_could_not_begin_is_no_bug(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was rolled back has no id to be closed under: the full disk is told, and the next run begins."""
    url = f"sqlite:///{tmp_path / 's.sqlite'}"
    with Store.open(url) as store, Roster.of(people(4)) as roster:
        ledger = store.ledger(LETTER.edition)
        with monkeypatch.context() as patched:
            patched.setattr(module, "begin", lambda *_, **__: store._connection.execute("SELECT nothing"))
            with pytest.raises(StoreError):
                ledger.begin(roster, decisions(InDoubt.HOLD), suppression=(), about=ABOUT)
        ledger.close()
        with begun(store, roster) as ledger:
            assert ledger.counts()[State.PLANNED] == 4


def test_l04_after_a_disk_that_was_full_the_same_ledger_begins_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that waits for room needs no new one: who was under way is in doubt or done, the others are claimed."""
    url = f"sqlite:///{tmp_path / 's.sqlite'}"
    with Store.open(url) as store, Roster.of(people(4)) as roster, begun(store, roster) as ledger:
        ledger.committing(1)
        ledger.committing(2)
        with monkeypatch.context() as patched:
            patched.setattr(module, "transaction", failed)
            with pytest.raises(StoreError):
                ledger.answered(Outcome(1, State.ACCEPTED, LONG_AFTER))
            with pytest.raises(StoreError):
                ledger.end()
        ledger.begin(roster, decisions(InDoubt.HOLD), suppression=(), about=ABOUT)
        assert [claimed.delivery for claimed in ledger.claim(10)] == [3, 4]
        ledger.committing(3)
        ledger.answered(Outcome(3, State.ACCEPTED, 3 * LONG_AFTER))
        ledger.end()
        counts = ledger.counts()
    assert (counts[State.ACCEPTED], counts[State.IN_DOUBT], counts[State.PLANNED]) == (2, 1, 1)
