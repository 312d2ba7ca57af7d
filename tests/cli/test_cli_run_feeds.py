"""`digest run` and its feeds: what is asked, what is told, what is taken, all of it from real servers on loopback."""

from __future__ import annotations

import dataclasses
import email.policy
import email.utils
import http.server
import json
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from html import escape
from pathlib import Path

import pytest
from cli_places import article, folder_with
from command import Ended, digest
from fault_server import FaultServer, behave

from digest.store import Store

DAY = 86_400.0


@dataclasses.dataclass
class Place:
    """What one path of the site answers, and with which headers it was asked."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    asked: list[dict[str, str]] = dataclasses.field(default_factory=list)


class Site:
    """A web site on loopback: paths whose answers may change between two runs."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.places: dict[str, Place] = {}

    def feed(self, name: str, items: Sequence[str]) -> Place:
        """Put a feed under a path."""
        channel = f"<channel><title>{name}</title>{''.join(items)}</channel>"
        return self.put(name, f'<?xml version="1.0"?><rss version="2.0">{channel}</rss>'.encode())

    def put(self, name: str, body: bytes) -> Place:
        place = self.places.setdefault(f"/{name}", Place())
        place.body = body
        return place


def item(
    number: int, *, days: float = 0.1, text: str | None = None, guid: str | None = None, link: str = ""
) -> str:
    """Write one entry of a feed, so many days old."""
    title, *lines = article(number).splitlines()
    body = text if text is not None else "".join(f"<p>{escape(line)}</p>" for line in lines if line)
    return (
        f"<item><title>{escape(title)}</title><guid>{guid or f'urn:example:{number}'}</guid>"
        f"<link>{link or f'http://127.0.0.1/never-fetched/{guid or number}'}</link>"
        f"<pubDate>{email.utils.formatdate(time.time() - days * DAY)}</pubDate>"
        f"<description>{escape(body)}</description></item>"
    )


