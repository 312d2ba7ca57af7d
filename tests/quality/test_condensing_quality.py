"""The scores of condensing may not fall."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import condensing_gate
import pytest

# Read when the module is loaded: the tests themselves run without any DIGEST_ variable.
KIT = os.environ.get("DIGEST_CONDENSING_KIT", "")


def test_no_score_falls_below_its_floor() -> None:
    """What was once reached on our own corpus is reached again."""
    pinned = json.loads(condensing_gate.FLOORS.read_text("utf-8"))
    measured = condensing_gate.measure()
    fallen = {
        name: (measured.get(name), floor)
        for name, floor in pinned["floors"].items()
        if measured.get(name, -1.0) < floor
    }
    assert not fallen, f"(measured, floor): {fallen}"


def test_the_floors_belong_to_this_corpus() -> None:
    """A changed corpus needs new floors, pinned on purpose."""
    pinned = json.loads(condensing_gate.FLOORS.read_text("utf-8"))
    assert pinned["corpus"] == condensing_gate.fingerprint()


def test_the_floors_were_not_edited_by_hand() -> None:
    """A floor is lowered by the script and its flag, or this fails."""
    pinned = json.loads(condensing_gate.FLOORS.read_text("utf-8"))
    assert pinned["seal"] == condensing_gate.seal(pinned)
    pinned["floors"]["rouge_1"] -= 0.1
    assert pinned["seal"] != condensing_gate.seal(pinned)


def test_floors_are_not_lowered_by_accident(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writing floors below the pinned ones is refused without the flag."""
    floors = tmp_path / "floors.json"
    high = {"corpus": condensing_gate.fingerprint(), "floors": {"rouge_1": 99.0}}
    floors.write_text(json.dumps(high), "utf-8")
    monkeypatch.setattr(condensing_gate, "FLOORS", floors)
    monkeypatch.setattr(sys, "argv", ["condensing_gate.py", "--write"])
    assert condensing_gate.main() == 1
    assert json.loads(floors.read_text("utf-8")) == high
    monkeypatch.setattr(sys, "argv", ["condensing_gate.py", "--write", "--lower"])
    assert condensing_gate.main() == 0
    assert json.loads(floors.read_text("utf-8"))["floors"]["rouge_1"] < 99.0


@pytest.mark.kit
def test_the_grounding_gate_holds_on_the_kit() -> None:
    """Planted numbers and names are caught, extracts never called wrong."""
    script = Path(__file__).parents[2] / "benchmarks" / "plant_errors.py"
    done = subprocess.run(
        [sys.executable, str(script), KIT],
        check=True,
        capture_output=True,
        text=True,
    )
    caught = {
        line.split()[0]: float(line.split("caught")[1].split("%")[0]) for line in done.stdout.splitlines()[:4]
    }
    assert caught["number"] >= 90
    assert caught["name"] >= 90
    assert "extracts called wrong: 0 of" in done.stdout
