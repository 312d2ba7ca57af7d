"""A headline for an article without a title, made from its first sentences.

Made ones are trimmed, never rewritten: a leading clause, what stands between commas, and the tail go, as long
as a finite verb stays and what is left is likely to be a whole sentence (``phrases``). Every way to trim every one
of the first sentences is a candidate; one small linear model chooses (``headline_weights``).

Source: Dorr, Zajic and Schwartz, "Hedge Trimmer: a parse-and-trim approach to headline generation" (2003),
here with learned tables in place of a parser.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import mul
from typing import NamedTuple

from digest.condensing.features import Document, Prepared
from digest.condensing.headline_weights import WEIGHTS
from digest.condensing.phrases import class_of
from digest.condensing.poor import leans
from digest.condensing.shortening import shorten
from digest.condensing.stumps import EDGE, MOST_WORDS, QUOTES, finished, is_closed, without_stump
from digest.condensing.trimming import Form, cuts_of, forms_of
from digest.condensing.unspaced import starts_syllable
from digest.condensing.words import is_unspaced, stemmer_of, stopwords_of, tokens, words_in

__all__ = ["TRIM_FEATURES", "Trim", "headline_trims", "make_headline"]

_LOOK_AT_SENTENCES = 8
_TRIM_SENTENCES = 5
# Three of four cuts below these log-odds leave no sentence.
_LEAST_ODDS = -1.0

TRIM_FEATURES = (
    # where its sentence stands, and what the ranker gives it
    "first", "place", "score",
    # words / 12; content of the article that is covered, in all and by word; words of the first sentence
    "words", "covered", "covered_mean", "lead_share",
    # what was cut: between commas, a leading clause, nothing at the end; how doubtful it is that a sentence is left
    "inner_cut", "led_cut", "whole", "doubt",
    # how it is written
    "names", "number", "stop_share", "verb_place", "commas", "opens_with_name", "opens_with_article",
    "dangles", "pronoun", "first_person", "quoted", "question", "label",
)  # fmt: skip
_ENGLISH, _ELSEWHERE = (tuple(WEIGHTS[name][at] for name in TRIM_FEATURES) for at in (0, 1))
_FIRST_PERSON = frozenset(("I", "we", "We", "my", "My", "our", "Our", "me", "us"))
_PRONOUNS = words_in("he she it they we i you his her its their our my your him them this these that those")
_ARTICLES = words_in("the a an")
_DIGIT = re.compile(r"\d")
# Twelve words of Chinese, Japanese or Thai.
_MOST_CHARACTERS = 40
_UNSPACED_ENDS = "。！？!? "
_UNSPACED_CLAUSE = re.compile(r"([^，、；,; ]{12,40})[，、；,; ]")


@dataclass(frozen=True, slots=True)
class Trim:
    """A possible headline and its row of ``TRIM_FEATURES``."""

    text: str
    row: tuple[float, ...]


class _Count(NamedTuple):
    """What the words up to a place hold of their article: distinct content stems, and tokens of both kinds."""

    covered: int
    stems: int
    of_lead: int
    content: int
    tokens: int
    names: int
    commas: int


def make_headline(document: Document, scores: Sequence[float]) -> str:
    """Make a headline of at most 12 words for an article without a title.

    In English it has a finite verb wherever a sentence can be trimmed to one that has; where none can, it is
    the first, cut.
    """
    if is_unspaced(document.sentences[0].text):
        return _cut_unspaced(document.sentences[0].text)
    trims = headline_trims(document, scores)
    if not trims:
        return without_stump(shorten(document.sentences[0].text))
    weights = _ENGLISH if document.language == "en" else _ELSEWHERE
    worths = [sum(map(mul, weights, trim.row)) for trim in trims]
    return trims[max(range(len(trims)), key=worths.__getitem__)].text


def headline_trims(document: Document, scores: Sequence[float]) -> list[Trim]:
    """List the headlines that the likeliest of the first sentences can be trimmed to; those of any, if none can.

    A sentence that opens dangling has none. Only where no sentence can be cut to a whole one are doubtful cuts listed.
    """
    counter = _Counter(document)
    opening = sorted(document.sentences[:_LOOK_AT_SENTENCES], key=lambda one: -scores[one.place])
    likely = [one for one in opening if not one.dangles or one.place == 0][:_TRIM_SENTENCES]
    others = [one for one in document.sentences if not one.dangles]
    for sentences, least in ((likely, _LEAST_ODDS), (others, _LEAST_ODDS), (likely, -math.inf)):
        trims = [
            trim
            for one in sentences
            for form in forms_of(shorten(one.text), document.language)
            for trim in _trims(form, one, scores[one.place], counter=counter, least=least)
        ]
        if trims:
            return trims
    return []


class _Counter:
    """Counts the words of trims against their article; a word is cut into stems once."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.lead = document.sentences[0].stems.keys()
        self._stopwords = stopwords_of(document.language)
        self._stem = stemmer_of(document.language)
        self._stems: dict[str, tuple[list[str], int]] = {}

    def counts(self, words: Sequence[str]) -> list[_Count]:
        """Count what the first word, the first two, … hold."""
        frequencies, seen = self.document.frequencies, set[str]()
        covered = of_lead = content = total = names = commas = 0
        counts = []
        for at, word in enumerate(words):
            if word not in self._stems:
                found = tokens(word)
                stems = [self._stem(token) for token in found if token not in self._stopwords]
                self._stems[word] = (stems, len(found))
            stems, count = self._stems[word]
            for stem in stems:
                if stem not in seen:
                    seen.add(stem)
                    covered += frequencies.get(stem, 0)
                    of_lead += stem in self.lead
            content += len(stems)
            total += count
            names += at > 0 and word[0].isupper()
            counts.append(_Count(covered, len(seen), of_lead, content, total, names, commas))
            commas += word[-1] == ","
        return counts


