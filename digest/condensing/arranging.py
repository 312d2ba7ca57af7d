"""Several digests, one edition: their order, its subject line and its preheader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from digest.model import Digest
from digest.shingles import SAME_TEXT, containment, shingles

__all__ = ["PREHEADER_LEAST", "PREHEADER_MOST", "Arrangement", "Overlap", "arrange"]

PREHEADER_LEAST, PREHEADER_MOST = 40, 110
"""Characters: inboxes show 40 on a phone to 110 on a desk; a shorter one is filled up with page text."""

# A shared quotation is no overlap; a fifth of a story is.
_WORTH_NOTING = 0.2
# From here on length says nothing about weight.
_LONG_READ = 5
_ENDS = ".!?…。！？"


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two stories that share text; ``share`` is the part of the smaller one that stands in the other, 0 to 1.

    ``first`` and ``second`` index the digests as arranged.
    """

    first: int
    second: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """Digests in the order they are read, and the two lines an inbox shows of them."""

    digests: tuple[Digest, ...]
    subject: str
    preheader: str
    overlaps: tuple[Overlap, ...] = ()


def arrange(digests: Sequence[Digest]) -> Arrangement:
    """Order digests into one edition and draw its subject and preheader from the strongest story.

    The strongest story is the one whose keywords the others share most, the longer one where none shares any;
    the others keep the order they were given in, except that a story told twice stands right after its first
    telling. The subject is the strongest story's headline. The preheader has 40 to 110 characters where the
    texts have that many, does not repeat the subject, and is not cut within a word.

    Raises:
        ValueError: there is no digest.
    """
    if not digests:
        raise ValueError("an edition holds at least one digest")
    ordered = _ordered(digests)
    subject = ordered[0].headline
    return Arrangement(
        digests=tuple(ordered),
        subject=subject,
        preheader=_preheader(ordered, subject),
        overlaps=tuple(_overlaps(ordered)),
    )


def _ordered(digests: Sequence[Digest]) -> list[Digest]:
    left = list(digests)
    ordered = [left.pop(_strongest(left))]
    while left:
        alike = [containment(_text_shingles(one), _text_shingles(ordered[-1])) for one in left]
        nearest = max(range(len(left)), key=alike.__getitem__)
        ordered.append(left.pop(nearest if alike[nearest] >= SAME_TEXT else 0))
    return ordered


def _strongest(digests: Sequence[Digest]) -> int:
    """Find the story that the others speak of too: its keywords are theirs."""
    shared = Counter(word.casefold() for digest in digests for word in set(digest.keywords))
    strengths = [
        (
            sum(shared[word.casefold()] - 1 for word in set(digest.keywords)),
            min(digest.reading_minutes, _LONG_READ),
        )
        for digest in digests
    ]
    return max(range(len(digests)), key=lambda at: (strengths[at], -at))


def _overlaps(digests: Sequence[Digest]) -> Iterator[Overlap]:
    texts = [_text_shingles(digest) for digest in digests]
    for first, second in combinations(range(len(digests)), 2):
        share = containment(texts[first], texts[second])
        if share >= _WORTH_NOTING:
            yield Overlap(first, second, round(share, 2))


def _text_shingles(digest: Digest) -> frozenset[int]:
    return shingles(" ".join(digest.article.paragraphs))


def _preheader(digests: Sequence[Digest], subject: str) -> str:
    """Fill the line an inbox shows after the subject, with what the subject does not say yet."""
    said = shingles(subject)
    lines = [point.text for point in (*digests[0].summary, *digests[0].key_points)]
    # Other stories tell more about an edition than a second sentence of the first.
    lines[1:1] = [digest.headline for digest in digests[1:]]
    fresh = [line for line in lines if containment(said, shingles(line)) < SAME_TEXT and line != subject]
    text = ""
    for line in fresh or lines:
        text = f"{text} {line}".strip() if not text or text[-1] in _ENDS else f"{text} · {line}"
        if len(text) >= PREHEADER_LEAST:
            break
    return _cut(" ".join(text.split()))


def _cut(text: str) -> str:
    """Cut a line to the longest preheader: at the end of a sentence or clause, else after a word."""
    if len(text) <= PREHEADER_MOST:
        return text
    for ends, least in ((_ENDS, PREHEADER_LEAST), (",;:–—", 2 * PREHEADER_LEAST)):
        for at in range(PREHEADER_MOST - 1, least - 1, -1):
            if text[at] in ends and text[at + 1 : at + 2] == " ":
                return text[: at + 1].rstrip(" ,;:–—") + ("" if ends is _ENDS else "…")
    space = text.rfind(" ", PREHEADER_LEAST, PREHEADER_MOST)
    return text[: space if space > 0 else PREHEADER_MOST - 1].rstrip(" ,;:–—") + "…"
