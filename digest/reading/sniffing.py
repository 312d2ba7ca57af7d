"""What bytes are, seen from the bytes: names and labels lie, first octets hardly ever do.

Pure. ``media_type`` answers one of our own words (``html``, ``feed``, ``opml``, ``json``, ``mail``, ``markdown``,
``text``); ``binary_type`` names what no article can be in.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Final, Literal, TypeAlias

__all__ = ["MediaType", "binary_type", "media_type"]

MediaType: TypeAlias = Literal["html", "feed", "opml", "json", "mail", "mhtml", "markdown", "text"]

_HEAD: Final = 4096  # octets looked at: declarations and first elements stand well within
_SIGNATURES: Final = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a RIFF file (WebP, WAV or AVI)"),
    (b"%PDF-", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"PK\x03\x04", "a ZIP archive (or DOCX, EPUB, ODT)"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x7fELF", "an ELF program"),
    (b"OggS", "an Ogg file"),
    (b"ID3", "an MP3 file"),
)
_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_MAIL_HEADER: Final = re.compile(
    rb"\A(?:From [^\n]+\n)?(?:[A-Za-z][A-Za-z0-9-]*:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}", re.ASCII
)
_MAIL_NAMES: Final = re.compile(
    rb"(?im)^(?:from|subject|date|message-id|mime-version|content-type|received):"
)
_HTML: Final = re.compile(
    rb"(?i)<(?:!doctype html|html|head|body|article|main|title|meta|div|p|h1|section|table|span|br|ul|ol|a)\b"
)
_MARKDOWN: Final = re.compile(r"(?m)^(?:#{1,6} \S|---\s*$|[-*] \S|>\s|\[[^\]]+\]\([^)]+\)|```)")


def binary_type(content: bytes) -> str | None:
    """Name what a binary file is; None for text in any charset."""
    for signature, name in _SIGNATURES:
        if content.startswith(signature):
            return name
    head = content[:_HEAD]
    if content.startswith(_MARKS) or _is_wide(head):
        return None
    controls = sum(octet < 0x20 and octet not in b"\t\n\r\f\x1b" for octet in head)
    if b"\x00" in head or controls > len(head) // 50:
        return "binary"
    return None


def _is_wide(head: bytes) -> bool:
    """Tell UTF-16 without a mark: every other octet of Latin text in it is 0."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    return max(even, odd) > len(head) * 2 // 5 and min(even, odd) * 20 < max(even, odd)


def media_type(text: str, name: str = "") -> MediaType:
    """Tell what decoded text is; the name's suffix decides only where the text could be either."""
    head = text[:_HEAD].lstrip("\ufeff \t\r\n")
    octets = head.encode("utf-8", "replace")
    suffix = PurePosixPath(name.split("?", maxsplit=1)[0]).suffix.lower()
    if head.startswith(("{", "[")) and suffix not in {".md", ".markdown"}:
        return _json_type(text, head)
    if head.startswith("<"):
        return _markup_type(octets)
    if _MAIL_HEADER.match(octets.replace(b"\r\n", b"\n")) and len(_MAIL_NAMES.findall(octets)) >= 2:  # noqa: PLR2004  # one such line may be prose
        return "mhtml" if b"multipart/related" in octets.lower() else "mail"
    if suffix in {".html", ".htm", ".xhtml"} or len(_HTML.findall(octets)) > 3:  # noqa: PLR2004  # a tag or two may be quoted
        return "html"
    if suffix in {".md", ".markdown"} or (suffix != ".txt" and head.startswith("---\n")):
        return "markdown"
    return "text"


def _json_type(text: str, head: str) -> MediaType:
    if '"https://jsonfeed.org/version' in text[:_HEAD] or '"jsonfeed.org/version' in text[:_HEAD]:
        return "feed"
    return "json" if re.match(r'[{\[]\s*["{\[\]}]', head) else "text"


def _markup_type(octets: bytes) -> MediaType:
    lowered = octets.lower()
    if re.search(rb"<(?:rss|feed|rdf:rdf)\b", lowered) and not re.search(rb"<html\b", lowered):
        return "feed"
    if b"<opml" in lowered:
        return "opml"
    return "html"
