"""An SMTP server that misbehaves where it is told to, and keeps the truth about what it accepted.

Raw asyncio, no SMTP library, so that it can send what no library would. Use::

    async with FaultServer(decide) as server:          # 127.0.0.1, a free port
        transport = SmtpTransport(server.options())    # short time limits, so that silence costs 1 s
        ...
    assert server.truth.accepted["jo@example.org"] <= 1

``decide`` is asked at each moment (greeting, hello, mail, rcpt, data, body, dot, rset, quit) and gives a
Fault, or None for good behaviour. ``server.decide = behave`` heals it. Ready-made: ``always(At.RCPT, fault)``,
``once(...)``, and ``seeded(seed, odds)``, which draws from ``CATALOGUE`` (the S-rows of FAULTS); the
same seed gives the same faults for the same people, whatever order they come in.

Truth: ``accepted`` counts per recipient the letters this server took for good, ``contents`` the DATA
transmissions that reached it whole, ``empty`` the letters it took for nobody (a lone dot), ``bodies`` the
bytes per recipient (dot-stuffing undone), ``violations`` what a client may never do (content without
recipients, pipelining that was not offered, commands in clear after STARTTLS).
"""

from __future__ import annotations

import asyncio
import base64
import enum
import random
import ssl
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from digest.smtp.options import SmtpOptions, StageTimeouts, Tls

__all__ = [
    "CATALOGUE",
    "QUICK",
    "At",
    "Fault",
    "FaultServer",
    "Moment",
    "Then",
    "always",
    "behave",
    "once",
    "seeded",
]

QUICK = StageTimeouts(
    connect=5.0, tls=2.0, greeting=1.0, command=1.0, data=1.0, block=1.0, dot=1.0, goodbye=0.2
)


class At(enum.StrEnum):
    """The moments at which the server can be told to misbehave."""

    GREETING = "greeting"
    HELLO = "hello"
    STARTTLS = "starttls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"
    DOT = "dot"
    RSET = "rset"
    QUIT = "quit"


class Then(enum.Enum):
    """What follows the reply of a fault."""

    GO_ON = enum.auto()
    HANG_UP = enum.auto()  # FIN
    RESET = enum.auto()  # RST
    SILENCE = enum.auto()  # the connection stands, nothing more is said


@dataclass(frozen=True, slots=True)
class Fault:
    """Say ``reply`` (raw bytes; None: what would have been said; b"": nothing), then do ``then``.

    ``accepts``, at the dot only: whether the server takes the letter before the fault; None: by the
    reply's first digit. ``drip``: seconds between single bytes of the reply.
    """

    reply: bytes | None = None
    then: Then = Then.GO_ON
    accepts: bool | None = None
    drip: float | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """Where a dialogue stands: both numbers count from 0, ``recipient`` is "" before RCPT."""

    at: At
    connection: int
    letter: int
    recipient: str


Decide = Callable[[Moment], Fault | None]


def behave(_moment: Moment) -> Fault | None:
    """Misbehave never."""
    return None


def always(at: At, fault: Fault) -> Decide:
    """Misbehave at each moment of one kind."""
    return lambda moment: fault if moment.at is at else None


def once(at: At, fault: Fault, *, letter: int = 0) -> Decide:
    """Misbehave once, at the given letter of whichever connection comes there first."""
    left = [fault]

    def decide(moment: Moment) -> Fault | None:
        return left.pop() if left and moment.at is at and moment.letter == letter else None

    return decide


def _replies(at: At, *texts: bytes) -> list[tuple[At, Fault]]:
    return [(at, Fault(text + b"\r\n")) for text in texts]


