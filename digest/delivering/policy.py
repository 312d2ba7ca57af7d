"""What follows from an answer: one pure table from judgement, tries and what went before.

``smtp.verdict`` says what an answer means; here it is decided what becomes of the person (a state), of the
letter (tried again in this run or not), of the server (left alone for a while) and of the run (ended, with
the reason in words). Trouble with the server is never put down to a person: they stay planned.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from digest.errors import DigestError, LoginRefusedError, ServerRefusedError, TryAgainError
from digest.model import Receipt, State, Verdict
from digest.smtp import Cause, Judgement, Scope

__all__ = ["Ruling", "Streak", "back_off", "rule"]

_SENDER_REFUSALS: Final = 2  # S10: the second one shows that it is not the person
_CONTENT_REFUSALS: Final = 3  # S28: the same words thrice in a row concern what everybody gets
_DOUBTS: Final = 20  # in a row; a restart of the server cuts all connections at once, 16 by default
_FIRST_WAIT_SECONDS: Final = 1.0
_LONGEST_WAIT_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Streak:
    """What the server did in a row, over all connections; an accepted letter ends it."""

    sender_refusals: int = 0
    content_refusals: int = 0
    content_text: str = ""
    troubles: int = 0
    doubts: int = 0


@dataclass(frozen=True, slots=True)
class Ruling:
    """What follows from one answer.

    ``state`` is recorded in any case. ``retry``: this letter is tried again in this run. ``wait_seconds``:
    nothing is sent before that time has passed. ``stop``: the run ends with this.
    """

    state: State
    streak: Streak
    retry: bool = False
    wait_seconds: float = 0.0
    stop: DigestError | None = None


_ACCEPTED: Final = Ruling(State.ACCEPTED, Streak())


def back_off(troubles: int) -> float:
    """Tell how many seconds to wait after so many troubles in a row: doubling, up to a minute."""
    doublings = max(0, min(troubles - 1, 10))
    return min(_LONGEST_WAIT_SECONDS, _FIRST_WAIT_SECONDS * (1 << doublings))


def rule(  # noqa: PLR0911  # the table: one answer, one consequence
    judgement: Judgement, receipt: Receipt, *, tries: int, max_attempts: int, streak: Streak
) -> Ruling:
    """Decide what follows from an answer. ``tries`` counts this one."""
    match judgement.verdict:
        case Verdict.ACCEPTED:
            return _ACCEPTED
        case Verdict.IN_DOUBT:
            return _doubt(streak)
        case Verdict.DEFERRED if judgement.scope in {Scope.SERVER, Scope.SENDER}:
            return _trouble(State.DEFERRED, receipt, tries=tries, max_attempts=max_attempts, streak=streak)
        case Verdict.DEFERRED if judgement.scope is Scope.DOMAIN:
            # "Too many", "try again later" from the recipients' domain: our speed, not the person's fault. The
            # domain rests (see domains.py); listmonk lost people by counting this against them (S12).
            return Ruling(State.DEFERRED, streak, retry=tries < max_attempts)
        case Verdict.DEFERRED:
            return Ruling(State.DEFERRED, streak)
        case Verdict.REFUSED:
            return _refused(judgement, receipt, tries=tries, max_attempts=max_attempts, streak=streak)
        case _:
            return _trouble(State.PLANNED, receipt, tries=tries, max_attempts=max_attempts, streak=streak)


def _doubt(streak: Streak) -> Ruling:
    """Never try again by ourselves: it may have arrived. A server that never answers a letter ends the run.

    ``smtp-sink -q .`` hangs up behind each dot: without an end everybody would be brought into doubt.
    """
    streak = replace(streak, troubles=streak.troubles + 1, doubts=streak.doubts + 1)
    stop = None
    if streak.doubts >= _DOUBTS:
        stop = TryAgainError(
            f"the server answered none of {streak.doubts} letters in a row",
            hint="look into its log; `digest status` lists who is in doubt, and --in-doubt says what to do",
        )
    return Ruling(State.IN_DOUBT, streak, stop=stop)


def _trouble(state: State, receipt: Receipt, *, tries: int, max_attempts: int, streak: Streak) -> Ruling:
    """The server, not the person: try the letter again after a while; end when it does not get better."""
    streak = replace(streak, troubles=streak.troubles + 1)
    if tries < max_attempts:
        return Ruling(state, streak, retry=True, wait_seconds=back_off(tries) if receipt.code else 0.0)
    stop = None
    if streak.troubles >= max_attempts:
        stop = TryAgainError(
            f"the server does not take letters now: {_words(receipt)}",
            hint="run the same command again later; nobody gets the letter twice",
        )
    return Ruling(state, streak, stop=stop)


def _refused(
    judgement: Judgement, receipt: Receipt, *, tries: int, max_attempts: int, streak: Streak
) -> Ruling:
    if judgement.cause is Cause.LOGIN:
        return Ruling(
            State.PLANNED,
            streak,
            stop=LoginRefusedError(
                f"the server wants another login: {_words(receipt)}",
                hint="check the user name and the password",
            ),
        )
    if judgement.scope is Scope.LETTER:
        same = receipt.text == streak.content_text
        count = streak.content_refusals + 1 if same else 1
        streak = replace(streak, content_refusals=count, content_text=receipt.text)
        stop = None
        if count >= _CONTENT_REFUSALS:
            stop = ServerRefusedError(
                f"the server refused the letter {count} times in a row: {_words(receipt)}",
                hint="it concerns the letter, not the people: `digest lint` may say why",
            )
        return Ruling(State.REFUSED, streak, stop=stop)
    if judgement.scope in {Scope.SENDER, Scope.SERVER}:
        streak = replace(streak, sender_refusals=streak.sender_refusals + 1)
        if streak.sender_refusals >= _SENDER_REFUSALS:
            stop = ServerRefusedError(
                f"the server refuses the sender: {_words(receipt)}",
                hint="check the sender's address and what this server lets it send",
            )
            return Ruling(State.PLANNED, streak, stop=stop)
        return Ruling(State.PLANNED, streak, retry=tries < max_attempts)
    return Ruling(State.REFUSED, streak)


def _words(receipt: Receipt) -> str:
    code = f"{receipt.code} " if receipt.code else ""
    return f"{code}{receipt.text}".strip() or f"the connection was lost at {receipt.stage}"
