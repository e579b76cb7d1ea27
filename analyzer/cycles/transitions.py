"""What became of the tests since the baseline: transitions, the difference of pass rates, and whether it compares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analyzer.cycles.comparable import doubts
from analyzer.cycles.failures import head_of
from analyzer.cycles.flaky import is_flaky
from analyzer.cycles.renames import find_renames, tell_renames
from analyzer.cycles.statistics import SIGNIFICANT, mcnemar_exact
from analyzer.model import PastCycle, TestDelta, TestResult, TestRun, Transition, TransitionKind


def compare_tests(run: TestRun, baseline: TestRun, past: Sequence[PastCycle] = (), *, claimed: bool = False) -> TestRun:
    """The run with `delta`, `transitions` (sorted by test) and, in `warnings`, why the two may not compare.

    `delta.common_tests` counts tests present in both. The difference and its exact test use those of them that passed
    or failed in both: a test skipped on one side would move the rate without anything having changed.

    `past` are the saved cycles before this one, oldest first; by them alone a move between passed and failed is called
    flaky (`is_flaky` holds the rule). `claimed` says that a fix is claimed in this cycle for the first time: then a
    test that passes again is fixed, not flaky.
    """
    now = {result.test: result for result in run.results}
    before = {result.test: result for result in baseline.results}
    found = (_transition(test, before.get(test), now.get(test)) for test in sorted(now.keys() | before.keys()))
    # One side failed, so the signature is that of the failure.
    signatures = {r.test: r.signature for r in (*baseline.results, *run.results) if r.signature}
    kinds = [("passed", "failed")] if claimed else [("passed", "failed"), ("failed", "passed")]
    moves = [
        replace(move, change=TransitionKind.FLAKY)
        if (move.before, move.after) in kinds and is_flaky(move.test, signatures.get(move.test), past)
        else move
        for move in found
        if move
    ]
    absent = find_renames((m.test for m in moves if m.after is None), (m.test for m in moves if m.before is None))
    renamed = tell_renames(absent)
    return replace(
        run,
        delta=_delta(before, now),
        transitions=tuple(moves),
        warnings=tuple(dict.fromkeys((*run.warnings, *doubts(run, baseline), *([renamed] if renamed else [])))),
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
