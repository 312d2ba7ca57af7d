"""A page's article: trafilatura's default mode for the body, our own choice of title, author, date and image.

The only file that knows trafilatura. Its default mode was the best of seven extractors on the pages measured
(F1 .955), ``favor_precision`` was not; titles by agreement of several places beat its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from digest.errors import NothingToCondenseError
from digest.model import Article, Kind
from digest.reading.pasted import Line, clean_lines, normal_text
from digest.reading.refusals import refusal_of_page

if TYPE_CHECKING:
    from lxml.html import HtmlElement

__all__ = ["article_from_html", "text_from_fragment"]

_MAX_DEPTH: Final = 5000  # nested elements; parsers' recursion ends far above what any page needs
_MAX_CHARACTERS: Final = 5_000_000  # a page of a long book; extraction is linear, but not quick
_KINDS: Final[dict[str, Kind]] = {"head": "heading", "item": "item", "quote": "quote"}
_SITE_SUFFIX: Final = re.compile(r"\s+[|\-–—·•:»/]\s+")
_META_DATES: Final = (
    "article:published_time",
    "datepublished",
    "date",
    "dc.date",
    "parsely-pub-date",
    "pubdate",
)


def article_from_html(text: str, *, url: str | None = None, where: str = "page") -> Article:
    """Read a page.

    Raises:
        NothingToCondenseError: it holds no article; the message says what it is instead, where that shows.
    """
    tree = _tree(text)
    if tree is None:
        raise NothingToCondenseError("the page is empty", where=where)
    metas = _metas(tree)
    linked = _linked_article(tree)
    title = _title(tree, metas, linked)
    body = clean_lines(_extracted_lines(text, url), title=title)
    if not body.lines:
        raise refusal_of_page(tree.text_content() or "", text, where)
    return Article(
        title=title or body.title,
        byline=_author(metas, linked) or body.byline,
        published=_date(tree, metas, linked),
        language=_language(tree, metas),
        url=_canonical(tree, metas) or url,
        site=metas.get("og:site_name"),
        image=_image(metas, linked),
        paragraphs=[line.text for line in body.lines],
        kinds=[line.kind for line in body.lines],
    )


def text_from_fragment(markup: str) -> list[Line]:
    """Give the lines of a fragment that is all article, as feeds carry it: nothing is judged, only told apart."""
    tree = _tree(f"<div>{markup}</div>")
    return list(_walked(tree)) if tree is not None else []


def _tree(text: str) -> HtmlElement | None:
    from lxml import etree, html

    if len(text) > _MAX_CHARACTERS:
        text = text[:_MAX_CHARACTERS]
    if not text.strip() or text.count("<") - text.count("</") > _MAX_DEPTH * 20:
        return None
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, no_network=True)
    try:
        return html.document_fromstring(normal_text(text).encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, ValueError):
        return None


def _extracted_lines(text: str, url: str | None) -> list[Line]:
    from trafilatura import bare_extraction

    document = bare_extraction(
        text[:_MAX_CHARACTERS], url=url, include_comments=False, include_tables=True, output_format="python"
    )
    body = getattr(document, "body", None)
    return list(_extracted(body)) if body is not None else []


def _extracted(body: Any) -> Iterator[Line]:
    """Walk trafilatura's own elements: p, head, list/item, quote, table/row/cell."""
    for element in body.iter("p", "head", "item", "quote", "cell", "code"):
        if any(parent.tag in {"item", "quote", "cell", "p"} for parent in element.iterancestors()):
            continue
        for part in "".join(element.itertext()).split("\n"):
            bare = " ".join(normal_text(part).split())
            if bare:
                yield Line(bare, _KINDS.get(element.tag, "text"))


_BLOCKS: Final = frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "li",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "pre",
        "table",
        "tr",
        "td",
        "th",
        "figure",
        "figcaption",
        "header",
        "footer",
        "aside",
        "main",
        "br",
        "hr",
    ]
)
_SKIPPED: Final = frozenset(
    {"script", "style", "noscript", "template", "svg", "iframe", "form", "figcaption", "head"}
)


def _walked(tree: Any) -> Iterator[Line]:
    parts: list[str] = []
    kind: Kind = "text"

    def flushed() -> Iterator[Line]:
        bare = " ".join("".join(parts).split())
        parts.clear()
        if bare:
            yield Line(bare, kind)

    stack: list[tuple[str, Any]] = [("open", tree)]
    while stack:
        step, element = stack.pop()
        if step == "tail":
            if element.tag in _BLOCKS:
                yield from flushed()
            kind = "text" if element.tag in {"li", "blockquote", *_HEADINGS} else kind
            parts.append(element.tail or "")
            continue
        if not isinstance(element.tag, str) or element.tag in _SKIPPED:
            parts.append(element.tail or "")
            continue
        if element.tag in _BLOCKS:
            yield from flushed()
            kind = _kind_of(element.tag, kind)
        parts.append(element.text or "")
        stack.append(("tail", element))
        stack.extend(("open", child) for child in reversed(element))
    yield from flushed()


