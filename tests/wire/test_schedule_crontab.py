"""The real crontab program: our entries come and go, the lines of others stay byte for byte."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from digest.errors import ConfigurationError, InputMissingError
from digest.schedule import ScheduleEntry, add, entries, remove

# What python-crontab would mangle: an empty value, odd spaces, a bare %, Latin-1, an Ansible mark.
FOREIGN = (
    b'MAILTO=""\n#Ansible: backup\n0  5 * * *\techo 50% done\n*/5 * * * * caf\xe9 # note\n\n@reboot true\n'
)


@pytest.fixture
def crontab() -> Iterator[None]:
    """Put the lines of others in place, and what was there back afterwards."""
    if shutil.which("crontab") is None:
        pytest.skip("no crontab program is installed")
    before = subprocess.run(["crontab", "-l"], capture_output=True, check=False)
    subprocess.run(["crontab", "-"], input=FOREIGN, check=True)
    yield
    if before.returncode == 0:
        subprocess.run(["crontab", "-"], input=before.stdout, check=True)
    else:
        subprocess.run(["crontab", "-r"], check=True)


def entry(folder: Path, when: str = "07:30 mon-fri", name: str = "morning") -> ScheduleEntry:
    return ScheduleEntry(
        name=name,
        when=when,
        command=["/usr/bin/python3", "-m", "digest", "run", "--config", f"{folder}/50% it's/digest.toml"],
        folder=folder,
        log=folder / "logs" / "run.log",
        lock=folder / "state" / "run.lock",
    )


def tab() -> bytes:
    return subprocess.run(["crontab", "-l"], capture_output=True, check=True).stdout


@pytest.mark.usefixtures("crontab")
def test_entries_come_and_go_and_the_lines_of_others_stay(tmp_path: Path) -> None:
    """Added, replaced, listed and removed; every foreign byte is where it was."""
    first = add(entry(tmp_path))
    add(entry(tmp_path, name="evening", when="@daily"))
    assert tab().startswith(FOREIGN)
    assert [(found.name, found.when) for found in entries()] == [
        ("morning", "30 7 * * 1-5"),
        ("evening", "0 0 * * *"),
    ]
    assert "50% it" in first.command
    assert (tmp_path / "logs").is_dir()
    assert (tmp_path / "state").is_dir()
    add(entry(tmp_path, when="08:00"))
    assert [(found.name, found.when) for found in entries()] == [
        ("evening", "0 0 * * *"),
        ("morning", "0 8 * * *"),
    ]
    remove("evening")
    remove("morning")
    assert tab() == FOREIGN


@pytest.mark.usefixtures("crontab")
def test_a_missing_entry_cannot_be_removed() -> None:
    """Removing what is not there says so and changes nothing."""
    with pytest.raises(InputMissingError):
        remove("morning")
    assert tab() == FOREIGN


@pytest.mark.usefixtures("crontab")
def test_an_entry_commented_out_by_hand_is_listed_as_paused(tmp_path: Path) -> None:
    """Somebody who pauses an entry with a # still finds it in the list; adding it again wakes it."""
    line = add(entry(tmp_path)).line
    subprocess.run(["crontab", "-"], input=tab().replace(line.encode(), b"# " + line.encode()), check=True)
    [paused] = entries()
    assert paused.paused
    add(entry(tmp_path))
    [awake] = entries()
    assert not awake.paused


def test_without_the_program_the_line_stands_in_the_hint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No crontab program: 78, with the line to add."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigurationError) as refused:
        add(entry(tmp_path))
    assert refused.value.hint is not None
    assert "30 7 * * 1-5 cd " in refused.value.hint
    assert "# digest:morning" in refused.value.hint
