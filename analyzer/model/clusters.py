"""Clusters: signatures judged one error, with the real events shown for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from analyzer.model.code import CodePath
from analyzer.model.cycle import Change
from analyzer.model.entries import Severity
from analyzer.model.events import EventKind
from analyzer.model.times import format_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """The values behind one wildcard: the most frequent with counts, and how many others."""

    slot: int
    values: tuple[tuple[str, int], ...]
    others: int = 0

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {"slot": self.slot, "values": [[v, n] for v, n in self.values], "others": self.others}


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemplar:
    """A real occurrence. `roles` says what each entry did: raise, wrap, handle, access."""

    entry_ids: tuple[str, ...]
    message: str
    roles: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {"entry_ids": list(self.entry_ids), "message": self.message, "roles": dict(self.roles)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """One error of the cycle. `count` counts occurrences, `entries` entries, `printings` events."""

    fingerprint: str
    aliases: tuple[str, ...] = ()
    alias_reason: str | None = None
    title: str
    template: str
    exception_type: str | None = None
    exception_message: str | None = None
    core: str
    wrappers: tuple[str, ...] = ()
    severity: Severity
    kind: EventKind = EventKind.APPLICATION
    noise: str | None = None
    known: str | None = None
    count: int
    entries: int
    printings: int = 0
    first_seen_ns: int | None = None
    last_seen_ns: int | None = None
    services: tuple[str, ...] = ()
    revisions: tuple[str, ...] = ()
    change: Change | None = None
    related: tuple[str, ...] = ()
    facets: tuple[Facet, ...] = ()
    exemplars: tuple[Exemplar, ...] = ()
    members: tuple[str, ...] | None = None
    """every entry id; None where they were not asked for"""
    location: str = "unmapped"
    """unique, ambiguous or unmapped"""
    code_paths: tuple[CodePath, ...] = ()
    unlocated: str | None = None
    """why there is no code path"""

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it; `members` only where asked for."""
        exception = None
        if self.exception_type is not None or self.exception_message is not None:
            exception = {"type": self.exception_type, "message": self.exception_message}
        out: dict[str, Any] = {
            "fingerprint": self.fingerprint,
            "aliases": list(self.aliases),
            "alias_reason": self.alias_reason,
            "title": self.title,
            "template": self.template,
            "exception": exception,
            "core": self.core,
            "wrappers": list(self.wrappers),
            "severity": self.severity.name,
            "kind": self.kind.value,
            "noise": self.noise,
            "known": self.known,
            "count": self.count,
            "entries": self.entries,
            "first_seen": format_time(self.first_seen_ns),
            "last_seen": format_time(self.last_seen_ns),
            "services": list(self.services),
            "revisions": list(self.revisions),
            "change": self.change.value if self.change else None,
            "related": list(self.related),
            "facets": [f.to_dict() for f in self.facets],
            "exemplars": [e.to_dict() for e in self.exemplars],
            "location": self.location,
            "code_paths": [p.to_dict() for p in self.code_paths],
            "unlocated": self.unlocated,
        }
        if self.members is not None:
            out["members"] = list(self.members)
        return out
