"""What is new in the sources, read whole, condensed and composed: the child's half of ``digest run``.

Every source is polled, what no edition has yet is chosen, and the chosen stories become one edition. Nothing
is written: the answer says what is to be remembered once the edition is frozen.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Final

from digest.errors import DigestError, NothingToCondenseError
from digest.mailing.preparing import (
    Request,
    digest_of,
    error_to_json,
    prepare_digests,
    prepared_to_json,
    reading_options,
    request_from_json,
)

if TYPE_CHECKING:
    from digest.model import Digest, Further
    from digest.reading import FeedReading, Selection, SelectionOptions, Story
    from digest.shapes import Json

__all__ = ["answer_run"]

_AT_ONCE: Final = 8  # sources polled at the same time; one host is asked politely by the reading room itself


async def answer_run(question: Any) -> Json:
    """Answer with a prepared edition or None, the ids to mark as seen, feed states and problems, as JSON."""
    from digest.reading import select

    request = request_from_json(question["request"])
    readings = await _poll_all(request, question["states"])
    entries = [entry.id for reading in readings for entry in reading.entries]
    if question["mark_seen"]:
        return _answer(readings, set(entries), passed=entries, question=question)
    bound = _bound(question["store"], entries)
    selection = select(readings, bound=bound, now=time.time(), options=_selection_options(question))
    digests, ids, passed = await _condense_all(selection, request)
    answer = _answer(readings, bound | {*ids, *passed}, passed=passed, question=question)
    if digests:
        answer["prepared"] = prepared_to_json(await prepare_digests(digests, request, entries=ids))
    return answer


async def _poll_all(request: Request, states: dict[str, str | None]) -> list[FeedReading]:
    from digest.delivering.clock import SystemClock
    from digest.reading import FeedState, poll

    few = asyncio.Semaphore(_AT_ONCE)

    async def poll_one(name: str) -> FeedReading:
        kept = states.get(name)
        async with few:
            return await poll(
                name,
                state=FeedState(**json.loads(kept)) if kept else None,
                clock=SystemClock(),
                options=reading_options(request),
            )

    return list(await asyncio.gather(*map(poll_one, request.names)))


async def _condense_all(
    selection: Selection, request: Request
) -> tuple[list[Digest], tuple[str, ...], list[str]]:
    """Give the digests, the ids they bind, and the ids that hold no article and never will."""
    from digest.reading import full_text

    articles = await asyncio.gather(
        *(full_text(story.entry, options=reading_options(request)) for story in selection.stories)
    )
    articles = [
        replace(article, further=_elsewhere(story))
        for story, article in zip(selection.stories, articles, strict=True)
    ]
    digests: list[Digest] = []
    kept: list[Story] = []
    passed = list(selection.passed)
    for story, article in zip(selection.stories, articles, strict=True):
        try:
            digests.append(digest_of(article, request))
        except NothingToCondenseError:
            passed.extend(story.ids)
        else:
            kept.append(story)
    return digests, tuple(entry for story in kept for entry in story.ids), passed


def _elsewhere(story: Story) -> list[Further]:
    """List the other addresses at which the story is told, and by whom."""
    from digest.model import Further

    own = story.entry.url
    found = {
        entry.url: Further(site=entry.feed_title or entry.article.site or "", url=entry.url)
        for entry in story.further
        if entry.url and entry.url != own
    }
    return list(found.values())


def _answer(
    readings: Sequence[FeedReading], bound: set[str], *, passed: list[str], question: Any
) -> dict[str, Json]:
    from digest.reading import settle

    options = _selection_options(question)
    states = {
        reading.state.url: json.dumps(asdict(settle(reading, bound=bound, now=time.time(), options=options)))
        for reading in readings
    }
    problems = [_problem(reading) for reading in readings if reading.reportable]
    return {"prepared": None, "passed": passed, "states": states, "problems": problems}


def _problem(reading: FeedReading) -> Json:
    problem = reading.problem
    assert isinstance(problem, DigestError)
    return error_to_json(problem)


def _bound(store_url: str, entries: list[str]) -> set[str]:
    from digest.store import Store

    with Store.open(store_url) as store:
        return store.bound(entries)


def _selection_options(question: Any) -> SelectionOptions:
    from digest.reading import SelectionOptions

    sources = {source["url"] or source["path"]: source for source in question["sources"]}

    def by_source(key: str) -> dict[str, Any]:
        return {name: source[key] for name, source in sources.items() if source[key]}

    return SelectionOptions(
        window_days=question["window_days"],
        stories=question["stories"],
        stories_per_source=question["stories_per_source"],
        limits=by_source("limit"),
        include=by_source("include"),
        exclude=by_source("exclude"),
    )
