"""Digest: from articles to inboxes in one command, and the same four verbs from Python.

``read`` a source into an Article, ``condense`` it into a Digest, ``compose`` an Edition into a Letter,
``deliver`` it to subscribers. Names are resolved when first used (PEP 562), so that importing this package
loads none of the libraries behind them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.lazily import lazily

if TYPE_CHECKING:
    from digest.composing import compose
    from digest.condensing import condense
    from digest.delivering import deliver
    from digest.errors import DigestError
    from digest.model import (
        Article,
        Digest,
        Edition,
        Letter,
        Sender,
        Sentence,
        Source,
        Subscriber,
        Verdict,
    )
    from digest.reading import read

__all__ = [
    "Article",
    "Digest",
    "DigestError",
    "Edition",
    "Letter",
    "Sender",
    "Sentence",
    "Source",
    "Subscriber",
    "Verdict",
    "compose",
    "condense",
    "deliver",
    "read",
]

__getattr__, __dir__ = lazily(
    __name__,
    {
        "Article": "model",
        "Digest": "model",
        "DigestError": "errors",
        "Edition": "model",
        "Letter": "model",
        "Sender": "model",
        "Sentence": "model",
        "Source": "model",
        "Subscriber": "model",
        "Verdict": "model",
        "compose": "composing",
        "condense": "condensing",
        "deliver": "delivering",
        "read": "reading",
    },
)
