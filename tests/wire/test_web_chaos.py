"""The inbox misbehaves as it was told to, the same way for the same seed, and keeps what it says it keeps."""

from __future__ import annotations

import smtplib

import pytest

from digest.errors import UsageError
from digest.testing import RunningInbox, open_inbox
from digest.web.chaos import FAULTS, At, Chaos, parse_chaos

MAIL = b"Subject: Tide tables\r\n\r\nHigh water at six.\r\n"


def answer(to: RunningInbox, recipient: str) -> tuple[str, int]:
    """Send one mail; say at which step which code came, 0 for a connection that was lost."""
    client = smtplib.SMTP("127.0.0.1", to.addresses.smtp_port, timeout=2)
    client.ehlo()
    step = "mail"
    try:
        code, _ = client.mail("letter@example.org")
        if code == 250:
            step = "rcpt"
            code, _ = client.rcpt(recipient)
        if code == 250:
            step = "dot"
            code, _ = client.data(MAIL)
    except (smtplib.SMTPServerDisconnected, smtplib.SMTPResponseException, OSError) as lost:
        code = getattr(lost, "smtp_code", 0)
    finally:
        client.close()
    return step, max(code, 0)  # smtplib's -1: a reply that is none


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.name}-{fault.word}")
def test_each_fault_strikes_where_it_says(fault: object) -> None:
    """At 100 % every mail meets the fault: its step, its code, and kept or not as it says."""
    found = next(known for known in FAULTS if known is fault)
    with open_inbox(chaos=Chaos({found.name: 1.0}, seed=3)) as inbox:
        step, code = answer(inbox, "mara@example.net")
        assert step == found.at
        expected = int(found.reply[:3]) if found.reply[:3].isdigit() else 0
        # A reply that was cut, or is none, leaves a client with nothing to go by.
        assert code in {expected, 0} if found.then == "hang up" and found.at is At.DOT else code == expected
        if found.keeps in {0.0, 1.0}:
            assert len(inbox.messages) == int(found.keeps)


def test_the_same_seed_gives_the_same_people_the_same_faults() -> None:
    """Order does not matter; another seed gives another draw; a second try is drawn anew."""
    chaos = parse_chaos("S13=20%,greylist=20%", seed=7)
    people = [f"reader{number}@example.net" for number in range(400)]

    def struck(by: Chaos, attempt: int = 1) -> list[str | None]:
        drawn = [by.strikes(At.RCPT, person, attempt) for person in people]
        return [found[0].name if found else None for found in drawn]

    assert struck(chaos) == struck(parse_chaos("greylist=20%, S13=20%", seed=7))
    assert struck(chaos) != struck(parse_chaos("S13=20%,greylist=20%", seed=8))
    assert struck(chaos) != struck(chaos, attempt=2)
    assert 40 < struck(chaos).count("S13") < 120
    assert chaos.strikes(At.DOT, people[0], 1) is None


@pytest.mark.parametrize("written", ["", "S20", "S20=", "S20=5", "S99=5%", "S20=101%", "S20=-1%", "S20=5%,,"])
def test_faults_that_are_not_there_are_refused(written: str) -> None:
    """2, and the hint names those there are."""
    with pytest.raises(UsageError) as refused:
        parse_chaos(written)
    assert "S24 odd" in str(refused.value.hint)


def test_without_chaos_nobody_is_struck() -> None:
    """A plain inbox takes everything."""
    with open_inbox() as inbox:
        assert answer(inbox, "mara@example.net") == ("dot", 250)
        assert len(inbox.wait_for(1)) == 1
