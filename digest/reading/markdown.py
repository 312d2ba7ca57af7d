"""Markdown with front matter into a draft. Pure; the only file that knows markdown-it-py."""

from __future__ import annotations

import re

from digest.reading.dates import iso_date
from digest.reading.language import tag
from digest.reading.lines import Draft, Line, normalise

__all__ = ["read_markdown"]

_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"^([\w-]+):[ \t]*(.*)$", re.MULTILINE)


def read_markdown(text: str) -> Draft:
    """Read Markdown; a first heading is the title where the front matter has none."""
    from markdown_it import MarkdownIt

    text = text.lstrip("\ufeff").replace("\r\n", "\n")
    front = _front(text)
    body = _FRONT.sub("", text, count=1)
    lines: list[Line] = []
    title = front.get("title")
    open_kinds: list[str] = []
    for token in MarkdownIt("commonmark").enable("table").parse(body):
        if token.nesting == 1:
            open_kinds.append(token.type + token.tag)
        elif token.nesting == -1 and open_kinds:
            open_kinds.pop()
        elif token.type == "inline":
            words = " ".join(normalise(_plain(token)).split())
            if not words:
                continue
            if title is None and not lines and open_kinds[-1:] == ["heading_openh1"]:
                title = words
                continue
            lines.append(_line(words, open_kinds))
    return Draft(
        lines=lines,
        title=title,
        byline=front.get("author") or front.get("authors") or front.get("byline"),
        published=iso_date(front.get("date") or front.get("published") or ""),
        language=tag(front.get("lang") or front.get("language")),
        url=front.get("url") or front.get("canonical_url"),
        site=front.get("site"),
        image=front.get("image"),
        is_extracted=True,
    )


def _line(words: str, open_kinds: list[str]) -> Line:
    if any(kind.startswith("heading") for kind in open_kinds):
        return Line(words, "heading")
    if any(kind.startswith("list_item") for kind in open_kinds):
        return Line(words, "item")
    return Line(words, "quote" if any(kind.startswith("blockquote") for kind in open_kinds) else "text")


def _plain(token: object) -> str:
    """Give an inline token's words: links by their text, images not at all."""
    parts = []
    for child in getattr(token, "children", None) or ():
        if child.type in {"text", "code_inline"}:
            parts.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
    return "".join(parts)


def _front(text: str) -> dict[str, str]:
    """Read the plain fields of front matter: one line each, lists in brackets or below with dashes."""
    found = _FRONT.match(text)
    if not found:
        return {}
    block = re.sub(r"\n[ \t]*-[ \t]+", ", ", found[1])
    fields = {}
    for name, value in _FIELD.findall(block):
        plain = value.strip().strip("[]").strip(", ")
        fields[name.lower()] = (
            ", ".join(part.strip().strip("\"'") for part in plain.split(","))
            if name.lower() in {"author", "authors", "byline"}
            else plain.strip("\"'")
        )
    return {name: value for name, value in fields.items() if value}
