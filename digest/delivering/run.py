"""Deliver: connections, letters filled as they go, receipts into the ledger.

Workers pull letters over their connections; ``Course`` hands the letters out and takes the answers, so that
all decisions are made in one place between two awaits. Only the network and the clock are awaited here.

A letter counts as sent when its ``accepted`` record stands in the ledger's journal. A run that is cut off at
any moment leaves at most one letter a connection in doubt.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterable
from datetime import UTC, datetime
from typing import Final, TypeVar

from digest.delivering.batch import Batch, MeteredBatch
from digest.delivering.clock import SystemClock
from digest.delivering.course import Course, Write
from digest.delivering.options import DeliveryOptions
from digest.delivering.plans import decisions, outside
from digest.delivering.policy import back_off
from digest.delivering.report import Progress, Report
from digest.delivering.servers import Server, Servers, UsedUpError
from digest.errors import ConfigurationError, DigestError, TryAgainError
from digest.model import About, Clock, Connection, Ledger, Letter, Subscriber, Transport
from digest.store.roster import Roster

__all__ = ["deliver", "rehearsal_of"]

T = TypeVar("T")
# After being asked to stop, what is in flight may take so long (L1); then it is left in doubt.
_GRACE_SECONDS: Final = 10.0
# A quota that is used up for longer ends the run: what is called again by cron need not wait in memory.
_LONGEST_PAUSE_SECONDS: Final = 900.0


async def rehearsal_of(transport: Transport) -> str | None:
    """Connect once to learn whether letters to this transport count; gives the ledger scope if they do not.

    Raises:
        TryAgainError: the server is not there, or has no room now.
        LoginRefusedError: it refused the login.
        TlsError: no trustworthy encryption.
        ServerRefusedError: it refuses us altogether.
    """
    connection = await transport.open()
    try:
        return connection.rehearsal
    finally:
        await connection.close()


async def deliver(  # noqa: PLR0913  # the public verb: each argument is a part a caller may bring
    letter: Letter,
    subscribers: Roster | Iterable[Subscriber],
    *,
    transport: Transport,
    ledger: Ledger[Roster] | None = None,
    options: DeliveryOptions | None = None,
    clock: Clock | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: asyncio.Event | None = None,
    write: Write | None = None,
) -> Report:
    """Carry the letter to everyone it is owed to, and tell what came of it.

    Expected trouble (a server that refuses us, a full disk) ends the run and stands in the report's
    ``stopped_by``; it is not raised, since what was sent until then is worth a report. ``stop`` lets what is
    in flight finish; cancelling the task leaves it in doubt. ``write`` gives letters that are written already; what
    ``letter`` says of them is then its edition, subject and envelope sender.

    Raises:
        InvalidListError: before anything is sent, when somebody in ``subscribers`` cannot be mailed.
        TemplateError: before anything is sent, when the letter needs a column that the list has not.
        InvalidInputError: the same, where the condition names one.
        StoreError: before anything is sent, when the ledger cannot be written.
    """
    from digest.composing import check_columns

    options, clock = options or DeliveryOptions(), clock or SystemClock()
    with contextlib.ExitStack() as stack:
        roster = (
            subscribers if isinstance(subscribers, Roster) else stack.enter_context(Roster.of(subscribers))
        )
        check_columns(letter, roster.columns)
        # A ledger of one's own says what counts; one made for this call only has nothing to keep apart.
        scope = ledger.scope if ledger else None
        if ledger is None:
            from digest.delivering.forgetting import forgetful_ledger

            ledger = stack.enter_context(forgetful_ledger(letter.edition))
        about = About(subject=letter.subject, message_id_domain=letter.message_id_domain, started=clock.now())
        ledger.begin(
            roster,
            decisions(options.in_doubt),
            suppression=options.suppression,
            about=about,
            outside=outside(roster, options.where),
        )
        started = clock.monotonic()
        try:
            course = Course(letter, ledger, options=options, clock=clock, progress=progress, write=write)
            servers = (
                transport if isinstance(transport, Servers) else Servers([Server(transport)], clock=clock)
            )
            servers.begin()
            for server in servers:
                course.remember(server.allowance, server=server.name)
            run = _Run(course, servers, scope, options=options, clock=clock, stop=stop or asyncio.Event())
            await run.all()
        finally:
            stopped_by = _end(ledger, clock)
        course.tell()
        return Report(
            edition=letter.edition,
            counts={str(state): count for state, count in ledger.counts().items()},
            sent=course.accepted,
            postponed=course.postponed,
            passed_over=course.passed_over,
            seconds=clock.monotonic() - started,
            stopped_by=stopped_by or course.halted_by,
            interrupted=run.stop.is_set(),
        )


def _end(ledger: Ledger[Roster], clock: Clock) -> DigestError | None:
    """Fold the ledger; what cannot be folded (a full disk) stays in the journal for the next run."""
    try:
        ledger.end(clock.now())
    except DigestError as error:
        return error
    return None


class _Run:
    """The workers of one run."""

    def __init__(  # noqa: PLR0913  # made in one place
        self,
        course: Course,
        servers: Servers,
        scope: str | None,
        *,
        options: DeliveryOptions,
        clock: Clock,
        stop: asyncio.Event,
    ) -> None:
        self._course = course
        self._servers = servers
        self._scope = scope
        self._options = options
        self._clock = clock
        self.stop = stop
        self._over = asyncio.Event()  # set for a moment when waiting may have become pointless
        self._ever_open = False
        self._failures = 0  # to open one, in a row
        limit = options.max_time_seconds
        self._deadline = clock.monotonic() + limit if limit is not None else None

    async def all(self) -> None:
        """Work until nobody is left whom this run can mail."""
        if self._servers.only is not None:  # who carries what needs no word with each letter then
            try:
                self._course.carried_by(self._servers.only.name)
            except DigestError:
                return  # the course is halted by it
        count = min(self._options.connections, self._course.total)
        workers = [asyncio.ensure_future(self._worker()) for _ in range(count)]
        watcher = asyncio.ensure_future(self._watch(workers))
        try:
            await asyncio.gather(*workers)
        except asyncio.CancelledError:
            if not self.stop.is_set() or _is_being_cancelled():
                raise
        finally:
            for task in (watcher, *workers):
                task.cancel()
            await asyncio.gather(watcher, *workers, return_exceptions=True)

    async def _watch(self, workers: Iterable[asyncio.Task[None]]) -> None:
        """Once asked to stop, give what is in flight some seconds."""
        await self.stop.wait()
        self._course.stop()
        await self._clock.sleep(_GRACE_SECONDS)
        for worker in workers:
            worker.cancel()

    async def _worker(self) -> None:
        """Use one connection after the other, while the server lets us have one more."""
        crowd = self._course.crowd
        while self._has_work():
            wait = crowd.wait(self._clock.monotonic())
            if wait:
                await self._unless_stopped(self._clock.sleep(wait), self._over)
                continue
            crowd.enter()
            connected = await self._connect()
            is_dismissed = connected is None
            if connected is not None:
                server, connection = connected
                server.connections += 1
                try:
                    is_dismissed = await self._use(server, connection)
                finally:
                    server.connections -= 1
                    await connection.close()
            if not is_dismissed:
                crowd.leave()
            if not crowd.working:
                self._wake()
        self._wake()

    def _wake(self) -> None:
        """Have those look again who wait for a place or a limit: nobody works any more, or nobody is left to mail."""
        self._over.set()
        self._over.clear()

    def _has_work(self) -> bool:
        return self._course.has_work() and not self.stop.is_set()

    async def _connect(self) -> tuple[Server, Connection] | None:
        """Open a connection, waiting for a troubled server; None when the place was given up."""
        crowd = self._course.crowd
        while self._has_work():
            try:
                connected = await self._unless_stopped(self._servers.connect())
            except UsedUpError as error:
                if not await self._outwait(error.seconds, error.what):
                    break
                continue
            except TryAgainError as error:
                if crowd.working > 1:
                    # The server gives us fewer connections than we would like: go on with those (S32).
                    crowd.turned_away(self._clock.monotonic())
                    return None
                if not await self._may_try_again(error):
                    break
                continue
            except DigestError as error:
                self._course.halt(error)
                break
            if connected is None or not await self._fits(connected[1]):
                break
            self._failures, self._ever_open = 0, True
            return connected
        crowd.leave()
        return None

    async def _may_try_again(self, error: TryAgainError) -> bool:
        self._failures += 1
        wait = self._course.jittered(back_off(self._failures))
        if self._deadline is not None:
            over = self._clock.monotonic() + wait > self._deadline
        else:
            over = not self._ever_open or self._failures >= self._options.max_attempts
        if over:
            self._course.halt(error)
            return False
        await self._pause(wait, f"the server is not there: {error.what}")
        return True

    async def _fits(self, connection: Connection) -> bool:
        """Check that what is counted as a rehearsal is one, and that what counts is none."""
        if self._scope is None or self._scope.startswith(("test:", "debug:")):
            return True
        if (connection.rehearsal is not None) == (self._scope != ""):
            return True
        what = "a rehearsal" if connection.rehearsal else "no rehearsal"
        self._course.halt(
            ConfigurationError(
                f"this server is {what}, the ledger says otherwise",
                where=self._servers.name,
                hint="run the command again",
            )
        )
        await connection.close()
        return False

    async def _use(self, server: Server, connection: Connection) -> bool:
        """Send over one connection until it ends, has carried its share, or nothing is left for it.

        Tells whether it was dismissed: the crowd counts it no more then.
        """
        batch = self._batch(server)
        while True:
            try:
                await connection.send(batch.next_parcel, batch.observer)
            except TryAgainError:
                # The answers say what it means for the letters; the connection is gone in any case.
                if not batch.answered_any:
                    self._failures += 1
                    await self._pause(
                        self._course.jittered(back_off(self._failures)), "the connection was lost"
                    )
                else:
                    self._failures = 0
                return batch.is_dismissed
            except DigestError as error:
                self._course.halt(error)
                return batch.is_dismissed
            wait = self._course.wait_seconds()
            if wait is None or self.stop.is_set() or batch.is_used_up:
                return batch.is_dismissed
            if self._servers.is_better_left(server):
                return batch.is_dismissed
            wait = max(wait, server.allowance.wait(self._clock.monotonic()))
            if not await self._outwait(wait, "the rate allows no more letters"):
                return batch.is_dismissed

    def _batch(self, server: Server) -> Batch:
        limit = self._options.messages_per_connection
        if self._servers.only is server:
            return Batch(self._course, limit)
        return MeteredBatch(self._course, limit, server, clock=self._clock)

    async def _outwait(self, seconds: float, what: str) -> bool:
        """Wait until a limit allows more; False where that takes longer than a run waits, which ends it."""
        if seconds > _LONGEST_PAUSE_SECONDS and self._deadline is None:
            self._course.halt(_quota_error(what, self._clock.now() + seconds))
            return False
        if self._is_too_late(seconds):
            self._course.halt(
                TryAgainError("the time for this run is over", hint="run the same command again")
            )
            return False
        self._course.tell(waiting="waiting, to send no faster than the rate allows")
        await self._unless_stopped(self._clock.sleep(seconds), self._over)
        return True

    def _is_too_late(self, wait: float) -> bool:
        return self._deadline is not None and self._clock.monotonic() + wait > self._deadline

    async def _pause(self, seconds: float, why: str) -> None:
        self._course.tell(waiting=why)
        await self._unless_stopped(self._clock.sleep(seconds))

    async def _unless_stopped(self, work: Coroutine[object, object, T], *more: asyncio.Event) -> T | None:
        """Await something, but no longer than until the run is asked to stop (or one more event is set)."""
        task = asyncio.ensure_future(work)
        events = [asyncio.ensure_future(event.wait()) for event in (self.stop, *more)]
        try:
            await asyncio.wait({task, *events}, return_when=asyncio.FIRST_COMPLETED)
            return task.result() if task.done() else None
        finally:
            for one in (task, *events):
                one.cancel()
            await asyncio.gather(task, *events, return_exceptions=True)


def _quota_error(what: str, free_at: float) -> TryAgainError:
    free = datetime.fromtimestamp(free_at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    return TryAgainError(
        f"{what} until {free}",
        hint="`digest run` goes on by itself when it is called then",
    )


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
