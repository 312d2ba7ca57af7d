"""`digest send` and `digest run` from the command line to a real SMTP server."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path

import pytest
from cli_places import folder_with
from command import SECONDS, digest, start
from fault_server import At, Fault, FaultServer, Moment, Then, behave

from digest.web.inbox import Inbox


def smtp(server: FaultServer) -> tuple[str, str]:
    return ("--smtp", f"smtp://127.0.0.1:{server.port}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folder_with(tmp_path, people=20)


async def test_everybody_once_and_nobody_again(folder: Path) -> None:
    """All rows get the letter; the same command again sends to nobody and says so."""
    async with FaultServer(behave) as server:
        first = await digest(
            "send", "article.txt", "--to", "list.csv", *smtp(server), "--yes", "--json", cwd=folder
        )
        again = await digest("send", "article.txt", "--to", "list.csv", *smtp(server), "--yes", cwd=folder)
    assert first.status == 0, first.err
    assert first.json()["counts"]["accepted"] == 20
    assert set(server.truth.accepted.values()) == {1}
    assert len(server.truth.accepted) == 20
    assert again.status == 0
    assert "finished" in again.err


async def test_trouble_with_one_never_stops_the_others(folder: Path) -> None:
    """One 4xx and one 5xx: the others arrive, the status says which, and the next run mends the 4xx."""

    def decide(moment: Moment) -> Fault | None:
        if moment.at is At.RCPT and moment.recipient == "reader3@example.org":
            return Fault(b"450 4.2.0 greylisted\r\n")
        if moment.at is At.RCPT and moment.recipient == "reader4@example.org":
            return Fault(b"550 5.1.1 no such person\r\n")
        return None

    async with FaultServer(decide) as server:
        ended = await digest(
            "send", "article.txt", "--to", "list.csv", *smtp(server), "--yes", "--json", cwd=folder
        )
        assert ended.status == 75, ended.err
        assert ended.json()["counts"]["accepted"] == 18
        status = (await digest("status", "--json", cwd=folder)).json()
        told = {delivery["email"]: delivery for delivery in status["deliveries"]}
        assert status["state"] == "open"
        assert (told["reader3@example.org"]["verdict"], told["reader3@example.org"]["code"]) == (
            "deferred",
            450,
        )
        assert (told["reader4@example.org"]["verdict"], told["reader4@example.org"]["enhanced"]) == (
            "refused",
            "5.1.1",
        )
        server.decide = behave
        ended = await digest("send", "article.txt", "--to", "list.csv", *smtp(server), "--yes", cwd=folder)
    assert ended.status == 1, ended.err
    assert server.truth.accepted["reader3@example.org"] == 1
    assert server.truth.accepted["reader4@example.org"] == 0
    assert max(server.truth.accepted.values()) == 1


async def test_a_rehearsal_does_not_count(folder: Path) -> None:
    """Rehearse in the inbox, then send for real: everyone gets it."""
    async with Inbox(smtp_port=0, web_port=0) as inbox, FaultServer(behave) as server:
        rehearsed = await digest(
            "send", "article.txt", "--to", "list.csv", "--smtp", inbox.smtp_url, "--yes", "--json", cwd=folder
        )
        assert rehearsed.json()["rehearsal"] is True
        assert len(inbox.messages) == 20
        again = await digest(
            "send", "article.txt", "--to", "list.csv", "--smtp", inbox.smtp_url, "--yes", cwd=folder
        )
        assert again.status == 0
        assert len(inbox.messages) == 20, "the same rehearsal twice mails nobody twice"
        real = await digest(
            "send", "article.txt", "--to", "list.csv", *smtp(server), "--yes", "--json", cwd=folder
        )
    assert real.status == 0, real.err
    assert real.json()["rehearsal"] is False
    assert len(server.truth.accepted) == 20


async def test_a_test_mail_goes_to_one_and_is_marked(folder: Path) -> None:
    """--test-to mails one address, marked, and counts for nothing."""
    async with FaultServer(behave) as server:
        ended = await digest(
            *(
                "send",
                "article.txt",
                "--to",
                "list.csv",
                "--test-to",
                "me@example.net",
                *smtp(server),
                "--yes",
                "--json",
            ),
            cwd=folder,
        )
        assert ended.status == 0, ended.err
        assert ended.json()["subject"].startswith("[Test] ")
        assert dict(server.truth.accepted) == {"me@example.net": 1}
        ended = await digest("send", "article.txt", "--to", "list.csv", *smtp(server), "--yes", cwd=folder)
    assert ended.status == 0
    assert len(server.truth.accepted) == 21


async def test_a_dry_run_sends_and_keeps_nothing(folder: Path) -> None:
    """--dry-run builds every letter, connects to nobody and leaves no store."""
    ended = await digest(
        "send", "article.txt", "--to", "list.csv", "--smtp", "smtp://127.0.0.1:9", "--dry-run", cwd=folder
    )
    assert ended.status == 0, ended.err
    assert "sent" not in ended.err.replace("Nothing was sent", "")
    assert "Owed      20 people (example.org 20)" in ended.err, "the plan is what a dry run is for"
    assert not os.path.exists(os.environ["XDG_STATE_HOME"])  # noqa: PTH110  # a test may block


async def test_a_changed_article_is_refused_while_its_edition_is_open(folder: Path) -> None:
    """A mended typo in an open edition: refused with both ways on; --accept-change sends the new text."""

    def decide(moment: Moment) -> Fault | None:
        return (
            Fault(b"451 4.3.0 later\r\n")
            if moment.at is At.RCPT and moment.recipient == "reader3@example.org"
            else None
        )

    async with FaultServer(decide) as server:
        send = ("send", "article.txt", "--to", "list.csv", *smtp(server), "--yes")
        assert (await digest(*send, cwd=folder)).status == 75
        article = folder / "article.txt"
        article.write_text(article.read_text("utf-8").replace("twenty", "twenty-one"), "utf-8")
        server.decide = behave
        refused = await digest(*send, cwd=folder)
        assert refused.status == 65, refused.err
        assert "--accept-change" in refused.err
        assert "--edition" in refused.err
        accepted = await digest(*send, "--accept-change", cwd=folder)
    assert accepted.status == 0, accepted.err
    assert len(server.truth.accepted) == 20
    assert set(server.truth.accepted.values()) == {1}
    assert b"twenty-one" in server.truth.bodies["reader3@example.org"].replace(b"=\r\n", b"")


async def test_the_sending_process_stays_small(folder: Path) -> None:
    """The process that sends loads neither premailer, lxml, jinja2 nor trafilatura."""
    code = (
        "import sys, digest.cli, atexit\n"
        "heavy = {'premailer', 'cssutils', 'lxml', 'jinja2', 'trafilatura', 'nh3'}\n"
        "atexit.register(lambda: print('LOADED', sorted(heavy & set(sys.modules)), file=sys.stderr))\n"
        "digest.cli.main()"
    )
    async with FaultServer(behave) as server:
        process = await asyncio.create_subprocess_exec(
            *(os.sys.executable, "-c", code),  # type: ignore[attr-defined]  # os imports sys
            *("send", "article.txt", "--to", "list.csv", *smtp(server), "--yes"),
            cwd=folder,
            stderr=asyncio.subprocess.PIPE,
        )
        _, err = await process.communicate()
    assert process.returncode == 0, err
    assert b"LOADED []" in err
    assert len(server.truth.accepted) == 20


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
async def test_an_interruption_ends_in_good_order(
    tmp_path: Path, number: signal.Signals, status: int
) -> None:
    """A signal finishes what is in flight and nothing is in doubt; the next run mails the rest."""
    folder = folder_with(tmp_path, people=400)
    reached = asyncio.Event()

    def decide(moment: Moment) -> Fault | None:
        if sum(server.truth.accepted.values()) >= 40:
            reached.set()
        return None

    async with FaultServer(decide) as server:
        send = ("send", "article.txt", "--to", "list.csv", *smtp(server), "--yes", "--connections", "2")
        process = await start(*send, cwd=folder)
        await asyncio.wait_for(reached.wait(), SECONDS)
        process.send_signal(number)
        _, err = await process.communicate()
        assert process.returncode == status, err
        counts = (await digest("status", "--json", cwd=folder)).json()["counts"]
        assert counts["in_doubt"] == 0
        assert 40 <= counts["accepted"] == sum(server.truth.accepted.values())
        assert (await digest(*send, cwd=folder)).status == 0
    assert len(server.truth.accepted) == 400
    assert set(server.truth.accepted.values()) == {1}


@pytest.mark.parametrize(
    ("edit", "status", "words"),
    [
        ({"headline": " "}, 65, "edition.json.headline: must not be empty"),
        ({"article": {"url": "http://[x", "paragraphs": ["The quay is open again."]}}, 0, "Dry run"),
    ],
)
async def test_a_digest_edited_in_a_wrong_way_is_no_bug(
    folder: Path, edit: dict[str, object], status: int, words: str
) -> None:
    """A letter without a subject is refused with its place; an address that is none is left out of the letter."""
    condensed = (await digest("condense", "--json", "article.txt", cwd=folder)).json()
    (folder / "edition.json").write_text(json.dumps({**condensed, **edit}))
    flags = ("--to", "list.csv", "--smtp", "folder:out", "--dry-run")
    ended = await digest("send", "edition.json", *flags, cwd=folder)
    assert (ended.status, words in ended.err, "Traceback" in ended.err) == (status, True, False)


async def test_an_edited_digest_is_mailed_as_it_stands(folder: Path) -> None:
    """The output of `condense --json`, edited by hand, is a source."""
    condensed = (await digest("condense", "--json", "article.txt", cwd=folder)).json()
    condensed["headline"] = "Edited by hand"
    condensed["key_points"] = condensed["key_points"][:1]
    (folder / "edition.json").write_text(json.dumps(condensed))
    shown = await digest("condense", "edition.json", cwd=folder)
    assert "short article" not in shown.out + shown.err  # its editor was brief, not the article
    async with FaultServer(behave) as server:
        ended = await digest(
            "send", "edition.json", "--to", "list.csv", *smtp(server), "--yes", "--json", cwd=folder
        )
    assert ended.status == 0, ended.err
    assert ended.json()["subject"] == "Edited by hand"


@pytest.mark.parametrize("changed", [("--theme", "letter"), ("--subject", "Another subject")])
async def test_l15_another_look_or_subject_is_refused_while_somebody_is_owed(
    changed: tuple[str, str], folder: Path
) -> None:
    """Half a list in one look and half in another: 65 with what was changed, unless it is meant."""
    async with FaultServer(behave) as server:
        send = ("send", "article.txt", "--to", "list.csv", *smtp(server), "--yes")
        assert (await digest(*send, "--limit", "5", cwd=folder)).status == 0
        refused = await digest(*send, *changed, cwd=folder)
        assert refused.status == 65, refused.err
        assert changed[0].removeprefix("--") in refused.err
        assert "--accept-change" in refused.err
        assert len(server.truth.accepted) == 5
        meant = await digest(*send, *changed, "--accept-change", cwd=folder)
    assert meant.status == 0, meant.err
    assert len(server.truth.accepted) == 20
    assert set(server.truth.accepted.values()) == {1}


async def test_l15_the_list_was_changed_between_two_runs(folder: Path) -> None:
    """Whoever left it is not mailed, whoever is new is, and whoever has the letter gets no other."""
    async with FaultServer(behave) as server:
        send = ("send", "article.txt", "--to", "list.csv", *smtp(server), "--yes")
        assert (await digest(*send, "--limit", "5", cwd=folder)).status == 0
        first = set(server.truth.accepted)
        rows = (folder / "list.csv").read_text("utf-8").splitlines()
        left = [row for row in rows[1:] if row.partition(",")[0] not in first][:3]
        kept = [row for row in rows if row not in left]
        (folder / "list.csv").write_text("\n".join([*kept, "new@example.net,New"]) + "\n", "utf-8")
        ended = await digest(*send, "--json", cwd=folder)
    assert ended.status == 0, ended.err
    assert ended.json()["counts"]["accepted"] == 18
    assert ended.json()["counts"]["skipped"] == 3
    assert not server.truth.accepted.keys() & {row.partition(",")[0] for row in left}
    assert server.truth.accepted["new@example.net"] == 1
    assert set(server.truth.accepted.values()) == {1}


async def test_several_servers_share_a_mailing_and_stand_in_for_each_other(folder: Path) -> None:
    """Weights say who carries how much; one that goes down in the midst leaves the rest to the other, nobody twice."""

    def decide(moment: Moment) -> Fault | None:
        is_down = sum(weak.truth.accepted.values()) >= 4 and moment.at in {At.GREETING, At.MAIL}
        return Fault(b"421 4.3.2 going down\r\n", Then.HANG_UP) if is_down else None

    async with FaultServer(behave) as strong, FaultServer(decide) as weak:
        servers = f'url = "smtp://127.0.0.1:{weak.port}"\nservers = ["smtp://127.0.0.1:{strong.port} 3"]\n'
        (folder / "digest.toml").write_text(f"[smtp]\n{servers}connections = 4\n", "utf-8")
        ended = await digest("send", "article.txt", "--to", "list.csv", "--yes", "--json", cwd=folder)
    assert ended.status == 0, ended.err
    both = strong.truth.accepted + weak.truth.accepted
    assert len(both) == 20
    assert set(both.values()) == {1}
    assert 0 < sum(weak.truth.accepted.values()) < 10
