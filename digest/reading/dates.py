"""A date as somebody wrote it into ISO 8601. Pure; no locale, no clock: what is not certain is None."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

__all__ = ["iso_date"]

# First letters of month names in the languages of ``markers``, enough to tell them apart.
_MONTHS: Final = {
    1: ("jan", "ene", "gen", "sty", "янв", "ιαν"), 2: ("feb", "fév", "fev", "lut", "фев", "φεβ"), 3: ("mar", "mär", "maa", "мар", "μαρ"),
    4: ("apr", "avr", "abr", "kwi", "апр", "απρ"), 5: ("may", "mai", "maj", "mag", "mei", "мая", "май", "μαϊ"), 6: ("jun", "juin", "giu", "cze", "июн", "ιουν"),
    7: ("jul", "juil", "lug", "lip", "июл", "ιουλ"), 8: ("aug", "aoû", "ago", "sie", "авг", "αυγ"), 9: ("sep", "set", "wrz", "сен", "σεπ"),
    10: ("oct", "okt", "out", "ott", "paź", "окт", "οκτ"), 11: ("nov", "lis", "ноя", "νοε"), 12: ("dec", "dez", "dic", "déc", "gru", "дек", "δεκ"),
}  # fmt: skip


def iso_date(text: str) -> str | None:
    """Give the ISO 8601 date of a written one; 03/04/2026 is not certain and gives None."""
    found = re.search(r"\b(\d{4})-(\d{2})-(\d{2})(T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?", text)
    if found:
        return found.group() if _valid(int(found[1]), int(found[2]), int(found[3])) else None
    found = re.search(r"(\d{4})\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日", text)
    if found:
        return _valid(int(found[1]), int(found[2]), int(found[3]))
    for pattern, order in (
        (r"\b(\d{1,2})(?:st|nd|rd|th|\.)?\s+(?:de\s+)?([^\W\d_]{3,})\.?,?\s*(?:de\s+)?(\d{4})\b", (3, 2, 1)),
        (r"\b([^\W\d_]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b", (3, 1, 2)),
    ):
        for match in re.finditer(pattern, text):
            month = _month(match[order[1]])
            if month:
                return _valid(int(match[order[0]]), month, int(match[order[2]]))
    found = re.search(r"\b(\d{1,2})([./])(\d{1,2})\2(\d{4})\b", text)
    if found:
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        if found[2] == "." or first > 12:  # noqa: PLR2004  # with dots the day always comes first
            return _valid(year, second, first)
        if second > 12 or first == second:  # noqa: PLR2004  # months end at twelve
            return _valid(year, first, second)
    return None


def _month(word: str) -> int | None:
    bare = word.lower()
    return next((number for number, starts in _MONTHS.items() if bare.startswith(starts)), None)


def _valid(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
