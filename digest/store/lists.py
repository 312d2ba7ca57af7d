"""A CSV list read strictly into a Roster: every row is checked before anybody is mailed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from digest.store.roster import Roster

__all__ = ["ListOptions", "read_list"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOptions:
    """How a list is read.

    ``encoding`` None: UTF-8, or what a byte order mark says. ``skip_invalid``: rows that cannot be mailed are
    left out and reported instead of refusing the list. ``cache``: a folder where the checked list is kept, so
    that an unchanged file is not checked again.
    """

    encoding: str | None = None
    skip_invalid: bool = False
    cache: Path | None = None


def read_list(path: Path, *, options: ListOptions | None = None) -> Roster:
    """Read and check a whole list; close the Roster (a context manager) when done.

    Raises:
        InputMissingError: no such file.
        InvalidListError: rows or a header that cannot be mailed; ``problems`` names the first twenty.
    """
    raise NotImplementedError
