"""What kind of thing bytes are, seen from their content first and their name last. Pure."""

from __future__ import annotations

import enum
import re

__all__ = ["Form", "binary_type", "form_of"]


class Form(enum.StrEnum):
    """The kinds of source that are read."""

    TEXT = "text"
    MARKDOWN = "Markdown"
    HTML = "HTML page"
    MAIL = "mail"
    FEED = "feed"
    OPML = "list of feeds"
    JSON = "JSON"
    PDF = "PDF"
    DOCX = "Word document"
    EPUB = "EPUB book"


_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "PNG image"),
    (b"\xff\xd8\xff", "JPEG image"),
    (b"GIF87a", "GIF image"),
    (b"GIF89a", "GIF image"),
    (b"BM", "BMP image"),
    (b"II*\x00", "TIFF image"),
    (b"MM\x00*", "TIFF image"),
    (b"\x00\x00\x01\x00", "icon"),
    (b"\x1f\x8b", "gzip archive"),
    (b"BZh", "bzip2 archive"),
    (b"\xfd7zXZ\x00", "xz archive"),
    (b"\x28\xb5\x2f\xfd", "zstd archive"),
    (b"7z\xbc\xaf\x27\x1c", "7z archive"),
    (b"Rar!\x1a\x07", "RAR archive"),
    (b"\x7fELF", "program (ELF)"),
    (b"\xca\xfe\xba\xbe", "program (Mach-O or Java)"),
    (b"\xcf\xfa\xed\xfe", "program (Mach-O)"),
    (b"SQLite format 3\x00", "SQLite database"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Office document"),
    (b"OggS", "Ogg audio or video"),
    (b"ID3", "MP3 audio"),
    (b"fLaC", "FLAC audio"),
    (b"\x1aE\xdf\xa3", "Matroska video"),
    (b"wOFF", "font"),
    (b"wOF2", "font"),
    (b"\x00asm", "WebAssembly program"),
)
_TAG = re.compile(
    r"</(?:p|div|h[1-6]|article|body|head|html|span|a|ul|ol|li|table|section|main|title|strong|em|b|i)\s*>",
    re.IGNORECASE,
)
_PAGE = re.compile(r"^(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_XML_ROOT = re.compile(r"<(?![?!])(?:\w+:)?(\w+)")
_MAIL_HEADER = re.compile(
    r"^(from|to|subject|date|received|return-path|mime-version|message-id|delivered-to|content-type|x-[\w-]+"
    r"|dkim-signature|reply-to|snapshot-content-location|list-id|sender|cc|authentication-results|arc-[\w-]+):",
    re.IGNORECASE,
)
# Each behind what must stand in a text that has it, one character where one will do: most texts have none of them, and
# one character is found in a tenth of the time that two take. A row's beginning is its break, since ^ is tried at each
# character; the text is looked at with a break before it.
_MARKS_OF_MARKDOWN = (
    (("#",), re.compile(r"\n#{1,6} \S")),
    (("]",), re.compile(r"\[[^\]\n]+\]\((?:https?:|/|#|mailto:)[^)\s]*\)")),
    (("`", "~"), re.compile(r"\n(?:```|~~~)")),
    (("*",), re.compile(r"\*\*[^*\n]+\*\*")),
    (("=", "\n---"), re.compile(r"\n(?:===+|---+)\s*$", re.MULTILINE)),
)
_FIELD = re.compile(r"[A-Za-z][\w-]*:")
_LEAST_TAGS = 2
_ROWS_WITH_TAGS = 0.2  # a fragment wrapped at 80 columns has more
_LEAST_HEADERS = 3
_LEAST_MARKS = 2
_HEAD = 4096
_PRINTABLE_SHARE = 0.02
_NO_CONTROL = bytes([0, 9, 10, 12, 13, 27, *range(32, 256)])


def binary_type(content: bytes) -> str | None:
    """Name the type of bytes that are no text, else None."""
    for magic, name in _MAGIC:
        if content.startswith(magic) and (len(magic) > 2 or b"\x00" in content[:64] or magic == b"\x1f\x8b"):  # noqa: PLR2004  # "BM" opens words too
            return name
    if content[:4] == b"RIFF":
        return {b"WEBP": "WebP image", b"WAVE": "WAV audio", b"AVI ": "AVI video"}.get(
            content[8:12], "RIFF file"
        )
    if content[4:8] == b"ftyp":
        return "MP4 video or HEIF image"
    if content[:2] == b"MZ" and b"\x00" in content[:64]:
        return "program (Windows)"
    if content[:2] == b"PK" and content[2:4] in {b"\x03\x04", b"\x05\x06"}:
        return "ZIP archive"
    return "binary file" if _is_noise(content[:_HEAD]) else None


def document_form(content: bytes) -> Form | None:
    """Know the documents that are read with the extra ``documents``."""
    if content[:1024].lstrip().startswith(b"%PDF-"):
        return Form.PDF
    if content[:4] == b"PK\x03\x04":
        head = content[:_HEAD]
        if b"application/epub+zip" in head:
            return Form.EPUB
        if b"word/" in content or b"[Content_Types].xml" in head:
            return Form.DOCX if b"word/document.xml" in content else None
    return None


def form_of(text: str, name: str = "", media_type: str | None = None) -> Form:  # one return a form
    """Tell the form of decoded text; ``name`` and ``media_type`` decide only where the content does not."""
    head = text.lstrip("\ufeff \t\r\n")[:_HEAD]
    marked = _marked_form(head)
    if marked:
        return marked
    suffix = name.rsplit(".", 1)[-1].casefold() if "." in name else ""
    if suffix in {"md", "markdown", "mdown"} or media_type == "text/markdown":
        return Form.MARKDOWN
    if suffix in {"eml", "mht", "mhtml"} and _MAIL_HEADER.match(head):
        return Form.MAIL
    if media_type in {"text/html", "application/xhtml+xml"} or _is_fragment(text[:200_000], head):
        return Form.HTML
    if suffix in {"html", "htm", "xhtml"} and "<" in head:
        return Form.HTML
    return Form.MARKDOWN if _is_markdown(text[:200_000]) else Form.TEXT


def _is_markdown(text: str) -> bool:
    text = f"\n{text}"
    found = [
        any(sign in text for sign in signs) and mark.search(text) is not None
        for signs, mark in _MARKS_OF_MARKDOWN
    ]
    return sum(found) >= _LEAST_MARKS


def _is_fragment(text: str, head: str) -> bool:
    """Tell HTML from text that has some in it: pasted comments and tutorials hold tags in a few rows."""
    if "<" not in text or len(_TAG.findall(text)) < _LEAST_TAGS:
        return False
    rows = [row for row in text.splitlines() if row.strip()]
    return head.startswith("<") or sum("<" in row and ">" in row for row in rows) >= _ROWS_WITH_TAGS * len(
        rows
    )


def _marked_form(head: str) -> Form | None:
    if head[:1] in "{[" and re.match(r'\{\s*"|\[\s*[{\]]|\{\s*\}', head):
        return Form.JSON
    if _PAGE.match(head):
        return Form.HTML
    if head.startswith("<"):
        root = _XML_ROOT.search(re.sub(r"<!--.*?-->", "", head, flags=re.DOTALL))
        name = root[1].casefold() if root else ""
        found = {
            "rss": Form.FEED,
            "feed": Form.FEED,
            "rdf": Form.FEED,
            "channel": Form.FEED,
            "opml": Form.OPML,
            "html": Form.HTML,
        }.get(name)
        if found:
            return found
    rows = re.sub(r"\n[ \t]+", " ", head.replace("\r\n", "\n").split("\n\n", 1)[0]).split("\n")
    begins = len(rows) >= _LEAST_HEADERS and all(_FIELD.match(row) for row in rows[:_LEAST_HEADERS])
    if begins and sum(_MAIL_HEADER.match(row) is not None for row in rows) >= _LEAST_HEADERS:
        return Form.MAIL
    if re.match(r"---\n(?:[\w-]+:.*\n|[ \t-].*\n)+---\s*(?:\n|$)", head.replace("\r\n", "\n")):
        return Form.MARKDOWN
    return None


def _is_noise(head: bytes) -> bool:
    """Judge control bytes: a text has next to none; wide encodings have zeros on one side only."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")):
        return False
    control = len(head.translate(None, _NO_CONTROL))
    zeros = head.count(0)
    if zeros:
        even = head[::2].count(0)
        one_sided = even < zeros * 0.05 or even > zeros * 0.95
        if not one_sided or zeros < len(head) * 0.25:
            return True
    return control > _PRINTABLE_SHARE * max(1, len(head))
