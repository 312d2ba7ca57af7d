"""Bytes out, replies in, on a transport that is connected and logged in.

A protocol that takes the place of aiosmtplib's once that has opened the connection
(``asyncio.Transport.set_protocol``), since aiosmtplib waits for every reply before the next command and cannot
tell a lost envelope from a lost final dot. It knows stages only as time limits; who says what when is
``dialogue``'s.

State: usable → failed, once and for good, with the reason in words. Nothing is written after that.
"""

from __future__ import annotations

import asyncio
import math
import types
from collections.abc import Coroutine, Generator, Sequence
from typing import TypeVar

from digest.model import Stage
from digest.smtp.options import StageTimeouts
from digest.smtp.replies import GarbageError, Reply, ReplyReader

__all__ = ["BLOCK_BYTES", "Wire"]

# Longer letters go out block by block, each waiting until the one before has left, so that the instant before
# their final dot is known. As much as asyncio's own high-water mark and less than a usual socket buffer.
BLOCK_BYTES = 64 * 1024

T = TypeVar("T")


@types.coroutine
def _pause() -> Generator[None]:
    """Hand control back to whoever drives the dialogue: see ``Wire.run``."""
    yield


class Wire(asyncio.Protocol):
    """One connection's two directions."""

    def __init__(self, transport: asyncio.Transport, timeouts: StageTimeouts) -> None:
        self.failure: str | None = None
        self.unasked: Reply | None = None
        self._is_sound = True  # it stands, and nothing unasked has come in
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._reader = ReplyReader()
        self._replies: list[Reply] = []
        self._stages: Sequence[Stage] = ()
        self._dialogue: Coroutine[None, None, None] | None = None
        self._over: asyncio.Future[None] | None = None
        self._is_awaited = False  # the dialogue waits for replies, or for bytes to leave
        self._paused = False
        self._closed: asyncio.Future[None] = self._loop.create_future()
        self._goodbye_seconds = timeouts.goodbye
        # One coarse timer instead of one a reply, and no look at the clock: what is waited for changes four times
        # a letter, and is minutes away.
        seconds = {
            Stage.MAIL: timeouts.command,
            Stage.RCPT: timeouts.command,
            Stage.DATA: timeouts.data,
            Stage.BODY: timeouts.block,
            Stage.DOT: timeouts.dot,
        }
        self._tick_seconds = min(5.0, min(seconds.values()) / 8)
        self._ticks = {stage: math.ceil(limit / self._tick_seconds) for stage, limit in seconds.items()}
        self._ticks_left = 0
        self._timer: asyncio.TimerHandle | None = None
        # "Resumed" shall mean that everything has left, see pour(). Not high=0: asyncio's and uvloop's TLS
        # transports pause at size >= high, so an empty buffer would count as full and never resume.
        transport.set_write_buffer_limits(high=1, low=0)
        transport.set_protocol(self)
        if transport.is_closing():
            self._fail("the connection was closed")

    @property
    def is_usable(self) -> bool:
        """Whether a command may go out."""
        return self._is_sound and not self._transport.is_closing()

    def why_unusable(self) -> str:
        """Say in words why nothing can go out any more."""
        if self.failure is not None:
            return self.failure
        if self.unasked is not None:
            return f"the server said, unasked: {self.unasked.code} {self.unasked.text}"
        return (
            "the server sent part of a reply, unasked"
            if self._reader.is_between_replies is False
            else "closed"
        )

    async def run(self, dialogue: Coroutine[None, None, None]) -> None:
        """Run a dialogue to its end: ``ask``, ``pour`` and ``wait_for`` are for what runs here, and for it alone.

        It goes on in the very call that brings its replies. A task would go on a turn of the loop later, woken by a
        future and a handle made anew for each letter: some 4 µs.
        """
        assert self._dialogue is None, "one dialogue at a time"
        self._dialogue, self._over = dialogue, self._loop.create_future()
        try:
            self._go_on()
            await self._over
        finally:
            dialogue.close()
            self._dialogue = self._over = None
            self._is_awaited = False

    async def wait_for(self, done: asyncio.Future[T]) -> T:
        """Wait for something that does not come over the wire."""
        if not done.done():
            done.add_done_callback(lambda _: self._go_on())
            await _pause()
        return done.result()

    async def ask(self, out: bytes, stages: Sequence[Stage]) -> list[Reply]:
        """Write commands (or a content's end), give their replies in order: fewer than asked if it failed."""
        if not self.is_usable:
            return []
        self._replies = []
        self._stages = stages
        self._transport.write(out)
        if self._has_to_wait(stages[0]):
            await _pause()
        replies, self._replies, self._stages = self._replies, [], ()
        return replies

    async def pour(self, content: bytes) -> bool:
        """Write content, without its final dot, and wait until all of it has left; False if it did not."""
        for start in range(0, len(content), BLOCK_BYTES):
            if not self.is_usable:
                return False
            self._transport.write(content[start : start + BLOCK_BYTES])
            if self._paused and self._has_to_wait(Stage.BODY):
                await _pause()
        return self.is_usable

    async def close(self) -> None:
        """Say QUIT where anybody listens, and end the connection within seconds, whatever the server does."""
        try:
            async with asyncio.timeout(self._goodbye_seconds):
                if self.is_usable:
                    await self.run(self._say_goodbye())
                self._transport.close()
                await asyncio.shield(self._closed)
        except TimeoutError:
            self.abort()
            # Aborting reports the loss in the next round of the loop.
            await asyncio.shield(self._closed)
        finally:
            self.abort()

    async def _say_goodbye(self) -> None:
        await self.ask(b"QUIT\r\n", (Stage.MAIL,))

    def abort(self, why: str = "the connection was given up") -> None:
        """End the connection at once; bytes still here are dropped."""
        self._fail(why)
        self._transport.abort()

    # --- what the event loop calls ---

    def data_received(self, data: bytes) -> None:
        """Take what arrived: replies to what was asked, and anything beyond that as unasked."""
        if self.failure is not None:
            return
        try:
            self._reader.feed(data, self._replies)
        except GarbageError as error:
            self._keep_asked()
            self.abort(f"the server sent no reply but: {error.seen}")
            return
        got, asked = len(self._replies), len(self._stages)
        if got > asked or (got == asked and not self._reader.is_between_replies):
            self._keep_asked()
        if got < asked:
            if got:
                self._ticks_left = self._ticks[self._stages[got]]
        elif asked or self.unasked is not None:  # unasked in the middle of a content: no use in pouring on
            self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note the end of the connection."""
        self._fail(f"the connection was lost: {exc}" if exc else "the server closed the connection")
        if not self._closed.done():
            self._closed.set_result(None)

    def pause_writing(self) -> None:
        """Note that bytes of ours wait here."""
        self._paused = True

    def resume_writing(self) -> None:
        """Note that all bytes of ours have left."""
        self._paused = False
        if not self._stages:
            self._wake()

    # --- within ---

    def _keep_asked(self) -> None:
        """Set aside what nobody asked for: the connection cannot be trusted to match replies any more."""
        asked = len(self._stages)
        if len(self._replies) > asked:
            self.unasked = self._replies[asked]
            del self._replies[asked:]
        self._is_sound = False

    def _has_to_wait(self, stage: Stage) -> bool:
        """Get ready to pause until the replies are there or the bytes have left; False where neither is to come."""
        if self.failure is not None:
            return False
        self._ticks_left = self._ticks[stage]
        if self._timer is None:
            self._timer = self._loop.call_later(self._tick_seconds, self._tick)
        self._is_awaited = True
        return True

    def _wake(self) -> None:
        if self._is_awaited:
            self._is_awaited = False
            self._go_on()

    def _go_on(self) -> None:
        dialogue, over = self._dialogue, self._over
        if dialogue is None or over is None or over.done():
            return  # it was given up meanwhile
        try:
            dialogue.send(None)
        except StopIteration:
            over.set_result(None)
        except BaseException as error:  # noqa: BLE001  # carried to whoever runs the dialogue
            over.set_exception(error)

    def _tick(self) -> None:
        self._timer = None
        if not self._is_awaited or self.failure is not None:
            return
        self._ticks_left -= 1
        if self._ticks_left < 0:
            what = "take the letter" if self._paused and not self._stages else "answer"
            self.abort(f"the server did not {what} in time")
            return
        self._timer = self._loop.call_later(self._tick_seconds, self._tick)

    def _fail(self, why: str) -> None:
        self._is_sound = False
        if self.failure is None:
            self.failure = why
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._wake()
