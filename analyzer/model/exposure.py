"""How much a revision was used in a window: what silence and rates are measured against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analyzer.model.times import format_time, parse_time


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionTraffic:
    """What one revision of one service did in the window; `revision` is "" where entries name none."""

    service: str
    revision: str
    entries: int = 0
    """that it wrote by itself, or that requests to it left"""
    requests: int = 0
    """that it answered"""
    minutes: float = 0.0
    """from its first entry to its last, at least one second's worth where it has any"""
    first_ns: int | None = None
    last_ns: int | None = None
    routes: tuple[tuple[str, int], ...] = ()
    """(method and url template, requests), by route; probes of scanners and all but the most asked routes are in
    `requests` only"""

    def to_dict(self) -> dict[str, Any]:
        """As the report writes it."""
        return {
            "service": self.service,
            "revision": self.revision,
            "entries": self.entries,
            "requests": self.requests,
            "minutes": self.minutes,
            "first": format_time(self.first_ns),
            "last": format_time(self.last_ns),
            "routes": [[route, count] for route, count in self.routes],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> RevisionTraffic:
        """The inverse of `to_dict`."""
        first, last = data.get("first"), data.get("last")
        return cls(
            service=str(data["service"]),
            revision=str(data["revision"]),
            entries=int(data.get("entries") or 0),
            requests=int(data.get("requests") or 0),
            minutes=float(data.get("minutes") or 0.0),
            first_ns=parse_time(first) if first else None,
            last_ns=parse_time(last) if last else None,
            routes=tuple((str(route), int(count)) for route, count in data.get("routes") or ()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenOn:
    """The occurrences of a cluster on one revision of one service."""

    service: str
    revision: str
    count: int
    first_ns: int | None = None
    last_ns: int | None = None
    routes: tuple[str, ...] = ()
    """routes of the requests in which it occurred, where trace or request ids tell"""
    entry_ids: tuple[str, ...] = ()
    """of at most three occurrences, the earliest"""
    requests: int = 0
    """different requests in which it occurred, where ids tell: two occurrences in one request are one here"""
    minutes: int = 0
    """different minutes of the clock in which it occurred: a burst is one or two, whatever it printed"""

    def to_dict(self) -> dict[str, Any]:
        """As the report writes it."""
        return {
            "service": self.service,
            "revision": self.revision,
            "count": self.count,
            "first": format_time(self.first_ns),
            "last": format_time(self.last_ns),
            "routes": list(self.routes),
            "entry_ids": list(self.entry_ids),
            "requests": self.requests,
            "minutes": self.minutes,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> SeenOn:
        """The inverse of `to_dict`."""
        first, last = data.get("first"), data.get("last")
        return cls(
            service=str(data["service"]),
            revision=str(data["revision"]),
            count=int(data["count"]),
            first_ns=parse_time(first) if first else None,
            last_ns=parse_time(last) if last else None,
            routes=tuple(str(route) for route in data.get("routes") or ()),
            entry_ids=tuple(str(i) for i in data.get("entry_ids") or ()),
            requests=int(data.get("requests") or 0),
            minutes=int(data.get("minutes") or 0),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRate:
    """How often a cluster occurred here and in the baseline, for equal exposure."""

    per: str
    """request or minute"""
    count: int
    exposure: float
    baseline_count: int
    baseline_exposure: float
    p_value: float
    """two-sided exact test that both rates are one"""
    bound: float | None = None
    """where `count` is 0: the 95 % upper bound of the rate here (rule of three); None without exposure"""
    note: str | None = None
    """what the numbers allow to say, a sentence"""

    def to_dict(self) -> dict[str, Any]:
        """As the report writes it."""
        return {
            "per": self.per,
            "count": self.count,
            "exposure": self.exposure,
            "baseline_count": self.baseline_count,
            "baseline_exposure": self.baseline_exposure,
            "p_value": self.p_value,
            "bound": self.bound,
            "note": self.note,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ChangeRate:
        """The inverse of `to_dict`."""
        bound = data.get("bound")
        return cls(
            per=str(data["per"]),
            count=int(data["count"]),
            exposure=float(data["exposure"]),
            baseline_count=int(data["baseline_count"]),
            baseline_exposure=float(data["baseline_exposure"]),
            p_value=float(data["p_value"]),
            bound=float(bound) if bound is not None else None,
            note=data.get("note"),
        )
