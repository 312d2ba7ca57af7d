"""The preview page over real HTTP on loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from digest.errors import TemplateError, TryAgainError
from digest.model import Article, Digest, Point, Sentence
from digest.web import Preview, Remark, serve_preview

PARAGRAPH = "It was a sail loft. The library stays open until midnight. Lamps are lent out."
SENTENCE = Sentence("The library stays open until midnight.", 0, 20, 58)
DIGEST = Digest(
    headline="The library at night",
    summary=[Point(SENTENCE.text, [SENTENCE])],
    key_points=[Point("Lamps are lent out.", [])],
    keywords=[],
    language="en",
    reading_minutes=1,
    article=Article(paragraphs=[PARAGRAPH], title="The library at night"),
)


def letter(subscriber: str | None, html: str = "<!DOCTYPE html><p>Tide</p>") -> Preview:
    return Preview(
        subject="The library at night",
        preheader="Until midnight",
        html=html,
        text="Tide\n",
        message=b"Subject: x\r\n\r\nTide\r\n",
        subscriber=subscriber or "mara@example.net",
        subscribers=("mara@example.net", "jon@example.net"),
        digests=(DIGEST,),
        remarks=(Remark(level="warning", rule="C7", text="no postal address"),),
    )


@asynccontextmanager
async def served(
    rebuild: Callable[[str | None], Awaitable[Preview]], watch: tuple[Path, ...] = ()
) -> AsyncIterator[httpx2.AsyncClient]:
    stop = asyncio.Event()
    url: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(
        serve_preview(rebuild=rebuild, watch=watch, port=0, ready=url.set_result, stop=stop)
    )
    try:
        async with httpx2.AsyncClient(base_url=await url, trust_env=False) as client:
            yield client
    finally:
        stop.set()
        await asyncio.wait_for(serving, 10)


async def test_the_page_shows_the_letter_and_where_its_lines_come_from() -> None:
    """Subject, parts, findings, and each line with its sentence and what stands round it."""

    async def rebuild(subscriber: str | None) -> Preview:
        return letter(subscriber)

    async with served(rebuild) as page:
        built = (await page.get("/api/preview")).json()
        assert built["error"] is None
        shown = built["letter"]
        assert shown["subject"] == "The library at night"
        # The builder's warning, behind the errors of a message that lacks nearly every header.
        assert shown["remarks"][0]["level"] == "error"
        assert "D2" in {remark["rule"] for remark in shown["remarks"]}
        assert shown["remarks"][-1]["level"] == "warning"
        assert "C7" in {remark["rule"] for remark in shown["remarks"]}
        [point] = shown["digests"][0]["summary"]
        [evidence] = point["evidence"]
        assert evidence["before"] + evidence["text"] + evidence["after"] == PARAGRAPH
        assert evidence["text"] == SENTENCE.text
        assert (await page.get("/letter.txt")).text == "Tide\n"
        assert (await page.get("/letter.eml")).content == b"Subject: x\r\n\r\nTide\r\n"
        framed = await page.get("/letter.html?scheme=dark")
        assert "allow-scripts" not in framed.headers["content-security-policy"]
        assert "<p>Tide</p>" in framed.text
        assert (await page.get("/")).status_code == 200


async def test_the_letter_is_shown_as_a_chosen_subscriber_gets_it() -> None:
    """The page asks for an address, the letter is built for it."""

    async def rebuild(subscriber: str | None) -> Preview:
        return letter(subscriber, html=f"<p>for {subscriber}</p>")

    async with served(rebuild) as page:
        assert "for jon@example.net" in (await page.get("/letter.html?as=jon@example.net")).text
        assert "for None" in (await page.get("/letter.html")).text


async def test_a_changed_file_builds_the_letter_again(tmp_path: Path) -> None:
    """Live reload: the page is told, and what it then gets is new."""
    theme = tmp_path / "letter.html"
    theme.write_text("<p>ebb</p>")

    async def rebuild(subscriber: str | None) -> Preview:
        return letter(subscriber, html=theme.read_text())

    async with served(rebuild, (tmp_path,)) as page, page.stream("GET", "/api/events") as stream:
        lines = (line async for line in stream.aiter_lines() if line.startswith("data: "))
        first = json.loads((await anext(lines))[6:])["version"]
        assert "ebb" in (await page.get("/letter.html")).text
        theme.write_text("<p>flood tide</p>")
        assert json.loads((await asyncio.wait_for(anext(lines), 10))[6:])["version"] > first
        assert "flood tide" in (await page.get("/letter.html")).text


async def test_a_build_that_fails_is_shown_and_does_not_end_the_page() -> None:
    """what, where and hint stand in the answer; nothing was ever built, so there is no letter."""

    async def rebuild(subscriber: str | None) -> Preview:
        raise TemplateError(f"no such field for {subscriber}", where="letter.html:4", hint="mend it")

    async with served(rebuild) as page:
        built = (await page.get("/api/preview")).json()
        assert built["letter"] is None
        assert built["error"] == {
            "what": "no such field for None",
            "where": "letter.html:4",
            "hint": "mend it",
        }
        for path in ("/letter.html", "/letter.txt", "/letter.eml"):
            assert (await page.get(path)).status_code == 404


async def test_a_preview_port_in_use_is_said_with_a_way_out() -> None:
    """75 and a hint."""

    async def rebuild(subscriber: str | None) -> Preview:
        return letter(subscriber)

    async with served(rebuild) as page:
        port = page.base_url.port
        assert port is not None
        with pytest.raises(TryAgainError):
            await serve_preview(rebuild=rebuild, port=port)
