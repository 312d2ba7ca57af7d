"""The grounding gate: what a line says must stand in its article.

Four rules, no model: numbers, names, quotations, negations. What a model wrote is refused for any of them; what an
editor wrote is warned about. A line taken from the article passes all of them, whatever it says.

What no rule here sees: a name exchanged for another name of the same article, and a fact said of the wrong person.

Source: measured on planted errors with ``benchmarks/plant_errors.py``; the rules follow the labels of FRANK
(Pagnoni et al., NAACL 2021), where novelty of words predicts unfaithful lines better than entailment models did.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from digest.condensing.features import Prepared, likeness, prepare
from digest.condensing.language import primary
from digest.condensing.sentences import split
from digest.condensing.shortening import PARENTHESIS
from digest.condensing.words import stopwords_of, words_in
from digest.model import Article, Digest, Point, Sentence

__all__ = ["Finding", "Ground", "Rule", "ground_of", "opens_with_label", "warn_ungrounded"]

Rule: TypeAlias = Literal["number", "name", "quotation", "negation"]
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_NAME = re.compile(r"(?<!\w)[A-ZÀ-ÖØ-ÞА-ЯЁ][^\W_]*(?:['’][A-Z][^\W_]+)?")
_QUOTATION = re.compile(r"[“\"«„]([^“”\"«»„]{3,})[”\"»“]|(?<!\w)[‘']([^‘’']{3,}(?:['’]\w[^‘’']*)*)[’'](?!\w)")
_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s+|[“\"‘'(—–-]\s*)$")
# "First Last: what she writes": an opinion's writer, who stands in the byline and not in the text.
_LABEL = re.compile(r"[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){1,3}: ")
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|denie[sd]|deny|refuse[sd]?|fail(?:s|ed)?|pas|jamais"
    r"|aucun\w*|sans|nicht|kein\w*|nie|ohne|не|нет|никогда|без)\b|n['’]t\b",
    re.IGNORECASE,
)
_UNITS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty
"""
_NUMBER_WORDS = {
    **{word: str(number) for number, word in enumerate(_UNITS.split())},
    "thirty": "30",
    "forty": "40",
    "fifty": "50",
    "sixty": "60",
    "seventy": "70",
    "eighty": "80",
}
# Capitalised words that say when, what kind or what rank, and not which one; and the commonest abbreviations.
_NO_NAMES = words_in("""
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july
    august september october november december mr mrs ms miss dr prof i sir lord lady president prime
    minister senator sen sens rep gov governor mayor judge justice chief king queen prince princess pope saint
    st us uk un eu gop usa am pm ceo tv great new old north south east west northern southern eastern western
    central republic united states kingdom state city county island river lake mount street house court
    national international federal royal supreme high university college school hospital airport police army
    navy service department office group club league cup world war church party democrat democrats republican
    republicans christian muslim jewish english british american french german russian chinese european african
    asian latest next meet see watch here live video opinion photos analysis exclusive most many several some
    another both all one two three four five six seven eight nine ten former first second third late early
""")
_LEAST_PREFIX = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a line says that its article does not bear."""

    rule: Rule
    what: str

    def __str__(self) -> str:
        return {
            "number": f"the number {self.what} is not in the article",
            "name": f"the name {self.what} is not in the article",
            "quotation": f"the quotation “{self.what}” is not in the article as it stands",
            "negation": f"it says “{self.what}”, which the sentence it rests on does not",
        }[self.rule]


@dataclass(frozen=True, slots=True)
class Ground:
    """An article as lines are held against it: its numbers, words and sentences."""

    text: str
    bare_text: str
    numbers: frozenset[str]
    words: frozenset[str]
    prefixes: frozenset[str]
    initials: str
    sentences: tuple[tuple[Sentence, Prepared], ...]
    language: str

    def findings(self, line: str) -> list[Finding]:
        """List what a line says that the article does not; an extract has none."""
        if (plain := _plain(line).strip(" .")) in self.text or plain in self.bare_text:
            return []
        return [*self._numbers(line), *self._names(line), *self._quotations(line), *self._negations(line)]

    def align(self, line: str) -> tuple[Sentence, ...]:
        """Find the one or two sentences of the article that a line rests on, the likest first."""
        prepared = prepare(line, self.language)
        ranked = sorted(self.sentences, key=lambda pair: -likeness(prepared, pair[1]))
        best = [pair for pair in ranked[:2] if likeness(prepared, pair[1]) > 0]
        covered = prepared.stems.keys() & best[0][1].stems.keys() if best else set()
        if len(best) > 1 and not (prepared.stems.keys() & best[1][1].stems.keys()) - covered:
            best = best[:1]
        return tuple(sentence for sentence, _ in best)

    def _numbers(self, line: str) -> Iterator[Finding]:
        for number in _numbers_of(line):
            if number not in self.numbers and not _is_rounded(number, self.numbers):
                yield Finding("number", number)

    def _names(self, line: str) -> Iterator[Finding]:
        stopwords = stopwords_of(self.language)
        label = _LABEL.match(line)
        for found in _NAME.finditer(line, label.end() if label else 0):
            name = re.sub(r"['’]s?$", "", found.group())
            lower = name.casefold()
            if lower in _NO_NAMES or lower in self.words or lower in stopwords or len(name) == 1:
                continue
            if any(map(str.isdigit, name)):
                continue
            opens = _SENTENCE_START.search(line, 0, found.start()) is not None
            if opens and (name.islower() or not _is_name_like(line, found.end())):
                continue
            if name.isupper() and len(name) > 1 and name in self.initials:
                continue
            if len(lower) > _LEAST_PREFIX and lower[: max(_LEAST_PREFIX, len(lower) - 2)] in self.prefixes:
                continue
            yield Finding("name", name)

    def _quotations(self, line: str) -> Iterator[Finding]:
        for found in _QUOTATION.finditer(line):
            said = (found.group(1) or found.group(2)).strip()
            plain = _plain(said).strip(" .,!?")
            # A parenthesis inside a quotation is the article's word, not the speaker's.
            if " " in said and plain not in self.text and plain not in self.bare_text:
                yield Finding("quotation", said)

    def _negations(self, line: str) -> Iterator[Finding]:
        negated = _NEGATION.search(line)
        if negated is None:
            return
        evidence = self.align(line)
        if evidence and not any(_NEGATION.search(sentence.text) for sentence in evidence):
            yield Finding("negation", negated.group())


def ground_of(article: Article, language: str) -> Ground:
    """Prepare an article to hold lines against it."""
    whole = " ".join((article.title or "", article.byline or "", *article.paragraphs))
    words = frozenset(re.sub(r"['’]s?$", "", word).casefold() for word in _WORD.findall(whole))
    parts = frozenset(part.casefold() for part in re.findall(r"[^\W_]+", whole))
    return Ground(
        text=_plain(whole),
        bare_text=_plain(PARENTHESIS.sub("", whole)),
        numbers=frozenset(_numbers_of(whole)),
        words=words | parts,
        prefixes=frozenset(
            word[:end] for word in words | parts for end in range(_LEAST_PREFIX, len(word) + 1)
        ),
        initials="".join(word[0] for word in re.findall(r"[^\W_]+", whole) if word[0].isupper()),
        sentences=tuple((one, prepare(one.text, language)) for one in split(article, language)),
        language=language,
    )


def opens_with_label(line: str) -> bool:
    """Tell whether a line names its speaker before a colon: the rule for names does not look there."""
    return _LABEL.match(line) is not None


def warn_ungrounded(digest: Digest) -> tuple[str, ...]:
    """Name the lines of a digest (edited by hand, or written by a model) that its article does not bear.

    One sentence a warning, each naming the line it is about: ``key point 2: the number 40 is not in the
    article``. Nothing is refused: an editor may know more than the article says. Evidence whose place does not
    point at its text any more is named too.
    """
    ground = ground_of(digest.article, primary(digest.language) or digest.language)
    lines = [("headline", Point(digest.headline, ()))] if digest.headline != digest.article.title else []
    lines += [(f"summary sentence {at}", point) for at, point in enumerate(digest.summary, 1)]
    lines += [(f"key point {at}", point) for at, point in enumerate(digest.key_points, 1)]
    return tuple(
        f"{where}: {warning}"
        for where, point in lines
        for warning in (*map(str, ground.findings(point.text)), *_misplaced(digest.article, point.evidence))
    )


def _misplaced(article: Article, evidence: Sequence[Sentence]) -> Iterator[str]:
    for one in evidence:
        inside = one.paragraph < len(article.paragraphs)
        if not inside or article.paragraphs[one.paragraph][one.start : one.end] != one.text:
            yield f"its evidence is not at paragraph {one.paragraph}, {one.start} to {one.end}"


def _plain(text: str) -> str:
    """Bring quotation marks, dashes, white space and case to one form."""
    text = text.translate(_TYPOGRAPHY)
    return " ".join(text.split()).casefold()


_TYPOGRAPHY = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "-"}
)


def _numbers_of(text: str) -> Iterator[str]:
    """Give every number as plain digits: 1,500 and 1500 are one number, and so are three and 3."""
    for found in _NUMBER.findall(text):
        yield _normal(found)
    for word in re.findall(r"[^\W\d_]+", text.lower()):
        if word in _NUMBER_WORDS:
            yield _NUMBER_WORDS[word]


def _normal(number: str) -> str:
    plain = re.sub(r"[,](?=\d{3}\b)", "", number)
    return plain.rstrip("0").rstrip(".") if "." in plain and plain.count(".") == 1 else plain


def _is_rounded(number: str, numbers: frozenset[str]) -> bool:
    """Tell whether a number is one of the article's, rounded: 2.5 of 2.48, 15 of 14.8."""
    if number in {"1", "2"}:  # "one of them", "two" in words are counted, not read
        return True
    try:
        value = float(number)
    except ValueError:
        return any(number in other or other in number for other in numbers if ":" in other)
    places = len(number.partition(".")[2])
    for other in numbers:
        try:
            if other != number and round(float(other), places) == value:
                return True
        except ValueError:
            continue
    return False


def _is_name_like(line: str, end: int) -> bool:
    """Tell whether a capitalised word that opens a sentence goes on as a name does."""
    return re.match(r"['’]s\b|\s+[A-ZÀ-ÖØ-ÞА-ЯЁ][^\W_]", line[end:]) is not None
