"""Which English words can be the finite verb of a news sentence: a table and the few rules round it.

There is no tagger here: forms that are nearly always finite are listed or built, and a regular past form
counts unless what stands beside it makes it a participle ("the man accused of", "by armed men").
"""

from __future__ import annotations

from collections.abc import Sequence

from digest.condensing.phrases import class_of
from digest.condensing.words import words_in

__all__ = ["finite_verb_at"]

_AUXILIARIES = words_in("""
    is are was were has have had will would can could may might must should shall does do did isn't
    aren't wasn't weren't hasn't haven't hadn't won't wouldn't can't couldn't doesn't don't didn't
""")
# Irregular pasts that are no participle of another reading, and those whose participle differs.
_IRREGULAR = words_in("""
    said told won lost took made gave went came became began saw got found left met led fell rose ran
    sent spoke wrote broke chose drew drove ate flew forgot forgave grew hid knew rode sang shook
    stole swore threw woke wore stood understood thought brought bought fought caught taught sought
    struck hit put set cut let quit shut kept held paid laid sold built spent felt dealt meant lent
    bent slid shot beat bid sank swam withdrew overcame undertook overtook resigned died happened
    occurred arrived emerged agreed vowed warned urged insisted pledged claimed argued admitted denied
    refused hoped hailed slammed
""")
_BASES = """
    accuse add admit aim announce appear approve argue arrest arrive ask attack attract ban become beg
    begin believe block boost break bring build call cancel celebrate challenge change charge claim
    clash clear close collapse come confirm consider continue convict create criticize criticise cut
    deal decide declare defeat defend delay demand deny describe die disappear discover donate draw
    drop emerge end ensure escape examine expect explain express face fail fall fear fight file find
    fire follow force gain get give go grow hail happen head hear help hit hold hope host ignore
    impose include increase indicate insist inspire intend investigate issue join jump keep kill
    launch lead leave lie like lose make mark mean meet mourn move need occur offer open oppose order
    overtake pass pay pick plan play plead pledge praise prepare prevent promise propose protest prove
    provide pull push question quit raise reach react receive recommend refuse reject release rely
    remain remove replace report require rescue resign resume return reveal rise rule run save say see
    seek seem seize sell send serve set share show sign slam sleep spark speak spend stage stand start
    state stay stop strike struggle sue suffer suggest support surge survive suspend take tell thank
    threaten top turn unveil urge use visit vote vow wait want warn watch win work worry write
"""
_PARTICIPLE_BEFORE = words_in("""
    a an the this that these those his her its their our my your by of in on at for with from to as be
    been being having get and or very so more most newly recently alleged is are was were has have had
""")
_PARTICIPLE_AFTER = words_in("of by in on at with as for from to")
_OFTEN_PARTICIPLES = words_in("""
    accused based named called known born aged used led made found left dubbed titled entitled held
    seen given taken written sent built kept caught set owned linked located armed wanted charged
    convicted suspected arrested shot killed injured involved needed required related
""")


def _third_person(base: str) -> str:
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ies"
    return base + ("es" if base.endswith(("s", "x", "z", "ch", "sh", "o")) else "s")


# "calls", "plans", "works" are plural nouns as often as verbs: these do not prove a sentence.
_NOUNS_TOO = words_in("""
    aims appeals attacks bans calls challenges changes charges claims clashes cuts deals delays
    demands draws drops ends faces fears fights files fires forces gains heads helps hits hopes hosts
    increases issues jumps leads lies marks means moves needs offers orders passes picks plans plays
    pledges promises protests pulls questions raises reports returns rises rules runs sells sets
    shares shows signs stages stands starts states stays stops strikes struggles supports surges tops
    turns uses visits votes vows waits watches wins works worries
""")
_PRESENT = frozenset(map(_third_person, words_in(_BASES))) | {"has"}
_KNOWN = _AUXILIARIES | _IRREGULAR | _PRESENT
_ENOUGH_LETTERS = 4


