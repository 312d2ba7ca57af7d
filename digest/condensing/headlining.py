"""A headline for an article without a title, made from its first sentences.

Made ones are trimmed, never rewritten: a leading clause, what stands between commas, and the tail go, as long
as a finite verb and what follows it stay. Every ending is a place where a clause may end.

Source: Dorr, Zajic and Schwartz, "Hedge Trimmer: a parse-and-trim approach to headline generation" (2003),
here with function words in place of a parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import mul

from digest.condensing.features import Document, Prepared, prepare
from digest.condensing.shortening import shorten
from digest.condensing.unspaced import starts_syllable
from digest.condensing.verbs import finite_verb_at
from digest.condensing.words import is_unspaced, stopwords_of, words_in

__all__ = ["TRIM_FEATURES", "Trim", "headline_trims", "make_headline", "trim_rows"]

_MOST_WORDS = 12
_LEAST_WORDS = 5
_LOOK_AT_SENTENCES = 8

TRIM_FEATURES = (
    "first", "score", "words", "covered", "covered_mean", "inner_cut", "led_cut", "whole", "cut_cost",
    "names", "number", "stop_share", "verb_place", "dangles", "first_person", "quoted",
)  # fmt: skip
# Fitted like the ranker's, on the kit's titles. The fit likes quotations and the first person, which ROUGE
# does not punish and readers do, and is indifferent to bad cuts: the last three and ``cut_cost`` are ours.
_WEIGHTS = (0.8, 1.6, 0.0, 5.9, 8.0, -0.04, 0.0, 0.03, -0.15, 0.03, 0.01, 0.17, -0.02, -0.5, -0.5, -0.1)
_FIRST_PERSON = frozenset(("I", "we", "We", "my", "My", "our", "Our", "me", "us"))
_SUBORDINATE = re.compile(
    r"(?:as|when|while|since|if|because|although|though|after|before|once|until)\b", re.IGNORECASE
)

_LEADING = re.compile(
    r"""^(?:in|on|at|after|before|as|while|when|with|despite|following|during|for|since|if|although|though|amid|by
    |under|according\sto|once|until|because|more\sthan|just|\w+ing|\w+ed)\b[^,“"]{2,160}?,\s(?!(?:and|or|who|which)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
_BETWEEN_COMMAS = re.compile(
    r",\s(?:who|which|whose|where|whom|a|an|the|including|aged|one|also|\d\d|\w+ing|\w+ed|formerly|then|now)\b[^,“\"]{0,120},(?=\s)"
)
_BETWEEN_DASHES = re.compile(r"\s[–—-]{1,2}\s[^–—]{3,120}?\s[–—-]{1,2}(?=\s)")
# When it was said is the first thing a headline leaves out.
_DAY = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|today|yesterday|tomorrow)"
_WHEN = re.compile(
    rf",?\s(?:(?:on\s|late\s|early\s)*(?:last\s|this\s)?{_DAY}(?:\s(?:morning|afternoon|evening|night))?"
    r"|(?:last|this)\s(?:week|month|year|weekend)|reportedly|also|recently|meanwhile|however)(?=[\s.,])(?!\sand\b)"
)
# "Union Minister of State, General Singh has…": the name stays.
_OFFICE = re.compile(r"^[A-Z][^,]{5,70},\s(?=[A-Z][\w.]+\s[A-Z])")
_AGE = re.compile(r",\s\d{1,3},")
# A clause may end before these. The worse cuts cost: what follows "to" and "that" is often what was said.
_CUTS = (
    (0.0, "after amid during while following because despite although though since when if"),
    (0.4, "in on at by with from over against under between who which where whose ahead near"),
    (0.7, "for as and but or about into through before until"),
    (1.5, "to that"),
)
_CUT_COSTS = {word: cost for cost, words in _CUTS for word in words_in(words)}
_COMMA_COST = 0.1
# "has demanded" still lacks what was demanded.
_PERFECT = frozenset(("has", "have", "had"))
_OTHER_CUT_COST = 0.4
# "will try to", "is set to", "refused to": what is tried still follows.
_WANTS_AN_INFINITIVE = words_in("""
    try tries set due likely unlikely able unable ready want wants need needs plan plans hope hopes continue
    continues begin begins seek seeks vow vows decision right chance way time bid attempt effort plan
""")
_BAD_END = words_in("""
    a an the of in on at by with from over against under between for as and but or about into through
    before until to that who which where whose his her its their our my your this these those is are
    was were be been being has have had will would can could may might must should not no very more
    most than after amid during while because new first last two three four five six said says told
    after's according also so both such some any each every between near if when since including mr
    mrs ms dr its it's he she they it we i you there least made set become became allegedly only just
    still even old former
""")
# Twelve words of Chinese, Japanese or Thai.
_MOST_CHARACTERS = 40
_UNSPACED_ENDS = "。！？!? "
_UNSPACED_CLAUSE = re.compile(r"([^，、；,; ]{12,40})[，、；,; ]")
_QUOTES = ("“", "”", '"')
_EDGE = ".,;:–—- ।։"
_CLOSING = _EDGE + "'’"


@dataclass(frozen=True, slots=True)
class Trim:
    """A possible headline: where it comes from, and what was cut to get it.

    ``verb`` is the place of its finite verb. ``inner`` and ``led`` tell whether something between commas, or
    a leading clause, was cut; ``whole`` that its end was not; ``cut_cost`` how bad that cut is, 0 to 2.
    """

    text: str
    place: int
    verb: int
    inner: bool
    led: bool
    whole: bool
    cut_cost: float


