"""Articles and digests as text for a terminal or a Markdown file."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from digest.cli.terminal import plain

if TYPE_CHECKING:
    from digest.model import Article, Digest

__all__ = ["article_as_text", "digest_as_markdown", "digest_as_text", "shortage"]

_COLUMNS = 78
_ENOUGH_POINTS = 3
_INDENTS = {"text": ("", ""), "heading": ("## ", "   "), "item": ("• ", "  "), "quote": ("> ", "> ")}


def article_as_text(article: Article) -> str:
    """Write an article: title, what is known about it, its paragraphs."""
    day = (article.published or "")[:10]  # ISO 8601: the time of day is for --json
    about = " · ".join(filter(None, (article.byline, day, article.site, article.url)))
    blocks = [article.title or "", about]
    blocks += [
        _filled(paragraph, *_INDENTS[kind])
        for paragraph, kind in zip(article.paragraphs, article.kinds, strict=True)
    ]
    return "\n\n".join(filter(None, blocks)) + "\n"


def digest_as_text(digest: Digest, *, note: str = "") -> str:
    """Write a digest: headline, summary, key points, a note on them in parentheses, keywords."""
    blocks = [
        _filled(digest.headline),
        _filled(" ".join(point.text for point in digest.summary)),
        "\n".join(_filled(point.text, *_INDENTS["item"]) for point in digest.key_points),
        f"({note})" if note else "",
        f"{digest.reading_minutes} min read · {digest.language} · {', '.join(digest.keywords)}",
    ]
    return "\n\n".join(filter(None, blocks)) + "\n"


def shortage(digest: Digest) -> str:
    """Say that an article gave fewer key points than three, or none; nothing where it gave enough.

    For digests made from an article just now: where an editor took points out, the article was not the reason.
    """
    count = len(digest.key_points)
    if count >= _ENOUGH_POINTS:
        return ""
    points = "no key point" if not count else "one key point" if count == 1 else f"{count} key points"
    return f"a short article: {points} beside its summary"


def digest_as_markdown(digest: Digest) -> str:
    """Write a digest as Markdown."""
    title = _escaped(digest.headline)
    lines = [f"## [{title}]({digest.article.url})" if digest.article.url else f"## {title}", ""]
    lines += [" ".join(_escaped(point.text) for point in digest.summary), ""]
    if digest.key_points:
        lines += [*(f"- {_escaped(point.text)}" for point in digest.key_points), ""]
    lines.append(f"*{digest.reading_minutes} min read · {', '.join(map(_escaped, digest.keywords))}*")
    return "\n".join(lines) + "\n"


def _filled(text: str, first: str = "", further: str = "") -> str:
    return textwrap.fill(
        plain(text), _COLUMNS, initial_indent=first, subsequent_indent=further, break_long_words=False
    )


def _escaped(text: str) -> str:
    """Keep Markdown from reading marks into plain text."""
    return "".join(f"\\{character}" if character in r"\`*_[]<>#" else character for character in plain(text))
