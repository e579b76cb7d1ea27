"""What the search for causes is given of the logs: events by cluster, the ids of their requests, the lines around."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analyzer.causes import was_harmless
from analyzer.cycles import Baseline
from analyzer.model import Cluster, Context, Entry, ErrorEvent, Exposure, Occurrence, Severity, TestRun
from analyzer.pipeline.surroundings import Surroundings

_MAX_EXEMPLARS = 3
_MAX_CLUSTERS = 300
"""contexts are kept for the error clusters with most entries; this bounds what they hold to some megabytes"""
_ID_KEY = re.compile(
    r"(?i)(?:x[-_]?)?(?:request|correlation|trace|transaction)[-_]?id|traceparent|x-cloud-trace-context"
)
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_MINUTE_NS = 60_000_000_000
_DEPTH = 3
_MAX_KEYS = 60


def gather_occurrences(
    events: Sequence[ErrorEvent], fingerprint_of_entry: Mapping[str, str], entries: Sequence[Entry]
) -> tuple[Occurrence, ...]:
    """Every event whose cluster is known, with the request ids that fields of its first entry hold; in given order."""
    wanted = {e.entry_ids[0] for e in events}
    payloads = {e.entry_id: e for e in entries if e.entry_id in wanted and (e.json_payload or e.labels)}
    found = []
    for event in events:
        fingerprint = fingerprint_of_entry.get(event.entry_ids[0])
        if fingerprint is not None:
            entry = payloads.get(event.entry_ids[0])
            ids = request_ids(entry) if entry is not None else ()
            found.append(Occurrence(fingerprint=fingerprint, event=event, request_ids=ids))
    return tuple(found)


def gather_contexts(
    clusters: Sequence[Cluster], events: Sequence[ErrorEvent], surroundings: Surroundings
) -> tuple[Context, ...]:
    """The lines around the events of the exemplars of error clusters, in the order of the clusters."""
    event_of_entry = {i: e for e in events for i in e.entry_ids}
    errors = [c for c in clusters if c.count and c.severity >= Severity.ERROR]
    kept = {c.fingerprint for c in sorted(errors, key=lambda c: (-c.entries, c.fingerprint))[:_MAX_CLUSTERS]}
    found: list[Context] = []
    for cluster in errors:
        if cluster.fingerprint not in kept:
            continue
        seen: set[tuple[str, ...]] = set()
        for exemplar in cluster.exemplars[:_MAX_EXEMPLARS]:
            for entry_id in exemplar.entry_ids:
                event = event_of_entry.get(entry_id)
                if event is None or event.entry_ids in seen:
                    continue
                seen.add(event.entry_ids)
                context = surroundings.context(event, cluster.fingerprint)
                if context is not None:
                    found.append(context)
    return tuple(found)


def harmless_before(
    clusters: Sequence[Cluster], entries: Sequence[Entry], earlier: Baseline, tests: TestRun | None
) -> frozenset[str]:
    """Clusters that the baseline had at no lower rate while its tests passed; none without tests there.

    A test that fails in both cycles may fail for the same reason in both, so the baseline's must all have passed.
    """
    before = earlier.tests
    green = before is not None and before.passed > 0 and before.failed == 0 and tests is not None
    times = [e.time_ns for e in entries if e.time_ns is not None]
    now_ns = max(times) - min(times) if times else 0
    then_ns = (earlier.to_ns or 0) - (earlier.from_ns or 0) if earlier.from_ns is not None else 0
    old = {f: c for c in earlier.clusters for f in (c.fingerprint, *c.aliases)}
    found = set()
    for cluster in clusters:
        past = next((old[f] for f in (cluster.fingerprint, *cluster.aliases) if f in old), None)
        if past is None:
            continue
        now = Exposure(count=cluster.count, minutes=now_ns / _MINUTE_NS)
        then = Exposure(count=past.count, minutes=then_ns / _MINUTE_NS)
        if was_harmless(cluster, now, then, green=green):
            found.add(cluster.fingerprint)
    return frozenset(found)


def request_ids(entry: Entry) -> tuple[str, ...]:
    """Values of the fields of an entry that are named like a request id, sorted; of `traceparent` the trace id."""
    found: set[str] = set()
    for key, value in (*_fields(entry.json_payload or {}, _DEPTH), *entry.labels.items()):
        if isinstance(value, str) and 8 <= len(value) <= 200 and _ID_KEY.fullmatch(key):
            parent = _TRACEPARENT.fullmatch(value)
            found.add(parent[1] if parent else value.partition("/")[0])
    return tuple(sorted(found))


def _fields(document: Mapping[str, Any], depth: int) -> Iterator[tuple[str, Any]]:
    for key, value in list(document.items())[:_MAX_KEYS]:
        if isinstance(value, Mapping):
            if depth > 1:
                yield from _fields(value, depth - 1)
        else:
            yield str(key), value
