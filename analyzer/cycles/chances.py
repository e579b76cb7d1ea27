"""How likely chance alone puts so many errors where they were seen."""

from __future__ import annotations

from math import comb, exp, lgamma, log, log1p


def binomial_tail(hits: int, tries: int, share: float) -> float:
    """The probability of at least `hits` of `tries`, each a hit with probability `share`.

    The one-sided exact test of a rate inside a part of the time against the rest: where events come evenly
    (Poisson), given their number the count inside is binomial, with the part's share of the time.
    Terms are added from the largest that is wanted until they no longer matter.
    """
    if not 0 <= hits <= tries or not 0 <= share <= 1:
        raise ValueError(f"{hits} of {tries} at {share} is no binomial")
    if hits == 0 or share == 1:
        return 1.0
    if share == 0:
        return 0.0
    if hits <= tries * share:
        # The tail holds about half or more; the other side is the shorter sum.
        return max(0.0, 1.0 - _sum_down(hits - 1, tries, share))
    total = term = _term(hits, tries, share)
    odds = share / (1 - share)
    for k in range(hits, tries):
        term *= (tries - k) / (k + 1) * odds
        total += term
        if term < total * 1e-17:
            break
    return min(1.0, total)


def hypergeometric_tail(hits: int, drawn: int, marked: int, total: int) -> float:
    """The probability that at least `hits` of `drawn` out of `total` are among the `marked`: Fisher's test, one side.

    Integers throughout, so no rounding before the end (R. A. Fisher, The Design of Experiments, 1935, chapter 2).
    """
    if not (0 <= drawn <= total and 0 <= marked <= total and hits >= 0):
        raise ValueError("counts do not fit each other")
    first, last = max(hits, drawn + marked - total), min(drawn, marked)
    if first > last:
        return 0.0
    ways = tail = comb(marked, first) * comb(total - marked, drawn - first)
    for k in range(first, last):
        ways = ways * (marked - k) * (drawn - k) // ((k + 1) * (total - marked - drawn + k + 1))
        tail += ways
    return tail / comb(total, drawn)


def _sum_down(hits: int, tries: int, share: float) -> float:
    total = term = _term(hits, tries, share)
    odds = (1 - share) / share
    for k in range(hits, 0, -1):
        term *= k / (tries - k + 1) * odds
        total += term
        if term < total * 1e-17:
            break
    return total


def _term(k: int, n: int, share: float) -> float:
    ways = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return exp(ways + k * log(share) + (n - k) * log1p(-share))
