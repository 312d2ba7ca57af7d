"""Lint of the frame: column, Outlook's ghost table, layout tables, style elements, what would be loaded.

These rules look at the page's text as it stands: what mail programs do with comments, styles and tables is decided
by their letters, not by a tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from digest.composing.finding import Finding

__all__ = ["frame_findings", "host_of"]

_COLUMN = 600  # px: checklist B1
_TABLE = re.compile(r"<table\b[^>]*>", re.IGNORECASE)
_WIDTH = re.compile(r"\b(?:min-)?width(?:=[\"']|:\s*)(\d+)(?:px)?[\"';]", re.IGNORECASE)
_IN_TABLES = re.compile(r"<(th|caption)\b", re.IGNORECASE)
_SUMMARY = re.compile(r"<table\b[^>]*\bsummary=", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LOADED = re.compile(
    r"\b(?:background|srcset|poster)=[\"']\s*(https?:[^\"'\s]+)|url\(\s*[\"']?(https?:[^\"')]+)",
    re.IGNORECASE,
)
_FILLER = re.compile("[\xad\u034f\u200b-\u200f\u2007\u2060\ufeff]")
_FILLER_OCTETS = 100  # checklist C5
_BARE = re.compile(r"\bxn--|(?:^|[/.@])(?:\d{1,3}\.){3}\d{1,3}(?:[:/]|$)", re.IGNORECASE)


def frame_findings(html: str) -> Iterator[Finding]:
    """Judge the frame of a page."""
    shown = _COMMENT.sub("", html)
    yield from _tables(html, shown)
    yield from _outlook(html)
    body = re.split(r"<body\b", html, maxsplit=1, flags=re.IGNORECASE)[-1]
    if "<body" in html.lower() and re.search(r"<style\b", body, re.IGNORECASE):
        yield Finding("A11", "error", "a style element stands in the body", "put its rules into keep.css")
    for block in re.findall(r"(?is)<style\b[^>]*>(.*?)</style>", html):
        if block.count("{") != block.count("}"):
            yield Finding("A11", "error", "a style element is not valid on its own", "close its braces")
    for first, second in _LOADED.findall(html):
        host = host_of(first or second)
        yield Finding("C10", "warning", f"the page loads from {host}", "embed it by cid, or do without")
    filler = sum(len(letter.encode()) for letter in _FILLER.findall(body))
    if filler > _FILLER_OCTETS:
        yield Finding(
            "C5", "error", f"{filler} octets of invisible filler", "100 at most: readers pay for them"
        )
    for link in dict.fromkeys(re.findall(r"<a\b[^>]*\bhref=[\"'](https?:[^\"']+)", html, re.IGNORECASE)):
        if _BARE.search(host_of(link)):
            yield Finding(
                "C4", "warning", f"a link leads to {host_of(link)}", "filters distrust such a host: name it"
            )


def _tables(html: str, shown: str) -> Iterator[Finding]:
    for table in _TABLE.finditer(html):  # Outlook's, in comments, too
        width = _WIDTH.search(table.group())
        if width and int(width[1]) > _COLUMN:
            where = f"page:{html.count(chr(10), 0, table.start()) + 1}"
            yield Finding(
                "B1", "error", f"a table is {width[1]} px wide", "600 px at most, fluid below", where
            )
    if "max-width" not in shown:
        yield Finding("B1", "error", "the column has no greatest width", "max-width: 600px on it")
    for name in dict.fromkeys(_IN_TABLES.findall(shown)):
        yield Finding("A6", "error", f"<{name}> stands in a layout table", "use <td>, or a heading")
    if _SUMMARY.search(shown):
        yield Finding("A6", "error", "a layout table has a summary", "remove it: it is read as data")


def _outlook(html: str) -> Iterator[Finding]:
    ghosts = re.findall(r"<!--\[if mso[^\]]*\]>(.*?)<!\[endif\]-->", html, re.DOTALL)
    if not any("<table" in ghost for ghost in ghosts):
        yield Finding(
            "B2", "warning", "Outlook on Windows gets no column", "frame it by a table in <!--[if mso]>"
        )
    tables = "".join(ghosts)
    if tables.count("<table") != tables.count("</table>"):
        yield Finding("B2", "error", "Outlook's table is not closed", "close it in a second <!--[if mso]>")
    if re.search(r"(?<!--)<!\[if\b", html):
        yield Finding("B2", "error", "a downlevel-revealed comment breaks", "write <!--[if !mso]><!-->")


def host_of(url: str) -> str:
    """Name the host of an address, or nothing where it has none that can be read."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # "https://[": any mail may hold anything
        return ""
