"""Honest numbers for few tests: an interval for a pass rate, an exact test for a difference."""

from __future__ import annotations

from math import sqrt

SIGNIFICANT = 0.05
"""below this p-value a difference is called significant"""

_Z_95 = 1.959963984540054
"""the 0.975 quantile of the standard normal distribution"""


def wilson_interval(successes: int, total: int) -> tuple[float, float] | None:
    """The 95 % score interval of a proportion, within 0 and 1; None where nothing was tried.

    Formula: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927), 209-212, without continuity correction.
    Unlike rate ± error it stays honest at 0 %, at 100 % and for a handful of tests.
    """
    if total == 0:
        return None
    if not 0 <= successes <= total:
        raise ValueError(f"{successes} of {total} is no proportion")
    rate, square = successes / total, _Z_95 * _Z_95
    scale = 1 + square / total
    centre = (rate + square / (2 * total)) / scale
    half = _Z_95 / scale * sqrt(rate * (1 - rate) / total + square / (4 * total * total))
    # The true value at 0 and 1 is the rate itself; rounding must not put it outside.
    return max(0.0, min(rate, centre - half)), min(1.0, max(rate, centre + half))


def mcnemar_exact(fixed: int, broken: int) -> float:
    """The two-sided p-value that as many paired tests turned one way and the other by chance alone.

    `fixed` pairs failed and pass now, `broken` pairs passed and fail now; pairs that did not change say nothing.
    Formula: Q. McNemar, Psychometrika 12 (1947), 153-157, in its exact form: the binomial test of `fixed` out of
    `fixed + broken` at 1/2, twice the smaller tail, at most 1. Integers throughout, so no rounding at any size.
    """
    if fixed < 0 or broken < 0:
        raise ValueError("counts of pairs cannot be negative")
    pairs = fixed + broken
    ways = tail = 1  # "n over k", and its sum from 0 to k
    for k in range(min(fixed, broken)):
        ways = ways * (pairs - k) // (k + 1)
        tail += ways
    return min(1.0, 2 * tail / (1 << pairs))
