"""Judge whether a line ends where a sentence may end, by other means than the headliner's.

A logistic regression over the last words of a line as they are spelled: whole lines are the human titles and the
sentences of ``train_inshorts.jsonl``, cut ones are beginnings of its long sentences, broken off at random (one in
nine of those is whole by chance). It shares no code, no table and no label with ``digest.condensing``: what
both call whole, two different teachers call whole. It sees spelling and not sense, and judges many lines
together better than one. The level is the one that nine of ten human titles it was not trained on reach.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

SEED = 5
BUCKETS = 1 << 15
RIDGE = 2.0
LEAST, MOST = 5, 12
LONG = 18
TITLES_PASSED = 0.9
HELD_OUT = 5  # every fifth article
_END = re.compile(r"(?<=[a-z]{3}[.!?])\s+(?=[A-Z])")
_MARKS = ".,;:!?\"'“”‘’()"

Floats = Any  # numpy's arrays have no exact type here that says more


@dataclass(frozen=True)
class Judge:
    """The fitted weights, and the level from which on a line is called whole."""

    weights: Floats
    level: float
    cuts_passed: float

    def is_whole(self, line: str) -> bool:
        """Tell whether a line ends as titles and sentences do."""
        return float(self.weights[_buckets(line)].sum()) >= self.level


def _buckets(line: str) -> list[int]:
    return [crc32(sign.encode()) % BUCKETS for sign in _signs(line)]


def _signs(line: str) -> Iterator[str]:
    words = ["^", "^", *(word.strip(_MARKS) for word in line.split())]
    last, before, third = (words[-at].lower() for at in (1, 2, 3))
    tails = [f"{word[:1].isupper():d}{word.isdigit():d}{word[-3:].lower()}" for word in words[-3:]]
    yield "bias"
    yield "1" + last
    yield "2" + before
    yield f"12{before} {last}"
    yield "3" + third
    yield "t1" + tails[-1]
    yield "t2" + "".join(tails[-2:])
    yield "t3" + "".join(tails)
    yield f"m{before} {tails[-1]}"
    yield f"n{tails[-2]} {last}"


def train(folder: Path) -> Judge:
    """Fit the judge on a kit's titled articles."""
    rng = random.Random(SEED)
    rows = [json.loads(line) for line in (folder / "train_inshorts.jsonl").read_text("utf-8").splitlines()]
    learned = [example for at, row in enumerate(rows) if at % HELD_OUT for example in _examples(row, rng)]
    wanted = np.array([whole for _, whole in learned], float)
    found = [_buckets(line) for line, _ in learned]
    across = np.repeat(np.arange(len(found)), [len(one) for one in found])
    matrix = sparse.csr_matrix(
        (np.ones(len(across)), (across, np.concatenate(found))), shape=(len(found), BUCKETS)
    )
    turned = matrix.T.tocsr()
    # As many whole lines as cut ones, whatever the kit has.
    counts = np.where(wanted > 0, 0.5 / wanted.mean(), 0.5 / (1 - wanted.mean()))

    def loss(weights: Floats) -> tuple[float, Floats]:
        raw = matrix @ weights
        value = (counts * (np.logaddexp(0, raw) - wanted * raw)).sum() + RIDGE * weights @ weights / 2
        return float(value), turned @ (counts * (1 / (1 + np.exp(-raw)) - wanted)) + RIDGE * weights

    weights = minimize(loss, np.zeros(BUCKETS), jac=True, method="L-BFGS-B", options={"maxiter": 100}).x
    held = [row for at, row in enumerate(rows) if not at % HELD_OUT]
    titles = [weights[_buckets(row["title"])].sum() for row in held]
    level = float(np.quantile(titles, 1 - TITLES_PASSED))
    cuts = [weights[_buckets(line)].sum() for row in held for line, whole in _examples(row, rng) if not whole]
    return Judge(weights, level, float(np.mean(np.array(cuts) >= level)))


def _examples(row: dict[str, Any], rng: random.Random) -> Iterator[tuple[str, bool]]:
    yield row["title"], True
    for sentence in _END.split(row["text"].replace("\n", " ")):
        words = sentence.split()
        if len(words) >= LEAST:
            yield sentence, True
        if len(words) >= LONG:
            yield " ".join(words[: rng.randint(LEAST, MOST)]), False


def share_whole(judge: Judge, lines: Sequence[str]) -> float:
    """Give the share of lines that are called whole, in percent."""
    return 100 * sum(map(judge.is_whole, lines)) / len(lines)
