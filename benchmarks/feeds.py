"""Time the reading of 200 generated feeds beside the other parsers, in one run: ``python benchmarks/feeds.py``.

The feeds are our own writing, 45 MB in all: RSS with its content in CDATA or escaped, Atom with HTML or XHTML,
JSON Feed; some thirty entries each, one a day, with the markup that blogs have. CPU seconds, the least of three.
"""

from __future__ import annotations

import datetime as dt
import importlib
import importlib.util
import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from email.utils import format_datetime
from html import escape

from digest.reading.entries import FeedReading, FeedState
from digest.reading.feeds import parse_feed
from digest.reading.selecting import select

FEEDS, ENTRIES, BYTES = 200, 30, 45_000_000
NOW = dt.datetime(2026, 11, 24, 6, tzinfo=dt.UTC)
_WORDS = (  # noqa: SIM905  # a list of words reads best as words
    "the a of and in to with for on at from by near under over between harbour library ferry garden lantern orchard "
    "bridge choir market school clock museum river canal theatre mill bicycle kettle window carpenter teacher gardener "
    "sailor engineer painter baker singer miller repairs paints opens visits counts measures carries plants borrows "
    "teaches polishes gathers mends builds quiet early narrow wooden painted northern patient cheerful seven twelve"
).split()
_KINDS = ("cdata", "escaped", "atom", "xhtml", "json")


def feed(number: int, size: int = BYTES // FEEDS) -> bytes:
    """Write one feed of about ``size`` bytes; the same number gives the same bytes."""
    pick = random.Random(number)
    kind = _KINDS[number % len(_KINDS)]
    entries = [_entry(pick, kind, number, at, size // ENTRIES) for at in range(ENTRIES)]
    if kind == "json":
        head = {"version": "https://jsonfeed.org/version/1.1", "title": f"Town {number}"}
        return json.dumps({**head, "items": [json.loads(entry) for entry in entries]}).encode()
    if kind in {"atom", "xhtml"}:
        return (
            f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Town {number}</title>'
            f'<link href="https://example.org/{number}/"/>{"".join(entries)}</feed>'
        ).encode()
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Town {number}</title>'
        f"<link>https://example.org/{number}/</link>{''.join(entries)}</channel></rss>"
    ).encode()


def _entry(pick: random.Random, kind: str, number: int, at: int, size: int) -> str:
    moment = NOW - dt.timedelta(days=at, minutes=pick.randrange(600))
    title = _sentence(pick, 6).rstrip(".")
    url = f"https://example.org/{number}/{at}.html?utm_source=feed"
    body = _body(pick, int(size * (0.8 if kind == "escaped" else 0.95)) - 300)
    if kind == "json":
        shown = {"id": url, "url": url, "title": title, "content_html": body}
        return json.dumps({**shown, "date_published": moment.isoformat(), "authors": [{"name": "Ann Lee"}]})
    if kind in {"atom", "xhtml"}:
        content = (
            f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{body}</div></content>'
            if kind == "xhtml"
            else f'<content type="html"><![CDATA[{body}]]></content>'
        )
        return (
            f'<entry><id>{escape(url)}</id><title>{title}</title><link href="{escape(url)}"/>'
            f"<updated>{moment.isoformat()}</updated><author><name>Ann Lee</name></author>{content}</entry>"
        )
    content = (
        f"<description>{_sentence(pick, 20)}</description><content:encoded><![CDATA[{body}]]></content:encoded>"
        if kind == "cdata"
        else f"<description>{escape(body)}</description>"
    )
    return (
        f"<item><title>{title}</title><link>{escape(url)}</link><guid>{escape(url)}</guid>"
        f"<pubDate>{format_datetime(moment)}</pubDate><dc:creator>Ann Lee</dc:creator>{content}</item>"
    )


def _body(pick: random.Random, size: int) -> str:
    parts: list[str] = []
    written = 0
    while written < size:
        sentences = [_sentence(pick, pick.randint(8, 22)) for _ in range(4)]
        part = (
            f'<p class="wp-block-paragraph">{sentences[0]} <a href="https://example.org/{pick.randrange(9999)}">'
            f"{sentences[1]}</a> <em>{sentences[2]}</em> {sentences[3]}</p>\n"
        )
        if len(parts) % 5 == 2:  # noqa: PLR2004  # every fifth has a picture
            part += (
                f'<figure class="wp-block-image"><img src="https://example.org/{pick.randrange(9999)}.jpg" '
                'alt="A ferry at the quay"/></figure>\n'
            )
        parts.append(part)
        written += len(part)
    return "".join(parts)


def _sentence(pick: random.Random, words: int) -> str:
    return " ".join(pick.choices(_WORDS, k=words)).capitalize() + "."


def ours(feeds: Sequence[bytes]) -> int:
    """Parse them as ``digest run`` does, and count the entries."""
    return sum(len(parse_feed(content, source=str(at)).entries) for at, content in enumerate(feeds))


def ours_and_chosen(feeds: Sequence[bytes]) -> int:
    """Parse them and choose the stories of a first run: seven days are read, merged and ranked."""
    readings = [
        FeedReading(state=FeedState(url=str(at)), entries=parse_feed(content, source=str(at)).entries)
        for at, content in enumerate(feeds)
    ]
    return len(select(readings, bound=(), now=NOW.timestamp()).stories)


def peer(name: str) -> Callable[[Sequence[bytes]], int]:
    """Parse them with another tool; it knows no JSON Feed: those count for nothing."""
    parse = importlib.import_module(name).parse

    def entries(feeds: Sequence[bytes]) -> int:
        return sum(len(parse(content).entries) for content in feeds)

    return entries


def seconds(
    tool: Callable[[Sequence[bytes]], int], feeds: Sequence[bytes], times: int = 3
) -> tuple[float, int]:
    """Give the least CPU seconds of some runs, and what the tool counted."""
    least, counted = float("inf"), 0
    for _ in range(times):
        begun = time.process_time()
        counted = tool(feeds)
        least = min(least, time.process_time() - begun)
    return least, counted


def main() -> int:
    """Print the table."""
    feeds = [feed(number) for number in range(FEEDS)]
    print(f"{len(feeds)} feeds, {sum(map(len, feeds)) / 1e6:.1f} MB")
    rows: list[tuple[str, Callable[[Sequence[bytes]], int], int]] = [
        ("digest, parsed", ours, 3),
        ("digest, parsed and 10 stories chosen from a week", ours_and_chosen, 1),
    ]
    for name in ("fastfeedparser", "feedparser"):
        if importlib.util.find_spec(name) is None:
            print(f"{name}: not installed, skipped")
        else:
            rows.append((name, peer(name), 3 if name == "fastfeedparser" else 1))
    for name, tool, times in rows:
        spent, counted = seconds(tool, feeds, times)
        print(f"{name}: {spent:.2f} CPU s, {counted} entries")
    return 0


if __name__ == "__main__":
    sys.exit(main())