_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def _kind_of(tag: str, now: Kind) -> Kind:
    if tag in _HEADINGS:
        return "heading"
    return {"li": "item", "blockquote": "quote"}.get(tag, now)  # type: ignore[return-value]  # kinds all


# --- what is known about the article ------------------------------------------------------------------------


def _metas(tree: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        content = " ".join((meta.get("content") or "").split())
        if name and content:
            found.setdefault(name.lower(), content[:2000])
    return found


def _linked_article(tree: Any) -> dict[str, Any]:
    """Give the first JSON-LD object that is an article; broken JSON is passed over."""
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        try:
            told = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        for shape in _objects(told):
            kinds = shape.get("@type")
            if any(
                str(kind).endswith(("Article", "Posting"))
                for kind in (kinds if isinstance(kinds, list) else [kinds])
            ):
                return shape
    return {}


def _objects(told: Any) -> Iterator[dict[str, Any]]:
    if isinstance(told, list):
        for part in told:
            yield from _objects(part)
    elif isinstance(told, dict):
        yield told
        yield from _objects(told.get("@graph", []))


def _title(tree: Any, metas: dict[str, str], linked: dict[str, Any]) -> str | None:
    """Choose by agreement: what two places say goes first, then the page's own order of trust."""
    h1s = [" ".join(h1.text_content().split()) for h1 in tree.iter("h1")]
    element = tree.findtext(".//title") or ""
    site = metas.get("og:site_name")
    candidates = [
        str(linked.get("headline") or ""),
        *(h1s if len(h1s) == 1 else []),
        metas.get("og:title", ""),
        metas.get("twitter:title", ""),
        " ".join(element.split()),
        *(h1s if len(h1s) > 1 else []),
    ]
    told = [_without_site(_unescaped(candidate), site) for candidate in candidates if candidate.strip()]
    for at, candidate in enumerate(told):
        if any(_alike(candidate, other) for other in told[at + 1 :]):
            return candidate
    return told[0] if told else None


def _unescaped(text: str) -> str:
    import html

    return " ".join(html.unescape(text).split())


def _alike(one: str, other: str) -> bool:
    return re.sub(r"\W+", "", one).casefold() == re.sub(r"\W+", "", other).casefold()


def _without_site(title: str, site: str | None) -> str:
    """Take the site's name off the end: named as such, or a short last part after a bar."""
    parts = _SITE_SUFFIX.split(title)
    if len(parts) < 2:  # noqa: PLR2004  # nothing to take off
        return title
    last = parts[-1]
    marks = list(_SITE_SUFFIX.finditer(title))
    named = site is not None and _alike(last, site)
    barred = marks[-1].group().strip() in {"|", "•", "·", "»"}
    if named or (barred and len(last.split()) <= 4 < len(" ".join(parts[:-1]).split()) + 2):  # noqa: PLR2004  # a name
        return (
            _without_site(title[: marks[-1].start()].strip(), site)
            if named
            else title[: marks[-1].start()].strip()
        )
    return title


def _author(metas: dict[str, str], linked: dict[str, Any]) -> str | None:
    told = linked.get("author")
    people = told if isinstance(told, list) else [told]
    names = [person.get("name") if isinstance(person, dict) else person for person in people]
    flat = [name for name in names if isinstance(name, str) and name.strip()]
    if not flat:
        flat = [
            metas[key]
            for key in ("author", "article:author", "byl", "parsely-author", "dc.creator", "sailthru.author")
            if key in metas and "://" not in metas[key] and "@" not in metas[key]
        ][:1]
    cleaned = [re.sub(r"(?i)^\s*by:?\s+", "", _unescaped(name)).strip(" ,;") for name in flat]
    return ", ".join(dict.fromkeys(name for name in cleaned if 1 < len(name) <= 100)) or None  # noqa: PLR2004  # a name


def _date(tree: Any, metas: dict[str, str], linked: dict[str, Any]) -> str | None:
    for told in (linked.get("datePublished"), *(metas.get(name) for name in _META_DATES)):
        if isinstance(told, str) and re.match(r"\d{4}-\d{2}-\d{2}", told):
            return told.strip()
    from htmldate import find_date

    found: str | None = find_date(tree, original_date=True, extensive_search=True)
    return found


def _language(tree: Any, metas: dict[str, str]) -> str | None:
    told = (
        tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or metas.get("og:locale")
    )
    found = re.match(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$", (told or "").strip())
    return found.group().replace("_", "-") if found else None


def _canonical(tree: Any, metas: dict[str, str]) -> str | None:
    for link in tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower() and _is_web(link.get("href")):
            return str(link.get("href"))
    return metas["og:url"] if _is_web(metas.get("og:url")) else None


def _image(metas: dict[str, str], linked: dict[str, Any]) -> str | None:
    told = metas.get("og:image") or metas.get("twitter:image") or linked.get("image")
    while isinstance(told, list) and told:
        told = told[0]
    address = told.get("url") if isinstance(told, dict) else told
    return str(address) if _is_web(address) else None


def _is_web(address: object) -> bool:
    return isinstance(address, str) and address.startswith(("http://", "https://"))
