"""Streams: what one instance wrote to one log, in the order in which it was printed."""

from __future__ import annotations

from analyzer.model import Entry

Stream = tuple[object, ...]


def printed_order(entry: Entry) -> tuple[bool, int, str, int]:
    """Time, then id: ids of one log rise with the order of writing. The place in the input counts only without a time."""
    time_ns = entry.time_ns
    if time_ns is None:
        return True, 0, "", entry.position
    return False, time_ns, entry.entry_id, entry.position


def stream_of(entry: Entry) -> Stream:
    """Log name, resource and instance; the lines of two streams never belong together."""
    return (
        entry.log_name,
        entry.resource_type,
        entry.service,
        entry.instance,
        entry.labels.get("instanceId"),
        tuple(sorted(entry.resource_labels.items())),
    )
