"""Postfix as it is used, with STARTTLS and a SASL login: what lies in its Maildirs is what we were told.

An instance of its own in a temporary folder (configuration, queue, mailboxes, users), beside whatever Postfix the
machine runs. Its master has to be started by root; without that the tests are skipped.
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
import trustme

from digest.delivering import DeliveryOptions, deliver
from digest.errors import LoginRefusedError
from digest.model import Letter, Slot, SlotEncoding, Subscriber
from digest.smtp import open_transport

USER, PASSWORD = "editor@localhost", "tide-and-time"
LETTER = Letter(
    edition="harbour-7",
    subject="Harbour news",
    envelope_sender="news@example.org",
    message_id_domain="example.org",
    pieces=(
        b"From: news@example.org\r\nTo: ",
        Slot(("recipient",), SlotEncoding.ADDRESS),
        b"\r\nSubject: Harbour news\r\n\r\nThe ferry leaves at nine.\r\n",
    ),
)
MAIN_CF = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
mail_owner = postfix
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = localhost
mydestination =
mynetworks =
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = example.org
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = texthash:{folder}/conf/boxes
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
message_size_limit = 100000
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_cert_file = {folder}/conf/cert.pem
smtpd_tls_key_file = {folder}/conf/key.pem
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
cyrus_sasl_config_path = {folder}/conf/sasl
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_client_connection_count_limit = 50
smtpd_error_sleep_time = 0
smtpd_hard_error_limit = 1000
smtpd_junk_command_limit = 1000
maillog_file = {folder}/log/postfix.log
maillog_file_prefixes = {folder}
"""
MASTER_CF = """
127.0.0.1:{port} inet n - n - 50 smtpd
postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
virtual unix - n n - - virtual
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
"""
SASL = """
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: {folder}/conf/sasldb2
mech_list: PLAIN LOGIN CRAM-MD5
"""


