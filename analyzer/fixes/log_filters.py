"""The Cloud Logging filter that finds an error again: its service, revision, time, and a text that its entries hold.

Log text is hostile. A filter is one line of printable ASCII whatever stands in the logs: a text is asked for by a
stretch of plain characters without quotes and backslashes, and every other value is quoted. Where no such stretch is
long enough, entries are asked for by their ids.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analyzer.model import SERVICE_LABELS, Cluster, Entry, EventKind, TestResult, format_time, quoted

_SECOND = 1_000_000_000
_LAST_SECOND = 253_402_300_799
_MAX_NAMES = 10
_MAX_TEXT = 120
_MIN_TEXT = 8
_NOT_LITERAL = re.compile(
    # what stands for something else: placeholders, pseudonyms
    r"<(?:\*|[a-z][a-z0-9_ -]{0,20})>|\b[a-z]{1,20}-[0-9a-f]{6}\b"
    # and what a printed, quoted or encoded copy of the text may write otherwise
    r"|[^ !#-\[\]-~]++"
)
_REQUEST = re.compile(r"HTTP ([A-Z]{1,20}) (\d{3}) (/\S{0,1000})", re.ASCII)
_ID = re.compile(r"[ -~]{1,512}", re.ASCII)
_REVISION_LABELS = {"cloud_run_revision": "resource.labels.revision_name", "gae_app": "resource.labels.version_id"}
_POD_HASH = 'labels."k8s-pod/pod-template-hash"'


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceResource:
    """How Cloud Logging knows a service."""

    type: str
    """of the resource, e.g. cloud_run_revision"""
    label: str | None
    """of the resource, that names the service; None where only payloads do"""
    project: str = ""
    location: str = ""


def service_resources(entries: Iterable[Entry]) -> dict[str, ServiceResource]:
    """service → the resource that most of its entries in Cloud Logging came from; of equals the first by name."""
    counts: dict[str, Counter[tuple[str, str, str, str]]] = {}
    for entry in entries:
        if not entry.service or not entry.resource_type or "/logs/" not in entry.log_name:
            continue
        labels = entry.resource_labels
        label = next((name for name in SERVICE_LABELS if labels.get(name) == entry.service), "")
        place = labels.get("location") or labels.get("region") or labels.get("zone") or ""
        project = entry.log_name.split("/")[1] if entry.log_name.startswith("projects/") else ""
        counts.setdefault(entry.service, Counter())[entry.resource_type, label, project, place] += 1
    found = {}
    for service, counted in sorted(counts.items()):
        type_, label, project, location = min(counted, key=lambda kind: (-counted[kind], kind))
        found[service] = ServiceResource(type=type_, label=label or None, project=project, location=location)
    return found


def cluster_filter(cluster: Cluster, resources: Mapping[str, ServiceResource] | None = None) -> str | None:
    """Finds the entries of a cluster; None where nothing tells them from others.

    Without `resources` a service may be any resource's.
    """
    telling = _telling(cluster)
    if telling is None:
        return None
    parts = [
        *services_clause(cluster.services, resources),
        *_revisions_clause(cluster, resources),
        *window_clause(cluster.first_seen_ns, cluster.last_seen_ns),
        telling,
    ]
    return " AND ".join(parts)


def filter_of_test(test: TestResult, from_ns: int | None, to_ns: int | None) -> str | None:
    """What was logged while a test ran, by its trace and request ids where it has any, else errors of the time.

    The given times are those of the cycle, used where the test has none. None where no time and no id is known.
    """
    ids = [quoted(i) for i in sorted(set(test.ids)) if _ID.fullmatch(i)][:_MAX_NAMES]
    started, ended = test.started_ns, test.ended_ns
    window = window_clause(started, ended) if started is not None and ended is not None else ()
    window = window or window_clause(from_ns, to_ns)
    if ids:
        return " AND ".join((*window, f"({' OR '.join(ids)})"))
    return " AND ".join((*window, "severity>=ERROR")) if window else None


def services_clause(services: Sequence[str], resources: Mapping[str, ServiceResource] | None) -> tuple[str, ...]:
    """One clause for any of these services; none where there are none, or more than a filter should name."""
    if not services or len(services) > _MAX_NAMES:
        return ()
    clauses = sorted({_service_clause(service, (resources or {}).get(service)) for service in services})
    return (clauses[0] if len(clauses) == 1 else f"({' OR '.join(clauses)})",)


def window_clause(from_ns: int | None, to_ns: int | None) -> tuple[str, ...]:
    """Whole seconds from the first to after the last of two moments; none where one is not known."""
    if from_ns is None or to_ns is None:
        return ()
    first, last = from_ns // _SECOND, min(to_ns // _SECOND + 1, _LAST_SECOND)
    return f'timestamp>="{_second(first)}"', f'timestamp<"{_second(last)}"'


def _second(seconds: int) -> str:
    return (format_time(seconds * _SECOND) or "").replace(".000000Z", "Z")


def _service_clause(service: str, resource: ServiceResource | None) -> str:
    value = _ascii(service)
    if resource is None:
        return f"({' OR '.join(f'resource.labels.{label}={value}' for label in SERVICE_LABELS)})"
    if resource.label is None:
        claimed = ("jsonPayload.serviceContext.service", "jsonPayload.service")
        return f"({' OR '.join(f'{field}={value}' for field in claimed)})"
    return f"(resource.type={_ascii(resource.type)} AND resource.labels.{resource.label}={value})"


def _revisions_clause(cluster: Cluster, resources: Mapping[str, ServiceResource] | None) -> tuple[str, ...]:
    if not cluster.revisions or len(cluster.revisions) > _MAX_NAMES:
        return ()
    types = {(resources or {})[s].type if s in (resources or {}) else "" for s in cluster.services} or {""}
    fields = {_REVISION_LABELS.get(t, _POD_HASH) for t in types if t}
    if "" in types:
        fields |= {*_REVISION_LABELS.values(), _POD_HASH}
    values = [_ascii(revision) for revision in cluster.revisions]
    either = values[0] if len(values) == 1 else f"({' OR '.join(values)})"
    clauses = [f"{field}={either}" for field in sorted(fields)]
    return (clauses[0] if len(clauses) == 1 else f"({' OR '.join(clauses)})",)


def _telling(cluster: Cluster) -> str | None:
    """The condition on what an entry says."""
    found = _REQUEST.match(cluster.template) if cluster.kind is EventKind.REQUEST else None
    if found is not None:
        route = max(_literals(found[3]), key=len, default="")
        path = [f"httpRequest.requestUrl:{quoted(route)}"] if len(route) > 1 else []
        return " AND ".join([f"httpRequest.requestMethod={quoted(found[1])}", f"httpRequest.status={found[2]}", *path])
    texts = [
        text for source in (cluster.template, cluster.core) for text in _literals(source) if _is_shown(text, cluster)
    ]
    text = max(texts, key=len, default="")
    if len(text) >= _MIN_TEXT:
        return quoted(text[:_MAX_TEXT].rstrip())
    ids = sorted({insert_id(i) for exemplar in cluster.exemplars for i in exemplar.entry_ids} - {""})[:_MAX_NAMES]
    return f"insertId=({' OR '.join(quoted(i) for i in ids)})" if ids else None


def _is_shown(text: str, cluster: Cluster) -> bool:
    """A text of the template stands in real entries only if it stands in the real events that are shown for it."""
    return not cluster.exemplars or all(text in exemplar.message for exemplar in cluster.exemplars)


def _literals(text: str) -> list[str]:
    # a word that holds a redacted value may have been more than one
    words = ("\n" if "REDACTED" in word else word for word in text.split(" "))
    return [part.strip() for part in _NOT_LITERAL.split(" ".join(words))]


def insert_id(entry_id: str) -> str:
    """What Cloud Logging calls an entry: the id without the log it stands in; "" for one that was made up here."""
    plain = entry_id.partition("@")[0]
    return plain if not entry_id.startswith("x-") and _ID.fullmatch(plain) else ""


def _ascii(value: str) -> str:
    return quoted("".join(c if " " <= c <= "~" else "?" for c in value))
