"""Exim, the second mail server: what lies in its Maildir is what the ledger says, person by person.

``.ci/second-mta DIR`` unpacks it (it cannot be installed beside Postfix); ``DIGEST_SECOND_MTA=DIR`` names the folder.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

import pytest

from digest.composing.filling import MESSAGE_ID, RECIPIENT
from digest.delivering import DeliveryOptions, deliver
from digest.model import Letter, Slot, SlotEncoding, Subscriber
from digest.smtp import open_transport
from digest.store import Roster, Store

FOLDER = os.environ.get("DIGEST_SECOND_MTA")  # read now: no test keeps a DIGEST_ variable of whoever runs it
EDITION = "harbour-7"
LETTER = Letter(
    edition=EDITION,
    subject="Harbour news",
    envelope_sender="news@example.org",
    message_id_domain="example.org",
    pieces=(
        b"From: news@example.org\r\nTo: ",
        Slot(RECIPIENT, SlotEncoding.ADDRESS),
        b"\r\nMessage-ID: ",
        Slot(MESSAGE_ID, SlotEncoding.ADDRESS),
        b"\r\nSubject: Harbour news\r\n\r\nThe ferry leaves at nine.\r\n",
    ),
)
CONFIGURATION = """
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/pid
primary_hostname = second.example.org
domainlist ours = example.org
acl_smtp_rcpt = known
acl_smtp_data = any
tls_advertise_hosts =
smtp_accept_max = 50
smtp_accept_queue_per_connection = 0
deliver_drop_privilege = true
keep_environment =
add_environment =
begin acl
known:
  deny message = 5.1.1 nobody of that name
    local_parts = ^nobody
  accept domains = +ours
  deny
any:
  accept
begin routers
boxes:
  driver = accept
  domains = +ours
  transport = maildir
begin transports
maildir:
  driver = appendfile
  directory = {folder}/mail
  maildir_format
  envelope_to_add
  return_path_add
"""


@dataclass(frozen=True)
class Running:
    """An Exim on ``port``; everybody's letters lie in ``mail``."""

    port: int
    mail: Path

    def letters(self, wanted: int) -> list[Path]:
        """Wait until so many letters lie there: each is delivered by a process of its own."""
        until = time.monotonic() + 60
        while len(found := list(self.mail.glob("new/*"))) < wanted and time.monotonic() < until:
            time.sleep(0.05)  # a foreign process delivers: there is nothing to wait on
        return found


@pytest.fixture
def exim() -> Iterator[Running]:
    """Start Exim in the foreground as nobody (or as whoever runs the tests), with users of its own."""
    program = Path(FOLDER or "", "usr/sbin/exim4")
    if FOLDER is None or not program.exists():
        pytest.skip("no second mail server: run .ci/second-mta DIR, and set DIGEST_SECOND_MTA=DIR")
    # Not pytest's own folder, which is private to whoever runs the tests.
    folder = Path(tempfile.mkdtemp(prefix="exim-"))
    folder.chmod(0o755)
    user = 65534 if os.geteuid() == 0 else os.geteuid()
    group = 65534 if os.geteuid() == 0 else os.getegid()
    for name in ("spool", "log", "mail"):
        (folder / name).mkdir()
        os.chown(folder / name, user, group)
    os.chown(folder, user, group)
    (folder / "conf").write_text(CONFIGURATION.format(folder=folder))
    (folder / "passwd").write_text(f"root:x:0:0::/:/bin/false\nDebian-exim:x:{user}:{group}::/:/bin/false\n")
    (folder / "group").write_text(f"root:x:0:\nmail:x:8:\nDebian-exim:x:{group}:\n")
    libraries = next(Path(FOLDER).resolve().glob("usr/lib/*/libnss_wrapper.so")).parent
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [program.resolve(), "-C", folder / "conf", "-bdf", "-oX", f"127.0.0.1:{port}"],
        env={
            "PATH": os.environ["PATH"],
            "LD_LIBRARY_PATH": str(libraries),
            "LD_PRELOAD": "libnss_wrapper.so",
            "NSS_WRAPPER_PASSWD": str(folder / "passwd"),
            "NSS_WRAPPER_GROUP": str(folder / "group"),
        },
        **({"user": user, "group": group, "extra_groups": []} if os.geteuid() == 0 else {}),  # type: ignore[call-overload]  # the three of one kind
        stdin=subprocess.DEVNULL,
    )
    try:
        assert answers(port, process), "Exim did not start"
        yield Running(port, folder / "mail")
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Wait until the server listens, or has ended."""
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False


@pytest.mark.parametrize("pipelining", [True, False])
async def test_what_exim_delivers_is_what_the_ledger_says(
    exim: Running, tmp_path: Path, *, pipelining: bool
) -> None:
    """200 people and 10 nobody knows: Maildir and ledger agree, each Message-ID is one, a second run adds none."""
    known = [f"reader{number}@example.org" for number in range(200)]
    people = [
        Subscriber(person) for person in [*known, *(f"nobody{number}@example.org" for number in range(10))]
    ]
    transport = open_transport(f"smtp://127.0.0.1:{exim.port}", pipelining=pipelining)
    options = DeliveryOptions(connections=4, max_time_seconds=60)
    with Store.open(f"sqlite:///{tmp_path}/ledger.db") as store, Roster.of(people) as roster:
        for _ in range(2):
            with store.ledger(EDITION) as ledger:
                report = await deliver(LETTER, roster, transport=transport, ledger=ledger, options=options)
            assert (report.counts["accepted"], report.counts["refused"]) == (200, 10), report
        status = store.status(EDITION)
        assert status is not None
        told = {each.email for each in status.deliveries() if each.state == "accepted"}
    letters = [message_from_bytes(path.read_bytes()) for path in exim.letters(200)]
    assert told == set(known)
    assert Counter(letter["Envelope-to"] for letter in letters) == Counter(known)
    assert all(letter["To"] == letter["Envelope-to"] for letter in letters)
    assert {letter["Return-path"] for letter in letters} == {"<news@example.org>"}
    assert len({letter["Message-ID"] for letter in letters}) == 200
    assert {letter.get_payload() for letter in letters} == {"The ferry leaves at nine.\n"}
