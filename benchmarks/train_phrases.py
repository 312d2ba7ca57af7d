"""Train the table of cuts: ``python benchmarks/train_phrases.py KIT_FOLDER --parser MODEL [--write]``.

A parser (any English model of spaCy, named by ``--parser``: a package or a folder; neither is a dependency of
Digest) takes the first sentences of the kit's articles apart. Before each word it is asked whether what stands
before is a whole sentence: a finite verb with its subject, and no bond across the cut that a sentence cannot
lose. ``digest/condensing/phrases.py`` learns the answers: a logistic regression over the signs of each cut.

The articles of Inshorts in ``dev.jsonl``, on whose titles headlines are scored, are left out and tested on.
Without ``--write`` the table is fitted and judged, and nothing is written. Needs spaCy, numpy and scipy.
"""

from __future__ import annotations

import argparse
import importlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

from digest.condensing.phrases import MARKS, classify, cut_signs, suffix_class
from digest.condensing.prose import is_prose
from digest.condensing.sentences import split_paragraph
from digest.condensing.shortening import shorten
from digest.condensing.verbs import finite_verb_at

TABLE_FILE = Path(__file__).parent.parent / "digest" / "condensing" / "phrase_weights.py"
FILES = {"train_inshorts.jsonl": 14, "dev.jsonl": 25, "dev_xsum.jsonl": 12}
TESTED_PART = ("dev.jsonl", "inshorts")
LONGEST_CHARACTERS = 400
# As many words as a headline may have, and the two after them that say how the sentence goes on.
FIRST_END, LAST_END, LOOK_AHEAD = 5, 12, 2
RIDGE = 4.0
# A sign seen less often says little; a smaller weight is left out of the table.
LEAST_SEEN, LEAST_WEIGHT = 120, 0.25
LEAST_WORD = 12
# From here on a word's form decides: of forms that are noun and verb, or past and participle, a fifth or a fourth.
SURE, SURE_PAST = 0.8, 0.75
# A word that is followed by one preposition this often needs it ("according to", "based on").
NEEDED_SHARE, NEEDED_LEAST = 0.35, 8

GROUPS = {
    "NN": "N", "NNS": "N", "NNP": "N", "NNPS": "N", "JJ": "J", "JJR": "J", "JJS": "J", "RB": "R", "RBR": "R",
    "RBS": "R", "VBZ": "V", "VBP": "V", "VBD": "D", "VBN": "E", "VBG": "G", "VB": "B", "CD": "#", "IN": "i",
    "RP": "i", "PRP$": "d", "DT": "d",
}  # fmt: skip
FINITE = {"VBD", "VBZ", "VBP", "MD"}
SUBJECTS = {"nsubj", "nsubjpass", "expl", "csubj", "csubjpass"}
# Bonds that a whole sentence cannot lose, by their names in ClearNLP's scheme.
BONDS = {
    "dobj", "dative", "attr", "acomp", "ccomp", "xcomp", "oprd", "pobj", "pcomp", "prt", "nsubj", "nsubjpass",
    "csubj", "aux", "auxpass", "neg", "case", "poss", "compound", "amod", "nummod", "det", "quantmod", "nmod",
    "predet", "expl", "mark", "dep", "meta", "preconj", "complm",
}  # fmt: skip
BE = {"is", "are", "was", "were", "be", "been", "being", "'s"}
SAYING = {"said", "says", "told", "added", "reported", "announced", "say"}
NAMES = ("NN", "JJ", "CD")
# No headline ends so, whatever the parser made of it.
NEVER_LAST = frozenset(
    """a an the of in on at by with from for as and but or to that who which whose where his her its their is are was
    were be been being has have had will would can could may might must should between""".split()  # noqa: SIM905  # a list reads better so
)

Floats = Any  # numpy's arrays have no exact type here that says more


@dataclass(frozen=True)
class Token:
    """One word of the parser: where it starts, its part of speech, its bond and the place of its head."""

    start: int
    text: str
    tag: str
    bond: str
    head: int


