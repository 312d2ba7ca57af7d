"""The process that sends stays small: none of what prepares a letter is loaded in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HEAVY = frozenset(
    ["premailer", "lxml", "cssutils", "jinja2", "trafilatura", "nh3", "rich", "click", "starlette", "idna"]
)
SCRIPT = """
import asyncio, sys
from pathlib import Path
from digest import deliver
from digest.composing import load
from digest.smtp import open_transport
from digest.store import Store, read_list
from digest.delivering import plan

async def main():
    letter = load(Path(sys.argv[1], "letter").read_bytes())
    with (
        Store.open("sqlite:///" + sys.argv[1] + "/state.sqlite") as store,
        read_list(Path(sys.argv[1], "list.csv")) as roster,
        store.ledger("harbour-7", "memory:x") as ledger,
    ):
        plan(letter, roster, ledger=ledger)
        report = await deliver(letter, roster, transport=open_transport("memory:"), ledger=ledger)
        assert report.counts["accepted"] == 2, report
        status = store.status("harbour-7", "memory:x")
        assert next(status.deliveries()).message_id

asyncio.run(main())
print(" ".join(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_the_sending_process_loads_nothing_heavy(tmp_path: Path) -> None:
    """A whole run from kept letter to status imports none of premailer, lxml, jinja2, trafilatura."""
    from delivering_parts import LETTER

    from digest.composing import dump

    (tmp_path / "letter").write_bytes(dump(LETTER))
    (tmp_path / "list.csv").write_text("email\nann@example.org\nbob@example.org\n")
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert not HEAVY & set(ended.stdout.split())
