"""What one connection pulls from the course, and whom its letters are counted for."""

from __future__ import annotations

from digest.delivering.course import Course
from digest.delivering.servers import Server
from digest.model import Clock, Observer, Parcel, Receipt

__all__ = ["Batch", "MeteredBatch"]


class Batch:
    """What one connection pulls: the course's letters, as many as the connection may carry."""

    def __init__(self, course: Course, limit: int | None) -> None:
        self._course = course
        self._left = limit
        self._pulled = 0
        self.is_dismissed = False  # the server wants fewer connections; the crowd knows already

    @property
    def observer(self) -> Observer:
        """Who is told of its letters."""
        return self._course

    @property
    def is_used_up(self) -> bool:
        """Tell whether the connection has carried its share, or is one too many."""
        return self._left == 0 or self.is_dismissed

    @property
    def answered_any(self) -> bool:
        """Tell whether the connection carried more than the letter it was lost with."""
        return self._pulled > 1

    def next_parcel(self) -> Parcel | None:
        """Give the next letter, None when there is none now or the share is used up."""
        if self.is_used_up:
            return None
        if self._course.crowd.dismisses():
            self.is_dismissed = True
            return None
        parcel = self._course.next_parcel()
        if parcel is not None:
            self._pulled += 1
            if self._left is not None:
                self._left -= 1
        return parcel


class MeteredBatch(Batch):
    """The same for one of several servers, or one with limits: the ledger learns who carried what."""

    def __init__(self, course: Course, limit: int | None, server: Server, *, clock: Clock) -> None:
        super().__init__(course, limit)
        self._server = server
        self._clock = clock

    @property
    def observer(self) -> Observer:
        """It is told first."""
        return self

    def next_parcel(self) -> Parcel | None:
        """Give the next letter, None when there is none now, the share is used up or the server's limit says so."""
        allowance, now = self._server.allowance, self._clock.monotonic()
        if allowance.wait(now) > 0:
            return None
        parcel = super().next_parcel()
        if parcel is not None:
            allowance.hand_out(now)
        return parcel

    def committing(self, parcel: Parcel) -> None:
        """Have it written down with whom the content is about to be."""
        self._course.carried_by(self._server.name)
        self._course.committing(parcel)

    def answered(self, parcel: Parcel, receipt: Receipt, then: Parcel | None = None) -> None:
        """Count the letter from now on, and have its answer written down with whose it is."""
        self._server.allowance.answered(self._clock.monotonic())
        self._course.carried_by(self._server.name)
        self._course.answered(parcel, receipt, then)
