"""`digest schedule` over the real crontab of whoever runs the tests, which is put back afterwards."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import digest

KEPT = "# a line of somebody else\n17 3 * * 0 true\n"


@pytest.fixture
def crontab() -> Iterator[None]:
    if shutil.which("crontab") is None:
        pytest.skip("no crontab program is installed")
    before = subprocess.run(["crontab", "-l"], capture_output=True, check=False)
    subprocess.run(["crontab", "-"], input=KEPT.encode(), check=True)
    yield
    if before.returncode == 0:
        subprocess.run(["crontab", "-"], input=before.stdout, check=True)
    else:
        subprocess.run(["crontab", "-r"], check=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "digest.toml").write_text('[list]\nsubscribers = "list.csv"\n')
    return tmp_path


def tab() -> str:
    return subprocess.run(["crontab", "-l"], capture_output=True, check=True, text=True).stdout


@pytest.mark.usefixtures("crontab")
async def test_an_entry_is_written_listed_and_removed(folder: Path) -> None:
    """The entry calls this Python with absolute paths, a lock and a log; other lines stay as they are."""
    added = await digest("schedule", "add", "07:30 mon-fri", "--name", "weekdays", cwd=folder)
    assert added.status == 0, added.err
    line = next(line for line in tab().splitlines() if "digest:weekdays" in line)
    assert line.startswith("30 7 * * 1-5 ")
    for part in (
        sys.executable,
        "-m digest run",
        f"--config {folder}/digest.toml",
        "weekdays.log",
        "weekdays.lock",
    ):
        assert part in line
    assert tab().startswith(KEPT)
    again = await digest("schedule", "add", "@daily", "--name", "weekdays", cwd=folder)
    assert again.status == 0
    assert tab().count("digest:weekdays") == 1
    listed = await digest("schedule", "list", "--json", cwd=folder)
    assert listed.json()["name"] == "weekdays"
    removed = await digest("schedule", "remove", "weekdays", cwd=folder)
    assert removed.status == 0
    assert tab() == KEPT


async def test_without_the_program_the_line_is_printed(folder: Path) -> None:
    """No crontab program: 78, and the line to add stands in the message."""
    ended = await digest("schedule", "add", "@daily", cwd=folder, environ={"PATH": str(folder)})
    assert ended.status == 78
    assert "-m digest run" in ended.err


async def test_a_systemd_timer_can_be_printed(folder: Path) -> None:
    """--systemd prints a timer and a service and writes nothing."""
    ended = await digest("schedule", "add", "07:30 mon-fri", "--systemd", cwd=folder)
    assert ended.status == 0, ended.err
    assert "OnCalendar=" in ended.out
    assert f'"{sys.executable}"' in ended.out


@pytest.mark.parametrize("when", ["25:00", "whenever", "* * *", "61 * * * *"])
async def test_a_time_that_cannot_be_meant_is_refused(folder: Path, when: str) -> None:
    """A wrong time is refused before anything is written."""
    ended = await digest("schedule", "add", when, cwd=folder)
    assert ended.status == 65
    assert "Hint" in ended.err


async def test_a_schedule_needs_settings(tmp_path: Path) -> None:
    """An entry for a folder without digest.toml would fail at night: it is refused now."""
    ended = await digest("schedule", "add", "@daily", cwd=tmp_path)
    assert ended.status == 66
    assert "digest init" in ended.err
