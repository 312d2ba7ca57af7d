"""The tools reading is measured against, each as a function of a file and its address. Only they know the peers.

A tool is imported when it is first asked for; ``missing`` says why one cannot be used, and nothing else fails.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from pathlib import Path

from digest.errors import DigestError
from digest.model import Source
from digest.reading.articles import article_of
from digest.reading.options import ReadingOptions

__all__ = ["TOOLS", "Row", "Tool", "missing"]

Row = dict[str, str | None]
Tool = Callable[[Path, str | None], Row]


def ours(file: Path, url: str | None) -> Row:
    """Read as ``digest read`` does; a refusal scores as an empty text."""
    try:
        article = article_of(Source(name=file.name, content=file.read_bytes(), url=url), ReadingOptions())
    except DigestError:
        return {"text": ""}
    text = "\n".join(article.paragraphs)
    return {"text": text, "title": article.title, "author": article.byline, "date": article.published}


def nothing(file: Path, _url: str | None) -> Row:
    """Leave the text as it is."""
    return {"text": file.read_text("utf-8", "replace")}


def trafilatura(file: Path, url: str | None) -> Row:
    """Extract with trafilatura's default mode, comments off."""
    found = importlib.import_module("trafilatura").bare_extraction(
        file.read_bytes(), url=url, include_comments=False, with_metadata=True
    )
    if not found:
        return {"text": ""}
    return {"text": found.text, "title": found.title, "author": found.author, "date": found.date}


def readability(file: Path, _url: str | None) -> Row:
    """Extract with readability-lxml; a block is a line."""
    page = importlib.import_module("readability").Document(file.read_text("utf-8", "replace"))
    html = importlib.import_module("lxml.html").fromstring(page.summary())
    return {"text": "\n".join(html.itertext()), "title": page.short_title()}


def newspaper(file: Path, url: str | None) -> Row:
    """Extract with newspaper4k, which fetches the pictures of a page unless told not to."""
    page = importlib.import_module("newspaper").Article(url or "http://example.org/", fetch_images=False)
    page.download(input_html=file.read_text("utf-8", "replace"))
    page.parse()
    return {
        "text": page.text,
        "title": page.title,
        "author": " ".join(page.authors),
        "date": str(page.publish_date or "")[:10],
    }


def justext(file: Path, _url: str | None) -> Row:
    """Extract with jusText's English list; the lines of a pasted text become its paragraphs."""
    tool = importlib.import_module("justext")
    text = file.read_text("utf-8", "replace")
    page = text if file.suffix == ".html" else "".join(f"<p>{line}</p>" for line in text.splitlines())
    parts = tool.justext(page, tool.get_stoplist("English"))
    return {"text": "\n".join(part.text for part in parts if not part.is_boilerplate)}


TOOLS: dict[str, tuple[Tool, str | None]] = {
    "digest": (ours, None),
    "nothing": (nothing, None),
    "trafilatura": (trafilatura, "trafilatura"),
    "readability-lxml": (readability, "readability"),
    "newspaper4k": (newspaper, "newspaper"),
    "justext": (justext, "justext"),
}


def missing(name: str) -> str | None:
    """Say why a tool cannot be used here; None where it can."""
    module = TOOLS[name][1]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            importlib.import_module(module or "digest")
    except ImportError as error:  # not installed, or installed without a part of its own
        return str(error).splitlines()[0]
    return None
