"""Give people their full name in a line that stands alone: "Okafor said…" becomes "Ngozi Okafor said…".

The fourth of the listed edits (``shortening`` has the other three), and the only one that adds words: those that
an earlier sentence of the article puts right before the same surname. That sentence joins the line's evidence, so
that the name can be traced. English only: what makes a capitalised word a person is told by English words.

Only what is certain is done: the surname stands bare and outside quotations, at its first mention in the line;
exactly one given name goes with it in the whole article; the article treats it as a person (who speaks, has an
age, a role or a title) and never as a family, a common word or a place.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from digest.condensing.phrases import class_of
from digest.condensing.words import holds_any, stopwords_of, words_in
from digest.model import Sentence

__all__ = ["FullName", "Names", "give_full_names"]

_LANGUAGE = "en"
_LEAST_LETTERS = 3
_MOST_GIVEN_NAMES = 2
_LEAST_ROLE_LETTERS, _LONGEST_ROLE = 4, 30
_SURNAME = r"[A-Z][a-zà-öø-ÿ]+(?:[-’'][A-Z][a-zà-öø-ÿ]+)*"
_BARE = re.compile(rf"(?<![\w’'.-]){_SURNAME}(?![\w-])")
_AFTER_A_CAPITAL = re.compile(rf"[A-Z][\w’'.-]* (?=({_SURNAME}))")
# A full stop within a name is an initial's or a title's; any other ends a sentence.
_GIVEN = re.compile(
    r"(?<![\w’'.-])(?:(?:(?:[A-Z]|Mrs?|Ms|Dr|Prof|Sen|Rep|Gov|Gen|Col|Lt|Sgt|Capt|Rev)\.|[A-Z][\w’'-]*) )+$"
)
_LONGEST_GIVEN = 60
_GOES_ON = frozenset("abcdefghijklmnopqrstuvwxyzäöüéèáíóúñç-0123456789")
_CAPITAL_AFTER = re.compile(r"\s[A-Z]")
_QUOTED = re.compile(r"[“\"„«][^“”\"„«»]*[”\"»]|(?<!\w)[‘'][^‘’]+?[’'](?!\w)")
_INITIAL = re.compile(r"[A-Z]\.?$")
_TITLES = words_in("""
    mr mrs ms miss dr prof professor sir lord lady dame president minister secretary senator sen rep representative
    gov governor mayor judge justice chief king queen prince princess pope general gen colonel col major maj captain
    capt lieutenant lt sergeant sgt officer detective inspector constable deputy commissioner chairman chairwoman
    director coach manager congressman congresswoman ambassador rev reverend father sister brother bishop archbishop
    cardinal attorney actor actress singer
""")
# "spokesman Ngozi Okafor": before a name, a word that ends so is what the person is.
_ROLE = re.compile(
    r"(?:er|or|ist|ian|man|woman|chief|chair|star|captain|president|aide|wife|husband|son|friend|head|spokesperson|judge"
    r"|official|student|boss|host|ace|legend|model|poet)$"
)
_OFFICES = words_in(
    "defence defense foreign finance home interior health education railway external affairs state"
)
# "Pieter ten Boom": "Ten" before a surname that opens a sentence is a part of it.
_PARTICLES = words_in("ten ter van von der den de del della di da la le el al bin ibn abu mac mc o st")
# "Buying Madonna's…" opens with a verb.
_VERBS = frozenset("DEXGBV")
_DAYS = words_in("monday tuesday wednesday thursday friday saturday sunday")
_ADDRESSES = ("Mr", "Mrs", "Ms", "Miss")
_IDEAS = ("ism", "ity", "tion", "ment", "ship", "hood", "ology")
_SPEAKS = re.compile(
    r"\s(?:said|says|told|tells|added|adds|tweeted|wrote|writes|explained|asked|recalled|replied|admitted|insisted"
    r"|testified|joked)\b"
)
_WHO = re.compile(r",\s(?:\d{1,3}\b|who\b|whose\b)")
_FAMILY = re.compile(r"e?s\b|\s(?:family|brothers|sisters|couple)")
# What never stands for one person: places, bodies, storms, days; nor is any of these a given name.
_NO_NAMES = words_in("""
    africa america asia europe australia korea zealand england france germany spain italy russia china india
    pakistan iran iraq syria israel arabia lanka york jersey hampshire mexico carolina dakota virginia delhi
    bengal pradesh kashmir ireland wales scotland britain kingdom states state city county united court house
    party league club council police army navy force forces department ministry board bank group university
    college school hospital airport church street road park river lake island islands world cup open games times
    post news press association agency committee commission congress parliament senate government union office
    centre center institute foundation company corp inc ltd airlines airways motors team north south east west
    northern southern eastern western central day week monday tuesday wednesday thursday friday saturday sunday
    january february march april may june july august september october november december jr sr ii iii islamic
    muslim christian american british english indian chinese russian french german malaysia singapore indonesia
    philippines vietnam thailand bangladesh nepal afghanistan turkey egypt nigeria kenya sudan brazil argentina
    canada ukraine poland greece sweden norway denmark universe watch listen photo video cyclone hurricane storm
    typhoon operation mount saint st san santa los las new old great meet saw latest
