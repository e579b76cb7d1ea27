"""The times of a report as numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.model import Histogram, parse_time
from analyzer.reports.answers import error_clusters

Json = Mapping[str, Any]

FAILED = ("failed", "error")


def time_of(text: str | None) -> int | None:
    """Unix nanoseconds of a time of the report, None where it has none."""
    return parse_time(text) if text else None


def span_of(part: Json, begin: str, end: str) -> tuple[int, int] | None:
    """From one time to another of a part of the report; None where the first is missing."""
    first = time_of(part.get(begin))
    last = time_of(part.get(end))
    if first is None:
        return None
    return first, first if last is None else max(first, last)


def errors_here(report: Json) -> list[Json]:
    """ERROR clusters of this window, neither noise nor accepted, in the order of the report."""
    return [c for c in error_clusters(report) if c["count"]]


def histogram_of(cluster: Json) -> Histogram | None:
    """When it occurred; None in reports that do not say."""
    return Histogram.from_dict(cluster["histogram"]) if cluster.get("histogram") else None


def busy_ranges(report: Json) -> Iterator[tuple[int, int]]:
    """When something happened that is drawn: ends of the window and of its gaps, deploys, tests, errors, fixes."""
    window = report["cycle"]["window"]
    gaps = [gap[end] for gap in report["ledger"]["gaps"] for end in ("from", "to")]
    deployed = [event["time"] for event in report["deploys"]["timeline"]]
    for text in (window["from"], window["to"], *gaps, *deployed):
        if (time := time_of(text)) is not None:
            yield time, time
    for result in report["tests"]["results"] if report["tests"] else ():
        if ran := span_of(result, "started", "ended"):
            yield ran
    for cluster in errors_here(report):
        if seen := span_of(cluster, "first_seen", "last_seen"):
            yield from _occurred(histogram_of(cluster), *seen)
    for fix in report["fixes"]:
        if is_in_window(report, committed := time_of(fix.get("committed"))) and committed is not None:
            yield committed, committed


def is_in_window(report: Json, time: int | None) -> bool:
    """Whether a time lies in the window that was read."""
    begin, end = (time_of(report["cycle"]["window"][key]) for key in ("from", "to"))
    return time is not None and begin is not None and end is not None and begin <= time <= end


def _occurred(histogram: Histogram | None, first: int, last: int) -> Iterator[tuple[int, int]]:
    """The bins with something in them, cut to when the cluster was seen; all that time where there are none."""
    if histogram is None:
        yield first, last
        return
    width = histogram.step_s * 1_000_000_000
    for number, _ in histogram.bins:
        begin, end = max(number * width, first), min((number + 1) * width, last)
        yield min(begin, end), max(begin, end)
