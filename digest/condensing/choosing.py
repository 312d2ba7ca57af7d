"""Choose sentences from a ranking: a summary as a whole, then key points that add to it.

The summary is chosen as a set, not sentence by sentence: the likeliest sentences are combined by twos and
threes, and each set is scored for what it covers, how long it is and how far it repeats itself
(``SET_FEATURES``). Measured on the kit in cross-validation: +2.1 R1 over the first three sentences, where the
same ranking chosen greedily with a penalty for likeness gained +1.1 (docs/why-condensing.md).

Source: Zhong et al., "Extractive summarization as text matching" (ACL 2020), for scoring summaries instead of
sentences; Cao et al., "Learning to rank" (ICML 2007), for the listwise training.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import combinations
from operator import mul

from digest.condensing.features import Document, Prepared, likeness_by
from digest.condensing.poor import is_caption, leans, reads_badly
from digest.condensing.prose import opens_dangling
from digest.condensing.ranking import SHIPPED, Ranker
from digest.condensing.shortening import shorten
from digest.shingles import SAME_TEXT, containment, shingles

__all__ = ["SET_FEATURES", "choose_points", "choose_summary", "set_rows", "summary_sets"]

SET_FEATURES = (
    # the sentences' own scores, summed and averaged
    "scores", "score_mean",
    # content of the article that is covered, its square, and the title's
    "covered", "covered_squared", "title_covered",
    # words / 60, longest sentence / 40, the same by the length of the article, and whether there are three
    "words", "words_by_length", "longest", "three",
    # function words; words said twice; the likest pair; the first sentence is in it
    "stop_share", "repeated", "likest", "has_first",
)  # fmt: skip

_CANDIDATES = 9
_UNBALANCED_COST, _CAPTION_COST = 0.3, 1.0
_WORDS_SCALE = 60
_LONGEST_SCALE = 40
_THREE = 3

# A key point as alike as this to a line already there, or with as many of its words in it, repeats it.
_SAME_LINE = 0.5
_SAME_WORDS = 0.6
_HARDLY_SHARED = 0.3
_LONGEST_POINT_WORDS = 40
_BEST_POINT_WORDS = 28
_LENGTH_COST = 0.01
_ENOUGH_POINTS = 3


def choose_summary(
    document: Document, scores: Sequence[float], *, count: int, words: int, ranker: Ranker = SHIPPED
) -> tuple[Prepared, ...]:
    """Choose up to ``count`` sentences of up to ``words`` words together; at least one, whatever its length.

    The order of the source is kept. A sentence that leans on the one before it is chosen only with that one.
    """
    sets = summary_sets(document, scores, count=count, words=words)
    if not sets:
        ordered = sorted(document.sentences, key=lambda sentence: (sentence.dangles, -scores[sentence.place]))
        return tuple(ordered[:1])
    worths = [sum(map(mul, ranker.set_weights, row)) for row in set_rows(document, scores, sets)]
    return sets[max(range(len(sets)), key=worths.__getitem__)]


def summary_sets(
    document: Document, scores: Sequence[float], *, count: int, words: int
) -> list[tuple[Prepared, ...]]:
    """List the sets of ``count`` or one less of the likeliest sentences that can be read as they stand."""
    likely = sorted(
        document.sentences,
        key=lambda sentence: scores[sentence.place] - _cost(sentence),
        reverse=True,
    )[: max(_CANDIDATES, count + 2)]
    likely.sort(key=lambda sentence: sentence.place)
    opening = 0 if document.opens_article else None
    leaning = {one.place for one in likely if one.place != opening and (one.dangles or leans(one))}
    places = {one.place for one in likely}
    # What leans on a sentence that is not likely is in no set: leaving it out first spares the sets it would be in.
    likely = [one for one in likely if one.place not in leaning or one.place - 1 in places]
    sizes = range(max(1, min(2, count), count - 1), count + 1)
    return [
        chosen
        for size in sizes
        for chosen in combinations(likely, size)
        if sum([sentence.words for sentence in chosen]) <= words and (not leaning or _stands(chosen, leaning))
    ]


def _cost(sentence: Prepared) -> float:
    return (0.0 if sentence.balanced else _UNBALANCED_COST) + (_CAPTION_COST if is_caption(sentence) else 0.0)


def set_rows(
    document: Document, scores: Sequence[float], sets: Sequence[Sequence[Prepared]]
) -> Iterator[list[float]]:
    """Give one row per set, in the order of ``SET_FEATURES``."""
    titles, total = document.title_stems, document.total
    length = math.log(len(document.sentences) + 1) / _THREE
    grown = _Growth(document, scores)
    for chosen in sets:
        size = len(chosen)
        places = tuple([sentence.place for sentence in chosen])
        score, counted, longest, stop_share, said, kinds, repeated, in_title, likest = grown[places]
        covered, words = said / total, counted / _WORDS_SCALE
        yield [
            score, score / size,
            covered, covered * covered, len(in_title) / len(titles) if titles else 0.0,
            words, words * length, longest / _LONGEST_SCALE,
            1.0 if size == _THREE else 0.0,
            stop_share / size,
            repeated / (kinds or 1),
            likest, 1.0 if places[0] == 0 else 0.0,
        ]  # fmt: skip


# What is summed up over a set, or the beginning of one: score, words, longest sentence, share of function words; how
# often the article says its stems, the stems of each sentence, those that an earlier one has too, those of the
# title; the likest pair. A tuple without names, since an article has a hundred.
_Part = tuple[float, int, int, float, int, int, int, frozenset[str], float]
_NOTHING: _Part = (0.0, 0, 0, 0.0, 0, 0, 0, frozenset(), 0.0)


class _Growth(dict[tuple[int, ...], _Part]):
    """The parts of one article by the places of their sentences, each grown from the one a sentence shorter.

    Sets share their beginnings: what two sentences cover is counted once for all threes that begin so. A sentence
    adds what it says, less what it shares with those before it, which is little: no set of all stems is built.
    """

    def __init__(self, document: Document, scores: Sequence[float]) -> None:
        super().__init__({(): _NOTHING})
        self._scores = scores
        self._said = document.frequencies.__getitem__
        self._singles = _Singles(document)
        self._pairs = _Pairs(document)

    def __missing__(self, places: tuple[int, ...]) -> _Part:
        *earlier, last = places
        score, words, longest, stop_share, said, kinds, repeated, in_title, likest = self[places[:-1]]
        sentence, its_said, its_title = self._singles[last]
        shared: AbstractSet[str] = frozenset()
        for place in earlier:
            stems, alike = self._pairs[place, last]
            if stems:
                shared = shared | stems if shared else stems
                likest = alike if alike > likest else likest  # noqa: FURB136  # max() takes thrice as long
        part = self[places] = (
            score + self._scores[last],
            words + sentence.words,
            max(longest, sentence.words),
            stop_share + sentence.stop_share,
            said + its_said - (sum(map(self._said, shared)) if shared else 0),
            kinds + len(sentence.stems),
            repeated + len(shared),
            in_title | its_title if its_title else in_title,
            likest,
        )
        return part


class _Singles(dict[int, tuple[Prepared, int, frozenset[str]]]):
    """Each sentence with how often the article says its stems, and the title's among them; by place."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document

    def __missing__(self, place: int) -> tuple[Prepared, int, frozenset[str]]:
        sentence, document = self._document.sentences[place], self._document
        said = sum(map(document.frequencies.__getitem__, sentence.stems))
        single = self[place] = (sentence, said, document.title_stems & sentence.stems.keys())
        return single


