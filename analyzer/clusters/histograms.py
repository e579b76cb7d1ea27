"""When the occurrences of clusters happened, in bins of one width for all clusters, so that they line up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from analyzer.model import Cluster, ErrorEvent, Histogram


def histogram(occurrences: Iterable[Sequence[ErrorEvent]]) -> Histogram:
    """The histogram of occurrences; each counts once, at its earliest printing (they come earliest first)."""
    return Histogram.of(occurrence[0].time_ns for occurrence in occurrences)


def with_one_step(clusters: Iterable[Cluster]) -> list[Cluster]:
    """The clusters with their histograms at the widest step that one of them needs."""
    found = list(clusters)
    step = max((c.histogram.step_s for c in found if c.histogram is not None), default=1)
    return [replace(c, histogram=c.histogram.coarser(step)) if c.histogram is not None else c for c in found]