@dataclass(frozen=True)
class Parsed:
    """A sentence taken apart; ``tested`` ones are not learned from."""

    text: str
    tokens: tuple[Token, ...]
    tested: bool


def read(folder: Path) -> Iterator[tuple[str, bool]]:
    """Give the first prose sentences of every English article, shortened, and whether they are tested on."""
    for name, count in FILES.items():
        for line in (folder / name).read_text("utf-8").splitlines():
            row = json.loads(line)
            sentences = [
                paragraph[start:end]
                for paragraph in row["text"].split("\n")
                for start, end in split_paragraph(paragraph, row["lang"])
                if is_prose(paragraph[start:end])
            ]
            for text in map(shorten, sentences[:count]):
                if len(text) < LONGEST_CHARACTERS:
                    yield text, (name, row["part"]) == TESTED_PART


def parse(rows: Sequence[tuple[str, bool]], model: str) -> list[Parsed]:
    """Take sentences apart."""
    spacy = importlib.import_module("spacy")
    parser = spacy.load(model, exclude=["ner", "lemmatizer", "attribute_ruler"])
    return [
        Parsed(
            document.text,
            tuple(Token(one.idx, one.text, one.tag_, one.dep_, one.head.i) for one in document),
            tested,
        )
        for document, tested in parser.pipe(rows, as_tuples=True, batch_size=128)
    ]


def needed_prepositions(sentences: Sequence[Parsed]) -> set[tuple[str, str]]:
    """Find the words that are hardly ever without one preposition behind them."""
    together: Counter[tuple[str, str]] = Counter()
    alone: Counter[str] = Counter()
    for sentence in sentences:
        for one, following in zip(sentence.tokens, sentence.tokens[1:], strict=False):
            alone[one.text.lower()] += 1
            if following.tag in {"IN", "TO"}:
                together[one.text.lower(), following.text.lower()] += 1
    return {
        pair
        for pair, count in together.items()
        if alone[pair[0]] >= NEEDED_LEAST and count / alone[pair[0]] >= NEEDED_SHARE
    }


class Bonds:
    """One parsed sentence, asked where it can be cut."""

    def __init__(self, tokens: Sequence[Token], needed: set[tuple[str, str]]) -> None:
        self.tokens, self.needed = tokens, needed
        self.below: dict[int, list[int]] = defaultdict(list)
        self.root = next((at for at, one in enumerate(tokens) if one.head == at), None)
        for at, one in enumerate(tokens):
            if one.head != at:
                self.below[one.head].append(at)

    def is_whole(self, end: int) -> bool:
        """Tell whether the tokens before ``end`` are a sentence."""
        main = self._main(end)
        if main is None or not self._has_subject_and_verb(main, end):
            return False
        if any(
            one.head >= end and at != main and one.bond != "punct" for at, one in enumerate(self.tokens[:end])
        ):
            return False
        lost = [at for at in range(end, len(self.tokens)) if self.tokens[at].head < end]
        return not any(self._is_needed(at, end, main) for at in lost)

    def _main(self, end: int) -> int | None:
        """Find the verb of the sentence; of "…, police said" it is the one before the comma."""
        if self.root is None or self.root < end:
            return self.root
        if self.tokens[self.root].text.lower() not in SAYING:
            return None
        said = [
            at for at in self.below[self.root] if self.tokens[at].bond in {"ccomp", "parataxis"} and at < end
        ]
        return said[0] if said else None

    def _has_subject_and_verb(self, verb: int, end: int) -> bool:
        parts = [self.tokens[at] for at in self.below[verb] if at < end]
        finite = self.tokens[verb].tag in FINITE or any(
            one.bond in {"aux", "auxpass"} and one.tag in FINITE for one in parts
        )
        return finite and any(one.bond in SUBJECTS for one in parts)

    def _is_needed(self, at: int, end: int, main: int) -> bool:
        one = self.tokens[at]
        head, word = self.tokens[one.head], one.text.lower()
        if one.bond in BONDS:
            return not (one.bond == "ccomp" and one.head == main and main != self.root)
        to = any(self.tokens[child].text.lower() == "to" for child in self.below[at])
        if one.bond == "acl" or (one.bond == "advcl" and one.head == end - 1):
            return to
        if one.bond in {"prep", "agent"}:
            complements = {self.tokens[child].bond for child in self.below[one.head]}
            bare_be = head.text.lower() in BE and not complements & {"attr", "acomp", "expl"}
            pair = (self.tokens[end - 1].text.lower(), word)
            return word == "of" or bare_be or (at == end and pair in self.needed)
        return one.bond in {"conj", "cc"} and head.tag.startswith(NAMES) and self._is_listed(one.head, end)

    def _is_listed(self, head: int, end: int) -> bool:
        """Tell whether a noun is one of a list already begun: "A, B | and C", "between A | and B"."""
        begun = [self.tokens[child] for child in self.below[head] if child < end]
        governor = self.tokens[self.tokens[head].head].text.lower()
        return (
            self.tokens[head].bond == "conj"
            or governor == "between"
            or any(one.bond == "conj" or one.text == "," for one in begun)
        )


