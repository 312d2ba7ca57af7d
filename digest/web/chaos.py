"""Faults on purpose: how the debug inbox misbehaves where a sender asks for it.

``S20=5%,greylist=10%`` names faults (as in the fault matrix, or by word) and how often each strikes. Whether
one strikes is drawn from the seed, the recipient and how often that recipient was tried: the same seed gives
the same faults to the same people, whatever the order and the number of connections.

Pure: this module decides; ``smtp_door`` acts.
"""

from __future__ import annotations

import enum
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digest.errors import UsageError

__all__ = ["FAULTS", "At", "Chaos", "Fault", "Then", "parse_chaos"]


class At(enum.StrEnum):
    """When a fault strikes: as the answer to a command, or to the final dot."""

    MAIL = "mail"
    RCPT = "rcpt"
    DOT = "dot"


class Then(enum.StrEnum):
    """What happens besides the reply."""

    GO_ON = "go on"
    HANG_UP = "hang up"
    SAY_NOTHING = "say nothing"
    DRIP = "drip"  # one octet at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way to misbehave. ``keeps`` is the chance that the mail was taken all the same."""

    name: str
    word: str
    at: At
    reply: str = ""
    then: Then = Then.GO_ON
    keeps: float = 0.0


# The rows of the fault matrix that strike a mail under way. Half of the mails whose answer is lost were taken:
# "in doubt" means both happen, and a sender that guesses is wrong half of the time.
FAULTS: Sequence[Fault] = (
    Fault(name="S8", word="closing", at=At.MAIL, reply="421 4.3.2 Closing for now", then=Then.HANG_UP),
    Fault(name="S9", word="busy", at=At.MAIL, reply="451 4.3.0 Try again later"),
    Fault(name="S10", word="sender", at=At.MAIL, reply="550 5.7.1 Sender not allowed"),
    Fault(name="S11", word="greylist", at=At.RCPT, reply="450 4.2.0 Greylisted, try again later"),
    Fault(name="S12", word="throttle", at=At.RCPT, reply="454 4.7.0 Throttled, slow down"),
    Fault(name="S13", word="unknown", at=At.RCPT, reply="550 5.1.1 No such mailbox"),
    Fault(name="S14", word="policy", at=At.RCPT, reply="550 5.7.26 Not authenticated"),
    Fault(name="S19", word="defer", at=At.DOT, reply="451 4.3.0 Not now"),
    Fault(name="S20", word="hangup", at=At.DOT, then=Then.HANG_UP, keeps=0.5),
    Fault(name="S21", word="silence", at=At.DOT, then=Then.SAY_NOTHING, keeps=0.5),
    Fault(name="S22", word="half", at=At.DOT, reply="250 2.0", then=Then.HANG_UP, keeps=0.5),
    Fault(name="S23", word="garbage", at=At.DOT, reply="\x07\x7f?!\r\n", then=Then.HANG_UP, keeps=0.5),
    Fault(name="S24", word="odd", at=At.DOT, reply="299 Kept, in my own way", keeps=1.0),
    Fault(name="S26", word="drips", at=At.DOT, reply="250 2.0.0 Kept\r\n", then=Then.DRIP, keeps=1.0),
    Fault(name="S28", word="content", at=At.DOT, reply="554 5.6.0 Content refused"),
)
_BY_NAME = {name.lower(): fault for fault in FAULTS for name in (fault.name, fault.word)}
_PART = re.compile(r"\s*([A-Za-z0-9]+)\s*=\s*([0-9]+(?:\.[0-9]+)?)\s*%\s*")


@dataclass(frozen=True, slots=True)
class Chaos:
    """Which faults strike how often: chances from 0 to 1 by the fault's name, and the seed they draw from."""

    chances: Mapping[str, float]
    seed: int = 0

    def strikes(self, at: At, recipient: str, attempt: int) -> tuple[Fault, bool] | None:
        """Tell which fault strikes this attempt, and whether the mail is kept all the same."""
        for fault in FAULTS:
            chance = self.chances.get(fault.name, 0.0)
            if fault.at != at or not chance:
                continue
            draw = random.Random(  # noqa: S311 - faults to rehearse with, no secret
                f"{self.seed}:{fault.name}:{recipient.casefold()}:{attempt}"
            )
            if draw.random() < chance:
                return fault, draw.random() < fault.keeps
        return None


def parse_chaos(written: str, seed: int = 0) -> Chaos:
    """Read ``S20=5%,greylist=10%``.

    Raises:
        UsageError: a fault that is not there, or no percentage.

    >>> parse_chaos("S20=5%, greylist=10%").chances
    {'S20': 0.05, 'S11': 0.1}
    """
    chances: dict[str, float] = {}
    for part in written.split(","):
        found = _PART.fullmatch(part)
        fault = _BY_NAME.get(found[1].lower()) if found else None
        if found is None or fault is None or float(found[2]) > 100:  # noqa: PLR2004 - percent
            known = ", ".join(f"{fault.name} {fault.word}" for fault in FAULTS)
            raise UsageError(
                f"'{part.strip()}' is no fault with its percentage",
                where="--chaos",
                hint=f"write it as S20=5% or greylist=10%; there are: {known}",
            )
        chances[fault.name] = float(found[2]) / 100
    return Chaos(chances, seed)