""")


@dataclass(frozen=True, slots=True)
class FullName:
    """A person's given name and surname, and the place in ``Names`` of the sentence that has both first."""

    given: str
    surname: str
    introduced: int


class Names:
    """The people of an article, looked up by surname when a line mentions one; each surname once."""

    def __init__(self, sentences: Sequence[Sentence], language: str) -> None:
        self.sentences = sentences
        self._text = "\n".join([one.text for one in sentences]) if language == _LANGUAGE else ""
        self._known: dict[str, FullName | None] = {}
        # Most lines mention nobody who can have a full name: telling so must cost next to nothing.
        self.surnames = frozenset(_AFTER_A_CAPITAL.findall(self._text))

    def may_be_in(self, line: str) -> bool:
        """Tell whether a line mentions anybody by surname; a part of a word counts too."""
        return holds_any(line, self.surnames)

    def find(self, surname: str) -> FullName | None:
        """Find the one person of that surname; None where there is none for certain."""
        if surname not in self._known:
            self._known[surname] = self._find(surname)
        return self._known[surname]

    def _find(self, surname: str) -> FullName | None:
        given = list(self._given_names(surname))
        if (
            not given
            or len({names[0] for names, _ in given}) > 1
            or not self._is_certain(surname, given[0][0])
        ):
            return None
        names, start = given[0]
        starts = [0, *accumulate(len(sentence.text) + 1 for sentence in self.sentences)]
        return FullName(" ".join(names), surname, bisect_right(starts, start) - 1)

    def _given_names(self, surname: str) -> Iterator[tuple[tuple[str, ...], int]]:
        """Give what stands before a surname as given names, and where in the text."""
        text = self._text
        for at, end in self._places(surname):
            if text[end : end + 1] in _GOES_ON or _CAPITAL_AFTER.match(text, end):
                continue
            found = _GIVEN.search(text[max(0, at - _LONGEST_GIVEN) : at])
            if found and (names := self._without_office(found.group().split(), at - len(found.group()))):
                yield names, at

    def _without_office(self, words: Sequence[str], start: int) -> tuple[str, ...]:
        """Take titles and words of the sentence off what stands before a surname; nothing is left if unsure."""
        lower = [word.strip(".").lower() for word in words]
        # "Ellery's chair Ngozi Okafor", "When Chief Justice Okafor": the name begins after all that is none.
        first = 1 + max((at for at, word in enumerate(lower) if _is_no_given_name(word)), default=-1)
        given = tuple(words[first:])
        # "Historian Ada Lind", "Meet Ada Lind": the first word of a sentence may be anything.
        opens = first == 0 and self._text[:start].rstrip(' "“-–—')[-1:] in {"", "\n", ":"}
        if opens and given and class_of(lower[0]) in _VERBS:
            return ()
        sure = len(given) < _MOST_GIVEN_NAMES or _INITIAL.match(given[-1])
        return given if sure or not (opens or _ROLE.search(lower[first])) else ()

    def _is_certain(self, surname: str, given: tuple[str, ...]) -> bool:
        if (
            len(surname) < _LEAST_LETTERS
            or len(given) > _MOST_GIVEN_NAMES
            or not _NO_NAMES.isdisjoint([word.lower() for word in (*given, surname)])
            or surname.endswith(_IDEAS)
            or any("-" in word and word.split("-")[-1].islower() for word in given)
        ):
            return False
        return not self._is_shared(surname) and self._is_person(surname, " ".join(given))

    def _is_shared(self, surname: str) -> bool:
        """Tell whether a surname may be a family's, two persons', or a common word of the article."""
        text = self._text
        if f"he {surname}" in text or any(_FAMILY.match(text, end) for _, end in self._places(surname)):
            return True
        if sum(f"{title}{dot} {surname}" in text for title in _ADDRESSES for dot in ("", ".")) > 1:
            return True
        return any(
            not text[start - 1 : start].isalpha() and not text[end : end + 1].isalpha()
            for start, end in self._places(surname.lower())
        )

    def _is_person(self, surname: str, given: str) -> bool:
        text = self._text
        if any(f"{verb} {surname}" in text for verb in ("said", "says", "added")):
            return True
        if any(_SPEAKS.match(text, end) for _, end in self._places(surname)):
            return True
        return any(
            _WHO.match(text, end) or _is_role(text[max(0, start - _LONGEST_ROLE) : start])
            for start, end in self._places(f"{given} {surname}")
        )

    def _places(self, words: str) -> Iterator[tuple[int, int]]:
        """Find words in the article: a pattern made for each name would cost more to compile than to use."""
        start = self._text.find(words)
        while start >= 0:
            end = start + len(words)
            yield start, end
            start = self._text.find(words, end)


