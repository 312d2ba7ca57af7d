"""``--where`` from the command line: the segment is kept with its edition, and mistakes mail nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_places import folder_with
from command import digest
from fault_server import FaultServer, behave

LIST = "email,city\nann@example.org,Riga\nbo@example.org,Oslo\ncy@example.org,Riga\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = folder_with(tmp_path, people=1)
    (folder / "list.csv").write_text(LIST)
    return folder


async def test_only_the_segment_is_mailed_then_the_rest(folder: Path) -> None:
    """Two of three first; without the condition the third, and nobody twice."""
    async with FaultServer(behave) as server:
        url = f"smtp://127.0.0.1:{server.port}"
        common = ("send", "article.txt", "--to", "list.csv", "--yes", "--json", "--smtp", url)
        first = await digest(*common, "--where", "city == 'Riga'", cwd=folder)
        assert set(server.truth.accepted) == {"ann@example.org", "cy@example.org"}
        rest = await digest(*common, cwd=folder)
    assert first.status == 0, first.err
    assert first.json()["counts"] | {"accepted": 2, "skipped": 1} == first.json()["counts"]
    assert rest.status == 0, rest.err
    assert server.truth.accepted == dict.fromkeys(("ann@example.org", "bo@example.org", "cy@example.org"), 1)


@pytest.mark.parametrize(
    ("where", "said"), [("town == 'Riga'", "no column 'town'"), ("city ==", "is no condition")]
)
async def test_a_wrong_condition_mails_nobody(folder: Path, where: str, said: str) -> None:
    """A mistyped condition ends with 65 before any connection."""
    async with FaultServer(behave) as server:
        url = f"smtp://127.0.0.1:{server.port}"
        ended = await digest(
            "send", "article.txt", "--to", "list.csv", "--smtp", url, "--yes", "--where", where, cwd=folder
        )
    assert ended.status == 65
    assert said in ended.err
    assert not server.truth.accepted


async def test_preview_shows_it_for_somebody_of_the_segment(folder: Path) -> None:
    """The first subscriber offered meets the condition; so does the sample of --test-to's dry run."""
    ended = await digest(
        "preview", "article.txt", "--to", "list.csv", "--where", "city == 'Oslo'", "-o", "out", cwd=folder
    )
    assert ended.status == 0, ended.err
    assert "To: bo@example.org" in (folder / "out" / "letter.eml").read_text()