def common_words(sentences: Sequence[Parsed]) -> dict[str, str]:
    """Learn the class of every common word that its ending does not tell."""
    tags: dict[str, Counter[str]] = defaultdict(Counter)
    for sentence in sentences:
        for one in sentence.tokens:
            if one.text.islower() and one.text.isalpha() and one.tag in GROUPS:
                tags[one.text][GROUPS[one.tag]] += 1
    classes = {word: _class(found) for word, found in tags.items() if found.total() >= LEAST_WORD}
    return {word: sign for word, sign in sorted(classes.items()) if sign != suffix_class(word)}


def _class(found: Counter[str]) -> str:
    best, count = found.most_common(1)[0]
    past = found["D"] + found["E"]
    if best in "DE":
        return next((sign for sign in "DE" if found[sign] >= SURE_PAST * past), "X")
    verbs = found["V"] + found["B"]
    unsure = count < SURE * found.total() and min(found["N"], verbs) > (1 - SURE) * SURE * found.total()
    return "Y" if best in "NVB" and unsure else best


def cuts(
    sentence: Parsed, needed: set[tuple[str, str]], common: Mapping[str, str]
) -> Iterator[tuple[list[str], bool]]:
    """Give the signs of each cut of a sentence, and whether it leaves a whole one."""
    words = sentence.text.split()
    ends = range(FIRST_END, min(LAST_END + 1, len(words)))
    if not ends:
        return
    places, start = [], 0
    for word in words:
        start = sentence.text.index(word, start) + len(word)
        places.append(sum(one.start < start for one in sentence.tokens))
    bonds = Bonds(sentence.tokens, needed)
    opening = words[: LAST_END + LOOK_AHEAD]
    found = cut_signs(
        opening, finite_verb_at(opening), ends=ends, classes_by=partial(classify, common=common)
    )
    for end, signs in zip(ends, found, strict=True):
        last, after = words[end - 1], words[end]
        in_name = last[:1].isupper() and after[:1].isupper() and last[-1:].isalnum()
        refused = in_name or last.strip(MARKS).lower() in NEVER_LAST
        yield signs, not refused and bonds.is_whole(places[end - 1])


def fit(rows: Floats, wanted: Floats) -> Floats:
    """Fit the logistic regression; the last weight is the intercept."""
    turned = rows.T.tocsr()

    def loss(weights: Floats) -> tuple[float, Floats]:
        raw = rows @ weights[:-1] + weights[-1]
        miss = 1 / (1 + np.exp(-raw)) - wanted
        ridge = RIDGE * weights[:-1]
        value = (np.logaddexp(0, raw) - wanted * raw).sum() + weights[:-1] @ ridge / 2
        return float(value), np.concatenate([turned @ miss + ridge, [miss.sum()]])

    return minimize(
        loss, np.zeros(rows.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 200}
    ).x


