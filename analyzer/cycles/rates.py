"""Honest numbers for few occurrences: what silence proves, whether a rate changed, and how many may say so at once."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, lgamma, log, log1p

UNLIKELY = 0.05
"""silence proves something where the rate of before would have given it with no more than this probability"""
FALSE_DISCOVERIES = 0.05
"""share of the rates called changed that may be chance"""
_NEGLIGIBLE = 1e-17
"""share of a sum below which no further term moves its digits"""


def chance_of_silence(hits: int, tries: int, new_tries: int, *, alike: bool = False) -> float:
    """The probability that none of `new_tries` hits, where `hits` of `tries` did and nothing has changed.

    The predictive probability of a binomial with Jeffreys' prior, Beta(1/2, 1/2): B(h + 1/2, t - h + 1/2 + n) over
    B(h + 1/2, t - h + 1/2) (H. Jeffreys, Proceedings of the Royal Society A 186 (1946), 453-461; L. Brown, T. Cai and
    A. DasGupta, Statistical Science 16 (2001), 101-133). Unlike (1 - h/t)^n it does not take a hit of one try for
    certainty. Where tries are `alike` (requests on the same routes) many defects do fail every time, though: if all
    hit, half the prior weight is on that (a spike and a slab: T. Mitchell and J. Beauchamp, Journal of the American
    Statistical Association 83 (1988), 1023-1032). Alike, 1 of 1, 2 of 2 and 3 of 3 want 2 silent tries; 8 of 20 want 7,
    1 of 100 wants 636. One silent try alone proves nothing. More hits than tries count as all.
    """
    if hits <= 0 or new_tries <= 1:
        return 1.0
    tries = max(tries, hits)
    missed, whole = tries - hits + 0.5, tries + 1.0
    chance = min(1.0, exp(lgamma(missed + new_tries) - lgamma(missed) + lgamma(whole) - lgamma(whole + new_tries)))
    if hits < tries or not alike:
        return chance
    always = exp(lgamma(hits + 0.5) - lgamma(0.5) - lgamma(whole))  # how likely so many hits are without the spike
    return chance * always / (1 + always)


def chance_of_quiet(spells: int, minutes: float, new_minutes: float) -> float:
    """The probability of `new_minutes` without a spell, where `minutes` had so many and nothing has changed.

    The same for a rate per time: a Poisson count with Jeffreys' prior gives (T / (T + t))^(s + 1/2).
    """
    if spells <= 0 or new_minutes <= 0 or minutes <= 0:
        return 1.0
    return exp((spells + 0.5) * -log1p(new_minutes / minutes))


def rule_of_three(exposure: float) -> float | None:
    """The 95 % upper bound of a rate after no occurrence in so many requests or minutes; None without any.

    J. Hanley and A. Lippman-Hand, "If nothing goes wrong, is everything all right?", JAMA 249 (1983), 1743-1745.
    """
    return 3 / exposure if exposure > 0 else None


def compare_rates(count: int, exposure: float, other_count: int, other_exposure: float) -> float:
    """The two-sided p-value that two counts come from one rate, each in its exposure; 1 where an exposure is 0.

    J. Przyborowski and H. Wilenski, "Homogeneity of results in testing samples from Poisson series", Biometrika 31
    (1940), 313-323: given their sum, one of the counts is binomial with its share of the exposure. Twice the smaller
    tail, at most 1.
    """
    total = count + other_count
    if total == 0 or exposure <= 0 or other_exposure <= 0:
        return 1.0
    both = exposure + other_exposure
    share, rest = exposure / both, other_exposure / both
    return min(1.0, 2 * min(_tail(count, total, share, rest), _tail(other_count, total, rest, share)))


def discoveries(p_values: Mapping[str, float], rate: float = FALSE_DISCOVERIES) -> frozenset[str]:
    """The names that may be called changed together, with that share of them wrong at most.

    Y. Benjamini and Y. Hochberg, Journal of the Royal Statistical Society B 57 (1995), 289-300: the k smallest, for
    the largest k whose p-value is no more than rate · k / n.
    """
    ordered = sorted(p_values.values())
    passing = [p for k, p in enumerate(ordered, start=1) if p <= rate * k / len(ordered)]
    return frozenset(name for name, p in p_values.items() if passing and p <= passing[-1])


def _tail(count: int, total: int, share: float, rest: float) -> float:
    """P(X <= count) of a binomial X below its mean; 1 above it, where the other tail is the smaller one.

    `rest` is 1 - share, given apart: next to 1 a share has no digits left to tell how far it is.
    """
    if count > total * share or share <= 0 or rest <= 0:
        return 1.0
    odds = log(share) - log(rest)
    term = lgamma(total + 1) - lgamma(count + 1) - lgamma(total - count + 1) + count * odds + total * log(rest)
    # From the observed count outwards every term is smaller than the last: few of them matter, however large the sum.
    sum_, ratio = 1.0, 1.0
    for k in range(count, 0, -1):
        ratio *= k / (total - k + 1) * exp(-odds)
        sum_ += ratio
        if ratio < _NEGLIGIBLE * sum_:
            break
    return min(1.0, exp(term) * sum_)
