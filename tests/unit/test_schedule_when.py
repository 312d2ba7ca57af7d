"""Times as people write them, as cron takes them, as systemd does."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from digest.errors import InvalidInputError
from digest.schedule.when import cron_expression, on_calendar


@pytest.mark.parametrize(
    ("written", "expression"),
    [
        ("07:30", "30 7 * * *"),
        ("7:30 daily", "30 7 * * *"),
        ("07:30 mon-fri", "30 7 * * 1-5"),
        ("07:30 weekdays", "30 7 * * 1-5"),
        ("18:05 Monday and Friday", "5 18 * * 1,5"),
        ("18:05 sat, sun", "5 18 * * 6,0"),
        ("00:00 fri-mon", "0 0 * * 5,6,0,1"),
        ("@daily", "0 0 * * *"),
        ("@Hourly", "0 * * * *"),
        ("  30  7 * * 1-5 ", "30 7 * * 1-5"),
        ("*/15 8-18/2 1,15 jan-mar mon", "*/15 8-18/2 1,15 1-3 1"),
        ("0 0 29 2 *", "0 0 29 2 *"),
        ("0 0 31 2 mon", "0 0 31 2 1"),
    ],
)
def test_what_people_write_becomes_a_cron_expression(written: str, expression: str) -> None:
    """Names and words become numbers, which every cron takes."""
    assert cron_expression(written) == expression
    assert cron_expression(expression) == expression


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("61 * * * *", "minute"),
        ("* 24 * * *", "hour"),
        ("* * 0 * *", "day of the month"),
        ("* * * 13 *", "month"),
        ("* * * * 8", "day of the week"),
        ("* * * * foo", "day of the week"),
        ("5-1 * * * *", "minute"),
        ("*/0 * * * *", "minute"),
        ("5/10 * * * *", "minute"),
        ("1,,2 * * * *", "minute"),
        ("0 0 31 2,4 *", "never comes"),
        ("25:00", "o'clock"),
        ("07:60", "o'clock"),
        ("* * * *", "five fields"),
        ("", "five fields"),
        ("@reboot", "@daily"),
        ("07:30 someday", "day of the week"),
    ],
)
def test_a_time_that_cannot_be_meant_is_refused_with_its_field(written: str, named: str) -> None:
    """The message names what is wrong; cron would refuse the whole crontab, or never call."""
    with pytest.raises(InvalidInputError) as refused:
        cron_expression(written)
    assert named in str(refused.value)
    assert refused.value.hint


def test_day_of_month_or_of_week_needs_two_calendars() -> None:
    """cron calls when either day matches, systemd when both do: so there are two lines."""
    assert on_calendar("0 6 1,15 * mon") == ["*-*-01,15 06:00:00", "Mon *-*-* 06:00:00"]
    assert on_calendar("*/20 6 * * *") == ["*-*-* 06:00,20,40:00"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze is installed")
@pytest.mark.parametrize("written", ["07:30 mon-fri", "0 6 1,15 * mon", "*/15 8-18 * 6-9 *", "@monthly"])
def test_systemd_takes_each_calendar(written: str) -> None:
    """systemd itself reads what we write."""
    for calendar in on_calendar(written):
        ran = subprocess.run(
            ["systemd-analyze", "calendar", calendar], capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stderr
