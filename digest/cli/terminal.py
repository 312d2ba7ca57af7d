"""What commands share at the terminal: one event loop, safe text, questions, signals."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn, TypeVar

import click

__all__ = ["Interrupted", "asking", "is_interactive", "plain", "run", "run_stoppable"]

_Result = TypeVar("_Result")


def plain(text: str) -> str:
    """Escape what a terminal would obey: control characters from servers, articles and lists."""
    return "".join(
        character if character.isprintable() or character == "\t" else f"\\x{ord(character):02x}"
        for character in text
    )


def is_interactive() -> bool:
    """Tell whether a person sits at both ends: questions and progress are for them only."""
    return sys.stdin.isatty() and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def run(main: Coroutine[Any, Any, _Result]) -> _Result:
    """Run a coroutine to its end: the one place where an event loop starts."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(main)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


@contextmanager
def asking() -> Iterator[None]:
    """Let signals end the command while a person is asked: the loop, which waits for the answer, cannot take them."""

    def leave(number: int, _frame: object) -> NoReturn:
        if number == signal.SIGINT:
            raise click.Abort
        raise SystemExit(128 + number)

    kept = {number: signal.signal(number, leave) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


class Interrupted:
    """Remembers which signal asked to stop. The first one leaves at once, but where something is to be finished."""

    def __init__(self) -> None:
        self.stop = asyncio.Event()
        self.signal: signal.Signals | None = None
        self._task: asyncio.Task[Any] | None = None
        self._finishes = False

    @property
    def exit_status(self) -> int | None:
        """130 after SIGINT, 143 after SIGTERM, None when nothing interrupted."""
        return None if self.signal is None else 128 + self.signal

    def watch(self) -> None:
        """Take SIGINT and SIGTERM for the running task."""
        self._task = asyncio.current_task()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._interrupt, number)

    @contextmanager
    def finishing(self) -> Iterator[None]:
        """While inside, the first signal sets ``stop`` and only the second one cancels what runs."""
        self._finishes = True
        try:
            yield
        finally:
            self._finishes = False

    def _interrupt(self, number: signal.Signals) -> None:
        if self._task is not None and (self.signal is not None or not self._finishes):
            self._task.cancel()
        self.signal = number
        self.stop.set()


def run_stoppable(main: Callable[[Interrupted], Coroutine[Any, Any, int]]) -> int:
    """Run what may be stopped in good order: where letters are in flight once finishes them, twice leaves now."""

    async def watched() -> int:
        interrupted = Interrupted()
        interrupted.watch()
        try:
            status = await main(interrupted)
        except asyncio.CancelledError:
            if interrupted.exit_status is None:
                raise
            click.echo("digest: interrupted", err=True)
            return interrupted.exit_status
        return interrupted.exit_status or status

    return run(watched())
