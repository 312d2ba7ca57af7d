"""The states a delivery can be in, and the words they are counted under.

::

    planned ──► committing ──► accepted │ deferred │ refused │ in_doubt
       ▲             │ (crash)                  │
       │             └──────► in_doubt          │ next run
       └────────────────────────────────────────┘
    suppressed, skipped: on the list, not to be mailed; the reason says why

A letter counts as sent at the instant its ``accepted`` record stands in the journal. ``claimed`` of the fault
matrix lives in memory and as a range in the journal only: a crash forgets it, which is the way back to planned.
"""

from __future__ import annotations

import enum

__all__ = ["COUNTED", "State"]


class State(enum.StrEnum):
    """Where one delivery stands."""

    PLANNED = "planned"
    COMMITTING = "committing"  # the content may be on its way; seen by others only while a run is alive
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"
    SUPPRESSED = "suppressed"
    SKIPPED = "skipped"


# The counts of every report, in the order people read them.
COUNTED = (
    State.PLANNED,
    State.ACCEPTED,
    State.DEFERRED,
    State.REFUSED,
    State.IN_DOUBT,
    State.SUPPRESSED,
    State.SKIPPED,
)
