"""A finding about a letter, as the pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Remark"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One finding about the letter, shown beside it. ``rule`` is its id in the checklist."""

    level: Literal["error", "warning"]
    rule: str
    text: str
    where: str = ""
    hint: str = ""
