"""Times of a schedule: what people write, as a cron expression, checked; and as systemd's OnCalendar.

Pure. A cron expression is checked here and not by cron, which refuses the whole crontab with a line number
nobody sees, or takes 31 February and never calls.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from digest.errors import InvalidInputError

__all__ = ["CronField", "cron_expression", "on_calendar"]

MACROS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FULL_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY_WORDS = {"daily": "*", "every day": "*", "weekdays": "1-5", "weekends": "0,6"}
_CLOCK = re.compile(r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?:\s+(?P<days>.+))?")
_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_HINT = "write a time and days ('07:30 mon-fri'), a word ('@daily') or a cron expression ('30 7 * * 1-5')"


@dataclass(frozen=True, slots=True)
class CronField:
    """One of the five fields: what it is called, its range, and the names that stand for numbers."""

    name: str
    low: int
    high: int
    names: Sequence[str] = ()


_FIELDS = (
    CronField("minute", 0, 59),
    CronField("hour", 0, 23),
    CronField("day of the month", 1, 31),
    CronField("month", 1, 12, _MONTHS),
    CronField("day of the week", 0, 7, _DAYS),
)


def cron_expression(when: str) -> str:
    """Give the cron expression of what somebody wrote, checked; ``@daily`` becomes its five fields.

    Numbers instead of words and names, so that every cron takes it.

    Raises:
        InvalidInputError: it cannot be meant; the message names the field.

    >>> cron_expression("07:30 mon-fri")
    '30 7 * * 1-5'
    >>> cron_expression("@daily")
    '0 0 * * *'
    """
    written = " ".join(when.split())
    clock = _CLOCK.fullmatch(written.lower())
    if clock:
        written = _from_clock(clock, when)
    elif written.startswith("@"):
        written = _from_macro(written.lower(), when)
    fields = written.split()
    if len(fields) != len(_FIELDS):
        raise InvalidInputError(
            f"'{when}' is no time: a cron expression has five fields, this has {len(fields)}", hint=_HINT
        )
    plain = [_plain(text, field, when) for text, field in zip(fields, _FIELDS, strict=True)]
    _refuse_days_that_never_come(plain, when)
    return " ".join(plain)


def on_calendar(when: str) -> list[str]:
    """Give the ``OnCalendar=`` values of a schedule; the timer fires when any of them does.

    Source: crontab(5): with both a day of the month and a day of the week restricted, either one is enough;
    systemd.time(7) wants both, hence two values.

    >>> on_calendar("07:30 mon-fri")
    ['Mon,Tue,Wed,Thu,Fri *-*-* 07:30:00']
    """
    minute, hour, day, month, weekday = cron_expression(when).split()
    clock = f"{_numbers(hour, _FIELDS[1])}:{_numbers(minute, _FIELDS[0])}:00"
    on_days = f"*-{_numbers(month, _FIELDS[3])}-{_numbers(day, _FIELDS[2])} {clock}"
    if _starred(weekday):
        return [on_days]
    days = ",".join(dict.fromkeys(_DAYS[number % 7].title() for number in _values(weekday, _FIELDS[4])))
    if _starred(day):
        return [f"{days} {on_days}"]
    return [on_days, f"{days} *-{_numbers(month, _FIELDS[3])}-* {clock}"]


def _from_clock(clock: re.Match[str], when: str) -> str:
    days = (clock["days"] or "daily").strip()
    if days not in _DAY_WORDS:
        days = ",".join(_short_days(part) for part in re.split(r"\s*(?:,|\band\b)\s*", days))
    weekday = _DAY_WORDS.get(days, days)
    if int(clock["hour"]) > _FIELDS[1].high or int(clock["minute"]) > _FIELDS[0].high:
        raise InvalidInputError(
            f"'{when}': there is no {clock['hour']}:{clock['minute']} o'clock", hint=_HINT
        )
    return f"{int(clock['minute'])} {int(clock['hour'])} * * {weekday}"


def _short_days(part: str) -> str:
    ends = [day.strip() for day in part.split("-")]
    return "-".join(_DAYS[_FULL_DAYS.index(day)] if day in _FULL_DAYS else day for day in ends) or "?"


def _from_macro(word: str, when: str) -> str:
    if word not in MACROS:
        raise InvalidInputError(
            f"'{when}' is not a word cron knows", hint=f"use one of {', '.join(sorted(MACROS))}, or a time"
        )
    return MACROS[word]


def _plain(text: str, field: CronField, when: str) -> str:
    return ",".join(_plain_item(item, field, when) for item in text.lower().split(","))


def _plain_item(item: str, field: CronField, when: str) -> str:
    span, slash, step = item.partition("/")
    if slash and (not re.fullmatch(r"[0-9]{1,3}", step) or int(step) == 0):
        raise _wrong(item, field, when)
    if span == "*":
        return item
    ends = [_number(end, field, item, when) for end in span.split("-")]
    if len(ends) == 2 and ends[0] > ends[1] and field.names is _DAYS:  # noqa: PLR2004 - a range has two ends
        # fri-mon and sat-sun: cron wants the smaller number first, people think in weeks.
        return ",".join(str((ends[0] + step) % 7) for step in range((ends[1] - ends[0]) % 7 + 1))
    if len(ends) > 2 or ends[0] > ends[-1] or (slash and len(ends) == 1):  # noqa: PLR2004 - the same
        raise _wrong(item, field, when)
    return "-".join(map(str, ends)) + slash + step


def _number(text: str, field: CronField, item: str, when: str) -> int:
    if text in field.names:
        return field.names.index(text) + (1 if field.low else 0)
    if not re.fullmatch(r"[0-9]{1,2}", text) or not field.low <= int(text) <= field.high:
        raise _wrong(item, field, when)
    return int(text)


def _wrong(item: str, field: CronField, when: str) -> InvalidInputError:
    also = f", or {field.names[0]} to {field.names[-1]}" if field.names else ""
    return InvalidInputError(
        f"'{when}': '{item}' is no {field.name} (it takes {field.low} to {field.high}{also}; "
        "lists 1,2, ranges 1-5 and steps */10)",
        hint=_HINT,
    )


def _refuse_days_that_never_come(plain: Sequence[str], when: str) -> None:
    if not _starred(plain[4]):
        return
    days, months = _values(plain[2], _FIELDS[2]), _values(plain[3], _FIELDS[3])
    if all(day > _DAYS_IN_MONTH[month - 1] for day in days for month in months):
        raise InvalidInputError(f"'{when}' names a day that never comes", hint="choose a day the month has")


def _starred(text: str) -> bool:
    return text.startswith("*")


def _values(text: str, field: CronField) -> list[int]:
    found: set[int] = set()
    for item in text.split(","):
        span, _, step = item.partition("/")
        low, high = (
            (field.low, field.high) if span == "*" else (int(span.split("-")[0]), int(span.split("-")[-1]))
        )
        found.update(range(low, high + 1, int(step or 1)))
    return sorted(found)


def _numbers(text: str, field: CronField) -> str:
    return "*" if text == "*" else ",".join(f"{number:02d}" for number in _values(text, field))
