from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.cycles import compare_tests
from analyzer.cycles.tests import total
from analyzer.model import TestResult, TestRun, TestStatus, Transition, TransitionKind


def result(
    test: str, status: str = "passed", *, signature: str | None = None, message: str | None = None, seconds: float = 1.0
) -> TestResult:
    return TestResult(
        test=test, status=TestStatus(status), signature=signature, message=message, seconds=seconds, clusters=()
    )


def run(*results: TestResult) -> TestRun:
    return total(results)


def many(count: int, failed: int = 0, first: int = 0) -> list[TestResult]:
    return [result(f"t{n:03d}", "failed" if n < failed else "passed") for n in range(first, first + count)]


def moves(before: TestRun, now: TestRun) -> dict[str, str]:
    return {move.test: move.change.value for move in compare_tests(now, before).transitions}


def test_one_more_passing_test_of_25_is_not_significant() -> None:
    compared = compare_tests(run(*many(25, failed=2)), run(*many(25, failed=3)))
    assert compared.delta is not None
    assert compared.delta.pass_rate == pytest.approx(0.04)
    assert (compared.delta.significant, compared.delta.p_value, compared.delta.common_tests) == (False, 1.0, 25)


def test_six_tests_that_all_broke_are_significant() -> None:
    compared = compare_tests(run(*many(25, failed=6)), run(*many(25)))
    assert compared.delta is not None
    assert compared.delta.pass_rate == pytest.approx(-0.24)
    assert (compared.delta.significant, compared.delta.p_value) == (True, 0.03125)


def test_only_common_tests_move_the_difference() -> None:
    added = [result(f"new{n}") for n in range(5)]
    compared = compare_tests(run(*many(10, failed=5), *added), run(*many(10, failed=5)))
    assert compared.pass_rate == pytest.approx(10 / 15)
    assert compared.delta is not None
    assert (compared.delta.pass_rate, compared.delta.common_tests) == (0.0, 10)


def test_skipping_a_failing_test_is_no_progress_and_is_told() -> None:
    before, now = run(*many(4, failed=1)), run(result("t000", "skipped"), *many(3, first=1))
    compared = compare_tests(now, before)
    assert compared.delta is not None
    assert compared.delta.pass_rate == 0.0
    assert any("skipped here, failed in the baseline: t000" in warning for warning in compared.warnings)


def test_every_move_has_its_kind() -> None:
    before = run(
        result("fixed", "failed"),
        result("broken"),
        result("gone", "failed"),
        result("same", "failed", signature="s1:a"),
        result("changed", "error", signature="s1:a"),
        result("still fine"),
        result("switched off"),
        result("switched on", "skipped"),
        result("never ran", "skipped"),
        result("wakes up red", "skipped"),
    )
    now = run(
        result("fixed"),
        result("broken", "error"),
        result("added"),
        result("same", "error", signature="s1:a"),
        result("changed", "failed", signature="s1:b"),
        result("still fine"),
        result("switched off", "skipped"),
        result("switched on"),
        result("never ran", "skipped"),
        result("wakes up red", "failed"),
    )
    assert moves(before, now) == {
        "added": "new",
        "broken": "broken",
        "changed": "error_changed",
        "fixed": "fixed",
        "gone": "removed",
        "same": "same_error",
        "switched off": "removed",
        "switched on": "new",
        "wakes up red": "broken",
    }


def test_an_error_is_written_as_failed_and_an_absent_test_as_null() -> None:
    compared = compare_tests(run(result("a", "error"), result("b")), run(result("a")))
    assert [(m.before, m.after) for m in compared.transitions] == [("passed", "failed"), (None, "passed")]


def test_without_signatures_the_told_error_is_compared_not_its_frames() -> None:
    before = run(
        result("a", "failed", message="E: no answer\n\nfile.py:3"), result("b", "failed", message="E: one\n\nx")
    )
    now = run(result("a", "failed", message="E: no answer\n\nfile.py:9"), result("b", "failed", message="E: two\n\nx"))
    assert moves(before, now) == {"a": "same_error", "b": "error_changed"}


def test_a_fixed_test_keeps_the_clusters_that_it_had() -> None:
    before = run(replace(result("a", "failed"), clusters=("s1:a",)))
    assert compare_tests(run(result("a")), before).transitions == (
        Transition(test="a", before="failed", after="passed", change=TransitionKind.FIXED, clusters=("s1:a",)),
    )


@pytest.mark.parametrize(
    ("before", "now", "says"),
    [
        (many(20), many(20, first=15), "another suite"),
        (many(20), many(10), "a partial run"),
        (many(10), many(20), "baseline may be a partial run"),
        (many(10), [], "cannot be compared"),
        ([result("a", seconds=70.0)], [result("a", seconds=0.5)], "took 0.5 s here and 70.0 s"),
    ],
)
def test_runs_that_do_not_compare_are_told(before: list[TestResult], now: list[TestResult], says: str) -> None:
    assert any(says in warning for warning in compare_tests(run(*now), run(*before)).warnings)


def test_equal_runs_compare_without_a_word() -> None:
    compared = compare_tests(run(*many(10)), run(*many(10)))
    assert (compared.transitions, compared.warnings) == ((), ())


RESULTS = st.dictionaries(
    st.sampled_from("abcdefgh"),
    st.tuples(st.sampled_from([*TestStatus]), st.sampled_from(["s1:a", "s1:b"])),
    max_size=8,
).map(lambda tests: run(*(result(t, status.value, signature=s) for t, (status, s) in tests.items())))


@given(RESULTS, RESULTS)
def test_transitions_tell_every_change_of_status_once_and_fit_the_totals(before: TestRun, now: TestRun) -> None:
    compared = compare_tests(now, before)
    old = {r.test: r.status.outcome for r in before.results}
    new = {r.test: r.status.outcome for r in now.results}
    told = {m.test: m for m in compared.transitions}
    assert [*told] == sorted(told)
    for test in old.keys() | new.keys():
        was, is_now = old.get(test), new.get(test)
        assert (test in told) == (was != is_now or was == "failed")
    kinds = [m.change for m in compared.transitions]
    assert compared.delta is not None
    fixed = sum(old[t] == "failed" and new[t] == "passed" for t in old.keys() & new.keys())
    assert kinds.count(TransitionKind.FIXED) == fixed
    assert 0 < compared.delta.p_value <= 1


@given(RESULTS, RESULTS)
def test_looked_at_from_the_other_side_the_difference_changes_its_sign(before: TestRun, now: TestRun) -> None:
    there, back = compare_tests(now, before).delta, compare_tests(before, now).delta
    assert there is not None
    assert back is not None
    assert there.p_value == back.p_value
    assert (there.pass_rate is None) == (back.pass_rate is None)
    if there.pass_rate is not None and back.pass_rate is not None:
        assert there.pass_rate == -back.pass_rate