def finite_verb_at(words: Sequence[str]) -> int | None:
    """Find the first word of an English sentence that is its finite verb; None where none is sure.

    ``words`` keep their punctuation and case; a capitalised word inside is a name and never a verb. The verb of a
    clause that opens before the sentence's own verb ("the board, which runs the pier, has…") is passed over.
    """
    bare = [word.strip("“”\"'‘’(),.;:!?").replace("’", "'") for word in words]
    in_clause = bool(bare) and bare[0].lower() in _CLAUSES
    clause_verb = -_VERB_GROUP
    for at in range(1, len(bare)):
        word = bare[at]
        if word in _CLAUSES or (word in _SUBJECTS and _opens_clause(word, bare[at - 1])):
            in_clause = True
        # Most words are neither known nor regular, and asking that first is three times as fast.
        if (word not in _KNOWN and word[-2:] != "ed") or not _is_finite(bare, at, words[at - 1]):
            continue
        if in_clause or at - clause_verb < _VERB_GROUP:
            in_clause, clause_verb = False, at
            continue
        return at
    return None


def _is_finite(bare: Sequence[str], at: int, written_before: str) -> bool:
    word, before, second = bare[at], bare[at - 1].lower(), bare[at - 2 if at > 1 else 0].lower()
    after = bare[at + 1].lower() if at + 1 < len(bare) else ""
    if before in _SUBORDINATE or second in _SUBORDINATE:
        # Right behind "who" stands the verb of its clause; behind "as" and "since", hardly ever a verb.
        return before in _CLAUSES or second in _CLAUSES
    if word in _AUXILIARIES:
        return True
    participle = word in _OFTEN_PARTICIPLES and (after in _PARTICIPLE_AFTER or not after)
    if participle or not word.islower() or before in _PARTICIPLE_BEFORE or written_before.endswith(","):
        return False
    if word in _NOUNS_TOO and word not in _IRREGULAR:
        return after in _DETERMINERS or (at > 1 and _after_name(bare, at, after))
    # "top listed companies": after an adjective stands another.
    regular = len(word) > _ENOUGH_LETTERS and word.endswith("ed") and not before.endswith("ly")
    past = regular and after not in {"by", "of"} and class_of(bare[at - 1]) != "J"
    return past or word in _IRREGULAR or word in _PRESENT


_DETERMINERS = words_in("the a an his her its their")
# A verb right after one of these is its clause's, not the sentence's.
_SUBORDINATE = frozenset(
    [
        "who",
        "which",
        "that",
        "where",
        "whom",
        "whose",
        "as",
        "when",
        "while",
        "since",
        "if",
        "because",
        "although",
        "though",
    ]
)
# Words that open a clause with a finite verb of its own; "as" and "since" open others too.
_CLAUSES = words_in("who which whom whose where that because although though while when if")
# "after he takes office" is a clause, "after the storm" is none.
_TIMES, _SUBJECTS = words_in("after before until as"), words_in("he she it they we you")
# "the moment we met" is a clause that no word opens; "it" and "you" may be what a verb we do not know governs.
_ONLY_SUBJECTS = words_in("he she they we")
# "will have": verbs that stand side by side are one.
_VERB_GROUP = 2
_FOLLOWS_A_VERB = frozenset(
    [
        "the",
        "a",
        "an",
        "his",
        "her",
        "its",
        "their",
        "to",
        "for",
        "in",
        "on",
        "at",
        "that",
        "as",
        "with",
        "over",
        "up",
        "out",
        "off",
        "no",
    ]
)


def _opens_clause(subject: str, before: str) -> bool:
    return before in _TIMES or (subject in _ONLY_SUBJECTS and before.islower() and class_of(before) == "N")


def _after_name(bare: Sequence[str], at: int, after: str) -> bool:
    return after in _FOLLOWS_A_VERB and bare[at - 1][:1].isupper()
