"""What lint finds, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Finding", "Level"]

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding about a finished letter.

    ``rule`` is its id in the checklist, ``where`` a line of a part, or of the theme's file that wrote it.
    """

    rule: str
    level: Level
    what: str
    hint: str
    where: str | None = None
