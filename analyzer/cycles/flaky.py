"""Which tests are flaky, told by their history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from analyzer.model import PastCycle, PastTest

LAST_CYCLES = 10
"""cycles before this one that are looked at"""
MIN_CYCLES = 2
"""of them must hold the test with a result"""
MIN_FLIPS = 2
"""changes between passed and failed that make a test flaky"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    outcome: str
    signature: str | None
    mixed: bool
    fixed: bool
    """a fix was claimed in this cycle for the first time"""


def is_flaky(test: str, signature: str | None, past: Sequence[PastCycle]) -> bool:
    """Whether a test that changed between passed and failed, by the error `signature`, is flaky.

    Never told from one or two runs: of the last LAST_CYCLES cycles those count in which the test passed or failed, and
    there must be MIN_CYCLES of them before this one. It is flaky where, in these,

    * it changed between passed and failed at least MIN_FLIPS times by this very error; a change to passed does not
      count where a fix was claimed in that cycle for the first time, for then something else explains it; or
    * it failed and passed within one cycle (a retry of the same build gave another result), and it failed by this very
      error in one of them.

    An error that the test never showed before is never flaky. `past` comes oldest first.
    """
    steps = _steps(test, past)
    if len(steps) < MIN_CYCLES or not any(step.signature == signature for step in steps if step.signature):
        return False
    return any(step.mixed for step in steps) or _flips(steps, signature) >= MIN_FLIPS


def _steps(test: str, past: Sequence[PastCycle]) -> list[_Step]:
    known: set[tuple[str, tuple[str, ...]]] = set()
    steps = []
    for cycle in past:
        claims = {(fix.commit, fix.claims) for fix in cycle.fixes}
        told: PastTest | None = cycle.tests.get(test)
        if told is not None and told.outcome in ("passed", "failed"):
            steps.append(
                _Step(
                    outcome=told.outcome,
                    signature=told.signature if told.outcome == "failed" else None,
                    mixed=told.flaky,
                    fixed=bool(claims - known),
                )
            )
        known |= claims
    return steps[-LAST_CYCLES:]


def _flips(steps: Sequence[_Step], signature: str | None) -> int:
    """How often the test changed between passed and failed with this error."""
    flips = 0
    for before, after in pairwise(steps):
        if before.outcome != after.outcome:
            failed = before if before.outcome == "failed" else after
            explained = after.outcome == "passed" and after.fixed
            flips += failed.signature == signature and not explained
    return flips
