"""Train the ranker: ``python benchmarks/train_ranker.py KIT_FOLDER [--write]``.

Reads the kit's articles with their human highlights, fits the two small linear models of
``digest/condensing`` and, with ``--write``, writes ``digest/condensing/weights.py``. Without it the five-fold
cross-validation is printed: ROUGE-1 and ROUGE-2 F1 of the chosen sentences beside the first three.

1. Sentences: logistic regression on membership in the greedy ROUGE oracle of three sentences. English words that
   stand in one of ten articles of every kind count too; which those are is told without the highlights.
2. Sets: listwise softmax (ListNet) on the ROUGE of each set of two or three of the nine likeliest sentences,
   their scores out of fold, so that the second model sees the first as it will be on a new article.

ROUGE is taken of the sentences as they are printed, shortened. Needs ``rouge-score``, numpy and scipy.
Deterministic; some minutes on one core.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from listwise import fit_choice
from nltk.stem import porter
from scipy import sparse
from scipy.optimize import minimize

from digest.condensing.choosing import SET_FEATURES, set_rows, summary_sets
from digest.condensing.features import FEATURES, Document, feature_rows, prepare_all
from digest.condensing.prose import is_prose
from digest.condensing.ranking import CUED_LANGUAGE, Ranker, rank
from digest.condensing.sentences import split_paragraph
from digest.condensing.shortening import shorten

FILES = ("dev.jsonl", "dev_xsum.jsonl", "dev_fr.jsonl", "train_inshorts.jsonl")
WEIGHTS_FILE = Path(__file__).parent.parent / "digest" / "condensing" / "weights.py"
FOLDS = 5
SEED = 1
# How much an article of each part counts: Inshorts and XSum are many and of one kind each.
SENTENCE_SHARES = {"inshorts": 0.4, "xsum": 0.5}
SET_SHARES = {"train": 2.0, "inshorts": 0.4, "xsum": 0.5, "orangesum": 0.7}
# A set is worth its ROUGE-1 and so many times its ROUGE-2; 1 to 8 tried.
SHARE_OF_TWOS = 4.0
# Points of worth at which a set is e times less wanted; below 30 summaries get short, above 80 nothing changes.
TEMPERATURE = 60.0
SENTENCE_RIDGE, CUE_RIDGE, SET_RIDGE = 1.0, 10.0, 0.15
# Words of one article in ten of each kind: no topics. One in twenty to one in thirty gained no more.
CUE_SHARE = 0.1
CUE_KINDS = {"cnn": "news", "dm": "news", "train": "news", "inshorts": "inshorts", "xsum": "xsum"}
LEAST_CUE = 0.03
MOST_WORDS, MOST_SENTENCES = 100, 3
# Parts that are the acceptance mix: CNN, Daily Mail and the titled articles of dev.jsonl.
MIX = {"cnn", "dm", "inshorts"}

Floats = Any  # numpy's arrays have no exact type here that says more


@dataclass
class Case:
    """One article of the kit, prepared, and what training finds out about it on the way."""

    id: str
    part: str
    in_dev: bool
    lang: str
    reference: list[str]
    document: Document
    words: list[list[str]]
    lead: tuple[float, float]
    fold: int
    rows: Floats = None
    cues: Floats = None
    wanted: Floats = None
    scores: list[float] = field(default_factory=list)
    sets: list[Any] = field(default_factory=list)
    set_rows: Floats = None
    worths: Floats = None


_STEMMER = porter.PorterStemmer()


@cache
def _porter(word: str) -> str:
    return str(_STEMMER.stem(word)) if len(word) > 3 else word  # noqa: PLR2004  # as rouge-score does


def rouge_words(text: str, lang: str) -> list[str]:
    """Cut a text as the kit's scorer does."""
    if lang == "en":
        return [_porter(word) for word in re.findall(r"[a-z0-9]+", text.lower())]
    return re.findall(r"[^\W_]+", text.lower())


def rouge(reference: list[str], words: list[str]) -> tuple[float, float]:
    """Give ROUGE-1 and ROUGE-2 F1 in percent."""
    pairs, other = Counter(pairwise(reference)), Counter(pairwise(words))
    ones = (Counter(reference) & Counter(words)).total()
    twos = (pairs & other).total()
    size = len(reference) + len(words)
    return 200 * ones / (size or 1), 200 * twos / max(1, size - 2)


def oracle(reference: list[str], sentences: list[list[str]]) -> list[int]:
    """Choose up to three sentences greedily by what they add to ROUGE-1 + ROUGE-2."""
    chosen: list[int] = []
    best = 0.0
    while len(chosen) < MOST_SENTENCES:
        gains = [
            (sum(rouge(reference, _joined(sentences, [*chosen, at]))), -at)
            for at in range(len(sentences))
            if at not in chosen
        ]
        if not gains or max(gains)[0] <= best:
            break
        best, at = max(gains)
        chosen.append(-at)
    return chosen


