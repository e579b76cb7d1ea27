"""Clusters: signatures judged one error, with the real events shown for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from analyzer.model.code import CodePath
from analyzer.model.cycle import Change
from analyzer.model.entries import Severity
from analyzer.model.events import EventKind
from analyzer.model.exposure import ChangeRate, SeenOn
from analyzer.model.histograms import Histogram
from analyzer.model.times import format_time, parse_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """The values behind one wildcard: the most frequent with counts, and how many others."""

    slot: int
    values: tuple[tuple[str, int], ...]
    others: int = 0

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {"slot": self.slot, "values": [[v, n] for v, n in self.values], "others": self.others}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Facet:
        """The inverse of `to_dict`."""
        values = tuple((str(value), int(count)) for value, count in data["values"])
        return cls(slot=int(data["slot"]), values=values, others=int(data.get("others") or 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemplar:
    """A real occurrence. `roles` says what each entry did: raise, wrap, handle, access."""

    entry_ids: tuple[str, ...]
    message: str
    roles: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {"entry_ids": list(self.entry_ids), "message": self.message, "roles": dict(self.roles)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Exemplar:
        """The inverse of `to_dict`."""
        return cls(
            entry_ids=_texts(data["entry_ids"]),
            message=str(data["message"]),
            roles={str(k): str(v) for k, v in (data.get("roles") or {}).items()},
        )


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
    change_reason: str | None = None
    """why it is called so, where the name alone does not say it"""
    rate: ChangeRate | None = None
    """against the baseline; None without one"""
    seen_on: tuple[SeenOn, ...] = ()
    """by service and revision; the counts add up to `count`"""
    histogram: Histogram | None = None
    """when they happened, in bins as wide as those of every cluster of the report; adds up to `count`"""
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

    @property
    def first_entry_ids(self) -> tuple[str, ...]:
        """The entries of the first exemplar."""
        return self.exemplars[0].entry_ids if self.exemplars else ()

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
            "change_reason": self.change_reason,
            "rate": self.rate.to_dict() if self.rate else None,
            "seen_on": [s.to_dict() for s in self.seen_on],
            "histogram": self.histogram.to_dict() if self.histogram else None,
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

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Cluster:
        """The inverse of `to_dict`; `printings` is not written, so it is 0 here.

        Raises KeyError, TypeError, ValueError or AttributeError where `data` is not a cluster of the report.
        """
        exception = data.get("exception") or {}
        members = data.get("members")
        return cls(
            fingerprint=str(data["fingerprint"]),
            aliases=_texts(data.get("aliases")),
            alias_reason=data.get("alias_reason"),
            title=str(data["title"]),
            template=str(data["template"]),
            exception_type=exception.get("type"),
            exception_message=exception.get("message"),
            core=str(data["core"]),
            wrappers=_texts(data.get("wrappers")),
            severity=Severity[data["severity"]],
            kind=EventKind(data["kind"]),
            noise=data.get("noise"),
            known=data.get("known"),
            count=int(data["count"]),
            entries=int(data["entries"]),
            first_seen_ns=_time(data.get("first_seen")),
            last_seen_ns=_time(data.get("last_seen")),
            services=_texts(data.get("services")),
            revisions=_texts(data.get("revisions")),
            change=Change(data["change"]) if data.get("change") else None,
            change_reason=data.get("change_reason"),
            rate=ChangeRate.from_dict(data["rate"]) if data.get("rate") else None,
            seen_on=tuple(SeenOn.from_dict(s) for s in data.get("seen_on") or ()),
            histogram=Histogram.from_dict(data["histogram"]) if data.get("histogram") else None,
            related=_texts(data.get("related")),
            facets=tuple(Facet.from_dict(f) for f in data.get("facets") or ()),
            exemplars=tuple(Exemplar.from_dict(e) for e in data.get("exemplars") or ()),
            members=_texts(members) if members is not None else None,
            location=str(data.get("location") or "unmapped"),
            code_paths=tuple(CodePath.from_dict(p) for p in data.get("code_paths") or ()),
            unlocated=data.get("unlocated"),
        )


def _texts(values: Iterable[Any] | None) -> tuple[str, ...]:
    return tuple(str(value) for value in values or ())


def _time(text: str | None) -> int | None:
    return parse_time(text) if text else None
