"""`digest run`: what is new in the sources, once, whatever happens in between."""

from __future__ import annotations

import asyncio
import email.utils
import http.server
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path

import pytest
from cli_places import article, folder_with
from command import SECONDS, digest, start
from fault_server import At, Fault, FaultServer, Moment, behave


class FeedServer:
    """A feed on loopback whose entries can be changed between two runs."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.polls = 0

    def document(self) -> bytes:
        now = email.utils.formatdate(time.time() - 3600)
        items = "".join(
            f"<item><title>{escape(article(number).splitlines()[0])}</title><guid>urn:example:{number}</guid>"
            f"<link>http://127.0.0.1/never-fetched/{number}</link><pubDate>{now}</pubDate>"
            f"<description>{escape(paragraphs(number))}</description></item>"
            for number in self.numbers
        )
        channel = f"<channel><title>Town</title>{items}</channel>"
        return f'<?xml version="1.0"?><rss version="2.0">{channel}</rss>'.encode()


def paragraphs(number: int) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in article(number).splitlines()[1:] if line)


@contextmanager
def serving(feed: FeedServer) -> Iterator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            feed.polls += 1
            body = feed.document()
            self.send_response(200)
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/feed.xml"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def settings(folder: Path, feed_url: str, smtp_port: int) -> None:
    (folder / "digest.toml").write_text(
        f'[list]\nsubscribers = "list.csv"\n[smtp]\nurl = "smtp://127.0.0.1:{smtp_port}"\nconnections = 2\n'
        f'[run]\nallow_private = true\n[[sources]]\nurl = "{feed_url}"\n'
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folder_with(tmp_path, people=60)


def told(server: FaultServer, recipient: str) -> bytes:
    """Give the last letter that somebody got."""
    return server.truth.bodies[recipient].replace(b"=\r\n", b"")


async def test_only_what_is_new_is_mailed(folder: Path) -> None:
    """The first run mails the feed, the second nothing, the third the one new entry."""
    feed = FeedServer()
    feed.numbers = [1, 2]
    async with FaultServer(behave) as server:
        with serving(feed) as url:
            settings(folder, url, server.port)
            first = await digest("run", "--json", cwd=folder)
            assert first.status == 0, first.err
            assert first.json()["counts"]["accepted"] == 60
            second = await digest("run", cwd=folder)
            assert second.status == 0, second.err
            assert "nothing was sent" in second.err.lower()
            assert set(server.truth.accepted.values()) == {1}
            feed.numbers = [3, 1, 2]
            third = await digest("run", "--json", cwd=folder)
            assert third.status == 0, third.err
    assert set(server.truth.accepted.values()) == {2}
    body = told(server, "reader0@example.org")
    assert b"quarter 3 opens" in body
    assert b"quarter 1 opens" not in body


async def test_mark_seen_mails_nothing(folder: Path) -> None:
    """What is there when marking counts as mailed; what comes later is mailed."""
    feed = FeedServer()
    feed.numbers = [1, 2]
    async with FaultServer(behave) as server:
        with serving(feed) as url:
            settings(folder, url, server.port)
            assert (await digest("run", "--mark-seen", cwd=folder)).status == 0
            assert (await digest("run", cwd=folder)).status == 0
            assert not server.truth.accepted
            feed.numbers = [4, 1, 2]
            assert (await digest("run", cwd=folder)).status == 0
    assert len(server.truth.accepted) == 60
    assert b"quarter 1 opens" not in told(server, "reader0@example.org")


async def test_killed_midway_with_a_changed_feed(folder: Path) -> None:
    """Kill -9 midway, change the feed: the open edition is finished first, no entry reaches anyone twice."""
    feed = FeedServer()
    feed.numbers = [1, 2]
    midway = asyncio.Event()

    def decide(moment: Moment) -> Fault | None:
        if moment.at is At.MAIL and sum(server.truth.accepted.values()) >= 20:
            midway.set()
        return None

    async with FaultServer(decide) as server:
        with serving(feed) as url:
            settings(folder, url, server.port)
            process = await start("run", cwd=folder)
            await asyncio.wait_for(midway.wait(), SECONDS)
            process.kill()
            await process.wait()
            feed.numbers = [5, 2]
            server.decide = behave
            ended = await digest("run", cwd=folder)
            assert ended.status in {0, 76}, ended.err
            again = await digest("run", cwd=folder)
            assert again.status == 0, again.err
    counts = [server.truth.accepted[f"reader{number}@example.org"] for number in range(60)]
    assert max(counts) == 2, "two editions, each once"
    assert counts.count(1) <= 2, "at most one letter a connection is in doubt"
    for number in range(60):
        body = told(server, f"reader{number}@example.org")
        assert b"quarter 5 opens" in body, "everybody gets the new entry"
        assert b"quarter 2 opens" not in body, "and no entry of the open edition again"


async def test_two_runs_at_once(folder: Path) -> None:
    """The second run ends at once with 75."""
    feed = FeedServer()
    feed.numbers = [1]
    entered = asyncio.Event()

    def decide(moment: Moment) -> Fault | None:
        entered.set()
        return None

    async with FaultServer(decide) as server:
        with serving(feed) as url:
            settings(folder, url, server.port)
            first = await start("run", cwd=folder)
            await asyncio.wait_for(entered.wait(), SECONDS)
            first.send_signal(signal.SIGSTOP)  # it holds the lock and does nothing
            second = await digest("run", cwd=folder)
            first.send_signal(signal.SIGCONT)
            await first.communicate()
    assert second.status == 75, second.err
    assert first.returncode == 0


@contextmanager
def three_feeds(folder: Path, smtp_port: int) -> Iterator[list[FeedServer]]:
    """Serve three feeds on loopback and name them all in the settings."""
    feeds = [FeedServer() for _ in range(3)]
    with serving(feeds[0]) as one, serving(feeds[1]) as two, serving(feeds[2]) as three:
        settings(folder, one, smtp_port)
        with (folder / "digest.toml").open("a") as file:
            file.writelines(f'[[sources]]\nurl = "{url}"\n' for url in (two, three))
        yield feeds


def quarters(server: FaultServer, recipient: str) -> list[int]:
    """List the stories in the last letter that somebody got."""
    body = told(server, recipient)
    return [number for number in range(1, 10) if b"quarter %d opens" % number in body]


@pytest.mark.parametrize("letters", [0, 1, 25, 50])
async def test_three_feeds_and_a_kill(folder: Path, letters: int) -> None:
    """Kill -9 after so many letters: each story reaches everybody in one edition, none twice, none is lost."""
    reached = asyncio.Event()

    def decide(moment: Moment) -> Fault | None:
        if moment.at is At.MAIL and sum(server.truth.accepted.values()) >= letters:
            reached.set()
        return None

    async with FaultServer(decide) as server:
        with three_feeds(folder, server.port) as feeds:
            for feed, numbers in zip(feeds, ([1, 2], [2, 3], [4]), strict=True):
                feed.numbers = numbers  # story 2 stands in two feeds
            process = await start("run", cwd=folder)
            await asyncio.wait_for(reached.wait(), SECONDS)
            process.kill()
            await process.wait()
            server.decide = behave
            feeds[2].numbers = [5, 4, 1]  # a new one, its own old one, and another feed's
            for _ in range(3):
                ended = await digest("run", cwd=folder)
                assert ended.status in {0, 76}, ended.err
            people = [f"reader{number}@example.org" for number in range(60)]
            counts = [server.truth.accepted[person] for person in people]
            assert max(counts) == 2, "two editions, each once"
            assert counts.count(1) <= 2, "at most one letter a connection is in doubt"
            assert all(
                quarters(server, person) == [5] for person in people if person in server.truth.accepted
            )
            feeds[0].numbers = [6, 1, 2]
            assert (await digest("run", cwd=folder)).status == 0
            assert all(quarters(server, person) == [6] for person in people)


async def test_a_story_of_two_feeds_is_told_once(folder: Path) -> None:
    """Three feeds, five tellings of four stories: one letter with four of them, and nothing more to send."""
    async with FaultServer(behave) as server:
        with three_feeds(folder, server.port) as feeds:
            for feed, numbers in zip(feeds, ([1, 2], [2, 3], [4]), strict=True):
                feed.numbers = numbers
            assert (await digest("run", cwd=folder)).status == 0
            assert quarters(server, "reader7@example.org") == [1, 2, 3, 4]
            assert (await digest("run", cwd=folder)).status == 0
    assert set(server.truth.accepted.values()) == {1}


def tomorrow() -> dict[str, str]:
    """Give the environment in which a process lives a day and a minute from now; skips where there is none."""
    if shutil.which("faketime") is None:
        pytest.skip("needs faketime")
    told = subprocess.run(
        ["faketime", "-f", "+86460s", "env", "-0"], capture_output=True, text=True, check=True
    )
    found = dict(line.partition("=")[::2] for line in told.stdout.split("\0"))
    return {name: found[name] for name in ("LD_PRELOAD", "FAKETIME")}


async def test_a_mailing_larger_than_the_servers_allow_goes_on_tomorrow(tmp_path: Path) -> None:
    """Three a day here, four there: 75 and seven letters today, however often cron calls; five more tomorrow, 0."""
    later = tomorrow()
    folder = folder_with(tmp_path, people=12)
    async with FaultServer() as first, FaultServer() as second:
        (folder / "digest.toml").write_text(
            f'[smtp]\nurl = "smtp://127.0.0.1:{first.port}"\nservers = ["smtp://127.0.0.1:{second.port}"]\n'
            f'server_rates = ["127.0.0.1:{first.port} 3/day", "127.0.0.1:{second.port} 4/day"]\n'
            '[list]\nsubscribers = "list.csv"\n[[sources]]\npath = "article.txt"\n',
            "utf-8",
        )
        told = []
        for environ in ({}, {}, later, later):
            ended = await digest("run", cwd=folder, environ=environ)
            told.append((ended.status, len(first.truth.accepted), len(second.truth.accepted)))
    assert told[:2] == [(75, 3, 4)] * 2, ended.err
    assert [status for status, *_ in told[2:]] == [0, 0], ended.err
    assert told[3] == told[2]
    both = first.truth.accepted + second.truth.accepted
    assert len(both) == both.total() == 12
    assert len(first.truth.accepted) <= 6
    assert len(second.truth.accepted) <= 8
