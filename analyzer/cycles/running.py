"""Who ran when: the moments in which only one test can have been running."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analyzer.model import TestResult

MARGIN_NS = 1_000_000_000
"""added before and after every test: logs lag, clocks differ, test files round"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestTimes:
    """The times of a run. All are Unix nanoseconds; a test's time is widened by MARGIN_NS on both sides."""

    __test__ = False

    spans: dict[str, tuple[int, int]]
    """of every test"""
    alone_ns: dict[str, int]
    """how long each test was the only one that can have been running; 0 is left out"""
    total_ns: int
    """how long at least one test can have been running"""
    bounds: tuple[int, ...]
    owners: tuple[str | None, ...]
    """of the piece that begins at each bound: the only test, "" where there are several, None where there is none"""

    def owner(self, time_ns: int) -> str | None:
        """The only test that can have been running then, "" where there are several, None where there is none."""
        at = bisect_right(self.bounds, time_ns) - 1
        return self.owners[at] if at >= 0 else None

    def inside(self, test: str, times_ns: Sequence[int]) -> int:
        """How many of the sorted times lie in the time of a test."""
        start, end = self.spans[test]
        return bisect_left(times_ns, end) - bisect_left(times_ns, start)


def measure_times(results: Iterable[TestResult]) -> TestTimes | None:
    """The times of a run; None where the time of any test that ran is not known: it may have run at any moment."""
    spans: dict[str, tuple[int, int]] = {}
    for result in results:
        if result.status.outcome == "skipped":
            continue
        if result.started_ns is None or result.ended_ns is None:
            return None
        spans[result.test] = (result.started_ns - MARGIN_NS, result.ended_ns + MARGIN_NS)
    steps = sorted(
        [(start, True, test) for test, (start, _) in spans.items()]
        + [(end, False, test) for test, (_, end) in spans.items()]
    )
    running: set[str] = set()
    bounds: list[int] = []
    owners: list[str | None] = []
    for time_ns, begins, test in steps:
        if begins:
            running.add(test)
        else:
            running.discard(test)
        owner = None if not running else next(iter(running)) if len(running) == 1 else ""
        if bounds and bounds[-1] == time_ns:
            owners[-1] = owner
        else:
            bounds.append(time_ns)
            owners.append(owner)
    alone: dict[str, int] = {}
    total = 0
    for at, owner in enumerate(owners[:-1]):
        length = bounds[at + 1] - bounds[at]
        if owner is not None:
            total += length
        if owner:
            alone[owner] = alone.get(owner, 0) + length
    return TestTimes(spans=spans, alone_ns=alone, total_ns=total, bounds=tuple(bounds), owners=tuple(owners))