@dataclass(frozen=True)
class Running:
    """A Postfix on ``port``; mailboxes in ``mail``, a folder for each local part."""

    port: int
    mail: Path
    queue: Path

    def letters(self, wanted: int) -> list[Path]:
        """Wait until so many letters lie in the mailboxes, and the queue is empty."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            found = list(self.mail.glob("*/new/*"))
            if len(found) >= wanted:
                return found
            time.sleep(0.05)  # a foreign process delivers: there is nothing to wait on
        return list(self.mail.glob("*/new/*"))


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def postfix(authority: trustme.CA) -> Iterator[Running]:
    search = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    programs = {name: shutil.which(name, path=search) for name in ("postfix", "saslpasswd2")}
    missing = [name for name, path in programs.items() if path is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    if os.geteuid() != 0:
        pytest.skip("Postfix' master is started by root only")
    program, passwords = programs["postfix"], programs["saslpasswd2"]
    assert program
    assert passwords
    # Short, and where its own users may go in: sockets have short names, pytest's folders are private.
    folder = Path(tempfile.mkdtemp(prefix="pf-"))
    folder.chmod(0o755)
    for name in ("conf", "conf/sasl", "queue", "data", "mail", "log"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    (folder / "mail").chmod(0o777)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    certificate = authority.issue_cert("localhost")
    certificate.private_key_pem.write_to_path(folder / "conf" / "key.pem")
    for blob in certificate.cert_chain_pems:
        blob.write_to_path(folder / "conf" / "cert.pem", append=True)
    written = {"main.cf": MAIN_CF, "master.cf": MASTER_CF, "sasl/smtpd.conf": SASL}
    for name, text in written.items():
        (folder / "conf" / name).write_text(text.format(folder=folder, port=port).lstrip())
    boxes = (f"reader{number}" for number in range(1000, 5002))
    (folder / "conf" / "boxes").write_text("".join(f"{box}@example.org {box}/\n" for box in boxes))
    subprocess.run(
        [passwords, "-p", "-c", "-f", str(folder / "conf" / "sasldb2"), "-u", "localhost", "editor"],
        input=PASSWORD.encode(), check=True, capture_output=True,
    )  # fmt: skip
    shutil.chown(folder / "conf" / "sasldb2", "postfix")
    command = [program, "-c", str(folder / "conf")]
    started = subprocess.run([*command, "start"], capture_output=True, text=True, check=False)
    log = folder / "log" / "postfix.log"
    assert started.returncode == 0, started.stderr + (log.read_text() if log.exists() else "")
    try:
        yield Running(port, folder / "mail", folder / "queue")
    finally:
        subprocess.run([*command, "stop"], capture_output=True, check=False)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return str(tmp_path / "ca.pem")


def url(port: int, method: str = "plain", user: str = USER) -> str:
    return f"smtp://{user.replace('@', '%40')}@localhost:{port}?tls=starttls&auth={method}"


@pytest.mark.parametrize(("method", "pipelining"), [("plain", True), ("login", False), ("cram-md5", True)])
async def test_what_postfix_delivers_is_what_was_told(
    method: str, postfix: Running, ca_file: str, *, pipelining: bool
) -> None:
    """150 people over TLS, every tenth of them unknown: Maildirs and counts agree, person by person."""
    base = {"plain": 1000, "login": 2000, "cram-md5": 3000}[method]
    known = [f"reader{base + number}@example.org" for number in range(135)]
    people = [*known, *(f"nobody{number}@example.org" for number in range(15))]
    before = len(postfix.letters(0))
    report = await deliver(
        LETTER,
        [Subscriber(person) for person in sorted(people)],
        transport=open_transport(
            url(postfix.port, method), password=lambda: PASSWORD, ca_file=ca_file, pipelining=pipelining
        ),
        options=DeliveryOptions(connections=4, max_time_seconds=60),
    )
    assert (report.counts["accepted"], report.counts["refused"]) == (135, 15), report
    assert report.exit_status == 1
    arrived = Counter(path.parts[-3] for path in postfix.letters(before + 135))
    mine = {name: count for name, count in arrived.items() if name.startswith(f"reader{base // 1000}")}
    assert mine == {person.partition("@")[0]: 1 for person in known}


async def test_d3_each_letter_names_its_one_recipient(postfix: Running, ca_file: str) -> None:
    """To holds the person the Maildir belongs to, nobody else, and there is no Bcc on the wire."""
    before = {*postfix.letters(0)}
    await deliver(
        LETTER,
        [Subscriber(f"reader{number}@example.org") for number in range(4000, 4020)],
        transport=open_transport(url(postfix.port), password=lambda: PASSWORD, ca_file=ca_file),
    )
    arrived = {*postfix.letters(len(before) + 20)} - before
    assert len(arrived) == 20
    for path in arrived:
        message = message_from_bytes(path.read_bytes())
        assert message.get_all("To") == [f"{path.parts[-3]}@example.org"]
        assert message["Bcc"] is None
        assert message["Return-Path"] == "<news@example.org>"


async def test_s40_postfix_refuses_the_login_and_nothing_is_sent(postfix: Running, ca_file: str) -> None:
    """A wrong password ends with 77."""
    report = await deliver(
        LETTER,
        [Subscriber("reader5000@example.org")],
        transport=open_transport(url(postfix.port), password=lambda: "wrong", ca_file=ca_file),
    )
    assert isinstance(report.stopped_by, LoginRefusedError)
    assert report.exit_status == 77


async def test_s34_d13_a_letter_larger_than_postfix_takes_is_not_sent(postfix: Running, ca_file: str) -> None:
    """SIZE of its EHLO is believed: refused before MAIL, with both numbers."""
    large = Letter(
        edition="harbour-8", subject="Harbour news", envelope_sender="news@example.org",
        message_id_domain="example.org", pieces=(b"Subject: x\r\n\r\n" + b"A long line.\r\n" * 10_000,),
    )  # fmt: skip
    report = await deliver(
        large,
        [Subscriber("reader5001@example.org")],
        transport=open_transport(url(postfix.port), password=lambda: PASSWORD, ca_file=ca_file),
    )
    assert report.counts["refused"] == 1
    assert not (postfix.mail / "reader5001").exists()
