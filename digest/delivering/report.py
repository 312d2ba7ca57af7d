"""What came of a run, and the exit status it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from digest.errors import DigestError

__all__ = ["Progress", "Report"]

_INTERRUPTED: Final = 130
_IN_DOUBT: Final = 76
_DEFERRED: Final = 75
_REFUSED: Final = 1
# DESIGN: when several hold, the first of these is told. One run meets 77 or 78, never both.
_PRECEDENCE: Final = (_INTERRUPTED, 74, 77, 78, 65, 66, _IN_DOUBT, _DEFERRED, _REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a run stands; counts are of this run, ``total`` is whom it owes."""

    total: int
    accepted: int
    deferred: int
    refused: int
    in_doubt: int
    seconds: float
    waiting: str = ""  # why nothing moves just now, in words


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A run that ended. ``counts`` are the ledger's, by every name of ``store.COUNTED``.

    ``sent`` counts what this run had accepted, ``postponed`` who was tried and is still planned.
    ``passed_over`` names the recipient domains the run gave up on, with what their servers said ("": their own
    rate is used up for longer than a run waits).
    ``stopped_by`` is the error that ended the run early;
    ``interrupted`` tells that it was asked to stop.
    """

    edition: str
    counts: Mapping[str, int]
    sent: int
    seconds: float
    postponed: int = 0
    passed_over: Mapping[str, str] = field(default_factory=dict)
    stopped_by: DigestError | None = None
    interrupted: bool = False

    @property
    def exit_status(self) -> int:
        """Tell the exit status by DESIGN's precedence; the CLI puts 143 for 130 after SIGTERM."""
        holds = {
            _INTERRUPTED: self.interrupted,
            _IN_DOUBT: self.counts["in_doubt"] > 0,
            _DEFERRED: self.counts["deferred"] > 0 or self.postponed > 0,
            _REFUSED: self.counts["refused"] > 0,
        }
        stopped = self.stopped_by.exit_status if self.stopped_by is not None else 0
        holds[stopped] = True
        return next((status for status in _PRECEDENCE if holds.get(status)), stopped)
