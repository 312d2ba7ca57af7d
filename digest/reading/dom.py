"""HTML trees: parse them, list their blocks. The only file that knows lxml.

Nothing is fetched and no entity is resolved; what comes out is plain text, so no markup of a scraped page goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from digest.model import Kind
from digest.reading.lines import Line, normalise

if TYPE_CHECKING:
    from lxml.html import HtmlElement

__all__ = ["BLOCK_TAGS", "HIDDEN", "KIND_OF_TAG", "blocks", "parse"]

_SKIPPED = frozenset(
    ["script", "style", "noscript", "template", "head", "svg", "math", "iframe", "object", "form", "button", "select", "textarea", "nav", "aside", "footer", "audio", "video", "canvas", "figcaption", "dialog"]
)  # fmt: skip
BLOCK_TAGS = frozenset(
    ["p", "div", "section", "article", "main", "body", "html", "header", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "table", "tbody", "thead", "tr", "figure", "address", "hr", "br", "center", "details", "summary", "caption", "fieldset", "row", "list", "item", "head", "quote", "lb"]
)  # fmt: skip
KIND_OF_TAG: dict[str, Kind] = {"h1": "heading", "h2": "heading", "h3": "heading", "h4": "heading", "h5": "heading", "h6": "heading", "head": "heading", "li": "item", "item": "item", "dd": "item", "blockquote": "quote", "quote": "quote"}  # fmt: skip
_MOST_BLOCKS = 50_000
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def parse(text: str) -> HtmlElement | None:
    """Parse HTML, None where there is no element in it."""
    import lxml.etree
    import lxml.html

    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.replace("\x00", ""))
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = lxml.html.document_fromstring(text.encode("utf-8", errors="replace"), parser=parser)
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError, ValueError):
        return None
    return root


def blocks(root: HtmlElement) -> list[Line]:
    """List the text blocks of a tree in order, without scripts, navigation and what is hidden."""
    lines: list[Line] = []
    parts: list[str] = []
    kinds: list[Kind] = ["text"]
    for event, element in _walk(root):
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in BLOCK_TAGS:
            text = normalise("".join(parts)).replace("\n", " ").strip()
            if text:
                lines.append(Line(re.sub(r" {2,}", " ", text), kinds[-1]))
                if len(lines) >= _MOST_BLOCKS:
                    return lines
            parts.clear()
            if tag in KIND_OF_TAG and event == "start":
                kinds.append(KIND_OF_TAG[tag])
            elif tag in KIND_OF_TAG and event == "end":
                kinds.pop()
        elif tag in {"td", "th", "cell"} and event == "end":
            parts.append(" ")
        if event == "start" and element.text:
            parts.append(element.text)
        elif event == "end" and element.tail:
            parts.append(element.tail)
    text = normalise("".join(parts)).replace("\n", " ").strip()
    return [*lines, Line(text)] if text else lines


def _walk(root: HtmlElement) -> Iterator[tuple[str, Any]]:
    """Walk without recursion (a page may nest 200,000 deep), passing over what nobody reads."""
    from lxml import etree

    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        if element is root or not _is_unread(element):
            yield event, element
        elif event == "start":
            walker.skip_subtree()
            yield "skipped", element
            if element.tail:
                yield "end", _Tail(element.tail)


def _is_unread(element: Any) -> bool:
    tag = element.tag
    if not isinstance(tag, str):
        return True
    if tag == "head":  # trafilatura calls its headings so; a page's own stands below html
        parent = element.getparent()
        return parent is not None and parent.tag == "html"
    if tag in _SKIPPED or element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    style = element.get("style")
    return style is not None and HIDDEN.search(style) is not None


class _Tail:
    """What stands behind a skipped element."""

    def __init__(self, tail: str) -> None:
        self.tag, self.text, self.tail = "span", None, tail
