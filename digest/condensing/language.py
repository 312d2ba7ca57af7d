"""Tell the language of an article from its letters and its function words: no model, no download.

A script that one language owns decides at once; within Latin and Cyrillic the language with the most function
words wins, if it has enough of them. What cannot be told is ``und`` (BCP 47).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain

from digest.condensing.stopwords import STOPWORDS

__all__ = ["UNKNOWN", "primary", "tell_language"]

UNKNOWN = "und"

# 1,500 characters hold some 100 function words: more text never changed an answer on the kit.
_LOOK_AT_CHARACTERS = 1500
# A list of names has no function words; from a tenth on, the words are prose of that language.
_LEAST_SHARE = 0.1
_LATIN = re.compile(r"[a-zA-Z\u00c0-\u024f\u1ea0-\u1ef9]")
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("zh", re.compile(r"[\u3400-\u9fff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("th", re.compile(r"[\u0e01-\u0e5b]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("hy", re.compile(r"[\u0530-\u058f]")),
    ("ka", re.compile(r"[\u10a0-\u10ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("en", _LATIN),
)
# Everything the other scripts above stand in; typographic quotation marks and dashes are not among it.
_BEYOND_LATIN = re.compile(r"[\u0370-\u10ff\u3040-\ud7af]")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# The same for a text of ASCII alone, but for hyphens that join nothing: a fifth of the time.
_ASCII_WORDS = {
    code: char.lower() if (char := chr(code)).isalpha() or char == "-" else " " for code in range(128)
}
_PERSIAN = re.compile(r"[پچژگ]")
# Kana are a third of Japanese letters at least; a quoted Japanese name does not make a Chinese text Japanese.
_KANA_SHARE = 0.1


def primary(tag: str | None) -> str | None:
    """Give the primary subtag of a BCP 47 tag ("pt" of "pt-BR"), None of an empty one."""
    return re.split(r"[-_]", tag.strip().lower(), maxsplit=1)[0] or None if tag else None


def tell_language(paragraphs: Sequence[str], declared: str | None = None) -> str:
    """Tell the language of a text, as a BCP 47 tag.

    ``declared`` is what the page said about itself. It stands unless the text clearly is another language:
    pages made from a template often say "en" whatever they hold.
    """
    found = _tell(" ".join(paragraphs)[:_LOOK_AT_CHARACTERS])
    if declared and found in {UNKNOWN, primary(declared)}:
        return declared.strip()
    return found


def _tell(text: str) -> str:
    if text.isascii():
        return _by_function_words(text) if text.strip() else UNKNOWN
    if not _BEYOND_LATIN.search(text):
        return _by_function_words(text) if _LATIN.search(text) else UNKNOWN
    letters = {tag: len(pattern.findall(text)) for tag, pattern in _SCRIPTS}
    if letters["ja"] > _KANA_SHARE * (letters["ja"] + letters["zh"]):
        letters["ja"], letters["zh"] = letters["ja"] + letters["zh"], 0
    else:
        letters["ja"] = 0
    script = max(letters, key=letters.__getitem__)
    if not letters[script]:
        return UNKNOWN
    if script == "ar" and _PERSIAN.search(text):
        return "fa"
    return _by_function_words(text) if script in {"en", "ru"} else script


def _by_function_words(text: str) -> str:
    words = _words(text)
    known = [word for word in words if word in _LANGUAGES_OF]
    found = Counter(chain.from_iterable(map(_LANGUAGES_OF.__getitem__, known)))
    best = max(STOPWORDS, key=found.__getitem__)
    return best if found[best] >= _LEAST_SHARE * (len(words) or 1) else UNKNOWN


def _words(text: str) -> list[str]:
    if text.isascii() and "--" not in text:
        words = text.translate(_ASCII_WORDS).split()
        return [bare for word in words if (bare := word.strip("-"))] if "-" in text else words
    return _WORD.findall(text.lower())


def _languages_by_word() -> dict[str, tuple[str, ...]]:
    languages: dict[str, tuple[str, ...]] = {}
    for tag, words in STOPWORDS.items():
        for word in words:
            languages[word] = (*languages.get(word, ()), tag)
    return languages


_LANGUAGES_OF = _languages_by_word()
