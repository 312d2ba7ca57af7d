"""Which blocks of a page belong to its article: trafilatura's judgement, corrected block by block. Pure.

Trafilatura's body is laid over the page's own blocks. Each block it took, and each it left out in between and
shortly before and behind, is weighed by some sixty plain facts: length, links, mark-up, what the class names hint at,
what the neighbours and the blocks of the same container and make are, where in the article it stands. One
table of weights says whether a taken block stays, another whether one left out comes in. Where the two disagree
about most of the page, trafilatura is believed.

Source: logistic regression after Kohlschütter et al., "Boilerplate detection using shallow text features" (2010),
with another extractor's verdict among the features; weights by ``benchmarks/train_keeping.py``.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from digest.reading import keeping_weights
from digest.reading.lines import Line, ends_in_stop, key
from digest.reading.marks import Mark, byline_of, is_date_line, mark_of
from digest.reading.pageblocks import HINTS, PageBlock

__all__ = ["Facts", "facts_of", "kept", "taken_shares"]

Facts = dict[str, float]

_BEFORE, _BEHIND = 4, 8  # blocks round trafilatura's body that are looked at
_TAKEN = 0.5  # of a block's shingles stand in trafilatura's text
_SHINGLE = 4  # words
_COVERED = 0.85  # of trafilatura's text is found again in the blocks, else its text is used as it is
_LEAST_KEPT = 0.5  # of its words stay, else all of them do
_MOST_ADDED = 1.0  # times its words come in, else none do
_LEAST_WORDS = 20

_CALL = re.compile(
    r"^\W*(?:subscribe|sign up|follow|click|download|contact|get (?:the|our|your|started)|"
    r"join|share|tweet|read (?:more|next|also)|learn more|shop|buy|watch|listen|check out|"
    r"want (?:more|to)|have a|explore|discover|try|book|start|request|schedule|find out|"
    r"see (?:also|more|all)|more |related|photo|image|source|credit|note|disclos|advert|"
    r"about the|written by|by |posted|published|updated|last updated|tags?\b|filed|copyright|"
    r"©|for more|if you (?:like|enjoy)|this (?:article|post|story))",
    re.IGNORECASE,
)
_ABOUT_US = re.compile(
    r"newsletter|inbox|affiliate|commission|disclaimer|disclosure|all rights reserved|copyright|"
    r"cookie|privacy policy|@\w|e-?mail|follow (?:us|her|him|me)|on twitter|on facebook|"
    r"instagram|linkedin|years of experience|(?:is|was) (?:a|an|the) (?:\w+ ){0,4}(?:writer|"
    r"editor|reporter|author|journalist|founder|owner|freelance|correspondent|contributor)",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")


def kept(blocks: Sequence[PageBlock], found: Sequence[Line], title: str | None) -> list[Line] | None:
    """Choose the article's lines among a page's blocks; None where ``found`` cannot be laid over them."""
    shares = taken_shares(blocks, [line.text for line in found])
    taken = [share > _TAKEN for share in shares]
    words = sum(block.words for block, is_taken in zip(blocks, taken, strict=True) if is_taken)
    if words < max(_LEAST_WORDS, _COVERED * sum(len(_WORD.findall(line.text)) for line in found)):
        return None
    facts = facts_of(blocks, shares, title)
    is_kept = [
        is_taken if fact is None else _score(fact, is_taken=is_taken) > 0
        for fact, is_taken in zip(facts, taken, strict=True)
    ]
    stay = sum(b.words for b, is_in, was in zip(blocks, is_kept, taken, strict=True) if is_in and was)
    come = sum(b.words for b, is_in, was in zip(blocks, is_kept, taken, strict=True) if is_in and not was)
    if stay < _LEAST_KEPT * words:
        return None
    return [
        Line(block.text, block.kind)
        for block, is_in, was in zip(blocks, is_kept, taken, strict=True)
        if is_in and (was or come <= _MOST_ADDED * words)
    ]


def taken_shares(blocks: Sequence[PageBlock], texts: Sequence[str]) -> list[float]:
    """Say how much of each block stands in the texts, 0 to 1; a block shorter than a shingle must be one of them."""
    shingles: set[tuple[str, ...]] = set()
    whole: set[str] = set()
    for text in texts:
        words = _WORD.findall(text.casefold())
        shingles.update(tuple(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE + 1))
        whole.add(" ".join(words))
    shares: list[float] = []
    for block in blocks:
        words = _WORD.findall(block.text.casefold())
        if len(words) < _SHINGLE:
            shares.append(float(" ".join(words) in whole))
            continue
        own = [tuple(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE + 1)]
        shares.append(sum(shingle in shingles for shingle in own) / len(own))
    return shares


def _score(facts: Facts, *, is_taken: bool) -> float:
    """Weigh a block: above 0 it belongs to the article."""
    column, table = (0 if is_taken else 1), keeping_weights.WEIGHTS
    return sum(value * table[name][column] for name, value in facts.items())


@dataclass(slots=True)
class _Page:
    """What the facts of all blocks of a page rest on."""

    blocks: Sequence[PageBlock]
    shares: Sequence[float]
    taken: Sequence[bool]
    marks: Sequence[Mark]
    keys: Sequence[str]
    repeats: Counter[str]
    title: str
    first: int
    last: int
    words: int
    weights: dict[str, dict[object, list[int]]]


def facts_of(blocks: Sequence[PageBlock], shares: Sequence[float], title: str | None) -> list[Facts | None]:
    """List the facts of each block, those that are 0 left out; None for blocks far from what was taken."""
    taken = [share > _TAKEN for share in shares]
    if True not in taken:
        return [None] * len(blocks)
    keys = [key(block.text) for block in blocks]
    page = _Page(
        blocks=blocks,
        shares=shares,
        taken=taken,
        marks=[mark_of(block.text) for block in blocks],
        keys=keys,
        repeats=Counter(keys),
        title=key(title or ""),
        first=taken.index(True),
        last=len(taken) - 1 - taken[::-1].index(True),
        words=sum(block.words for block, is_taken in zip(blocks, taken, strict=True) if is_taken) or 1,
        weights=_weights_by_group(blocks, taken),
    )
    rows: list[Facts | None] = []
    before, is_past_end, is_late = 0, False, False
    for at, block in enumerate(blocks):
        position = before / page.words
        if page.first - _BEFORE <= at <= page.last + _BEHIND:
            row = _own_facts(page, at) | _place_facts(page, at, position) | _group_facts(page, at)
            row["past end"], row["past late end"] = float(is_past_end), float(is_late)
            rows.append({name: value for name, value in row.items() if value})
        else:
            rows.append(None)
        before += block.words if taken[at] else 0
        if page.marks[at] is Mark.HARD and block.words <= 12 and position > 0.3:  # noqa: PLR2004  # a heading, past the beginning
            is_past_end, is_late = True, is_late or position > 0.7  # noqa: PLR2004  # most was said
    return rows


def _weights_by_group(
    blocks: Sequence[PageBlock], taken: Sequence[bool]
) -> dict[str, dict[object, list[int]]]:
    """Sum words, of all blocks and of those taken, for each container, outer container and make."""
    sums: dict[str, dict[object, list[int]]] = {
        name: defaultdict(lambda: [0, 0]) for name in ("container", "outer", "make")
    }
    for block, is_taken in zip(blocks, taken, strict=True):
        for name, groups in sums.items():
            both = groups[getattr(block, name)]
            both[0] += block.words + 1
            both[1] += (block.words + 1) * is_taken
    return sums


def _own_facts(page: _Page, at: int) -> Facts:
    """What a block is by itself."""
    block, mark = page.blocks[at], page.marks[at]
    text, length = block.text, max(1, len(block.text))
    facts: Facts = {
        "one": 1.0,
        "words": min(math.log1p(block.words), 5) / 5,
        "short": float(block.words < _SHINGLE),
        "linked": block.linked / length,
        "all linked": float(block.linked > 0.8 * length),  # a link with a mark or two
        "bold": min(1.0, block.bold / length),
        "stop": float(ends_in_stop(text)),
        "question": float(text.endswith("?")),
        "colon": float(text.endswith(":")),
        "hard": float(mark is Mark.HARD),
        "soft": float(mark is Mark.SOFT),
        "drop": float(mark is Mark.DROP),
        "heading": float(block.kind == "heading"),
        "item": float(block.kind == "item"),
        "quotation": float(block.kind == "quote"),
        "repeated": float(page.repeats[page.keys[at]] > 1),
        "title": float(bool(page.title) and page.keys[at] == page.title),
        "byline": float(byline_of(text) is not None),
        "date": float(is_date_line(text)),
        "call": float(block.words < 40 and _CALL.match(text) is not None),  # noqa: PLR2004  # longer is prose
        "about us": float(block.words < 80 and _ABOUT_US.search(text) is not None),  # noqa: PLR2004  # the same
    }
    facts.update({f"in {hint}": 1.0 for bit, hint in enumerate(HINTS) if block.hints >> bit & 1})
    return facts


def _place_facts(page: _Page, at: int, position: float) -> Facts:
    """Where a block stands, in the article and among its neighbours."""
    shares, taken, blocks = page.shares, page.taken, page.blocks
    to_end, from_start = page.last - at, at - page.first
    low, high = max(0, at - 3), min(len(blocks), at + 4)
    return {
        "position": position,
        "late": float(position > 0.9),  # noqa: PLR2004  # the last tenth
        "last": float(to_end <= 0),
        "last three": float(to_end <= 2),  # noqa: PLR2004  # as named
        "from end": max(-1.0, min(to_end, 10) / 10),
        "first": float(from_start <= 0),
        "first three": float(from_start <= 2),  # noqa: PLR2004  # as named
        "one before": shares[at - 1] if at else 0.0,
        "one behind": shares[at + 1] if at + 1 < len(blocks) else 0.0,
        "near": (sum(taken[low:high]) - taken[at]) / max(1, high - low - 1),
        "label behind": float(at + 1 < len(blocks) and blocks[at + 1].words < 4),  # noqa: PLR2004  # a label
        "colon before": float(at > 0 and blocks[at - 1].text.endswith(":")),
        "share": shares[at] if taken[at] else 2 * shares[at],
    }


def _group_facts(page: _Page, at: int) -> Facts:
    """How much of the other blocks of the same container and make was taken."""
    block = page.blocks[at]
    own = block.words + 1
    facts: Facts = {}
    for name, groups in page.weights.items():
        whole, part = groups[getattr(block, name)]
        facts[name] = (part - own * page.taken[at]) / max(8, whole - own)
        if name != "make":
            facts[f"main {name}"] = part / (page.words + 1)
    return facts
