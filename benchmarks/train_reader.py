"""Train the reader of pasted pages: ``python benchmarks/train_reader.py KIT_FOLDER [--more FOLDER] [--write]``.

Reads the kit's pasted texts with the articles in them and fits two models. With ``--write`` it writes
``digest/reading/weights.py`` and ``digest/reading/heading_weights.py``, with ``--write-headline`` the second alone.
Without them the five-fold cross-validation is printed, all texts of a site in the same fold: F1, the worst texts and
the share of right headlines. ``--more`` is a folder of further texts, ``ID.txt``, for pages of the kit that have no
pasted text (``paste_pages.py`` makes it). ``--body`` leaves the headline's weights as they are.

1. The parts of a page: the linear chain of ``digest/reading/weighing.py`` (``chain.py`` fits it).
2. The headline: among the lines that could be one, the chance of the right one (softmax), around a body found
   out of fold.

Needs numpy and scipy. Deterministic; some minutes on one core.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from chain import STATES, Text, fit
from pastes import FOLDS, Case, load
from reading import scorer_of
from scipy.optimize import minimize

from digest.reading import pasted
from digest.reading.features import TRAITS, TURN_TRAITS
from digest.reading.headings import TITLE_TRAITS, candidates
from digest.reading.lines import Draft, key
from digest.reading.weighing import PARTS, TURNS, Model, Row, shipped

ROOM = Path(__file__).parent.parent / "digest" / "reading"
RIDGE, TURN_RIDGE, RIDGE_TITLE = 6.0, 4.0, 1.0
ROUNDS = 100  # of the search: stopped before the last pages are learned by heart
SOFTNESS = 0.85  # of all weights: a chain whose lines are alike is surer than it is right
INNER = 3  # folds inside a fold
TITLE_SHARES = {
    "full": 1.0,
    "article": 0.6,
    "clean": 0.3,
    "more": 1.0,
    "foreign": 0.3,
    "drag": 0.3,
    "short": 0.0,
}
UNTITLED_SHARES = {"clean": 0.06}
Floats = Any  # numpy's arrays have no exact type here that says more


def trained(cases: Sequence[Case], *, with_titles: bool) -> Model:
    """Fit both models; without titles the headline's is the shipped one."""
    body = body_model(cases)
    if not with_titles:
        return replace(body, title=shipped().title)
    rows = []
    for fold in range(INNER):  # the headline is looked for above a body found as it will be in a new text
        inside = body_model([case for case in cases if hash_of(case.site) % INNER != fold])
        for case in cases:
            if hash_of(case.site) % INNER == fold:
                rows += title_rows(case, inside)
    title = fit_titles(rows)
    return replace(
        body, title={name: round(float(value), 3) for name, value in zip(TITLE_TRAITS, title, strict=True)}
    )


def body_model(cases: Sequence[Case]) -> Model:
    """Fit the chain of parts; the headline's weights are left empty."""
    texts = [
        Text(table_of(case, TRAITS), table_of(case, TURN_TRAITS), case.allowed, case.weight)
        for case in cases
        if case.lines
    ]
    own, turns = fit(texts, np.full(len(TRAITS), RIDGE), TURN_RIDGE, ROUNDS)
    own = SOFTNESS * (own - own[:, [STATES.index("body")]])
    columns = [STATES.index(part) for part in PARTS]
    return Model(
        {name: rounded(own[at, columns]) for at, name in enumerate(TRAITS)},
        {name: rounded(SOFTNESS * turns[at]) for at, name in enumerate(TURN_TRAITS)},
    )


def table_of(case: Case, names: Sequence[str]) -> Floats:
    """Give some traits of each line, a column for each name."""
    columns = {name: at for at, name in enumerate(names)}
    table = np.zeros((len(case.lines), len(names)))
    for at, shown in enumerate(case.seen.shown()):
        for name in shown.keys() & columns:
            table[at, columns[name]] = shown[name]
    return table


def rounded(values: Floats) -> Row:
    """Give weights as they are written."""
    return tuple(round(float(value), 3) for value in values)


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
        ones = candidates(lines, found)
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
    """Number a site, the same in every run."""
    return sum(at * ord(letter) for at, letter in enumerate(name, 1))


def crossed(cases: Sequence[Case], *, with_titles: bool) -> dict[str, Model]:
    """Give each page the model trained without its site."""
    models: dict[str, Model] = {}
    for fold in range(FOLDS):
        model = trained([case for case in cases if case.fold != fold], with_titles=with_titles)
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
    """Write the weights of the parts as tables."""
    tables = "".join(
        f"# {what}\n{name}: dict[str, tuple[float, ...]] = {{\n{listed(rows)}}}\n"
        for what, name, rows in (
            ("What a line shows.", "TRAIT_WEIGHTS", model.traits),
            (", ".join(TURNS) + ".", "TURN_WEIGHTS", model.turns),
        )
    )
    (ROOM / "weights.py").write_text(
        '"""The weights of a pasted page\'s parts: written by ``benchmarks/train_reader.py``, never by hand.\n\n'
        f'Log-odds against the body of a line\'s being {", ".join(PARTS)}; of turns, log-odds alone.\n"""\n\n'
        "# fmt: off  # a row reads best whole\n# ruff: noqa: E501  # the same\n\nfrom __future__ import annotations\n\n"
        '__all__ = ["TRAIT_WEIGHTS", "TURN_WEIGHTS"]\n\n' + tables,
        encoding="utf-8",
    )


def write_headline(model: Model) -> None:
    """Write the headline's weights as a table."""
    rows = "\n".join(f'    "{name}": {value:.3f},' for name, value in model.title.items())
    (ROOM / "heading_weights.py").write_text(
        '"""The headline\'s weights: written by ``benchmarks/train_reader.py``, never by hand."""\n\n'
        'from __future__ import annotations\n\n__all__ = ["TITLE_WEIGHTS"]\n\n'
        "# How much a line looks like the headline, by trait (digest/reading/headings.py).\n"
        f"TITLE_WEIGHTS = {{\n{rows}\n}}\n",
        encoding="utf-8",
    )


def listed(rows: Mapping[str, Row]) -> str:
    """Write the rows of a table."""
    return "".join(
        f'    "{name}": ({", ".join(f"{value:.3f}" for value in row)}),\n' for name, row in rows.items()
    )


def main() -> None:
    """Train, and print or write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kit", type=Path)
    parser.add_argument("--more", type=Path, help="a folder of further texts, ID.txt")
    parser.add_argument("--body", action="store_true", help="leave the headlines' weights as they are")
    parser.add_argument("--write", action="store_true", help="write the weights, trained on everything")
    parser.add_argument("--write-headline", action="store_true", help="write the headline's alone")
    arguments = parser.parse_args()
    cases = load(arguments.kit, arguments.more)
    if not (arguments.write or arguments.write_headline):
        show(arguments.kit, cases, crossed(cases, with_titles=not arguments.body))
        return
    model = trained(cases, with_titles=not arguments.body)
    if not arguments.body:
        write_headline(model)
    if arguments.write:
        write(model)


if __name__ == "__main__":
    main()
