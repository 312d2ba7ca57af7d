"""Say honestly why there is no article: script-only page, consent wall, login, paywall stub, menu. Pure.

Only a body too short to be an article is judged: a long article about passwords is an article.
"""

# the word lists read best whole

from __future__ import annotations

import re

from digest.reading.lines import Draft, is_sentence, word_count

__all__ = ["why_nothing"]

_SHORT = 60  # words; below it a page's own excuses are looked for
_FEW = 3  # words; no menu has fewer
_STUB = 220  # words; as much as a paywall leaves of the story

_SCRIPT = re.compile(
    r"(?:enable|activate|requires?|turn on|need)\W+(?:\w+\W+){0,4}javascript|javascript\W+(?:\w+\W+){0,5}(?:disabled|enabled?|required|aktivier\w+|activer|necesari\w+)",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"(?:accept|agree|consent|akzeptieren|zustimm\w+|accepter|aceptar|accetta)\W+(?:\w+\W+){0,6}(?:cookies|all|alle|tous?|todas?|partners)|we (?:value|care about) your privacy|before you continue|our \d+ partners|cookie consent|datenschutzeinstellungen",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"(?:log|sign) ?in\b.{0,60}\b(?:password|account|email|username|continue|to read|to view)|forgot(?:ten)? (?:your )?password|keep me (?:logged|signed) in|passwort vergessen|mot de passe oublié|olvidé mi contraseña",
    re.IGNORECASE | re.DOTALL,
)
_PAYWALL = re.compile(
    r"subscribe (?:now )?to (?:continue|read|unlock|keep)|(?:already|existing) (?:a )?(?:subscriber|member)|to (?:continue|keep) reading|for subscribers only|subscriber[- ]only|(?:article|story) is (?:only )?(?:available |exclusive )?(?:for|to) (?:our )?(?:subscribers|members)|unlock this (?:article|story)|you(?:'|’)?ve (?:reached|read) your .{0,30}(?:limit|articles)|start your (?:free )?trial|weiterlesen mit|nur für abonnenten|réservé aux abonnés|il vous reste .{0,12} à lire|solo para suscriptores|exclusivo para (?:suscriptores|assinantes)|riservato agli abbonati",
    re.IGNORECASE,
)
_MENU = "only menus and links, no article"
_SAVE = "open it in a browser, and give the saved page or paste its text"


def why_nothing(draft: Draft, everything: str) -> tuple[str, str] | None:
    """Tell what is there instead of an article, and what to do; None where there is one.

    ``draft`` is cleaned; ``everything`` is all the text that was there before.
    """
    words = _words_of(draft)
    has_sentence = any(is_sentence(line.text) for line in draft.lines)
    if not everything.strip():
        return (
            "an empty page" if draft.refusal == "script" else "empty"
        ), "give a text with at least one sentence"
    if draft.refusal == "script" and words < _SHORT:
        return "a page that shows its text by script only", _SAVE
    if words < (_STUB if draft.refusal == "paywall" else 2 * _SHORT) and _PAYWALL.search(everything):
        return (
            "a paywall stub: the beginning of an article, not the article",
            "read it as a subscriber, and paste its text",
        )
    if words < _SHORT:
        body = "\n".join(line.text for line in draft.lines)
        for pattern, what in (
            (_SCRIPT, "a page that shows its text by script only"),
            (_CONSENT, "a consent wall, not the article"),
            (_LOGIN, "a login page, not the article"),
        ):
            if pattern.search(everything) and (pattern.search(body) or not has_sentence or draft.refusal):
                return what, _SAVE
    return None if has_sentence else _no_sentence(everything)


def _words_of(draft: Draft) -> int:
    """Count the words of a draft, no further than a stub's: of more it is not asked how many."""
    words = 0
    for line in draft.lines:
        words += word_count(line.text)
        if words >= _STUB:
            break
    return words


def _no_sentence(everything: str) -> tuple[str, str]:
    """Tell a menu, by what was cleaned away too: most of a menu is."""
    if word_count(everything) > _FEW:
        return _MENU, "open one of its articles, and give that page or its text"
    return "no sentence in it", "give a text with at least one sentence"
