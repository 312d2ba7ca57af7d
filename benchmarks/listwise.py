"""Learn to choose from lists: a linear model whose chances follow what the entries are worth (ListNet).

Source: Cao et al., "Learning to rank: from pairwise approach to listwise approach" (2007).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.optimize import minimize

__all__ = ["fit_choice"]

Floats = Any  # numpy's arrays have no exact type here that says more
_STEPS = 1000


def fit_choice(
    lists: Sequence[Floats],
    worths: Sequence[Floats],
    shares: Sequence[float],
    *,
    temperature: float,
    ridge: float,
) -> Floats:
    """Fit the softmax of each list to the softmax of its entries' worths; give one weight per feature.

    ``lists`` hold one row of features per entry, ``worths`` one number, ``shares`` how much each list counts.
    An entry worth ``temperature`` less is e times less wanted. ``ridge`` is on features scaled to a deviation of 1.
    """
    rows = np.vstack(lists)
    scale = rows.std(0) + 1e-9
    rows = rows / scale
    sizes = np.array([len(one) for one in lists])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    owner = np.repeat(np.arange(len(lists)), sizes)
    counts = np.array(shares)

    def softmax(raw: Floats) -> tuple[Floats, Floats]:
        top = np.maximum.reduceat(raw, starts)
        grown = np.exp(raw - top[owner])
        total = np.add.reduceat(grown, starts)
        return grown / total[owner], top + np.log(total)

    target, _ = softmax(np.concatenate(worths) / temperature)

    def loss(weights: Floats) -> tuple[float, Floats]:
        raw = rows @ weights
        chance, log_total = softmax(raw)
        value = (counts * (log_total - np.add.reduceat(target * raw, starts))).sum()
        slope = rows.T @ ((chance - target) * counts[owner])
        return float(value + ridge * weights @ weights / 2), slope + ridge * weights

    found = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
    return found.x / scale
