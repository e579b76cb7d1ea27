from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.cycles import mcnemar_exact, wilson_interval


@pytest.mark.parametrize(
    ("passed", "total", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998), table I, method 3 (score without continuity correction)
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_gives_the_published_values(passed: int, total: int, low: float, high: float) -> None:
    assert wilson_interval(passed, total) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_nothing_tried_has_no_interval() -> None:
    assert wilson_interval(0, 0) is None


def test_more_successes_than_tries_are_refused() -> None:
    with pytest.raises(ValueError, match="5 of 4"):
        wilson_interval(5, 4)


@given(st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_contains_the_rate_and_stays_a_probability(case: tuple[int, int]) -> None:
    passed, total = case
    interval = wilson_interval(passed, total)
    assert interval is not None
    assert 0 <= interval[0] <= passed / total <= interval[1] <= 1
    assert interval[0] < interval[1]


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_passes_and_failures_have_mirrored_intervals(case: tuple[int, int]) -> None:
    passed, total = case
    one, other = wilson_interval(passed, total), wilson_interval(total - passed, total)
    assert one is not None
    assert other is not None
    assert one[0] == pytest.approx(1 - other[1])
    assert one[1] == pytest.approx(1 - other[0])


@pytest.mark.parametrize(
    ("fixed", "broken", "p"),
    [(0, 0, 1.0), (1, 0, 1.0), (5, 0, 0.0625), (6, 0, 0.03125), (1, 9, 0.021484375), (4, 4, 1.0), (0, 20, 2 / 2**20)],
)
def test_the_exact_test_gives_known_values(fixed: int, broken: int, p: float) -> None:
    assert mcnemar_exact(fixed, broken) == p


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_exact_test_is_twice_the_smaller_tail(fixed: int, broken: int) -> None:
    n = fixed + broken
    tail = sum(Fraction(comb(n, k), 2**n) for k in range(min(fixed, broken) + 1))
    assert mcnemar_exact(fixed, broken) == float(min(Fraction(1), 2 * tail))
    assert mcnemar_exact(fixed, broken) == mcnemar_exact(broken, fixed)


def test_the_exact_test_does_not_overflow_with_many_tests() -> None:
    assert 0 < mcnemar_exact(5_000, 5_400) < 0.001


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        mcnemar_exact(-1, 2)
