"""All deliveries of one edition in one scope, crash-safe."""

from __future__ import annotations

from types import TracebackType
from typing import Self

__all__ = ["Ledger"]


class Ledger:
    """Deliveries of one edition × scope, under its lock; made by ``Store.ledger``."""

    edition: str
    scope: str
    list_name: str
    message_id_key: bytes

    def counts(self) -> dict[str, int]:
        """Count deliveries by state; has every name of ``COUNTED``."""
        raise NotImplementedError

    def close(self) -> None:
        """Fold the journal and release the lock."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
