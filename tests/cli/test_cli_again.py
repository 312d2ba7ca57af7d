"""The same articles, editions and lists met again: nobody is mailed twice, nobody is forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_places import article, folder_with
from command import Ended, digest
from fault_server import At, Fault, FaultServer, Moment, behave

STORIES = ("one.txt", "two.txt", "three.txt")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with three stories and two lists: four people, and three others."""
    place = folder_with(tmp_path, people=4)
    (place / "others.csv").write_text("email\n" + "".join(f"other{n}@example.com\n" for n in range(3)))
    for number, name in enumerate(STORIES, start=1):
        (place / name).write_text(article(number))
    return place


async def send(place: Path, server: FaultServer, *more: str, to: str = "list.csv") -> Ended:
    """Mail sources to a list."""
    smtp = f"smtp://127.0.0.1:{server.port}"
    return await digest("send", *more, "--to", to, "--smtp", smtp, "--yes", cwd=place)


def sources(place: Path, server: FaultServer) -> None:
    """Have `digest run` look at a folder without stories."""
    (place / "news").mkdir()
    (place / "digest.toml").write_text(
        f'[list]\nsubscribers = "list.csv"\n[smtp]\nurl = "smtp://127.0.0.1:{server.port}"\n'
        '[[sources]]\npath = "news/*.txt"\n'
    )


async def test_an_article_enters_a_second_edition_only_by_name(folder: Path) -> None:
    """Three stories of which one was mailed: refused before anybody is mailed, and both ways on work."""
    async with FaultServer(behave) as server:
        assert (await send(folder, server, "one.txt")).status == 0
        refused = await send(folder, server, *STORIES)
        assert (refused.status, sum(server.truth.accepted.values())) == (65, 4)
        assert "1 of 3 articles was mailed before, in edition 'the-new-orchard" in refused.err
        assert "--edition NAME" in refused.err
        named = await send(folder, server, *STORIES, "--edition", "weekly-1")
        assert named.status == 0, named.err
        assert (await send(folder, server, "two.txt", "--edition", "weekly-2")).status == 0
    assert set(server.truth.accepted.values()) == {3}


async def test_what_was_marked_seen_can_be_mailed_by_hand(folder: Path) -> None:
    """`digest run --mark-seen` keeps the clock from an article, not a person."""
    async with FaultServer(behave) as server:
        sources(folder, server)
        (folder / "news" / "one.txt").write_text(article(1))
        assert (await digest("run", "--mark-seen", cwd=folder)).status == 0
        sent = await send(folder, server, "news/one.txt")
        assert sent.status == 0, sent.err
        assert (await digest("run", cwd=folder)).status == 0
    assert list(server.truth.accepted.values()) == [1] * 4


async def test_run_finishes_an_edition_on_every_list_it_was_sent_to(folder: Path) -> None:
    """Somebody deferred on the second list is no less owed the letter than on the first."""

    def decide(moment: Moment) -> Fault | None:
        late = moment.at is At.RCPT and moment.recipient == "other1@example.com"
        return Fault(b"450 4.2.0 come back\r\n") if late else None

    async with FaultServer(decide) as server:
        sources(folder, server)
        assert (await send(folder, server, "one.txt")).status == 0
        assert (await send(folder, server, "one.txt", to="others.csv")).status == 75
        server.decide = behave
        ended = await digest("run", cwd=folder)
        assert ended.status == 0, ended.err
        assert (await digest("status", "--json", cwd=folder)).json()["counts"]["accepted"] == 7
        assert (await digest("run", "--json", cwd=folder)).json()["edition"] is None
    assert set(server.truth.accepted.values()) == {1}


async def test_a_mended_text_is_noticed_on_the_second_list_too(folder: Path) -> None:
    """Half the list would get one text and half another: refused, whichever list it was first sent to."""
    async with FaultServer(behave) as server:
        assert (await send(folder, server, "one.txt")).status == 0
        assert (await send(folder, server, "one.txt", "--limit", "1", to="others.csv")).status == 0
        (folder / "one.txt").write_text(article(1).replace("quiet", "still"))
        refused = await send(folder, server, "one.txt", to="others.csv")
        assert (refused.status, "open edition" in refused.err) == (65, True)
        mended = await send(folder, server, "one.txt", "--accept-change", to="others.csv")
        assert mended.status == 0, mended.err
    assert (len(server.truth.accepted), set(server.truth.accepted.values())) == (7, {1})
