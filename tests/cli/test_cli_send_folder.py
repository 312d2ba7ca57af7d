"""A mailing written into a folder is mailed later: the same letters, the same ledger, nobody twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path

import pytest
from cli_places import article, folder_with
from command import Ended, digest, start
from fault_server import At, Fault, FaultServer, Moment, behave

PEOPLE = 20


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """A folder with a mailing written to ``letters``."""
    place = folder_with(tmp_path, people=PEOPLE)
    written = await write(place)
    assert written.status == 0, written.err
    return place


async def write(place: Path, *more: str, source: str = "article.txt", to: str = "letters") -> Ended:
    """Write a mailing into a folder."""
    return await digest(
        "send", source, "--to", "list.csv", "--smtp", f"folder:{to}", "--yes", *more, cwd=place
    )


async def mail(place: Path, server: FaultServer, *more: str) -> Ended:
    """Mail what was written."""
    return await digest(
        "send", "letters", "--smtp", f"smtp://127.0.0.1:{server.port}", "--yes", *more, cwd=place
    )


def letters(place: Path) -> dict[str, bytes]:
    """Give the written letters by recipient."""
    lines = (place / "letters" / "envelopes.jsonl").read_text("utf-8").splitlines()
    shapes = [json.loads(line) for line in lines]
    return {shape["recipient"]: (place / "letters" / shape["file"]).read_bytes() for shape in shapes}


async def test_letters_go_out_as_they_were_written_and_once(folder: Path) -> None:
    """Octet for octet; the status knows their Message-IDs; neither the folder nor its article mails them again."""
    async with FaultServer(behave) as server:
        first = await mail(folder, server, "--json")
        assert first.status == 0, first.err
        assert first.json()["counts"]["accepted"] == PEOPLE
        assert server.truth.bodies == letters(folder)
        told = (await digest("status", "--json", cwd=folder)).json()
        ids = {one["email"]: one["message_id"] for one in told["deliveries"]}
        assert ids == {
            who: message_from_bytes(body)["Message-ID"].strip("<>") for who, body in letters(folder).items()
        }
        again = await mail(folder, server)
        assert (again.status, "finished" in again.err) == (0, True)
        smtp = f"smtp://127.0.0.1:{server.port}"
        direct = await digest("send", "article.txt", "--to", "list.csv", "--smtp", smtp, "--yes", cwd=folder)
        assert direct.status == 0, direct.err
    assert set(server.truth.accepted.values()) == {1}
    assert len(server.truth.accepted) == PEOPLE


async def test_a_folder_is_gone_on_with_after_a_limit_and_a_kill(folder: Path) -> None:
    """Seven, then killed in the midst, then the rest: all have a letter or are in doubt, nobody has two."""
    async with FaultServer(behave, offers=()) as server:
        assert (await mail(folder, server, "--limit", "7")).status == 0
        assert sum(server.truth.accepted.values()) == 7
        smtp = f"smtp://127.0.0.1:{server.port}"
        child = await start("send", "letters", "--smtp", smtp, "--connections", "2", "--yes", cwd=folder)

        def decide(moment: Moment) -> Fault | None:
            if moment.at is At.DOT and sum(server.truth.accepted.values()) == 12 and child.returncode is None:
                child.kill()
            return None

        server.decide = decide
        await child.communicate()
        await server.idle()
        server.decide = behave
        last = await mail(folder, server, "--json")
        counts = last.json()["counts"]
    assert counts["accepted"] + counts["in_doubt"] == PEOPLE
    assert counts["in_doubt"] <= 2
    assert last.status == (76 if counts["in_doubt"] else 0)
    assert set(server.truth.accepted.values()) == {1}


async def test_a_rehearsal_of_a_folder_does_not_count(folder: Path) -> None:
    """Written into another folder, the letters are the same, and the real mailing still has everybody."""
    other = await digest("send", "letters", "--smtp", "folder:copy", "--yes", cwd=folder)
    assert other.status == 0, other.err
    names = {path.name for path in (folder / "letters").glob("*.eml")}
    assert {path.name for path in (folder / "copy").glob("*.eml")} == names
    async with FaultServer(behave) as server:
        assert (await mail(folder, server)).status == 0
    assert len(server.truth.accepted) == PEOPLE


def changed(place: Path) -> None:
    """Change one letter."""
    letter = next((place / "letters").glob("*.eml"))
    letter.write_bytes(letter.read_bytes().replace(b"bicycle", b"tricycle", 1))


def cut_off(place: Path) -> None:
    """Cut one letter off."""
    letter = next((place / "letters").glob("*.eml"))
    letter.write_bytes(letter.read_bytes()[:-40])


def swapped(place: Path) -> None:
    """Address one person's letter to another."""
    file = place / "letters" / "envelopes.jsonl"
    file.write_text(file.read_text("utf-8").replace('"reader1@', '"stranger@'), "utf-8")


