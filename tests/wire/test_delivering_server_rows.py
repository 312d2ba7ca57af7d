"""The fault matrix's server rows, each over a real socket: what a run makes of it, and what the server knows.

One test a row, named after it. ``met`` runs six people against a server that misbehaves as told, checks I1, I3 and I4
for everybody against the server's own record, and gives how the run ended.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import trustme
from delivering_parts import LETTER, StillClock, people
from fault_server import At, Decide, Fault, FaultServer, Moment, Then, always, behave

from digest.delivering import DeliveryOptions, Report, deliver
from digest.errors import LoginRefusedError, ServerRefusedError, TlsError, TryAgainError
from digest.model import Letter
from digest.smtp import SmtpTransport, Tls
from digest.store import Status, Store

SIX = people(6)
# More than the system keeps of what was sent and not read: its final dot cannot have left when the server goes.
LARGE = replace(LETTER, pieces=(*LETTER.pieces, (b"The ferry leaves at nine. " * 36 + b"\r\n") * 20_000))


@dataclass
class Met:
    """How a run ended, what the ledger says, and the server."""

    report: Report
    status: Status
    server: FaultServer

    @property
    def told(self) -> tuple[int, dict[str, int]]:
        """Exit status, and the counts that are not zero."""
        return self.report.exit_status, {name: count for name, count in self.report.counts.items() if count}

    @property
    def reasons(self) -> set[str]:
        """What the ledger says about those who do not have it."""
        return {delivery.reason for delivery in self.status.deliveries() if delivery.state != "accepted"}


@asynccontextmanager
async def serving(decide: Decide = behave, **server: Any) -> AsyncIterator[FaultServer]:
    """Serve on loopback."""
    async with FaultServer(decide, **server) as opened:
        yield opened


async def run(  # noqa: PLR0913  # a row names the few it needs
    server: FaultServer,
    *,
    store: Store | None = None,
    connections: int = 1,
    max_time: float | None = None,
    letter: Letter = LETTER,
    password: Callable[[], str] | None = None,
    **smtp: Any,
) -> Met:
    """Deliver to six people and compare ledger and server."""
    store = store or Store.in_memory()
    transport = SmtpTransport(server.options(**smtp), password=password)
    options = DeliveryOptions(connections=connections, max_time_seconds=max_time)
    with store.ledger(LETTER.edition) as ledger:
        report = await deliver(
            letter, SIX, transport=transport, ledger=ledger, clock=StillClock(), options=options
        )
    status = store.status(LETTER.edition)
    assert status is not None
    for delivery in status.deliveries():
        accepted = server.truth.accepted[delivery.email]
        assert accepted <= 1  # I1
        assert delivery.state != "accepted" or accepted == 1  # I3
        assert not accepted or delivery.state in {"accepted", "in_doubt"}  # I4
    assert not server.truth.violations
    return Met(report, status, server)


async def met(decide: Decide, **more: Any) -> Met:
    """Serve as told and deliver once; ``offers`` and the like are the server's."""
    names = ("offers", "tls", "implicit", "largest_crowd", "injected", "evil_data")
    for_server = {name: more.pop(name) for name in names if name in more}
    async with serving(decide, **for_server) as server:
        return await run(server, **more)


def first(at: At, fault: Fault) -> Decide:
    """Misbehave once, whichever letter it is."""
    left = [fault]
    return lambda moment: left.pop() if left and moment.at is at else None


def for_one(at: At, fault: Fault) -> Decide:
    """Misbehave for one person, always."""
    return lambda moment: fault if moment.at is at and moment.recipient == SIX[2].address else None


def reply(text: bytes, then: Then = Then.GO_ON) -> Fault:
    """Say a line."""
    return Fault(text + b"\r\n", then)


# --- before the first letter --------------------------------------------------------------------------------


async def test_s01_nobody_listens() -> None:
    """Connection refused: all planned, 75."""
    async with serving() as server:
        pass
    ended = await run(server)
    assert ended.told == (75, {"planned": 6})
    assert isinstance(ended.report.stopped_by, TryAgainError)


