"""Words of a text as the ranker counts them: lower case, stems, no function words.

Characters are the words of scripts written without spaces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache

from digest.condensing.stopwords import STOPWORDS

__all__ = [
    "content_stems",
    "count_words",
    "holds_any",
    "is_unspaced",
    "stemmer_of",
    "stopwords_of",
    "tokens",
    "words_in",
    "written_words",
]

# Chinese, Japanese, Thai, Lao, Khmer, Burmese: no spaces between words.
_UNSPACED_RANGES = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_TOKEN = re.compile(rf"[{_UNSPACED_RANGES}]|[^\W_{_UNSPACED_RANGES}]+")
# A text of ASCII alone is cut by a table of its characters, five times as fast as by a pattern.
_ASCII_LETTERS = {code: char if (char := chr(code)).isalnum() else " " for code in range(128)}
_ASCII_LOWER = {code: char.lower() for code, char in _ASCII_LETTERS.items()}
# Vowel signs of Devanagari and Bengali, points of Hebrew and Arabic, combining accents: `re` has none of
# them among its word characters, and would cut words at each.
_MARKS = (
    r"\u0300-\u036f\u0591-\u05bd\u064b-\u0652\u0900-\u0903\u093a-\u093c\u093e-\u094f\u0962\u0963"
    r"\u0981-\u0983\u09bc-\u09cd"
)
_MARK = re.compile(rf"[{_MARKS}]")
_MARKED_TOKEN = re.compile(rf"[{_UNSPACED_RANGES}]|(?:[^\W_{_UNSPACED_RANGES}]|[{_MARKS}])+")
_UNSPACED = re.compile(rf"[{_UNSPACED_RANGES}]")
# A word of these scripts has two characters or a little more.
_CHARACTERS_PER_WORD = 2
_NONE: frozenset[str] = frozenset()
_ENGLISH_ENDINGS = re.compile(
    r"(?:(?<=[a-z]{3})(?:ies|ied)|(?<=[a-z]{3}[bcdfghjklmnpqrstvwxyz])(?:ings?|ed|es)|(?<=[a-z]{2}[^s])s)$"
)
# 50,000 words are some 8 MB.
_MOST_REMEMBERED = 50_000
# Elsewhere endings are cut by length: French, Russian, German words keep their first six letters.
_STEM_LETTERS = 6


def words_in(table: str) -> frozenset[str]:
    """Read a table of words: separated by white space, in any order."""
    return frozenset(table.split())


def tokens(text: str) -> list[str]:
    """Give the words of a text in lower case, in order; an unspaced script gives its characters."""
    if text.isascii():
        return text.translate(_ASCII_LOWER).split()
    return written_words(text.lower())


def written_words(text: str) -> list[str]:
    """Give the words of a text as they are written, in order."""
    if text.isascii():
        return text.translate(_ASCII_LETTERS).split()
    if not _MARK.search(text):
        return _TOKEN.findall(text)
    return _MARKED_TOKEN.findall(text)


def is_unspaced(text: str) -> bool:
    """Tell whether a text is in a script without spaces, as far as its first letters show."""
    return _UNSPACED.search(text[:40]) is not None


def count_words(text: str) -> int:
    """Count the words of a text as a reader would; two characters make a word of an unspaced script."""
    if text.isascii() or not _UNSPACED.search(text):
        return len(text.split())
    unspaced = len(_UNSPACED.findall(text))
    return len(_TOKEN.findall(text)) - unspaced + unspaced // _CHARACTERS_PER_WORD


def stopwords_of(language: str) -> frozenset[str]:
    """Give the function words of a language; none where it is not in the table."""
    return STOPWORDS.get(language, _NONE)


def stemmer_of(language: str) -> Callable[[str], str]:
    """Give the function that cuts a word of a language to what its forms share."""
    return _english_stem if language == "en" else _short_stem


class _EnglishStems(dict[str, str]):
    """Stems, remembered: the same few thousand words come again in every article.

    A dictionary and not ``lru_cache``, which takes twice as long to answer, a tenth of all condensing.
    """

    def __missing__(self, word: str) -> str:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        stem = _ENGLISH_ENDINGS.sub("", word) if word.isalpha() else word
        self[word] = stem
        return stem


_english_stem = _EnglishStems().__getitem__


def _short_stem(word: str) -> str:
    return word[:_STEM_LETTERS] if word.isalpha() else word


class _ContentStems(dict[str, str]):
    """The stem of each word of one language, ``""`` for its function words: one look-up tells both."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._stem = stemmer_of(language)
        self._stopwords = stopwords_of(language)

    def __missing__(self, word: str) -> str:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        stem = self[word] = "" if word in self._stopwords else self._stem(word)
        return stem


@cache
def content_stems(language: str) -> Mapping[str, str]:
    """Give the stems of a language by lower-case word, made when asked for; ``""`` for a function word."""
    return _ContentStems(language)


def holds_any(text: str, parts: Iterable[str]) -> bool:
    """Tell whether any of some words or marks stands in a text; a part of a word counts too."""
    for part in parts:  # noqa: SIM110  # any() would make a generator for each of a thousand sentences
        if part in text:
            return True
    return False
