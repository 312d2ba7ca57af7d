"""Reading what means harm: bounded in time and memory, and named for what it is. Through the public functions alone."""

from __future__ import annotations

import gzip
import time
import tracemalloc
from collections.abc import Awaitable
from contextlib import suppress

import pytest
from hostile_answers import (
    BILLION,
    QUADRATIC,
    SENTENCE,
    answering,
    as_list,
    dripping,
    endless,
    nested_feed,
    nested_page,
    signed_at_length,
    whole,
)

from digest.errors import DigestError, InvalidInputError, TryAgainError
from digest.model import Article, Source
from digest.reading import FeedState, ReadingOptions, collect, poll, read

SECONDS = 10.0  # CPU; FAULTS B16's bound
MEGABYTES = 300  # the same
LOOPBACK = ReadingOptions(allow_private=True, deadline_seconds=5.0, max_bytes=1_000_000)


class FixedClock:
    """A clock that stands."""

    def now(self) -> float:
        return 1_770_000_000.0

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        """Wait for nothing."""


async def costs(awaitable: Awaitable[object]) -> tuple[float, float]:
    """Await something (its expected failure is an answer) and give its CPU seconds and peak megabytes."""
    tracemalloc.start()
    begun = time.process_time()
    try:
        with suppress(DigestError):
            await awaitable
        return time.process_time() - begun, tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


async def cpu(awaitable: Awaitable[object]) -> float:
    """Await something (its expected failure is an answer) and give its CPU seconds."""
    begun = time.process_time()
    with suppress(DigestError):
        await awaitable
    return time.process_time() - begun


async def test_a_gzip_bomb_is_stopped_at_the_size_after_unpacking() -> None:
    """100 MB in 100 KB: refused at the cap, and never held whole."""
    bomb = gzip.compress(bytes(100_000_000), 9)
    answer = whole(bomb, "Content-Encoding: gzip", "Content-Type: text/html")
    async with answering(answer) as (url, _):
        _, megabytes = await costs(read(url, options=LOOPBACK))
        with pytest.raises(InvalidInputError):
            await read(url, options=LOOPBACK)
    assert megabytes < 40


async def test_an_endless_body_is_stopped_at_the_size() -> None:
    """A body without an end is refused for its size, not for the deadline."""
    async with answering(endless) as (url, _):
        with pytest.raises(InvalidInputError):
            await read(url, options=LOOPBACK)


async def test_a_drip_is_stopped_at_the_deadline() -> None:
    """Bytes that keep coming do not move the deadline."""
    options = ReadingOptions(allow_private=True, deadline_seconds=0.5)
    async with answering(dripping) as (url, _):
        begun = time.monotonic()
        with pytest.raises(TryAgainError):
            await read(url, options=options)
        assert time.monotonic() - begun < 3


async def test_a_redirect_loop_is_left_after_the_limit() -> None:
    """Five redirects are followed, the sixth is not."""
    async with answering(whole(b"", "Location: /again", status="302 Found")) as (url, asked):
        with pytest.raises(InvalidInputError):
            await read(url, options=LOOPBACK)
        assert len(asked) == LOOPBACK.max_redirects + 1


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"],
)
async def test_no_notation_of_our_own_machine_is_asked(host: str) -> None:
    """Without allow_private nothing is sent to loopback, however it is written."""
    async with answering(whole(SENTENCE.encode())) as (url, asked):
        port = url.rstrip("/").rsplit(":", 1)[1]
        with pytest.raises(DigestError):
            await read(f"http://{host}:{port}/")
        assert asked == []


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "10.0.0.1", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "224.0.0.1"]
)
async def test_no_address_outside_the_public_network_is_asked(host: str) -> None:
    """Link-local, private, NAT64, 6to4 and multicast addresses are refused before connecting, by name."""
    with pytest.raises(InvalidInputError, match="--allow-private"):
        await read(f"http://{host}/")


@pytest.mark.parametrize("scheme", ["file", "ftp", "gopher"])
async def test_a_redirect_to_another_scheme_is_refused(scheme: str) -> None:
    """A page cannot make us read a file."""
    answer = whole(b"", f"Location: {scheme}:///etc/hostname", status="302 Found")
    async with answering(answer) as (url, asked):
        with pytest.raises(InvalidInputError):
            await read(url, options=LOOPBACK)
        assert len(asked) == 1


