"""What the tests of store and delivering share: a letter, people, a still clock, a server by script.

``ScriptedTransport`` is a Transport in the process that answers as it is told and keeps the truth about what
it accepted; the wire tests do the same over sockets.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator

from digest.composing.filling import DATE, MESSAGE_ID, RECIPIENT
from digest.errors import DigestError
from digest.model import Connection, Letter, Observer, Parcel, Receipt, Slot, SlotEncoding, Stage, Subscriber
from digest.smtp import ConnectionLostError, ServerUnavailableError

__all__ = ["LETTER", "ScriptedTransport", "SharedClock", "StillClock", "accept", "people", "unavailable"]

LETTER = Letter(
    edition="harbour-7",
    subject="Harbour news",
    envelope_sender="news@example.org",
    message_id_domain="example.org",
    pieces=(
        b"To: ",
        Slot(RECIPIENT, SlotEncoding.HEADER),
        b"\r\nDate: ",
        Slot(DATE, SlotEncoding.HEADER),
        b"\r\nMessage-ID: ",
        Slot(MESSAGE_ID, SlotEncoding.HEADER),
        b"\r\nSubject: Harbour news\r\n\r\nThe ferry leaves at nine.\r\n",
    ),
)
OK = Receipt(Stage.DOT, 250, "2.0.0 taken", "2.0.0")
Script = Callable[[str, int], Receipt]


class StillClock:
    """Time that passes only when somebody waits for it."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.waits: list[float] = []

    def now(self) -> float:
        """Seconds since the epoch: 14 November 2023, and what was waited."""
        return 1_700_000_000.0 + self.seconds

    def monotonic(self) -> float:
        """What was waited."""
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        self.waits.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)


class SharedClock(StillClock):
    """Time that passes when nobody has anything to do: until whoever waits least is due."""

    def __init__(self) -> None:
        super().__init__()
        self._due: list[float] = []
        self._changes = 0

    async def sleep(self, seconds: float) -> None:
        """Wait while the others go on."""
        self.waits.append(seconds)
        due = self.seconds + seconds
        self._due.append(due)
        self._changes += 1
        try:
            while self.seconds < due:
                before = self._changes
                for _ in range(30):  # turns of the loop: whoever can go on goes on
                    await asyncio.sleep(0)
                if before == self._changes and due <= min(self._due):
                    self.seconds = max(self.seconds, due)
        finally:
            self._due.remove(due)
            self._changes += 1


def people(count: int, *, domains: int = 3) -> list[Subscriber]:
    """Make readers at some domains."""
    return [
        Subscriber(f"reader{number}@town{number % domains}.example.org", f"Reader {number}")
        for number in range(count)
    ]


def accept(_recipient: str, _visit: int) -> Receipt:
    """Accept every letter."""
    return OK


class ScriptedTransport:
    """Answers each letter as ``script(recipient, visit)`` says; visits of a person count from 0.

    A receipt without a code ends the connection, as does 421. ``opening`` gives what opening a connection
    raises, or None. ``accepts_in_doubt``: whether letters whose answer is lost after the dot were taken. ``pause`` is
    how long a letter takes.
    """

    def __init__(
        self,
        script: Script = accept,
        *,
        opening: Callable[[], DigestError | None] = lambda: None,
        rehearsal: str | None = None,
        accepts_in_doubt: bool = True,
        pause: Callable[[], Awaitable[None]] = lambda: asyncio.sleep(0),
    ) -> None:
        self.script = script
        self.opening = opening
        self.rehearsal = rehearsal
        self.accepts_in_doubt = accepts_in_doubt
        self.pause = pause
        self.is_slow_to_answer = False  # other connections go on between a content and its answer
        self.accepted: Counter[str] = Counter()
        self.visits: Counter[str] = Counter()
        self.order: list[str] = []
        self.opened = 0
        self.closed = 0
        self.most_open = 0

    @property
    def name(self) -> str:
        """What the plan shows."""
        return "scripted:"

    async def open(self) -> Connection:
        """Open one more connection."""
        await asyncio.sleep(0)
        error = self.opening()
        if error is not None:
            raise error
        self.opened += 1
        self.most_open = max(self.most_open, self.opened - self.closed)
        return _ScriptedConnection(self)


class _ScriptedConnection:
    def __init__(self, transport: ScriptedTransport) -> None:
        self._transport = transport
        self.rehearsal = transport.rehearsal

    async def send(self, next_parcel: Callable[[], Parcel | None], observer: Observer) -> None:
        for parcel in _pulled(next_parcel):
            await self._transport.pause()
            receipt = self._answer(parcel, observer)
            if self._transport.is_slow_to_answer:
                await asyncio.sleep(0)
            observer.answered(parcel, receipt)
            if receipt.code in {None, 421}:
                raise ConnectionLostError("the connection ended", receipt=receipt)

    def _answer(self, parcel: Parcel, observer: Observer) -> Receipt:
        transport, recipient = self._transport, parcel.envelope.recipient
        receipt = transport.script(recipient, transport.visits[recipient])
        transport.visits[recipient] += 1
        if receipt.stage in {Stage.BODY, Stage.DOT}:
            observer.committing(parcel)
        if receipt.stage is Stage.DOT:
            first = (receipt.code or 0) // 100
            if first == 2 or (first in {0, 1, 3} and transport.accepts_in_doubt):
                transport.accepted[recipient] += 1
                transport.order.append(recipient)
        return receipt

    async def close(self) -> None:
        self._transport.closed += 1


def _pulled(next_parcel: Callable[[], Parcel | None]) -> Iterator[Parcel]:
    while (parcel := next_parcel()) is not None:
        yield parcel


def unavailable() -> ServerUnavailableError:
    """Say that nobody listens."""
    return ServerUnavailableError("nobody listens", receipt=Receipt(Stage.CONNECT, None))
