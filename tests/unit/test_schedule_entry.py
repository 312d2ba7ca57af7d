"""An entry of the schedule as a crontab line, run by a real shell, and as systemd units."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from digest.errors import InvalidInputError, UsageError
from digest.schedule.entry import ScheduleEntry, crontab_line
from digest.schedule.systemd import systemd_units

AWKWARD = '50% it\'s "my" $HOME `x` caf\u00e9'


def entry(place: Path, **changes: object) -> ScheduleEntry:
    values: dict[str, object] = {
        "name": "morning",
        "when": "07:30 mon-fri",
        "command": [
            sys.executable,
            "-c",
            "import sys; print(sys.argv[1:])",
            "--config",
            f"{place}/digest.toml",
        ],
        "folder": place,
        "log": place / "run.log",
        "lock": place / "run.lock",
        **changes,
    }
    return ScheduleEntry(**values)  # type: ignore[arg-type]  # tests give wrong values on purpose


def as_cron_runs_it(line: str) -> subprocess.CompletedProcess[str]:
    """Run a line's command the way cron does: five fields off, backslash before % off, /bin/sh, bare PATH."""
    command = re.sub(r"\\%", "%", line.split(maxsplit=5)[5])
    return subprocess.run(
        ["/bin/sh", "-c", command],
        env={"PATH": "/usr/bin:/bin"},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("flock", [None, shutil.which("flock")])
def test_the_line_runs_in_a_bare_shell_with_any_path(tmp_path: Path, flock: str | None) -> None:
    """Quotes, %, $ and spaces in paths reach the command unharmed, and its output the log."""
    folder = tmp_path / AWKWARD
    folder.mkdir()
    line = crontab_line(entry(folder), flock=flock)
    assert "%" not in line.replace(r"\%", "")
    ran = as_cron_runs_it(line)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert (folder / "run.log").read_text() == f"{['--config', f'{folder}/digest.toml']}\n"


@pytest.mark.skipif(shutil.which("flock") is None, reason="no flock program is installed")
def test_a_run_does_not_overlap_another(tmp_path: Path) -> None:
    """While one run holds the lock, the next ends with 75 and runs nothing."""
    line = crontab_line(entry(tmp_path), flock=shutil.which("flock"))
    with subprocess.Popen(["flock", str(tmp_path / "run.lock"), "cat"], stdin=subprocess.PIPE) as holder:
        while not (tmp_path / "run.lock").exists():
            pass
        # `flock` opens the file before it locks it: the lock is sure once a second try is refused.
        while (
            subprocess.run(["flock", "-n", str(tmp_path / "run.lock"), "true"], check=False).returncode == 0
        ):
            pass
        assert as_cron_runs_it(line).returncode == 75
        assert (tmp_path / "run.log").read_text() == ""
        holder.communicate()
    assert as_cron_runs_it(line).returncode == 0


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"name": "two words"}, UsageError),
        ({"name": "a\nb"}, UsageError),
        ({"when": "never"}, InvalidInputError),
        ({"command": []}, InvalidInputError),
        ({"command": ["python3", "-m", "digest"]}, InvalidInputError),
        ({"folder": Path("here")}, InvalidInputError),
        ({"log": Path("/var/log/a\nb")}, InvalidInputError),
        ({"command": ["/usr/bin/true", "a\n* * * * * rm"]}, InvalidInputError),
    ],
)
def test_an_entry_that_cannot_work_cannot_be_built(
    tmp_path: Path, changes: dict[str, object], error: type[Exception]
) -> None:
    """Relative paths and line breaks are refused: a line break would be another entry."""
    with pytest.raises(error):
        entry(tmp_path, **changes)


def test_the_units_name_the_command_and_where_they_go(tmp_path: Path) -> None:
    """A timer and a oneshot service, percent signs doubled for systemd."""
    units = systemd_units(entry(tmp_path / "50%"))
    assert "OnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 07:30:00" in units
    assert f'"{tmp_path}/50%%/digest.toml"' in units
    assert "digest-morning.timer" in units


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze is installed")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    """systemd itself verifies the two files, put where the comments say."""
    folder = tmp_path / "it's 50% $HOME"
    folder.mkdir()
    timer, service = re.split(r"^# --- .*\n", systemd_units(entry(folder)), flags=re.MULTILINE)[1:]
    (tmp_path / "digest-morning.timer").write_text(timer)
    (tmp_path / "digest-morning.service").write_text(service)
    ran = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / "digest-morning.timer")],
        env={"PATH": "/usr/bin:/bin", "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [said for said in ran.stderr.splitlines() if "digest-morning" in said]
    assert (ran.returncode, complaints) == (0, [])
