"""What a page is when it is no article: said by name, with what to do about it. Pure."""

from __future__ import annotations

import re
from typing import Final

from digest.errors import NothingToCondenseError

__all__ = ["refusal_of_page", "refusal_of_text"]

_WALLS: Final = (
    (r"(?:enable|requires?|activate|turn on) (?:javascript|js)\b|javascript is (?:disabled|required)", "it is made by scripts: the page holds no text of its own", "save the page from a browser, or paste its text"),
    (r"(?:before you continue|we (?:value|care about) your privacy|(?:accept|manage) (?:all )?cookies|consent)", "it is a consent wall, not the article", "open it in a browser, agree, and save the page"),
    (r"(?:subscribe|subscription|subscribers only|members only|sign up) (?:to|now|for)|already a subscriber|to continue reading", "it is the stub before a paywall", "log in with a browser and save the page, or paste its text"),
    (r"(?:log|sign) ?in\b.{0,80}(?:password|account)|password", "it is a login page", "log in with a browser and save the page"),
    (r"(?:are you a robot|captcha|checking your browser|access denied|unusual traffic)", "the site refuses programs", "open it in a browser and save the page"),
    (r"(?:page not found|404|no longer available)", "the page says that the article is not there", "check the address"),
)  # fmt: skip


def refusal_of_page(visible: str, markup: str, where: str) -> NothingToCondenseError:
    """Say what a page without an article is."""
    text = " ".join(visible.split())[:20_000]
    for pattern, what, hint in _WALLS:
        if re.search(pattern, text, re.IGNORECASE):
            return NothingToCondenseError(what, where=where, hint=hint)
    if markup.count("<script") > 2 and len(text) < 500:  # noqa: PLR2004  # a shell that scripts fill
        return NothingToCondenseError(_WALLS[0][1], where=where, hint=_WALLS[0][2])
    return refusal_of_text(text, where)


def refusal_of_text(text: str, where: str) -> NothingToCondenseError:
    """Say that text holds no article."""
    what = "holds no article: only a menu or single lines" if text.strip() else "is empty"
    return NothingToCondenseError(
        what, where=where, hint="look at what it holds; an article has whole sentences"
    )