def torn(place: Path) -> None:
    """Cut the envelopes off in the midst of a line."""
    file = place / "letters" / "envelopes.jsonl"
    file.write_text(file.read_text("utf-8")[:-30], "utf-8")


def gone(place: Path) -> None:
    """Remove one letter."""
    next((place / "letters").glob("*.eml")).unlink()


def unnamed(place: Path) -> None:
    """Remove what says which edition it is."""
    (place / "letters" / "edition.jsonl").unlink()


def several_senders(place: Path) -> None:
    """Let one envelope have another sender."""
    file = place / "letters" / "envelopes.jsonl"
    file.write_text(file.read_text("utf-8").replace('"sender": "', '"sender": "other.', 1), "utf-8")


@pytest.mark.parametrize(
    ("damage", "status"),
    [
        (changed, 65),
        (cut_off, 65),
        (swapped, 65),
        (torn, 65),
        (gone, 66),
        (unnamed, 66),
        (several_senders, 65),
    ],
)
async def test_a_folder_that_was_damaged_is_refused_whole(
    damage: Callable[[Path], None], status: int, folder: Path
) -> None:
    """Nobody gets a letter from it, and the place is named."""
    damage(folder)
    async with FaultServer(behave) as server:
        ended = await mail(folder, server)
    assert ended.status == status, ended.err
    assert "/letters" in ended.err
    assert not server.truth.connections


async def test_two_editions_in_one_folder_are_refused(folder: Path) -> None:
    """Nobody can tell which of them is meant."""
    (folder / "article.txt").write_text(article(2), "utf-8")
    assert (await write(folder)).status == 0
    async with FaultServer(behave) as server:
        ended = await mail(folder, server)
    assert ended.status == 65
    assert "2 editions" in ended.err
    assert not server.truth.connections


async def test_a_test_letter_is_not_mailed_with_the_others(folder: Path) -> None:
    """A folder that holds one too is refused."""
    await write(folder, "--test-to", "me@example.org")
    async with FaultServer(behave) as server:
        ended = await mail(folder, server)
    assert (ended.status, server.truth.connections) == (65, 0)


async def test_two_letters_for_one_person_are_refused(folder: Path) -> None:
    """The same edition in another theme: each would get it twice, or one at random."""
    assert (await write(folder, "--theme", "letter")).status == 0
    async with FaultServer(behave) as server:
        ended = await mail(folder, server)
    assert ended.status == 65
    assert "different letters for reader" in ended.err
    assert not server.truth.connections


@pytest.mark.parametrize(
    "flag",
    [("--to", "list.csv"), ("--subject", "Other"), ("--test-to", "me@example.org"), ("--theme", "brief")],
)
async def test_what_was_settled_cannot_be_said_again(flag: tuple[str, str], folder: Path) -> None:
    """A flag without effect would be a promise that is not kept."""
    ended = await digest("send", "letters", *flag, "--smtp", "folder:x", "--yes", cwd=folder)
    assert ended.status == 2
    assert flag[0] in ended.err


async def test_letters_with_a_rehearsals_sender_do_not_leave_the_machine(folder: Path) -> None:
    """Placeholders under example.org in a real mailing: 78 before anybody is connected to, also with settings now."""
    (folder / "digest.toml").write_text(
        '[sender]\naddress = "news@example.net"\npostal_address = "1 Quay, Harbour"\n'
        '[list]\nunsubscribe_mailto = "leave@example.net"\n',
        "utf-8",
    )
    ended = await digest("send", "letters", "--smtp", "smtp://mail.example.net:587", "--yes", cwd=folder)
    assert ended.status == 78
    assert "another address" in ended.err
