"""What came of a run, and the exit status it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from digest.errors import DigestError

__all__ = ["Progress", "Report"]


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

    ``sent`` counts what this run had accepted. ``stopped_by`` is the error that ended the run early;
    ``interrupted`` tells that it was asked to stop.
    """

    edition: str
    counts: Mapping[str, int]
    sent: int
    seconds: float
    stopped_by: DigestError | None = None
    interrupted: bool = False

    @property
    def exit_status(self) -> int:
        """Tell the exit status by DESIGN's precedence; the CLI puts 143 for 130 after SIGTERM."""
        raise NotImplementedError
