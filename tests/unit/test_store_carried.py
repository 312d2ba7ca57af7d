"""Which server carried a letter is on record at every instant, so that its quota counts over runs and crashes."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from delivering_parts import LETTER, people

from digest.delivering.options import InDoubt
from digest.delivering.plans import decisions
from digest.model import About, Outcome, State
from digest.store import Ledger, Roster, Store
from digest.store import ledger as module
from digest.store.carried import CARRIED
from digest.store.folding import journal_file, ledger_checksum
from digest.store.journal import Journal, replay

ABOUT = About(subject="Harbour news", message_id_domain="example.org", started=1000.0)
ANNA, BEN, CARLA = (f"{name}@smtp.example.org:587" for name in ("anna", "ben", "carla"))
FIXTURE = Path(__file__).parents[1] / "data" / "store-version-1.sql"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Give a run that has claimed eight people."""
    with Store.open(url(tmp_path)) as store, Roster.of(people(8)) as roster, begun(store, roster) as opened:
        yield opened


def url(folder: Path) -> str:
    """Name the store in a folder."""
    return f"sqlite:///{folder / 's.sqlite'}"


def begun(store: Store, roster: Roster, scope: str = "") -> Ledger:
    """Begin a run and claim everybody."""
    ledger = store.ledger(LETTER.edition, scope)
    ledger.begin(roster, decisions(InDoubt.HOLD), suppression=(), about=ABOUT)
    ledger.claim(100)
    return ledger


def accept(ledger: Ledger, delivery: int, at: float, then: int | None = None) -> None:
    """Have a letter accepted."""
    ledger.answered(Outcome(delivery, State.ACCEPTED, at, code=250), then)


def counts_after_kill(folder: Path, since: float = 0.0, scope: str = "") -> dict[str, int]:
    """Copy what is on the disk now, as a kill would leave it, and count by server in a new run."""
    copy = folder / "after"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    for name in ("s.sqlite", "s.sqlite-wal"):
        shutil.copy(folder / name, copy / name)
    shutil.copytree(folder / "s.sqlite.d", copy / "s.sqlite.d")
    with Store.open(url(copy)) as store, store.ledger(LETTER.edition, scope) as ledger:
        return counts(ledger, since)


def counts(ledger: Ledger, since: float = 0.0) -> dict[str, int]:
    """Count by server, and in all."""
    found = {
        name.partition("@")[0]: len(ledger.sent_since(since, limit=100, server=name))
        for name in (ANNA, BEN, CARLA)
    }
    return found | {"all": len(ledger.sent_since(since, limit=100))}


def test_letters_count_for_who_carried_them_after_a_kill_at_any_moment(
    ledger: Ledger, tmp_path: Path
) -> None:
    """Answered or on its way, before a fold and after it: each try counts once, for one server."""
    ledger.carried_by(ANNA)
    ledger.committing(1)
    assert counts_after_kill(tmp_path) == {"anna": 1, "ben": 0, "carla": 0, "all": 1}
    ledger.carried_by(BEN)
    ledger.committing(2)
    ledger.carried_by(ANNA)
    accept(ledger, 1, 1001.0, then=3)
    expected = {"anna": 2, "ben": 1, "carla": 0, "all": 3}
    assert counts_after_kill(tmp_path) == expected
    ledger.fold()
    assert counts_after_kill(tmp_path) == expected
    ledger.carried_by(BEN)
    ledger.answered(Outcome(2, State.DEFERRED, 1002.0, code=451))
    assert counts_after_kill(tmp_path) == expected
    ledger.claim_again(2)
    ledger.carried_by(CARLA)
    ledger.committing(2)
    expected = {"anna": 2, "ben": 1, "carla": 1, "all": 4}
    assert counts_after_kill(tmp_path) == expected
    ledger.end(1003.0)  # whoever is still under way is in doubt
    assert counts(ledger) == expected


def test_times_are_no_earlier_than_the_letters_left(ledger: Ledger, tmp_path: Path) -> None:
    """A letter in doubt counts from when the run ended, or was found cut off: it was sent before that."""
    ledger.carried_by(ANNA)
    ledger.committing(1)
    accept(ledger, 1, 1001.0, then=2)
    assert counts_after_kill(tmp_path, since=1001.5)["anna"] == 1
    ledger.end(1700.0)
    assert ledger.sent_since(0.0, limit=10, server=ANNA) == [1001.0, 1700.0]


def test_a_letter_counts_at_most_two_seconds_longer_than_it_had_to(ledger: Ledger) -> None:
    """A fold waits for an answer: one that comes an hour later keeps those before it from growing old no longer."""
    for delivery, (server, at) in enumerate(
        [(ANNA, 1000.5), (BEN, 1001.0), (ANNA, 1001.5), (BEN, 4600.0), (BEN, 4601.0)], start=1
    ):
        ledger.carried_by(server)
        accept(ledger, delivery, at)
    ledger.end(4700.0)
    assert ledger.sent_since(0.0, limit=9, server=ANNA) == [1001.5, 1001.5]
    assert ledger.sent_since(0.0, limit=9, server=BEN) == [1001.5, 4600.0, 4601.0]


