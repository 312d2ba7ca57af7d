"""A checked list on disk: a million subscribers streamed without holding them in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from digest.model import Subscriber

__all__ = ["Roster"]


class Roster:
    """Subscribers in the order of their list, one row a person; iterate to stream them."""

    name: str  # what the list is called: its path
    columns: tuple[str, ...]  # the header's fields besides the address
    duplicates: int  # rows left out because an earlier row is the same person
    invalid: int  # rows left out with skip_invalid
    problems: tuple[str, ...]  # the first of both, as "path:line: what is wrong"
    file: Path

    @classmethod
    def of(cls, subscribers: Iterable[Subscriber], *, name: str = "") -> Roster:
        """Take subscribers that are already in hand.

        Raises:
            InvalidListError: one of the addresses cannot be mailed.
        """
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError

    def __iter__(self) -> Iterator[Subscriber]:
        raise NotImplementedError

    def close(self) -> None:
        """Let go of the file; a temporary one is removed."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