def make_headline(document: Document, scores: Sequence[float]) -> str:
    """Make a headline of at most 12 words for an article without a title.

    In English it has a finite verb wherever a sentence can be trimmed to one that has; where none can, it is
    the first, cut.
    """
    if is_unspaced(document.sentences[0].text):
        return _cut_unspaced(document.sentences[0].text)
    trims = headline_trims(document.sentences[:_LOOK_AT_SENTENCES], document.language)
    if not trims:
        trims = headline_trims(document.sentences, document.language)
    if not trims:
        return _cut(shorten(document.sentences[0].text))
    worths = [sum(map(mul, _WEIGHTS, row)) for row in trim_rows(document, scores, trims)]
    return trims[max(range(len(trims)), key=worths.__getitem__)].text


def headline_trims(sentences: Sequence[Prepared], language: str) -> list[Trim]:
    """List every headline that sentences can be trimmed to; those that open dangling cannot."""
    return [
        trim
        for sentence in sentences
        if not sentence.dangles or sentence.place == 0
        for trim in _trims(shorten(sentence.text), sentence.place, language)
    ]


def trim_rows(document: Document, scores: Sequence[float], trims: Sequence[Trim]) -> Iterator[list[float]]:
    """Give one row per trim, in the order of ``TRIM_FEATURES``."""
    frequencies = document.frequencies
    for trim in trims:
        prepared = prepare(trim.text, document.language)
        counted = sum([frequencies.get(word, 0) for word in prepared.stems])
        words = trim.text.split()
        names = sum([word[:1].isupper() for word in words[1:]])
        yield [
            float(trim.place == 0), scores[trim.place], len(words) / _MOST_WORDS,
            counted / document.total, counted / document.total / (len(prepared.stems) or 1),
            float(trim.inner), float(trim.led), float(trim.whole), trim.cut_cost,
            names / _MOST_WORDS, float(any(map(str.isdigit, trim.text))), prepared.stop_share,
            trim.verb / _MOST_WORDS, float(prepared.dangles), float(not _FIRST_PERSON.isdisjoint(words)),
            float('"' in trim.text or "“" in trim.text),
        ]  # fmt: skip


def _trims(text: str, place: int, language: str) -> Iterator[Trim]:
    for base, inner, led in _bases(text):
        words = base.rstrip(_EDGE).split()
        verb = finite_verb_at(words) if language == "en" else 1
        quoting = any(mark in base for mark in _QUOTES)
        if len(words) < _LEAST_WORDS or verb is None or (_SUBORDINATE.match(base) and "," not in base):
            continue
        if _LEAST_WORDS <= len(words) <= _MOST_WORDS:
            yield Trim(_finished(words), place, verb, inner, led, whole=True, cut_cost=0.0)
        after = verb + (3 if words[verb].lower() in _PERFECT else 2)
        for end in range(max(_LEAST_WORDS, after), min(_MOST_WORDS, len(words) - 1) + 1):
            cost = None if quoting and _opens_quotation(words[:end]) else _cut_cost(words, end, language)
            if cost is not None and not (_SUBORDINATE.match(base) and not _past_comma(words, end)):
                yield Trim(_finished(words[:end]), place, verb, inner, led, whole=False, cut_cost=cost)


def _past_comma(words: Sequence[str], end: int) -> bool:
    return any(word.endswith(",") for word in words[: end - _LEAST_WORDS + 1])


def _bases(text: str) -> Iterator[tuple[str, bool, bool]]:
    plain = _WHEN.sub("", _AGE.sub("", text))
    inner = _BETWEEN_DASHES.sub("", _BETWEEN_COMMAS.sub("", plain))
    yield plain, False, False
    if (bare := _OFFICE.sub("", plain)) != plain:
        yield bare, True, False
    if inner != plain:
        yield inner, True, False
    if (led := _LEADING.sub("", inner)) != inner:
        yield led, inner != plain, True


def _opens_quotation(words: Sequence[str]) -> bool:
    text = " ".join(words)
    return text.count("“") != text.count("”") or text.count('"') % 2 == 1


def _cut_cost(words: Sequence[str], end: int, language: str) -> float | None:
    last = words[end - 1]
    if last.strip(_EDGE + "'’").lower() in _BAD_END or (
        last.endswith(("'s", "’s")) and words[end][:1].isalpha()
    ):
        return None
    if last.endswith((",", ";", ":")):
        return _COMMA_COST
    after = words[end].strip(_EDGE).lower()
    if language == "en":
        if after == "to" and (last.endswith(("ing", "ed")) or last in _WANTS_AN_INFINITIVE):
            return None
        return _CUT_COSTS.get(after)
    # Elsewhere a group of words begins with a function word, and never ends with one.
    stopwords = stopwords_of(language)
    ends_well = last.strip(_EDGE).lower() not in stopwords and after.split("'")[0].split("’")[0] in stopwords
    return _OTHER_CUT_COST if ends_well else None


def _cut(text: str) -> str:
    words = text.split()
    end = min(_MOST_WORDS, len(words))
    while end > _LEAST_WORDS and words[end - 1].strip(_EDGE).lower() in _BAD_END:
        end -= 1
    return _finished(words[:end])


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


def _finished(words: Sequence[str]) -> str:
    return _capitalised(" ".join(words).rstrip(_EDGE))


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