async def test_s02_greeted_with_421() -> None:
    """A server without room: all planned, 75; with --max-time it is waited for."""
    ended = await met(always(At.GREETING, reply(b"421 4.3.2 no room", Then.HANG_UP)))
    assert ended.told == (75, {"planned": 6})
    ended = await met(first(At.GREETING, reply(b"421 4.3.2 no room", Then.HANG_UP)), max_time=600)
    assert ended.told == (0, {"accepted": 6})


async def test_s03_greeted_with_554() -> None:
    """Turned away: nothing more is tried, 78."""
    ended = await met(always(At.GREETING, reply(b"554 5.7.1 not you", Then.HANG_UP)))
    assert ended.told == (78, {"planned": 6})
    assert ended.server.truth.connections == 1


@pytest.mark.parametrize(
    "greeting", [Fault(b"", Then.SILENCE), reply(b"HTTP/1.1 400 Bad Request"), Fault(b"\x00\x80\xff\r\n")]
)
async def test_s04_no_smtp_at_all(greeting: Fault) -> None:
    """Silence, HTTP or noise: 78, with the host and what was seen."""
    ended = await met(always(At.GREETING, greeting))
    assert ended.told == (78, {"planned": 6})
    assert "127.0.0.1" in str(ended.report.stopped_by)


@pytest.mark.parametrize("at", [At.MAIL, At.RCPT, At.DATA])
@pytest.mark.parametrize("then", [Then.HANG_UP, Then.RESET])
@pytest.mark.parametrize("offers", [(), ("PIPELINING",)])
async def test_s05_lost_before_the_dot(at: At, then: Then, offers: tuple[str, ...]) -> None:
    """A connection lost at any stage before the dot: the same run sends that letter again, once."""
    ended = await met(first(at, Fault(b"", then)), offers=offers)
    assert ended.told == (0, {"accepted": 6})


async def test_s06_only_helo_is_known() -> None:
    """EHLO refused: HELO, and no extension is assumed."""
    ended = await met(always(At.HELLO, reply(b"502 5.5.1 what?")), offers=())
    assert ended.told == (0, {"accepted": 6})


async def test_s07_a_hello_without_end() -> None:
    """More than can be a reply: the connection is closed by us, 75."""
    ended = await met(always(At.HELLO, Fault(b"250-x\r\n" * 400_000, Then.SILENCE)))
    assert ended.told == (75, {"planned": 6})


# --- envelope -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [At.MAIL, At.RCPT])
async def test_s08_421_in_the_envelope(at: At) -> None:
    """Closed, and tried again over a new connection; a server that goes on so ends the run with 75."""
    ended = await met(first(at, reply(b"421 4.3.2 going down", Then.HANG_UP)))
    assert ended.told == (0, {"accepted": 6})
    ended = await met(always(at, reply(b"421 4.3.2 going down", Then.HANG_UP)))
    assert ended.report.exit_status == 75
    assert not ended.server.truth.accepted


async def test_s09_mail_451() -> None:
    """The whole server is waited for, nobody is blamed for it: 75, and few tries."""
    ended = await met(always(At.MAIL, reply(b"451 4.3.0 try later")))
    assert ended.report.exit_status == 75
    assert ended.report.counts["refused"] == 0
    assert len(ended.server.truth.mail_lines) <= 5


async def test_s10_the_sender_is_refused() -> None:
    """Twice in a row: the run stops, 78, everybody stays planned."""
    ended = await met(always(At.MAIL, reply(b"550 5.7.1 not your address")))
    assert ended.told == (78, {"planned": 6})
    assert isinstance(ended.report.stopped_by, ServerRefusedError)
    assert len(ended.server.truth.mail_lines) <= 3


async def test_s11_greylisting() -> None:
    """One is put off, the others have it, the next run finishes."""
    store = Store.in_memory()
    async with serving(for_one(At.RCPT, reply(b"451 4.7.1 greylisted"))) as server:
        ended = await run(server, store=store)
        assert ended.told == (75, {"accepted": 5, "deferred": 1})
        server.decide = behave
        ended = await run(server, store=store)
        assert ended.told == (0, {"accepted": 6})


