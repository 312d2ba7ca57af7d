"""Keywords: what an article is about, in the words it says it with.

A word counts each time it is said, by how likely the sentence it stands in belongs to the summary, and more
when the title or the first sentence has it. Single words are truer than phrases, since each further word may
be wrong: 67 % of newspaper4k's single words stand in human summaries, 52 % of yake's phrases. Only names
whose words hardly ever stand apart are joined.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import chain, islice, pairwise

from digest.condensing.features import Document
from digest.condensing.unspaced import unspaced_keywords
from digest.condensing.words import is_unspaced, stemmer_of, written_words

__all__ = ["keywords"]

# Tuned on the kit: precision at five .73 (.68 by frequency alone).
_BASE = 0.1
_IN_TITLE = 2.0
_IN_LEAD = 1.3
_LEAST_LETTERS = 3
_LEAST_LETTERS_HANGUL = 2
# "White House": joined when the two stand together in this share of the times either is said.
_TOGETHER = 0.7
_WORD = re.compile(r"[^\W_]+")
_NAMES = re.compile(r"[A-ZÀ-ÖØ-ÞА-ЯЁ][^\W_]*(?:[ -][A-ZÀ-ÖØ-ÞА-ЯЁ][^\W_]+)+")


def keywords(document: Document, scores: Sequence[float], *, count: int) -> list[str]:
    """Give up to ``count`` keywords, strongest first, as they are written in the text; none twice.

    Scripts without spaces give runs that are said again (``digest.condensing.unspaced``).
    """
    texts = [sentence.text for sentence in document.sentences]
    if is_unspaced(texts[0]):
        return unspaced_keywords(texts, count)
    worths = _worths(document, scores)
    least = _LEAST_LETTERS_HANGUL if document.language == "ko" else _LEAST_LETTERS
    by_worth = sorted(worths, key=worths.__getitem__, reverse=True)
    strongest = islice((word for word in by_worth if len(word) >= least and not word.isdigit()), 2 * count)
    return _written(document, list(strongest), count)


def _worths(document: Document, scores: Sequence[float]) -> dict[str, float]:
    worths = dict.fromkeys(document.frequencies, 0.0)
    for sentence, score in zip(document.sentences, scores, strict=True):
        weight = _BASE + score
        for word, times in sentence.stems.items():
            worths[word] += times * weight
    for word in document.title_stems & worths.keys():
        worths[word] *= _IN_TITLE
    for word in document.sentences[0].stems:
        worths[word] *= _IN_LEAD
    return worths


def _written(document: Document, stems: Sequence[str], count: int) -> list[str]:
    """Write stems as the article does: the commonest form, joined to the name it is part of."""
    stem = stemmer_of(document.language)
    text = "\n".join([sentence.text for sentence in document.sentences])
    forms: dict[str, list[tuple[int, bool, str]]] = {key: [] for key in stems}
    holding = [sentence for sentence in document.sentences if not forms.keys().isdisjoint(sentence.stems)]
    words = chain.from_iterable([written_words(sentence.text) for sentence in holding])
    for word, times in Counter(words).items():
        if (key := stem(word.lower())) in forms:
            # A word that opens a sentence once is no name: lower case wins a tie.
            forms[key].append((times, word.islower(), word))
    names = _names(document, text, stem)
    shown: list[str] = []
    used: set[str] = set()
    for key in stems:
        if key not in used and forms[key]:
            name, parts = names.get(key, (max(forms[key])[-1], (key,)))
            shown.append(name)
            used.update(parts)
    return shown[:count]


def _names(
    document: Document, text: str, stem: Callable[[str], str]
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Find names of two words that hardly ever stand apart, by the stem of each word."""
    pairs: Counter[tuple[str, str]] = Counter()
    written: dict[tuple[str, str], str] = {}
    for name, times in Counter(_NAMES.findall(text)).items():
        if times == 1:
            continue
        for one, other in pairwise(_WORD.finditer(name)):
            pair = (stem(one.group().lower()), stem(other.group().lower()))
            pairs[pair] += times
            written.setdefault(pair, name[one.start() : other.end()])
    return {
        part: (written[pair], pair)
        for pair, times in pairs.items()
        if times >= _TOGETHER * max(document.frequencies.get(part, times) for part in pair)
        for part in pair
    }
