"""Postfix's smtp-sink with its fault options: each ledger says what the option must give, and a healed sink ends it.

The sink is the judge: it writes a file for each message it accepts, so files are compared with the ledger by person.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cli_places import folder_with
from command import digest
from delivering_parts import LETTER, StillClock, people

from digest.delivering import DeliveryOptions, Report, deliver
from digest.smtp import open_transport
from digest.store import Store

SINK = shutil.which("smtp-sink") or shutil.which("smtp-sink", path="/usr/sbin:/usr/lib/postfix/sbin")
PEOPLE, CONNECTIONS = 12, 4

# Options of the sink: states its people end in, exit statuses. Where the run stops early the rest is planned.
FAULTS: dict[str, tuple[str, *tuple[int, ...]]] = {
    "-r CONNECT": ("planned", 75),
    "-r EHLO,HELO": ("planned", 75),
    "-r MAIL": ("deferred", 75),
    "-r RCPT": ("deferred", 75),
    "-r DATA": ("deferred", 75),
    "-r .": ("deferred", 75),
    "-f CONNECT": ("planned", 78),
    "-f EHLO,HELO": ("planned", 78),
    "-f EHLO": ("accepted", 0),  # HELO will do (S6)
    "-f MAIL": ("planned", 78),  # the sender is refused: nobody's fault (S10)
    "-f RCPT": ("refused", 1),
    "-f DATA": ("refused", 78),  # the same words again and again end the run (S28)
    "-f .": ("refused", 78),
    "-f RSET,QUIT": ("accepted", 0),
    "-q CONNECT": ("planned", 75),
    "-q EHLO": ("planned", 75),
    "-q MAIL": ("planned", 75),
    "-q RCPT": ("planned", 75),
    "-q DATA": ("planned", 75),
    "-q .": ("in_doubt", 76),  # only the server knows (S20)
    "-q QUIT": ("accepted", 0),
    "-Q CONNECT": ("planned", 75),
    "-Q EHLO": ("planned", 75),
    "-Q MAIL": ("deferred", 75),
    "-Q RCPT": ("deferred", 75),
    "-Q DATA": ("deferred", 75),
    "-Q .": ("deferred", 75),
    # A 550 to the content, and no further reading: whether it is read before our dot (S18) or after (S28) is a race.
    "-A 0": ("planned refused", 75, 78),
    "-w 1": ("accepted", 0),
    "-W RCPT:1:50": ("accepted", 0),
    "-W .:1": ("accepted", 0),
    "-e": ("accepted", 0),
    "-8 -E -p": ("accepted", 0),
}


@contextmanager
def sink(folder: Path, *options: str) -> Iterator[str]:
    """Run a sink that writes what it accepts into ``folder``; give its URL."""
    assert SINK is not None
    folder.mkdir()
    folder.chmod(0o777)  # the sink writes as nobody
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [SINK, "-u", "nobody", "-R", folder, "-d", "%H%M%S.", *options, f"127.0.0.1:{port}", "100"],
        stdin=subprocess.DEVNULL,
        stderr=sys.stderr,
    )
    try:
        listens(port)
        yield f"smtp://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def listens(port: int) -> None:
    """Wait until somebody answers."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return


def taken(folder: Path) -> Counter[str]:
    """Count what a sink accepted, by person: the file is there when the message was read whole."""
    told = (re.findall(r"X-Rcpt-Args: <([^>]+)>", path.read_text()) for path in folder.iterdir())
    return Counter(person for found in told for person in found)


async def mail(store: Store, url: str) -> Report:
    with store.ledger(LETTER.edition) as ledger:
        return await deliver(
            LETTER,
            people(PEOPLE),
            transport=open_transport(url),
            ledger=ledger,
            options=DeliveryOptions(connections=CONNECTIONS, max_time_seconds=600),
            clock=StillClock(),
        )


def states(store: Store) -> dict[str, str]:
    status = store.status(LETTER.edition)
    assert status is not None
    return {each.email: each.state for each in status.deliveries()}


@pytest.mark.skipif(SINK is None, reason="Postfix's smtp-sink is not installed")
@pytest.mark.parametrize("fault", FAULTS)
async def test_the_ledger_says_what_the_sink_s_option_must_give(fault: str, tmp_path: Path) -> None:
    """Whoever is open after the faulty sink gets the letter of a healed one, once; whoever is settled gets none."""
    expected, *exits = FAULTS[fault]
    with Store.in_memory() as store:
        with sink(tmp_path / "faulty", *fault.split()) as url:
            report = await mail(store, url)
        first, seen = states(store), taken(tmp_path / "faulty")
        with sink(tmp_path / "healed") as url:
            await mail(store, url)
        second, healed = states(store), taken(tmp_path / "healed")
    assert report.exit_status in exits, report
    allowed = set(expected.split())
    assert allowed & set(first.values())
    assert set(first.values()) <= (allowed | {"planned"} if min(exits) >= 75 else allowed)
    if not fault.endswith("."):  # it writes the message before it turns down the dot
        assert seen == Counter(person for person, told in first.items() if told == "accepted")
    assert {person for person, told in first.items() if told == "in_doubt"} <= set(seen)
    still_open = {person for person, told in first.items() if told in {"planned", "deferred"}}
    assert healed == Counter(still_open)
    assert second == first | dict.fromkeys(still_open, "accepted")


@pytest.mark.skipif(SINK is None, reason="Postfix's smtp-sink is not installed")
async def test_a_folder_of_letters_is_mailed_to_the_sink_octet_for_octet(tmp_path: Path) -> None:
    """Turned away by a sink that takes nobody, then mailed to a healed one: each letter once."""
    place = folder_with(tmp_path, people=PEOPLE)
    written = await digest(
        "send", "article.txt", "--to", "list.csv", "--smtp", "folder:letters", "--yes", cwd=place
    )
    assert written.status == 0, written.err
    letters = {path.read_bytes().replace(b"\r\n", b"\n") for path in (place / "letters").glob("*.eml")}
    with sink(tmp_path / "sick", "-r", "CONNECT") as url:
        ended = await digest("send", "letters", "--smtp", url, "--yes", cwd=place)
        assert ended.status == 75, ended.err
    with sink(tmp_path / "good") as url:
        ended = await digest("send", "letters", "--smtp", url, "--yes", "--json", cwd=place)
    assert ended.status == 0, ended.err
    assert ended.json()["counts"]["accepted"] == PEOPLE
    assert taken(tmp_path / "sick") + taken(tmp_path / "good") == {
        f"reader{number}@example.org": 1 for number in range(PEOPLE)
    }
    arrived = [path.read_bytes() for path in (tmp_path / "good").iterdir()]
    assert all(sum(letter in message for letter in letters) == 1 for message in arrived)