def _is_no_given_name(lower: str) -> bool:
    return (
        lower in _TITLES
        or lower in _DAYS
        or lower in _OFFICES
        or lower in _PARTICLES
        or lower.endswith(("'s", "’s"))
        or lower in stopwords_of(_LANGUAGE)
    )


def _is_role(before: str) -> bool:
    """Tell whether the last word before a name is a title or an occupation."""
    words = before.split()
    word = words[-1].strip(".") if words else ""
    return word.lower() in _TITLES or (
        word.islower()
        and len(word) >= _LEAST_ROLE_LETTERS
        and word not in stopwords_of(_LANGUAGE)
        and _ROLE.search(word) is not None
    )


def give_full_names(
    line: str, names: Names, before: int, *, known: str = ""
) -> tuple[str, tuple[Sentence, ...]]:
    """Give the people of a line their full names; also give the sentences that these names come from.

    ``before`` is the place of the line's own sentence in ``names``: a name counts only if it was given earlier.
    Who is named in full in ``known``, the text that is read before the line, stays as he is.
    """
    if not names.may_be_in(line):
        return line, ()
    edits: list[tuple[int, FullName]] = []
    seen: set[str] = set()
    for found in _BARE.finditer(line):
        surname = found.group()
        if surname in seen:
            continue
        seen.add(surname)
        lower = surname.lower()
        if surname not in names.surnames or lower in stopwords_of(_LANGUAGE) or lower in _NO_NAMES:
            continue
        if not _stands_bare(line, *found.span()):
            continue
        name = names.find(surname)
        if name and name.introduced < before and f"{name.given} {surname}" not in known:
            edits.append((found.start(), name))
    quoted = [found.span() for found in _QUOTED.finditer(line)] if edits else []
    edits = [(at, name) for at, name in edits if not any(start < at < end for start, end in quoted)]
    for at, name in reversed(edits):
        line = f"{line[:at]}{name.given} {line[at:]}"
    return line, tuple(_sources(edits, names))


def _sources(edits: Sequence[tuple[int, FullName]], names: Names) -> Iterator[Sentence]:
    for place in dict.fromkeys(name.introduced for _, name in edits):
        yield names.sentences[place]


def _stands_bare(line: str, start: int, end: int) -> bool:
    """Tell whether no name or title stands beside a surname."""
    if _CAPITAL_AFTER.match(line, end):
        return False
    before = line[max(0, start - _LONGEST_ROLE) : start].split()
    if not before:
        return True
    word = before[-1]
    if word.strip(".").lower() in _TITLES:
        return False
    lower = word.lower()
    return word == lower or not word[-1].isalnum() or lower in _DAYS or lower in stopwords_of(_LANGUAGE)
