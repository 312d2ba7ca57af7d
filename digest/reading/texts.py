"""Pasted text and Markdown into articles. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from digest.model import Article, Kind
from digest.reading.dates import iso_date
from digest.reading.pasted import Body, Line, clean_lines, is_sentence, lines_of, normal_text, word_count
from digest.reading.refusals import refusal_of_text

__all__ = ["article_from_markdown", "article_from_text"]

_FRONT: Final = re.compile(r"\A---[ \t]*\n(?P<front>.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_INLINE: Final = (
    (re.compile(r"!\[([^\]]*)\]\([^)]*\)"), ""),
    (re.compile(r"\[([^\]]+)\]\([^)]*\)"), r"\1"),
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])[*_](?=\S)([^*_]+?)(?<=\S)[*_](?![\w*])"), r"\1"),
    (re.compile(r"`([^`]+)`"), r"\1"),
)
_HEADING: Final = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_ITEM: Final = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+")
_FENCE: Final = re.compile(r"^(?:```|~~~).*?^(?:```|~~~)[ \t]*$", re.DOTALL | re.MULTILINE)
_FEW_WORDS: Final = 4  # one short sentence is still something to condense; a menu entry is not


def article_from_text(text: str, *, where: str) -> Article:
    """Read pasted text.

    Raises:
        NothingToCondenseError: there is no sentence in it.
    """
    return _article(clean_lines(lines_of(text)), text, where)


def article_from_markdown(text: str, *, where: str) -> Article:
    """Read Markdown with or without front matter.

    Raises:
        NothingToCondenseError: there is no sentence in it.
    """
    text = normal_text(text)
    front: dict[str, str] = {}
    found = _FRONT.match(text)
    if found:
        front = _front_matter(found["front"])
        text = text[found.end() :]
    lines = _markdown_lines(_FENCE.sub("", text))
    title = front.get("title")
    if title is None and lines and lines[0].kind == "heading":
        title, lines = lines[0].text, lines[1:]
    body = Body(lines=tuple(lines), title=title) if title else clean_lines(lines)
    article = _article(body, text, where)
    return replace(
        article,
        byline=front.get("author") or front.get("authors") or article.byline,
        published=iso_date(front.get("date", "")) or article.published,
        language=front.get("lang") or front.get("language"),
        url=front.get("url") or front.get("canonical_url"),
    )


def _article(body: Body, text: str, where: str) -> Article:
    if not any(_is_something(line) for line in body.lines):
        raise refusal_of_text(text, where)
    return Article(
        title=body.title,
        byline=body.byline,
        published=iso_date(body.published or ""),
        paragraphs=[line.text for line in body.lines],
        kinds=[line.kind for line in body.lines],
    )


def _is_something(line: Line) -> bool:
    ended = line.text.endswith((".", "!", "?", "…", "。", "！", "？", "।", "؟", "”", '"'))
    return is_sentence(line.text) or (ended and word_count(line.text) >= _FEW_WORDS)


def _front_matter(block: str) -> dict[str, str]:
    """Read the flat keys of YAML or TOML front matter: nothing else in it is about the article."""
    front = {}
    for line in block.splitlines():
        found = re.match(r"^(\w[\w-]*)\s*[:=]\s*(.+?)\s*$", line)
        if found:
            value = found[2].strip("[]").strip()
            parts = (
                [part.strip().strip("\"'") for part in value.split(",")]
                if found[2].startswith("[")
                else [value.strip("\"'")]
            )
            front[found[1].lower()] = ", ".join(part for part in parts if part)
    return front


def _markdown_lines(text: str) -> list[Line]:
    lines: list[Line] = []
    for block in re.split(r"\n[ \t]*\n+", text):
        parts: list[str] = []
        kind: Kind = "text"
        for raw in block.splitlines():
            heading = _HEADING.match(raw)
            if heading or _ITEM.match(raw) or (raw.startswith(">") and kind != "quote"):
                _end(lines, parts, kind)
                kind = "heading" if heading else "quote" if raw.startswith(">") else "item"
                parts = [heading[2] if heading else _ITEM.sub("", raw, count=1)]
                if heading:
                    _end(lines, parts, kind)
                    parts, kind = [], "text"
            else:
                parts.append(raw)
        _end(lines, parts, kind)
    return lines


def _end(lines: list[Line], parts: list[str], kind: Kind) -> None:
    text = " ".join(
        part.strip().removeprefix(">").strip()
        for part in parts
        if not re.fullmatch(r"\s*[-*_=]{3,}\s*", part)
    )
    for pattern, kept in _INLINE:
        text = pattern.sub(kept, text)
    text = " ".join(re.sub(r"<[^>\n]{1,200}>", "", text).split())
    if text:
        lines.append(Line(text, kind))
    parts.clear()
