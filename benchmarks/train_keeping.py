"""Fit the weights of ``digest/reading/keeping.py``: ``python benchmarks/train_keeping.py KIT_FOLDER [--write]``.

Prints body F1 and segment F1 of pages that the weights did not see (ten folds, three shuffles), with the paired
interval of the difference to trafilatura; ``--write`` fits on all pages and writes the table. Needs numpy and scipy.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from reading import scorer_of
from scipy.optimize import minimize

from digest.reading import keeping_weights
from digest.reading.charsets import decode
from digest.reading.dom import parse
from digest.reading.html import extract
from digest.reading.keeping import Facts, facts_of, kept, taken_shares
from digest.reading.lines import Line
from digest.reading.pageblocks import HINTS, PageBlock, page_blocks
from digest.reading.said import said_by
from digest.reading.titles import choose_title

TAKEN = 0.5  # of a block: more than half
STRENGTH = 1.0  # of the fit against small weights; .5 and 3 are within .001 of it
SEGMENT_WEIGHT = 0.01  # of a block judged by a multilingual page's segment, where a whole page weighs about 1
FOLDS, SHUFFLES, ROUNDS = 10, 3, 1000
LABEL = 25  # characters; a shorter block is not looked for inside a segment
HEAD = '''"""Weights of ``keeping.py``: for each fact, of a block that was taken and of one that was left out.

Above 0 speaks for the article. Written by ``benchmarks/train_keeping.py --write``; do not edit.
"""

from __future__ import annotations

__all__ = ["WEIGHTS"]

WEIGHTS: dict[str, tuple[float, float]] = {
'''


@dataclass(slots=True)
class Page:
    """A page of the kit with all that weights need, so that a fold only multiplies."""

    gold: dict[str, Any]
    blocks: list[PageBlock]
    found: list[Line]
    title: str | None
    rows: list[tuple[Facts, bool, bool, float]]


def main() -> int:
    """Cross-validate, and write the table where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kit", type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    scorer = scorer_of(arguments.kit)
    pages = [
        page_of(scorer, arguments.kit / part, gold)
        for part in ("pages", "pages_multilingual")
        for gold in scorer.load(arguments.kit / part / "gold.jsonl").values()
    ]
    for seed in range(SHUFFLES):
        cross_validate(scorer, pages, seed)
    if arguments.write:
        weights = fit(pages)
        rows = "".join(f'    "{name}": ({one:.3f}, {other:.3f}),\n' for name, (one, other) in weights.items())
        Path(keeping_weights.__file__).write_text(HEAD + rows + "}\n", encoding="utf-8")
    return 0


def page_of(scorer: ModuleType, folder: Path, gold: dict[str, Any]) -> Page:
    """Read a page once: blocks, trafilatura's lines, facts and labels."""
    text = decode((folder / gold["file"]).read_bytes(), claimed=None, override=None)
    url = gold["url"] if str(gold.get("url")).startswith("http") else None
    root = parse(text)
    if root is None:
        raise SystemExit(f"{gold['id']}: no page")
    said = said_by(root, url)
    title = choose_title(said.titles, said.site, url or said.url)
    blocks, found = page_blocks(root), extract(text, url or said.url).lines
    shares = taken_shares(blocks, [line.text for line in found])
    labels = labels_by_text(blocks, gold) if gold.get("text") else labels_by_segment(scorer, blocks, gold)
    words = sum(block.words for block, label in zip(blocks, labels, strict=True) if label) or 1
    rows = [
        (
            fact,
            share > TAKEN,
            label,
            min(1.0, (block.words + 1) / words) if gold.get("text") else SEGMENT_WEIGHT,
        )
        for block, fact, share, label in zip(
            blocks, facts_of(blocks, shares, title), shares, labels, strict=True
        )
        if fact is not None and label is not None
    ]
    return Page(gold, blocks, found, title, rows)


def labels_by_text(blocks: Sequence[PageBlock], gold: dict[str, Any]) -> list[bool | None]:
    """Label each block by whether most of it stands in the gold body."""
    lines = gold["text"].split("\n")
    bare = [line.lstrip("-*• 0123456789.") for line in lines]
    return [share > TAKEN for share in taken_shares(blocks, [gold["text"], *lines, *bare])]