def _joined(sentences: list[list[str]], places: Sequence[int]) -> list[str]:
    return [word for place in sorted(places) for word in sentences[place]]


def load(folder: Path) -> list[Case]:
    """Read and prepare every article of the kit that has prose."""
    rng = random.Random(SEED)
    cases = []
    for name in FILES:
        for line in (folder / name).read_text("utf-8").splitlines():
            row = json.loads(line)
            lang = row["lang"]
            texts = [
                paragraph[start:end]
                for paragraph in row["text"].split("\n")
                for start, end in split_paragraph(paragraph, lang)
            ]
            prose = [text for text in texts if is_prose(text)]
            if not prose:
                continue
            own = prose[0] is texts[0]
            document = prepare_all(prose, title=row["title"], language=lang, opens_article=own)
            reference = rouge_words("\n".join(row["reference"]), lang)
            words = [rouge_words(shorten(text), lang) for text in prose]
            case = Case(
                id=row["id"],
                part=row["part"],
                in_dev=name == "dev.jsonl",
                lang=lang,
                reference=reference,
                document=document,
                words=words,
                lead=rouge(reference, rouge_words("\n".join(texts[:3]), lang)),
                fold=rng.randrange(FOLDS),
            )
            case.rows = np.array(feature_rows(document))
            case.wanted = np.zeros(len(prose))
            case.wanted[oracle(reference, words)] = 1
            cases.append(case)
    return cases


def cue_words(cases: list[Case]) -> list[str]:
    """List the English words that articles of every kind have: none of them a topic of one year."""
    totals: Counter[str] = Counter()
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for case in cases:
        if case.lang == CUED_LANGUAGE:
            totals[CUE_KINDS[case.part]] += 1
            found[CUE_KINDS[case.part]].update(set().union(*[one.tokens for one in case.document.sentences]))
    return sorted(
        word
        for word in set().union(*found.values())
        if not word.isdigit() and all(found[kind][word] >= CUE_SHARE * totals[kind] for kind in totals)
    )


def set_cues(cases: list[Case]) -> list[str]:
    """Set which cue words each sentence has; give the words."""
    words = cue_words(cases)
    places = {word: at for at, word in enumerate(words)}
    for case in cases:
        cells = [
            (at, places[word])
            for at, sentence in enumerate(case.document.sentences if case.lang == CUED_LANGUAGE else ())
            for word in sorted(places.keys() & sentence.tokens)
        ]
        rows, columns = ([cell[side] for cell in cells] for side in (0, 1))
        case.cues = sparse.csr_matrix(
            (np.ones(len(cells)), (rows, columns)), shape=(len(case.rows), len(words))
        )
    return words


def fit_sentences(cases: list[Case], words: list[str]) -> tuple[float, Floats, dict[str, float]]:
    """Fit the logistic regression; each article counts by the square root of its length."""
    wanted = np.concatenate([case.wanted for case in cases])
    counts = np.concatenate(
        [
            np.full(len(case.rows), SENTENCE_SHARES.get(case.part, 1.0) / math.sqrt(len(case.rows)))
            for case in cases
        ]
    )
    dense = sparse.csr_matrix(np.vstack([case.rows for case in cases]))
    rows = sparse.hstack(
        [dense, sparse.vstack([case.cues for case in cases]), np.ones((len(wanted), 1))]
    ).tocsr()
    turned = rows.T.tocsr()
    size = len(FEATURES)
    ridges = np.concatenate([np.full(size, SENTENCE_RIDGE), np.full(len(words), CUE_RIDGE), [0.0]])

    def loss(weights: Floats) -> tuple[float, Floats]:
        raw = rows @ weights
        chance = 1 / (1 + np.exp(-raw))
        ridge = weights * ridges
        value = (counts * (np.logaddexp(0, raw) - wanted * raw)).sum() + weights @ ridge / 2
        return float(value), turned @ (counts * (chance - wanted)) + ridge

    found = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 1000})
    cues = dict(zip(words, found.x[size:-1].round(2).tolist(), strict=True))
    return (
        float(found.x[-1]),
        found.x[:size],
        {word: weight for word, weight in cues.items() if abs(weight) >= LEAST_CUE},
    )


def score_sentences(case: Case, ranker: Ranker) -> None:
    """Set a case's scores, its sets and what each set is worth."""
    case.scores = rank(case.document, ranker=ranker)
    case.sets = summary_sets(case.document, case.scores, count=MOST_SENTENCES, words=MOST_WORDS)
    if case.sets:
        case.set_rows = np.array(list(set_rows(case.document, case.scores, case.sets)))
        both = [
            rouge(case.reference, _joined(case.words, [one.place for one in chosen])) for chosen in case.sets
        ]
        case.worths = np.array([one + SHARE_OF_TWOS * two for one, two in both])