def _trims(
    form: Form, sentence: Prepared, score: float, *, counter: _Counter, least: float
) -> Iterator[Trim]:
    words = form.words
    found = [(end, odds) for end, odds in cuts_of(form, counter.document.language) if odds > least]
    if not found:
        return
    counts = counter.counts(words[: found[-1][0]])
    total = counter.document.total
    first, opens = words[0].strip(EDGE + QUOTES).lower(), class_of(words[0])
    dangles = not form.led and (sentence.dangles or leans(sentence))
    pronoun = not _PRONOUNS.isdisjoint([word.lower() for word in words[: form.verb + 1]])
    for end, odds in found:
        kept = words[:end]
        text = finished(kept)
        if not is_closed(text):
            continue
        count = counts[end - 1]
        share = count.covered / total
        yield Trim(text, (
            float(sentence.place == 0), 1 / (1 + sentence.place), score,
            end / MOST_WORDS, share, share / (count.stems or 1), count.of_lead / (count.stems or 1),
            float(form.inner), float(form.led), float(end == len(words)), math.log1p(math.exp(-odds)),
            count.names / MOST_WORDS, float(_DIGIT.search(text) is not None),
            1 - count.content / (count.tokens or 1), form.verb / MOST_WORDS, float(count.commas),
            float(opens == "P"), float(first in _ARTICLES), float(dangles),
            float(pronoun), float(not _FIRST_PERSON.isdisjoint(kept)), float('"' in text or "“" in text),
            float(end == len(words) and words[-1].endswith("?")), float(":" in text),
        ))  # fmt: skip


def _cut_unspaced(text: str) -> str:
    """Cut a sentence of a script without spaces at its first clause mark, or where it gets too long."""
    text = text.rstrip(_UNSPACED_ENDS)
    clause = _UNSPACED_CLAUSE.match(text)
    if clause:
        return clause.group(1)
    if len(text) <= _MOST_CHARACTERS:
        return text
    end = _MOST_CHARACTERS - 1
    while end > 1 and not starts_syllable(text, end):
        end -= 1
    return text[:end] + "…"
