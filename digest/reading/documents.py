"""PDF, Word and EPUB into a draft: the extra ``documents``. The only file that knows pypdf and mammoth."""

from __future__ import annotations

import io
import re
import xml.parsers.expat
import zipfile
import zlib
from urllib.parse import unquote

from digest.errors import DigestError, InvalidInputError, NothingToCondenseError
from digest.reading.charsets import decode
from digest.reading.html import read_fragment
from digest.reading.lines import Draft, Line, normalise, split
from digest.reading.sniffing import Form

__all__ = ["read_document"]

_MOST_PAGES = 300
_MOST_PARTS = 500
_RIGHTS = "META-INF/encryption.xml"
_UNLOCK = "save a copy without the lock, or paste its text"
_MISSING = "install it with: pip install 'digest-mailer[documents]'"


def read_document(content: bytes, form: Form, *, max_bytes: int) -> Draft:
    """Read a document.

    Raises:
        InvalidInputError: it is damaged, locked, larger than ``max_bytes`` unpacked, or its reader is missing.
        NothingToCondenseError: it is a PDF of pictures.
    """
    try:
        if form is Form.PDF:
            return _pdf(content)
        _check_unpacked(content, max_bytes)
        return _docx(content) if form is Form.DOCX else _epub(content, max_bytes)
    except ImportError as error:
        raise InvalidInputError(f"a {form.value}, whose reader is not installed", hint=_MISSING) from error
    except DigestError:
        raise
    except _BROKEN as error:
        raise InvalidInputError(
            f"a damaged {form.value}: {error}", hint="save it anew, or paste its text"
        ) from error


# what zipfile, zlib, pypdf and mammoth answer to a file that is cut or lies about itself
_BROKEN = (
    zipfile.BadZipFile, zlib.error, xml.parsers.expat.ExpatError, EOFError, LookupError, ValueError, TypeError,
    AttributeError, RuntimeError, NotImplementedError, OSError, RecursionError,
)  # fmt: skip


def _check_unpacked(content: bytes, max_bytes: int) -> None:
    """Refuse an archive that states more than it may hold; ``zipfile`` gives no part more than it states."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [part for part in archive.infolist() if not _is_picture(part.filename)]
        if sum(part.file_size for part in parts) > 5 * max_bytes:
            raise InvalidInputError(
                f"larger than {5 * max_bytes / 1e6:g} MB unpacked", hint="paste the text of one article"
            )
        if any(part.flag_bits & 1 for part in parts):
            raise InvalidInputError("locked with a password", hint=_UNLOCK)


def _is_picture(name: str) -> bool:
    return name.lower().endswith(
        (".png", ".jpg", ".jpeg", ".gif", ".svg", ".ttf", ".otf", ".woff", ".woff2", ".mp3", ".mp4")
    )


def _pdf(content: bytes) -> Draft:
    import logging

    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):  # an empty password only forbids printing
            raise InvalidInputError("a locked PDF", hint=_UNLOCK)
        rows = [page.extract_text() for page in reader.pages[:_MOST_PAGES]]
        title = reader.metadata.title if reader.metadata else None
        author = reader.metadata.author if reader.metadata else None
    except (DependencyError, FileNotDecryptedError) as error:
        raise InvalidInputError("a locked PDF", hint=_UNLOCK) from error
    except PyPdfError as error:
        raise ValueError(str(error)) from error
    if not any(row.strip() for row in rows):
        raise NothingToCondenseError(
            "nothing to condense: a PDF without text, such as a scan",
            hint="run text recognition (OCR) on it first, or paste its text",
        )
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


def _epub(content: bytes, max_bytes: int) -> Draft:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        if _RIGHTS in book.namelist() and b"xhtml" in book.read(_RIGHTS):  # fonts alone may be obfuscated
            raise InvalidInputError("a locked EPUB book", hint=_UNLOCK)
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
        read = 0
        for part in re.findall(r'<(?:\w+:)?itemref\s[^>]*idref\s*=\s*["\']([^"\']+)', package)[:_MOST_PARTS]:
            if part in places:
                page = decode(book.read(places[part]))
                read += len(page)
                if read > max_bytes:
                    raise InvalidInputError(
                        f"a book of more than {max_bytes / 1e6:g} MB of text",
                        hint="paste the text of one article",
                    )
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
