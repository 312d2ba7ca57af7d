"""The preview builds when something changed, and survives a build that fails."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from digest.errors import TemplateError
from digest.web.desk import Desk, Preview
from digest.web.watching import fingerprint


def preview(subscriber: str | None) -> Preview:
    return Preview(
        subject="Tide tables", preheader="", html="<p>", text="", message=b"", subscriber=subscriber or ""
    )


async def test_a_letter_is_built_once_per_subscriber_until_something_changes() -> None:
    """Looking again costs nothing; after a change each is built anew."""
    asked: list[str | None] = []

    async def rebuild(subscriber: str | None) -> Preview:
        asked.append(subscriber)
        return preview(subscriber)

    desk = Desk(rebuild)
    for subscriber in (None, "a@example.org", None, "a@example.org"):
        await desk.preview(subscriber)
    assert asked == [None, "a@example.org"]
    await desk.renew()
    await desk.preview(None)
    assert asked == [None, "a@example.org", None]


async def test_a_failed_build_keeps_the_last_good_letter() -> None:
    """The error stands beside the last letter that worked; a bug is no such error."""
    failing: list[Exception] = []

    async def rebuild(subscriber: str | None) -> Preview:
        if failing:
            raise failing[0]
        return preview(subscriber)

    desk = Desk(rebuild)
    await desk.preview(None)
    failing.append(TemplateError("no such field", where="letter.html:4", hint="mend it"))
    await desk.renew()
    built = await desk.preview(None)
    assert built.error is failing[0]
    assert built.preview is not None
    assert built.preview.subject == "Tide tables"
    failing[:] = [ZeroDivisionError()]
    await desk.renew()
    with pytest.raises(ZeroDivisionError):
        await desk.preview(None)


async def test_who_waits_is_told_of_a_change() -> None:
    """A page that waits is woken by a change."""

    async def rebuild(subscriber: str | None) -> Preview:
        return preview(subscriber)

    desk = Desk(rebuild)
    waiting = asyncio.create_task(desk.renewed_since(desk.version))
    await asyncio.sleep(0)
    await desk.renew()
    assert await waiting == desk.version


def test_a_change_in_a_watched_folder_shows(tmp_path: Path) -> None:
    """Written, new and removed files change the fingerprint; hidden ones do not."""
    theme = tmp_path / "theme"
    (theme / "parts").mkdir(parents=True)
    (theme / "parts" / "letter.html").write_text("one")
    paths = [theme, tmp_path / "absent.toml"]
    first = fingerprint(paths)
    (theme / ".letter.html.swp").write_text("typing")
    assert fingerprint(paths) == first
    (theme / "parts" / "letter.html").write_text("another")
    second = fingerprint(paths)
    assert second != first
    (tmp_path / "absent.toml").write_text("")
    third = fingerprint(paths)
    assert third != second
    (theme / "parts" / "letter.html").unlink()
    assert fingerprint(paths) != third
