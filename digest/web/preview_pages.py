"""The pages of the preview and their JSON, as routes over a desk. All of them only read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict

from digest.errors import DigestError
from digest.model import Article, Digest, Point
from digest.shapes import Json
from digest.web.checks import check_mail
from digest.web.desk import Built, Desk, Preview
from digest.web.frame import frame, look_from
from digest.web.mail import look_into, with_own_images
from digest.web.remark import Remark
from digest.web.serving import Answer, Asked, Route, json_answer, no_such_page, page_routes, stream_events

__all__ = ["preview_routes"]


def preview_routes(desk: Desk) -> list[Route]:
    """Give the routes of a preview page over a desk."""
    pages = _Pages(desk)
    return [
        *page_routes("preview.html"),
        Route("GET", "/api/preview", pages.preview),
        Route("GET", "/api/events", pages.events),
        Route("GET", "/letter.html", pages.html),
        Route("GET", "/letter.txt", pages.text),
        Route("GET", "/letter.eml", pages.message),
    ]


class _Pages:
    """The functions behind the routes; what they share is the desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def preview(self, asked: Asked) -> Answer:
        return json_answer(_shown(await self._built(asked)))

    async def events(self, asked: Asked) -> Answer:
        del asked
        return stream_events(self._builds())

    async def html(self, asked: Asked) -> Answer:
        preview = (await self._built(asked)).preview
        if preview is None:
            return no_such_page("nothing was built yet")
        html = with_own_images(preview.html, look_into(preview.message))
        return frame(html, look_from(asked.query), reachable=True)

    async def text(self, asked: Asked) -> Answer:
        preview = (await self._built(asked)).preview
        if preview is None:
            return no_such_page("nothing was built yet")
        return Answer(preview.text.encode(), "text/plain; charset=utf-8")

    async def message(self, asked: Asked) -> Answer:
        preview = (await self._built(asked)).preview
        if preview is None:
            return no_such_page("nothing was built yet")
        saved = {"Content-Disposition": "attachment; filename=letter.eml"}
        return Answer(preview.message, "message/rfc822", headers=saved)

    async def _built(self, asked: Asked) -> Built:
        return await self._desk.preview(asked.query.get("as") or None)

    async def _builds(self) -> AsyncIterator[Json]:
        version = self._desk.version
        while True:
            yield {"version": version}
            version = await self._desk.renewed_since(version)


def _shown(built: Built) -> dict[str, Json]:
    return {
        "version": built.version,
        "error": _error(built.error) if built.error else None,
        "letter": _letter(built.preview) if built.preview else None,
    }


def _error(error: DigestError) -> dict[str, Json]:
    return {"what": error.what, "where": error.where, "hint": error.hint}


def _letter(preview: Preview) -> dict[str, Json]:
    return {
        "subject": preview.subject,
        "preheader": preview.preheader,
        "sender": preview.sender,
        "subscriber": preview.subscriber,
        "subscribers": list(preview.subscribers),
        "text": preview.text,
        "html_bytes": len(preview.html.encode("utf-8", "replace")),
        "message_bytes": len(preview.message),
        "remarks": [asdict(remark) for remark in _remarks(preview)],
        "digests": [_digest(digest) for digest in preview.digests],
    }


def _remarks(preview: Preview) -> list[Remark]:
    """Give what the builder found, and what the finished message tells by rules it did not look at."""
    known = {remark.rule for remark in preview.remarks}
    own = [remark for remark in check_mail(preview.message) if remark.rule not in known]
    return sorted([*preview.remarks, *own], key=lambda remark: remark.level)  # errors first


def _digest(digest: Digest) -> dict[str, Json]:
    return {
        "headline": digest.headline,
        "url": digest.article.url,
        "summary": _points(digest.summary, digest.article),
        "key_points": _points(digest.key_points, digest.article),
    }


def _points(points: Sequence[Point], article: Article) -> list[Json]:
    """Give each point with the sentences it rests on, and what stands before and after them."""
    return [
        {
            "text": point.text,
            "evidence": [
                {
                    "text": sentence.text,
                    "before": article.paragraphs[sentence.paragraph][: sentence.start],
                    "after": article.paragraphs[sentence.paragraph][sentence.end :],
                    "paragraph": sentence.paragraph + 1,
                }
                for sentence in point.evidence
                if sentence.paragraph < len(article.paragraphs)
            ],
        }
        for point in points
    ]
