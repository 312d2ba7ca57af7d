"""Who is never mailed: every line of the file counts, and a line that names nobody is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.errors import ConfigurationError
from digest.store.suppression import read_suppression


@pytest.mark.parametrize(
    "line",
    [
        "ann#lee@example.org",
        "ANN#Lee@Example.org.",
        '"ann#lee@example.org",left in May',
        "ann#lee@example.org;left",
        "  ann#lee@example.org  # left in May",
        "\ufeffann#lee@example.org",
        "email\nann#lee@example.org",
        "# who left\n\nann#lee@example.org",
    ],
)
def test_an_address_is_found_however_it_is_written(tmp_path: Path, line: str) -> None:
    """First column, any case, comments beside it; a number sign within it is no comment."""
    file = tmp_path / "suppressed.txt"
    file.write_text(f"{line}\n", "utf-8")
    assert list(read_suppression(file)) == ["ann#lee@example.org"]


@pytest.mark.parametrize("content", [b"ann\n", b"ann@example.org\nemail\n", b"zo\xeb@example.org\n"])
def test_a_line_that_names_nobody_is_refused(tmp_path: Path, content: bytes) -> None:
    """It may be somebody who must not be mailed."""
    file = tmp_path / "suppressed.txt"
    file.write_bytes(content)
    with pytest.raises(ConfigurationError):
        read_suppression(file)
