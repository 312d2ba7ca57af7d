"""What can be cut from a sentence, and how likely a whole one is left.

First the inside and the beginning: when and where it was, an age, what stands between commas or dashes, a leading
clause, "the council said that" before a claim that nobody contests, a role before a name. Each form that this
gives is then cut at its end, in every place that leaves a finite verb and ends as a sentence may.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digest.condensing.phrases import class_of, cut_odds
from digest.condensing.shortening import is_contested
from digest.condensing.stumps import EDGE, LEAST_WORDS, MOST_WORDS, is_stump, says_what
from digest.condensing.verbs import finite_verb_at
from digest.condensing.words import stopwords_of, words_in

__all__ = ["Form", "cuts_of", "forms_of"]

# A verb, and one word more: what somebody "comes" or "said" is still to follow.
_VERB_WORDS = 2
# Two words after the longest headline say how the sentence goes on; a role before a name has up to ten.
_TRIMMED_WORDS = MOST_WORDS + 2
_LOOK_AT_WORDS = _TRIMMED_WORDS + 10
_OPENING_WORDS = 5
# A whole sentence is one for sure, one mended inside nearly; elsewhere than in English function words alone tell.
_WHOLE_ODDS, _MENDED_ODDS = 2.5, 1.0
_COMMA_ODDS, _PHRASE_ODDS, _NO_PHRASE_ODDS = 1.0, 0.0, -9.0

# "Years after the pier fell" is no sentence, nor is "Not only did it fall".
_SUBORDINATE = re.compile(
    r"(?:(?:from\s|by\s)?(?:the|every)\s(?:moment|time|day)\s(?:he|she|it|they|we|you|I)\b"
    r"|(?:\w+\s){0,2}(?:years?|months?|weeks?|days?|hours?|minutes?|moments?|decades?)\s(?:after|before|since)"
    r"|(?:even\s|just\s)?(?:as|when|while|since|if|because|although|though|after|before|once|until|with)|not\sonly)\b",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"""^(?:in|on|at|after|before|as|while|when|with|despite|following|during|for|since|if|although|though|amid|by
    |under|according\sto|once|until|because|more\sthan|just|\w+ing|\w+ed)\b[^,“"]{2,160}?,\s(?!(?:and|or|who|which)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
_CONNECTIVE = re.compile(
    r"^(?:(?:The|A) (?:next|following|same|previous) (?:day|week|month|year)"
    r"|Earlier|Meanwhile|However|Moreover|Meantime|Separately|Recently|Now|Today|Yesterday|Finally|Reportedly"
    r"|Sources said)(?:,\s|\s(?=[A-Z]))"
)
_BETWEEN_COMMAS = re.compile(
    r",\s(?:who|which|whose|where|whom|a|an|the|including|aged|one|also|\d\d|\w+ing|\w+ed|formerly|then|now)\b[^,“\"]{0,120},(?=\s)"
)
_BETWEEN_DASHES = re.compile(r"\s[–—-]{1,2}\s[^–—]{3,120}?\s[–—-]{1,2}(?=\s)")
# When it was said is the first thing a headline leaves out.
_DAY = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|today|yesterday|tomorrow)"
_WHEN = re.compile(
    rf",?\s(?:(?:on\s|late\s|early\s)*(?:last\s|this\s)?{_DAY}(?:\s(?:morning|afternoon|evening|night))?+"
    r"|(?:last|this)\s(?:week|month|year|weekend)|reportedly|also|recently|meanwhile|however)(?=[\s.,])(?!\sand\b)"
)
# "starting Monday", "On Monday, …": a word that governs the day would be left alone.
_GOVERNS_A_DAY = words_in("starting beginning from since until before after every by for of on in")
# "Union Minister of State, General Singh has…": the name stays.
_OFFICE = re.compile(r"^[A-Z][^,]{5,70},\s(?=[A-Z][\w.]+\s[A-Z])")
# Of "Ada Lind, 52, a pilot, has…" the comma before the pilot stays.
_AGE = re.compile(r",\s\d{1,3}(?:,(?!\s(?:a|an|the|who|whose|of|from|which)\b)|(?=,))")
# "The council said on Monday that the pier is shut": what was said is the news.
_REPORTS = re.compile(
    rf"[^,;:“\"]{{3,70}}?\s(?:said|says|announced|reported|confirmed|revealed|found)(?:\s(?:on\s)?{_DAY})?\sthat\s(?=\w)"
)
# "A lawyer in Port Ellery won…", not "at Port Ellery harbour".
_WHERE = re.compile(r"\b(\w+)\s(?:in|at|near)\s[A-Z][\w.'’-]+(?:\s[A-Z][\w.'’-]+)*(?=\s([a-z]+))")
_BEFORE_A_PLACE = frozenset("NP")
_AFTER_A_PLACE = frozenset("VDXbhmtiwso")
# "of", a conjunction: the page has broken the sentence off.
_NEVER_LAST = frozenset("oc")
_NAME_WORDS = 2
_IN_A_ROLE = frozenset("dNYJRPE'#")
_TITLES = words_in("""
    president vice former prime chief deputy union foreign finance home defence interior minister secretary senator
    sen. rep. gov. governor mayor judge justice captain general lt. sgt. col. gen. dr dr. mr mr. mrs mrs. ms ms. sir
    king queen prince princess pope bishop professor prof. actor actress director producer singer coach pm cm mp
""")
_ASKS = words_in("how why what who whom whose which can could do does did is are will would should")
_DASH = re.compile(r"\s[–—-]{1,2}\s")


@dataclass(frozen=True, slots=True)
class Form:
    """A sentence with what stands inside it or before it cut away; its end is still to be chosen.

    ``verb`` is the place of its finite verb.
    """

    words: tuple[str, ...]
    verb: int
    inner: bool
    led: bool


