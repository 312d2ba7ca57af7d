"""Digest: from articles to inboxes in one command, and the same four verbs from Python.

``read`` a source into an Article, ``condense`` it into a Digest, ``compose`` an Edition into a Letter,
``deliver`` it to subscribers. Names are resolved when first used (PEP 562), so that importing this package
loads none of the libraries behind them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

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

_VERB_ROOMS = {
    "read": "digest.reading",
    "condense": "digest.condensing",
    "compose": "digest.composing",
    "deliver": "digest.delivering",
    "DigestError": "digest.errors",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'digest' has no attribute '{name}'")
    found = getattr(importlib.import_module(_VERB_ROOMS.get(name, "digest.model")), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