@pytest.mark.parametrize("said", [b"452 4.5.3 too many recipients", b"454 4.7.28 slow down"])
async def test_s12_throttled(said: bytes) -> None:
    """Too fast for a domain: its people wait and get it in the same run; nobody is lost."""
    ended = await met(first(At.RCPT, reply(said)))
    assert ended.told == (0, {"accepted": 6})


async def test_s13_no_such_reader() -> None:
    """Refused for good: 1, and no second try in the next run."""
    store = Store.in_memory()
    async with serving(for_one(At.RCPT, reply(b"550 5.1.1 no such user"))) as server:
        for _ in range(2):
            ended = await run(server, store=store)
            assert ended.report.counts["refused"] == 1
        assert server.truth.refused[SIX[2].address] == 1
    assert ended.reasons == {"5.1.1 no such user"}


async def test_s14_refused_by_policy() -> None:
    """One person's policy refusal is final and says why; whole domains: see test_delivering_run."""
    ended = await met(for_one(At.RCPT, reply(b"550 5.7.26 not authenticated")))
    assert ended.told == (1, {"accepted": 5, "refused": 1})
    assert ended.reasons == {"5.7.26 not authenticated"}


async def test_s15_will_forward() -> None:
    """251 is accepted."""
    ended = await met(always(At.RCPT, reply(b"251 2.1.5 will forward")))
    assert ended.told == (0, {"accepted": 6})


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (b"451 4.3.0 not now", (0, {"accepted": 6})),
        (b"554 5.6.0 not this", (1, {"accepted": 5, "refused": 1})),
    ],
)
async def test_s16_data_refused(said: bytes, told: tuple[int, dict[str, int]]) -> None:
    """4xx is tried again, 5xx is final for that letter; RSET before the next."""
    assert (await met(first(At.DATA, reply(said)))).told == told


async def test_s17_data_answered_250() -> None:
    """An answer out of turn: nothing was sent, the connection is given up, the letter goes again."""
    assert (await met(first(At.DATA, reply(b"250 fine")))).told == (0, {"accepted": 6})


async def test_s18_lost_in_the_content() -> None:
    """No final dot, not accepted: sent again. A small letter leaves with its dot: then only the server knows."""
    ended = await met(first(At.BODY, Fault(b"", Then.RESET)), letter=LARGE, offers=())
    assert ended.told == (0, {"accepted": 6})
    ended = await met(first(At.BODY, Fault(b"", Then.RESET)))
    assert ended.told == (76, {"accepted": 5, "in_doubt": 1})


# --- the final dot ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("then", [Then.GO_ON, Then.HANG_UP])
async def test_s19_the_dot_is_answered_4xx(then: Then) -> None:
    """Put off; 421 also ends the connection. Proven not accepted, so it may go again."""
    said = b"421 4.3.2 not now" if then is Then.HANG_UP else b"451 4.3.0 not now"
    ended = await met(first(At.DOT, reply(said, then)))
    assert ended.report.counts["accepted"] + ended.report.counts["deferred"] == 6
    assert ended.report.counts["in_doubt"] == 0


@pytest.mark.parametrize("accepts", [True, False])
@pytest.mark.parametrize("then", [Then.HANG_UP, Then.RESET])
async def test_s20_hung_up_after_the_dot(then: Then, accepts: bool) -> None:  # noqa: FBT001  # parametrized
    """Only the server knows: in doubt, 76, and never sent again by ourselves."""
    store = Store.in_memory()
    async with serving(first(At.DOT, Fault(b"", then, accepts=accepts))) as server:
        for _ in range(2):
            ended = await run(server, store=store)
            assert ended.told == (76, {"accepted": 5, "in_doubt": 1})
        assert sum(server.truth.contents.values()) <= 6


async def test_s21_silence_after_the_dot() -> None:
    """In doubt once the time for it is over."""
    ended = await met(first(At.DOT, Fault(b"", Then.SILENCE, accepts=True)))
    assert ended.told == (76, {"accepted": 5, "in_doubt": 1})


@pytest.mark.parametrize("half", [b"250 2.0", b"250-2.0.0 one\r\n", b"2"])
async def test_s22_half_a_reply(half: bytes) -> None:
    """A first digit is no reply: in doubt."""
    ended = await met(first(At.DOT, Fault(half, Then.HANG_UP, accepts=True)))
    assert ended.told == (76, {"accepted": 5, "in_doubt": 1})


