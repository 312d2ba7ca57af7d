"""L16: an old copy of the store put back beside a newer journal is noticed, not mailed from."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from delivering_parts import LETTER, ScriptedTransport, people

from digest.delivering import DeliveryOptions, deliver
from digest.errors import StoreError
from digest.store import State, Store
from digest.store.ledger import _FOLD_AFTER

CUT_OFF = """
import asyncio, os, sys
sys.path.insert(0, sys.argv[2])
from delivering_parts import LETTER, ScriptedTransport, accept, people
from digest.delivering import deliver, DeliveryOptions
from digest.store import State, Store
from digest.store.ledger import _FOLD_AFTER

def script(who, visit):
    if len(transport.accepted) == 7:
        os.kill(os.getpid(), 9)
    return accept(who, visit)

transport = ScriptedTransport(script)
store = Store.open("sqlite:///" + sys.argv[1])
asyncio.run(deliver(LETTER, people(40), transport=transport, ledger=store.ledger(LETTER.edition)))
"""


def cut_off(file: Path) -> None:
    """Run in another process that is killed after its seventh letter."""
    shared = os.fspath(Path(__file__).parents[1])
    ended = subprocess.run([sys.executable, "-c", CUT_OFF, str(file), shared], check=False)
    assert ended.returncode == -9


async def test_l16_an_older_store_beside_a_newer_journal_is_refused(tmp_path: Path) -> None:
    """74 and a word on it; with the right store put back the next run finishes, and nobody is mailed twice."""
    file, copy, right = tmp_path / "s.sqlite", tmp_path / "copy", tmp_path / "right"
    transport = ScriptedTransport()
    with Store.open(f"sqlite:///{file}") as store, store.ledger(LETTER.edition) as ledger:
        await deliver(
            LETTER, people(40), transport=transport, ledger=ledger, options=DeliveryOptions(limit=10)
        )
    shutil.copy(file, copy)
    cut_off(file)
    for suffix in ("", "-wal"):
        shutil.copy(f"{file}{suffix}", f"{right}{suffix}")
        Path(f"{file}{suffix}").unlink()
    Path(f"{file}-shm").unlink(missing_ok=True)
    shutil.copy(copy, file)
    with (
        Store.open(f"sqlite:///{file}") as store,
        pytest.raises(StoreError, match="an old copy was put back"),
    ):
        store.ledger(LETTER.edition)
    for suffix in ("", "-wal"):
        shutil.copy(f"{right}{suffix}", f"{file}{suffix}")
    with Store.open(f"sqlite:///{file}") as store, store.ledger(LETTER.edition) as ledger:
        assert ledger.counts()[State.ACCEPTED] == 17
        await deliver(LETTER, people(40), transport=transport, ledger=ledger)
    assert max(transport.accepted.values()) == 1


@pytest.mark.parametrize("people_mailed", [5, _FOLD_AFTER + 200])
async def test_l03_killed_after_the_last_fold_and_before_the_journal_is_gone(
    people_mailed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that had ended but for removing its journal is no newer than its store: the next one goes on.

    Found by benchmarks/kill.py, seed 20261124: such a journal was taken for one of an old copy, and refused for good.
    """
    from digest.store import folding, ledger

    url, transport, readers = f"sqlite:///{tmp_path / 's.sqlite'}", ScriptedTransport(), people(people_mailed)
    with monkeypatch.context() as patched:
        for module in (ledger, folding):
            patched.setattr(module, "remove_journals", lambda *_: None)  # killed before it came to that
        for _ in range(2):
            with Store.open(url) as store, store.ledger(LETTER.edition) as opened:
                await deliver(LETTER, readers, transport=transport, ledger=opened)
    assert list(tmp_path.glob("s.sqlite.d/*.journal"))
    with Store.open(url) as store, store.ledger(LETTER.edition) as opened:
        report = await deliver(
            LETTER, [*readers, *people(people_mailed + 3)], transport=transport, ledger=opened
        )
    assert (report.sent, report.exit_status) == (3, 0)
    assert set(transport.accepted.values()) == {1}
    assert not list(tmp_path.glob("s.sqlite.d/*.journal"))
