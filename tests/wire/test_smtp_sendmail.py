"""The sendmail program: how it is called, and what its exit status means."""

from __future__ import annotations

from pathlib import Path

import pytest
from mail_desk import SENDER, Recorder, parcel, pulling

from digest.errors import ConfigurationError
from digest.model import Verdict
from digest.smtp import Scope, open_transport, verdict
from digest.smtp.sendmail import SendmailTransport


def program(folder: Path, body: str) -> Path:
    path = folder / "sendmail"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


async def run(path: Path, *recipients: str, patience: float = 20.0) -> Recorder:
    told = Recorder()
    connection = await SendmailTransport(path, patience_seconds=patience).open()
    await connection.send(pulling([parcel(at, to) for at, to in enumerate(recipients)]), told)
    await connection.close()
    return told


async def test_the_program_gets_envelope_and_letter_and_no_shell(tmp_path: Path) -> None:
    """Sender and recipient as arguments behind their marks, the letter with local line ends."""
    path = program(tmp_path, f'printf "%s\\n" "$@" > {tmp_path}/called; cat > {tmp_path}/letter')
    told = await run(path, "-oQ/tmp;x@example.org")
    assert told.keys(Verdict.ACCEPTED) == {0}
    called = ["-i", "-f", SENDER, "--", "-oQ/tmp;x@example.org"]
    assert (tmp_path / "called").read_text().splitlines() == called
    wanted = parcel(0, "-oQ/tmp;x@example.org").message.replace(b"\r\n", b"\n")
    assert (tmp_path / "letter").read_bytes() == wanted


@pytest.mark.parametrize(
    ("status", "means", "scope"),
    [
        (0, Verdict.ACCEPTED, Scope.PERSON),
        (64, Verdict.REFUSED, Scope.SERVER),
        (65, Verdict.REFUSED, Scope.LETTER),
        (67, Verdict.REFUSED, Scope.PERSON),
        (68, Verdict.REFUSED, Scope.PERSON),
        (69, Verdict.REFUSED, Scope.LETTER),
        (71, Verdict.DEFERRED, Scope.SERVER),
        (75, Verdict.DEFERRED, Scope.SERVER),
        (77, Verdict.REFUSED, Scope.SENDER),
        (78, Verdict.REFUSED, Scope.SENDER),
        (1, Verdict.DEFERRED, Scope.SERVER),
        (127, Verdict.DEFERRED, Scope.SERVER),
    ],
)
@pytest.mark.parametrize("reads", [True, False], ids=["reads", "reads nothing"])
async def test_an_exit_status_is_an_answer(
    status: int, means: Verdict, scope: Scope, tmp_path: Path, *, reads: bool
) -> None:
    """Also where the program ends without having read the letter; its words are kept, escaped."""
    path = program(
        tmp_path, f"{'cat > /dev/null' if reads else ':'}; printf 'bad \\033 word' >&2; exit {status}"
    )
    told = await run(path, "a@example.org")
    judged = verdict(told.receipts[0])
    assert (judged.verdict, judged.scope) == (means, scope)
    assert "bad \\x1b word" in told.receipts[0].text


async def test_only_a_killed_program_leaves_a_doubt(tmp_path: Path) -> None:
    """Killed by somebody, or by us because it never ended: it may have queued the letter."""
    told = await run(program(tmp_path, "cat > /dev/null; kill -9 $$"), "a@example.org")
    assert told.keys(Verdict.IN_DOUBT) == {0}
    told = await run(program(tmp_path, "exec sleep 600"), "a@example.org", "b@example.org", patience=0.2)
    assert told.keys(Verdict.IN_DOUBT) == {0, 1}


async def test_an_unsafe_address_never_reaches_the_program(tmp_path: Path) -> None:
    """What a transport over the wire refuses, this one refuses as well."""
    told = await run(
        program(tmp_path, f"touch {tmp_path}/called"), "a@example.org>\r\nRCPT", "b c@example.org"
    )
    assert told.keys(Verdict.REFUSED) == {0, 1}
    assert not (tmp_path / "called").exists()


async def test_a_missing_program_is_said_before_anything_is_sent(tmp_path: Path) -> None:
    """78, with how to name another."""
    with pytest.raises(ConfigurationError, match="sendmail:/usr/bin/msmtp"):
        await open_transport(f"sendmail:{tmp_path / 'none'}").open()
    assert open_transport("sendmail:").name == "sendmail:/usr/sbin/sendmail"
    assert open_transport("sendmail:///opt/mta").name == "sendmail:/opt/mta"