@pytest.fixture
def site() -> Iterator[Site]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            place = found.places.get(self.path, Place(status=404))
            place.asked.append(dict(self.headers))
            known = place.headers.get("ETag")
            status = 304 if known and self.headers.get("If-None-Match") == known else place.status
            body = b"" if status == 304 else place.body
            self.send_response(status)
            for name, value in place.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Site(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folder_with(tmp_path, people=1)


@dataclasses.dataclass
class Desk:
    """A folder with settings, and the mail server that takes its letters."""

    folder: Path
    server: FaultServer

    def settle(self, site: Site, sources: dict[str, str], run: str = "") -> None:
        """Write the settings: each source by its path, with further lines of its own."""
        named = "".join(f'[[sources]]\nurl = "{site.url}/{name}"\n{more}\n' for name, more in sources.items())
        (self.folder / "digest.toml").write_text(
            f'[list]\nsubscribers = "list.csv"\n[smtp]\nurl = "smtp://127.0.0.1:{self.server.port}"\n'
            f"[run]\nallow_private = true\n{run}\n{named}"
        )

    async def run(self) -> Ended:
        return await digest("run", cwd=self.folder)

    def later(self, *urls: str) -> None:
        """Let the pauses of failing feeds pass."""
        with Store.open(f"sqlite:///{self.folder / 'digest.db'}") as store:
            for url in urls:
                kept = json.loads(store.feed_state(url) or "{}")
                store.save_feed_states({url: json.dumps(kept | {"retry_at": None})})

    @property
    def letters(self) -> int:
        return self.server.truth.accepted["reader0@example.org"]

    @property
    def quarters(self) -> list[int]:
        """List the stories of the last letter: the strongest leads, the others as they were ranked."""
        letter = email.message_from_bytes(
            self.server.truth.bodies["reader0@example.org"], policy=email.policy.default
        )
        plain = letter.get_body(("plain",))
        assert plain is not None
        body = " ".join(plain.get_content().split())
        placed = {number: body.find(f"quarter {number} opens") for number in range(1, 30)}
        return sorted((number for number, at in placed.items() if at >= 0), key=placed.__getitem__)


@pytest.fixture
async def desk(folder: Path) -> AsyncIterator[Desk]:
    async with FaultServer(behave) as server:
        yield Desk(folder, server)


async def test_a_failing_feed_is_told_at_its_third_failure_alone(desk: Desk, site: Site) -> None:
    """Two failures are blips: nothing is said and the status is 0. The third is told, with 75; the fourth is not."""
    broken = site.put("broken", b"")
    broken.status = 500
    site.feed("good", [item(1)])
    desk.settle(site, {"broken": "", "good": ""})
    ended = []
    for number in range(4):
        site.feed("good", [item(number + 1)])
        ended.append(await desk.run())
        desk.later(f"{site.url}/broken")
    assert [one.status for one in ended] == [0, 0, 75, 0], [one.err for one in ended]
    assert ["500" in one.err for one in ended] == [False, False, True, False]
    assert f"{site.url}/broken" in ended[2].err
    assert desk.letters == 4, "the other feed was mailed each time"


async def test_a_feed_that_recovers_starts_anew(desk: Desk, site: Site) -> None:
    """Failures count in a row: two, a success and two more are four blips."""
    feed = site.feed("feed", [item(1)])
    desk.settle(site, {"feed": ""})
    for status in (500, 500, 200, 500, 500):
        feed.status = status
        ended = await desk.run()
        assert (ended.status, "500" in ended.err) == (0, False), ended.err
        desk.later(f"{site.url}/feed")
    assert desk.letters == 1


async def test_a_busy_feed_is_left_alone_as_long_as_it_asks(desk: Desk, site: Site) -> None:
    """429 with Retry-After: it is not asked again before, and the other feed is read meanwhile."""
    busy = site.put("busy", b"")
    busy.status, busy.headers = 429, {"Retry-After": "3600"}
    site.feed("good", [item(1)])
    desk.settle(site, {"busy": "", "good": ""})
    assert (await desk.run()).status == 0
    site.feed("good", [item(2)])
    assert (await desk.run()).status == 0
    assert (len(busy.asked), desk.letters) == (1, 2)


async def test_a_feed_that_is_gone_is_told_once_and_never_asked_again(desk: Desk, site: Site) -> None:
    """410: said at once, with what to do, since nothing will come of waiting."""
    gone = site.put("gone", b"")
    gone.status = 410
    site.feed("good", [item(1)])
    desk.settle(site, {"gone": "", "good": ""})
    first, second = await desk.run(), await desk.run()
    assert "410" in first.err
    assert "take it out" in first.err
    assert "410" not in second.err
    assert (second.status, len(gone.asked), desk.letters) == (0, 1, 1)


async def test_a_feed_is_asked_with_both_validators(desk: Desk, site: Site) -> None:
    """ETag and Last-Modified of the last answer go out with the next question; 304 sends nothing."""
    stamp = email.utils.formatdate(usegmt=True)
    feed = site.feed("feed", [item(1)])
    feed.headers = {"ETag": '"one"', "Last-Modified": stamp}
    desk.settle(site, {"feed": ""})
    assert (await desk.run()).status == 0
    assert "nothing was sent" in (await desk.run()).err
    assert "If-None-Match" not in feed.asked[0]
    assert (feed.asked[1]["If-None-Match"], feed.asked[1]["If-Modified-Since"]) == ('"one"', stamp)
    assert desk.letters == 1


async def test_validators_wait_for_the_last_story(desk: Desk, site: Site) -> None:
    """A feed with more than one edition holds is asked for whole until all of it was mailed: no 304 hides a story."""
    feed = site.feed("feed", [item(number, days=number / 10) for number in range(1, 6)])
    feed.headers = {"ETag": '"one"'}
    desk.settle(site, {"feed": ""}, "stories = 3")
    assert (await desk.run()).status == 0
    assert sorted(desk.quarters) == [1, 2, 3]
    assert (await desk.run()).status == 0
    assert sorted(desk.quarters) == [4, 5]
    assert (await desk.run()).status == 0
    assert ["If-None-Match" in asked for asked in feed.asked] == [False, False, True]


async def test_the_first_run_takes_a_window_and_never_the_archive(desk: Desk, site: Site) -> None:
    """Of twelve stories of this week and six older ones the newest ten come first, two later, the old ones never."""
    recent = [item(number, days=number / 2) for number in range(1, 13)]
    site.feed("feed", [*recent, *(item(number, days=8 + number) for number in range(13, 19))])
    desk.settle(site, {"feed": ""})
    assert (await desk.run()).status == 0
    first, *others = desk.quarters
    assert others == [number for number in range(1, 11) if number != first], "the newest first"
    assert (await desk.run()).status == 0
    assert sorted(desk.quarters) == [11, 12]
    assert "nothing was sent" in (await desk.run()).err


async def test_limits_and_ranking(desk: Desk, site: Site) -> None:
    """The newest of all feeds, no more of a feed than its own limit, else the general one, and so many in all."""
    site.feed("one", [item(number, days=number / 10) for number in (1, 3, 5, 7)])
    site.feed("two", [item(number, days=number / 10) for number in (2, 4, 6, 8)])
    desk.settle(site, {"one": "limit = 1", "two": ""}, "stories = 3\nstories_per_source = 2")
    assert (await desk.run()).status == 0
    assert sorted(desk.quarters) == [1, 2, 4]


async def test_what_several_feeds_tell_goes_first(desk: Desk, site: Site) -> None:
    """A story told twice goes before one that is a little newer."""
    site.feed("one", [item(1, days=0.1), item(2, days=0.4)])
    site.feed("two", [item(2, days=0.4, guid="urn:other:2")])
    desk.settle(site, {"one": "", "two": ""}, "stories = 1")
    assert (await desk.run()).status == 0
    assert desk.quarters == [2]


async def test_who_else_tells_a_story_is_linked(desk: Desk, site: Site) -> None:
    """Of two feeds with one story one is mailed; the other's name and address stand below it, in both parts."""
    site.feed("times", [item(2, link="http://127.0.0.1/times/2")])
    site.feed("paper", [item(2, guid="urn:other:2", link="http://127.0.0.1/paper/2")])
    desk.settle(site, {"times": "", "paper": ""})
    assert (await desk.run()).status == 0
    letter = email.message_from_bytes(
        desk.server.truth.bodies["reader0@example.org"], policy=email.policy.default
    )
    plain, page = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert "paper: http://127.0.0.1/paper/2" in plain.get_content()
    assert 'href="http://127.0.0.1/paper/2"' in page.get_content()
    assert desk.quarters == [2]


async def test_filters_of_the_settings(desk: Desk, site: Site) -> None:
    """include and exclude look for whole words in title and text, each for its own source."""
    site.feed("one", [item(1), item(2)])
    site.feed("two", [item(3), item(4)])
    desk.settle(site, {"one": 'include = ["quarter 2"]', "two": 'exclude = ["quarter 4"]'})
    assert (await desk.run()).status == 0
    assert sorted(desk.quarters) == [2, 3]


async def test_an_excerpt_is_fetched_whole(desk: Desk, site: Site) -> None:
    """A feed that gives three words of its story has the page read for the rest; a whole entry has not."""
    title, *lines = article(1).splitlines()
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in lines if line) * 2
    page = site.put(
        "story", f"<html><body><article><h1>{escape(title)}</h1>{paragraphs}</article></body></html>".encode()
    )
    long = "".join(f"<p>{escape(line)}</p>" for line in article(2).splitlines() if line) * 9
    other = site.put("other", b"")
    site.feed(
        "feed",
        [
            item(1, text="Read more…", link=f"{site.url}/story"),
            item(2, text=long, link=f"{site.url}/other"),
        ],
    )
    desk.settle(site, {"feed": ""})
    assert (await desk.run()).status == 0
    assert sorted(desk.quarters) == [1, 2]
    assert (len(page.asked), len(other.asked)) == (1, 0)


async def test_marking_takes_none(desk: Desk, site: Site) -> None:
    """--mark-seen binds what is there without mailing it; what comes later is mailed alone."""
    site.feed("feed", [item(1), item(2)])
    desk.settle(site, {"feed": ""})
    assert (await digest("run", "--mark-seen", cwd=desk.folder)).status == 0
    assert desk.letters == 0
    site.feed("feed", [item(3), item(1), item(2)])
    assert (await desk.run()).status == 0
    assert (desk.letters, desk.quarters) == (1, [3])
