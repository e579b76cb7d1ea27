"""Flaky by history, renames, environments, and the laws that every run obeys."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.cycles import compare_tests
from analyzer.cycles.renames import find_renames
from analyzer.cycles.tests import total
from analyzer.model import (
    Fix,
    PastCycle,
    PastTest,
    TestResult,
    TestRun,
    TestStatus,
    TransitionKind,
    Verdict,
)


def result(test: str, status: str, signature: str | None = None, **more: object) -> TestResult:
    return replace(TestResult(test=test, status=TestStatus(status), signature=signature), **more)  # type: ignore[arg-type]


def past(letters: str, *, fix_at: int | None = None) -> list[PastCycle]:
    """One cycle a letter: P passed, F failed by s1:a, G by s1:b, M failed and passed, S skipped, - absent."""
    told = {
        "P": PastTest(outcome="passed"),
        "F": PastTest(outcome="failed", signature="s1:a"),
        "G": PastTest(outcome="failed", signature="s1:b"),
        "M": PastTest(outcome="passed", flaky=True),
        "S": PastTest(outcome="skipped"),
    }
    fix = Fix(commit="a" * 40, claims=("s1:a",), claim_text="s1:a", verdict=Verdict.INCONCLUSIVE)
    return [
        PastCycle(
            key=str(n),
            name=str(n),
            tests={"t": told[letter]} if letter in told else {},
            fixes=(fix,) if fix_at is not None and n >= fix_at else (),
        )
        for n, letter in enumerate(letters)
    ]


def change(before: str, now: str, history: list[PastCycle], *, error: str = "s1:a", claimed: bool = False) -> str:
    def one(outcome: str) -> TestRun:
        return total([result("t", outcome, error if outcome == "failed" else None)])

    (move,) = compare_tests(one(now), one(before), history, claimed=claimed).transitions
    return move.change.value


@pytest.mark.parametrize("history", ["PFP", "FPFP", "PF-SP", "MF P", "FM"])
def test_a_test_that_turned_by_the_same_error_before_is_flaky(history: str) -> None:
    assert change("passed", "failed", past(history)) == "flaky"


@pytest.mark.parametrize("history", ["", "P", "M", "PP", "FP", "PPPP", "PGP", "MG", "MP"])
def test_too_little_history_or_another_error_is_not_flaky(history: str) -> None:
    assert change("passed", "failed", past(history)) == "broken"


def test_a_pass_is_flaky_by_history_but_not_where_a_fix_is_claimed() -> None:
    assert change("failed", "passed", past("PFPF")) == "flaky"
    assert change("failed", "passed", past("PFPF"), claimed=True) == "fixed"


def test_a_change_that_a_claimed_fix_explains_does_not_count() -> None:
    assert change("passed", "failed", past("PFP", fix_at=2)) == "broken"
    assert change("passed", "failed", past("PFP", fix_at=0)) == "flaky"


def test_a_test_that_fails_in_both_is_never_flaky() -> None:
    assert change("failed", "failed", past("PFPF")) == "same_error"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a.TestC::test_pay[1]", "a.TestC::test_pay[euro-1]"),
        ("a.TestC::test_payment[1]", "b.c.TestC::test_payment[1]"),
        ("a.TestC::test_payment", "a.TestCart::test_payment"),
    ],
)
def test_a_moved_or_renamed_test_is_told_and_stays_removed_and_new(old: str, new: str) -> None:
    assert find_renames([old, "x::gone"], [new, "y::came"]) == [(old, new)]
    run = compare_tests(total([result(new, "passed")]), total([result(old, "passed")]))
    assert [m.change.value for m in run.transitions] in (["removed", "new"], ["new", "removed"])
    assert any(warning.startswith(f"renamed? {old} is now {new}") for warning in run.warnings)


def test_what_fits_two_tests_or_differs_in_its_function_is_no_rename() -> None:
    assert find_renames(["a::test_p[1]", "a::test_p[2]"], ["a::test_p[x]"]) == []
    assert find_renames(["a.T::test_payment"], ["a.T::test_refund"]) == []
    assert find_renames(["a.T::a"], ["b.T::a"]) == []


@pytest.mark.parametrize(
    ("here", "there", "told"),
    [
        (("base_url", "https://a.example.com"), ("base_url", "https://b.example.com"), True),
        (("base_url", "https://a.example.com"), ("env", "staging"), False),
        (("hostname", "runner-17"), ("hostname", "runner-4711"), False),
        (("hostname", "chromium"), ("hostname", "firefox"), True),
    ],
)
def test_another_environment_is_told_where_both_say_it(
    here: tuple[str, str], there: tuple[str, str], told: bool
) -> None:
    tests = [result("t", "passed")]
    run = compare_tests(total(tests, environment=[here]), total(tests, environment=[there]))
    assert any("another environment" in warning for warning in run.warnings) == told


RUNS = st.dictionaries(
    st.sampled_from([f"m.T::test_{n}" for n in "abcdefgh"]),
    st.builds(
        lambda status, signature, labels: (status, signature if status.outcome == "failed" else None, labels),
        st.sampled_from([*TestStatus]),
        st.sampled_from(["s1:a", "s1:b"]),
        st.sets(st.sampled_from(["smoke", "tier:1", "slow"])),
    ),
    max_size=8,
).map(
    lambda tests: [
        TestResult(test=t, status=status, signature=s, labels=tuple(sorted(labels)))
        for t, (status, s, labels) in tests.items()
    ]
)
PASTS = st.lists(
    st.dictionaries(
        st.sampled_from([f"m.T::test_{n}" for n in "abcdefgh"]),
        st.builds(
            PastTest,
            outcome=st.sampled_from(["passed", "failed", "skipped"]),
            signature=st.sampled_from(["s1:a", "s1:b", None]),
            flaky=st.booleans(),
        ),
    ),
    max_size=6,
).map(lambda cycles: [PastCycle(key=str(n), name=str(n), tests=tests) for n, tests in enumerate(cycles)])


@given(RUNS, RUNS, PASTS, st.randoms())
def test_numbers_add_up_and_moves_say_what_the_two_runs_say(
    before: list[TestResult], now: list[TestResult], history: list[PastCycle], random: object
) -> None:
    run, baseline = total(now), total(before)
    compared = compare_tests(run, baseline, history)
    for numbers in (run, *run.groups):
        assert numbers.total == numbers.passed + numbers.failed + numbers.skipped
        decided = numbers.passed + numbers.failed
        assert numbers.pass_rate == (numbers.passed / decided if decided else None)
    assert sum(g.total for g in run.groups) == sum(len(r.labels) for r in now)
    assert {g.label for g in run.groups} == {label for r in now for label in r.labels}
    old = {r.test: r.status.outcome for r in before}
    new = {r.test: r.status.outcome for r in now}
    moves = {m.test: m for m in compared.transitions}
    assert len(moves) == len(compared.transitions)
    for move in compared.transitions:
        assert (move.before, move.after) == (old.get(move.test), new.get(move.test))
        both = move.before == move.after == "failed"
        assert both == (move.change in (TransitionKind.SAME_ERROR, TransitionKind.ERROR_CHANGED))
        if move.change is TransitionKind.FLAKY:
            assert {move.before, move.after} == {"passed", "failed"}
            assert len(history) >= 2
    assert {t for t in old.keys() | new.keys() if old.get(t) != new.get(t) or old.get(t) == "failed"} == moves.keys()
    random.shuffle(now)  # type: ignore[attr-defined]
    random.shuffle(before)  # type: ignore[attr-defined]
    assert compare_tests(total(now), total(before), history).to_dict() == compared.to_dict()
    assert TestRun.from_dict(compared.to_dict()) == compared
