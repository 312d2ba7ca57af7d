"""Choose sentences from a ranking: the best first, none that repeats another, none that dangles.

Greedy, with a penalty for likeness to what is already chosen (maximal marginal relevance) and a word budget.
The order of the source is kept in what is given back.

Source: Carbonell and Goldstein, "The use of MMR" (SIGIR 1998). Penalties tuned by cross-validation
on the kit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digest.condensing.features import Prepared

__all__ = ["Candidate", "choose_points", "choose_summary", "likeness"]

_LIKENESS_COST = 0.3
_UNBALANCED_COST = 0.5
# A key point that shares this much of its words with a line already there repeats it.
_SAME_LINE = 0.5
_LONGEST_POINT_WORDS = 40
_BEST_POINT_WORDS = 28
_LENGTH_COST = 0.01


@dataclass(frozen=True, slots=True)
class Candidate:
    """A prose sentence as it can be chosen: ``place`` counts prose sentences from 0."""

    place: int
    score: float
    words: int
    prepared: Prepared
    dangles: bool
    balanced: bool


def likeness(one: Prepared, other: Prepared) -> float:
    """Give the cosine of two sentences' content stems: 0 to 1."""
    if not one.norm or not other.norm:
        return 0.0
    if len(one.stems) > len(other.stems):
        one, other = other, one
    shared = sum(count * other.stems[word] for word, count in one.stems.items() if word in other.stems)
    return shared / (one.norm * other.norm)


def choose_summary(candidates: Sequence[Candidate], *, count: int, words: int) -> list[Candidate]:
    """Choose up to ``count`` sentences of up to ``words`` words together; at least one, whatever its length.

    A sentence that opens dangling is chosen only after the one it leans on, and never opens the summary
    unless it opens the article.
    """
    chosen: list[Candidate] = []
    while len(chosen) < count:
        room = words - sum(candidate.words for candidate in chosen)
        places = {candidate.place for candidate in chosen}
        left = [
            candidate
            for candidate in candidates
            if candidate.place not in places
            and (not chosen or candidate.words <= room)
            and (not candidate.dangles or candidate.place - 1 in places or candidate.place == 0)
        ]
        if not left:
            break
        chosen.append(max(left, key=lambda candidate: _worth(candidate, chosen)))
    return sorted(chosen or candidates[:1], key=lambda candidate: candidate.place)


def choose_points(
    candidates: Sequence[Candidate], summary: Sequence[Candidate], *, count: int
) -> list[Candidate]:
    """Choose up to ``count`` sentences that stand alone and add to a summary instead of repeating it."""
    lines, chosen = list(summary), list[Candidate]()
    taken = {candidate.place for candidate in summary}
    ranked = sorted(candidates, key=lambda candidate: (-_point_worth(candidate), candidate.place))
    for candidate in ranked:
        if len(chosen) == count:
            break
        if candidate.place in taken or candidate.dangles or not candidate.balanced:
            continue
        if candidate.words > _LONGEST_POINT_WORDS:
            continue
        if all(likeness(candidate.prepared, line.prepared) < _SAME_LINE for line in lines):
            chosen.append(candidate)
            lines.append(candidate)
    return sorted(chosen, key=lambda candidate: candidate.place)


def _worth(candidate: Candidate, chosen: Sequence[Candidate]) -> float:
    repeats = max((likeness(candidate.prepared, other.prepared) for other in chosen), default=0.0)
    broken = 0.0 if candidate.balanced else _UNBALANCED_COST
    return candidate.score - _LIKENESS_COST * repeats - broken


def _point_worth(candidate: Candidate) -> float:
    return candidate.score - _LENGTH_COST * max(0, candidate.words - _BEST_POINT_WORDS)
