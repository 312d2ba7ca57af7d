"""Pages: the body corrected block by block, and title, author and date chosen among what a page says."""

from __future__ import annotations

import pytest

from digest.reading.authors import byline_from
from digest.reading.dom import parse
from digest.reading.html import read_page
from digest.reading.keeping import facts_of, kept, taken_shares
from digest.reading.keeping_weights import WEIGHTS
from digest.reading.lines import Line
from digest.reading.pageblocks import HINTS, PageBlock, page_blocks
from digest.reading.said import said_by
from digest.reading.titles import choose_title

STORY = [
    "The harbour library opened its doors again on Monday after a winter of repairs to the old roof.",
    "Readers had carried the books to a bakery across the street, where they dried beside the ovens.",
    "The librarian said that not one volume was lost, though some of them still smell of cinnamon.",
    "A choir of ferry pilots sang on the steps until the lamps were lit along the quay.",
]
LIST = ["lanterns for the way home", "blankets for the reading room", "a kettle for the night watch"]


def page(body: str, head: str = "") -> str:
    """Wrap a body in a page."""
    return f"<!doctype html><html><head><title>t</title>{head}</head><body>{body}</body></html>"


def blocks_of(body: str) -> list[PageBlock]:
    root = parse(page(body))
    assert root is not None
    return page_blocks(root)


def told(html: str) -> list[str]:
    return [line.text for line in read_page(html).lines]


def test_a_list_that_the_extractor_left_out_comes_back() -> None:
    """Items between two kept paragraphs of the same container belong to the article."""
    prose = "".join(f"<p>{text}</p>" for text in STORY)
    items = "".join(f"<li>{text}</li>" for text in LIST)
    blocks = blocks_of(
        f"<article class='entry-content'>{prose}<p>They need:</p><ul>{items}</ul>{prose}</article>"
    )
    found = [Line(text) for text in [*STORY, "They need:", *STORY]]
    lines = kept(blocks, found, None)
    assert lines is not None
    assert [line.text for line in lines if line.kind == "item"] == LIST


def test_a_newsletter_box_that_the_extractor_took_goes() -> None:
    """A box that calls for a subscription is no part of the story, wherever it stands."""
    call = "Sign up for our newsletter and get the harbour news in your inbox."
    prose = "".join(f"<p>{text}</p>" for text in STORY)
    body = f"<div class='story-body'>{prose}</div><div class='newsletter-signup'><p>{call}</p></div>"
    lines = kept(blocks_of(body), [Line(text) for text in [*STORY, call]], None)
    assert lines is not None
    assert [line.text for line in lines] == STORY


def test_a_body_that_is_not_on_the_page_is_left_as_it_was_found() -> None:
    """Where trafilatura's text cannot be laid over the blocks there is nothing to correct."""
    assert (
        kept(blocks_of("<p>Something else entirely stands here.</p>"), [Line(text) for text in STORY], None)
        is None
    )


def test_shares_count_shingles_and_whole_short_lines() -> None:
    """A short block counts only as a line of its own, so a menu word in prose is not taken."""
    blocks = blocks_of(f"<p>{STORY[0]}</p><p>Monday</p><p>Opening hours</p>")
    assert taken_shares(blocks, [STORY[0], "Opening hours"]) == [1.0, 0.0, 1.0]


def test_every_fact_has_a_weight() -> None:
    """The table covers all that is measured: no page meets a missing weight."""
    body = "".join(
        f"<p class='{hint}'><b>{text}</b> <a href='/'>more?</a></p>" for hint in HINTS for text in STORY
    )
    blocks = blocks_of(
        body + "<blockquote>By Ann Lee</blockquote><h2>Related articles:</h2><ul><li>3 March 2026</li></ul>"
    )
    rows = facts_of(blocks, [1.0] * len(blocks), STORY[0])
    assert {name for row in rows if row for name in row} <= set(WEIGHTS)
    assert {f"in {hint}" for hint in HINTS} <= set(WEIGHTS)


def test_a_class_on_most_of_the_page_says_nothing() -> None:
    """ "with-sidebar" on the whole page must not make a sidebar of the article."""
    prose = "".join(f"<p>{text}</p>" for text in STORY)
    bit = 1 << HINTS.index("side")
    assert not any(block.hints & bit for block in blocks_of(f"<div class='with-sidebar'>{prose}</div>"))
    aside = blocks_of(f"<div>{prose}</div><div class='sidebar'><p>Opening hours and tides.</p></div>")
    assert [bool(block.hints & bit) for block in aside] == [False] * 4 + [True]


