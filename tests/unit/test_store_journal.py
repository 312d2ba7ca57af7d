"""The journal gives back what was written, and tells a torn end from damage."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from digest.errors import StoreError
from digest.model import Outcome
from digest.store.journal import CAPACITY, Journal, replay
from digest.store.states import State

NEVER = "digest.store.journal.boot"


def written(file: Path, *, letters: int = 40) -> list[Outcome]:
    """Write a journal of some letters: all claimed, all but the last two answered, the last committing."""
    outcomes = []
    journal = Journal(file, 7, claimed=range(1, letters + 1), committing={})
    for delivery in range(1, letters - 1):
        journal.committing(delivery)
        outcome = Outcome(delivery, State.REFUSED, 1.5, code=550, enhanced="5.1.1", reason="no such reader")
        journal.answered(outcome)
        outcomes.append(outcome)
    journal.committing(letters)
    journal.close()
    return outcomes


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    """Verdicts in order, who was committing, who was claimed."""
    outcomes = written(tmp_path / "j")
    found = replay(tmp_path / "j", 7)
    assert found.outcomes == outcomes
    assert found.committing == {40: 0}
    assert found.claimed == {39, 40}
    assert not found.lost_power


def test_an_answer_and_the_next_content_are_one_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the next content leaves at once, both records go to the system together, and both are read back."""
    journal = Journal(tmp_path / "j", 1, claimed=[1, 2], committing={1: 0})
    writes: list[int] = []
    pwrite = os.pwrite

    def counted(descriptor: int, record: bytes, at: int) -> int:
        writes.append(at)
        return pwrite(descriptor, record, at)

    monkeypatch.setattr(os, "pwrite", counted)
    accepted = Outcome(1, State.ACCEPTED, 1.5, code=250)
    journal.answered(accepted, 2)
    journal.close()
    assert len(writes) == 1
    found = replay(tmp_path / "j", 1)
    assert (found.outcomes, found.committing) == ([accepted], {2: 0})


@pytest.mark.parametrize("state", State)
def test_every_state_and_any_words_survive(tmp_path: Path, state: State) -> None:
    """Reasons are cut at a character, never in the middle of one, and codes may be missing."""
    journal = Journal(tmp_path / "j", 1, claimed=[], committing={})
    journal.answered(Outcome(3, state, 2.0, reason="ü" * 300))
    journal.close()
    (found,) = replay(tmp_path / "j", 1).outcomes
    assert (found.state, found.code, found.enhanced) == (state, None, None)
    assert set(found.reason) == {"ü"}


def test_under_way_is_carried_into_a_new_journal(tmp_path: Path) -> None:
    """A fold begins another file, and nobody under way is forgotten."""
    Journal(tmp_path / "j", 2, claimed=[4, 5, 6], committing={5: 0}).close()
    found = replay(tmp_path / "j", 2)
    assert (found.committing, found.claimed) == ({5: 0}, {4, 5, 6})


def test_who_was_released_is_claimed_no_more(tmp_path: Path) -> None:
    """After a power loss only whoever might have been tried is in doubt."""
    journal = Journal(tmp_path / "j", 2, claimed=[4, 5, 6], committing={})
    journal.release(5)
    journal.close()
    assert replay(tmp_path / "j", 2).claimed == {4, 6}


def test_a_torn_last_record_is_the_end(tmp_path: Path) -> None:
    """A record cut anywhere, with zeros behind it, was never acted on: the rest is read."""
    file = tmp_path / "j"
    outcomes = written(file)
    content = file.read_bytes()
    end = len(content.rstrip(b"\0"))
    for cut in range(1, 16):  # the last record is a committing: 6 + 9 + 1 octets
        file.write_bytes(content[: end - cut] + bytes(CAPACITY - end + cut))
        found = replay(file, 7)
        assert found.outcomes == outcomes
        assert not found.committing


def test_any_flipped_bit_in_what_was_written_is_noticed(tmp_path: Path) -> None:
    """L6: a flip never changes who has the letter: it is refused with 74."""
    file = tmp_path / "j"
    written(file)
    content = bytearray(file.read_bytes())
    end = len(bytes(content).rstrip(b"\0"))
    chance = random.Random(1)
    for _ in range(400):
        at, bit = chance.randrange(end), 1 << chance.randrange(8)
        content[at] ^= bit
        file.write_bytes(content)
        with pytest.raises(StoreError, match="damaged") as caught:
            replay(file, 7)
        assert caught.value.exit_status == 74
        content[at] ^= bit


@pytest.mark.parametrize("size", [0, 10, 4096, CAPACITY - 1])
def test_a_cut_off_journal_is_noticed(tmp_path: Path, size: int) -> None:
    """L6: a journal of another size than it was made with is damage."""
    file = tmp_path / "j"
    written(file)
    file.write_bytes(file.read_bytes()[:size])
    with pytest.raises(StoreError, match="octets instead of"):
        replay(file, 7)


def test_a_missing_journal_and_one_of_another_fold_are_damage(tmp_path: Path) -> None:
    """What the store counts on must be there."""
    written(tmp_path / "j")
    with pytest.raises(StoreError, match="missing"):
        replay(tmp_path / "k", 7)
    with pytest.raises(StoreError, match="belongs to fold 7"):
        replay(tmp_path / "j", 8)


def test_after_a_power_loss_an_unreadable_end_is_expected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came after the last claim may be missing: read what is there, and know that power was lost."""
    file = tmp_path / "j"
    outcomes = written(file)
    content = bytearray(file.read_bytes())
    end = len(bytes(content).rstrip(b"\0"))
    content[end - 200] ^= 0xFF
    file.write_bytes(content)
    monkeypatch.setattr(NEVER, lambda: bytes(15) + b"\1")
    found = replay(file, 7)
    assert found.lost_power
    assert 0 < len(found.outcomes) < len(outcomes)
    assert found.outcomes == outcomes[: len(found.outcomes)]


@pytest.mark.parametrize(("number", "is_told"), [(22, False), (13, False), (5, True), (28, True)])
def test_l04_a_folder_that_cannot_be_synced_is_gone_on_with_and_a_failing_disk_is_not(
    number: int, *, is_told: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """EINVAL and EACCES come from file systems that sync no folders; EIO and ENOSPC from a disk that loses things."""

    def fails(_descriptor: int) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr("os.fsync", fails)  # folders only: files are synced by fdatasync
    if is_told:
        with pytest.raises(OSError, match="no"):
            Journal(tmp_path / "j", 1, claimed=[], committing={})
        return
    journal = Journal(tmp_path / "j", 1, claimed=[3], committing={})
    journal.close()
    assert replay(tmp_path / "j", 1).claimed == {3}