@pytest.mark.parametrize("bomb", [BILLION, QUADRATIC], ids=["billion", "quadratic"])
@pytest.mark.parametrize("is_list", [False, True], ids=["feed", "opml"])
async def test_an_xml_bomb_is_not_unfolded(bomb: bytes, is_list: bool) -> None:  # noqa: FBT001  # parametrized
    """Entities that multiply cost neither time nor memory, in a feed or a list of feeds."""
    seconds, megabytes = await costs(collect(["-"], stdin=as_list(bomb) if is_list else bomb))
    assert seconds < SECONDS
    assert megabytes < 50


async def test_an_external_entity_is_not_read(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A feed cannot carry a file of ours into a mail."""
    secret = tmp_path_factory.mktemp("held") / "secret.txt"
    secret.write_text("the key lies under the third flower pot")
    feed = (
        f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "{secret.as_uri()}">]><rss version="2.0"><channel>'
        f"<title>t</title><item><title>Ferry &x;</title><description>{SENTENCE * 20}&x;</description></item>"
        "</channel></rss>"
    )
    for item in await collect(["-"], stdin=feed.encode(), options=ReadingOptions(full_text=False)):
        assert "flower pot" not in repr(item.content)


@pytest.mark.parametrize("count", [200_000])
async def test_nested_elements_end_in_time(count: int) -> None:
    """200,000 open elements in a page, and in a feed, neither hang nor crash."""
    assert await cpu(collect(["-"], stdin=nested_page(count))) < SECONDS
    assert await cpu(collect(["-"], stdin=nested_feed(count))) < SECONDS


async def test_a_long_author_ends_in_time_and_is_cut() -> None:
    """An author of 32 KB, which sends patterns into quadratic time, is read in time and bounded."""
    begun = time.process_time()
    found = await collect(["-"], stdin=signed_at_length())
    assert time.process_time() - begun < 2
    assert isinstance(found[0].content, Article)
    assert len(found[0].content.byline or "") <= 1000


async def test_a_paste_of_ten_megabytes_ends_in_time() -> None:
    """Ten megabytes of lines are read, or refused by their size, within the bound."""
    paste = ((SENTENCE * 4 + "\n\n") * 28_000).encode()[:9_900_000]
    seconds = await cpu(collect(["-"], stdin=paste))
    assert seconds < SECONDS


@pytest.mark.parametrize("word", ["lantern ", "灯", "a-", "By ", "((", "@"])
async def test_a_line_of_a_megabyte_ends_in_time(word: str) -> None:
    """One line of a megabyte without a full stop, in any script, ends in time."""
    line = (word * (1_000_000 // len(word.encode()))).encode()
    assert await cpu(collect(["-"], stdin=line)) < SECONDS


async def test_an_item_bomb_stays_within_memory() -> None:
    """50,000 items give as many entries as options allow, in bounded memory."""
    item = b"<item><title>Lamp</title><description>short</description></item>"
    feed = b'<rss version="2.0"><channel><title>t</title>' + item * 50_000 + b"</channel></rss>"
    options = ReadingOptions(full_text=False)
    seconds, megabytes = await costs(collect(["-"], stdin=feed, options=options))
    assert seconds < SECONDS * 2  # tracing memory doubles the time
    assert megabytes < MEGABYTES
    assert len(await collect(["-"], stdin=feed, options=options)) <= options.entries_per_feed


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "PNG"),
        (b"\xff\xd8\xff\xe0" + bytes(64), "JPEG"),
        (b"%PDF-1.7\n%\xe2\xe3\n" + bytes(64), "PDF"),
        (gzip.compress(SENTENCE.encode()), "gzip"),
    ],
)
async def test_binary_is_named_for_what_it_is(content: bytes, said: str) -> None:
    """A refusal names the type that was seen, whatever the file is called."""
    with pytest.raises(DigestError, match=said):
        await read(Source(name="story.txt", content=content))


async def test_a_failing_feed_is_an_answer_and_counts() -> None:
    """Polling a feed that is a bomb raises nothing: the failure stands in the reading and its state."""
    async with answering(whole(b"", status="500 Oops")) as (url, _):
        reading = await poll(url, state=FeedState(url=url), clock=FixedClock(), options=LOOPBACK)
    assert isinstance(reading.problem, DigestError)
    assert reading.state.failures == 1
    assert not reading.reportable
