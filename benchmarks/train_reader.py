"""Train the line model: ``python benchmarks/train_reader.py KIT_FOLDER [--more FOLDER] [--write]``.

Reads the kit's pasted texts with the articles in them, fits the two small linear models of
``digest/reading/features.py`` and the headline's of ``digest/reading/headings.py``; with ``--write`` it writes
``digest/reading/weights.py`` and ``digest/reading/heading_weights.py``, with ``--write-headline`` the second alone.
Without them the five-fold cross-validation is printed, the three messes of a page always in the same fold: F1, the
worst text and the share of right headlines. ``--more`` is a folder of further texts, ``ID.txt``, for pages of the
kit that have no pasted text (``paste_pages.py`` makes it).

1. Each line by itself: logistic regression on whether it belongs to the article.
2. The same with what the neighbours came out at, their scores out of fold.
3. The headline: among the lines that could be one, the chance of the right one (softmax), around a body found
   out of fold.

Needs numpy and scipy. Deterministic; two minutes on one core.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from reading import scorer_of
from scipy.optimize import minimize

from digest.reading import pasted
from digest.reading.features import BESIDE, TRAITS, Sight, beside, sights, traits
from digest.reading.headings import TITLE_TRAITS, candidates
from digest.reading.lines import Draft, Line, key, normalise, split, word_count
from digest.reading.marks import mark_of
from digest.reading.weighing import Model

WEIGHTS_FILE = Path(__file__).parent.parent / "digest" / "reading" / "weights.py"
HEADING_FILE = WEIGHTS_FILE.with_name("heading_weights.py")
FOLDS, SEED = 5, 1
RUN = 4  # words; what the kit's scorer compares
LEAST_LETTERS = 25  # of a line to be known inside a segment
RIDGE_OWN, RIDGE_BESIDE, RIDGE_TITLE = 3.0, 1.0, 1.0
INNER = 3  # folds inside a fold
TITLE_SHARES = {"full": 1.0, "article": 0.6, "clean": 0.3, "more": 1.0, "segments": 0.3, "drag": 0.6}
UNTITLED_SHARES = {"clean": 0.06}
SHARES = {"full": 1.0, "article": 1.0, "clean": 0.5, "more": 0.7, "segments": 0.4, "drag": 0.5}
Floats = Any  # numpy's arrays have no exact type here that says more


@dataclass
class Case:
    """One pasted text: its lines, which of them are the article's, and where it counts."""

    id: str
    page: str
    mess: str
    row: dict[str, Any]
    lines: list[Line]
    seen: list[Sight]
    wanted: Floats
    counts: Floats
    fold: int = 0
    own: Floats = None
    scores: list[float] = field(default_factory=list)


