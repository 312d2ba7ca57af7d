"""The states a delivery can be in, and the words they are counted under.

::

    planned ──► committing ──► accepted │ deferred │ refused │ in_doubt
       ▲             │ (crash)                  │
       │             └──────► in_doubt          │ next run
       └────────────────────────────────────────┘
    suppressed, skipped: on the list, not to be mailed; the reason says why

A letter counts as sent at the instant its ``accepted`` record stands in the journal. ``committing`` and
``claimed`` of the fault matrix stand in the journal only; a crash of the program forgets who was claimed,
which is the way back to planned.
"""

from __future__ import annotations

import enum
from typing import Final

__all__ = ["BY_NUMBER", "COUNTED", "NUMBERS", "State"]


class State(enum.StrEnum):
    """Where one delivery stands."""

    PLANNED = "planned"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"
    SUPPRESSED = "suppressed"
    SKIPPED = "skipped"


# The counts of every report, in the order people read them.
COUNTED: Final = tuple(State)

# How states stand on disk: two bits apart, so that no single flipped bit turns one state into another.
NUMBERS: Final = dict(zip(State, (3, 5, 6, 9, 10, 12, 15), strict=True))
BY_NUMBER: Final = {number: state for state, number in NUMBERS.items()}
