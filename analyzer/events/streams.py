"""Streams: what one instance wrote to one log, in the order in which it was printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter

from analyzer.model import Entry

Stream = tuple[object, ...]


def in_printed_order(entries: Sequence[Entry]) -> list[Entry]:
    """By time, then id: ids of one log rise with the order of writing. Without a time by place in the input."""
    timed = [entry for entry in entries if entry.time_ns is not None]
    timed.sort(key=_time)
    for start, end in _ties(timed):
        timed[start:end] = sorted(timed[start:end], key=lambda entry: (entry.entry_id, entry.position))
    if len(timed) == len(entries):
        return timed
    return timed + sorted((e for e in entries if e.time_ns is None), key=lambda entry: entry.position)


_time = attrgetter("time_ns")


def _ties(entries: Sequence[Entry]) -> Iterator[tuple[int, int]]:
    """Runs `[start, end)` of entries with one time."""
    start = 0
    for at in range(1, len(entries) + 1):
        if at == len(entries) or entries[at].time_ns != entries[start].time_ns:
            if at - start > 1:
                yield start, at
            start = at


def stream_of(entry: Entry) -> Stream:
    """Log name, resource and instance; the lines of two streams never belong together."""
    return (
        entry.log_name,
        entry.resource_type,
        entry.service,
        entry.instance,
        entry.labels.get("instanceId"),
        frozenset(entry.resource_labels.items()),
    )