async def test_s23_garbage_after_the_dot() -> None:
    """In doubt, and the connection is closed by us."""
    ended = await met(first(At.DOT, Fault(b"%$ not smtp\r\n", accepts=True)))
    assert ended.told == (76, {"accepted": 5, "in_doubt": 1})
    assert ended.server.truth.connections == 2


async def test_s24_another_2xx() -> None:
    """299 is accepted: taking it for a failure would mail twice."""
    assert (await met(always(At.DOT, reply(b"299 odd but fine")))).told == (0, {"accepted": 6})


@pytest.mark.parametrize("said", [b"354 again?", b"150 wait"])
async def test_s25_a_1xx_or_3xx_after_the_dot(said: bytes) -> None:
    """It means nothing here: in doubt, closed."""
    ended = await met(first(At.DOT, Fault(said + b"\r\n", accepts=True)))
    assert ended.told == (76, {"accepted": 5, "in_doubt": 1})


async def test_s26_a_reply_in_drips() -> None:
    """Waited for."""
    ended = await met(first(At.DOT, Fault(b"250 2.0.0 slow but sure\r\n", drip=0.01)))
    assert ended.told == (0, {"accepted": 6})


@pytest.mark.parametrize("second", [b"250 2.0.0 again\r\n", b"421 4.3.2 bye\r\n"])
async def test_s27_two_replies_to_one_command(second: bytes) -> None:
    """The first counts; a reply is never taken for the next letter's."""
    ended = await met(first(At.DOT, Fault(b"250 2.0.0 fine\r\n" + second)))
    assert ended.report.counts["accepted"] + ended.report.counts["in_doubt"] == 6
    assert ended.report.counts["in_doubt"] <= 1


async def test_s28_the_content_is_refused() -> None:
    """Three times in the same words: the run stops, 78; only who was announced already is refused as well."""
    ended = await met(always(At.DOT, reply(b"554 5.6.0 looks like spam")))
    assert ended.report.exit_status == 78
    assert ended.report.counts["refused"] in {3, 4}
    assert (await met(for_one(At.DOT, reply(b"554 5.6.0 no")))).told == (1, {"accepted": 5, "refused": 1})


async def test_s29_quit_is_not_answered() -> None:
    """Nobody waits for a goodbye."""
    assert (await met(always(At.QUIT, Fault(b"", Then.SILENCE)))).told == (0, {"accepted": 6})


async def test_s30_rset_fails() -> None:
    """A new connection."""
    answers = {At.RCPT: reply(b"550 5.1.1 no"), At.RSET: reply(b"502 5.5.1 what?")}
    one = SIX[2].address

    def decide(moment: Moment) -> Fault | None:
        return answers.get(moment.at) if moment.recipient == one else None

    assert (await met(decide)).told == (1, {"accepted": 5, "refused": 1})


@pytest.mark.parametrize("letters", [1, 2])
async def test_s31_closed_after_some_letters(letters: int) -> None:
    """Reconnected without a word, and without counting it against anybody."""

    def decide(moment: Moment) -> Fault | None:
        leaves = moment.at is At.DOT and (moment.letter + 1) % letters == 0
        return Fault(None, Then.HANG_UP) if leaves else None

    assert (await met(decide)).told == (0, {"accepted": 6})


async def test_s32_fewer_connections_than_asked_for() -> None:
    """The sixth is turned away with 421: the run goes on with those it has."""
    ended = await met(behave, connections=6, largest_crowd=2)
    assert ended.told == (0, {"accepted": 6})


async def test_s33_a_tarpit() -> None:
    """Slow replies are waited for."""
    ended = await met(always(At.RCPT, Fault(b"250 2.1.5 ok\r\n", drip=0.005)), connections=6)
    assert ended.told == (0, {"accepted": 6})


async def test_s34_larger_than_the_server_takes() -> None:
    """Refused before MAIL, and nothing of it leaves."""
    ended = await met(behave, offers=("SIZE 50",))
    assert ended.report.exit_status in {1, 78}
    assert not ended.server.truth.mail_lines
    assert any("the server takes 50" in reason for reason in ended.reasons)


