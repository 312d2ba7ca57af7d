"""Article in, Digest out: sentences, ranking, choosing, headline, key points, and the evidence of each.

``condense`` walks one article: its sentences are split with exact offsets, ranked by a small linear model,
chosen without repeating each other, shortened only by edits that keep the claim, and set as a Digest.
``arrange`` orders several digests into one edition, ``warn_ungrounded`` checks a digest edited by hand.

Everything here is pure and deterministic; only ``modelling`` talks to anything outside, and only when asked for by
name. Names are resolved when first used (PEP 562), so that importing the room loads nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.lazily import lazily

if TYPE_CHECKING:
    from digest.condensing.arranging import Arrangement, Overlap, arrange
    from digest.condensing.condenser import condense
    from digest.condensing.grounding import warn_ungrounded
    from digest.condensing.modelling import Written, write_by_model
    from digest.condensing.options import CondensingOptions

__all__ = [
    "Arrangement",
    "CondensingOptions",
    "Overlap",
    "Written",
    "arrange",
    "condense",
    "warn_ungrounded",
    "write_by_model",
]

__getattr__, __dir__ = lazily(
    __name__,
    {
        "Arrangement": "arranging",
        "Overlap": "arranging",
        "arrange": "arranging",
        "condense": "condenser",
        "warn_ungrounded": "grounding",
        "CondensingOptions": "options",
        "Written": "modelling",
        "write_by_model": "modelling",
    },
)