def forms_of(text: str, language: str) -> Iterator[Form]:
    """Give the forms of a sentence that have five words and, in English, a finite verb; the whole one first."""
    english = language == "en"
    seen: set[tuple[str, ...]] = set()
    for form, (inner, led) in _cut_inside(text, english=english).items():
        words = form.rstrip(EDGE).split(maxsplit=_LOOK_AT_WORDS)[:_LOOK_AT_WORDS]
        opening = tuple(words[:_TRIMMED_WORDS])
        # Half of the forms differ only in what no headline reaches.
        if len(words) < LEAST_WORDS or opening in seen:
            continue
        seen.add(opening)
        verb = finite_verb_at(opening) if english else 1
        if verb is None:
            continue
        yield Form(opening, verb, inner, led)
        if english and (start := _name_starts(words, verb)) and len(words) - start >= LEAST_WORDS:
            yield Form(tuple(words[start : start + _TRIMMED_WORDS]), verb - start, inner=True, led=led)


def cuts_of(form: Form, language: str) -> list[tuple[int, float]]:
    """Give the ends of a form, places in its words, each with the log-odds that a whole sentence stands before it."""
    words = form.words
    leans = _SUBORDINATE.match(" ".join(words[:_OPENING_WORDS])) is not None
    # A question that is broken off asks nothing.
    last = 0 if words[0].lower() in _ASKS else min(MOST_WORDS, len(words) - 1)
    ends = [
        end
        for end in range(max(LEAST_WORDS, form.verb + _VERB_WORDS), last + 1)
        if not is_stump(words, end) and not (leans and not _past_comma(words[:end]))
    ]
    if language == "en" and "that" in words[form.verb :]:
        ends = [end for end in ends if says_what(words[form.verb : end])]
    odds = cut_odds(words, form.verb, ends=ends) if language == "en" else _plain_odds(words, ends, language)
    cuts = list(zip(ends, odds, strict=True))
    broken = class_of(words[-1]) in _NEVER_LAST
    if LEAST_WORDS <= len(words) <= MOST_WORDS and not broken and not (leans and not _past_comma(words)):
        cuts.append((len(words), _MENDED_ODDS if form.inner or form.led else _WHOLE_ODDS))
    return cuts


def _past_comma(words: Sequence[str]) -> bool:
    return any(word.endswith(",") for word in words[: len(words) - LEAST_WORDS + 1])


def _cut_inside(text: str, *, english: bool) -> dict[str, tuple[bool, bool]]:
    """Cut inside a sentence and at its beginning, in every way; tell of each what was cut: inside, before."""
    plain = _WHEN.sub(_without_day, _CONNECTIVE.sub("", text))
    forms = {plain: (False, False)}
    inner = plain
    if "," in plain:
        plain = _AGE.sub("", plain)
        forms = {plain: (False, False)}
        forms.setdefault(_OFFICE.sub("", plain), (True, False))
        inner = _BETWEEN_COMMAS.sub("", plain)
    if _DASH.search(inner):
        inner = _BETWEEN_DASHES.sub("", inner)
    forms.setdefault(inner, (True, False))
    if "," in inner:
        forms.setdefault(_LEADING.sub("", inner), (inner != plain, True))
    if english:
        for form, (_, led) in list(forms.items()):
            if (claim := _reported(form)) is not None:
                forms.setdefault(claim, (True, led))
        for form, (_, led) in list(forms.items()):
            forms.setdefault(_WHERE.sub(_without_place, form, count=1), (True, led))
    return forms


def _without_day(found: re.Match[str]) -> str:
    before = found.string[: found.start()].rsplit(maxsplit=1)
    return found.group() if before and before[-1].lower() in _GOVERNS_A_DAY else ""


def _reported(text: str) -> str | None:
    """Take "the council said that" off a claim that nobody contests."""
    found = _REPORTS.match(text) if " that " in text else None
    if found is None or is_contested(text):
        return None
    claim = text[found.end() :]
    return claim[:1].upper() + claim[1:]


def _without_place(found: re.Match[str]) -> str:
    before, after = found.groups()
    beside = class_of(before) in _BEFORE_A_PLACE and class_of(after) in _AFTER_A_PLACE
    return before if beside else found.group()


def _name_starts(words: Sequence[str], verb: int) -> int:
    """Find where the name of who acts starts after a role: 2 in "The actor Ada Lind plays…"; 0 where none does."""
    start = verb
    while start > 0 and words[start - 1][0].isupper() and words[start - 1][-1].isalnum():
        start -= 1
    if verb - start < _NAME_WORDS:
        return 0
    role = [class_of(word) for word in words[:start]]
    while start < verb and words[start].lower() in _TITLES:
        start += 1
    # "Nurses of the old Gandhi Hospital": the name is not who acts.
    if verb - start < _NAME_WORDS or not _IN_A_ROLE.issuperset(role) or role[-1:] == ["J"]:
        return 0
    return start


def _plain_odds(words: Sequence[str], ends: Sequence[int], language: str) -> list[float]:
    """Judge cuts by function words: a group of words begins with one and never ends with one."""
    stopwords = stopwords_of(language)
    odds = []
    for end in ends:
        last, after = words[end - 1], words[end].strip(EDGE).lower()
        if last.endswith((",", ";", ":")):
            odds.append(_COMMA_ODDS)
            continue
        begins = re.split(r"['’]", after)[0] in stopwords
        odds.append(_PHRASE_ODDS if begins and last.strip(EDGE).lower() not in stopwords else _NO_PHRASE_ODDS)
    return odds
