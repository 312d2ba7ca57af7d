"""What the ranker sees of each sentence: a row of numbers of about 0 to 1, in the order of ``FEATURES``.

Position counts prose only. Nothing depends on the language but its function words and its stems, so that
weights trained on English and French serve others too.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from digest.condensing.prose import is_balanced, opens_dangling
from digest.condensing.words import stem, stopwords_of, tokens

__all__ = ["FEATURES", "Prepared", "feature_rows", "prepare"]

FEATURES = (
    "first", "second", "third", "inverse_place", "relative_place", "last",
    "words", "words_squared", "short", "long",
    "frequency_mean", "frequency_sum", "centroid", "centrality",
    "title_share", "title_found", "lead_share", "lead_found",
    "stop_share", "number", "money", "capitals", "capitals_first",
    "quoted", "quote_start", "first_person", "second_person", "question", "dangling", "unbalanced",
    "said", "colon", "unfinished", "dateline", "new_names",
)  # fmt: skip

_WORDS_SCALE = 40
_NUMBER = re.compile(r"\d")
_MONEY = re.compile(r"[$£€₹%]|\bper ?cent\b|\b(?:million|billion|crore|lakh)\b", re.IGNORECASE)
_CAPITAL = re.compile(r"(?<=[\w,’'”\"(-] )[A-ZÀ-ÖØ-ÞА-ЯЁ][\w’'-]+")
_QUOTED = re.compile(r"[“\"„«][^“”\"„«»]+[”\"»]?|(?<!\w)[‘'][^‘’']+[’'](?!\w)")
_QUOTE_START = re.compile(r"[“\"„«‘']")
_FIRST_PERSON = re.compile(r"\b(?:I|we|my|our|us|me|je|nous|я|мы)\b|\b(?:I|we|you)['’]", re.IGNORECASE)
_SECOND_PERSON = re.compile(r"\b(?:you|your|yours|vous|votre|вы)\b", re.IGNORECASE)
_SAID = re.compile(r"\b(?:said|says|told|added|according|selon|affirmé|déclaré|сообщ\w+|заяв\w+)\b")
_END = re.compile(r"[.!?。！？…؟।։][\"”’»)\]]*$")
_DATELINE = re.compile(r"^(?:[A-Z][\w., ]{1,40})?\s*(?:\([A-Z][\w .]{1,18}\)|[–—-]{1,2})")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A sentence as the ranker and the chooser compare it: its words, its content stems and their length."""

    words: tuple[str, ...]
    stems: Counter[str]
    norm: float


def prepare(text: str, language: str) -> Prepared:
    """Count the content stems of a sentence."""
    words = tokens(text)
    stopwords = stopwords_of(language)
    english = language == "en"
    stems = Counter(stem(word, english=english) for word in words if word not in stopwords)
    return Prepared(tuple(words), stems, math.sqrt(sum(count * count for count in stems.values())))


def feature_rows(
    texts: Sequence[str], prepared: Sequence[Prepared], *, title: str | None, language: str
) -> list[list[float]]:
    """Give one row per sentence, in the order of ``FEATURES``; ``texts`` are the prose sentences in order."""
    frequencies: Counter[str] = Counter()
    for sentence in prepared:
        frequencies.update(sentence.stems)
    total = frequencies.total() or 1
    document_norm = math.sqrt(sum(count * count for count in frequencies.values())) or 1.0
    directions: dict[str, float] = {}
    for sentence in prepared:
        if sentence.norm:
            for word, count in sentence.stems.items():
                directions[word] = directions.get(word, 0.0) + count / sentence.norm
    title_stems = prepare(title, language).stems.keys() if title else set()
    lead_stems = prepared[0].stems.keys() if prepared else set()
    last = max(1, len(texts) - 1)
    seen: set[str] = set()
    rows = []
    for at, (text, sentence) in enumerate(zip(texts, prepared, strict=True)):
        stems, norm = sentence.stems, sentence.norm or 1.0
        words = len(sentence.words) or 1
        in_title = len(title_stems & stems.keys())
        in_lead = len(lead_stems & stems.keys()) if at else 0
        capitals = _CAPITAL.findall(text)
        new_names = [name for name in capitals if name not in seen]
        seen.update(capitals)
        rows.append([
            float(at == 0), float(at == 1), float(at == 2), 1 / (at + 1), at / last, float(at == last),
            min(words, 80) / _WORDS_SCALE, (min(words, 80) / _WORDS_SCALE) ** 2, float(words < 9), float(words > 45),
            100 * sum(frequencies[word] for word in stems) / (len(stems) or 1) / total,
            sum(frequencies[word] for word in stems) / total,
            sum(count * frequencies[word] for word, count in stems.items()) / (norm * document_norm),
            (sum(count * directions[word] for word, count in stems.items()) / norm - 1) / last,
            in_title / (len(title_stems) or 1), in_title / (len(stems) or 1),
            in_lead / (len(lead_stems) or 1), in_lead / (len(stems) or 1),
            1 - stems.total() / words, float(_NUMBER.search(text) is not None), float(_MONEY.search(text) is not None),
            min(len(capitals), 8) / 8, min(len(new_names), 8) / 8,
            min(1.0, sum(map(len, _QUOTED.findall(text))) / len(text)), float(_QUOTE_START.match(text) is not None),
            float(_FIRST_PERSON.search(text) is not None), float(_SECOND_PERSON.search(text) is not None),
            float(text.rstrip('"”’ ').endswith("?")), float(opens_dangling(text, language)), float(not is_balanced(text)),
            float(_SAID.search(text) is not None), float(":" in text), float(_END.search(text) is None),
            float(_DATELINE.match(text) is not None), len(new_names) / words,
        ])  # fmt: skip
    return rows
