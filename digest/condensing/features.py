"""What the ranker sees of each sentence: a row of numbers of about 0 to 1, in the order of ``FEATURES``.

Position counts prose only. Nothing depends on the language but its function words and its stems, so that
weights trained on English and French serve others too.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from operator import mul

from digest.condensing.prose import is_balanced, opens_dangling
from digest.condensing.shortening import strip_dateline
from digest.condensing.words import content_stems, count_words, tokens

__all__ = [
    "FEATURES",
    "Document",
    "Prepared",
    "feature_rows",
    "likeness",
    "likeness_by",
    "prepare",
    "prepare_all",
]

FEATURES = (
    # where it stands
    "first", "second", "third", "inverse_place", "relative_place",
    # how long it is: words / 40, its square, and too short to say something
    "words", "words_squared", "short",
    # how much of what the article keeps saying is in it
    "frequency_mean", "frequency_sum", "centroid", "centrality",
    # words shared with the title and with the first sentence: of theirs, and of its own
    "title_share", "title_found", "lead_share", "lead_found",
    # how it is written
    "stop_share", "number", "new_names", "quote_start", "second_person", "question", "colon", "unbalanced",
    # a line under a picture: a label and a colon, or it says where to look
    "label", "pictured",
)  # fmt: skip

_WORDS_SCALE = 40
_MOST_WORDS = 80
_SHORT_WORDS = 9
_MOST_NAMES = 8
_DIGIT = re.compile(r"\d")
# The capital first: `re` skips to it, and only then looks back at what stands before.
_NAME = re.compile(r"[A-ZÀ-ÖØ-ÞА-ЯЁ](?<=[\w,’'”\"(-] .)[\w’'-]+")
_LABEL = re.compile(r"[^\s:][^:.,“\"]{2,35}: ")
_PICTURED = re.compile(r"\b(?:pictured|file photo|above|left|right|centre|seen here|poses)\b")
_PICTURED_WORDS = frozenset(("pictured", "file", "above", "left", "right", "centre", "seen", "poses"))
_QUOTES = "“\"„«‘'"
_CLOSING = '"”’ '
# The first three places each have a weight of their own.
_PLACES = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (0.0, 0.0, 0.0))
_SECOND_PERSON = frozenset(("you", "your", "yours", "vous", "votre", "vos", "вы", "ваш", "sie", "usted"))


@dataclass(frozen=True, slots=True)
class Prepared:
    """A prose sentence as the ranker and the chooser compare it.

    ``place`` counts prose sentences from 0. ``tokens`` are its words in lower case, in order. ``stems`` counts
    its content stems, ``norm`` is their Euclidean length, ``stop_share`` the share of its words that are function
    words.
    """

    text: str
    place: int
    words: int
    tokens: Sequence[str]
    stems: Mapping[str, int]
    norm: float
    stop_share: float
    dangles: bool
    balanced: bool


@dataclass(frozen=True, slots=True)
class Document:
    """The prose of an article, prepared once for all that rank and choose from it.

    ``frequencies`` counts content stems over the whole prose, ``total`` is their sum. ``opens_article`` tells
    whether nothing but prose stands before its first sentence.
    """

    sentences: tuple[Prepared, ...]
    frequencies: Mapping[str, int]
    total: int
    title_stems: frozenset[str]
    language: str
    opens_article: bool = True


def prepare(text: str, language: str, *, place: int = 0) -> Prepared:
    """Count the content stems of a sentence."""
    words = tokens(text)
    stem_of = content_stems(language)
    content = [stem for word in words if (stem := stem_of[word])]
    stems = dict.fromkeys(content, 1)
    if len(stems) < len(content):
        stems = dict(Counter(content))
    return Prepared(
        text=text,
        place=place,
        words=count_words(text),
        tokens=words,
        stems=stems,
        norm=_norm(stems),
        stop_share=1 - len(content) / (len(words) or 1),
        dangles=opens_dangling(strip_dateline(text), language),
        balanced=is_balanced(text),
    )


def _norm(counts: Mapping[str, int]) -> float:
    values = counts.values()
    return math.sqrt(sum(map(mul, values, values)))


def likeness(one: Prepared, other: Prepared) -> float:
    """Give the cosine of two sentences' content stems: 0 to 1."""
    return likeness_by(one.stems.keys() & other.stems.keys(), one, other)


