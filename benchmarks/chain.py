"""Fit the linear-chain model of ``digest/reading/weighing.py``: penalised likelihood by L-BFGS, all texts at once.

A text's labels may be open: each line has the parts it may be in, and the likelihood is that of all walks that keep
to them. Lines of all texts are laid out by their place in the text, so that one step of the sums is one product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize

from digest.reading.weighing import PARTS, TURNS

__all__ = ["STATES", "Text", "fit"]

STATES = (PARTS[0], PARTS[1], "body", *PARTS[2:])
MOVES = [tuple(STATES.index(part) for part in turn.split()) for turn in TURNS]
FIRST = np.array([name in {"before", "head", "body"} for name in STATES], float)
LAST = np.array([name in {"body", "after"} for name in STATES], float)
IMPOSSIBLE = -1e4
LEAST = 1e-300
Floats = Any  # numpy's arrays have no exact type here that says more


@dataclass(frozen=True)
class Text:
    """A text to learn from: its lines' traits, the traits of turns, the parts each line may be in, and its weight."""

    traits: Floats  # lines x traits
    turns: Floats  # lines x traits of turns
    allowed: Floats  # lines x STATES, 0 or 1
    weight: float


class Batch:
    """Texts laid out by step: first the first lines of all texts, the longest text's first, then the second lines."""

    def __init__(self, texts: Sequence[Text]) -> None:
        texts = sorted(texts, key=lambda text: -len(text.traits))
        sizes = np.array([len(text.traits) for text in texts])
        self.active = [int((sizes > step).sum()) for step in range(sizes[0])]
        self.begins = np.concatenate([[0], np.cumsum(self.active)])
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        order = np.concatenate([starts[:count] + step for step, count in enumerate(self.active)])
        self.last = np.array([self.begins[size - 1] + at for at, size in enumerate(sizes)])
        self.traits = np.vstack([text.traits for text in texts])[order]
        self.turns = np.vstack([text.turns for text in texts])[order]
        self.allowed = np.vstack([text.allowed for text in texts])[order] > 0
        self.weights = np.array([text.weight for text in texts])
        self.owners = np.repeat(np.arange(len(texts)), sizes)[order]

    def rows(self, step: int) -> slice:
        """Give the rows of all texts' lines at a step."""
        return slice(self.begins[step], self.begins[step + 1])

    def before(self, step: int) -> slice:
        """Give the rows one step earlier of the texts that go on."""
        return slice(self.begins[step - 1], self.begins[step - 1] + self.active[step])


def walks(batch: Batch, odds: Floats, turns: Floats) -> tuple[Floats, Floats, Floats]:
    """Sum all walks: each text's log-likelihood, the chance of each part and of each turn at each line."""
    most = odds.max(1)
    shares, moves = np.exp(odds - most[:, None]), np.exp(turns)
    ahead, scale = np.zeros_like(shares), np.zeros(len(shares))
    for step in range(len(batch.active)):
        rows = batch.rows(step)
        reached = (
            FIRST * shares[rows]
            if step == 0
            else np.matmul(ahead[batch.before(step)][:, None, :], moves[rows])[:, 0] * shares[rows]
        )
        whole = np.maximum(reached.sum(1), LEAST)
        ahead[rows], scale[rows] = reached / whole[:, None], np.log(whole)
    likelihood = np.bincount(batch.owners, scale + most)
    likelihood += np.log(np.maximum((ahead[batch.last] * LAST).sum(1), LEAST))
    behind, turned = np.zeros_like(shares), np.zeros_like(moves)
    behind[batch.last] = LAST
    for step in range(len(batch.active) - 1, 0, -1):
        rows, earlier = batch.rows(step), batch.before(step)
        goal = behind[rows] * shares[rows]
        taken = ahead[earlier][:, :, None] * moves[rows] * goal[:, None, :]
        turned[rows] = taken / np.maximum(taken.sum((1, 2)), LEAST)[:, None, None]
        back = np.matmul(moves[rows], goal[:, :, None])[:, :, 0]
        behind[earlier] = back / np.maximum(back.max(1), LEAST)[:, None]
    parts = ahead * behind
    return likelihood, parts / np.maximum(parts.sum(1), LEAST)[:, None], turned


def fit(texts: Sequence[Text], ridge: Floats, turn_ridge: float, rounds: int) -> tuple[Floats, Floats]:
    """Fit the weights, traits x STATES and turn traits x TURNS; ``ridge``: how strongly each trait is held back."""
    batch = Batch(texts)
    traits, turns = batch.traits.shape[1], batch.turns.shape[1]
    held = np.concatenate([np.repeat(ridge, len(STATES)), np.full(turns * len(MOVES), turn_ridge)])
    line_weights = batch.weights[batch.owners][:, None]

    def unpacked(weights: Floats) -> tuple[Floats, Floats]:
        cut = traits * len(STATES)
        return weights[:cut].reshape(traits, -1), weights[cut:].reshape(turns, -1)

    def loss(weights: Floats) -> tuple[float, Floats]:
        own, moving = unpacked(weights)
        odds, moves = batch.traits @ own, np.full((len(batch.traits), len(STATES), len(STATES)), IMPOSSIBLE)
        for (one, other), column in zip(MOVES, (batch.turns @ moving).T, strict=True):
            moves[:, one, other] = column
        free, free_parts, free_turns = walks(batch, odds, moves)
        right, parts, turned = walks(batch, np.where(batch.allowed, odds, IMPOSSIBLE), moves)
        parts = line_weights * (free_parts - parts)
        turned = line_weights * np.stack([(free_turns - turned)[:, one, other] for one, other in MOVES], 1)
        slope = np.concatenate([(batch.traits.T @ parts).ravel(), (batch.turns.T @ turned).ravel()])
        value = (batch.weights * (free - right)).sum() + (held * weights * weights).sum() / 2
        return float(value), slope + held * weights

    found = minimize(
        loss,
        np.zeros(len(held)),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": rounds},
    )
    return unpacked(found.x)
