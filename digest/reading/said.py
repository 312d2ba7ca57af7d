"""What a page says about its article outside of its text: titles, authors, day, address, picture. Pure.

Read from meta elements, JSON-LD and marked-up bylines; each title with the place that says so. It judges nothing:
``titles``, ``authors`` and ``html`` choose.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from digest.reading.lines import key, normalise
from digest.reading.urls import absolute

if TYPE_CHECKING:
    from lxml.html import HtmlElement

__all__ = ["Said", "said_by"]

_MOST_JSON = 500_000
_LONGEST_NAME = 100  # characters; longer is prose
_OF_AUTHOR = re.compile(r"/(?:authors?|auteurs?|autor(?:en|es)?)/[^/]+/?$", re.IGNORECASE)
_PUBLISHED = re.compile(
    r"\b(?:datePublished|published|posted|veröffentlicht|publié|publicado)\b", re.IGNORECASE
)
_BYLINE = re.compile(r"(?:^|[\s_-])(?:author[_-]*name|byline)(?:$|[\s])", re.IGNORECASE)
_ARTICLE_TYPES = re.compile(r"Article|BlogPosting|Report|Review|Recipe|WebPage", re.IGNORECASE)


@dataclass(slots=True)
class Said:
    """What a page says about its article; each title with the place that says so, in the page's words."""

    titles: dict[str, str] = field(default_factory=dict)
    authors: list[list[str]] = field(default_factory=list)
    published: str | None = None
    language: str | None = None
    url: str | None = None
    site: str | None = None
    image: str | None = None
    feed_url: str | None = None
    is_free: bool = True
    has_password: bool = False
    scripts: int = 0
    text_length: int = 0


def said_by(root: HtmlElement, base: str | None = None) -> Said:
    """Read a page's own word on title, author, date, language, address, site and image."""
    said = Said()
    meta = _meta(root)
    data = _json_ld(root)
    said.is_free = data.get("isAccessibleForFree") not in {False, "False", "false"}
    _titles(root, meta, data, said)
    said.site = _first(meta, "og:site_name", "application-name") or _name(data.get("publisher"))
    said.language = (
        root.get("lang")
        or root.get("{http://www.w3.org/XML/1998/namespace}lang")
        or _first(meta, "og:locale", "content-language", "language")
        or _text_of(data.get("inLanguage"))
    )
    links = {
        (rel, link.get("type")): link.get("href")
        for link in root.iter("link")
        for rel in (link.get("rel") or "").lower().split()[:1]
    }
    said.url = absolute(
        next((href for (rel, _), href in links.items() if rel == "canonical"), None)
        or _first(meta, "og:url"),
        base,
    )
    said.feed_url = absolute(
        next(
            (
                href
                for (rel, kind), href in links.items()
                if rel == "alternate" and kind and ("rss" in kind or "atom" in kind)
            ),
            None,
        ),
        base,
    )
    image = data.get("image")
    said.image = absolute(
        _first(meta, "og:image", "og:image:url", "twitter:image", "twitter:image:src") or _image(image),
        said.url or base,
    )
    said.authors = _authors(root, meta, data)
    said.published = _text_of(data.get("datePublished")) or _first(
        meta,
        "article:published_time",
        "datepublished",
        "date",
        "dc.date",
        "pubdate",
        "publishdate",
        "parsely-pub-date",
    )
    said.published = said.published or _printed_date(root)
    said.has_password = any((field.get("type") or "").lower() == "password" for field in root.iter("input"))
    said.scripts = sum(1 for _ in root.iter("script"))
    return said


def _meta(root: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        name = (
            (
                element.get("property")
                or element.get("name")
                or element.get("itemprop")
                or element.get("http-equiv")
                or ""
            )
            .strip()
            .lower()
        )
        content = (element.get("content") or "").strip()
        if name and content:
            found.setdefault(name, content)
            if name in {"author", "article:author"}:
                found[name + "+"] = found.get(name + "+", "") + "\n" + content
    return found


def _first(meta: dict[str, str], *names: str) -> str | None:
    return next((meta[name] for name in names if name in meta), None)


def _json_ld(root: HtmlElement) -> dict[str, Any]:
    """Give the one JSON-LD object that describes an article, empty where there is none."""
    best: dict[str, Any] = {}
    rank = 0
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "") or not script.text or len(script.text) > _MOST_JSON:
            continue
        try:
            loaded = json.loads(re.sub(r"[\x00-\x1f]", " ", script.text))
        except (ValueError, RecursionError):
            continue
        for item in _objects(loaded):
            kind = (
                " ".join(item["@type"])
                if isinstance(item.get("@type"), list) and all(isinstance(t, str) for t in item["@type"])
                else str(item.get("@type"))
            )
            if _ARTICLE_TYPES.search(kind):
                here = 1 if "WebPage" in kind else 2
                here += bool(item.get("headline")) + bool(item.get("author"))
                if here > rank:
                    best, rank = item, here
    return best


