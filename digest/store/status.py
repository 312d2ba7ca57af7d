"""Who got an edition, who did not and why: what ``digest status`` prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from digest.model import Delivery

__all__ = ["Status"]


class _Deliveries(Protocol):
    def __call__(self) -> Iterator[Delivery]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One edition in one scope. ``counts`` has every name of ``COUNTED``; ``deliveries()`` streams."""

    edition: str
    scope: str
    subject: str
    state: Literal["open", "finished"]
    counts: Mapping[str, int]
    deliveries: _Deliveries
