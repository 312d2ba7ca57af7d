"""Delivering knows its ledger by ``model.Ledger`` alone, so that another one can take the place of SQLite's."""

# ruff: noqa: ARG002  # a method keeps the protocol's shape, whatever it makes of it
from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from delivering_parts import LETTER, ScriptedTransport, StillClock, accept, people

import digest.delivering
from digest.delivering import deliver, plan
from digest.model import (
    About,
    Claimed,
    Decisions,
    Kinds,
    Ledger,
    Outcome,
    Receipt,
    Stage,
    Standing,
    State,
)
from digest.store import COUNTED, Roster, Store, parse_address

LATER = Receipt(Stage.RCPT, 451, "4.7.1 greylisted", "4.7.1")
# What delivering may know of the store: lists and addresses. ``forgetting`` makes the ledger of a call without one.
LISTS = {"address", "roster", "states", "suppression"}


class DictLedger:
    """Keeps deliveries in a dict and forgets them; ``told`` is what it was told of each, in order."""

    scope = ""
    message_id_key = bytes(32)

    def __init__(self) -> None:
        self.states: dict[str, State] = {}
        self.told: dict[str, list[str]] = {}
        self._people: list[Claimed] = []
        self._kept: list[tuple[str, Standing]] = []
        self._next = 0

    def survey(
        self,
        roster: Roster,
        decisions: Decisions,
        *,
        suppression: Iterable[str],
        outside: Iterable[str] = (),
        top: int = 5,
    ) -> Kinds:
        """Count the list by standing."""
        kinds = Counter(standing for _, standing in self._standings(roster, suppression, outside))
        return Kinds(counts=kinds, domains=(), domain_count=0)

    def begin(
        self,
        roster: Roster,
        decisions: Decisions,
        *,
        suppression: Iterable[str],
        about: About,
        outside: Iterable[str] = (),
    ) -> None:
        """Decide for everybody."""
        standings = dict(self._standings(roster, suppression, outside))
        self._next = 0
        self._people.clear()
        for person in roster:
            key = parse_address(person.address).key
            self.states[key] = decisions[standings[key]].state
            if self.states[key] is State.PLANNED:
                self._people.append(Claimed(len(self._people), person))

    def _standings(
        self, roster: Roster, suppression: Iterable[str], outside: Iterable[str]
    ) -> list[tuple[str, Standing]]:
        apart, away = set(suppression), set(outside)
        keys = [parse_address(person.address).key for person in roster]
        return [(key, Standing(self.states.get(key), key in apart, key in away - apart)) for key in keys]

    def owed(self) -> int:
        """Count who is left."""
        return len(self._people) - self._next

    def sent_since(
        self, at: float, *, limit: int, domain: str | None = None, server: str | None = None
    ) -> list[float]:
        """Remember nothing."""
        return []

    def claim(self, count: int) -> list[Claimed]:
        """Give the next ones."""
        claimed = self._people[self._next : self._next + count]
        self._next += len(claimed)
        return claimed

    def claim_again(self, delivery: int) -> None:
        """Take note."""
        self._tell(delivery, "again")

    def release(self, delivery: int) -> None:
        """Take note."""
        self._tell(delivery, "released")

    def committing(self, delivery: int) -> None:
        """Take note."""
        self._tell(delivery, "committing")

    def answered(self, outcome: Outcome, then: int | None = None) -> None:
        """Take note."""
        self.states[self._tell(outcome.delivery, outcome.state)] = outcome.state
        if then is not None:
            self.committing(then)

    def _tell(self, delivery: int, what: str) -> str:
        key = parse_address(self._people[delivery].subscriber.address).key
        self.told.setdefault(key, []).append(what)
        return key

    def counts(self) -> dict[State, int]:
        """Count by state."""
        found = Counter(self.states.values())
        return {state: found[state] for state in COUNTED}

    def carried_by(self, server: str) -> None:
        """Count for nobody."""

    def end(self, at: float) -> None:
        """Keep nothing."""


async def test_a_ledger_that_is_not_the_stores_serves_as_well() -> None:
    """Planned, mailed, put off and mailed later: by a dict that only follows the protocol, as by SQLite."""
    readers = people(6)
    late = readers[2].address
    for ledger in (DictLedger(), Store.in_memory().ledger(LETTER.edition)):
        known: Ledger[Roster] = ledger
        transport = ScriptedTransport(
            lambda who, visit: LATER if who == late and not visit else accept(who, visit)
        )
        assert plan(LETTER, readers, ledger=known).owed == 6
        first = await deliver(LETTER, readers, transport=transport, ledger=known, clock=StillClock())
        assert (first.sent, first.counts["deferred"], first.exit_status) == (5, 1, 75)
        second = await deliver(LETTER, readers, transport=transport, ledger=known, clock=StillClock())
        assert (second.sent, second.counts["accepted"], second.exit_status) == (1, 6, 0)
        assert set(transport.accepted.values()) == {1}


async def test_a_ledger_is_told_before_the_content_leaves_and_after_the_answer() -> None:
    """Each letter: committing, then its state; one that was refused before its content was never committing."""
    ledger, readers = DictLedger(), people(3)
    late = readers[0].address
    transport = ScriptedTransport(lambda who, visit: LATER if who == late else accept(who, visit))
    await deliver(LETTER, readers, transport=transport, ledger=ledger, clock=StillClock())
    assert ledger.told[late] == ["deferred"]
    assert [ledger.told[reader.address] for reader in readers[1:]] == [["committing", "accepted"]] * 2


def test_delivering_imports_no_ledger_of_the_stores() -> None:
    """Lists and addresses come from the store's room, the ledger comes in as an argument."""
    folder = Path(digest.delivering.__file__).parent
    strangers = {
        (file.name, node.module)
        for file in folder.glob("*.py")
        if file.name != "forgetting.py"
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("digest.store")
        and (node.module or "").split(".")[-1] not in LISTS
    }
    assert not strangers
