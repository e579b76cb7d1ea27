"""Ties → the probability that a function is the one to change.

The weights are log-odds, fitted by logistic regression with a penalty (L2, 1.5) on 185 fixes of 27 public Python
projects whose commit messages quote the stack trace, each read at the commit before the fix, and rounded. Three are set
by hand, for they are rare and plain reasoning says more than few cases can; each says so.
`docs/traces-to-functions.md` has the counts behind them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from analyzer.codepaths.suspects.ties import Tie

_BIAS = -3.05
_WEIGHTS: Mapping[Tie, float] = {
    Tie.FIRST: 2.2,
    Tie.SECOND: 0.5,
    Tie.FURTHER: -0.9,
    Tie.LATER: 0.6,
    Tie.ALONE: 0.8,
    Tie.AGAIN: 0.7,
    Tie.LOCAL: 1.2,
    Tie.ABOVE: 0.35,
    Tie.CHECKS: -0.3,
    Tie.RAISES: -0.6,
    Tie.GENERIC: -0.7,
    Tie.HANDS_ON: -0.6,
    Tie.SAME_FILE: 0.7,
    Tie.CLASS: -0.15,
    Tie.CLASSES: -0.5,
    Tie.MATE: -1.2,
    Tie.CALLED: -0.7,
    Tie.READ: -0.5,
    Tie.MADE: -0.5,
    Tie.MODULE: -0.7,
    Tie.NAMED_CLASS: 0.4,
    Tie.LONG: 0.15,
    Tie.WIDE: -0.2,
    # by hand: a call and a definition disagree, so one of the two is wrong
    Tie.NAMED: 1.5,
    # by hand: what lacks the attribute can be given it; right in 3 cases of 9
    Tie.LACKING: 1.0,
    # by hand: what should have set the attribute did not, or too late; right in 3 cases of 3
    Tie.SETS_LACKING: 1.5,
}


def probability(ties: Mapping[Tie, float]) -> float:
    """That of a function with these ties, rivals aside."""
    score = _BIAS + sum(_WEIGHTS.get(tie, 0.0) * value for tie, value in ties.items())
    return 1 / (1 + math.exp(-score))
