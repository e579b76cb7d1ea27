"""Ties → the probability that a function is the one to change."""

from __future__ import annotations

import math
from collections.abc import Mapping

from analyzer.codepaths.suspects.ties import Tie

_BIAS = -3.0
_WEIGHTS: Mapping[Tie, float] = {}


def probability(ties: Mapping[Tie, float]) -> float:
    """That of a function with these ties, rivals aside."""
    score = _BIAS + sum(_WEIGHTS.get(tie, 0.0) * value for tie, value in ties.items())
    return 1 / (1 + math.exp(-score))