def test_a_whole_page_reads_as_its_story() -> None:
    """Menus and related links go; headline, byline and day come from what the page says."""
    prose = "".join(f"<p>{text}</p>" for text in STORY * 2)
    related = "<h2>Related articles</h2><ul><li><a href='/a'>Tides of the week</a></li></ul>"
    head = {
        "og:title": "Library opens again | Harbour Post",
        "og:site_name": "Harbour Post",
        "article:published_time": "2026-03-03T09:00:00+01:00",
        "author": "Ann Lee",
    }
    html = page(
        f"<nav><a href='/'>Home</a></nav><main><article><h1>Library opens again</h1><p>By Ann Lee</p>{prose}"
        f"</article><section class='related'>{related}</section></main>",
        "".join(f"<meta property='{name}' content='{value}'>" for name, value in head.items()),
    )
    draft = read_page(html)
    assert (draft.title, draft.byline, draft.published) == ("Library opens again", "Ann Lee", "2026-03-03")
    assert set(STORY) <= {line.text for line in draft.lines}
    assert "Tides of the week" not in told(html)


@pytest.mark.parametrize(
    ("titles", "place"),
    [
        (
            {"og": "Ten loaves to try", "title": "Ten loaves to try | Bakery", "h1": "We baked ten loaves"},
            "h1",
        ),
        ({"og": "Ten loaves | Bakery", "twitter": "Ten loaves", "h1": "Bakery"}, "twitter"),
        (
            {"og": "Catering tips for a feast", "h1-0": "The Blog", "h1-1": "Catering 101: a feast for ten"},
            "h1-1",
        ),
        ({"og": "How the ferry came home", "h1": "How the ferry came home Posted 3 March 2026"}, "og"),
        ({"title": "港口图书馆再次开放-新华网", "meta": "港口图书馆再次开放"}, "meta"),
        (
            {
                "og": "Harbour’s 2026 outlook: the great reset",
                "h1": "Harbour’s 2026 outlook: the great reset",
            },
            "h1",
        ),
    ],
)
def test_the_heading_a_reader_sees_is_the_title(titles: dict[str, str], place: str) -> None:
    """The one heading about the story wins over wordings for search; site names and dates are no headline."""
    assert choose_title(titles, "Bakery", "https://www.harbour.example/") == titles[place]


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([["Ann Lee", "Bo Berg"]], "Ann Lee, Bo Berg"),
        ([["admin"], ["By Ann Lee, Staff Writer"]], "Ann Lee"),
        ([["Harbour Post"], ["Ann Lee"]], "Ann Lee"),
        ([["Harbour Post"]], "Harbour Post"),
        ([["Ann Lee December 3"]], "Ann Lee"),
        ([["11 minutes"], ["August"], ["Sat, 20 Dec, 2025"]], None),
    ],
)
def test_names_only(places: list[list[str]], expected: str | None) -> None:
    """Roles, dates and reading times are no names; a site signs only where no person does."""
    assert byline_from(places, "Harbour Post") == expected


@pytest.mark.parametrize(
    ("mark_up", "expected"),
    [
        ("<time class='entry-date published' datetime='2026-03-02'>2 March</time>", "2026-03-02"),
        ("<li>Published on <time datetime='2026-03-02'>2 March</time></li>", "2026-03-02"),
        ("<meta itemprop='datePublished' content='2026-03-02'>", "2026-03-02"),
        ("<li>Updated <time datetime='2026-03-04'>4 March</time></li>", None),
    ],
)
def test_the_printed_day_of_publication(mark_up: str, expected: str | None) -> None:
    """A day marked as that of publication counts, one of an update does not."""
    root = parse(page(mark_up))
    assert root is not None
    assert said_by(root).published == expected


def test_the_author_of_an_authors_page_link() -> None:
    """A link to an author's page names the author."""
    root = parse(page("<a href='https://example.org/blog/authors/ann-lee'><span>Ann Lee</span></a>"))
    assert root is not None
    assert said_by(root).authors == [["Ann Lee"]]
