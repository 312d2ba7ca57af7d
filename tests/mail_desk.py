"""Parcels to send and an observer that remembers, for the tests of transports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from digest.model import Envelope, Parcel, Receipt, Verdict
from digest.smtp import verdict

__all__ = ["Recorder", "parcel", "parcels", "pulling"]

SENDER = "editor@harbour.example.org"


def parcel(key: int, recipient: str | None = None, body: bytes = b"The ferry is late.\r\n") -> Parcel:
    """Give one parcel whose content says whom it is for."""
    to = recipient or f"reader{key}@example.org"
    head = f"From: {SENDER}\r\nTo: {to}\r\nSubject: Harbour news {key}\r\n\r\n".encode()
    return Parcel(key, Envelope(SENDER, to), head + body)


def parcels(count: int, body: bytes = b"The ferry is late.\r\n") -> list[Parcel]:
    """Give parcels with keys from 0."""
    return [parcel(key, body=body) for key in range(count)]


def pulling(what: Iterable[Parcel]) -> Callable[[], Parcel | None]:
    """Give a next_parcel that hands them out one by one."""
    waiting = iter(what)
    return lambda: next(waiting, None)


class Recorder:
    """An observer that remembers the order of things."""

    def __init__(self) -> None:
        self.committed: list[int] = []
        self.receipts: dict[int, Receipt] = {}
        self.answers: Counter[int] = Counter()

    def committing(self, parcel: Parcel) -> None:
        """Remember that a content leaves."""
        self.committed.append(parcel.key)

    def answered(self, parcel: Parcel, receipt: Receipt, then: Parcel | None = None) -> None:
        """Remember the answer; every further one counts as well."""
        self.answers[parcel.key] += 1
        self.receipts.setdefault(parcel.key, receipt)
        if then is not None:
            self.committing(then)

    def keys(self, wanted: Verdict | None) -> set[int]:
        """Give the keys whose receipt means this."""
        return {key for key, receipt in self.receipts.items() if verdict(receipt).verdict is wanted}
