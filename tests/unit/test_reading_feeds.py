"""Feeds of every kind into entries: their bodies read late, their addresses whole, their ids their own."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from html import escape

import pytest

from digest.errors import InvalidInputError
from digest.reading import Entry, FeedReading, FeedState, SelectionOptions, select, settle
from digest.reading.feeds import opened, parse_feed, parse_opml

NOW = 1_800_000_000.0
DAY = 86_400.0
LINES = [
    "The harbour library opens its new reading room on Monday, after two winters of building work.",
    "It has forty seats, a stove from the old ferry, and a window over the whole of the inner basin.",
    "The first evening is given to the gardeners, who will bring seeds to anybody who has a question.",
]
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://example.org/blog/">
<title>Town</title><link href="./"/>
<entry xml:base="2026/"><id>tag:example.org,2026:1</id><title type="html">Seats &amp;amp; stoves</title>
<link href="room.html"/><author><name>Ann Lee</name></author><updated>2026-03-03T00:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><h2>Inside</h2><p>{}</p><ul><li>{}</li></ul></div>
</content></entry>
<entry><id>tag:example.org,2026:2</id><title>Seeds</title><link href="/seeds"/><summary>{}</summary>
<updated>2026-03-02T00:00:00Z</updated></entry></feed>""".format(*LINES)


def read(document: str, url: str | None = None) -> list[Entry]:
    return [opened(entry) for entry in parse_feed(document.encode(), source="feed", url=url).entries]


def rss(*items: str) -> str:
    return (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Town</title>'
        f"<link>https://example.org</link><language>de</language>{''.join(items)}</channel></rss>"
    )


def test_atom_with_xhtml_and_bases() -> None:
    """XHTML content becomes lines with their kinds; links start from every xml:base above them."""
    first, second = read(ATOM)
    assert list(first.article.paragraphs) == ["Inside", *LINES[:2]]
    assert list(first.article.kinds) == ["heading", "text", "item"]
    assert (first.url, second.url) == (
        "http://example.org/blog/2026/room.html",
        "http://example.org/seeds",
    )
    assert (first.title, first.article.byline, first.article.published) == (
        "Seats & stoves",
        "Ann Lee",
        "2026-03-03T00:00:00+00:00",
    )


def test_rss_content_goes_before_its_description() -> None:
    """content:encoded is the story, description its teaser; the feed's language and relative links count."""
    body = "".join(f"<p>{line}</p>" for line in LINES * 3)
    [entry] = read(
        rss(
            f"<item><title>Room</title><link>/room</link><guid>g</guid><description>{LINES[0]}</description>"
            f"<content:encoded><![CDATA[{body}]]></content:encoded></item>"
        )
    )
    assert list(entry.article.paragraphs) == LINES
    assert (entry.url, entry.article.language) == ("https://example.org/room", "de")


def test_json_feed() -> None:
    """JSON Feed 1.1: several authors, numbers as ids, text that only looks like markup."""
    item = {
        "id": 7,
        "url": "https://example.org/7",
        "title": "Tags",
        "content_text": "The <b> tag makes a text bold, the gardener explained.\n\nNobody had asked.",
        "authors": [{"name": "Ann Lee"}, {"name": "Bo Berg"}],
        "date_published": "2026-03-03T09:00:00+01:00",
    }
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Town",
        "language": "en",
        "items": [item, 3],
    }
    [entry] = read(json.dumps(feed), "https://example.org/feed.json")
    assert entry.article.paragraphs[0].startswith("The <b> tag")
    assert (entry.article.byline, entry.id) == ("Ann Lee, Bo Berg", "example.org#7")
    assert entry.article.published == "2026-03-03T08:00:00+00:00"


@pytest.mark.parametrize("broken", ["<rss", "<feed/>", '{"items": 3}', '{"items": ', "[]"])
def test_a_damaged_feed_is_refused(broken: str) -> None:
    """No feed, no entries: the refusal names the source."""
    with pytest.raises(InvalidInputError, match="feed"):
        read(broken)


def test_a_story_of_refrains_is_whole() -> None:
    """What the feed gave is counted before repeated paragraphs go: nothing is fetched for them."""
    body = "".join(f"<p>{line}</p>" for line in LINES * 4)
    item = f"<item><title>Song</title><link>/song</link><description>{escape(body)}</description></item>"
    [entry] = read(rss(item))
    assert list(entry.article.paragraphs) == LINES
    assert not entry.is_truncated


@pytest.mark.parametrize("end", ["…", "[...]", "Read more", "More"])
def test_an_excerpt_is_known_by_its_end(end: str) -> None:
    """However long, a body that breaks off is an excerpt; a sentence that ends in "more" does not."""
    lines = [f"{number}: {line}" for number in range(4) for line in LINES]
    body = "".join(f"<p>{line}</p>" for line in lines)
    [cut, whole] = read(
        rss(
            f"<item><title>a</title><link>/a</link><description>{escape(body)}&lt;p&gt;{end}&lt;/p&gt;</description></item>",
            f"<item><title>b</title><link>/b</link><description>{escape(body)}&lt;p&gt;They want more."
            "&lt;/p&gt;</description></item>",
        )
    )
    assert cut.is_truncated
    assert not whole.is_truncated


