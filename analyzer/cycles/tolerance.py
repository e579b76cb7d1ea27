"""Passes that prove little: the test passed while its own requests failed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from analyzer.cycles.id_links import SharedIds
from analyzer.cycles.time_links import Finding
from analyzer.model import TestResult

_SHOWN = 3


def with_tolerance(
    results: Sequence[TestResult], shared: Mapping[str, Sequence[SharedIds]], findings: Iterable[Finding]
) -> list[TestResult]:
    """The results with `tolerant: …` at passes in whose own requests errors occurred.

    Own requests are those with an id that stands in this test alone. By time a pass is told only where the error
    occurs several times while this test alone can have been running (a finding of one test), never while another ran,
    and is linked to no failed test.
    """
    explained = {f for r in results if r.status.outcome == "failed" for f in r.clusters}
    by_time: dict[str, list[Finding]] = defaultdict(list)
    for one in findings:
        if one.together == 1 and one.elsewhere == 0 and one.fingerprint not in explained:
            by_time[one.test].append(one)
    told = []
    for result in results:
        if result.status.outcome == "passed" and (note := _note(result, shared, by_time)):
            result = replace(result, suspicious="; ".join(filter(None, (result.suspicious, note))))
        told.append(result)
    return told


def _note(
    result: TestResult, shared: Mapping[str, Sequence[SharedIds]], by_time: Mapping[str, Sequence[Finding]]
) -> str | None:
    own = [(one.fingerprint, one.errors) for one in shared.get(result.test, ()) if one.errors]
    if own:
        return f"tolerant: passed, but errors carry its request ids: {_counted(own)}"
    seen = [(one.fingerprint, len(one.occurrences)) for one in by_time.get(result.test, ())]
    if seen:
        return f"tolerant: passed, but errors occurred only while it ran: {_counted(seen)}"
    return None


def _counted(found: Sequence[tuple[str, int]]) -> str:
    counts: dict[str, int] = defaultdict(int)
    for fingerprint, count in found:
        counts[fingerprint] += count
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = ", ".join(f"{count} of {fingerprint}" for fingerprint, count in ordered[:_SHOWN])
    return shown + (f" and {len(ordered) - _SHOWN} more errors" if len(ordered) > _SHOWN else "")
