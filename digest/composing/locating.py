"""From a line of the finished page back to the line of the theme that wrote it, where that can be known.

The page has been rendered and inlined, so its lines are nobody's to edit. What survives is an element's class and
its tag's name: the first line of the theme's own files with that class, then of the shared ones. A finding about
looks is led to the style sheet's rule, one about elements to the template. A place that cannot be told stays as it
is, a line of the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from digest.composing.finding import Finding
from digest.composing.theme import Theme

__all__ = ["located"]

_LOOKS = frozenset({"B5", "B6", "B9", "B10", "B11"})
_TAG = re.compile(r"<([a-z][a-z0-9]*)\b([^>]*)", re.IGNORECASE)
_CLASS = re.compile(r"\bclass=[\"']([\w-]+)")
_NAMED = re.compile(r"'([\w-]+)'|<([a-z][a-z0-9]*)>")
_SHEETS = ("style.css", "shared/style.css")
_KEPT = ("keep.css", "shared/keep.css")
_TEMPLATES = ("letter.html", "shared/base.html", "shared/parts.html")


def located(findings: Iterable[Finding], html: str, theme: Theme) -> tuple[Finding, ...]:
    """Give the findings with the theme's own lines in ``where``: ``article/letter.html:7``."""
    lines = html.split("\n")
    return tuple(
        replace(finding, where=_place(finding, lines, theme) or finding.where) for finding in findings
    )


def _place(finding: Finding, lines: list[str], theme: Theme) -> str | None:
    part, _, number = (finding.where or "").partition(":")
    if part != "page" or not number.isdigit() or int(number) > len(lines):
        return None
    line = lines[int(number) - 1]
    classes = list(dict.fromkeys(_classes(finding, line)))
    files: tuple[str, ...] = _TEMPLATES
    if finding.rule in _LOOKS:
        is_dark = "dark scheme" in finding.what
        files = (*(_KEPT if is_dark else ()), *_SHEETS, *_TEMPLATES)
    for name in classes:
        found = _first(
            theme, files, rf"\.{re.escape(name)}\b(?=[^;]*\{{)|class=[\"'][^\"']*\b{re.escape(name)}\b"
        )
        if found:
            return found
    tag = _NAMED.search(finding.what)
    element = (tag[2] if tag else None) or next((found[1] for found in _TAG.finditer(line)), None)
    return _first(theme, _TEMPLATES, rf"<{element}\b") if element else None


def _classes(finding: Finding, line: str) -> Iterator[str]:
    """Give the classes a finding may be about: the one it names, then those of its line."""
    named = _NAMED.search(finding.what)
    if named and named[1]:
        yield named[1]
    tag = named[2] if named else None
    for found in _TAG.finditer(line):
        own = _CLASS.search(found[2])
        if own and tag in {None, found[1]}:
            yield own[1]


def _first(theme: Theme, files: Iterable[str], pattern: str) -> str | None:
    for file in files:
        found = re.search(pattern, theme.files.get(file, ""))
        if found:
            line = theme.files[file].count("\n", 0, found.start()) + 1
            return f"{file if file.startswith('shared/') else f'{theme.name}/{file}'}:{line}"
    return None