# Every S-row that can happen in the midst of sending. Those of connecting have tests of their own.
CATALOGUE: tuple[tuple[At, Fault], ...] = (
    *(
        (at, Fault(b"", then))
        for at in (At.MAIL, At.RCPT, At.DATA, At.BODY)
        for then in (Then.HANG_UP, Then.RESET)
    ),
    *((at, Fault(b"421 4.3.2 going down\r\n", Then.HANG_UP)) for at in (At.MAIL, At.RCPT, At.DATA)),
    *_replies(At.MAIL, b"451 4.3.0 try again later", b"452 4.3.1 disk full", b"299 fine"),
    *_replies(
        At.RCPT, b"450 4.7.1 greylisted", b"451 4.7.1 greylisted", b"452 4.5.3 too many", b"454 throttled"
    ),
    *_replies(
        At.RCPT,
        b"550 5.1.1 no such user",
        b"550 5.7.1 policy",
        b"251 will forward",
        b"550-5.1.1 no\r\n550 none",
    ),
    *_replies(At.RCPT, b"550 \x1b[31mred\x00\xe9 text", b"450 " + b"x" * 20_000),
    *_replies(At.DATA, b"451 4.3.0 not now", b"554 5.6.0 no", b"250 wrong code", b"\x80\x81 garbage"),
    *_replies(At.DOT, b"451 4.3.0 not now", b"554 5.6.0 not this", b"552 5.2.2 full", b"299 odd but fine"),
    (At.DOT, Fault(b"", Then.HANG_UP, accepts=True)),  # S20
    (At.DOT, Fault(b"", Then.HANG_UP, accepts=False)),
    (At.DOT, Fault(b"", Then.RESET, accepts=True)),
    (At.DOT, Fault(b"", Then.RESET, accepts=False)),
    (At.DOT, Fault(b"", Then.SILENCE, accepts=True)),  # S21
    (At.DOT, Fault(b"", Then.SILENCE, accepts=False)),
    (At.DOT, Fault(b"250 2.0", Then.HANG_UP, accepts=True)),  # S22
    (At.DOT, Fault(b"250-", Then.HANG_UP, accepts=False)),
    (At.DOT, Fault(b"%$ not smtp\r\n", Then.GO_ON, accepts=True)),  # S23
    (At.DOT, Fault(b"%$ not smtp\r\n", Then.GO_ON, accepts=False)),
    (At.DOT, Fault(b"354 again?\r\n", Then.GO_ON, accepts=True)),  # S25
    (At.DOT, Fault(b"354 again?\r\n", Then.GO_ON, accepts=False)),
    (At.DOT, Fault(b"150 wait\r\n", Then.GO_ON, accepts=True)),
    (At.DOT, Fault(b"250 2.0.0 slow but sure\r\n", Then.GO_ON, drip=0.002)),  # S26
    (At.DOT, Fault(b"250 2.0.0 once\r\n250 2.0.0 twice\r\n", Then.GO_ON)),  # S27
    (At.DOT, Fault(b"250 2.0.0 fine\r\n421 4.3.2 bye\r\n", Then.HANG_UP)),
    (At.DOT, Fault(b"250 2.0.0 fine\r\n", Then.HANG_UP)),  # S31
    (At.DOT, Fault(b"421 4.3.2 not now\r\n", Then.HANG_UP)),  # S19
    (At.DOT, Fault(b"550 5.7.1 spam\r\n", Then.HANG_UP)),
    (At.RSET, Fault(b"502 5.5.1 what is RSET?\r\n")),  # S30
    (At.RSET, Fault(b"", Then.HANG_UP)),
    (At.MAIL, Fault(b"", Then.SILENCE)),
    (At.RCPT, Fault(b"", Then.SILENCE)),
    (At.DATA, Fault(b"", Then.SILENCE)),
    (At.QUIT, Fault(b"", Then.SILENCE)),  # S29
)


def seeded(seed: int, odds: float = 0.1, catalogue: tuple[tuple[At, Fault], ...] = CATALOGUE) -> Decide:
    """Misbehave with these odds at each moment; the draw depends on seed, person and visit alone."""
    visits: Counter[tuple[At, str]] = Counter()
    by_moment: dict[At, list[Fault]] = defaultdict(list)
    for at, fault in catalogue:
        by_moment[at].append(fault)

    def decide(moment: Moment) -> Fault | None:
        faults = by_moment.get(moment.at)
        if not faults:
            return None
        visit = (moment.at, moment.recipient)
        visits[visit] += 1
        draw = random.Random(f"{seed} {moment.at} {moment.recipient} {visits[visit]}")
        return draw.choice(faults) if draw.random() < odds else None

    return decide


@dataclass(slots=True)
class Truth:
    """What the server knows, whatever it said."""

    accepted: Counter[str] = field(default_factory=Counter)
    contents: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    bodies: dict[str, bytes] = field(default_factory=dict)
    senders: Counter[str] = field(default_factory=Counter)
    empty: int = 0
    connections: int = 0
    most_at_once: int = 0
    violations: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    mail_lines: list[bytes] = field(default_factory=list)


class _Leave(Exception):  # noqa: N818  # no error: the way out of a dialogue
    """The server ends this dialogue."""


