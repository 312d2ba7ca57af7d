"""Addresses that are never mailed, whatever list they stand on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Suppression", "read_suppression"]


@dataclass(frozen=True, slots=True)
class Suppression:
    """Keys (see ``Address.key``) of people who are never mailed."""

    keys: frozenset[str] = frozenset()

    def __contains__(self, key: str) -> bool:
        return key in self.keys

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys)


def read_suppression(path: Path) -> Suppression:
    """Read one address a line (the first column of a CSV); ``#`` begins a comment.

    Raises:
        ConfigurationError: it is configured but cannot be read, or a line holds no address.
    """
    raise NotImplementedError
