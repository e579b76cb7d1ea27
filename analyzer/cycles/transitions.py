"""What became of the tests since the baseline: transitions, the difference of pass rates, and whether it compares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from analyzer.cycles.failures import head_of
from analyzer.cycles.statistics import SIGNIFICANT, mcnemar_exact
from analyzer.model import TestDelta, TestResult, TestRun, Transition, TransitionKind

_SAME_SUITE = 0.5
"""share of the smaller run's tests that both must hold to be called one suite"""
_WHOLE_RUN = 0.8
"""share of the other run's tests below which a run is called partial"""
_OTHER_PACE = 10.0
"""times faster or slower the same passing tests may be before it is said"""


def compare_tests(run: TestRun, baseline: TestRun) -> TestRun:
    """The run with `delta`, `transitions` (sorted by test) and, in `warnings`, why the two may not compare.

    `delta.common_tests` counts tests present in both. The difference and its exact test use those of them that passed
    or failed in both: a test skipped on one side would move the rate without anything having changed.
    """
    now = {result.test: result for result in run.results}
    before = {result.test: result for result in baseline.results}
    moves = (_transition(test, before.get(test), now.get(test)) for test in sorted(now.keys() | before.keys()))
    return replace(
        run,
        delta=_delta(before, now),
        transitions=tuple(move for move in moves if move),
        warnings=tuple(dict.fromkeys((*run.warnings, *_doubts(before, now)))),
    )


def _delta(before: Mapping[str, TestResult], now: Mapping[str, TestResult]) -> TestDelta:
    common = before.keys() & now.keys()
    pairs = [(before[test].status.outcome, now[test].status.outcome) for test in common]
    decided = [pair for pair in pairs if "skipped" not in pair]
    fixed, broken = decided.count(("failed", "passed")), decided.count(("passed", "failed"))
    p_value = mcnemar_exact(fixed, broken)
    return TestDelta(
        pass_rate=(fixed - broken) / len(decided) if decided else None,
        significant=p_value < SIGNIFICANT,
        p_value=p_value,
        common_tests=len(common),
    )


def _transition(test: str, old: TestResult | None, new: TestResult | None) -> Transition | None:
    """The move of one test, None where there is nothing to say. Flaky is never concluded from two runs.

    A test that stops running is `removed`, and one that starts running and passes is `new`, also where the other side
    lists it as skipped; `from` and `to` tell the two apart.
    """
    before = old.status.outcome if old else None
    after = new.status.outcome if new else None
    if before == after == "failed" and old and new:
        kind = TransitionKind.SAME_ERROR if _same_error(old, new) else TransitionKind.ERROR_CHANGED
    elif before == after:
        return None
    elif after == "failed" and before is not None:
        kind = TransitionKind.BROKEN
    elif (before, after) == ("failed", "passed"):
        kind = TransitionKind.FIXED
    elif after in (None, "skipped") and before is not None:
        kind = TransitionKind.REMOVED
    else:
        kind = TransitionKind.NEW
    clusters = (new.clusters if new else ()) or (old.clusters if old and after != "failed" else ())
    return Transition(test=test, before=before, after=after, change=kind, clusters=clusters)


def _same_error(old: TestResult, new: TestResult) -> bool:
    if old.signature and new.signature:
        return old.signature == new.signature
    return head_of(old.message or "") == head_of(new.message or "")


def _doubts(before: Mapping[str, TestResult], now: Mapping[str, TestResult]) -> Iterator[str]:
    """Sentences on why the pass rates of two runs may not compare."""
    if not before or not now:
        yield f"tests cannot be compared: {len(before)} in the baseline, {len(now)} here"
        return
    common = before.keys() & now.keys()
    if len(common) < _SAME_SUITE * min(len(before), len(now)):
        yield (
            f"another suite than the baseline's? Only {len(common)} tests are in both "
            f"({len(before)} in the baseline, {len(now)} here)"
        )
    elif len(common) < _WHOLE_RUN * len(before):
        yield f"a partial run? {len(common)} of the baseline's {len(before)} tests are here"
    elif len(common) < _WHOLE_RUN * len(now):
        yield f"the baseline may be a partial run: it holds {len(common)} of the {len(now)} tests here"
    hidden = [t for t in common if before[t].status.outcome == "failed" and now[t].status.outcome == "skipped"]
    if hidden:
        yield f"skipped here, failed in the baseline: {_some(hidden)}"
    timed = [
        (old, new)
        for test in common
        if before[test].status == now[test].status
        and (old := before[test].seconds) is not None
        and (new := now[test].seconds) is not None
    ]
    # Sorted, so that the sums have the same last digit whatever the order of the set.
    old_total, new_total = sum(sorted(old for old, _ in timed)), sum(sorted(new for _, new in timed))
    if max(old_total, new_total) >= 1 and min(old_total, new_total) * _OTHER_PACE < max(old_total, new_total):
        yield (
            f"the same {len(timed)} tests with the same result took {new_total:.1f} s here and {old_total:.1f} s in "
            "the baseline: did both runs reach the same system?"
        )


def _some(tests: list[str]) -> str:
    shown = sorted(tests)[:3]
    return ", ".join(shown) + (f" and {len(tests) - len(shown)} more" if len(tests) > len(shown) else "")
