"""The text blocks of a page with what its tree says of each: where it stands, how it is marked up, how it is linked.

One walk without recursion; nothing a reader never sees (scripts, menus, buttons) comes in, but what trafilatura may
have missed does: asides, captions, what is folded away. What a class name hints at holds for a block only where
the element that bears it is no more than half of the page: "with-sidebar" on the whole page says nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from digest.model import Kind
from digest.reading.dom import BLOCK_TAGS, HIDDEN, KIND_OF_TAG
from digest.reading.lines import normalise, word_count

if TYPE_CHECKING:
    from lxml.html import HtmlElement

__all__ = ["HINTS", "PageBlock", "page_blocks"]

_UNREAD = frozenset(
    {"script", "style", "noscript", "template", "svg", "math", "iframe", "object", "audio", "video", "canvas"}
    | {"button", "select", "textarea", "option", "datalist", "map", "area", "nav", "dialog", "head"}
)
_EMPTY = frozenset(["br", "hr"])
_MOST_BLOCKS = 20_000  # as many lines as the cleaner takes
_LONGEST_CLASS = 60
_WHOLE = 0.5

_BY_NAME = {
    "comment": r"comment|disqus|respond|reply|discussion",
    "related": (
        r"relat|recommend|read-?(?:more|next)|more-?(?:from|stories|news|on|articles)|similar|"
        r"also-?like|outbrain|taboola|trending|popular|most-?(?:read|viewed)|promo|teaser|latest|"
        r""
        r"recent|next-?(?:post|article)|prev|carousel|suggest"
    ),
    "share": r"share|social|follow",
    "news": (
        r"newsletter|subscri|sign-?up|signup|opt-?in|mailchimp|cta|call-?to|banner|popup|modal"
        r"|paywall|regwall|donat"
    ),
    "author": r"author|\bbio\b|byline|contributor|writer|profile",
    "meta": (
        r"meta|date|time|breadcrumb|tag(?:s|list|ged)?\b|categor|label|kicker|eyebrow|credit|"
        r"copyright|disclaim|disclosure|affiliate"
    ),
    "caption": r"caption|gallery|slideshow|image|photo|media|video|player|embed",
    "side": r"sidebar|side-?bar|widget|rail|footer|\bnav|menu|toolbar|cookie|consent|gdpr",
    "ad": r"\bads?\b|advert|sponsor|dfp|\bad-",
    "faq": r"faq|accordion|collaps|toggle|\btab",
    "toc": r"\btoc\b|table-?of-?contents|jump|anchor-?list",
    "box": (
        r"box|callout|summary|highlight|pull|aside|inset|infobox|factbox|product|price|card|"
        r"\bcol\b|grid|rating|review"
    ),
    "body": (
        r"article-?_*(?:body|content|text)|entry-?content|post-?(?:body|content)|story-?(?:body|"
        r"content|text)|content-?body|rich-?text|main-?content|articlebody|body-?text|paragraph|"
        r"wysiwyg|prose"
    ),
    "lead": r"lead|intro|deck|standfirst|subtitle|sub-?head|excerpt|dek|teaser-?text|summary|abstract",
}
_BY_TAG = {
    "aside": "aside", "footer": "footer", "figcaption": "caption", "figure": "figure", "form": "form",
    "header": "header", "pre": "code", "code": "code", "table": "table", "blockquote": "quote",
    "article": "article", "main": "main", "ul": "list", "ol": "list", "details": "faq",
}  # fmt: skip
_PATTERNS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _BY_NAME.items()}
HINTS = tuple(dict.fromkeys([*_BY_NAME, *_BY_TAG.values(), "hidden"]))
_BIT = {name: 1 << at for at, name in enumerate(HINTS)}
_BODY = _BIT["body"]


@dataclass(slots=True)
class PageBlock:
    """One block: its text, the numbers of its two containers, its make, and the hints of all elements round it.

    ``linked`` and ``bold`` count characters; ``hints`` is a set of bits in the order of ``HINTS``.
    """

    text: str
    kind: Kind
    words: int
    container: int
    outer: int
    make: str
    linked: int
    bold: int
    hints: int = 0


@dataclass(slots=True)
class _Walk:
    """What a walk remembers between two elements."""

    blocks: list[PageBlock] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    kinds: list[Kind] = field(default_factory=lambda: ["text"])
    containers: list[tuple[int, str]] = field(default_factory=lambda: [(0, "body.")])
    opened: list[tuple[int, int]] = field(default_factory=list)
    spans: list[tuple[int, int, int]] = field(default_factory=list)
    links: int = 0
    bolds: int = 0
    linked: int = 0
    bold: int = 0
    count: int = 0

    def add(self, text: str | None) -> None:
        if not text:
            return
        self.parts.append(text)
        if self.links > 0:
            self.linked += len(text.strip())
        if self.bolds > 0:
            self.bold += len(text)

    def end_block(self) -> None:
        text = normalise("".join(self.parts)).replace("\n", " ").strip()
        if text:
            text = re.sub(r" {2,}", " ", text)
            here = self.containers[-1]
            outer = self.containers[-2] if len(self.containers) > 1 else here
            outmost = self.containers[-3] if len(self.containers) > 2 else outer  # noqa: PLR2004  # three levels
            self.blocks.append(
                PageBlock(
                    text=text,
                    kind=self.kinds[-1],
                    words=word_count(text),
                    container=outer[0],
                    outer=outmost[0],
                    make=f"{here[1]}<{outer[1]}",
                    linked=min(self.linked, len(text)),
                    bold=self.bold,
                )
            )
        self.parts.clear()
        self.linked = self.bold = 0

    def start(self, element: Any) -> None:
        tag = element.tag
        if tag in BLOCK_TAGS:
            self.end_block()
            if tag in KIND_OF_TAG:
                self.kinds.append(KIND_OF_TAG[tag])
            if tag not in _EMPTY:
                self.count += 1
                self.containers.append((self.count, f"{tag}.{(element.get('class') or '')[:_LONGEST_CLASS]}"))
        else:
            self.links += tag == "a"
            self.bolds += tag in {"b", "strong"}
        self.opened.append((len(self.blocks), _hints_of(element)))
        self.add(element.text)

    def end(self, element: Any) -> None:
        tag = element.tag
        if tag in BLOCK_TAGS:
            self.end_block()
            if tag in KIND_OF_TAG:
                self.kinds.pop()
            if tag not in _EMPTY:
                self.containers.pop()
        else:
            self.links -= tag == "a"
            self.bolds -= tag in {"b", "strong"}
            if tag in {"td", "th"}:
                self.parts.append(" ")
        begun, hints = self.opened.pop()
        if hints and len(self.blocks) > begun:
            self.spans.append((begun, len(self.blocks), hints))
        self.add(element.tail)


def page_blocks(root: HtmlElement) -> list[PageBlock]:
    """List the blocks of a page in order."""
    from lxml import etree

    walk = _Walk()
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        if not isinstance(element.tag, str) or element.tag in _UNREAD:
            if event == "start":
                walker.skip_subtree()
            else:
                walk.add(element.tail)
        elif event == "start":
            walk.start(element)
        else:
            walk.end(element)
        if len(walk.blocks) >= _MOST_BLOCKS:
            break
    walk.end_block()
    _spread(walk)
    return walk.blocks


def _spread(walk: _Walk) -> None:
    """Give each block the hints of the elements round it; of elements that are most of the page only "body"."""
    sums = [0]
    for block in walk.blocks:
        sums.append(sums[-1] + block.words)
    for begin, end, hints in walk.spans:
        if sums[end] - sums[begin] < _WHOLE * (sums[-1] or 1):
            held = hints
        elif hints & _BODY:
            held = _BODY
        else:
            continue
        for block in walk.blocks[begin:end]:
            block.hints |= held


def _hints_of(element: Any) -> int:
    by_tag = _BY_TAG.get(element.tag)
    hints = _BIT[by_tag] if by_tag else 0
    name = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('itemprop') or ''}"
    if len(name) > 2:  # noqa: PLR2004  # more than the two spaces
        hints |= _hints_of_name(name[:500])
    style = element.get("style")
    if (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or (style is not None and HIDDEN.search(style))
    ):
        hints |= _BIT["hidden"]
    return hints


@lru_cache(maxsize=4096)
def _hints_of_name(name: str) -> int:
    return sum(_BIT[hint] for hint, pattern in _PATTERNS.items() if pattern.search(name))
