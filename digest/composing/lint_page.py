"""Lint of the page: accessibility, safety, size, and what mail programs can show.

One walk with Python's HTML parser gathers what the rules ask about. The table of client support is made from
the caniemail facts by ``benchmarks/support_table.py``; a property counts against a page where Gmail or Outlook
on Windows shows nothing of it, unless it only decorates.
"""

from __future__ import annotations

import functools
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from digest.composing.finding import Finding
from digest.composing.lint_frame import host_of

__all__ = ["page_findings"]

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
# What mail programs show. A list of what is allowed: a new way to run or fetch something is refused by itself.
_ALLOWED = (
    " html head meta title style body div span p a b i u s em strong small big sub sup br hr wbr font center "
    "h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table caption colgroup col thead tbody tfoot tr td th img blockquote q "
    "cite code pre kbd samp var abbr dfn time del ins mark bdi bdo ruby rt rp figure figcaption header footer "
    "main section article nav aside address "
)
_EMPTY_WORDS = frozenset(
    [
        "click here",
        "here",
        "read more",
        "more",
        "link",
        "this",
        "hier",
        "mehr",
        "weiterlesen",
        "ici",
        "lire la suite",
        "aquí",
        "leer más",
        "qui",
        "leggi",
        "saiba mais",
        "aqui",
        "lees meer",
        "tutaj",
        "więcej",
        "тут",
        "здесь",
        "подробнее",
        "هنا",
        "כאן",
        "こちら",
        "点击这里",
    ]
)
# Without these the page is plainer and still complete.
_DECORATION = frozenset(
    {
        "border-radius",
        "overflow",
        "overflow-wrap",
        "word-break",
        "max-height",
        "max-width",
        "box-shadow",
        "font-weight",
    }
)
# In a tag it can only be a mistake; in the text an article may well speak of {{ braces }}.
_LEFT_IN_A_TAG = re.compile(r"<[^<>]*(?:\{\{|\{%|%7B%7B|\{email\})", re.IGNORECASE)
_LEFT = re.compile(r"\{\{|\{%|%7B%7B|\{email\}", re.IGNORECASE)
_STEERING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]")
_DECLARATION = re.compile(r"(?:^|;)\s*([a-z-]+)\s*:")
_PREHEADER = (40, 110)  # characters that inboxes show
_SEEN_BY_MOST = ("Gmail", "Outlook (Windows)")


@dataclass(slots=True)
class _Element:
    tag: str
    attributes: dict[str, str]
    line: int
    words: list[str] = field(default_factory=list)

    @property
    def where(self) -> str:
        return f"page:{self.line}"

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """The caniemail facts: for each feature one letter (y, a, n, u) per client."""

    source: str
    date: str
    licence: str
    clients: list[str]
    features: dict[str, str]


