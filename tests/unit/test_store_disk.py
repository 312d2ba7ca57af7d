"""What a journal asks of the system, also of one that is not Linux: stood in for here by taking Linux's calls away."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from digest.model import Outcome, State
from digest.store import disk
from digest.store.journal import CAPACITY, Journal, replay


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """Ask for the machine's start anew, here and in the next test."""
    disk.boot.cache_clear()
    yield
    disk.boot.cache_clear()


def without_boot_file(monkeypatch: pytest.MonkeyPatch, commands: Path) -> None:
    """Have no /proc, and only these commands."""
    monkeypatch.setattr(disk, "_BOOT_FILE", commands / "nowhere")
    monkeypatch.setenv("PATH", str(commands))


def test_the_machines_start_is_known() -> None:
    """Sixteen octets that do not change while the machine runs."""
    first = disk.boot()
    disk.boot.cache_clear()
    assert first == disk.boot()
    assert len(first or b"") == 16


def test_where_there_is_no_proc_the_machines_start_is_asked_of_sysctl(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As macOS tells it: an identifier made at each start."""
    command = tmp_path / "sysctl"
    command.write_text(
        '#!/bin/sh\n[ "$*" = "-n kern.bootsessionuuid" ] && echo 7B9D6C1E-0000-4000-8000-00000000002A\n'
    )
    command.chmod(0o755)
    without_boot_file(monkeypatch, tmp_path)
    assert (disk.boot() or b"").hex() == "7b9d6c1e00004000800000000000002a"


@pytest.mark.parametrize("said", [None, "exit 1", "echo unknown oid"])
def test_where_nobody_tells_the_machines_start_power_may_have_been_lost(
    said: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then whoever was claimed is in doubt after any crash: mailing them again would be worse."""
    if said is not None:
        (tmp_path / "sysctl").write_text(f"#!/bin/sh\n{said}\n")
        (tmp_path / "sysctl").chmod(0o755)
    without_boot_file(monkeypatch, tmp_path)
    assert disk.boot() is None
    Journal(tmp_path / "j", 1, claimed=[4], committing={}).close()
    assert replay(tmp_path / "j", 1).lost_power


def test_a_journal_does_without_linuxs_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Room is taken by zeros, a sync goes to the drive itself; what stands there is the same."""
    asked: list[int] = []
    ask = fcntl.fcntl

    def asking(descriptor: int, command: int, argument: int = 0) -> object:
        asked.append(command)
        return ask(descriptor, command, argument)

    monkeypatch.delattr(os, "posix_fallocate")
    monkeypatch.delattr(os, "fdatasync")
    monkeypatch.setattr(fcntl, "F_FULLFSYNC", fcntl.F_GETFD, raising=False)
    monkeypatch.setattr(fcntl, "fcntl", asking)
    journal = Journal(tmp_path / "j", 1, claimed=[4, 5], committing={})
    assert asked == [fcntl.F_GETFD]
    outcome = Outcome(4, State.ACCEPTED, 1.0, 250, "2.0.0", "2.0.0 Ok")
    journal.answered(outcome, 5)
    journal.close()
    assert (tmp_path / "j").stat().st_size == CAPACITY
    found = replay(tmp_path / "j", 1)
    assert (found.outcomes, found.committing, found.lost_power) == ([outcome], {5: 0}, False)


def test_l04_a_disk_without_room_for_the_zeros_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write that was made in part is no reservation."""
    monkeypatch.delattr(os, "posix_fallocate")
    monkeypatch.setattr(os, "pwrite", lambda _descriptor, octets, _at: len(octets) // 2)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        Journal(tmp_path / "j", 1, claimed=[], committing={})
