"""Keywords: what an article keeps naming, in the words it names it with."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from digest.condensing.words import stemmer_of, stopwords_of, tokens

__all__ = ["keywords"]

_NAME = re.compile(r"(?<![.!?:“\"‘'(] )(?<!^)(?:[A-ZÀ-ÖØ-ÞА-ЯЁ][\w’'-]+)(?: [A-ZÀ-ÖØ-ÞА-ЯЁ][\w’'-]+){0,2}")
_LEAST_LETTERS = 3


def keywords(texts: Sequence[str], *, title: str | None, language: str, count: int) -> list[str]:
    """Give up to ``count`` keywords, strongest first, as they are written in the text; none twice."""
    stopwords = stopwords_of(language)
    stem = stemmer_of(language)
    names: Counter[str] = Counter()
    for text in texts:
        names.update(_NAME.findall(text))
    frequencies: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for text in (*texts, title or ""):
        for word in tokens(text):
            if len(word) >= _LEAST_LETTERS and word not in stopwords and not word.isdigit():
                key = stem(word)
                frequencies[key] += 1
                shown.setdefault(key, word)
    for name, times in names.items():
        parts = [stem(word) for word in tokens(name)]
        if times > 1 and all(part in frequencies for part in parts):
            key = " ".join(parts)
            shown[key] = name
            frequencies[key] = max(frequencies[part] for part in parts)
            for part in parts:
                if part != key:
                    frequencies[part] = 0
    ranked = sorted((key for key in frequencies if frequencies[key] > 0), key=lambda key: -frequencies[key])
    return [shown[key] for key in ranked[:count]]
