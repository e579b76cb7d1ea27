"""Signs that a collection stopped at a limit: round counts. Judged over all inputs together, so that the same
entries in one file or in several say the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from analyzer.model import Entry, Gap, Severity

_CAPS = (100, 200, 250, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
_MIN_PER_SEVERITY = 20


def capped(entries: Sequence[Entry]) -> tuple[Gap, ...]:
    """The part before the first entry, where the count of entries looks like a limit; usually the newest are kept."""
    times = [e.time_ns for e in entries if e.time_ns is not None]
    if not times:
        return ()
    if len(entries) in _CAPS:
        return (Gap(from_ns=None, to_ns=min(times), reason=f"cap of {len(entries):,} entries"),)
    counts = Counter(e.severity for e in entries if e.severity is not None)
    repeated = Counter(n for n in counts.values() if n >= _MIN_PER_SEVERITY and n % 10 == 0)
    cap = max((n for n, times_met in repeated.items() if times_met >= 2), default=None)
    if cap is None:
        return ()
    first = {s: min(e.time_ns for e in entries if e.severity is s and e.time_ns is not None) for s in _at(counts, cap)}
    return tuple(
        Gap(from_ns=None, to_ns=first[s], reason=f"cap of {cap:,} entries of severity {s.name}") for s in sorted(first)
    )


def _at(counts: Counter[Severity], cap: int) -> list[Severity]:
    return [severity for severity, count in counts.items() if count == cap]
