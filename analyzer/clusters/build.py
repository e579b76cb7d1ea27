"""Clusters from groups of events: title, counts, exemplars, facets, noise, order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, pairwise

from analyzer.clusters.facets import facets
from analyzer.clusters.fold import SignedEvent, fold, printing
from analyzer.clusters.histograms import histogram, with_one_step
from analyzer.clusters.seen import Requests, seen_on
from analyzer.clusters.twins import occurrences
from analyzer.model import Cluster, ErrorEvent, EventKind, Exemplar, Severity, Signature
from analyzer.rules import Rule

TWIN_NS = 1_000_000_000
"""printings of one service and instance within 1 s may be one occurrence (contract, "Occurrences")"""
_MAX_EXEMPLARS = 3
_MAX_MESSAGE = 2_000
_MAX_TITLE = 200
_MAX_COMPARED = 400
"""pairs are compared up to this many clusters; above it only equal innermost texts are related"""
_RELATED = 0.85
_MIN_CORE = 12


def cluster_events(
    signed: Sequence[SignedEvent],
    *,
    noise_rules: Sequence[Rule] = (),
    similarity: Callable[[str, str], float] | None = None,
    requests: Requests | None = None,
) -> tuple[Cluster, ...]:
    """Clusters of these events: errors first, then warnings, noise last; the same whatever the order of events.

    `similarity` (0 to 1 on templates) only fills `related`; it never merges. `requests` (the id of an event's entry →
    its request and its routes) only fills `seen_on`.
    """
    ordered = sorted(signed, key=lambda s: (s.event.time_ns or 0, s.event.entry_ids))
    printings = [printing(s) for s in ordered]
    clusters = []
    places: dict[str, set[str]] = defaultdict(set)
    for indexes in fold(ordered, twin_ns=TWIN_NS):
        happened = occurrences(printings, indexes, twin_ns=TWIN_NS)
        happened.sort(key=lambda o: (ordered[o[0]].event.time_ns or 0, ordered[o[0]].event.entry_ids))
        clusters.append(_cluster(ordered, indexes, happened, noise_rules, requests or {}))
        places[clusters[-1].fingerprint].update(p for i in indexes if (p := ordered[i].signature.place))
    clusters.sort(key=_order)
    return _with_related(with_one_step(clusters), places, similarity)


def _cluster(
    signed: Sequence[SignedEvent],
    indexes: Sequence[int],
    happened: Sequence[Sequence[int]],
    noise_rules: Sequence[Rule],
    requests: Requests,
) -> Cluster:
    mine = [signed[i] for i in indexes]
    events = [s.event for s in mine]
    occurred = [[signed[i].event for i in o] for o in happened]
    head = _representative(mine)
    first_seen: dict[str, tuple[int, str]] = {}
    for one in mine:
        key = (one.event.time_ns or 0, one.signature.fingerprint)
        print_ = one.signature.fingerprint
        first_seen[print_] = min(first_seen.get(print_, key), key)
    fingerprints = sorted(first_seen, key=lambda f: first_seen[f])
    times = [e.time_ns for e in events if e.time_ns is not None]
    severity = max(e.severity for e in events)
    exception = _exception(mine)
    same_template = [s.signature.text or s.event.message for s in mine if s.template == head.template]
    entry_ids = sorted({i for e in events for i in e.entry_ids})
    return Cluster(
        fingerprint=fingerprints[0],
        aliases=tuple(sorted(fingerprints[1:])),
        title=headline(head.event, head.signature),
        template=head.template,
        exception_type=exception[0],
        exception_message=exception[1],
        core=head.signature.core[:_MAX_MESSAGE],
        wrappers=head.signature.wrappers,
        severity=severity,
        kind=_kind(events, severity),
        noise=_noise(head, noise_rules),
        count=len(happened),
        entries=len(entry_ids),
        printings=len(mine),
        first_seen_ns=min(times, default=None),
        last_seen_ns=max(times, default=None),
        services=tuple(sorted({e.service for e in events if e.service})),
        revisions=tuple(sorted({e.revision for e in events if e.revision})),
        seen_on=seen_on(occurred, requests),
        histogram=histogram(occurred),
        facets=facets(head.template, same_template),
        exemplars=tuple(_exemplar([signed[i] for i in o]) for o in happened[:_MAX_EXEMPLARS]),
        members=tuple(entry_ids),
    )


def headline(event: ErrorEvent, signature: Signature) -> str:
    """The line a person would quote: the nested text, the exception, or the first line of the message."""
    if event.nested and signature.core and event.nested[-1].text.endswith(signature.core):
        text = event.nested[-1].text
    elif signature.has_trace and signature.exception_type:
        text = f"{signature.exception_type}: {signature.core}" if signature.core else signature.exception_type
    else:
        text = event.message
    line = next((x.strip() for x in text.splitlines() if x.strip()), text.strip())
    return line if len(line) <= _MAX_TITLE else line[: _MAX_TITLE - 1] + "…"


def _representative(mine: Sequence[SignedEvent]) -> SignedEvent:
    """The event that shows most: a trace, then a headline with words around the core and nothing swallowed."""

    def weight(one: SignedEvent) -> tuple[object, ...]:
        text = headline(one.event, one.signature)
        return (
            not one.signature.has_trace,
            -one.event.severity,
            one.event.kind is EventKind.REQUEST and one.event.request is None,
            "REDACTED" in text,
            not one.signature.wrappers,
            -len(text),
            one.event.time_ns or 0,
            one.event.entry_ids,
        )

    return min(mine, key=weight)


def _exception(mine: Sequence[SignedEvent]) -> tuple[str | None, str | None]:
    """Type and message of the exception that most events of the cluster name."""
    named = Counter(
        (s.signature.exception_type, s.signature.exception_message or "")
        for s in mine
        if s.signature.exception_type is not None
    )
    if not named:
        return None, None
    kind, message = min(named, key=lambda k: (-named[k], k[0] or "", k[1]))
    return kind, message[:_MAX_MESSAGE]


def _kind(events: Sequence[ErrorEvent], severity: Severity) -> EventKind:
    loud = Counter(e.kind for e in events if e.severity == severity)
    return min(loud, key=lambda k: (-loud[k], list(EventKind).index(k)))


def _noise(head: SignedEvent, rules: Sequence[Rule]) -> str | None:
    texts = (head.event.message, head.template)
    return next((r.id for r in rules if any(r.pattern.search(t) for t in texts)), None)


def _exemplar(occurrence: Sequence[SignedEvent]) -> Exemplar:
    head = _representative(occurrence)
    roles = {i: _role(s) for s in occurrence for i in s.event.entry_ids}
    ids = tuple(dict.fromkeys(i for s in occurrence for i in s.event.entry_ids))
    return Exemplar(entry_ids=ids, message=head.event.message[:_MAX_MESSAGE], roles=roles)


def _role(one: SignedEvent) -> str:
    if one.event.kind is EventKind.REQUEST:
        return "access"
    if one.signature.has_trace:
        return "raise"
    return "handle" if one.event.nested else "wrap"


def _order(cluster: Cluster) -> tuple[object, ...]:
    return (
        cluster.noise is not None,
        cluster.severity < Severity.ERROR,
        -cluster.count,
        cluster.first_seen_ns or 0,
        cluster.fingerprint,
    )


def _with_related(
    clusters: list[Cluster], places: Mapping[str, set[str]], similarity: Callable[[str, str], float] | None
) -> tuple[Cluster, ...]:
    """Clusters that look alike, share the innermost text, or come from one function of ours; shown, never merged.

    One function with many errors may be a helper: that is for a person to say, in a rule.
    """
    texts = [c for c in clusters if c.kind is not EventKind.REQUEST]
    related: dict[str, set[str]] = {c.fingerprint: set() for c in clusters}

    def relate(a: Cluster, b: Cluster) -> None:
        related[a.fingerprint].add(b.fingerprint)
        related[b.fingerprint].add(a.fingerprint)

    sharing: dict[tuple[str, str], list[Cluster]] = defaultdict(list)
    for cluster in texts:
        if len(cluster.core) >= _MIN_CORE:
            sharing["core", cluster.core].append(cluster)
        for place in places.get(cluster.fingerprint, ()):
            sharing["place", place].append(cluster)
    for same in sharing.values():
        for a, b in pairwise(same):
            relate(a, b)
    if similarity is not None and len(texts) <= _MAX_COMPARED:
        for a, b in combinations(texts, 2):
            if similarity(a.template, b.template) >= _RELATED:
                relate(a, b)
    return tuple(replace(c, related=tuple(sorted(related[c.fingerprint]))) for c in clusters)
