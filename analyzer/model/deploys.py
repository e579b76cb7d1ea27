"""Which code ran when: revisions, their commits, and what happened to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analyzer.model.causes import Evidence
from analyzer.model.times import format_time, parse_time


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDeploy:
    """What a service ran: revisions, and the commit with where that is known from."""

    service: str
    revisions: tuple[str, ...] = ()
    commit: str | None = None
    source: str | None = None
    """option, label, image, audit, banner or inferred"""
    inferred_commits: tuple[str, ...] | None = None
    """oldest and newest commit that the logs fit; None where they do not tell"""
    facts: tuple[tuple[str, tuple[int, int]], ...] = ()
    """kind of fact → (fitting, checked)"""
    evidence: tuple[str, ...] = ()
    """what besides the facts bounds the inferred range, or why there is none"""

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {
            "service": self.service,
            "revisions": list(self.revisions),
            "commit": self.commit,
            "source": self.source,
            "inferred_commits": list(self.inferred_commits) if self.inferred_commits is not None else None,
            "facts": {k: list(v) for k, v in self.facts},
            "evidence": list(self.evidence),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ServiceDeploy:
        """The inverse of `to_dict`."""
        return cls(
            service=str(data["service"]),
            revisions=tuple(str(r) for r in data.get("revisions") or ()),
            commit=data.get("commit"),
            source=data.get("source"),
            inferred_commits=_commits(data.get("inferred_commits")),
            facts=tuple((str(k), (int(v[0]), int(v[1]))) for k, v in (data.get("facts") or {}).items()),
            evidence=tuple(str(e) for e in data.get("evidence") or ()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEvent:
    """Something that happened to a revision."""

    time_ns: int | None
    service: str
    revision: str | None
    event: str
    """deployed, ready, serving, rolled_back or refused"""
    commit: str | None = None
    share: float | None = None
    entry_ids: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {
            "time": format_time(self.time_ns),
            "service": self.service,
            "revision": self.revision,
            "commit": self.commit,
            "event": self.event,
            "share": self.share,
            "entry_ids": list(self.entry_ids),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TimelineEvent:
        """The inverse of `to_dict`."""
        return cls(
            time_ns=parse_time(data["time"]) if data.get("time") else None,
            service=str(data["service"]),
            revision=data.get("revision"),
            event=str(data["event"]),
            commit=data.get("commit"),
            share=data.get("share"),
            entry_ids=tuple(str(i) for i in data.get("entry_ids") or ()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionDeploy:
    """One revision of a service: which commit it was built from, and when it was there. Times are None where unseen."""

    service: str
    revision: str
    commit: str | None = None
    """the one commit it was built from, as told (it may be an abbreviation of one in no repository)"""
    source: str | None = None
    """option, label, audit, image, banner or inferred; None with `commit`"""
    oldest: str | None = None
    newest: str | None = None
    """full ids of the oldest and newest commit that its logs fit, where `commit` is not known for sure"""
    evidence: tuple[Evidence, ...] = ()
    """how the commit is known, or why it is not; how the deploy is known; why it is in its state"""
    deployed_ns: int | None = None
    """the deploy that made it was accepted"""
    ready_ns: int | None = None
    first_ns: int | None = None
    """of the first entry that it wrote by itself, or that a request to it left"""
    last_ns: int | None = None
    requests: int = 0
    """requests that it answered in the window"""
    state: str = "served"
    """served; draining: a newer one had taken over when it was last seen; no_traffic: it is there, and no request
    reached it; refused: it never got ready; rolled_back: it served, then an older one took over all its traffic"""

    def to_dict(self) -> dict[str, Any]:
        """As the report writes it."""
        return {
            "service": self.service,
            "revision": self.revision,
            "commit": self.commit,
            "source": self.source,
            "oldest": self.oldest,
            "newest": self.newest,
            "evidence": [e.to_dict() for e in self.evidence],
            "deployed": format_time(self.deployed_ns),
            "ready": format_time(self.ready_ns),
            "first": format_time(self.first_ns),
            "last": format_time(self.last_ns),
            "requests": self.requests,
            "state": self.state,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> RevisionDeploy:
        """The inverse of `to_dict`."""
        return cls(
            service=str(data["service"]),
            revision=str(data["revision"]),
            commit=data.get("commit"),
            source=data.get("source"),
            oldest=data.get("oldest"),
            newest=data.get("newest"),
            evidence=tuple(Evidence.from_dict(e) for e in data.get("evidence") or ()),
            deployed_ns=_time(data.get("deployed")),
            ready_ns=_time(data.get("ready")),
            first_ns=_time(data.get("first")),
            last_ns=_time(data.get("last")),
            requests=int(data.get("requests") or 0),
            state=str(data.get("state") or "served"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficMinute:
    """Which revisions answered a service's requests in one minute."""

    time_ns: int
    """begin of the minute"""
    service: str
    requests: tuple[tuple[str, int], ...]
    """(revision, requests), by revision; lines where the window holds no request log"""

    def to_dict(self) -> dict[str, Any]:
        """As the report writes it."""
        return {"time": format_time(self.time_ns), "service": self.service, "requests": dict(self.requests)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TrafficMinute:
        """The inverse of `to_dict`."""
        return cls(
            time_ns=parse_time(data["time"]) or 0,
            service=str(data["service"]),
            requests=tuple(sorted((str(r), int(n)) for r, n in data["requests"].items())),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Deploys:
    """Which code ran when."""

    services: tuple[ServiceDeploy, ...] = ()
    inferred_commits: tuple[str, ...] | None = None
    head: str | None = None
    timeline: tuple[TimelineEvent, ...] = ()
    revisions: tuple[RevisionDeploy, ...] = ()
    """by service, then oldest first"""
    traffic: tuple[TrafficMinute, ...] = ()
    """by time, then service"""
    notes: tuple[Evidence, ...] = ()
    """what of the deploys is ambiguous, refused or unproven"""

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {
            "services": [s.to_dict() for s in self.services],
            "inferred_commits": list(self.inferred_commits) if self.inferred_commits is not None else None,
            "head": self.head,
            "timeline": [t.to_dict() for t in self.timeline],
            "revisions": [r.to_dict() for r in self.revisions],
            "traffic": [m.to_dict() for m in self.traffic],
            "notes": [n.to_dict() for n in self.notes],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Deploys:
        """The inverse of `to_dict`."""
        return cls(
            services=tuple(ServiceDeploy.from_dict(s) for s in data.get("services") or ()),
            inferred_commits=_commits(data.get("inferred_commits")),
            head=data.get("head"),
            timeline=tuple(TimelineEvent.from_dict(t) for t in data.get("timeline") or ()),
            revisions=tuple(RevisionDeploy.from_dict(r) for r in data.get("revisions") or ()),
            traffic=tuple(TrafficMinute.from_dict(m) for m in data.get("traffic") or ()),
            notes=tuple(Evidence.from_dict(n) for n in data.get("notes") or ()),
        )


def _commits(value: Sequence[object] | None) -> tuple[str, ...] | None:
    return tuple(str(commit) for commit in value) if value is not None else None


def _time(text: str | None) -> int | None:
    return parse_time(text) if text else None
