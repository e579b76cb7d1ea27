"""Whether two runs of tests compare: the same suite, whole, on the same system, at about the same pace."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from analyzer.model import TestResult, TestRun

_SAME_SUITE = 0.5
"""share of the smaller run's tests that both must hold to be called one suite"""
_WHOLE_RUN = 0.8
"""share of the other run's tests below which a run is called partial"""
_OTHER_PACE = 10.0
"""times faster or slower the same passing tests may be before it is said"""
_COUNTED = re.compile(r"[0-9a-f]{6,64}|[0-9]{1,20}")
"""what differs between machines of one pool"""


def doubts(run: TestRun, baseline: TestRun) -> Iterator[str]:
    """Sentences on why the pass rates of two runs may not compare."""
    now = {result.test: result for result in run.results}
    before = {result.test: result for result in baseline.results}
    if not before or not now:
        yield f"tests cannot be compared: {len(before)} in the baseline, {len(now)} here"
        return
    yield from _suites(before, now)
    yield from _environments(run, baseline)
    hidden = [
        t
        for t in before.keys() & now.keys()
        if before[t].status.outcome == "failed" and now[t].status.outcome == "skipped"
    ]
    if hidden:
        yield f"skipped here, failed in the baseline: {_some(hidden)}"
    yield from _pace(before, now)


def _suites(before: Mapping[str, TestResult], now: Mapping[str, TestResult]) -> Iterator[str]:
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


def _environments(run: TestRun, baseline: TestRun) -> Iterator[str]:
    """Where both say it and no value is in both. Hosts of a pool (`runner-17`) count as one."""
    here, there = _values(run.environment), _values(baseline.environment)
    for key in sorted(here.keys() & there.keys()):
        alike = _shape if key == "hostname" else str
        if not {alike(v) for v in here[key]} & {alike(v) for v in there[key]}:
            says = f"{key} is {_some(here[key])} here, {_some(there[key])} there"
            yield f"another environment than the baseline's? {says}"


def _values(environment: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for key, value in environment:
        found[key].append(value)
    return found


def _shape(host: str) -> str:
    return _COUNTED.sub("#", host.casefold())


def _pace(before: Mapping[str, TestResult], now: Mapping[str, TestResult]) -> Iterator[str]:
    timed = [
        (old, new)
        for test in before.keys() & now.keys()
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


def _some(values: Iterable[str]) -> str:
    shown = sorted(values)
    return ", ".join(shown[:3]) + (f" and {len(shown) - 3} more" if len(shown) > 3 else "")
