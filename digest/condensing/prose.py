"""What is written to be read, and what only stands on the page: captions' leads, stamps, links, signatures.

A sentence that is no prose is never ranked and does not count when positions are counted: the third line of a
page is often the first of the article.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from digest.condensing.words import holds_any, is_unspaced, words_in

__all__ = ["is_balanced", "is_prose", "lacks_speaker", "opens_dangling", "speaks_outside"]

_LEAST_WORDS = 5
# Five words are found this early in any prose.
_LOOK_AT = 120
_LEAST_UNSPACED_CHARACTERS = 6
_BRACKETS = ("(", "{")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_CHROME = re.compile(
    rf"""^(?:by\s+[A-Z][\w.'’-]+(?:\s+[A-Z][\w.'’-]+){{0,4}}(?:\s+for\s.*)?\.?$
    |(?:published|updated|last\ updated|posted|created|modified|first\ published|filed)\b
        \W*(?:at\b|on\b|:|\.|\d).{{0,90}}$
    |\d{{1,2}}:\d\d\s*(?:[ap]\.?m\.?\s*)?(?:[A-Z]{{2,4}}\b)?.{{0,40}}$
    |\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}\s+\d{{4}}.{{0,12}}$
    |\d+\s*(?:min(?:ute)?s?\s+read|comments?|shares?|views?)\b.{{0,40}}$
    |(?:video\s+)?(?:scroll|click|tap|swipe)\s+(?:down|here|through|above|below|on|for)\b.*
    |(?:also|more)\s+(?:read|watch|from|on|in)\b\s*[:|].*|(?:read|watch)\s*[:|].*|read\s+(?:more|also|next|the\s+full|about)\b.*|related\s*:.*
    |see\s+(?:also\b|more\s*:).*|visit\s+(?:(?:our|the)\s+)?(?:web)?site\b.*|(?:watch|listen|video|photos?|gallery|pictured|opinion|editor'?s\s+note|correction)\s*:.*
    |watch\s+(?:the|this)\s+video\b.*|share\s+(?:this|on|your)\b.*|follow\s+(?:us|me|him|her|@).*
    |(?:e-?mail|send)\s+(?:this\s+)?(?:to|us)\b.*|sign\s+up\b.*|subscribe\b.*|leave\s+a\s+(?:reply|comment)\b.*
    |©.*|copyright\b.*|all\s+rights\s+reserved.*|download\s+our\b.*
    |(?:à\s+lire|lire|voir)\s+aussi\b.*|lisez\s+aussi.*|читайте\s+также.*|lesen\s+sie\s+auch.*|lea\s+también.*
    )""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