async def test_s35_no_extension_is_offered() -> None:
    """Seven bits, one command a round trip."""
    assert (await met(behave, offers=())).told == (0, {"accepted": 6})


# --- trust and login ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls(authority: trustme.CA) -> Any:
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def told_nothing(ended: Met, error: type[Exception], status: int) -> None:
    """All stay planned, and neither letter nor password left."""
    assert ended.told == (status, {"planned": 6})
    assert isinstance(ended.report.stopped_by, error)
    assert not ended.server.truth.mail_lines
    assert not ended.server.truth.logins


async def secured(decide: Decide, context: Any, *, ca_file: str | None = None) -> Met:
    """Run with STARTTLS required and a login."""
    async with FaultServer(decide, tls=context, offers=("AUTH PLAIN", "PIPELINING")) as server:
        return await run(
            server, tls=Tls.STARTTLS, ca_file=ca_file, username="editor", password=lambda: "tide"
        )


async def test_s36_no_starttls_where_it_is_required() -> None:
    """Nothing is said in clear: 78."""
    told_nothing(await secured(behave, None), TlsError, 78)


async def test_s37_starttls_is_taken_back(tls: Any) -> None:
    """454 to STARTTLS is no leave to go on in clear: 78."""
    told_nothing(await secured(always(At.STARTTLS, reply(b"454 4.7.0 not now")), tls), TlsError, 78)


async def test_s38_a_certificate_nobody_trusts(tls: Any) -> None:
    """An unknown authority: 78, and the way out is named."""
    ended = await secured(behave, tls)
    told_nothing(ended, TlsError, 78)
    assert "--tls-ca" in str(ended.report.stopped_by)


async def test_s39_plaintext_before_the_handshake(tls: Any, authority: trustme.CA, tmp_path: Path) -> None:
    """What somebody slipped in behind the 220 is believed by nobody."""
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    async with FaultServer(tls=tls, injected=b"250 2.0.0 believe me\r\n") as server:
        ended = await run(server, tls=Tls.STARTTLS, ca_file=str(ca_file))
    assert ended.told[1] in ({"accepted": 6}, {"planned": 6})


async def test_s40_the_login_is_refused(tls: Any, authority: trustme.CA, tmp_path: Path) -> None:
    """One try, 77: more would lock the account."""
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    ended = await secured(always(At.AUTH, reply(b"535 5.7.8 no")), tls, ca_file=str(ca_file))
    assert ended.told == (77, {"planned": 6})
    assert isinstance(ended.report.stopped_by, LoginRefusedError)
    assert len(ended.server.truth.logins) == 1


async def test_s41_the_login_has_to_wait(tls: Any, authority: trustme.CA, tmp_path: Path) -> None:
    """454 to AUTH: later, 75."""
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    ended = await secured(always(At.AUTH, reply(b"454 4.7.0 later")), tls, ca_file=str(ca_file))
    assert ended.told == (75, {"planned": 6})


async def test_s42_no_login_in_clear() -> None:
    """A user name and no AUTH offered: 77, with what to do."""
    async with serving(offers=()) as server:
        ended = await run(server, username="editor", password=lambda: "tide")
    assert ended.told == (77, {"planned": 6})
    assert "TLS" in str(ended.report.stopped_by)


# --- words --------------------------------------------------------------------------------------------------


async def test_s43_words_that_would_steer_a_terminal() -> None:
    """Kept escaped and cut: no control character, at most 200 characters."""
    said = b"550 5.1.1 \x1b[31mred\x00\xe9" + b"x" * 5000
    ended = await met(always(At.RCPT, reply(said)))
    (reason,) = ended.reasons
    assert reason.isprintable()
    assert len(reason) <= 200


async def test_s44_a_server_that_takes_all_and_delivers_nothing() -> None:
    """Accepted is what the server said; what it does then is out of our sight, and docs/why.md says so."""
    assert (await met(behave)).told == (0, {"accepted": 6})
    why = Path(__file__).parents[2] / "docs" / "why.md"
    assert "delivers it nowhere" in why.read_text("utf-8")
