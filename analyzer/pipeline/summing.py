"""What a cycle is called and how its entries add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from analyzer.cycles import Baseline
from analyzer.events import EventsResult
from analyzer.model import Cluster, CycleInfo, ErrorEvent, Ledger, SourceResult, format_time


def make_ledger(source: SourceResult, found: EventsResult, clusters: Sequence[Cluster]) -> Ledger:
    """What was read and what became of it."""
    counts = found.counts
    errors = sum(e.is_error for e in found.events)
    return Ledger(
        entries=source.read,
        duplicates=source.duplicates,
        error_entries=counts.error,
        warning_entries=counts.warning,
        other_entries=counts.other,
        dropped=source.dropped,
        error_events=errors,
        warning_events=len(found.events) - errors,
        clustered=sum(c.printings for c in clusters),
        noise=sum(c.printings for c in clusters if c.noise),
        covered_from_ns=counts.from_ns,
        covered_to_ns=counts.to_ns,
        without_severity=counts.without_severity,
        without_payload=counts.without_payload,
        gaps=source.gaps,
        files=source.files,
        warnings=(*source.warnings, *found.warnings),
    )


def busiest(events: Sequence[ErrorEvent]) -> str | None:
    """The service with most error events; of equals the first by name."""
    errors = Counter(e.service for e in events if e.is_error and e.service)
    return min(errors, key=lambda service: (-errors[service], service), default=None)


def describe_cycle(
    name: str,
    source: SourceResult,
    found: EventsResult,
    services: Sequence[str],
    earlier: Baseline | None,
    *,
    inputs: str,
) -> CycleInfo:
    """Which cycle this is: the next number after that of the baseline, else the time at which it begins."""
    counts = found.counts
    if not name and earlier is not None and earlier.name.isdecimal():
        name = str(int(earlier.name) + 1)
    start = format_time(counts.from_ns)
    return CycleInfo(
        name=name or (f"{start[:16]}Z" if start else "1"),
        from_ns=counts.from_ns,
        to_ns=counts.to_ns,
        services=tuple(services),
        revisions=tuple(sorted({e.revision for e in source.entries if e.revision})),
        baseline=earlier.name if earlier else None,
        inputs=inputs,
    )