# The first letters of all that it knows: most sentences begin otherwise, and need not be asked.
_CHROME_STARTS = tuple(
    words_in("""
        by pub upd las pos cre mod fir fil scr cli tap swi als mor rea rel see wat lis vid pho gal pic vis opi edi cor
        sha fol e-m ema sen sig sub lea © cop all dow à voi чит les
    """)
)
# These stand behind a name: looked for only where their word is.
_CHROME_INSIDE = re.compile(
    r""".{0,80}\bpost\s+shared\s+by\b.*
    |.{0,80}\bcontributed(?:\s+reporting)?\s+to\s+this\s+(?:report|story|article)\W*$
    |.{0,40}\bis\s+not\s+responsible\s+for\s+the\s+content\b
    |(?:(?:cnn's|journalist|correspondent|reporter)\b.{0,50}\b|.{0,50}\bwrote\s+and\s+)reported\s+from\s+[^.,;:“"]{3,20}(?:,\s[^.,;:“"]{3,20})?\.?$""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_CHROME_WORDS = ("contributed", "responsible", "reported from", "post shared by")
_LOWER_WORD = re.compile(r"(?<![\w@./])[^\W\d_A-ZÀ-ÖØ-ÞА-ЯЁ][^\W\d_]+")
_WORDS = re.compile(rf"(?:[\W_]*+[^\W_]++(?:['’.-][^\W_]++)*+){{{_LEAST_WORDS}}}")

# Words that need the sentence before them, by language; the English ones count in every language, since names
# and quotations make texts mixed. Order: connectives, then pronouns.
_OPENERS = {
    "en": """
        but and so also however meanwhile moreover furthermore instead then still yet nevertheless
        nonetheless therefore thus hence consequently otherwise besides likewise similarly additionally
        afterwards or nor he she it they his her its their this that these those him them such
    """,
    "fr": """
        mais et donc aussi cependant pourtant toutefois ainsi alors puis or car enfin ensuite il elle ils
        elles ce cette ces celui celle cela ça son sa ses leur leurs c'est c’est
    """,
    "de": """
        aber und doch denn deshalb dennoch außerdem er sie es dieser diese dieses sein seine ihr ihre
    """,
    "es": """
        pero y sin además también él ella ellos esto este esta estos estas su sus
    """,
    "it": """
        ma e anche inoltre egli lui lei questo questa questi suo sua
    """,
    "pt": """
        mas e também além ele ela eles isso isto este esta seu sua
    """,
    "nl": """
        maar en ook toch hij zij ze het dit deze zijn haar
    """,
    "ru": """
        но а и также однако кроме поэтому затем при он она оно они это этот эта эти его ее её их
    """,
    "uk": """
        але а й і також проте він вона воно вони це цей ця ці його її їх
    """,
}
_OPENERS_BY_LANGUAGE = {
    tag: frozenset(f"{words} {_OPENERS['en']}".split()) for tag, words in _OPENERS.items()
}
_FIRST_WORD = re.compile(r"[\W_]*([^\W\d_]+(?:['’]est\b)?)")
# Single quotes are apostrophes too: only those at an end of the sentence are sure.
_SINGLES = ("'", "‘")
_CLOSES_SINGLE = tuple(mark + quote for mark in ".,!?" for quote in "'’")
_OPENS_SINGLE = re.compile(r"(?<!\w)['‘](?=\w)")
_ENDS_SINGLE = re.compile(r"[\w.,!?]['’](?!\w)")
_MARKS = re.compile(r"[“”\"«»()\[\]「」]")
_QUOTED = re.compile(r"[“\"„«][^“”\"„«»]*[”\"»]|(?<!\w)[‘'][^‘’]+?[’'](?!\w)")
_SPEAKERS = words_in("i we my our us me you your je nous vous я мы вы")
_SPEAKER = re.compile(
    r"\b(?:I|[Ww]e|[Mm]y|[Oo]ur|us|me|[Yy]ou|[Yy]our|[Jj]e|[Nn]ous|[Vv]ous|[Яя]|[Мм]ы|[Вв]ы)\b"
)
_OPENING = frozenset("“\"„«‘'")
_PRONOUNS = words_in("he she they it his her him")
_SAID_BY_PRONOUN = re.compile(
    r"[\W_]*(?:(?:said|says|asked|adds?|added|wrote|writes|recalled|explained)\s)?(?:he|she|they|it)\b",
    re.IGNORECASE,
)
_ENDS_BY_PRONOUN = re.compile(
    r",[\"”'’]? (?:he|she|they|it) (?:said|says|added|adds|wrote|explained|told [^,.]{2,30})[^,.]{0,20}\.$"
)
_LETTER = re.compile(r"[^\W_]")
# Who speaks here is many or nobody, and can be neither he nor she.
_SAID_OF_PRONOUN = re.compile(
    r"(?:Officials|Police|Prosecutors|Experts|Authorities|Sources|Investigators|Friends|Witnesses|Doctors|Critics|Reports"
    r"|Relatives|Lawyers|Detectives|Neighbou?rs|Colleagues|Supporters|Some|Others|Many|Turns)(?:\s[a-z]+){1,2}\s"
    r"(?:he|she|his|her|him)\b"
)
_PAIRS = (("“", "”"), ("«", "»"), ("(", ")"), ("[", "]"), ("「", "」"))


def is_prose(text: str) -> bool:
    """Tell whether a sentence was written to be read: a few words, not all of them names, and no chrome."""
    if is_unspaced(text):
        return len(text) >= _LEAST_UNSPACED_CHARACTERS
    if len(text.split(maxsplit=_LEAST_WORDS)) < _LEAST_WORDS or not _WORDS.match(text, 0, _LOOK_AT):
        return False
    if _is_chrome(text):
        return False
    # A link or an aside in brackets, or the page's own code.
    if text[0] in _BRACKETS and (text[0] != "(" or text[-1] == ")"):
        return False
    # "Mark Duell. and Hugo Gye." is a byline: a sentence has more than one word that is no name.
    first = _LOWER_WORD.search(text)
    return first is not None and _LOWER_WORD.search(text, first.end()) is not None


def _is_chrome(text: str) -> bool:
    lower = text.lower()
    if (lower.startswith(_CHROME_STARTS) or text[0].isdigit()) and _CHROME.match(text):
        return True
    return holds_any(lower, _CHROME_WORDS) and _CHROME_INSIDE.match(text) is not None


def speaks_outside(text: str, tokens: Iterable[str]) -> bool:
    """Tell whether a text speaks of I, we or you outside a quotation: nobody knows any more who speaks.

    ``tokens`` are its words in lower case: most texts have no such word anywhere, which is soon told.
    """
    return not _SPEAKERS.isdisjoint(tokens) and _SPEAKER.search(_QUOTED.sub("", text)) is not None


def lacks_speaker(text: str, tokens: Iterable[str]) -> bool:
    """Tell whether nobody is named for what a text says: “It is late,” she said; a quotation with nothing beside it.

    So is "he" in "Police said he…" and in "…, he said." ``tokens`` are the text's words in lower case.
    """
    if text[:1] in _OPENING:
        outside = _QUOTED.sub("", text)
        if not _LETTER.search(outside):
            return True
        return not _PRONOUNS.isdisjoint(tokens) and _SAID_BY_PRONOUN.match(outside) is not None
    if _PRONOUNS.isdisjoint(tokens):
        return False
    return _SAID_OF_PRONOUN.match(text) is not None or _ENDS_BY_PRONOUN.search(text) is not None


def opens_dangling(text: str, language: str) -> bool:
    """Tell whether a text opens with a pronoun or connective that needs the sentence before it."""
    first = _FIRST_WORD.match(text)
    openers = _OPENERS_BY_LANGUAGE.get(language, _OPENERS_BY_LANGUAGE["en"])
    return first is not None and first.group(1).lower() in openers


def is_balanced(text: str) -> bool:
    """Tell whether every quotation and bracket that opens also closes: a half quotation is not readable."""
    if text.endswith(_CLOSES_SINGLE) and not _OPENS_SINGLE.search(text):
        return False
    if text[:1] in _SINGLES and not _ENDS_SINGLE.search(text):
        return False
    if not _MARKS.search(text):
        return True
    if text.count('"') % 2:
        return False
    return all(text.count(left) == text.count(right) for left, right in _PAIRS)