def likeness_by(shared: Collection[str], one: Prepared, other: Prepared) -> float:
    """Give the likeness of two sentences that share these stems."""
    if not shared:
        return 0.0
    return sum([one.stems[word] * other.stems[word] for word in shared]) / (one.norm * other.norm)


def prepare_all(
    texts: Sequence[str], *, title: str | None, language: str, opens_article: bool = True
) -> Document:
    """Prepare the prose sentences of an article, in their order."""
    sentences = tuple([prepare(text, language, place=place) for place, text in enumerate(texts)])
    frequencies: defaultdict[str, int] = defaultdict(int)
    for sentence in sentences:
        for word, count in sentence.stems.items():
            frequencies[word] += count
    return Document(
        sentences=sentences,
        frequencies=dict(frequencies),  # asking for a word must not add it
        total=sum(frequencies.values()) or 1,
        title_stems=frozenset(prepare(title, language).stems) if title else frozenset(),
        language=language,
        opens_article=opens_article,
    )


def feature_rows(document: Document) -> list[list[float]]:
    """Give one row per sentence, in the order of ``FEATURES``."""
    frequencies, total = document.frequencies, document.total
    document_norm = _norm(frequencies) or 1.0
    directions = _directions(document.sentences)
    titles = document.title_stems
    lead = document.sentences[0].stems.keys() if document.sentences else frozenset[str]()
    last = max(1, len(document.sentences) - 1)
    seen: set[str] = set()
    rows = []
    for at, sentence in enumerate(document.sentences):
        text, stems, norm = sentence.text, sentence.stems, sentence.norm or 1.0
        kinds = len(stems) or 1
        in_title = len(titles & stems.keys()) if titles else 0
        in_lead = len(lead & stems.keys()) if at else 0
        names = set(_NAME.findall(text)) - seen
        seen |= names
        length = min(sentence.words, _MOST_WORDS) / _WORDS_SCALE
        counts, said = stems.values(), [frequencies[word] for word in stems]
        counted = sum(said)
        along = sum(map(mul, counts, said))
        among = sum(map(mul, counts, map(directions.__getitem__, stems)))
        rows.append([
            *_PLACES[min(at, len(_PLACES) - 1)], 1 / (at + 1), at / last,
            length, length * length, 1.0 if sentence.words < _SHORT_WORDS else 0.0,
            100 * counted / kinds / total, counted / total,
            along / (norm * document_norm), (among / norm - 1) / last,
            in_title / (len(titles) or 1), in_title / kinds,
            in_lead / (len(lead) or 1), in_lead / kinds,
            sentence.stop_share, 1.0 if _DIGIT.search(text) else 0.0,
            min(len(names), _MOST_NAMES) / _MOST_NAMES,
            1.0 if text[0] in _QUOTES else 0.0,
            0.0 if _SECOND_PERSON.isdisjoint(sentence.tokens) else 1.0,
            1.0 if text.rstrip(_CLOSING).endswith("?") else 0.0, 1.0 if ":" in text else 0.0,
            0.0 if sentence.balanced else 1.0,
            1.0 if ":" in text and _LABEL.match(text) else 0.0, 1.0 if _is_pictured(sentence) else 0.0,
        ])  # fmt: skip
    return rows


def _is_pictured(sentence: Prepared) -> bool:
    if _PICTURED_WORDS.isdisjoint(sentence.tokens):
        return False
    return _PICTURED.search(sentence.text) is not None


def _directions(sentences: Sequence[Prepared]) -> dict[str, float]:
    """Sum the sentences' unit vectors: a sentence's product with it is its likeness to all of them."""
    directions: defaultdict[str, float] = defaultdict(float)
    for sentence in sentences:
        norm = sentence.norm
        for word, count in sentence.stems.items():
            directions[word] += count / norm
    return directions