class _Walk(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[_Element] = []
        self.open: list[_Element] = []
        self.first_text = ""
        self.style = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = _Element(tag, {name: value or "" for name, value in attrs}, self.getpos()[0])
        self.elements.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while self.open and any(element.tag == tag for element in self.open):
            if self.open.pop().tag == tag:
                break

    def handle_data(self, data: str) -> None:
        tags = {element.tag for element in self.open}
        if "style" in tags:
            self.style += data
            return
        for element in self.open:
            element.words.append(data)
        if data.strip() and "body" in tags and not self.first_text:
            self.first_text = " ".join(data.split())


def page_findings(html: str, *, subject: str) -> Iterator[Finding]:
    """Judge a page."""
    walk = _Walk()
    walk.feed(html)
    walk.close()
    yield from _document(html, walk)
    yield from _structure(walk)
    yield from _content(walk, subject)
    yield from _support(walk)
    if _LEFT_IN_A_TAG.search(html):
        yield Finding("C4", "error", "a placeholder was left in a tag", "was it misspelt in the template?")
    elif _LEFT.search(html):
        yield Finding("C4", "warning", "a placeholder stands in the text", "does the article speak of it?")
    if _STEERING.search(html):
        yield Finding("C12", "error", "a control or bidi override stands in the page", "remove it")


def _document(html: str, walk: _Walk) -> Iterator[Finding]:
    if not html.startswith("<!DOCTYPE html>"):
        yield Finding(
            "A1", "error", "the page does not begin with <!DOCTYPE html>", "put it first in letter.html"
        )
    root = next((element for element in walk.elements if element.tag == "html"), None)
    main = next((at for at, each in enumerate(walk.elements) if each.attributes.get("role") == "main"), None)
    # Round all that is shown: a story's own language says nothing of the footer.
    tags = [
        element
        for element in walk.elements[: None if main is None else main + 1]
        if element.tag not in {"html", "head", "body"}
    ]
    for rule, name in (("A2", "lang"), ("A3", "dir")):
        if root is None or not root.attributes.get(name):
            yield Finding(rule, "error", f"<html> has no {name}", f"give it {name}")
        if not any(name in element.attributes for element in tags):
            yield Finding(
                rule, "error", f"no wrapper inside <body> has {name}", "clients drop the outer tags"
            )
    title = next((element for element in walk.elements if element.tag == "title"), None)
    if title is None or not title.text:
        yield Finding("A4", "error", "the page has no title", "add <title>")
    if not re.search(r'charset="?utf-8', html[:1024], re.IGNORECASE):
        yield Finding(
            "A4", "error", "the charset is not said in the first 1,024 octets", "add <meta charset>"
        )
    viewport = next((each for each in walk.elements if each.attributes.get("name") == "viewport"), None)
    content = viewport.attributes.get("content", "") if viewport else ""
    if "width=device-width" not in content or "user-scalable=no" in content or "maximum-scale=1" in content:
        yield Finding(
            "A5", "error", "the viewport is missing, or forbids zooming", "width=device-width alone"
        )
    yield from _sizes_and_schemes(html, walk)


def _sizes_and_schemes(html: str, walk: _Walk) -> Iterator[Finding]:
    if len(html.encode()) > 90 * 1024:
        yield Finding(
            "A10", "error", f"the page has {len(html.encode()) // 1024} KB", "Gmail clips it: shorten"
        )
    if len(walk.style.encode()) > 16 * 1024:
        yield Finding("A11", "error", "the style elements hold more than 16 KB", "inline it, or drop rules")
    if html.count("<!--[if") != html.count("<![endif]"):
        yield Finding("B2", "error", "a conditional comment is not closed", "close it by <![endif]-->")
    if "prefers-color-scheme" not in walk.style:
        yield Finding("B7", "error", "there is no dark scheme", "add it to keep.css")
    elif "!important" not in walk.style:
        yield Finding("B7", "error", "the dark scheme is not !important", "inlined styles win otherwise")
    if "data-ogsc" not in walk.style:
        yield Finding(
            "B8", "warning", "Outlook's dark mode is not addressed", "repeat the rules by [data-ogsc]"
        )


def _structure(walk: _Walk) -> Iterator[Finding]:
    for element in walk.elements:
        if f" {element.tag} " not in _ALLOWED:
            yield Finding("A9", "error", f"<{element.tag}> is not for mail", "remove it", element.where)
        if any(name.startswith("on") for name in element.attributes):
            yield Finding("A9", "error", "an element has a script attribute", "remove it", element.where)
        if element.tag == "table" and element.attributes.get("role") not in {"presentation", "none"}:
            yield Finding(
                "A6", "error", "a layout table is read as data", 'give it role="presentation"', element.where
            )
    if "@import" in walk.style:
        yield Finding("A9", "error", "a style sheet is imported", "copy its rules")
    if sum(element.attributes.get("role") == "main" for element in walk.elements) != 1:
        yield Finding("A7", "error", "not exactly one wrapper has role=main", "wrap all that is visible")
    headings = [element for element in walk.elements if re.fullmatch("h[1-6]", element.tag)]
    if sum(element.tag == "h1" for element in headings) != 1:
        yield Finding("A8", "error", "there is not exactly one <h1>", "give the headline an <h1>")
    for before, element in itertools.pairwise(headings):
        if int(element.tag[1]) > int(before.tag[1]) + 1:
            yield Finding(
                "A8", "error", f"<{element.tag}> follows <{before.tag}>", "skip no level", element.where
            )


def _content(walk: _Walk, subject: str) -> Iterator[Finding]:
    for image in (element for element in walk.elements if element.tag == "img"):
        if "alt" not in image.attributes:
            yield Finding("C1", "error", "a picture has no alt", 'describe it, or alt=""', image.where)
        if not all(image.attributes.get(side, "").isdigit() for side in ("width", "height")):
            yield Finding(
                "C1", "error", "a picture has no width and height", "give both as numbers", image.where
            )
        src = image.attributes.get("src", "")
        if src.startswith("data:"):
            yield Finding(
                "C2", "error", "a picture stands in the page as data:", "embed it by cid", image.where
            )
        elif not src.startswith(("https://", "cid:")):
            yield Finding(
                "C1", "error", "a picture is neither https nor cid", "host or embed it", image.where
            )
        elif src.startswith("https://"):
            yield Finding("C10", "warning", f"a picture is loaded from {host_of(src)}", "embed it by cid")
    for link in (element for element in walk.elements if element.tag == "a"):
        yield from _link(link)
    shown = walk.first_text
    if not _PREHEADER[0] <= len(shown) <= _PREHEADER[1]:
        yield Finding("C5", "warning", f"the preheader has {len(shown)} characters", "40 to 110 are shown")
    if shown and shown.casefold() == subject.casefold():
        yield Finding("C5", "error", "the preheader repeats the subject", "say what the subject does not")


def _link(link: _Element) -> Iterator[Finding]:
    href, text = link.attributes.get("href", ""), link.text
    if not href.startswith(("https://", "http://", "mailto:")):
        yield Finding("C4", "error", f"the link '{href[:60]}' is not absolute", "https or mailto", link.where)
    if not text:
        yield Finding("C3", "error", "a link has no text", "say where it goes", link.where)
    elif text.casefold().strip(" .…»→>") in _EMPTY_WORDS or re.fullmatch(r"https?://\S+", text):
        yield Finding(
            "C3", "error", f"the link text '{text[:40]}' does not say where it goes", "name it", link.where
        )
    said = re.search(
        r"\b(?:https?://)?((?:[a-z0-9-]+\.)+(?:com|org|net|info|news|eu|de|fr|io))\b", text.lower()
    )
    host = host_of(href).lower()
    if said and host and not f".{host}".endswith("." + said.group(1).removeprefix("www.")):
        yield Finding(
            "C4", "warning", f"the text says {said.group(1)}, the link goes to {host}", "agree", link.where
        )


def _support(walk: _Walk) -> Iterator[Finding]:
    table = _table()
    seen: set[str] = set()
    for element in walk.elements:
        for name in _DECLARATION.findall(element.attributes.get("style", "").lower()):
            if name in seen or name in _DECORATION:
                continue
            seen.add(name)
            verdicts = table.features.get(f"css-{name}", "")
            without = [
                client for client, verdict in zip(table.clients, verdicts, strict=False) if verdict == "n"
            ]
            if any(client in without for client in _SEEN_BY_MOST):
                yield Finding(
                    "B9",
                    "warning",
                    f"'{name}' is not shown by {', '.join(without)} (caniemail, {table.date[:10]})",
                    "let the plain look not depend on it",
                    element.where,
                )


@functools.cache
def _table() -> _Table:
    return _Table(**json.loads((Path(__file__).parent / "support.json").read_text("utf-8")))
