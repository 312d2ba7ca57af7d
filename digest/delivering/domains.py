"""Recipient domains that want us slower, or not at all: who waits aside, and who is passed over.

A domain that throttles rests for a while that doubles each time; its people wait aside, at most some hundreds of
them, then everybody waits. A domain that goes on throttling, or refuses a share of its people by policy (SPF,
DKIM, DMARC), is given up for this run: its people stay planned, and the report says why.
"""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from digest.delivering.policy import back_off
from digest.delivering.rate import Allowance, parse_rate
from digest.model import Claimed, Verdict
from digest.smtp import Cause, Judgement, Scope

__all__ = ["Domains", "Standing"]

_LONGEST_WAIT_SECONDS: Final = 900.0  # for a domain's quota; after that its people are left for a later run
_ASIDE: Final = 500  # people; more would be memory spent on waiting
_POLICY_SHARE: Final = 0.05  # S14: of a domain's answers
_POLICY_LEAST: Final = 5  # refusals; fewer say nothing about a domain
_KNOWN: Final = 10_000  # domains whose answers are counted; in practice a handful are in trouble


class Standing(enum.Enum):
    """How a domain stands."""

    OPEN = enum.auto()
    RESTING = enum.auto()
    GIVEN_UP = enum.auto()
    USED_UP = enum.auto()  # its rate allows no more for longer than a run waits


@dataclass(slots=True)
class _Domain:
    rest_until: float = float("-inf")
    throttled: int = 0  # in a row
    answers: int = 0
    policy_refusals: int = 0
    is_given_up: bool = False
    allowance: Allowance = field(default_factory=lambda: Allowance(()))
    aside: deque[Claimed] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        """Tell in how many seconds it may be mailed."""
        return max(0.0, self.rest_until - now, self.allowance.wait(now))


class Domains:
    """Keeps count of domains that were ever in trouble or have a rate of their own; all others are open."""

    def __init__(self, *, max_attempts: int, rates: Mapping[str, str] | None = None) -> None:
        self._max_attempts = max_attempts
        self._known = {
            name: _Domain(allowance=Allowance(parse_rate(rate))) for name, rate in (rates or {}).items()
        }
        self.aside = 0  # people waiting aside

    @property
    def is_full(self) -> bool:
        """Tell whether nobody more can wait aside."""
        return self.aside >= _ASIDE

    @property
    def any_known(self) -> bool:
        """Tell whether any domain was ever in trouble."""
        return bool(self._known)

    def is_concerned(self, judgement: Judgement) -> bool:
        """Tell whether an answer can change how a domain stands."""
        return bool(self._known) or judgement.verdict is not Verdict.ACCEPTED

    def standing(self, name: str, now: float) -> Standing:
        """Tell whether a domain may be mailed now."""
        domain = self._known.get(name)
        if domain is None:
            return Standing.OPEN
        if domain.is_given_up:
            return Standing.GIVEN_UP
        wait = domain.wait(now)
        if wait > _LONGEST_WAIT_SECONDS:
            return Standing.USED_UP
        return Standing.RESTING if wait > 0 else Standing.OPEN

    def quotas(self) -> Iterable[tuple[str, Allowance]]:
        """Give the domains with a rate of an hour or a day, which have to know what earlier runs sent."""
        return [(name, one.allowance) for name, one in self._known.items() if one.allowance.remembers]

    def take(self, name: str, now: float) -> None:
        """Count one letter to a domain."""
        domain = self._known.get(name)
        if domain is not None:
            domain.allowance.take(now)

    def put_aside(self, name: str, person: Claimed) -> None:
        """Have somebody wait until their domain has rested."""
        self._known[name].aside.append(person)
        self.aside += 1

    def rested(self, now: float) -> Claimed | None:
        """Give somebody who waited and may be mailed now."""
        if not self.aside:
            return None
        for domain in self._known.values():
            if domain.aside and domain.wait(now) <= 0:
                self.aside -= 1
                return domain.aside.popleft()
        return None

    def wait(self, now: float) -> float:
        """Tell in how many seconds the first of those aside may be mailed."""
        ready = (domain.wait(now) for domain in self._known.values() if domain.aside)
        return max(0.0, min(ready, default=0.0))

    def answered(
        self, name: str, judgement: Judgement, now: float, jittered: Callable[[float], float]
    ) -> str | None:
        """Take an answer into account; gives the domain's name when this one made us give it up."""
        domain = self._known.get(name)
        is_throttled = judgement.verdict is Verdict.DEFERRED and judgement.scope is Scope.DOMAIN
        is_policy = judgement.verdict is Verdict.REFUSED and judgement.cause is Cause.POLICY
        if domain is None:
            if not (is_throttled or is_policy) or len(self._known) >= _KNOWN:
                return None
            domain = self._known[name] = _Domain()
        domain.answers += 1
        if judgement.verdict is Verdict.ACCEPTED:
            domain.throttled = 0
        if is_throttled and now >= domain.rest_until:  # answers that were under way count once
            domain.throttled += 1
            domain.rest_until = now + jittered(back_off(domain.throttled))
        domain.policy_refusals += is_policy
        if domain.is_given_up or not self._is_hopeless(domain):
            return None
        domain.is_given_up = True
        return name

    def drop(self, name: str) -> list[Claimed]:
        """Let those aside of a domain go, who stay as they are in the ledger; tells who they were."""
        aside = self._known[name].aside
        dropped = list(aside)
        aside.clear()
        self.aside -= len(dropped)
        return dropped

    def _is_hopeless(self, domain: _Domain) -> bool:
        refused = domain.policy_refusals
        by_policy = refused >= _POLICY_LEAST and refused >= _POLICY_SHARE * domain.answers
        return by_policy or domain.throttled >= self._max_attempts
