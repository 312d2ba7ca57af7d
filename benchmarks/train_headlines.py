"""Train the choice of a made headline: ``python benchmarks/train_headlines.py KIT_FOLDER [--write]``.

Every way to trim an article's first sentences to a headline is a row of ``TRIM_FEATURES``; a listwise softmax
learns which of them is likest to the title a human gave. English learns from ``train_inshorts.jsonl``, whose
articles no score of ours is taken on, and, at half their weight, from the news of ``dev.jsonl``: they have no title,
and a headline is held against the one of their highlights that it is likest to. Other languages learn from
``dev_fr.jsonl``. Articles are ranked out of fold.

What ROUGE does not see is set by hand: a cut that leaves no whole sentence costs, and so do pronouns,
quotations, labels and the first person. Printed: ROUGE of five folds beside the first twelve words; with
``--write`` the table goes to ``digest/condensing/headline_weights.py``. Needs the ``bench`` extra.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import train_ranker
from listwise import fit_choice

from digest.condensing.headlining import TRIM_FEATURES, headline_trims
from digest.condensing.ranking import Ranker, rank

TABLE_FILE = Path(__file__).parent.parent / "digest" / "condensing" / "headline_weights.py"
TITLED_FILES = ("train_inshorts.jsonl", "dev_fr.jsonl")
UNTITLED_FILE = "dev.jsonl"
# Highlights are no titles, but without them the choice is learned on short news of one kind. 1 tried: titles lose.
SHARE_OF_UNTITLED = 0.5
FOLDS, SEED = 5, 2
TEMPERATURE, RIDGE = 12.0, 1.0
SHARE_OF_TWOS = 1.0
FIRST_WORDS = 12
# What readers mind and ROUGE does not: above all how doubtful it is that a headline is a whole sentence.
BY_HAND = {
    "doubt": -0.9, "dangles": -1.0, "pronoun": -0.5, "first_person": -1.0, "quoted": -0.2, "question": -0.5,
    "label": -0.8, "inner_cut": -0.2, "led_cut": -0.1,
}  # fmt: skip

Floats = Any  # numpy's arrays have no exact type here that says more


@dataclass
class Titled:
    """An article's trims as rows, and what each is worth beside its title; ``share`` is how much it counts."""

    rows: Floats
    worths: Floats
    scores: list[tuple[float, float, float]]
    first: tuple[float, float, float]
    fold: int
    share: float


def longest_common(one: Sequence[str], other: Sequence[str]) -> int:
    """Count the words of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for word in one:
        before = 0
        for at, against in enumerate(other, 1):
            before, row[at] = row[at], before + 1 if word == against else max(row[at], row[at - 1])
    return row[-1]


def rouge(title: list[str], line: list[str]) -> tuple[float, float, float]:
    """Give ROUGE-1, -2 and -L F1 in percent."""
    one, two = train_ranker.rouge(title, line)
    return one, two, 200 * longest_common(title, line) / max(1, len(title) + len(line))


def best_rouge(titles: Sequence[list[str]], line: list[str]) -> tuple[float, float, float]:
    """Give the ROUGE of a line beside the title that it is likest to."""
    return max((rouge(title, line) for title in titles), key=sum)


def load(
    cases: Sequence[train_ranker.Case], rows: Mapping[str, dict[str, Any]], rankers: Sequence[Ranker]
) -> list[Titled]:
    """Trim each article, without its title."""
    rng = random.Random(SEED)
    found = []
    for case in cases:
        row = rows[case.id]
        document = replace(case.document, title_stems=frozenset())
        scores = rank(document, ranker=rankers[case.fold])
        trims = headline_trims(document, scores)
        if not trims:
            continue
        titles = [row["title"]] if row["title"] else row["reference"]
        wanted = [train_ranker.rouge_words(title, case.lang) for title in titles]
        scored = [best_rouge(wanted, train_ranker.rouge_words(trim.text, case.lang)) for trim in trims]
        first = train_ranker.rouge_words(" ".join(row["text"].split()[:FIRST_WORDS]), case.lang)
        found.append(Titled(
            rows=np.array([trim.row for trim in trims]),
            worths=np.array([one + SHARE_OF_TWOS * two + length for one, two, length in scored]),
            scores=scored,
            first=best_rouge(wanted, first),
            fold=rng.randrange(FOLDS),
            share=1.0 if row["title"] else SHARE_OF_UNTITLED,
        ))  # fmt: skip
    return found


def fit(cases: Sequence[Titled]) -> Floats:
    """Learn what a trim's features say of its worth; give one weight per feature."""
    return fit_choice(
        [case.rows for case in cases],
        [case.worths for case in cases],
        [case.share for case in cases],
        temperature=TEMPERATURE,
        ridge=RIDGE,
    )


