"""Written weights of evidence against outcomes: which say too much, which too little.

A cause's confidence is the logistic function of a sum of written log-odds. `noted_features` keeps which weights went
into each place while an analysis runs; `fit` moves the weights from what is written towards what came true, the less
the fewer outcomes speak for it.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import exp
from types import ModuleType

import numpy as np

Notes = dict[tuple[str, int], tuple[str, ...]]
Outcome = tuple[Sequence[str], bool]
_STEPS = 60


@contextmanager
def noted_features() -> Iterator[Notes]:
    """(file, line) of a place → the names of the weights that it was given; empty where causes weigh nothing."""
    notes: Notes = {}
    cards = _module("analyzer.causes.cards")
    given = getattr(cards, "features", None)
    if cards is None or given is None:
        yield notes
        return

    def noting(origin, explained):  # type: ignore[no-untyped-def]
        names = given(origin, explained)
        notes[origin.path.file, origin.path.line] = names
        return names

    cards.features = noting
    try:
        yield notes
    finally:
        cards.features = given


def written_weights() -> dict[str, float]:
    """Log-odds by name as they are written, the prior first; empty where there are none."""
    table = getattr(_module("analyzer.causes.weights"), "ORIGIN", {})
    return {name: weight.log_odds for name, weight in table.items()}


def chance_of(names: Sequence[str], weights: Mapping[str, float]) -> float:
    """The logistic function of the prior, which is the first weight, and of those named."""
    prior = next(iter(weights))
    total = sum(weight for name, weight in weights.items() if name == prior or name in names)
    return 1 / (1 + exp(-max(-30.0, min(30.0, total))))


def fit(outcomes: Sequence[Outcome], written: Mapping[str, float], *, trust: float = 1.0) -> dict[str, float]:
    """The weights that make the outcomes likeliest, held near the written ones (a normal prior of variance 1/trust).

    The first weight is the prior and counts for every outcome. Newton's method on the penalised likelihood of a
    logistic regression.
    """
    names = list(written)
    start = np.array([written[n] for n in names])
    rows = np.array([[n == names[0] or n in held for n in names] for held, _ in outcomes], dtype=float)
    right = np.array([float(r) for _, r in outcomes])
    weights = start.copy()
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (right - chance) - trust * (weights - start)
        curve = (rows * (chance * (1 - chance))[:, None]).T @ rows + trust * np.eye(len(names))
        step = np.linalg.solve(curve, slope)
        weights = weights + step
        if float(np.abs(step).max()) < 1e-9:
            break
    return dict(zip(names, (float(w) for w in weights), strict=True))


def _module(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None
