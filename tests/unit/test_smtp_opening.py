"""Transports of other packages: found by their scheme, one at a time."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from digest.errors import ConfigurationError
from digest.smtp import MemoryTransport, open_transport


@pytest.fixture
def plugged_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Install a package that brings two transports, one of them broken."""
    (tmp_path / "pigeon_post.py").write_text(
        "from digest.smtp.memory import MemoryTransport\n"
        "def from_url(url, *, password=None):\n"
        "    transport = MemoryTransport()\n"
        "    transport.parcels.append((url, password()))\n"
        "    return transport\n"
    )
    about = tmp_path / "pigeon_post-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: pigeon-post\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "[digest.transports]\npigeon = pigeon_post:from_url\nowl = owl_post:from_url\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    yield tmp_path
    sys.modules.pop("pigeon_post", None)


def test_a_scheme_of_another_package_is_loaded_and_no_other(plugged_in: Path) -> None:
    """The URL goes to its factory with the way to the password; the broken neighbour is not touched."""
    transport = open_transport("pigeon://loft", password=lambda: "corn")
    assert isinstance(transport, MemoryTransport)
    assert str(transport.parcels) == "[('pigeon://loft', 'corn')]"


def test_a_broken_package_is_named(plugged_in: Path) -> None:
    """78 with the module that is not there."""
    with pytest.raises(ConfigurationError, match="owl_post"):
        open_transport("owl:night")
