"""The states a delivery can be in, as they are counted and written.

What they mean and how they follow from each other stands at ``digest.model.State``. ``committing`` and ``claimed``
stand in the journal only. A letter counts as sent at the instant its ``accepted`` record stands there.
"""

from __future__ import annotations

from typing import Final

from digest.model import State

__all__ = ["BY_NUMBER", "COUNTED", "LEFT", "NUMBERS", "OUTSIDE", "State"]

# The counts of every report, in the order people read them.
COUNTED: Final = tuple(State)

# How states stand on disk: two bits apart, so that no single flipped bit turns one state into another.
NUMBERS: Final = dict(zip(State, (3, 5, 6, 9, 10, 12, 15), strict=True))
BY_NUMBER: Final = {number: state for state, number in NUMBERS.items()}

# The reason of people who were planned and are no longer on the list they came from.
LEFT: Final = "no longer on the list"
# The reason of people who are on the list, but not among those that this mailing is for.
OUTSIDE: Final = "outside of --where"
