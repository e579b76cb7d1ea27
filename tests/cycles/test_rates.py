"""Rates of errors: exact tests, the chance of silence, the rule of three, and many tests at once."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analyzer.cycles.rates import (
    UNLIKELY,
    chance_of_quiet,
    chance_of_silence,
    compare_rates,
    discoveries,
    rule_of_three,
)


def exact(count: int, total: int, share: Fraction) -> float:
    """The definition, in fractions: twice the smaller tail."""
    terms = [comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(total + 1)]
    return float(min(Fraction(1), 2 * min(sum(terms[: count + 1]), sum(terms[count:]))))


@given(st.integers(0, 30), st.integers(1, 500), st.integers(0, 30), st.integers(1, 500))
def test_the_test_of_two_rates_is_the_binomial_one_of_its_definition(a: int, m: int, b: int, n: int) -> None:
    assert compare_rates(a, m, b, n) == pytest.approx(exact(a, a + b, Fraction(m, m + n)), rel=1e-9, abs=1e-300)


@given(st.integers(0, 10**6), st.floats(0, 1e9), st.integers(0, 10**6), st.floats(0, 1e9))
@example(a=0, m=536870912.0, b=1, n=5.960464477539063e-08)
def test_any_two_rates_give_a_probability_and_the_same_in_either_order(a: int, m: float, b: int, n: float) -> None:
    p = compare_rates(a, m, b, n)
    assert 0 <= p <= 1
    assert compare_rates(b, n, a, m) == pytest.approx(p, rel=1e-6, abs=1e-12)


def test_no_occurrence_or_no_exposure_says_nothing() -> None:
    assert compare_rates(0, 100, 0, 10) == 1.0
    assert compare_rates(5, 0, 50, 100) == 1.0


@pytest.mark.parametrize(
    ("hits", "tries", "alike", "wanted"),
    [(1, 1, True, 2), (3, 3, True, 2), (1, 1, False, 5), (3, 3, False, 2), (8, 20, True, 7), (1, 100, True, 636)],
)
def test_silence_needs_so_many_tries(hits: int, tries: int, alike: bool, wanted: int) -> None:
    assert chance_of_silence(hits, tries, wanted, alike=alike) <= UNLIKELY
    assert chance_of_silence(hits, tries, wanted - 1, alike=alike) > UNLIKELY


def test_one_silent_try_proves_nothing_however_often_it_failed() -> None:
    assert chance_of_silence(10**6, 10**6, 1, alike=True) == 1.0


@given(st.integers(0, 50), st.integers(1, 50), st.integers(0, 10**7), st.booleans())
def test_more_silence_is_never_likelier(hits: int, tries: int, new: int, alike: bool) -> None:
    first, second = (chance_of_silence(hits, tries, n, alike=alike) for n in (new, new + 1))
    assert 0 <= second <= first * (1 + 1e-9) <= 1 + 1e-9


def test_a_job_that_came_three_times_in_two_hours_is_missed_after_three_hours_not_after_one() -> None:
    assert chance_of_quiet(3, 120, 60) > UNLIKELY
    assert chance_of_quiet(3, 120, 180) <= UNLIKELY
    assert chance_of_quiet(3, 0, 180) == chance_of_quiet(3, 120, 0) == chance_of_quiet(0, 120, 60) == 1.0


def test_the_bound_after_silence_is_three_by_the_exposure() -> None:
    assert rule_of_three(300) == pytest.approx(0.01)
    assert rule_of_three(0) is None


def test_discoveries_are_those_of_benjamini_and_hochberg() -> None:
    p_values = {"a": 0.001, "b": 0.02, "c": 0.035, "d": 0.2, "e": 0.9}
    assert discoveries(p_values) == {"a", "b"}
    assert discoveries({"a": 0.04, "b": 0.05}) == {"a", "b"}, "the larger one lets the smaller one through"
    assert discoveries({}) == frozenset()
