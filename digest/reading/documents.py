"""PDF, Word and EPUB into a draft: the extra ``documents``. The only file that knows pypdf and mammoth."""

from __future__ import annotations

import io
import re
import zipfile
from urllib.parse import unquote

from digest.errors import InvalidInputError
from digest.reading.charsets import decode
from digest.reading.html import read_fragment
from digest.reading.lines import Draft, Line, normalise, split
from digest.reading.sniffing import Form

__all__ = ["read_document"]

_MOST_PAGES = 300
_MOST_PARTS = 500
_MISSING = "install it with: pip install 'digest-mailer[documents]'"


def read_document(content: bytes, form: Form, *, max_bytes: int) -> Draft:
    """Read a document.

    Raises:
        InvalidInputError: it is damaged, locked, larger than ``max_bytes`` unpacked, or its reader is missing.
    """
    try:
        if form is Form.PDF:
            return _pdf(content)
        _check_unpacked(content, max_bytes)
        return _docx(content) if form is Form.DOCX else _epub(content)
    except ImportError as error:
        raise InvalidInputError(f"a {form.value}, whose reader is not installed", hint=_MISSING) from error
    except (zipfile.BadZipFile, KeyError, ValueError, RuntimeError, OSError) as error:
        raise InvalidInputError(
            f"a damaged or locked {form.value}: {error}", hint="save it anew, or paste its text"
        ) from error


def _check_unpacked(content: bytes, max_bytes: int) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if (
            sum(part.file_size for part in archive.infolist() if not _is_picture(part.filename))
            > 5 * max_bytes
        ):
            raise InvalidInputError(
                f"larger than {5 * max_bytes / 1e6:g} MB unpacked", hint="paste the text of one article"
            )


def _is_picture(name: str) -> bool:
    return name.lower().endswith(
        (".png", ".jpg", ".jpeg", ".gif", ".svg", ".ttf", ".otf", ".woff", ".woff2", ".mp3", ".mp4")
    )


def _pdf(content: bytes) -> Draft:
    import logging

    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(content))
        rows = [page.extract_text() for page in reader.pages[:_MOST_PAGES]]
        title = reader.metadata.title if reader.metadata else None
        author = reader.metadata.author if reader.metadata else None
    except PyPdfError as error:
        raise ValueError(str(error)) from error
    # a page number alone on its row is no line of the article
    text = re.sub(r"(?m)^\s*\d{1,4}\s*$", "", "\n\n".join(rows))
    return Draft(lines=_rejoined(text), title=title or None, byline=author or None)


def _rejoined(text: str) -> list[Line]:
    """Join the rows of a page; where they show no column, a row that does not end a sentence goes on."""
    lines = split(normalise(text))
    joined: list[Line] = []
    for line in lines:
        before = joined[-1].text if joined else ""
        if len(before) > 50 and not re.search(r"[.!?:…”\"]$", before) and line.text[:1].islower():  # noqa: PLR2004  # half a row
            joined[-1] = Line(
                f"{before} {line.text}" if not before.endswith("-") else before[:-1] + line.text,
                joined[-1].kind,
            )
        else:
            joined.append(line)
    return joined


def _docx(content: bytes) -> Draft:
    import mammoth

    lines = read_fragment(
        mammoth.convert_to_html(
            io.BytesIO(content), convert_image=mammoth.images.img_element(lambda _: {})
        ).value
    )
    title = lines[0].text if lines and lines[0].kind == "heading" else None
    return Draft(lines=lines[1:] if title else lines, title=title, is_extracted=True)


def _epub(content: bytes) -> Draft:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        container = book.read("META-INF/container.xml").decode("utf-8", "replace")
        root = re.search(r'full-path\s*=\s*["\']([^"\']+)', container)
        if not root:
            raise ValueError("no package in it")
        package = decode(book.read(root[1]))
        folder = root[1].rpartition("/")[0]
        places = {}
        for item in re.findall(r"<(?:\w+:)?item\s[^>]*>", package):
            name, href = (
                re.search(r'\bid\s*=\s*["\']([^"\']+)', item),
                re.search(r'\bhref\s*=\s*["\']([^"\']+)', item),
            )
            if name and href:
                places[name[1]] = f"{folder}/{unquote(href[1])}".lstrip("/")
        lines: list[Line] = []
        for part in re.findall(r'<(?:\w+:)?itemref\s[^>]*idref\s*=\s*["\']([^"\']+)', package)[:_MOST_PARTS]:
            if part in places:
                page = decode(book.read(places[part]))
                lines += read_fragment(re.sub(r"(?is)^.*?<body[^>]*>|</body>.*$", "", page))
    return Draft(
        lines=lines,
        title=_dc(package, "title"),
        byline=_dc(package, "creator"),
        language=_dc(package, "language"),
        is_extracted=True,
    )


def _dc(package: str, name: str) -> str | None:
    import html

    found = re.search(rf"<dc:{name}[^>]*>([^<]+)</dc:{name}>", package)
    return html.unescape(found[1]).strip() or None if found else None