def with_hand(weights: Floats, by_hand: Mapping[str, float]) -> Floats:
    """Add what is set by hand: after fitting, since a fit that knows of it works against it."""
    return weights + np.array([by_hand.get(name, 0.0) for name in TRIM_FEATURES])


def cross_validate(name: str, cases: Sequence[Titled], by_hand: Mapping[str, float]) -> None:
    """Print ROUGE out of fold, and how likely the chosen ones are whole sentences; titles and highlights apart."""
    chosen = []
    for fold in range(FOLDS):
        weights = with_hand(fit([case for case in cases if case.fold != fold]), by_hand)
        chosen += [(case, int((case.rows @ weights).argmax())) for case in cases if case.fold == fold]
    for kind, share in (("titles", 1.0), ("highlights", SHARE_OF_UNTITLED)):
        if any(case.share == share for case in cases):
            _print(f"{name}, {kind}", [(case, at) for case, at in chosen if case.share == share])


def _print(name: str, chosen: Sequence[tuple[Titled, int]]) -> None:
    ours = np.mean([case.scores[at] for case, at in chosen], axis=0)
    first = np.mean([case.first for case, _ in chosen], axis=0)
    best = np.mean([max(case.scores, key=sum) for case, _ in chosen], axis=0)
    whole = np.mean([math.exp(-case.rows[at][TRIM_FEATURES.index("doubt")]) for case, at in chosen])
    for label, means in (("ours", ours), ("first 12 words", first), ("best of the trims", best)):
        print(f"{name} ({len(chosen)}), {label}: " + "/".join(f"{mean:.1f}" for mean in means))
    print(f"{name}: mean probability of a whole sentence {whole:.2f}")


def write(english: Floats, elsewhere: Floats) -> None:
    """Write the readable table that ships in the wheel."""
    rows = [
        f'    "{name}": ({one:.2f}, {other:.2f}),'
        for name, one, other in zip(TRIM_FEATURES, english, elsewhere, strict=True)
    ]
    lines = [
        '"""Worth of a made headline: written by ``benchmarks/train_headlines.py``, never by hand."""',
        "",
        "from __future__ import annotations",
        "",
        '__all__ = ["WEIGHTS"]',
        "",
        "# By feature (digest/condensing/headlining.py): in English, and in every other language.",
        "WEIGHTS = {",
        *rows,
        "}",
    ]
    TABLE_FILE.write_text("\n".join(lines) + "\n", "utf-8")


def main() -> None:
    """Trim, fit, and print or write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="the unpacked kit")
    parser.add_argument("--write", action="store_true", help="write digest/condensing/headline_weights.py")
    arguments = parser.parse_args()
    cases = train_ranker.load(arguments.folder)
    rankers = train_ranker.score_out_of_fold(cases)
    rows = {
        row["id"]: row
        for name in (*TITLED_FILES, UNTITLED_FILE)
        for row in map(json.loads, (arguments.folder / name).read_text("utf-8").splitlines())
        if bool(row["title"]) == (name in TITLED_FILES)
    }
    known = [case for case in cases if case.id in rows]
    english = load([case for case in known if case.lang == "en"], rows, rankers)
    elsewhere = load([case for case in known if case.lang != "en"], rows, rankers)
    cross_validate("English", english, BY_HAND)
    cross_validate("French", elsewhere, {})
    if arguments.write:
        write(with_hand(fit(english), BY_HAND), fit(elsewhere))


if __name__ == "__main__":
    main()
