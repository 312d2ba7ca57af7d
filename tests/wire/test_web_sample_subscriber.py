"""A preview for any address: those of the list with their own fields, others with samples, and it is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.mailing.previewing import PreviewRequest, build_preview
from digest.settings import load_settings

ARTICLE = Path(__file__).parents[2] / "examples" / "harbour-library.txt"


@pytest.mark.parametrize(
    ("asked", "shown", "is_sample"),
    [
        (None, "mara@example.net", False),
        ("MARA@example.net", "mara@example.net", False),
        ("eve@example.org", "eve@example.org", True),
    ],
)
async def test_any_address_can_be_asked_for(
    asked: str | None, shown: str, *, is_sample: bool, tmp_path: Path
) -> None:
    """Only where the fields are made up, a remark says so."""
    (tmp_path / "list.csv").write_text("email,name\nmara@example.net,Mara\n", "utf-8")
    (tmp_path / "digest.toml").write_text(f'[list]\nsubscribers = "{tmp_path}/list.csv"\n', "utf-8")
    request = PreviewRequest(names=(str(ARTICLE),), as_address=asked)
    preview = await build_preview(request, load_settings(tmp_path / "digest.toml"))
    assert preview.subscriber == shown
    assert ("sample" in {remark.rule for remark in preview.remarks}) is is_sample
    assert f"To: {'Mara <' if not is_sample else ''}".encode() in preview.message