def test_a_number_as_guid_belongs_to_its_host() -> None:
    """Two feeds may both have an entry "1"; an address or a tag is the same everywhere."""
    one, two, other = (
        parse_feed(
            rss(f"<item><title>a</title><guid>{guid}</guid></item>").encode(), source="s", url=url
        ).entries[0]
        for guid, url in (
            ("1", "https://example.org/a.xml"),
            ("1", "https://example.com/a.xml"),
            ("urn:x:1", None),
        )
    )
    assert one.id != two.id
    assert other.id == "urn:x:1"


def test_bodies_are_read_late() -> None:
    """Parsing opens no entry; choosing opens those inside the window alone."""
    items = [
        f"<item><title>{number}</title><guid>urn:{number}</guid><description>&lt;p&gt;{line}&lt;/p&gt;</description></item>"
        for number, line in enumerate(LINES)
    ]
    entries = parse_feed(rss(*items).encode(), source="feed").entries
    assert all(entry.written and not entry.article.paragraphs for entry in entries)
    dated = tuple(
        dataclasses.replace(entry, published=NOW - 5 * at * DAY) for at, entry in enumerate(entries)
    )
    chosen = select([FeedReading(state=FeedState(url="feed"), entries=dated)], bound=(), now=NOW)
    assert [story.entry.article.paragraphs[0] for story in chosen.stories] == LINES[:2]


def test_nested_lists_of_feeds() -> None:
    """Outlines may be nested; each feed is named once, relative ones from the list's own place."""
    document = (
        '<?xml version="1.0"?><opml version="2.0"><body><outline text="Harbour"><outline text="a" '
        'xmlUrl="https://example.org/a.xml"/><outline text="deeper"><outline xmlUrl="b.xml"/></outline></outline>'
        '<outline xmlUrl="https://example.org/a.xml"/></body></opml>'
    )
    assert parse_opml(document.encode(), source="list", url="https://example.org/list.opml") == [
        "https://example.org/a.xml",
        "https://example.org/b.xml",
    ]
    with pytest.raises(InvalidInputError, match="names none"):
        parse_opml(b"<opml><body/></opml>", source="list")


def telling(feed: str, name: str, address: str, lines: Sequence[str]) -> FeedReading:
    item = (
        f"<item><title>Room</title><guid>{name}</guid><link>{address}</link>"
        f"<description>{escape(''.join(f'<p>{line}</p>' for line in lines))}</description></item>"
    )
    entries = parse_feed(rss(item).encode(), source=feed).entries
    dated = tuple(dataclasses.replace(entry, published=NOW - DAY) for entry in entries)
    return FeedReading(state=FeedState(url=feed, etag='"1"'), entries=dated)


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        ("https://www.example.org/room?utm_source=x", ["Another text for the same page, by another hand."]),
        ("https://example.com/copy", LINES[:2]),
    ],
)
def test_a_copy_that_comes_later_is_known(address: str, lines: Sequence[str]) -> None:
    """What one feed told is no news from another feed in a later run, though the first answers 304 by then."""
    first = telling("one", "urn:1", "https://example.org/room", LINES)
    state = settle(first, bound={"urn:1"}, now=NOW)
    kept = FeedState(**json.loads(json.dumps(dataclasses.asdict(state))))
    assert kept == state
    unchanged = FeedReading(state=kept, is_unchanged=True)
    assert not select([unchanged, telling("two", "urn:2", address, lines)], bound={"urn:1"}, now=NOW).stories
    assert settle(unchanged, bound={"urn:1"}, now=NOW).told == kept.told
    late = settle(telling("one", "urn:3", "https://example.org/c", LINES), bound=(), now=NOW + 30 * DAY)
    assert not late.told


def test_one_page_for_all_entries_of_a_feed() -> None:
    """A feed whose entries all lead to one page has as many stories as texts."""
    entries = [
        telling("log", f"urn:{at}", "https://example.org/log", [line]) for at, line in enumerate(LINES)
    ]
    together = dataclasses.replace(entries[0], entries=tuple(one.entries[0] for one in entries))
    assert len(select([together], bound=(), now=NOW).stories) == 3
    state = settle(together, bound={"urn:0"}, now=NOW)
    again = dataclasses.replace(together, state=state)
    assert len(select([again], bound={"urn:0"}, now=NOW).stories) == 2


def test_a_filter_reads_what_it_filters() -> None:
    """Filters look into bodies that nobody has opened; what they refuse is not waiting."""
    reading = telling("one", "urn:1", "https://example.org/room", LINES)
    without = SelectionOptions(exclude={"one": ["gardeners"]})
    assert not select([reading], bound=(), now=NOW, options=without).stories
    assert settle(reading, bound=(), now=NOW, options=without).etag == '"1"'
    assert settle(reading, bound=(), now=NOW).etag is None


@pytest.mark.parametrize(
    "place", ["/etc/passwd", "file:///etc/passwd", "secret.txt", "-", "ftp://example.org/a"]
)
def test_a_list_of_feeds_names_no_file(place: str) -> None:
    """A list from somebody else cannot carry a file of ours into a mail."""
    with pytest.raises(InvalidInputError, match="names none"):
        parse_opml(f'<opml><body><outline xmlUrl="{place}"/></body></opml>'.encode(), source="list")


def test_one_id_in_two_feeds_is_one_story() -> None:
    """The feeds of one site share ids: whatever their texts, an id is bound once."""
    one = telling("one", "urn:1", "https://example.org/a", LINES[:1])
    two = telling("two", "urn:1", "https://example.org/b", LINES[1:])
    [story] = select([one, two], bound=(), now=NOW).stories
    assert story.ids == ("urn:1",)
    assert len(story.further) == 1
