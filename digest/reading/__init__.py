"""Anything in, Article out: pasted text, pages, addresses, feeds, Markdown, mails, folders.

One source, one article is ``read``; what a command is given (``-``, files, folders, patterns, addresses, feeds,
lists of feeds, digests edited by hand) is ``collect``, which answers item by item and in order.

A source passes: its bytes are brought (``files``, ``fetching``), their type is seen from the content
(``sniffing``), they are decoded (``charsets``), turned into lines with a kind each (``html``, ``markdown``,
``mail``, ``documents``, ``pasted``), the lines that are no part of the article are dropped (``pasted``: one code
path for all of them), and what is left is judged (``refusals``): a menu, a login or a consent wall is refused by
name, never condensed.

What ``digest run`` calls, and what it must do between the calls::

    reading = await poll(name, state=stored_state, options=options, clock=clock)      # per source
    chosen  = select(entries_of_all, bound=ids_already_bound, now=clock.now(), options=SelectionOptions(...))
    article = await full_text(story.entry, options=options)                            # per chosen story
    ... condense, compose; then in the ONE transaction that freezes the edition:
        bind every id of ``story.ids`` (further sources too) to the edition,
        and those of ``chosen.passed`` (a first run's undated archive) to none;
        store ``settle(reading, bound=all_ids_bound_now, now=..., options=...)`` as the source's state.

Before that transaction an entry is unseen, so a crash anywhere earlier loses nothing and mails nothing twice.
``settle`` and not ``reading.state`` is what is stored: it keeps the validators of the conditional request only
when nothing of the feed is left for a later edition, since a feed that answers 304 gives no entries.
A failing source has ``reading.problem``; ``reading.reportable`` says when it has failed often enough to be told.

Only ``files`` and ``fetching`` touch the outside. No network address is contacted that is not public, unless
``ReadingOptions.allow_private``. Importing this package loads none of the libraries behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.lazily import lazily

if TYPE_CHECKING:
    from digest.reading.collecting import Collected, collect, read
    from digest.reading.entries import Entry, FeedReading, FeedState
    from digest.reading.options import ReadingOptions
    from digest.reading.polling import full_text, poll
    from digest.reading.selecting import Selection, SelectionOptions, Story, select, settle

__all__ = [
    "Collected",
    "Entry",
    "FeedReading",
    "FeedState",
    "ReadingOptions",
    "Selection",
    "SelectionOptions",
    "Story",
    "collect",
    "full_text",
    "poll",
    "read",
    "select",
    "settle",
]

__getattr__, __dir__ = lazily(
    __name__,
    {
        "Collected": "collecting",
        "collect": "collecting",
        "read": "collecting",
        "Entry": "entries",
        "FeedReading": "entries",
        "FeedState": "entries",
        "ReadingOptions": "options",
        "full_text": "polling",
        "poll": "polling",
        "Selection": "selecting",
        "SelectionOptions": "selecting",
        "Story": "selecting",
        "select": "selecting",
        "settle": "selecting",
    },
)