def tokens(text: str) -> list[str]:
    """Cut into words, one for each character of scripts without spaces."""
    return re.findall(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+", text.casefold())


def labelled(lines: Sequence[Line], gold: str) -> tuple[Floats, Floats]:
    """Tell which lines an article holds: by their runs of four words, short lines by being whole lines of it."""
    words = tokens(gold)
    runs = {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}
    whole = {tuple(tokens(line)) for line in gold.split("\n")}
    joined = f" {' '.join(words)} "
    wanted, counts = np.zeros(len(lines)), np.ones(len(lines))
    unsure = []
    for at, line in enumerate(lines):
        own = tokens(line.text)
        if tuple(own) in whole and own:
            wanted[at] = 1
        elif len(own) >= RUN:
            pieces = [tuple(own[i : i + RUN]) for i in range(len(own) - RUN + 1)]
            wanted[at] = float(sum(piece in runs for piece in pieces) >= len(pieces) / 2)
        elif own and f" {' '.join(own)} " in joined:
            unsure.append(at)
        counts[at] = min(len(own), 60) ** 0.7 + 0.7
    for at in unsure:  # inside the article, or by chance the same words
        around = [wanted[i] for i in (at - 1, at + 1) if 0 <= i < len(lines)]
        wanted[at] = float(sum(around) == len(around))
        counts[at] *= 0.3
    return wanted, counts


def by_segments(lines: Sequence[Line], row: dict[str, Any]) -> tuple[Floats, Floats]:
    """Label only the lines that hold a known segment, or that a known segment holds."""
    wanted, counts = np.zeros(len(lines)), np.zeros(len(lines))
    for at, line in enumerate(lines):
        flat = " ".join(line.text.split())
        for label, parts in ((1.0, row["with"]), (0.0, row.get("without") or [])):
            if any(
                " ".join(part.split()) in flat or (len(flat) > LEAST_LETTERS and flat in part)
                for part in parts
            ):
                wanted[at], counts[at] = label, 3.0
    return wanted, counts


def load(kit: Path, more: Path | None) -> list[Case]:
    """Read every text and label its lines."""
    cases = []
    for row in _rows(kit / "pasted"):
        text = (kit / "pasted" / row["file"]).read_text("utf-8")
        cases.append(_case(row["id"], row["page"], row["mess"], row, text))
    rng = random.Random(SEED)
    for part in ("pages", "pages_multilingual") if more else ():
        for row in _rows(kit / part):
            file = more / f"{row['id']}.txt" if more else kit
            if not file.exists():
                continue
            text = file.read_text("utf-8")
            case = _case(row["id"], row["id"], "more" if part == "pages" else "segments", row, text)
            cases.append(case)
            if part == "pages" and case.wanted.any():
                cases.append(_dragged(case, rng))
    pages = sorted({case.page for case in cases})
    rng.shuffle(pages)
    folds = {page: at % FOLDS for at, page in enumerate(pages)}
    for case in cases:
        case.fold = folds[case.page]
    return cases


def _rows(folder: Path) -> Iterable[dict[str, Any]]:
    return (json.loads(line) for line in (folder / "gold.jsonl").read_text("utf-8").splitlines())


def _case(name: str, page: str, mess: str, row: dict[str, Any], text: str) -> Case:
    return _made(name, page, mess, row, [line for line in split(normalise(text)) if line.text])


def _made(name: str, page: str, mess: str, row: dict[str, Any], lines: list[Line]) -> Case:
    seen = sights(lines, [word_count(line.text) for line in lines], [mark_of(line.text) for line in lines])
    wanted, counts = labelled(lines, row["text"]) if row.get("text") else by_segments(lines, row)
    own = np.array([[found.get(name, 0.0) for name in TRAITS] for found in traits(seen)]).reshape(
        -1, len(TRAITS)
    )
    return Case(name, page, mess, row, lines, seen, wanted, counts, own=own)


def _dragged(case: Case, rng: random.Random) -> Case:
    first, last = int(case.wanted.argmax()), int(len(case.wanted) - case.wanted[::-1].argmax())
    lines = case.lines[max(0, first - rng.randrange(1, 8)) : last + rng.randrange(4, 25)]
    return _made(f"{case.id}_drag", case.page, "drag", case.row, lines)


def fit(rows: Floats, wanted: Floats, counts: Floats, ridge: float) -> Floats:
    """Fit a logistic regression; the first column is the constant, and is not held back."""

    def loss(weights: Floats) -> tuple[float, Floats]:
        raw = rows @ weights
        chance = 1 / (1 + np.exp(-np.clip(raw, -30, 30)))
        held = ridge * weights
        held[0] = 0
        value = (counts * (np.logaddexp(0, raw) - wanted * raw)).sum() + weights @ held / 2
        return float(value), rows.T @ (counts * (chance - wanted)) + held

    return minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 400}).x


def shares(cases: Sequence[Case]) -> Floats:
    """Give each line's weight: a text counts by the square root of its length."""
    return np.concatenate(
        [SHARES[case.mess] * case.counts / max(1.0, case.counts.sum()) ** 0.5 for case in cases]
    )


def trained(cases: Sequence[Case]) -> Model:
    """Fit all three models."""
    body = body_model(cases)
    rows = []
    for fold in range(INNER):  # the headline is looked for above a body found as it will be in a new text
        inside = body_model([case for case in cases if hash_of(case.page) % INNER != fold])
        for case in cases:
            if hash_of(case.page) % INNER == fold:
                rows += title_rows(case, inside)
    title = fit_titles(rows)
    return replace(
        body, title={name: round(float(value), 3) for name, value in zip(TITLE_TRAITS, title, strict=True)}
    )


def body_model(cases: Sequence[Case]) -> Model:
    """Fit both models of the body; the headline's weights are left empty."""
    wanted, counts = np.concatenate([case.wanted for case in cases]), shares(cases)
    own = fit(np.vstack([case.own for case in cases]), wanted, counts, RIDGE_OWN)
    for fold in range(INNER):  # the second model sees the first as it will be on a new text
        inside = [case for case in cases if hash_of(case.page) % INNER != fold]
        weights = fit(
            np.vstack([case.own for case in inside]),
            np.concatenate([case.wanted for case in inside]),
            shares(inside),
            RIDGE_OWN,
        )
        for case in cases:
            if hash_of(case.page) % INNER == fold:
                case.scores = (case.own @ weights).tolist()
    rows = np.vstack([np.array(beside(case.seen, case.scores)).reshape(-1, len(BESIDE)) for case in cases])
    second = fit(rows, wanted, counts, RIDGE_BESIDE)
    return Model(
        {name: round(float(value), 3) for name, value in zip(TRAITS, own, strict=True)},
        tuple(round(float(value), 3) for value in second),
        {},
    )


def title_rows(case: Case, model: Model) -> list[tuple[Floats, Floats, float]]:
    """Give a text's candidates, which of them are the headline, and the text's weight; then without its headline.

    The last candidate is "none of them": right where the headline was taken out.
    """
    wanted = key(case.row.get("title") or "")
    if not wanted or wanted not in {key(line.text) for line in case.lines}:
        return []
    rest = [line for line in case.lines if key(line.text) != wanted]
    listed = []
    for lines, share in ((case.lines, TITLE_SHARES[case.mess]), (rest, UNTITLED_SHARES.get(case.mess, 0.0))):
        found = pasted.located(lines, model=model)
        ones = candidates(lines, found.marks, found.good, (found.first, found.last))
        right = [float(key(lines[one.at].text) == wanted) for one in ones]
        if share and ones and (lines is rest or any(right)):
            rows = [[one.traits.get(name, 0.0) for name in TITLE_TRAITS] for one in ones]
            rows.append([0.0] * len(TITLE_TRAITS))
            listed.append((np.array(rows), np.array([*right, float(lines is rest)]), share))
    return listed


