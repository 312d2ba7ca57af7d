"""What a receipt means: one pure table of stage × code × enhanced code.

A verdict says what is known about the letter; the scope says whom or what the answer was about; the cause says
why, as far as codes tell. Retrying, waiting and stopping are decided elsewhere, from these facts.

Source: RFC 5321 4.2, 4.3.2; RFC 3463; RFC 7504; the S-rows of FAULTS.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from digest.model import Receipt, Stage, Verdict

__all__ = ["Cause", "Judgement", "Scope", "verdict"]


class Scope(enum.StrEnum):
    """Whom or what an answer was about, and so how far its consequences reach."""

    PERSON = "person"  # this recipient
    DOMAIN = "domain"  # everybody at the recipient's domain
    LETTER = "letter"  # the content: everybody gets nearly the same
    SENDER = "sender"  # the envelope sender: the same for everybody
    SERVER = "server"  # the server we speak to, or the way there


class Cause(enum.StrEnum):
    """Why, as far as the codes tell."""

    NONE = "none"  # accepted
    UNKNOWN_ADDRESS = "unknown_address"  # 5.1.x: no such mailbox or domain
    MAILBOX = "mailbox"  # 4.2.x, 5.2.x: full, disabled, moved
    POSTPONED = "postponed"  # 450, 451: greylisting, most often
    THROTTLED = "throttled"  # 421, 452, 454, 4.5.3, 4.7.x: too much at once, slow down
    POLICY = "policy"  # 5.7.x: SPF, DKIM, DMARC, reputation, not permitted
    SENDER = "sender"
    CONTENT = "content"
    SIZE = "size"  # 552 5.3.4: too large
    UNSUPPORTED = "unsupported"  # 8BITMIME or SMTPUTF8 needed and not offered
    LOGIN = "login"  # 530, 535 in the midst of sending
    SERVER = "server"  # it is ill, going down, or does not want us
    PROTOCOL = "protocol"  # an answer that fits no command
    LOST = "lost"  # no answer came


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a receipt means. ``verdict`` None: the letter was not sent, nothing is known, plan it again."""

    verdict: Verdict | None
    scope: Scope
    cause: Cause


_OK = Judgement(Verdict.ACCEPTED, Scope.PERSON, Cause.NONE)
_SUBJECTS = {
    "1": Cause.UNKNOWN_ADDRESS,
    "2": Cause.MAILBOX,
    "3": Cause.SERVER,
    "4": Cause.SERVER,
    "7": Cause.POLICY,
}
_LOGIN_CODES = frozenset({530, 534, 535, 538})


def verdict(receipt: Receipt) -> Judgement:
    """Tell what a receipt means."""
    code = receipt.code
    if code is None:
        return _lost(receipt.stage)
    if receipt.stage is Stage.DOT:
        return _after_dot(code, receipt.enhanced)
    if code in _LOGIN_CODES and code != 530:
        return Judgement(Verdict.REFUSED, Scope.SERVER, Cause.LOGIN)
    if code // 100 == 4:
        return _transient(receipt.stage, code, receipt.enhanced)
    if code // 100 == 5:
        return _permanent(receipt.stage, code, receipt.enhanced)
    # 2xx or 3xx before the dot as the last word: nothing was sent, and the dialogue is out of step (S17).
    return Judgement(None, Scope.SERVER, Cause.PROTOCOL)


def _lost(stage: Stage) -> Judgement:
    # Before the dot nothing can have been accepted; after it only the server knows (RFC 1047).
    doubtful = stage is Stage.DOT
    return Judgement(Verdict.IN_DOUBT if doubtful else None, Scope.SERVER, Cause.LOST)


def _after_dot(code: int, enhanced: str | None) -> Judgement:
    match code // 100:
        case (
            2
        ):  # any of them: the first digit rules (RFC 5321 4.3.2); taking 299 for a failure would mail twice
            return _OK
        case 4:
            return _transient(Stage.DOT, code, enhanced)
        case 5:
            return _permanent(Stage.DOT, code, enhanced)
        case _:
            return Judgement(Verdict.IN_DOUBT, Scope.SERVER, Cause.PROTOCOL)


