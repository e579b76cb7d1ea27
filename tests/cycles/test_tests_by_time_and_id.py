"""Tests and clusters that share an id or the time."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making_clusters import cluster

from analyzer.cycles import link_tests
from analyzer.cycles.chances import binomial_tail, hypergeometric_tail
from analyzer.cycles.tests import total
from analyzer.model import ErrorEvent, Occurrence, Severity, TestResult, TestRun, TestStatus

SECOND = 1_000_000_000
START = 1_795_000_000 * SECOND
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
A, B = cluster("s1:a", "the disk of the depot is full"), cluster("s1:b", "the scales of the depot are off")


def result(number: int, status: str = "passed", *, ids: tuple[str, ...] = (), message: str = "code 1011") -> TestResult:
    """The tests run one after the other, ten seconds each."""
    return TestResult(
        test=f"t{number:02d}",
        status=TestStatus(status),
        message=message if status == "failed" else None,
        started_ns=START + number * 10 * SECOND,
        ended_ns=START + (number + 1) * 10 * SECOND,
        ids=ids,
    )


def occurrence(second: float, fingerprint: str = "s1:a", **more: object) -> Occurrence:
    time_ns = START + round(second * SECOND)
    event = ErrorEvent(
        entry_ids=(f"{fingerprint}@{second}",),
        time_ns=time_ns,
        severity=Severity.WARNING if more.get("warning") else Severity.ERROR,
        service="api",
        message="m",
        trace=f"projects/p/traces/{more['trace']}" if "trace" in more else None,
    )
    return Occurrence(fingerprint=fingerprint, event=event)


def link(results: Sequence[TestResult], *occurrences: Occurrence) -> TestRun:
    return link_tests(total(results), [A, B], mask=str, occurrences=occurrences)


def many(*failed: int) -> list[TestResult]:
    return [result(n, "failed" if n in failed else "passed") for n in range(30)]


def test_a_shared_trace_id_links_a_failed_test_and_names_its_entries() -> None:
    run = link([result(0, "failed", ids=(TRACE,)), result(1)], occurrence(500, trace=TRACE))
    (found,) = run.results[0].links
    assert (run.results[0].clusters, found.by, found.entry_ids) == (("s1:a",), "trace", ("s1:a@500",))


def test_an_id_that_stands_in_two_tests_links_neither() -> None:
    run = link([result(0, "failed", ids=(TRACE,)), result(1, ids=(TRACE,))], occurrence(500, trace=TRACE))
    assert [r.clusters for r in run.results] == [(), ()]


def test_a_text_comes_before_an_id() -> None:
    told = result(0, "failed", ids=(TRACE,), message="got: the scales of the depot are off")
    run = link([told], occurrence(5, trace=TRACE), occurrence(5, "s1:b"))
    assert [(x.fingerprint, x.by) for x in run.results[0].links] == [("s1:b", "text"), ("s1:a", "trace")]


def test_warnings_link_only_where_there_is_no_error() -> None:
    warning = occurrence(5, "s1:b", trace=TRACE, warning=True)
    assert link([result(0, "failed", ids=(TRACE,))], warning).results[0].clusters == ("s1:b",)
    both = link([result(0, "failed", ids=(TRACE,))], warning, occurrence(5, trace=TRACE))
    assert both.results[0].clusters == ("s1:a",)


def test_errors_that_come_again_and_again_while_one_test_runs_link_it_by_time() -> None:
    run = link(many(3), *(occurrence(s) for s in (32, 34, 36, 38)), occurrence(205))
    (found,) = run.results[3].links
    assert (found.fingerprint, found.by) == ("s1:a", "time")
    assert found.lift is not None
    assert found.lift > 50
    assert "on api 4 times while only this test ran and 1 time while others did" in found.evidence


def test_once_in_the_same_minute_is_no_link_and_a_burst_is_once() -> None:
    assert link(many(3), occurrence(35)).results[3].links == ()
    assert link(many(3), *(occurrence(35 + n / 10) for n in range(20))).results[3].links == ()


def test_one_error_in_each_of_three_failed_tests_and_in_no_passed_one_links_them() -> None:
    run = link(many(3, 9, 20), occurrence(35), occurrence(95), occurrence(205))
    assert [r.test for r in run.results if r.clusters == ("s1:a",)] == ["t03", "t09", "t20"]
    assert "3 failed tests" in run.results[3].links[0].evidence


def test_an_error_that_comes_all_the_time_links_nothing() -> None:
    assert {r.links for r in link(many(3), *(occurrence(5 + 4 * n) for n in range(74))).results} == {()}


def test_two_unrelated_errors_that_fit_alike_link_nothing() -> None:
    times = (32, 34, 36, 38)
    run = link(many(3), *(occurrence(s) for s in times), *(occurrence(s, "s1:b") for s in times))
    assert run.results[3].links == ()


def test_two_errors_of_one_request_are_linked_together() -> None:
    times = (32, 34, 36, 38)
    run = link(many(3), *(occurrence(s, f, trace=TRACE) for s in times for f in ("s1:a", "s1:b")))
    assert run.results[3].clusters == ("s1:a", "s1:b")


def test_what_happens_while_two_tests_may_run_counts_for_neither() -> None:
    assert link(many(3), *(occurrence(s) for s in (30.2, 30.5, 39.5, 40.5))).results[3].links == ()
    side_by_side = [
        result(3, "failed"),
        TestResult(test="z", status=TestStatus.PASSED, started_ns=START, ended_ns=START + 300 * SECOND),
    ]
    assert link(side_by_side, *(occurrence(s) for s in (32, 34, 36, 38))).results[0].links == ()


def test_where_one_test_says_no_time_nothing_is_linked_by_time() -> None:
    tests = [*many(3), TestResult(test="z", status=TestStatus.PASSED)]
    assert link(tests, *(occurrence(s) for s in (32, 34, 36, 38))).results[3].links == ()


def test_clocks_that_disagree_are_told_and_nothing_is_linked_by_time() -> None:
    tests = many(3)
    tests[9] = result(9, "failed", message="the scales of the depot are off")
    run = link(tests, *(occurrence(s) for s in (32, 34, 36, 38)), occurrence(5000, "s1:b"))
    assert run.results[3].links == ()
    assert any("clocks of tests and logs do not agree" in warning for warning in run.warnings)


def test_a_pass_whose_own_requests_failed_is_told_and_not_linked() -> None:
    run = link([result(0, ids=(TRACE,)), result(1)], *(occurrence(s, trace=TRACE) for s in (3, 4)))
    assert run.results[0].suspicious == "tolerant: passed, but errors carry its request ids: 2 of s1:a"
    assert (run.results[0].links, run.results[1].suspicious) == ((), None)


def test_by_time_a_pass_is_told_only_where_the_error_comes_nowhere_else() -> None:
    times = (32, 34, 36, 38)
    assert link(many(), *(occurrence(s) for s in times)).results[3].suspicious == (
        "tolerant: passed, but errors occurred only while it ran: 4 of s1:a"
    )
    assert link(many(), *(occurrence(s) for s in (*times, 205))).results[3].suspicious is None
    assert link(many(), occurrence(35)).results[3].suspicious is None


@pytest.mark.parametrize(
    ("hits", "tries", "share"), [(3, 3, 0.1), (5, 20, 0.25), (1, 40, 0.5), (0, 9, 0.3), (7, 7, 1.0)]
)
def test_the_binomial_tail_is_the_sum_of_its_terms(hits: int, tries: int, share: float) -> None:
    from math import comb

    terms = [comb(tries, k) * share**k * (1 - share) ** (tries - k) for k in range(hits, tries + 1)]
    assert binomial_tail(hits, tries, share) == pytest.approx(sum(terms))


def test_two_of_two_failed_among_25_is_one_in_three_hundred() -> None:
    assert hypergeometric_tail(2, 2, 2, 25) == pytest.approx(1 / 300)


@given(
    st.permutations([occurrence(s, f) for s in (32, 34, 36, 38, 205) for f in ("s1:a", "s1:b")]),
    st.permutations(many(3, 7)),
)
def test_the_order_of_tests_and_errors_never_matters(seen: list[Occurrence], tests: list[TestResult]) -> None:
    ordered = sorted(seen, key=lambda o: (o.fingerprint, o.event.time_ns or 0))
    assert link(tests, *seen).to_dict() == link(many(3, 7), *ordered).to_dict()
