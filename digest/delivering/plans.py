"""Who is owed a letter, and why everybody else is not.

``decisions`` is the whole of it: a pure table from how somebody stands to what becomes of them. The ledger
looks people up in it, all of a kind at once, both to show a plan (nothing is written) and to begin a run.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from digest.delivering.course import Write
from digest.delivering.options import DeliveryOptions, InDoubt
from digest.delivering.rate import letters_per_minute, parse_rate
from digest.delivering.servers import Servers
from digest.model import (
    Decision,
    Decisions,
    Expression,
    Ledger,
    Letter,
    Standing,
    State,
    Subscriber,
    Transport,
)
from digest.store.address import parse_address
from digest.store.roster import Roster
from digest.store.states import OUTSIDE

__all__ = ["PlanSummary", "decisions", "outside", "plan"]

_TOP_DOMAINS: Final = 5
_NOT_AGAIN: Final = "in doubt, and not to be mailed again"
_NOT_FOR_THEM: Final = Decision(State.SKIPPED, OUTSIDE)
# Why a plan leaves people out, by the state they keep or get.
_REASONS: Final = {
    State.ACCEPTED: "has it already",
    State.REFUSED: "refused before",
    State.IN_DOUBT: "held in doubt",
    State.SUPPRESSED: "suppressed",
    State.SKIPPED: _NOT_AGAIN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSummary:
    """What a run would do, in figures. Nothing was written to find out.

    ``owed`` people get a letter in this run (``limit`` applied); ``skipped`` counts by reason in words;
    ``domains`` are the largest recipient domains and how many are owed there, largest first.
    """

    owed: int
    skipped: Mapping[str, int]
    domains: tuple[tuple[str, int], ...]
    domain_count: int
    duplicates: int
    suppressed: int
    invalid: int
    total_bytes: int
    minutes: float | None
    problems: tuple[str, ...] = ()


def decisions(in_doubt: InDoubt) -> Decisions:
    """Decide for every way somebody can stand.

    Who has the letter keeps it, suppressed or not; who was refused is not asked again for this edition; who
    is suppressed and has no letter yet gets none; who is outside of the condition is passed over until a run
    without it; who waited, was put off, or came back is owed.
    """
    doubtful = {
        InDoubt.HOLD: Decision(State.IN_DOUBT),
        InDoubt.SKIP: Decision(State.SKIPPED, _NOT_AGAIN),
        InDoubt.RESEND: Decision(State.PLANNED),
    }[in_doubt]
    settled = {
        State.ACCEPTED: Decision(State.ACCEPTED),
        State.REFUSED: Decision(State.REFUSED),
        State.SKIPPED: Decision(State.SKIPPED, _NOT_AGAIN),
        State.IN_DOUBT: doubtful,
    }
    owed, suppressed = Decision(State.PLANNED), Decision(State.SUPPRESSED, "suppressed")
    table: dict[Standing, Decision] = {}
    for state in (None, *State):
        decision = settled.get(state, owed) if state else owed
        table[Standing(state, is_suppressed=False)] = decision
        # A doubt stays a doubt while its person is outside: without it, they could be mailed a second time later.
        is_waiting = decision.state is State.PLANNED and state is not State.IN_DOUBT
        apart = _NOT_FOR_THEM if is_waiting else Decision(state) if state is State.IN_DOUBT else decision
        table[Standing(state, is_suppressed=False, is_outside=True)] = apart
        # Whoever was suppressed since a doubt arose is certainly not mailed again.
        table[Standing(state, is_suppressed=True)] = (
            suppressed if decision.state is State.PLANNED else decision
        )
    return table


def outside(roster: Roster, where: Expression | None) -> Iterator[str]:
    """Give the keys of the people on a list who do not meet a condition, in the order of the list.

    Raises:
        InvalidInputError: it names a column that the list has not; raised before the first key is asked for.
    """
    if where is None:
        return iter(())
    from digest.composing import check_condition, evaluate

    check_condition(where, roster.columns)
    return (parse_address(person.address).key for person in roster if not evaluate(where, person))


def plan(  # noqa: PLR0913  # the same arguments as deliver has
    letter: Letter,
    subscribers: Roster | Iterable[Subscriber],
    *,
    ledger: Ledger[Roster] | None = None,
    transport: Transport | None = None,
    options: DeliveryOptions | None = None,
    write: Write | None = None,
) -> PlanSummary:
    """Tell what ``deliver`` would do with the same arguments, without writing or connecting to anything.

    Raises:
        InvalidListError: somebody in ``subscribers`` cannot be mailed.
        TemplateError: the letter needs a column that the list has not.
        InvalidInputError: the condition names one.
    """
    from digest.composing import check_columns

    options = options or DeliveryOptions()
    with contextlib.ExitStack() as stack:
        roster = (
            subscribers if isinstance(subscribers, Roster) else stack.enter_context(Roster.of(subscribers))
        )
        check_columns(letter, roster.columns)
        if ledger is None:
            from digest.delivering.forgetting import forgetful_ledger

            ledger = stack.enter_context(forgetful_ledger(letter.edition))
        table = decisions(options.in_doubt)
        kinds = ledger.survey(
            roster,
            table,
            suppression=options.suppression,
            outside=outside(roster, options.where),
            top=_TOP_DOMAINS,
        )
        owed, skipped = 0, dict.fromkeys((*_REASONS.values(), OUTSIDE), 0)
        for standing, count in kinds.counts.items():
            becomes = table[standing].state
            if becomes is State.PLANNED:
                owed += count
            else:
                skipped[OUTSIDE if table[standing] == _NOT_FOR_THEM else _REASONS[becomes]] += count
        if options.limit is not None and owed > options.limit:
            owed = options.limit
        per_minute = _letters_per_minute(options, transport)
        return PlanSummary(
            owed=owed,
            skipped={reason: count for reason, count in skipped.items() if count},
            domains=kinds.domains,
            domain_count=kinds.domain_count,
            duplicates=roster.duplicates,
            suppressed=skipped[_REASONS[State.SUPPRESSED]],
            invalid=roster.invalid,
            total_bytes=owed * _letter_size(letter, roster, write),
            minutes=owed / per_minute if per_minute else None,
            problems=roster.problems,
        )


def _letters_per_minute(options: DeliveryOptions, transport: Transport | None) -> float | None:
    """Tell what the narrower allows: the rate of all together, or those of the servers together."""
    paces = [letters_per_minute(parse_rate(options.rate))]
    if isinstance(transport, Servers):
        paces.append(transport.letters_per_minute)
    return min((pace for pace in paces if pace is not None), default=None)


def _letter_size(letter: Letter, roster: Roster, write: Write | None) -> int:
    """Tell the octets of the first subscriber's letter, as a measure for all."""
    from digest.composing import fill

    first = next(iter(roster), None)
    if first is None:
        return 0
    return len(write(first, 0.0)[0] if write else fill(letter, first, date=0.0, message_id_key=b""))
