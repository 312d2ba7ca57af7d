"""Bytes into text: byte order mark, then what HTTP said, then the document, then UTF-8, then detection. Pure.

A label that does not fit its bytes is passed over: servers and templates lie, bytes do not. The only file that
knows charset-normalizer.
"""

from __future__ import annotations

import codecs
import re

from digest.errors import InvalidInputError

__all__ = ["decode", "mend"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"""(?:<meta[^>]{0,200}?charset\s*=\s*["']?\s*|<\?xml[^>]{0,100}?encoding\s*=\s*["'])([A-Za-z0-9_.:-]{2,40})""",
    re.IGNORECASE,
)
_HEAD = 4096  # the standard says 1024; real pages put a comment or scripts before it
# Nobody publishes in these, and short Cyrillic or Western text looks the same in them.
_NOT_ON_THE_WEB = [
    *("mac_cyrillic", "mac_roman", "mac_latin2", "mac_greek", "mac_turkish", "mac_iceland"),
    *("iso8859_3", "iso8859_4", "iso8859_10", "iso8859_14", "hp_roman8"),
]
_SAMPLE = 16_384  # detection is linear in what it sees, and this much decides it
_MOST_REPLACED = 0.001
_BROWSERS_MEAN = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "windows-874": "cp874",
    "x-sjis": "cp932",
}
# What UTF-8 read as cp1252 leaves behind: a lead byte followed by continuation bytes, as cp1252 shows them.
_MOJIBAKE = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]"
)


def decode(content: bytes, *, claimed: str | None = None, override: str | None = None) -> str:  # noqa: PLR0911  # one return a rule, in their order
    """Decode bytes into text.

    Raises:
        InvalidInputError: ``override`` names no encoding, or does not fit the bytes.
    """
    if override:
        return _overridden(content, override)
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content.decode(name, errors="replace")
    wide = _wide(content)
    if wide:
        return content.decode(wide, errors="replace")
    declared = _DECLARED.search(content[:_HEAD])
    for label in (claimed, declared and declared[1].decode("ascii")):
        text = _try(content, label) if label else None
        if text is not None:
            return mend(text)
    try:
        text = content.decode("utf-8")
        # all that mojibake begins with is written with this byte, which is found in a tenth of the time
        return mend(text) if b"\xc3" in content else text
    except UnicodeDecodeError as error:
        if error.start >= len(content) - 3 and len(content) > 3:  # noqa: PLR2004  # cut in its last character
            return content.decode("utf-8", errors="ignore")
    return _detect(content)


def mend(text: str) -> str:
    """Repair text that is UTF-8 read as cp1252, where that is certain: the whole of it round-trips.

    >>> mend("CafÃ© am SeeufÃ¤hrplatz") == "Café am Seeufährplatz"
    True
    >>> mend("Â£5 for São Paulo")
    'Â£5 for São Paulo'
    """
    if text.isascii() or not _MOJIBAKE.search(text):
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


def _overridden(content: bytes, name: str) -> str:
    try:
        return content.decode(name)
    except LookupError as error:
        raise InvalidInputError(
            f"'{name}' is no encoding", where="--encoding", hint="use a name such as utf-8 or cp1252"
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidInputError(
            f"not {name}: byte {content[error.start]:#04x} at offset {error.start}",
            hint="leave --encoding out to have it detected",
        ) from error


def _wide(content: bytes) -> str | None:
    """Know UTF-16 without a mark by its zero bytes: text in Latin script has them on one side only."""
    sample = content[:1000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if half < 4 or len(content) % 2:  # noqa: PLR2004  # too little to tell
        return None
    if odd > half * 0.6 and even < half * 0.05:
        return "utf-16-le"
    if even > half * 0.6 and odd < half * 0.05:
        return "utf-16-be"
    return None


def _try(content: bytes, label: str) -> str | None:
    name = label.strip().strip("\"'").lower()
    name = _BROWSERS_MEAN.get(name, name)
    if name.replace("_", "-").startswith(("utf-16", "utf-32")):
        return None  # a page whose declaration could be read as ASCII is not UTF-16
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    if not codec._is_text_encoding:  # noqa: SLF001  # "base64" is a codec too
        return None
    if codec.name != "utf-8":
        try:  # bytes that are strict UTF-8 with letters beyond ASCII are nothing else
            return content.decode("utf-8")
        except UnicodeDecodeError:
            pass
    try:
        return content.decode(name)
    except UnicodeDecodeError:
        text = content.decode(name, errors="replace")
        return text if text.count("\ufffd") <= _MOST_REPLACED * len(text) else None


def _detect(content: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(content[:_SAMPLE], cp_exclusion=_NOT_ON_THE_WEB).best()
    name = best.encoding if best else "cp1252"
    return content.decode(name, errors="replace")
