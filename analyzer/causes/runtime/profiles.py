"""Clusters as the search for links sees them: texts, words, who printed them, when, and in which requests."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from analyzer.causes.runtime.wording import Said, is_cancellation, names_service, said
from analyzer.model import Cluster, ErrorEvent, EventKind, Occurrence, Severity

MAX_CLUSTERS = 200
"""clusters that are compared, the gravest and most frequent; pairs grow with the square"""
_MAX_TEXTS = 5
_MAX_CHARS = 4_000
_LABELLED = re.compile(
    r"(?i)\b(?:request|correlation|trace|transaction)[-_ ]?id[\"']?[:= ]{1,3}[\"']?([0-9a-z][\w-]{7,63})"
    r"|\b[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}\b"
)
_ID = re.compile(r"\b[0-9a-f]{32}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_DIGITS = re.compile(r"\d+")
_BLANKS = re.compile(r"\s+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_MIN_QUOTED = 12
_MAX_SIGHTS = 100


@dataclass(frozen=True, slots=True)
class Sight:
    """One printing: when, where, in which request. A request entry lasts from its start to its end."""

    start_ns: int
    end_ns: int
    service: str
    instance: str
    requests: tuple[str, ...]
    entry_ids: tuple[str, ...]


@dataclass(kw_only=True)
class Profile:
    """A cluster with what its events say."""

    cluster: Cluster
    texts: tuple[str, ...]
    """whole texts of its first events, digits folded: message, nested texts, messages of every exception"""
    outer: tuple[str, ...]
    """messages of the exceptions around the innermost one, digits folded"""
    inners: tuple[str, ...]
    """its innermost text and its messages, digits folded; none that is too short to be recognised elsewhere"""
    said: Said
    traced: bool
    in_app: bool
    """its innermost exception passes the service's own code"""
    named: frozenset[str]
    """other services that its texts name"""
    sights: tuple[Sight, ...] = ()
    """in order of time"""
    starts: Mapping[tuple[str, str], Sequence[int]] = field(default_factory=dict)
    """times of its sights by service and instance, in order"""

    @property
    def fingerprint(self) -> str:
        """Of the cluster."""
        return self.cluster.fingerprint

    @property
    def service(self) -> str:
        """The service that prints it; the first by name where several do."""
        return self.cluster.services[0] if self.cluster.services else ""

    @cached_property
    def inner(self) -> str:
        """Its innermost text, if it can be recognised elsewhere."""
        text = folded(self.cluster.core)
        return text if text in self.inners else ""

    @property
    def front(self) -> bool:
        """A request log or the platform speaks: it knows that something failed, not what."""
        return self.cluster.kind in (EventKind.REQUEST, EventKind.PLATFORM) and not self.said.fatal

    @property
    def cancelled(self) -> bool:
        """Its innermost exception only says that the work was stopped."""
        return is_cancellation(self.cluster.exception_type)

    @cached_property
    def some(self) -> Sequence[Sight]:
        """At most so many of its sights, evenly taken: enough for shares."""
        if len(self.sights) <= _MAX_SIGHTS:
            return self.sights
        return [self.sights[n * len(self.sights) // _MAX_SIGHTS] for n in range(_MAX_SIGHTS)]

    @cached_property
    def has_requests(self) -> bool:
        """Most of its printings tell their request."""
        return 2 * sum(bool(s.requests) for s in self.sights) > len(self.sights)

    @property
    def entry_ids(self) -> tuple[str, ...]:
        """Of its earliest printing."""
        if self.cluster.exemplars:
            return self.cluster.exemplars[0].entry_ids[:3]
        return self.sights[0].entry_ids[:3] if self.sights else ()

    @property
    def shown(self) -> str:
        """Its text for a sentence."""
        text = _BLANKS.sub(" ", self.cluster.core or self.cluster.title).strip() or self.cluster.title
        if self.cluster.exception_type and self.cluster.exception_type not in text:
            text = f"{self.cluster.exception_type.rpartition('.')[2]}: {text}"
        return text if len(text) <= 100 else text[:99] + "…"


def folded(text: str) -> str:
    """A text in which values of the same shape are equal: one blank, one digit."""
    return _DIGITS.sub("0", _BLANKS.sub(" ", text[:_MAX_CHARS].replace("\\n", " "))).strip()


def build_profiles(clusters: Sequence[Cluster], occurrences: Iterable[Occurrence]) -> tuple[Profile, ...]:
    """Profiles of the clusters that happened in this cycle and are neither noise nor accepted, in given order."""
    wanted = [c for c in clusters if c.count and c.noise is None and c.known is None and c.severity >= Severity.WARNING]
    kept = {c.fingerprint for c in sorted(wanted, key=lambda c: (-c.severity, -c.count, c.fingerprint))[:MAX_CLUSTERS]}
    groups: dict[str, list[Occurrence]] = defaultdict(list)
    known: set[str] = set()
    for one in occurrences:
        if one.fingerprint in kept:
            groups[one.fingerprint].append(one)
            known.update(_own_ids(one))
    services = sorted(
        {s for c in wanted for s in c.services if s} | {o.event.service for g in groups.values() for o in g}
    )
    return tuple(_profile(c, groups[c.fingerprint], known, services) for c in wanted if c.fingerprint in kept)


def _profile(cluster: Cluster, group: Sequence[Occurrence], known: set[str], services: Sequence[str]) -> Profile:
    ordered = sorted(group, key=lambda o: (o.event.time_ns or 0, o.event.entry_ids))
    telling = list({_text(o.event): o.event for o in reversed(ordered[: 20 * _MAX_TEXTS])}.items())[::-1][:_MAX_TEXTS]
    raw = [text for text, _ in telling]
    messages = [e.message for _, e in telling] or [cluster.title]
    own = set(cluster.services)
    roots = [t.root_exception for _, e in telling for t in e.stack_traces]
    sights = tuple(_sight(o, known) for o in ordered if o.event.time_ns is not None)
    starts: dict[tuple[str, str], list[int]] = defaultdict(list)
    for sight in sights:
        starts[sight.service, sight.instance].append(sight.start_ns)
    return Profile(
        cluster=cluster,
        texts=tuple(dict.fromkeys(map(folded, raw))),
        outer=tuple(dict.fromkeys(folded(m) for _, e in telling for m in (e.message, *_outer(e)) if m)),
        said=said("\n".join((*messages[:2], cluster.core, cluster.exception_message or "")), cluster.exception_type),
        inners=tuple(dict.fromkeys(t for t in map(folded, (cluster.core, *messages)) if _telling(t))),
        traced=bool(roots),
        in_app=any(f.in_app for r in roots for f in r.frames),
        named=frozenset(s for s in services if s and s not in own and any(names_service(text, s) for text in raw)),
        sights=sights,
        starts=dict(starts),
    )


def _telling(text: str) -> bool:
    return len(text) >= _MIN_QUOTED and len(_WORD.findall(text)) >= 2


def _text(event: ErrorEvent) -> str:
    exceptions = [f"{x.type or ''}: {x.message}" for t in event.stack_traces for x in t.exceptions]
    return "\n".join((event.message, *(n.text for n in event.nested), *exceptions))[:_MAX_CHARS]


def _outer(event: ErrorEvent) -> list[str]:
    """Messages of the exceptions that are not the oldest cause of their trace."""
    return [
        x.message for t in event.stack_traces for n, x in enumerate(t.exceptions) if t.root is not None and n != t.root
    ]


def _sight(one: Occurrence, known: set[str]) -> Sight:
    event = one.event
    start = event.time_ns or 0
    latency = (event.request.latency_ns if event.request else None) or 0
    ids = {*_own_ids(one), *(i for i in _ID.findall(event.message[:_MAX_CHARS].lower()) if i in known)}
    return Sight(start, start + latency, event.service, event.instance, tuple(sorted(ids)), event.entry_ids[:3])


def _own_ids(one: Occurrence) -> set[str]:
    trace = one.event.trace
    found = {i.lower() for i in one.request_ids}
    if trace:
        found.add(trace.rpartition("/")[2].lower())
    for match in _LABELLED.finditer(one.event.message[:_MAX_CHARS]):
        found.add((match[1] or match[2]).lower())
    return found