def learn(examples: Sequence[tuple[list[str], bool]]) -> tuple[float, dict[str, float]]:
    """Learn the weight of every sign that is seen often enough."""
    seen = Counter(sign for signs, _ in examples for sign in signs)
    names = sorted(sign for sign, count in seen.items() if count >= LEAST_SEEN)
    places = {sign: at for at, sign in enumerate(names)}
    cells = [
        (row, places[sign]) for row, (signs, _) in enumerate(examples) for sign in signs if sign in places
    ]
    across, down = zip(*cells, strict=True)
    shape = (len(examples), len(names))
    weights = fit(
        sparse.csr_matrix((np.ones(len(cells)), (across, down)), shape=shape),
        np.array([whole for _, whole in examples], float),
    )
    return round(float(weights[-1]), 2), {
        sign: round(float(weight), 1)
        for sign, weight in zip(names, weights[:-1], strict=True)
        if abs(weight) >= LEAST_WEIGHT
    }


def judge(examples: Sequence[tuple[list[str], bool]], intercept: float, signs: Mapping[str, float]) -> None:
    """Print how well the table tells whole sentences in articles it has not seen."""
    odds = np.array([intercept + sum(signs.get(sign, 0.0) for sign in found) for found, _ in examples])
    whole = np.array([one for _, one in examples])
    ranks = np.argsort(np.argsort(odds)) + 1
    count = whole.sum()
    area = (ranks[whole].sum() - count * (count + 1) / 2) / (count * (len(whole) - count))
    print(f"{len(whole)} cuts, {100 * whole.mean():.1f} % whole; area under the curve {area:.3f}")
    for least in (0, 1, 2):
        taken = odds > least
        print(
            f"odds over {least}: {100 * whole[taken].mean():.1f} % whole, {100 * taken[whole].mean():.1f} % found"
        )


def write(intercept: float, words: Mapping[str, str], signs: Mapping[str, float]) -> None:
    """Write the readable table that ships in the wheel."""
    by_class: dict[str, list[str]] = defaultdict(list)
    for word, sign in words.items():
        by_class[sign].append(word)
    lines = [
        '"""Where sentences can be cut: written by ``benchmarks/train_phrases.py``, never by hand."""',
        "",
        "from __future__ import annotations",
        "",
        '__all__ = ["COMMON_WORDS", "INTERCEPT", "SIGNS"]',
        "",
        f"INTERCEPT = {intercept}",
        "",
        "# Common words that are not of the class their ending says (digest/condensing/phrases.py).",
        "COMMON_WORDS = {",
        *(f'    "{sign}": """\n{_filled(found)}\n    """,' for sign, found in sorted(by_class.items())),
        "}",
        "",
        "# Log-odds that what stands before a cut is a whole sentence, by sign (``cut_signs`` there).",
        "SIGNS = {",
        *(f"    {_quoted(sign)}: {weight}," for sign, weight in sorted(signs.items())),
        "}",
    ]
    TABLE_FILE.write_text("\n".join(lines) + "\n", "utf-8")


def _quoted(sign: str) -> str:
    """Quote a sign as the formatter does."""
    return f"'{sign}'" if '"' in sign else f'"{sign}"'


def _filled(words: Sequence[str]) -> str:
    lines = [" " * 7]
    for word in words:
        if len(lines[-1]) + len(word) > 105:  # noqa: PLR2004  # the width of a line here
            lines.append(" " * 7)
        lines[-1] += " " + word
    return "\n".join(lines)


def main() -> None:
    """Parse, learn, judge, and write where asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="the unpacked kit")
    parser.add_argument("--parser", required=True, help="an English model of spaCy: its package or folder")
    parser.add_argument("--write", action="store_true", help="write digest/condensing/phrase_weights.py")
    arguments = parser.parse_args()
    sentences = parse(list(read(arguments.folder)), arguments.parser)
    learned = [sentence for sentence in sentences if not sentence.tested]
    needed = needed_prepositions(learned)
    words = common_words(learned)
    intercept, signs = learn([cut for sentence in learned for cut in cuts(sentence, needed, words)])
    print(f"{len(words)} words, {len(signs)} signs")
    judge(
        [cut for sentence in sentences if sentence.tested for cut in cuts(sentence, needed, words)],
        intercept,
        signs,
    )
    if arguments.write:
        write(intercept, words, signs)


if __name__ == "__main__":
    main()