def fit_titles(texts: Sequence[tuple[Floats, Floats, float]]) -> Floats:
    """Fit the chance of the right line among a text's candidates."""

    def loss(weights: Floats) -> tuple[float, Floats]:
        value, slope = RIDGE_TITLE * float(weights @ weights) / 2, RIDGE_TITLE * weights
        for rows, right, share in texts:
            raw = rows @ weights
            chance = np.exp(raw - raw.max())
            chance /= chance.sum()
            hit = max(float(chance @ right), 1e-12)
            value -= share * float(np.log(hit))
            slope = slope + share * (rows.T @ (chance - chance * right / hit))
        return value, slope

    return minimize(loss, np.zeros(len(TITLE_TRAITS)), jac=True, method="L-BFGS-B").x


def hash_of(name: str) -> int:
    """Number a page, the same in every run."""
    return sum(at * ord(letter) for at, letter in enumerate(name, 1))


def crossed(cases: Sequence[Case]) -> dict[str, Model]:
    """Give each page the model trained without it."""
    models: dict[str, Model] = {}
    for fold in range(FOLDS):
        model = trained([case for case in cases if case.fold != fold])
        models.update({case.page: model for case in cases if case.fold == fold})
    return models


def show(kit: Path, cases: Sequence[Case], models: dict[str, Model]) -> None:
    """Print F1, the worst text and right headlines for each mess."""
    scorer = scorer_of(kit)
    for mess in ("full", "article", "clean", "more", "drag"):
        gold = {case.id: case.row for case in cases if case.mess == mess}
        found = {}
        for case in cases:
            if case.mess == mess:
                draft = pasted.clean(Draft(lines=case.lines), model=models[case.page])
                found[case.id] = {"text": "\n".join(line.text for line in draft.lines), "title": draft.title}
        if not gold:
            continue
        scores = scorer.score(gold, found, sorted(gold), 0, 0)
        text, worst = scores["text"], sorted(scores["_pages"])[:8]
        print(
            f"{mess:8} {len(gold):3} F1 {text['f1']:.4f} {text['precision']:.3f}/{text['recall']:.3f}"
            f" page {text['page_f1']:.3f} title {scores.get('title', {}).get('strict', 0):.3f} worst "
            + " ".join(f"{page[3][:12]}:{page[0]:.2f}" for page in worst)
        )


def write(model: Model) -> None:
    """Write the line model's weights as a table."""
    rows = "\n".join(f'    "{name}": {value:.3f},' for name, value in model.own.items())
    second = "\n".join(
        f"    {value:.3f},  # {name}" for name, value in zip(BESIDE, model.beside, strict=True)
    )
    WEIGHTS_FILE.write_text(
        '"""The line model\'s weights: written by ``benchmarks/train_reader.py``, never by hand."""\n\n'
        'from __future__ import annotations\n\n__all__ = ["BESIDE_WEIGHTS", "OWN_WEIGHTS"]\n\n'
        "# Log-odds that a line belongs to the article, by trait (digest/reading/features.py).\n"
        f"OWN_WEIGHTS = {{\n{rows}\n}}\n\n# The same from what stands around it.\nBESIDE_WEIGHTS = (\n{second}\n)\n",
        encoding="utf-8",
    )


def write_headline(model: Model) -> None:
    """Write the headline's weights as a table."""
    rows = "\n".join(f'    "{name}": {value:.3f},' for name, value in model.title.items())
    HEADING_FILE.write_text(
        '"""The headline\'s weights: written by ``benchmarks/train_reader.py``, never by hand."""\n\n'
        'from __future__ import annotations\n\n__all__ = ["TITLE_WEIGHTS"]\n\n'
        "# How much a line looks like the headline, by trait (digest/reading/headings.py).\n"
        f"TITLE_WEIGHTS = {{\n{rows}\n}}\n",
        encoding="utf-8",
    )


def main() -> None:
    """Train, and print or write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kit", type=Path)
    parser.add_argument("--more", type=Path, help="a folder of further texts, ID.txt")
    parser.add_argument("--write", action="store_true", help="write the weights, trained on everything")
    parser.add_argument("--write-headline", action="store_true", help="write the headline's alone")
    arguments = parser.parse_args()
    cases = load(arguments.kit, arguments.more)
    if arguments.write or arguments.write_headline:
        model = trained(cases)
        write_headline(model)
        if arguments.write:
            write(model)
    else:
        show(arguments.kit, cases, crossed(cases))


if __name__ == "__main__":
    main()