def test_a_rehearsal_that_was_killed_counts_for_nobody(tmp_path: Path) -> None:
    """What it left in its journal is no letter that a server carried for somebody."""
    with (
        Store.open(url(tmp_path)) as store,
        Roster.of(people(8)) as roster,
        begun(store, roster, "test:1") as ledger,
    ):
        ledger.carried_by(ANNA)
        ledger.committing(1)
        accept(ledger, 1, 1001.0, then=2)
        assert not any(counts_after_kill(tmp_path, scope="test:1").values())


def test_after_a_power_loss_doubts_count_for_every_server(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever was claimed may have been mailed by any: the record that would say so is what was lost."""
    ledger.carried_by(ANNA)
    ledger.committing(1)
    accept(ledger, 1, 1001.0)
    monkeypatch.setattr("digest.store.journal.boot", lambda: b"another start...")
    assert counts_after_kill(tmp_path) == {"anna": 8, "ben": 7, "carla": 7, "all": 8}


def test_a_fold_that_failed_counts_nothing_twice(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could not be folded is folded at the end, and counted then."""
    ledger.carried_by(ANNA)
    accept(ledger, 1, 1001.0)
    with monkeypatch.context() as patched:

        def full(*_: object) -> None:
            raise sqlite3.OperationalError("database or disk is full")

        patched.setattr(module, "apply", full)
        with pytest.raises(Exception, match="full"):
            ledger.fold()
    ledger.carried_by(BEN)
    accept(ledger, 2, 1001.5)
    assert counts_after_kill(tmp_path) == {"anna": 1, "ben": 1, "carla": 0, "all": 2}
    ledger.end(1002.0)
    assert counts(ledger) == {"anna": 1, "ben": 1, "carla": 0, "all": 2}


def test_a_run_with_one_server_names_it_once(tmp_path: Path) -> None:
    """No record grows by it: sixteen octets a journal, none a letter."""
    sizes = []
    for server in (0, 7):
        journal = Journal(tmp_path / f"j{server}", 1, claimed=[], committing={}, server=server)
        before = journal._end
        journal.committing(1)
        journal.answered(Outcome(1, State.ACCEPTED, 1.5, code=250), 2)
        sizes.append((before, journal._end - before))
        journal.close()
    (bare, letters), (named, same) = sizes
    assert (named - bare, same) == (16, letters)
    found = replay(tmp_path / "j7", 1)
    assert (found.carried, found.committing) == ({7: 1}, {2: 7})


def version_1(folder: Path, *, with_journal: bool) -> Store:
    """Make a store as version 1 left it: five letters tried, and where a run was cut off three more in its journal."""
    with sqlite3.connect(folder / "s.sqlite") as made:
        made.executescript(FIXTURE.read_text("utf-8"))
        if with_journal:
            values = (1, ledger_checksum(1, LETTER.edition, "", 1))
            made.execute("UPDATE ledger SET generation = ?, checksum = ? WHERE id = 1", values)
    made.close()
    if with_journal:
        (folder / "s.sqlite.d").mkdir()
        # Written without a server: octet for octet what version 1 wrote.
        journal = Journal(
            journal_file(folder / "s.sqlite.d", LETTER.edition, "", 1), 1, claimed=[6, 7, 8], committing={}
        )
        journal.committing(6)
        journal.answered(Outcome(6, State.ACCEPTED, 1_700_000_001.0, code=250), 7)
        journal.close()
    return Store.open(url(folder))


@pytest.mark.parametrize("with_journal", [False, True])
def test_l14_letters_of_an_earlier_version_count_for_every_server(
    *, tmp_path: Path, with_journal: bool
) -> None:
    """L14: nobody wrote down which one it was; no quota is exceeded by an upgrade, nor is a journal lost."""
    with version_1(tmp_path, with_journal=with_journal) as store, store.ledger(LETTER.edition) as ledger:
        told = counts(ledger, since=1_699_999_000.0)
        assert set(told.values()) == {7 if with_journal else 5}
        assert ledger.counts()[State.ACCEPTED] == (4 if with_journal else 3)
        assert ledger.counts()[State.IN_DOUBT] == (1 if with_journal else 0)


def test_what_a_limit_looks_back_to_is_found_by_its_time(tmp_path: Path) -> None:
    """However many letters a store has seen: only rows of the time in question are read, and no delivery."""
    Store.open(url(tmp_path)).close()
    with sqlite3.connect(tmp_path / "s.sqlite") as opened:
        steps = opened.execute(
            f"EXPLAIN QUERY PLAN {CARRIED}", {"at": 0.0, "server": ANNA, "limit": 5}
        ).fetchall()
    opened.close()
    told = [step[-1] for step in steps]
    assert any("SEARCH c USING PRIMARY KEY (at>?)" in line for line in told)
    assert not any("SCAN" in line for line in told), told


def test_at_most_as_many_as_a_limit_counts_are_given(ledger: Ledger) -> None:
    """The latest, oldest first."""
    ledger.carried_by(ANNA)
    for delivery in range(1, 6):
        accept(ledger, delivery, 1000.0 + delivery)  # one in two seconds is folded
    ledger.end(1010.0)
    found = ledger.sent_since(0.0, limit=3, server=ANNA)
    assert len(found) == 3
    assert found == sorted(found)
    assert found[-1] == 1005.0
