"""The pages of the debug inbox and their JSON, as routes over a mailbox.

Read-only but for two DELETEs. ``docs/reference/inbox-api.md`` describes the JSON for those who script it.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import UTC, datetime
from urllib.parse import quote

from digest.shapes import Json
from digest.web.checks import check_mail
from digest.web.frame import frame, look_from
from digest.web.mail import SHOWN_IMAGES, MailView, Part, look_into, with_own_images
from digest.web.mailbox import Mailbox, Received
from digest.web.serving import Answer, Asked, Route, json_answer, no_such_page, page_routes, stream_events

__all__ = ["inbox_routes"]

MAILS_A_PAGE = 100
_NUMBER = re.compile(r"[0-9]{1,9}")
_SOURCE_POLICY = {"Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'self'"}


def inbox_routes(mailbox: Mailbox, *, smtp_address: str) -> list[Route]:
    """Give the routes of an inbox page over a mailbox."""
    pages = _Pages(mailbox, smtp_address)
    return [
        *page_routes("inbox.html"),
        Route("GET", "/api/inbox", pages.about),
        Route("GET", "/api/mails", pages.mails),
        Route("DELETE", "/api/mails", pages.clear),
        Route("GET", "/api/mails/{id}", pages.mail),
        Route("DELETE", "/api/mails/{id}", pages.remove),
        Route("GET", "/api/events", pages.events),
        Route("GET", "/mails/{id}/html", pages.html),
        Route("GET", "/mails/{id}/source", pages.source),
        Route("GET", "/mails/{id}/mail.eml", pages.download),
        Route("GET", "/mails/{id}/parts/{number}", pages.part),
    ]


class _Pages:
    """The functions behind the routes; what they share is the mailbox."""

    def __init__(self, mailbox: Mailbox, smtp_address: str) -> None:
        self._mailbox = mailbox
        self._smtp_address = smtp_address

    async def about(self, asked: Asked) -> Answer:
        del asked
        return json_answer({"smtp": self._smtp_address, **self._counts()})

    async def mails(self, asked: Asked) -> Answer:
        words = asked.query.get("query", "").casefold().split()
        before = _number(asked.query.get("before")) or self._mailbox.received + 1
        limit = min(_number(asked.query.get("limit")) or MAILS_A_PAGE, 1000)
        matching = [mail for mail in self._mailbox if all(word in _searched(mail) for word in words)]
        listed = [mail for mail in reversed(matching) if mail.id < before]
        return json_answer(
            {
                **self._counts(),
                "matching": len(matching),
                "more": len(listed) > limit,
                "mails": [_listed(mail) for mail in listed[:limit]],
            }
        )

    async def mail(self, asked: Asked) -> Answer:
        mail = self._find(asked)
        return json_answer(_shown(mail, look_into(mail.content))) if mail else _gone(asked)

    async def remove(self, asked: Asked) -> Answer:
        removed = self._mailbox.remove(_number(asked.place["id"]) or 0)
        return json_answer(self._counts()) if removed else _gone(asked)

    async def clear(self, asked: Asked) -> Answer:
        del asked
        return json_answer({"removed": self._mailbox.clear(), **self._counts()})

    async def events(self, asked: Asked) -> Answer:
        del asked
        return stream_events(self._changes())

    async def html(self, asked: Asked) -> Answer:
        mail = self._find(asked)
        view = look_into(mail.content) if mail else None
        if mail is None or view is None or view.html is None:
            return _gone(asked)
        parts = f"http://{asked.host}/mails/{mail.id}/parts/"
        return frame(with_own_images(view.html, view, below=parts), look_from(asked.query), own_images=parts)

    async def source(self, asked: Asked) -> Answer:
        mail = self._find(asked)
        if mail is None:
            return _gone(asked)
        return Answer(mail.content, "text/plain; charset=utf-8", headers=_SOURCE_POLICY)

    async def download(self, asked: Asked) -> Answer:
        mail = self._find(asked)
        if mail is None:
            return _gone(asked)
        name = re.sub(r"[^a-z0-9]+", "-", mail.summary.subject.lower()).strip("-")[:60] or "mail"
        return Answer(mail.content, "message/rfc822", headers=_SOURCE_POLICY | _saved_as(f"{name}.eml"))

    async def part(self, asked: Asked) -> Answer:
        mail = self._find(asked)
        part = _part_of(look_into(mail.content), _number(asked.place["number"])) if mail else None
        if part is None:
            return _gone(asked)
        if part.media_type in SHOWN_IMAGES:
            return Answer(part.content, part.media_type, headers=_SOURCE_POLICY)
        name = part.filename or f"part-{part.number}"
        return Answer(part.content, "application/octet-stream", headers=_SOURCE_POLICY | _saved_as(name))

    def _find(self, asked: Asked) -> Received | None:
        return self._mailbox.get(_number(asked.place["id"]) or 0)

    def _counts(self) -> dict[str, Json]:
        return {
            "received": self._mailbox.received,
            "kept": len(self._mailbox),
            "version": self._mailbox.version,
        }

    async def _changes(self) -> AsyncIterator[Json]:
        # The first event tells a page that reconnects what it missed.
        version = self._mailbox.version
        while True:
            yield self._counts()
            version = await self._mailbox.changed_since(version)


def _number(text: str | None) -> int | None:
    return int(text) if text and _NUMBER.fullmatch(text) else None


def _gone(asked: Asked) -> Answer:
    return no_such_page(f"there is no mail {asked.place['id']} here, or not in that form")


def _saved_as(name: str) -> dict[str, str]:
    # RFC 6266 §4.3; the name is percent-encoded, so that nothing of a mail reaches a header as it stands.
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}


def _searched(mail: Received) -> str:
    summary = mail.summary
    return "\n".join((summary.subject, summary.sender, summary.to, *mail.recipients)).casefold()


def _listed(mail: Received) -> dict[str, Json]:
    return {
        "id": mail.id,
        "subject": mail.summary.subject,
        "from": mail.summary.sender,
        "to": mail.summary.to,
        "envelope": {"sender": mail.sender, "recipients": list(mail.recipients)},
        "message_id": mail.summary.message_id,
        "at": datetime.fromtimestamp(mail.at, UTC).isoformat(timespec="milliseconds"),
        "size": len(mail.content),
    }


def _shown(mail: Received, view: MailView) -> dict[str, Json]:
    return {
        **_listed(mail),
        "headers": [{"name": header.name, "value": header.value} for header in view.headers],
        "has_html": view.html is not None,
        "text": view.text,
        "parts": [_part_shape(part) for part in view.parts],
        "checks": [asdict(remark) for remark in check_mail(mail.content)],
    }


def _part_shape(part: Part) -> dict[str, Json]:
    return {
        "number": part.number,
        "depth": part.depth,
        "media_type": part.media_type,
        "filename": part.filename,
        "charset": part.charset,
        "encoding": part.encoding,
        "content_id": part.content_id,
        "disposition": part.disposition,
        "size": len(part.content),
        "container": part.is_container,
    }


def _part_of(view: MailView, number: int | None) -> Part | None:
    for part in view.parts:
        if part.number == number and not part.is_container:
            return part
    return None
