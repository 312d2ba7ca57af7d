"""The course of a run: hands letters out, takes answers in, decides by the policy, writes to the ledger.

Nothing here waits. Connections pull a letter when they are ready for one, so at most one a connection is in
flight (two where the next envelope travels with a content), and memory holds one claim of people at most.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from digest.delivering.crowd import Crowd
from digest.delivering.domains import Domains, Standing
from digest.delivering.options import DeliveryOptions
from digest.delivering.policy import Streak, rule
from digest.delivering.rate import Allowance, parse_rate
from digest.delivering.report import Progress
from digest.errors import DigestError
from digest.model import Claimed, Clock, Envelope, Ledger, Letter, Outcome, Parcel, Receipt, State, Subscriber
from digest.smtp import verdict
from digest.store.roster import Roster

__all__ = ["Course", "Write"]

# Gives a subscriber's message, and whether it is known to be proper (see Parcel); the time is for its Date.
Write: TypeAlias = Callable[[Subscriber, float], tuple[bytes, bool]]

_CLAIM: Final = 500  # one fdatasync for so many; after a power loss at most these are in doubt
_TELL_SECONDS: Final = 0.1


class Course:
    """The observer of a run's connections, and what they pull from."""

    def __init__(  # noqa: PLR0913  # made in one place
        self,
        letter: Letter,
        ledger: Ledger[Roster],
        *,
        options: DeliveryOptions,
        clock: Clock,
        progress: Callable[[Progress], None] | None,
        write: Write | None = None,
    ) -> None:
        from digest.composing import Filler

        self._letter = letter
        self._write = write or Filler(letter, message_id_key=ledger.message_id_key).filled
        self._ledger = ledger
        self._options = options
        self._clock = clock
        self._progress = progress
        self._allowance = Allowance(parse_rate(options.rate))
        owed = ledger.owed()
        self.total = owed if options.limit is None else min(owed, options.limit)
        self._untried = self.total
        self._again: deque[Claimed] = deque()  # those to try again, who come first
        self._claimed: Iterator[Claimed] = iter(())
        self._domains = Domains(max_attempts=options.max_attempts, rates=options.domain_rates)
        self.crowd = Crowd(options.connections)
        self.remember(self._allowance)
        for domain, allowance in self._domains.quotas():
            self.remember(allowance, domain=domain)
        self._flying: dict[int, Claimed] = {}
        self._tries: dict[int, int] = {}  # of this run, of those who are tried again
        self._counts = dict.fromkeys(State, 0)
        self._streak = Streak()
        self._passed_over: dict[str, str] = {}
        self._rest_until = float("-inf")
        self._is_slowed = self._allowance.has_limits  # by a rate, or since the server once wanted a rest
        self._stopped = False
        self.halted_by: DigestError | None = None
        self._started = self._told = clock.monotonic()
        self._random = random.Random()  # noqa: S311  # jitter, nothing secret

    def remember(self, allowance: Allowance, *, domain: str | None = None, server: str | None = None) -> None:
        """Let quotas of an hour or a day know what earlier runs sent; rehearsals count for nothing."""
        window = allowance.remembers
        if window is None or self._ledger.scope:
            return
        now, monotonic = self._clock.now(), self._clock.monotonic()
        times = self._ledger.sent_since(
            now - window.seconds, limit=window.count, domain=domain, server=server
        )
        allowance.remember(monotonic - max(0.0, now - at) for at in times)

    @property
    def accepted(self) -> int:
        """Letters this run had accepted."""
        return self._counts[State.ACCEPTED]

    @property
    def passed_over(self) -> dict[str, str]:
        """Domains this run gave up on, and what their servers said last."""
        return dict(self._passed_over)

    @property
    def postponed(self) -> int:
        """People this run tried and left planned."""
        return self._counts[State.PLANNED]

    # --- handing out ----------------------------------------------------------------------------------------

    def has_work(self) -> bool:
        """Tell whether somebody is left to be mailed by this run."""
        return not self._stopped and (bool(self._again) or bool(self._domains.aside) or self._untried > 0)

    def wait_seconds(self) -> float | None:
        """Tell how long to wait for the next letter; None when there is none left to hand out."""
        if not self.has_work():
            return None
        now = self._clock.monotonic()
        wait = max(self._rest_until - now, self._allowance.wait(now))
        if self._domains.is_full or (not self._again and self._untried <= 0):
            wait = max(wait, self._domains.wait(now))
        return wait

    def next_parcel(self) -> Parcel | None:
        """Give the next letter, None when there is none now."""
        if self._stopped:
            return None
        # On an open road nothing holds letters back: no rate, no rest, no domain that is or was in trouble.
        is_open = not (self._is_slowed or self._domains.any_known)
        person = self._next_person() if is_open else self._next_allowed(self._clock.monotonic())
        if person is None:
            return None
        delivery, subscriber = person
        try:
            message, is_proper = self._write(subscriber, self._clock.now())
        except DigestError as error:  # a letter written before is gone, or was changed
            self.halt(error)
            return None
        self._flying[delivery] = person
        return Parcel(
            delivery, Envelope(self._letter.envelope_sender, subscriber.address), message, is_proper
        )

    def _next_person(self) -> Claimed | None:
        if self._again:
            return self._again.popleft()
        person = next(self._claimed, None) or self._claim()
        if person is not None:
            self._untried -= 1
        return person

    def _next_allowed(self, now: float) -> Claimed | None:
        """Take the next person who may be mailed now, and count them."""
        if self._rest_until > now or self._allowance.wait(now) > 0:
            return None
        person = self._next_rested(now)
        if person is not None:
            self._allowance.take(now)
            self._domains.take(_domain(person), now)
        return person

    def _next_rested(self, now: float) -> Claimed | None:
        """Take the next person whose domain is not resting; those of resting domains wait aside."""
        person = self._domains.rested(now)
        while person is None and not self._domains.is_full:
            candidate = self._next_person()
            if candidate is None:
                return None
            standing = self._domains.standing(_domain(candidate), now)
            if standing is Standing.OPEN:
                person = candidate
            elif standing is Standing.RESTING:
                self._domains.put_aside(_domain(candidate), candidate)
            else:
                self._pass_over(candidate)
                if standing is Standing.USED_UP:
                    self._passed_over.setdefault(_domain(candidate), "")
        return person

    def _pass_over(self, person: Claimed) -> None:
        """Leave somebody planned as before, for a later run; a limit lets somebody else have the place."""
        self._counts[State.PLANNED] += 1
        if self._options.limit is not None:
            self._untried += 1
        self._tries.pop(person.delivery, None)
        try:
            self._ledger.release(person.delivery)
        except DigestError as error:
            self.halt(error)

    def _claim(self) -> Claimed | None:
        """Claim some more people, and give the first of them."""
        if self._untried <= 0:
            return None
        # Fewer by those in flight, so that no more than one batch is ever claimed without an answer.
        count = max(self._options.connections, _CLAIM - len(self._flying))
        try:
            self._claimed = iter(self._ledger.claim(min(count, self._untried)))
        except DigestError as error:
            self.halt(error)
            return None
        person = next(self._claimed, None)
        if person is None:
            self._untried = 0  # a limit hoped for somebody in place of those passed over
        return person

    # --- taking in (the Observer protocol) ------------------------------------------------------------------

    def carried_by(self, server: str) -> None:
        """Have what is written down from here on count for this server; raises when it cannot be."""
        try:
            self._ledger.carried_by(server)
        except DigestError as error:
            self.halt(error)
            raise

    def committing(self, parcel: Parcel) -> None:
        """Write down that the content is about to leave; raises when it cannot be, and then it must not."""
        try:
            self._ledger.committing(parcel.key)
        except DigestError as error:
            self.halt(error)
            raise

    def answered(self, parcel: Parcel, receipt: Receipt, then: Parcel | None = None) -> None:
        """Take the answer to one letter, and write down that another's content is about to leave."""
        person = self._flying.pop(parcel.key)
        tries = self._tries.pop(parcel.key, 0) + 1
        judgement = verdict(receipt)
        ruling = rule(
            judgement,
            receipt,
            tries=tries,
            max_attempts=self._options.max_attempts,
            streak=self._streak,
        )
        self._streak = ruling.streak
        if ruling.stop is not None:
            self.halt(ruling.stop)
        given_up = None
        if self._domains.is_concerned(judgement):
            now = self._clock.monotonic()
            given_up = self._domains.answered(_domain(person), judgement, now, self.jittered)
        if given_up:
            self._passed_over[given_up] = receipt.text
            for dropped in self._domains.drop(given_up):
                self._pass_over(dropped)
        if ruling.wait_seconds:
            self.crowd.objected(self._clock.monotonic())
            self._rest_until = self._clock.monotonic() + self.jittered(ruling.wait_seconds)
            self._is_slowed = True
        self._record(parcel.key, ruling.state, receipt, then)
        if ruling.retry and not self._stopped and not given_up:
            self._ledger.claim_again(parcel.key)
            self._tries[parcel.key] = tries
            self._again.appendleft(person)
            return
        self._counts[ruling.state] += 1
        if self._progress is not None and self._clock.monotonic() - self._told >= _TELL_SECONDS:
            self.tell()

    def _record(self, delivery: int, state: State, receipt: Receipt, then: Parcel | None) -> None:
        reason = ""
        if state is not State.ACCEPTED:
            reason = receipt.text or f"the connection was lost at {receipt.stage}"
        outcome = Outcome(delivery, state, self._clock.now(), receipt.code, receipt.enhanced, reason)
        try:
            self._ledger.answered(outcome, then.key if then is not None else None)
        except DigestError as error:
            self.halt(error)
            raise

    # --- the run as a whole ---------------------------------------------------------------------------------

    def halt(self, error: DigestError) -> None:
        """Hand out nothing more, for this reason; the first one is told."""
        self._stopped = True
        self.halted_by = self.halted_by or error

    def stop(self) -> None:
        """Hand out nothing more, as asked."""
        self._stopped = True

    def jittered(self, seconds: float) -> float:
        """Spread waits, so that connections and runs do not come back all at once."""
        return seconds * self._random.uniform(0.75, 1.25)

    def tell(self, *, waiting: str = "") -> None:
        """Tell whoever asked how the run stands."""
        if self._progress is None:
            return
        now = self._told = self._clock.monotonic()
        self._progress(
            Progress(
                total=self.total,
                accepted=self._counts[State.ACCEPTED],
                deferred=self._counts[State.DEFERRED],
                refused=self._counts[State.REFUSED],
                in_doubt=self._counts[State.IN_DOUBT],
                seconds=now - self._started,
                waiting=waiting,
            )
        )


def _domain(person: Claimed) -> str:
    return person.subscriber.address.rpartition("@")[2]
