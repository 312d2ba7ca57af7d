"""Signatures before independent judges: dkimpy, opendkim and Perl's Mail::DKIM, each without a network."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import dkim
import pytest
from fault_server import At, Fault, FaultServer, Then, once
from mail_desk import Recorder, parcels, pulling

from digest import Article, Edition, Sender, Subscriber, compose, condense
from digest.composing import fill
from digest.model import Verdict
from digest.smtp import ConnectionLostError, open_transport, read_folder
from digest.smtp.dkim import Signer
from digest.smtp.dkim_keys import DkimKey, load_key, make_key, write_key
from digest.smtp.signing import SigningThreads
from digest.smtp.transport import SmtpTransport

NOW = 1_790_000_000.0
PARAGRAPH = (
    "The town's library lent out its first bicycles on Monday. It keeps twenty of them behind the old net store, "
    "said Marta Lind, who runs it, and the council will decide in December whether it buys thirty more."
)
PERL = r"""
use strict; use Mail::DKIM::Verifier; use Net::DNS; no warnings;
my %zone;
open(my $file, '<', shift) or die;
while (<$file>) { chomp; my ($name, $value) = split / /, $_, 2; $zone{$name} = $value }
*Mail::DKIM::DNS::query_async = sub {
  my ($host, $type, %options) = @_;
  my @strings = unpack '(A255)*', $zone{$host};
  my @records = $zone{$host} ? (Net::DNS::RR->new(owner => $host, type => 'TXT', txtdata => \@strings)) : ();
  return sub { $options{Callbacks}{Success}->(@records) };
};
my $verifier = Mail::DKIM::Verifier->new;
binmode STDIN;
{ local $/; $verifier->PRINT(scalar <STDIN>); }
$verifier->CLOSE;
print $verifier->result;
"""


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[DkimKey, DkimKey]:
    folder = tmp_path_factory.mktemp("keys")
    made = []
    for kind in ("rsa", "ed25519"):
        write_key(folder / kind, make_key(kind))
        made.append(load_key(folder / kind, domain="example.org", selector=kind))
    return made[0], made[1]


@pytest.fixture(scope="module")
def letter() -> bytes:
    """A real letter: folded fields, encoded words, quoted-printable, a text part and a page."""
    digests = [condense(Article(title="A library lends bicycles", paragraphs=[PARAGRAPH] * 3))]
    sender = Sender(
        address="letter@example.org",
        name="Hafen-Brief für alle",
        postal_address="1 Quay",
        list_id="harbour.example.org",
        unsubscribe_url="https://example.org/leave?who={email}",
        unsubscribe_mailto="leave@example.org",
        one_click=True,
    )
    edition = Edition(
        id="7", subject="Räder  am Hafen", preheader="p", digests=digests, theme="article", sender=sender
    )
    reader = Subscriber("ada@example.org", name="Ada Löv")
    return fill(compose(edition), reader, date=NOW, message_id_key=b"key")


def by_dkimpy(message: bytes, keys: tuple[DkimKey, ...], _folder: Path) -> bool:
    zone = {f"{key.record_name}.": key.record.encode() for key in keys}
    judge = dkim.DKIM(message)
    try:
        return all(
            judge.verify(idx=at, dnsfunc=lambda name, timeout=5: zone.get(name.decode()))  # noqa: ARG005  # dkimpy names it
            for at in range(len(keys))
        )
    except dkim.ValidationError:
        return False


def by_opendkim(message: bytes, keys: tuple[DkimKey, ...], folder: Path) -> bool:
    program = shutil.which("opendkim", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("opendkim is not installed")
    zone(keys, folder)
    (folder / "letter.eml").write_bytes(message)
    (folder / "conf").write_text(f"Mode v\nTestPublicKeys {folder}/zone\nSyslog no\n")
    command = [program, "-x", str(folder / "conf"), "-vv", "-t", str(folder / "letter.eml")]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    said = run.stdout + run.stderr
    return said.count("dkim=pass") == len(keys) and " succeeded" in said


def by_perl(message: bytes, keys: tuple[DkimKey, ...], folder: Path) -> bool:
    if (
        shutil.which("perl") is None
        or subprocess.run(
            ["perl", "-MMail::DKIM::Verifier", "-e", "1"], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("Perl's Mail::DKIM is not installed")
    zone(keys, folder)
    (folder / "verify.pl").write_text(PERL)
    command = ["perl", str(folder / "verify.pl"), str(folder / "zone")]
    run = subprocess.run(command, input=message, capture_output=True, check=True, timeout=30)
    return run.stdout == b"pass"


def zone(keys: tuple[DkimKey, ...], folder: Path) -> None:
    (folder / "zone").write_text("".join(f"{key.record_name} {key.record}\n" for key in keys))


Judge = Callable[[bytes, tuple[DkimKey, ...], Path], bool]
JUDGES = (by_dkimpy, by_opendkim, by_perl)


@pytest.mark.parametrize("judge", JUDGES)
def test_d11_independent_verifiers_believe_the_signature(
    judge: Judge, keys: tuple[DkimKey, DkimKey], letter: bytes, tmp_path: Path
) -> None:
    """RSA alone and, where the verifier knows it, RSA and Ed25519 together."""
    for used in (keys[:1],) if judge is by_perl else (keys[:1], keys[1:], keys):
        assert judge(Signer(used).sign(letter, seconds=NOW) + letter, used, tmp_path)


TAMPERINGS: dict[str, Callable[[bytes], bytes]] = {
    "a word of the body": lambda mail: mail.replace(b"bicycles", b"tricycles"),
    "the subject": lambda mail: mail.replace(b"\r\nSubject: ", b"\r\nSubject: Re: ", 1),
    "a second From": lambda mail: b"From: someone@example.net\r\n" + mail,
    "a Reply-To that was not there": lambda mail: mail.replace(
        b"\r\nTo: ", b"\r\nReply-To: someone@example.net\r\nTo: ", 1
    ),
    "the way to leave": lambda mail: mail.replace(
        b"https://example.org/leave", b"https://example.net/leave", 1
    ),
    "a text behind the end": lambda mail: mail + b"And this.\r\n",
}


@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_d11_a_changed_letter_is_not_believed(
    judge: Judge, tampering: str, keys: tuple[DkimKey, DkimKey], letter: bytes, tmp_path: Path
) -> None:
    """Whatever is changed, added before or behind: no verifier passes it."""
    used = keys[:1]
    tampered = TAMPERINGS[tampering](Signer(used).sign(letter, seconds=NOW) + letter)
    assert letter not in tampered or tampered.endswith(b"And this.\r\n") or tampering == "a second From"
    assert not judge(tampered, used, tmp_path)


@pytest.mark.parametrize("judge", JUDGES)
def test_white_space_is_signed_as_the_verifiers_read_it(
    judge: Judge, keys: tuple[DkimKey, DkimKey], tmp_path: Path
) -> None:
    """Runs of blanks, tabs, blank lines at the end, folded and oddly written fields, and no body at all."""
    head = b"from:  A \t<a@example.org>\r\nSubject: two\r\n\t  lines \r\nTo:b@example.org\r\nX: \r\n\r\n"
    for body in (b"", b"\r\n\r\n", b" a  b\t\tc \r\n\r\n d\t\r\n\r\n\r\n", b"one\r\n"):
        used = keys[:1]
        assert judge(Signer(used).sign(head + body, seconds=NOW) + head + body, used, tmp_path), body


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("which", [slice(0, 1), slice(1, 2), slice(0, 2)], ids=["rsa", "ed25519", "both"])
async def test_letters_leave_signed_whole_and_with_their_size(
    which: slice, keys: tuple[DkimKey, ...], *, pipelining: bool
) -> None:
    """Each letter arrives as it was behind a signature that holds, dots doubled or not, and MAIL told its size."""
    used, told = tuple(keys[which]), Recorder()
    wanted = parcels(12, b"The ferry is late.\r\n.\r\n..and dots\r\n")
    async with FaultServer() as server:
        transport = SmtpTransport(server.options(pipelining=pipelining), signing=SigningThreads(Signer(used)))
        connection = await transport.open()
        await connection.send(pulling(wanted), told)
        await connection.close()
    assert told.keys(Verdict.ACCEPTED) == set(range(12))
    for each, line in zip(wanted, server.truth.mail_lines, strict=True):
        arrived = server.truth.bodies[each.envelope.recipient]
        assert arrived.endswith(each.message)
        assert f"SIZE={len(arrived)}".encode() in line
        assert by_dkimpy(arrived, used, Path())


async def test_a_connection_lost_while_letters_are_signed_loses_nobody(keys: tuple[DkimKey, DkimKey]) -> None:
    """The server hangs up after DATA: who was announced is answered once, not in doubt, and can go again."""
    told = Recorder()
    signing = SigningThreads(Signer(keys[:1]))
    async with FaultServer(once(At.DATA, Fault(b"354 go\r\n", Then.HANG_UP))) as server:
        connection = await SmtpTransport(server.options(), signing=signing).open()
        with pytest.raises(ConnectionLostError):
            await connection.send(pulling(parcels(3)), told)
        await connection.close()
    assert set(told.answers.values()) == {1}
    assert not told.keys(Verdict.ACCEPTED)
    assert not server.truth.accepted


async def test_a_folder_gets_signed_letters(keys: tuple[DkimKey, DkimKey], tmp_path: Path) -> None:
    """Transports that know nothing of signatures carry signed letters all the same."""
    told = Recorder()
    connection = await open_transport(f"folder:{tmp_path}", signer=Signer(keys)).open()
    await connection.send(pulling(parcels(5)), told)
    await connection.close()
    assert told.keys(Verdict.ACCEPTED) == set(range(5))
    written = await asyncio.to_thread(lambda: list(read_folder(tmp_path)))
    assert all(by_dkimpy(message, keys, tmp_path) for _, message in written)