def _transient(stage: Stage, code: int, enhanced: str | None) -> Judgement:
    def deferred(scope: Scope, cause: Cause) -> Judgement:
        return Judgement(Verdict.DEFERRED, scope, cause)

    subject, detail = _numbers(enhanced)
    if code == 421:
        return deferred(Scope.SERVER, Cause.THROTTLED)
    if stage not in {Stage.RCPT, Stage.DOT}:
        # MAIL and DATA say nothing about the recipient: it would be the same for everybody (S9, S16).
        return deferred(Scope.SERVER, Cause.THROTTLED if code in {452, 454} else Cause.SERVER)
    if subject == "2":
        return deferred(Scope.PERSON, Cause.MAILBOX)
    if code in {452, 454} or (subject, detail) == ("5", "3") or (subject, detail) == ("7", "28"):
        # "Too many recipients", "try again later": our speed, not the person's fault (S12).
        return deferred(Scope.DOMAIN if stage is Stage.RCPT else Scope.SERVER, Cause.THROTTLED)
    if subject in {"3", "4"}:
        return deferred(Scope.DOMAIN if stage is Stage.RCPT else Scope.SERVER, Cause.SERVER)
    return deferred(Scope.PERSON, Cause.POSTPONED)


def _permanent(  # noqa: C901, PLR0911  # a table: one return a row, in one place
    stage: Stage, code: int, enhanced: str | None
) -> Judgement:
    def refused(scope: Scope, cause: Cause) -> Judgement:
        return Judgement(Verdict.REFUSED, scope, cause)

    subject, detail = _numbers(enhanced)
    if code in {500, 501, 502, 503, 504, 555} and subject in {None, "5"} and stage is not Stage.RCPT:
        return refused(Scope.SERVER, Cause.PROTOCOL)
    if (subject, detail) == ("3", "4") or (code == 552 and subject != "2" and stage is not Stage.RCPT):
        return refused(Scope.LETTER, Cause.SIZE)
    if subject == "6":
        narrow = stage is Stage.RCPT
        return refused(
            Scope.PERSON if narrow else Scope.LETTER,
            Cause.UNSUPPORTED if detail in {"3", "7"} else Cause.CONTENT,
        )
    match stage:
        case Stage.MAIL:
            # 530 is "log in first" (RFC 4954) or "STARTTLS first" (RFC 3207): nobody gets through.
            return refused(Scope.SENDER, Cause.LOGIN if code == 530 else Cause.SENDER)
        case Stage.RCPT if subject == "7" or code in {530, 554}:
            # "Relaying denied" and DMARC refusals concern everybody there, not this person alone (S14).
            return refused(Scope.DOMAIN, Cause.POLICY)
        case Stage.RCPT if (subject, detail) in {("1", "7"), ("1", "8")}:
            return refused(Scope.SENDER, Cause.SENDER)
        case Stage.RCPT:
            # 552 without an enhanced code is "mailbox full" (RFC 5321 4.2.3)
            usual = Cause.MAILBOX if code == 552 else Cause.UNKNOWN_ADDRESS
            return refused(Scope.PERSON, _SUBJECTS.get(subject or "", usual))
        case Stage.DATA | Stage.BODY | Stage.DOT:
            if subject in {"1", "2"}:  # some servers judge the recipient only after the content
                return refused(Scope.PERSON, _SUBJECTS[subject])
            return refused(Scope.LETTER, Cause.POLICY if subject == "7" else Cause.CONTENT)
        case _:
            return refused(Scope.SERVER, Cause.SERVER)


def _numbers(enhanced: str | None) -> tuple[str | None, str | None]:
    if enhanced is None:
        return None, None
    _, subject, detail = enhanced.split(".")
    return subject, detail