class _Pairs(dict[tuple[int, int], tuple[AbstractSet[str], float]]):
    """The stems that two sentences share, and how alike they are; by their places."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._sentences = document.sentences

    def __missing__(self, places: tuple[int, int]) -> tuple[AbstractSet[str], float]:
        one, other = [self._sentences[place] for place in places]
        shared = one.stems.keys() & other.stems.keys()
        pair = self[places] = (shared, likeness_by(shared, one, other))
        return pair


def choose_points(
    document: Document, scores: Sequence[float], summary: Sequence[Prepared], *, count: int
) -> list[Prepared]:
    """Choose up to ``count`` sentences that stand alone and add to a summary instead of repeating it."""
    lines = list(summary)
    chosen: list[Prepared] = []
    spare: list[Prepared] = []
    taken = {sentence.place for sentence in summary}
    for sentence in sorted(document.sentences, key=lambda one: -_point_worth(one, scores[one.place])):
        if len(chosen) == count:
            break
        if sentence.place in taken or not _stands_alone(sentence, document.language):
            continue
        if reads_badly(sentence, document.language):
            spare.append(sentence)
        elif not any(_repeats(sentence, line) for line in lines):
            chosen.append(sentence)
            lines.append(sentence)
    for sentence in spare:
        if len(chosen) < min(count, _ENOUGH_POINTS) and not any(_repeats(sentence, line) for line in lines):
            chosen.append(sentence)
            lines.append(sentence)
    return sorted(chosen, key=lambda sentence: sentence.place)


def _stands_alone(sentence: Prepared, language: str) -> bool:
    return (
        sentence.words <= _LONGEST_POINT_WORDS
        and sentence.balanced
        and not sentence.dangles
        and not opens_dangling(shorten(sentence.text), language)
    )


def _stands(chosen: Sequence[Prepared], leaning: AbstractSet[int]) -> bool:
    """Tell whether each sentence that leans has the one it leans on right before it; ``leaning`` are places."""
    before = -1
    for sentence in chosen:
        if sentence.place in leaning and sentence.place - 1 != before:
            return False
        before = sentence.place
    return True


def _repeats(one: Prepared, other: Prepared) -> bool:
    shared = one.stems.keys() & other.stems.keys()
    smaller = min(len(one.stems), len(other.stems))
    if len(shared) < _HARDLY_SHARED * smaller:  # most pairs: shingles cost ten times as much
        return False
    return (
        len(shared) >= _SAME_WORDS * smaller
        or likeness_by(shared, one, other) >= _SAME_LINE
        or containment(shingles(one.text), shingles(other.text)) >= SAME_TEXT
    )


def _point_worth(sentence: Prepared, score: float) -> float:
    return score - _LENGTH_COST * max(0, sentence.words - _BEST_POINT_WORDS)