def labels_by_segment(
    scorer: ModuleType, blocks: Sequence[PageBlock], gold: dict[str, Any]
) -> list[bool | None]:
    """Label the few blocks that a page's segments speak of."""
    wanted, unwanted = (list(map(scorer.squash, gold.get(name) or [])) for name in ("with", "without"))

    def is_of(text: str, parts: list[str]) -> bool:
        return any(part in text or (len(text) > LABEL and text in part) for part in parts)

    return [
        True if is_of(block.text, wanted) else False if is_of(block.text, unwanted) else None
        for block in blocks
    ]


def fit(pages: Sequence[Page]) -> dict[str, tuple[float, float]]:
    """Fit both tables by logistic regression with small weights preferred."""
    names = list(
        dict.fromkeys(
            [*sorted({name for p in pages for row in p.rows for name in row[0]}), *(f"in {h}" for h in HINTS)]
        )
    )
    columns = [
        fit_table(names, [row for page in pages for row in page.rows if row[1] is was])
        for was in (True, False)
    ]
    return {name: (one, other) for name, one, other in zip(names, *columns, strict=True)}


def fit_table(names: Sequence[str], rows: Sequence[tuple[Facts, bool, bool, float]]) -> list[float]:
    """Fit one table."""
    x = np.array([[row[0].get(name, 0.0) for name in names] for row in rows])
    sign = np.where([row[2] for row in rows], 1.0, -1.0)
    weight = np.array([row[3] for row in rows])
    weight /= weight.mean()
    held = np.array([0.0 if name == "one" else 1.0 for name in names])  # the constant goes free

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (x @ w)
        slope = -sign * weight / (1 + np.exp(np.clip(margin, -500, 500)))
        value = 0.5 * (held * w * w).sum() + STRENGTH * (weight * np.logaddexp(0, -margin)).sum()
        return float(value), held * w + STRENGTH * (x.T @ slope)

    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 1000})
    return [float(value) for value in found.x]


def cross_validate(scorer: ModuleType, pages: Sequence[Page], seed: int) -> None:
    """Print how pages fare by weights that did not see them."""
    shuffled = list(pages)
    random.Random(seed).shuffle(shuffled)
    texts: dict[str, str] = {}
    for fold in range(FOLDS):
        held = {page.gold["id"] for page in shuffled[fold::FOLDS]}
        keeping_weights.WEIGHTS = fit([page for page in shuffled if page.gold["id"] not in held])
        for page in shuffled[fold::FOLDS]:
            lines = kept(page.blocks, page.found, page.title)
            texts[page.gold["id"]] = text_of(page.found if lines is None else lines)
    whole = [page for page in pages if page.gold.get("text")]
    counts = [scorer.page_counts(page.gold["text"], texts[page.gold["id"]]) for page in whole]
    base = [scorer.page_counts(page.gold["text"], text_of(page.found)) for page in whole]
    chance, drawn = random.Random(0), []
    for _ in range(ROUNDS):
        some = [chance.randrange(len(whole)) for _ in whole]
        one, other = (scorer.aggregate([every[at] for at in some])["f1"] for every in (counts, base))
        drawn.append(one - other)
    low, high = scorer.ci(drawn)
    f1, base_f1 = scorer.aggregate(counts)["f1"], scorer.aggregate(base)["f1"]
    rows = {page.gold["id"]: {"text": texts[page.gold["id"]]} for page in pages if not page.gold.get("text")}
    gold = {page.gold["id"]: page.gold for page in pages if page.gold["id"] in rows}
    segments = scorer.score(gold, rows, sorted(gold), 0, 0)["segments"]["f1"]
    ours, theirs = f"unseen: F1 {f1:.4f}, segments {segments:.3f}", f"trafilatura {base_f1:.4f}"
    print(f"{ours}; {theirs}, {f1 - base_f1:+.4f} [{low:+.4f}, {high:+.4f}]", flush=True)


def text_of(lines: Sequence[Line]) -> str:
    """Join lines as the scorer wants them."""
    return "\n".join(line.text for line in lines)


if __name__ == "__main__":
    sys.exit(main())
