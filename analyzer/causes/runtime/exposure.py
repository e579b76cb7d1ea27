"""Errors that a healthy cycle had too: no reason of this cycle's failures, unless they became more."""

from __future__ import annotations

from math import erfc, exp, lgamma, log, sqrt

from analyzer.model import Change, Cluster, Exposure

_CHANCE = 0.01
_MIN_RATIO = 2.0
_EXACT_UP_TO = 5_000


def rate_rose(now: Exposure, before: Exposure) -> bool:
    """Whether it happens more often: at least twice the rate, and by chance in fewer than one in a hundred cases.

    Of all occurrences the share that falls into this window is binomial where the rate is the same (the conditional
    test of two Poisson rates: J. Przyborowski and H. Wilenski, Biometrika 31 (1940), 313-323).
    """
    if now.minutes <= 0 or before.minutes <= 0 or now.count <= 0:
        return False
    if now.count * before.minutes < _MIN_RATIO * before.count * now.minutes:
        return False
    total, share = now.count + before.count, now.minutes / (now.minutes + before.minutes)
    return _at_least(now.count, total, share) < _CHANCE


def was_harmless(cluster: Cluster, now: Exposure | None, before: Exposure | None, *, green: bool) -> bool:
    """Whether the baseline had it at no lower rate and its tests passed all the same."""
    if cluster.change is not Change.ONGOING or not green or now is None or before is None or not before.count:
        return False
    return not rate_rose(now, before)


def _at_least(count: int, total: int, share: float) -> float:
    """P(X >= count) for a binomial X."""
    if total > _EXACT_UP_TO:
        spread = sqrt(total * share * (1 - share))
        return _normal_tail((count - 0.5 - total * share) / spread)
    terms = (
        lgamma(total + 1) - lgamma(k + 1) - lgamma(total - k + 1) + k * log(share) + (total - k) * log(1 - share)
        for k in range(count, total + 1)
    )
    return min(1.0, sum(exp(t) for t in terms))


def _normal_tail(z: float) -> float:
    return erfc(z / sqrt(2)) / 2