class FaultServer:
    """The server; see the module."""

    def __init__(  # noqa: PLR0913  # a test names the few it needs
        self,
        decide: Decide = behave,
        *,
        offers: tuple[str, ...] = ("PIPELINING", "SIZE 10000000", "8BITMIME", "ENHANCEDSTATUSCODES"),
        tls: ssl.SSLContext | None = None,
        implicit: bool = False,
        evil_data: bool = False,
        injected: bytes = b"",
        largest_crowd: int | None = None,
    ) -> None:
        self.decide = decide
        self.offers = offers
        self.truth = Truth()
        self.port = 0
        self._tls = tls
        self._implicit = implicit
        self._evil_data = evil_data  # 354 to DATA although nobody is to get it
        self._injected = injected  # plaintext behind "220 Go ahead" (S39)
        self._largest_crowd = largest_crowd
        self._server: asyncio.Server | None = None
        self._dialogues: set[asyncio.Task[None]] = set()
        self._transports: list[asyncio.WriteTransport] = []

    def options(
        self,
        *,
        tls: Tls = Tls.NONE,
        ca_file: str | None = None,
        username: str | None = None,
        pipelining: bool = True,
    ) -> SmtpOptions:
        """Give options to reach this server, with short time limits."""
        return SmtpOptions(
            host="127.0.0.1",
            port=self.port,
            tls=tls,
            ca_file=ca_file,
            username=username,
            pipelining=pipelining,
            timeouts=QUICK,
        )

    async def idle(self) -> None:
        """Wait until nobody talks any more: what a client that is gone had sent was then taken."""
        async with asyncio.timeout(30):
            while self._dialogues:
                await asyncio.wait(self._dialogues)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._meet, "127.0.0.1", 0, ssl=self._tls if self._implicit else None, limit=1 << 20
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for dialogue in self._dialogues:
            dialogue.cancel()
        await asyncio.gather(*self._dialogues, return_exceptions=True)
        for transport in self._transports:
            transport.abort()
        for _ in range(20):  # what was aborted is closed in the next rounds of the loop
            await asyncio.sleep(0.001)
        await self._server.wait_closed()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._dialogues.add(task)
        self._transports.append(writer.transport)
        crowd = len(self._dialogues)
        self.truth.most_at_once = max(self.truth.most_at_once, crowd)
        number = self.truth.connections
        self.truth.connections += 1
        dialogue = _Dialogue(self, reader, writer, number)
        try:
            if self._largest_crowd is not None and crowd > self._largest_crowd:
                await dialogue.say(b"421 4.7.0 too many connections")
            else:
                await dialogue.talk()
        except (_Leave, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        except asyncio.CancelledError:
            # Only __aexit__ cancels. 3.11's streams report a cancelled callback as an unhandled error.
            pass
        finally:
            # Not waited for: after a TLS handshake that failed, 3.11's streams never report the end.
            writer.close()
            self._dialogues.discard(task)


class _Dialogue:
    def __init__(
        self, server: FaultServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        self._server = server
        self._truth = server.truth
        self._reader = reader
        self._writer = writer
        self._number = number
        self._letter = 0
        self._sender: str | None = None
        self._recipient = ""
        self._taken = False
        self._refused_reset = False
        self._encrypted = server._implicit

    async def say(self, line: bytes) -> None:
        """Say one reply line (or several, joined by CR LF)."""
        self._writer.write(line + b"\r\n")
        await self._writer.drain()

    async def talk(self) -> None:
        """Answer commands until somebody leaves."""
        await self._answer(At.GREETING, b"220 faults.example.org ESMTP")
        while True:
            line = await self._reader.readuntil(b"\n")
            # What stands behind the line came in the same group.
            behind = bool(self._reader._buffer)  # type: ignore[attr-defined]  # StreamReader has no public look
            if behind and not any(offer.upper() == "PIPELINING" for offer in self._server.offers):
                self._truth.violations.append(f"unoffered pipelining behind {line!r}")
            verb = line.split()[0].upper() if line.split() else b""
            step = getattr(self, f"_{verb.decode('ascii', 'replace').lower()}", None)
            if step is None:
                self._truth.violations.append(f"unknown command {line[:60]!r}")
                await self.say(b"500 5.5.2 what?")
            else:
                await step(line.rstrip(b"\r\n"))

    async def _answer(self, at: At, usual: bytes) -> bytes:
        """Say the usual reply, or what the fault says; gives what was said."""
        fault = self._server.decide(Moment(at, self._number, self._letter, self._recipient))
        if fault is None:
            await self.say(usual)
            return usual
        return await self._misbehave(fault, usual)

    async def _misbehave(self, fault: Fault, usual: bytes) -> bytes:
        said = usual + b"\r\n" if fault.reply is None else fault.reply
        if fault.drip is None:
            self._writer.write(said)
        else:
            for at in range(len(said)):
                self._writer.write(said[at : at + 1])
                await self._writer.drain()
                await asyncio.sleep(fault.drip)
        if fault.then is Then.RESET:
            self._writer.transport.abort()
        if fault.then in {Then.RESET, Then.HANG_UP}:
            raise _Leave
        await self._writer.drain()
        if fault.then is Then.SILENCE:
            await self._reader.read()  # until the client gives up
            raise _Leave
        return said

    async def _ehlo(self, _line: bytes) -> None:
        offers = [*self._server.offers]
        if self._server._tls is not None and not self._encrypted:
            offers.append("STARTTLS")
        names = [b"faults.example.org", *(offer.encode() for offer in offers)]
        lines = [b"250-" + name for name in names[:-1]] + [b"250 " + names[-1]]
        await self._answer(At.HELLO, b"\r\n".join(lines))

    async def _helo(self, _line: bytes) -> None:
        await self.say(b"250 faults.example.org")

    async def _starttls(self, _line: bytes) -> None:
        said = await self._answer(At.STARTTLS, b"220 2.0.0 go ahead")
        if not said.startswith(b"220"):
            return
        assert self._server._tls is not None
        if self._server._injected:
            self._writer.write(self._server._injected)
            await self._writer.drain()
        plain = self._writer.transport
        try:
            await self._writer.start_tls(self._server._tls)
        except BaseException:
            plain.abort()  # a handshake that failed leaves it open
            raise
        self._encrypted = True
        self._server._transports.append(self._writer.transport)

    async def _auth(self, line: bytes) -> None:
        words = line.split()
        if self._server._tls is not None and not self._encrypted:
            self._truth.violations.append("login in clear")
        if len(words) > 2 and words[1].upper() in {b"PLAIN", b"XOAUTH2"}:
            self._truth.logins.append(
                base64.b64decode(words[2]).decode().replace("\0", " ").replace("\1", " ").strip()
            )
        await self._answer(At.AUTH, b"235 2.7.0 welcome")

    async def _mail(self, line: bytes) -> None:
        if self._sender is not None:
            if not self._refused_reset:  # else it may stand in the same group as the RSET
                self._truth.violations.append("nested MAIL")
            await self.say(b"503 5.5.1 nested MAIL")
            return
        self._recipient = ""
        self._truth.mail_lines.append(line)
        said = await self._answer(At.MAIL, b"250 2.1.0 ok")
        if said.startswith(b"2"):
            self._sender = line[len(b"MAIL FROM:<") :].split(b">")[0].decode()
            self._truth.senders[self._sender] += 1

    async def _rcpt(self, line: bytes) -> None:
        if self._sender is None:
            await self.say(b"503 5.5.1 MAIL first")
            return
        self._recipient = line[len(b"RCPT TO:<") :].split(b">")[0].decode()
        said = await self._answer(At.RCPT, b"250 2.1.5 ok")
        self._taken = said.startswith(b"2")
        if said.startswith(b"5"):
            self._truth.refused[self._recipient] += 1

    async def _data(self, _line: bytes) -> None:
        if not self._taken and not self._server._evil_data:
            await self.say(
                b"503 5.5.1 RCPT first" if self._sender is None else b"554 5.5.1 no valid recipients"
            )
            return
        said = await self._answer(At.DATA, b"354 go on")
        if not said.startswith(b"354"):
            return
        await self._content()

    async def _content(self) -> None:
        fault = self._server.decide(Moment(At.BODY, self._number, self._letter, self._recipient))
        lines: list[bytes] = []
        while (line := await self._reader.readuntil(b"\r\n")) != b".\r\n":
            if fault is not None:
                # In the middle of the content, before its dot was read: it is not accepted.
                await self._misbehave(fault, b"")
            lines.append(line[1:] if line.startswith(b".") else line)
        body = b"".join(lines)
        if not self._taken:
            if body:
                self._truth.violations.append(f"content for nobody: {body[:40]!r}")
            self._truth.empty += 1
            self._reset()
            await self.say(b"554 5.5.1 no valid recipients")
            return
        self._truth.contents[self._recipient] += 1
        fault = self._server.decide(Moment(At.DOT, self._number, self._letter, self._recipient))
        usual = b"250 2.0.0 taken"
        says = usual if fault is None or fault.reply is None else fault.reply
        accepts = says.startswith(b"2") if fault is None or fault.accepts is None else fault.accepts
        if accepts:
            # Before anything is said: from here on the letter is the server's.
            self._truth.accepted[self._recipient] += 1
            self._truth.bodies[self._recipient] = body
        elif says.startswith(b"5"):
            self._truth.refused[self._recipient] += 1
        self._letter += 1
        self._reset()
        if fault is None:
            await self.say(usual)
        else:
            await self._misbehave(fault, usual)

    def _reset(self) -> None:
        self._sender, self._taken = None, False

    async def _rset(self, _line: bytes) -> None:
        said = await self._answer(At.RSET, b"250 2.0.0 ok")
        if said.startswith(b"2"):
            self._reset()
        else:
            self._refused_reset = True

    async def _quit(self, _line: bytes) -> None:
        await self._answer(At.QUIT, b"221 2.0.0 bye")
        raise _Leave