def _objects(loaded: Any) -> Iterator[dict[str, Any]]:
    stack = [loaded]
    for _ in range(2000):
        if not stack:
            return
        item = stack.pop()
        if isinstance(item, list):
            stack.extend(item)
        elif isinstance(item, dict):
            yield item
            stack.extend(
                item[name]
                for name in ("@graph", "mainEntity", "mainEntityOfPage")
                if isinstance(item.get(name), (dict, list))
            )


def _titles(root: HtmlElement, meta: dict[str, str], data: dict[str, Any], said: Said) -> None:
    def put(place: str, text: str | None) -> None:
        shown = " ".join(normalise(text or "").split())
        if shown:
            said.titles.setdefault(place, shown)

    heads = [_html_text(" ".join("".join(head.itertext()).split())) or "" for head in root.iter("h1")]
    heads = [head for head in dict.fromkeys(heads) if key(head)]
    titles = [
        title.text
        for title in root.iter("title")
        if title.getparent() is None or title.getparent().tag != "svg"
    ]
    put("og", _first(meta, "og:title"))
    put("twitter", _first(meta, "twitter:title"))
    put("headline", _html_text(_text_of(data.get("headline"))))
    for at, head in enumerate(heads[:4]):
        put(f"h1-{at}" if len(heads) > 1 else "h1", head)
    put("title", titles[0] if titles else None)
    put("meta", _first(meta, "dc.title", "parsely-title", "sailthru.title"))


def _html_text(text: str | None) -> str | None:
    import html

    return re.sub(r"<[^>]+>", "", html.unescape(text)) if text else None


def _authors(root: HtmlElement, meta: dict[str, str], data: dict[str, Any]) -> list[list[str]]:
    """Collect what each place says of the author, the surest place first; places that say nothing are left out."""
    from_data = data.get("author") or data.get("creator")
    found = [_name(item) for item in (from_data if isinstance(from_data, list) else [from_data])]
    named = ("parsely-author", "sailthru.author", "dc.creator", "byl", "article:author_name", "twitter:data1")
    places = [
        [name for name in found if name],
        (meta.get("author+") or "").strip().split("\n"),
        [meta[name] for name in named if name in meta][:1],
        _signed(
            root,
            ("a", "span", "address"),
            lambda e: "author" in f"{e.get('rel')} {e.get('itemprop')}".split(),
        )[:3],
        _signed(root, ("a",), lambda e: _OF_AUTHOR.search(e.get("href") or "") is not None)[:1],
        _signed(root, ("a", "span", "div", "p"), lambda e: _BYLINE.search(e.get("class") or "") is not None)[
            :1
        ],
    ]
    good = (
        [n for n in names if n and len(n) < _LONGEST_NAME and not n.startswith(("http", "@", "www."))]
        for names in places
    )
    return [list(dict.fromkeys(names)) for names in good if names]


def _printed_date(root: HtmlElement) -> str | None:
    """Give the date a page prints as that of publication, in the words of its mark-up; not that of an update."""
    for element in islice(root.iter("time", "meta", "span", "abbr"), 500):
        moment = element.get("datetime") or element.get("content") or element.get("title")
        if not moment or not moment[:4].isdigit():
            continue
        parent = element.getparent()
        around = (parent.text or "") if parent is not None and element.tag == "time" else ""
        said = f"{element.get('itemprop')} {element.get('class')}"
        if element.get("pubdate") is not None or _PUBLISHED.search(said) or _PUBLISHED.search(around[-40:]):
            return str(moment)
    return None


def _signed(root: HtmlElement, tags: tuple[str, ...], is_meant: Callable[[HtmlElement], bool]) -> list[str]:
    """List the short texts of the elements that are meant, as far as the first hundred of them."""
    found: list[str] = []
    for element in islice(filter(is_meant, root.iter(*tags)), 100):
        text = " ".join("".join(islice(element.itertext(), 20)).split())
        if text and len(text) < _LONGEST_NAME:
            found.append(text)
    return found


def _name(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name")
        if isinstance(value, list):
            value = ", ".join(str(item) for item in value)
    return _text_of(value)


def _text_of(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    return value.strip() or None if isinstance(value, str) else None


def _image(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    return _text_of(value.get("url")) if isinstance(value, dict) else _text_of(value)
