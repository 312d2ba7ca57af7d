"""Dates as people write them above an article, into ISO 8601. Pure; never guesses a day from "3 hours ago"."""

from __future__ import annotations

import datetime as dt
import re

__all__ = ["iso_date"]

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan janv ene gen stycz янв ocak", "feb févr fév fev luteg фев", "mar mär mars marc мар", "apr avr abr kwiet апр",
            "may mai mag maj мая май mei", "jun juin giu czerw июн", "jul juil lug lip июл", "aug août ago sierp авг",
            "sep set wrze сен", "oct okt out ott paźdz окт", "nov listop ноя", "dec dez déc dic grud дек",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY_MONTH = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th|\.|º)?\s+(?:de\s+)?({_NAMES})\w*\.?,?\s*(?:de\s+)?(\d{{4}})\b",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(rf"\b({_NAMES})\w*\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"\b(\d{4})[-/.年]\s?(\d{1,2})[-/.月]\s?(\d{1,2})(?!\d)")
_DOTTED = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b")


def iso_date(text: str) -> str | None:
    """Read the first complete and unambiguous date of a line.

    >>> iso_date("Updated Tuesday, March 3rd, 2026 at 9:15"), iso_date("4. Mai 2025"), iso_date("3/4/2026")
    ('2026-03-03', '2025-05-04', None)
    """
    for pattern, order in (
        (_YEAR_FIRST, (1, 2, 3)),
        (_DAY_MONTH, (3, 2, 1)),
        (_MONTH_DAY, (3, 1, 2)),
        (_DOTTED, (3, 2, 1)),
    ):
        found = pattern.search(text)
        if found:
            year, month, day = (found[place] for place in order)
            try:
                return dt.date(int(year), _MONTHS.get(month.casefold()) or int(month), int(day)).isoformat()
            except ValueError:
                continue
    return None
