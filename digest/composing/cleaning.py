"""Text from outside made harmless before it meets a template: nothing here changes what a reader sees.

Removed are characters that steer rather than say: C0 and C1 controls, the bidi overrides and embeddings that
make ``gpj.exe`` read as a picture (isolates stay: right-to-left text needs them), soft hyphens and zero-width
spaces that only pad. Lone surrogates, which no charset can carry, become U+FFFD.

Source: UTR 36 (bidi), Unicode 15 chapter 23; premailer 3.10 turns NUL into U+FFFD and deletes text round a
lone surrogate (measured).
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

__all__ = ["clean_line", "clean_text", "clean_url"]

_SURROGATE = re.compile("[\ud800-\udfff]")
_STEERING = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u206a-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
_LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_SPACES = re.compile(r"\s+")
_URL = re.compile(r"https?://[^\s<>\"'\\^`{|}]+", re.IGNORECASE)
_URL_LIMIT = 2_000  # characters: longer ones break in clients, and are tracking rather than an address


def clean_text(text: str) -> str:
    r"""Clean a text that may have several lines; they end in LF.

    >>> clean_text("pay\u202egpj\x00.exe")
    'paygpj.exe'
    """
    if text.isprintable():  # nearly every value: no control, no format character, no line end, no surrogate
        return text
    return _STEERING.sub("", _LINE_BREAK.sub("\n", _SURROGATE.sub("\ufffd", text)))


def clean_line(text: str | None) -> str:
    """Clean a text and make it one line with single spaces."""
    text = clean_text(text or "")
    if text.isprintable() and "  " not in text:  # of white space, the plain space alone is printable
        return text.strip(" ")
    return _SPACES.sub(" ", text).strip()


def clean_url(url: str | None) -> str | None:
    """Give a web address that a letter may link to, or None: only http and https, nothing relative.

    >>> clean_url("javascript:alert(1)") is None
    True
    """
    found = _URL.fullmatch(clean_line(url))
    if found is None or len(found.group()) > _URL_LIMIT:
        return None
    try:
        urlsplit(found.group())
    except ValueError:  # an unclosed bracket, such as http://[x
        return None
    return found.group()
