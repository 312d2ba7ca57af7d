"""Mails (.eml) and saved pages (.mhtml): the part that holds the article, and what the headers know. Pure."""

from __future__ import annotations

import email
import email.policy
import email.utils
from dataclasses import replace
from email.message import EmailMessage

from digest.errors import NothingToCondenseError
from digest.model import Article, Source
from digest.reading.html import article_from_html
from digest.reading.texts import article_from_text

__all__ = ["article_from_mail"]


def article_from_mail(source: Source) -> Article:
    """Read a mail or a saved page.

    Raises:
        NothingToCondenseError: no part of it holds an article.
    """
    message = email.message_from_bytes(source.content, policy=email.policy.default)
    part = message.get_body(("related", "html", "plain")) or _first_page(message)
    if part is None:
        raise NothingToCondenseError("the mail holds no text", where=source.name)
    content = part.get_content() if part.get_content_maintype() == "text" else ""
    if part.get_content_subtype() == "html":
        article = article_from_html(content, url=_location(message, part), where=source.name)
    else:
        article = article_from_text(_without_quotes(content), where=source.name)
    if message.get("Message-ID") is None:
        return article  # a saved page: its own title and date are surer than the browser's headers
    name = email.utils.parseaddr(str(message.get("From", "")))[0]
    return replace(
        article,
        title=str(message.get("Subject", "")).strip() or article.title,
        byline=article.byline or name or None,
        published=article.published or _date(message),
    )


def _first_page(message: EmailMessage) -> EmailMessage | None:
    for part in message.walk():
        if part.get_content_type() == "text/html":
            assert isinstance(part, EmailMessage)
            return part
    return None


def _location(message: EmailMessage, part: EmailMessage) -> str | None:
    told = part.get("Content-Location") or message.get("Snapshot-Content-Location")
    return str(told) if told and str(told).startswith(("http://", "https://")) else None


def _without_quotes(text: str) -> str:
    """Leave out what is quoted from an earlier mail, and everything below the signature mark (RFC 3676 4.3)."""
    kept = []
    for line in text.splitlines():
        if line == "-- ":
            break
        if not line.startswith(">"):
            kept.append(line)
    return "\n".join(kept)


def _date(message: EmailMessage) -> str | None:
    try:
        return email.utils.parsedate_to_datetime(str(message.get("Date"))).isoformat()
    except ValueError:
        return None
