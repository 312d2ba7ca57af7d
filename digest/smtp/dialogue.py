"""Who says what when, for one letter after the other: plain stages, or several commands a round trip.

Both ways share the ``Desk``, which knows which parcels are under way and how far, and sees to it that each is
answered exactly once, whatever happens.

Pipelined, in steady state, one group a letter:
``content k, CR LF . CR LF | MAIL k+1 | RCPT k+1 | DATA`` → four replies. The content of k+1 leaves only when its
RCPT was taken *and* its DATA answered 354.

The instant at which a letter may count as accepted is the one at which its final dot is handed to the
operating system: ``Desk.stage`` turns from BODY to DOT just before.

Source: RFC 5321 3.3, 4.1.1; RFC 2920 3.1 (content may begin a group, DATA must end it).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from digest.model import Observer, Parcel, Receipt, Stage
from digest.smtp.commands import Extensions, Transmission, prepare
from digest.smtp.replies import Reply, receipt
from digest.smtp.wire import BLOCK_BYTES, Wire

if TYPE_CHECKING:
    from digest.smtp.signing import SigningThreads  # its keys take 10 ms to load, and few sign themselves

__all__ = ["Desk", "SeveredError", "send_pipelined", "send_staged"]

_DOT = b".\r\n"
_DATA = b"DATA\r\n"
_RSET = b"RSET\r\n"
_ENVELOPE = (Stage.MAIL, Stage.RCPT, Stage.DATA)
_LAST_WORDS = frozenset({2, 4, 5})  # classes of replies that end a letter


class SeveredError(Exception):
    """The dialogue cannot go on over this connection. ``receipt`` is how it ended."""

    def __init__(self, ending: Receipt, *, out_of_step: bool = False) -> None:
        super().__init__(ending.text)
        self.receipt = ending
        self.out_of_step = out_of_step


class Desk:
    """The parcels under way on one connection: at most one whose content goes out, and one announced."""

    def __init__(
        self,
        next_parcel: Callable[[], Parcel | None],
        observer: Observer,
        extensions: Extensions,
        signing: SigningThreads | None = None,
    ) -> None:
        self.leaving: Parcel | None = None
        self.announced: Parcel | None = None
        self.stage = Stage.MAIL
        self._next_parcel = next_parcel
        self._observer = observer
        self._extensions = extensions
        self._signing = signing
        self._growth = signing.growth if signing is not None else 0

    def pull(self) -> Transmission | None:
        """Fetch the next parcel that can go out; those that cannot are answered here."""
        while (parcel := self._next_parcel()) is not None:
            prepared = prepare(parcel, self._extensions, growth=self._growth)
            if isinstance(prepared, Transmission):
                self.announced = parcel
                if self._signing is None:
                    return prepared
                # Begun now and needed a round trip later. Of the parcel's bytes, not of the stuffed ones.
                return prepared._replace(signature=self._signing.begin(parcel.message))
            self._observer.answered(parcel, prepared)
        return None

    def agree(self) -> None:
        """Note that the server waits for the content of the announced parcel, unless that is noted already."""
        if self.announced is not None:
            self.leaving, self.announced, self.stage = self.announced, None, Stage.DATA

    def commit(self) -> None:
        """Have it written down that the agreed content leaves now, unless that is written already."""
        if self.stage is not Stage.BODY:
            assert self.leaving is not None
            self._observer.committing(self.leaving)
            self.stage = Stage.BODY

    def answer_leaving(self, answer: Receipt) -> None:
        """Report the reply to a final dot."""
        parcel, self.leaving = self.leaving, None
        assert parcel is not None
        self._observer.answered(parcel, answer)

    def change_over(self, answer: Receipt) -> None:
        """Report the reply to a final dot while the server waits for the announced content: both in one write."""
        parcel = self.leaving
        assert parcel is not None
        self.agree()
        self.stage = Stage.BODY  # before the call: where it fails, nothing leaves, and nothing was sent
        self._observer.answered(parcel, answer, self.leaving)

    def answer_announced(self, answer: Receipt) -> None:
        """Report the reply that ended an envelope."""
        parcel, self.announced = self.announced, None
        assert parcel is not None
        self._observer.answered(parcel, answer)

    def settle(self, why: str) -> None:
        """Answer what is still under way when the dialogue ended: in doubt if its dot left, else not sent."""
        leaving, announced = self.leaving, self.announced
        self.leaving = self.announced = None
        try:
            if leaving is not None:
                self._observer.answered(leaving, Receipt(self.stage, None, why))
        finally:
            if announced is not None:
                self._observer.answered(announced, Receipt(Stage.MAIL, None, why))


async def send_staged(wire: Wire, desk: Desk) -> None:
    """Send parcels with one command a round trip.

    Raises:
        SeveredError: the connection can carry no more.
    """
    reset = False
    while True:
        _check(wire)
        transmission = desk.pull()
        if transmission is None:
            break
        if reset:
            _demand(wire, await wire.ask(_RSET, (Stage.MAIL,)), Stage.MAIL)
        reset = await _one_staged(wire, desk, transmission)
    if reset:
        _demand(wire, await wire.ask(_RSET, (Stage.MAIL,)), Stage.MAIL)


async def _one_staged(wire: Wire, desk: Desk, transmission: Transmission) -> bool:
    """Send one; tells whether an envelope is left open that needs RSET."""
    for stage, line in zip(_ENVELOPE, (transmission.mail, transmission.rcpt, _DATA), strict=True):
        reply = _only(wire, await wire.ask(line, (stage,)), stage)
        if not _is_agreed(stage, reply):
            desk.answer_announced(receipt(stage, reply))
            _go_on_after(stage, reply)
            return stage is not Stage.MAIL
    desk.agree()
    _check(wire)
    group = await _hand_over(wire, desk, transmission, b"")
    _end(wire, desk, await wire.ask(group, (Stage.DOT,)))
    return False


async def send_pipelined(wire: Wire, desk: Desk) -> None:
    """Send parcels with one round trip each.

    Raises:
        SeveredError: the connection can carry no more.
    """
    ready: Transmission | None = None
    reset = False
    while True:
        _check(wire)
        upcoming = desk.pull()
        if ready is None and upcoming is None:
            break
        commands = b""
        envelope: tuple[Stage, ...] = ()
        if upcoming is not None:
            commands, envelope = upcoming.mail + upcoming.rcpt + _DATA, _ENVELOPE
        if ready is not None:
            group = await _hand_over(wire, desk, ready, commands)
            replies = _end(wire, desk, await wire.ask(group, (Stage.DOT, *envelope)))
        elif reset:
            replies = await wire.ask(_RSET + commands, (Stage.MAIL, *envelope))
            # A server that refuses RSET got the next MAIL within the old envelope. Nothing was sent in it, and
            # that shall not happen again: the next connections go step by step, where RSET stands alone.
            _demand(wire, replies[:1], Stage.MAIL, out_of_step=bool(replies))
            replies = replies[1:]
        else:
            replies = await wire.ask(commands, envelope)
        ready, reset = None, False
        if upcoming is not None and _all_agreed(replies):
            desk.agree()
            ready = upcoming
        elif upcoming is not None:
            reset = await _ended_early(wire, desk, replies)
    if reset:
        _demand(wire, await wire.ask(_RSET, (Stage.MAIL,)), Stage.MAIL)


def _all_agreed(replies: list[Reply]) -> bool:
    return (
        len(replies) == len(_ENVELOPE)
        and replies[0].code // 100 == replies[1].code // 100 == 2
        and replies[2].code == 354
    )


async def _ended_early(wire: Wire, desk: Desk, replies: list[Reply]) -> bool:
    """Judge the replies to an envelope that no content follows; tells whether RSET is needed."""
    refused = (each for each in zip(_ENVELOPE, replies, strict=False) if not _is_agreed(*each))
    stage, reply = next(refused, (None, None))
    if stage is None or reply is None:
        raise SeveredError(_ending(wire, _ENVELOPE[len(replies)]))
    if len(replies) == len(_ENVELOPE) and not _is_in_step([each.code for each in replies]):
        # Replies that cannot belong to these commands: somewhere one is missing or too many, and none can be
        # trusted. The person did nothing wrong: not sent.
        text = f"the replies fit no command: {', '.join(str(each.code) for each in replies)}"
        raise SeveredError(Receipt(Stage.MAIL, None, text), out_of_step=True)
    desk.answer_announced(receipt(stage, reply))
    if reply.code == 421 or len(replies) < len(_ENVELOPE):
        raise SeveredError(receipt(stage, reply))
    _go_on_after(stage, reply)
    if replies[2].code == 354:
        # RFC 2920 3.1: DATA was taken though nobody is to get it. A lone dot ends it; what is said to that
        # does not matter (an empty letter to nobody).
        _only(wire, await wire.ask(_DOT, (Stage.DOT,)), Stage.DATA)
    return replies[0].code // 100 == 2


async def _hand_over(wire: Wire, desk: Desk, transmission: Transmission, following: bytes) -> bytes:
    """Commit a content and give what is to be written last: its dot, and the commands that follow."""
    content = transmission.content
    if transmission.signature is not None:
        content = await wire.wait_for(transmission.signature) + content
        _check(wire)
    desk.commit()
    if len(content) > BLOCK_BYTES:
        if not await wire.pour(content):
            if wire.unasked is not None:
                # Answered in the middle of the content, most often 552 or 421: surely not accepted.
                desk.answer_leaving(receipt(Stage.BODY, wire.unasked))
            raise SeveredError(_ending(wire, Stage.BODY))
        content = b""
    desk.stage = Stage.DOT
    return b"".join((content, _DOT, following))


def _end(wire: Wire, desk: Desk, replies: list[Reply]) -> list[Reply]:
    """Report the reply to the dot, which is the first; gives the others."""
    if not replies:
        raise SeveredError(_ending(wire, Stage.DOT))
    code = replies[0].code
    answer = receipt(Stage.DOT, replies[0])
    others = replies[1:]
    if code == 421 or code // 100 not in _LAST_WORDS:
        desk.answer_leaving(answer)
        raise SeveredError(answer, out_of_step=code != 421)
    if _all_agreed(others):
        desk.change_over(answer)
    else:
        desk.answer_leaving(answer)
    return others


def _is_agreed(stage: Stage, reply: Reply) -> bool:
    return reply.code == 354 if stage is Stage.DATA else reply.code // 100 == 2


def _is_in_step(codes: list[int]) -> bool:
    mail, rcpt, data = (code // 100 for code in codes)
    if data == 2 or 3 in {mail, rcpt}:
        return False
    # A server that refused MAIL has no transaction that a recipient could be added to (503).
    return not (mail in {4, 5} and rcpt == 2)


def _go_on_after(stage: Stage, reply: Reply) -> None:
    if reply.code == 421 or reply.code // 100 not in {4, 5}:
        raise SeveredError(receipt(stage, reply), out_of_step=reply.code != 421)


def _only(wire: Wire, replies: list[Reply], stage: Stage) -> Reply:
    if not replies:
        raise SeveredError(_ending(wire, stage))
    return replies[0]


def _demand(wire: Wire, replies: list[Reply], stage: Stage, *, out_of_step: bool = False) -> None:
    reply = _only(wire, replies, stage)
    if reply.code // 100 != 2:
        raise SeveredError(receipt(stage, reply), out_of_step=out_of_step and reply.code != 421)


def _check(wire: Wire) -> None:
    if not wire.is_usable:
        ending = _ending(wire, Stage.MAIL)
        raise SeveredError(ending, out_of_step=ending.code not in {None, 421})


def _ending(wire: Wire, stage: Stage) -> Receipt:
    if wire.failure is None and wire.unasked is not None:
        return receipt(stage, wire.unasked)
    return Receipt(stage, None, wire.why_unusable())
