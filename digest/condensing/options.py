"""What a caller may choose about condensing, checked once when it is built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from digest.errors import ConfigurationError

__all__ = ["CondensingOptions", "Method"]

Method: TypeAlias = Literal["rank", "lead", "llm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CondensingOptions:
    """How an article is condensed.

    ``method`` is ``rank`` (the trained ranker), ``lead`` (the first sentences: the baseline every summary has
    to beat) or ``llm`` (a model, grounded; ``model`` names it). ``summary_words`` is the most that the
    summary has, unless its one sentence is longer; ``key_points`` is the most there may be.

    Raises:
        ConfigurationError: a number out of range, an unknown method, or ``llm`` without a model.
    """

    method: Method = "rank"
    summary_sentences: int = 3
    summary_words: int = 100
    key_points: int = 5
    keywords: int = 5
    words_per_minute: int = 230
    model: str | None = None

    def __post_init__(self) -> None:
        if self.method not in get_args(Method):
            raise ConfigurationError(
                f"there is no method '{self.method}'",
                where="method",
                hint=f"use one of {', '.join(get_args(Method))}",
            )
        if self.method == "llm" and not self.model:
            raise ConfigurationError(
                "the method llm needs the name of a model", where="model", hint="add --model NAME"
            )
        limits = {
            "summary_sentences": (1, 10),
            "summary_words": (20, 500),
            "key_points": (0, 10),
            "keywords": (0, 20),
            "words_per_minute": (50, 1000),
        }
        for name, (least, most) in limits.items():
            if not least <= getattr(self, name) <= most:
                raise ConfigurationError(
                    f"{name} must be from {least} to {most}, not {getattr(self, name)}", where=name
                )
