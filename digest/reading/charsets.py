"""From bytes to text: mark, transport, declaration, UTF-8, then a guess; and the commonest damage mended.

Pure. The order is the one browsers use (WHATWG Encoding, "decode"), with UTF-8 before any single-byte label
that the text itself proves wrong, since a strict decoder accepts no other charset by chance.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

from digest.errors import InvalidInputError

__all__ = ["decode"]

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED: Final = re.compile(
    rb"""(?i)(?:<meta[^>]{0,200}?charset\s*=\s*["']?|<\?xml[^>]{0,200}?encoding\s*=\s*["'])([a-z0-9_:.-]{2,40})"""
)
_DECLARATION_OCTETS: Final = 1024
# Browsers read these labels as the Windows superset (WHATWG Encoding, 4.2): pages mean it.
_SUPERSETS: Final = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "iso-8859-9": "cp1254", "tis-620": "cp874"}  # fmt: skip
_MAX_REPLACED: Final = 0.001  # share of replacement characters up to which a label is believed
# UTF-8 read as Windows-1252 and written again: no language writes these pairs.
_DOUBLE: Final = re.compile(
    "(?:Ã[\u0080-\u00bf\u0152-\u2122]|â(?:€[\u0080-\u00bf\u0152-\u2122œ\u009d]|„¢)|Â[\u00a0-\u00bf])"
)


def decode(
    content: bytes, *, charset: str | None = None, encoding: str | None = None, where: str = ""
) -> str:
    """Give the text of bytes. ``charset`` is what the transport said, ``encoding`` what a person said.

    Raises:
        InvalidInputError: ``encoding`` is unknown, or the bytes are not in it.
    """
    if encoding is not None:
        return _as_told(content, encoding, where)
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content.decode(name, "replace")
    declared = _DECLARED.search(content[:_DECLARATION_OCTETS])
    labels = [charset, declared.group(1).decode("ascii") if declared else None]
    try:
        return _mended(content.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    for label in labels:
        text = _labelled(content, label)
        if text is not None:
            return _mended(text)
    return _guessed(content)


def _as_told(content: bytes, encoding: str, where: str) -> str:
    try:
        return content.decode(encoding)
    except LookupError as error:
        raise InvalidInputError(f"'{encoding}' is no encoding", where="--encoding") from error
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InvalidInputError(
            f"is not {encoding}: octet {content[error.start]:#04x}",
            where=f"{where}:{line}",
            hint="leave --encoding out",
        ) from error


def _labelled(content: bytes, label: str | None) -> str | None:
    if label is None:
        return None
    name = _SUPERSETS.get(label.lower().strip(), label)
    try:
        text = content.decode(name, "replace")
    except LookupError:
        return None
    return text if text.count("\ufffd") <= len(text) * _MAX_REPLACED else None


def _guessed(content: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(content[:200_000]).best()  # a guess gets no better by more, and takes longer
    name = best.encoding if best else "cp1252"
    return content.decode(name, "replace")


def _mended(text: str) -> str:
    """Undo UTF-8 that was read as Windows-1252, where all of it can be undone."""
    if len(_DOUBLE.findall(text[:100_000])) < 2:  # noqa: PLR2004  # one such pair may be an article about the damage
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return _DOUBLE.sub(_undone, text)


def _undone(found: re.Match[str]) -> str:
    try:
        return found.group().encode("cp1252").decode("utf-8")
    except UnicodeError:
        return found.group()
