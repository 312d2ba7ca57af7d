"""JSON Feed 1.0 and 1.1 into the shape that the XML parser gives. Pure.

Our own twenty lines: the parser's JSON reader keeps one author of several, takes plain text for markup, and stops
at the first item of another shape.

Source: https://jsonfeed.org/version/1.1
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from digest.reading.charsets import decode

__all__ = ["read_json_feed"]


def read_json_feed(content: bytes) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
    """Read head and entries of a JSON Feed; None where the bytes are no JSON object.

    Raises:
        ValueError: JSON that is damaged, or has no list of items.
    """
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"{":
        return None
    loaded = json.loads(decode(content))
    items = loaded.get("items")
    if not isinstance(items, list):
        raise ValueError("a JSON feed without a list of items")  # noqa: TRY004  # the caller asks for one class
    head = {
        "title": loaded.get("title"),
        "link": loaded.get("home_page_url"),
        "language": loaded.get("language"),
    }
    shared = _authors(loaded)
    return head, [_entry(item, shared) for item in items if isinstance(item, Mapping)]


def _entry(item: Mapping[str, Any], shared: list[dict[str, Any]]) -> dict[str, Any]:
    name = item.get("id")
    plain = item.get("content_text")
    return {
        "is_json": True,
        "id": str(name) if isinstance(name, (str, int, float)) else None,  # 1.1: numbers become strings
        "title": item.get("title"),
        "link": item.get("url") or item.get("external_url"),
        "published": item.get("date_published"),
        "updated": item.get("date_modified"),
        "authors": _authors(item) or shared,
        "content": [
            {"type": "text/html", "value": item.get("content_html")},
            *([] if item.get("content_html") else [{"type": "text/plain", "value": plain}]),
        ],
        "summary": item.get("summary"),
    }


def _authors(thing: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List authors: 1.1 has a list, 1.0 had one."""
    several = thing.get("authors")
    found = several if isinstance(several, list) else [thing.get("author")]
    return [one for one in found if isinstance(one, dict)]