def sentence_ranker(cases: list[Case], words: list[str]) -> Ranker:
    """Train a ranker of sentences alone."""
    intercept, weights, cues = fit_sentences(cases, words)
    return Ranker(intercept, tuple(weights.tolist()), (), cues)


def fit_sets(cases: list[Case]) -> Floats:
    """Learn what a set's features say of its ROUGE; give one weight per feature."""
    cases = [case for case in cases if case.sets]
    return fit_choice(
        [case.set_rows for case in cases],
        [case.worths for case in cases],
        [SET_SHARES.get(case.part, 1.0) for case in cases],
        temperature=TEMPERATURE,
        ridge=SET_RIDGE,
    )


def score_out_of_fold(cases: list[Case]) -> list[Ranker]:
    """Score each fold by the sentences of the others; give the rankers of sentences."""
    words = set_cues(cases)
    rankers = [sentence_ranker([case for case in cases if case.fold != fold], words) for fold in range(FOLDS)]
    for case in cases:
        score_sentences(case, rankers[case.fold])
    return rankers


def fold_rankers(cases: list[Case]) -> list[Ranker]:
    """Train one ranker per fold, without that fold."""
    return [
        replace(ranker, set_weights=tuple(fit_sets([case for case in cases if case.fold != fold]).tolist()))
        for fold, ranker in enumerate(score_out_of_fold(cases))
    ]


def cross_validate(cases: list[Case]) -> None:
    """Print ROUGE out of fold by part, beside the first three sentences."""
    rows: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    for fold in range(FOLDS):
        weights = fit_sets([case for case in cases if case.fold != fold])
        for case in cases:
            if case.fold != fold:
                continue
            chosen = (
                case.sets[int((case.set_rows @ weights).argmax())]
                if case.sets
                else case.document.sentences[:1]
            )
            one, two = rouge(case.reference, _joined(case.words, [sentence.place for sentence in chosen]))
            row = (
                one,
                two,
                one - case.lead[0],
                two - case.lead[1],
                sum(sentence.words for sentence in chosen),
            )
            rows[case.part].append(row)
            if case.in_dev and case.part in MIX:
                rows["(mix)"].append(row)
    print(f"{'part':<12}{'n':>6}{'R1':>8}{'R2':>8}{'dR1':>8}{'dR2':>8}{'words':>8}")
    for part, values in sorted(rows.items()):
        means = [sum(column) / len(values) for column in zip(*values, strict=True)]
        print(f"{part:<12}{len(values):>6}" + "".join(f"{mean:>8.2f}" for mean in means))


def write(ranker: Ranker) -> None:
    """Write the readable table that ships in the wheel."""
    lines = [
        '"""The ranker\'s weights: written by ``benchmarks/train_ranker.py``, never by hand."""',
        "",
        "from __future__ import annotations",
        "",
        '__all__ = ["CUES", "INTERCEPT", "SET_WEIGHTS", "WEIGHTS"]',
        "",
        f"INTERCEPT = {ranker.intercept:.3f}",
        "",
        "# Log-odds that a sentence belongs to a summary, by feature (digest/condensing/features.py).",
        "WEIGHTS = {",
        *(
            f'    "{name}": {weight:.3f},'
            for name, weight in zip(FEATURES, ranker.sentence_weights, strict=True)
        ),
        "}",
        "",
        "# The same of everyday English words, once for a sentence that has them.",
        "CUES = {",
        *(f'    "{word}": {weight:.2f},' for word, weight in sorted(ranker.cues.items())),
        "}",
        "",
        "# Worth of a summary as a whole, by feature (digest/condensing/choosing.py).",
        "SET_WEIGHTS = {",
        *(
            f'    "{name}": {weight:.3f},'
            for name, weight in zip(SET_FEATURES, ranker.set_weights, strict=True)
        ),
        "}",
    ]
    WEIGHTS_FILE.write_text("\n".join(lines) + "\n", "utf-8")


def main() -> None:
    """Train, and write or cross-validate."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="the unpacked kit")
    parser.add_argument("--write", action="store_true", help="write digest/condensing/weights.py")
    arguments = parser.parse_args()
    cases = load(arguments.folder)
    score_out_of_fold(cases)
    if arguments.write:
        ranker = sentence_ranker(cases, set_cues(cases))
        write(replace(ranker, set_weights=tuple(fit_sets(cases).tolist())))
    else:
        cross_validate(cases)


if __name__ == "__main__":
    main()
