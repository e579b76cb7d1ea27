"""Which signed events are one error: equal fingerprints, mined templates, twins, a trace and its message."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from analyzer.clusters.twins import Printing, twin_links
from analyzer.model import ErrorEvent, EventKind, Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedEvent:
    """An error event, its signature, and the template that mining gave it."""

    event: ErrorEvent
    signature: Signature
    template: str
    """the masked message after mining; equal to `signature.template` where mining changed nothing"""
    group: str
    """events with equal group are one error by text"""


class _Union:
    """Union-find over fingerprint groups; the smaller key always wins, so the order of joins does not matter."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def find(self, key: str) -> str:
        root = key
        while self._parent.get(root, root) != root:
            root = self._parent[root]
        while self._parent.get(key, key) != root:
            self._parent[key], key = root, self._parent[key]
        return root

    def join(self, a: str, b: str) -> None:
        a, b = self.find(a), self.find(b)
        if a != b:
            self._parent[max(a, b)] = min(a, b)


def fold(signed: Sequence[SignedEvent], *, twin_ns: int) -> list[list[int]]:
    """Indexes of the events of each cluster, in no particular order of clusters."""
    union = _Union()
    printings = [printing(s) for s in signed]
    for a, b in twin_links(printings, twin_ns=twin_ns):
        union.join(signed[a].group, signed[b].group)
    _join_messages_to_traces(signed, union)
    members: dict[str, list[int]] = defaultdict(list)
    for index, one in enumerate(signed):
        members[union.find(one.group)].append(index)
    return [members[key] for key in sorted(members)]


def printing(signed: SignedEvent) -> Printing:
    """What the search for twins needs of an event."""
    event, signature = signed.event, signed.signature
    where = event.location
    latency = event.request.latency_ns if event.request and event.kind is EventKind.REQUEST else None
    return Printing(
        stream=(event.service, event.instance or event.revision),
        time_ns=event.time_ns,
        latency_ns=latency or 0,
        text=signed.group if event.kind is EventKind.REQUEST else " ".join(signature.core.split()),
        form=(
            signed.template,
            event.logger or "",
            event.log_name,
            f"{where.file}:{where.line}" if where else "",
            str(signature.has_trace),
        ),
        is_request=event.kind is EventKind.REQUEST,
    )


def _join_messages_to_traces(signed: Sequence[SignedEvent], union: _Union) -> None:
    """A message without a trace joins the one trace cluster of its service with the same innermost message."""
    traced: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in signed:
        if one.signature.has_trace:
            traced[one.event.service, one.signature.core_masked].add(one.group)
    for one in signed:
        if one.signature.has_trace or one.event.kind is EventKind.REQUEST:
            continue
        groups = {union.find(g) for g in traced.get((one.event.service, one.signature.core_masked), ())}
        if len(groups) == 1 and any(c.isalpha() for c in one.signature.core_masked):
            union.join(one.group, groups.pop())
