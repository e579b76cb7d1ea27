"""The report of a cycle: what `analyzer.report/1` writes, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from analyzer.model.causes import Cause
from analyzer.model.clusters import Cluster
from analyzer.model.cycle import TestRun
from analyzer.model.deploys import Deploys
from analyzer.model.entries import Dropped, FileReport, Gap
from analyzer.model.exposure import RevisionTraffic
from analyzer.model.fixes import Fix
from analyzer.model.times import format_time

SCHEMA_ID = "analyzer.report/1"
ASSUMPTION = "configured assumption (impact.toml), not a finding"
"""what every value of an area is, said wherever one is shown"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleInfo:
    """Which cycle this is; the window is half-open."""

    name: str
    from_ns: int | None = None
    to_ns: int | None = None
    services: tuple[str, ...] = ()
    revisions: tuple[str, ...] = ()
    baseline: str | None = None
    inputs: str | None = None
    """hex digest of everything the report was made from; with services and window it says which cycle this is"""

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {
            "name": self.name,
            "window": {"from": format_time(self.from_ns), "to": format_time(self.to_ns)},
            "services": list(self.services),
            "revisions": list(self.revisions),
            "baseline": self.baseline,
            "inputs": self.inputs,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What was read and what became of it; the sums of the contract hold."""

    entries: int = 0
    duplicates: int = 0
    error_entries: int = 0
    warning_entries: int = 0
    other_entries: int = 0
    dropped: tuple[Dropped, ...] = ()
    error_events: int = 0
    warning_events: int = 0
    clustered: int = 0
    noise: int = 0
    covered_from_ns: int | None = None
    covered_to_ns: int | None = None
    without_severity: int = 0
    without_payload: int = 0
    gaps: tuple[Gap, ...] = ()
    files: tuple[FileReport, ...] = ()
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it, with files and warnings besides."""
        return {
            "entries": self.entries,
            "duplicates": self.duplicates,
            "error_entries": self.error_entries,
            "warning_entries": self.warning_entries,
            "other_entries": self.other_entries,
            "dropped": [{"reason": d.reason, "count": d.count} for d in self.dropped],
            "error_events": self.error_events,
            "warning_events": self.warning_events,
            "clustered": self.clustered,
            "noise": self.noise,
            "covered": {"from": format_time(self.covered_from_ns), "to": format_time(self.covered_to_ns)},
            "without_severity": self.without_severity,
            "without_payload": self.without_payload,
            "gaps": [
                {"from": format_time(g.from_ns), "to": format_time(g.to_ns), "reason": g.reason} for g in self.gaps
            ],
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """A configured assumption on what an area is worth, with the state of its tests."""

    area: str
    value: float
    unit: str
    status: str
    """at_risk, protected or unknown"""
    tests: tuple[str, ...] = ()
    """those that put it at risk, else those that leave it open, else those that protect it"""
    delta: str | None = None
    """against the last cycle that knew the area, a sentence; None where none did"""
    reason: str = ""
    """why it has this status, a sentence"""
    clusters: tuple[str, ...] = ()
    """fingerprints of the errors that were found on its paths"""
    pool: str | None = None
    """areas of one pool share a value: it counts once"""
    cap: float | None = None
    """the most that the area, or all of its pool, counts"""

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it, with the label that it is assumed."""
        return {
            "area": self.area,
            "value": self.value,
            "unit": self.unit,
            "status": self.status,
            "tests": list(self.tests),
            "delta": self.delta,
            "reason": self.reason,
            "clusters": list(self.clusters),
            "pool": self.pool,
            "cap": self.cap,
            "assumption": ASSUMPTION,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Impact:
        """The inverse of `to_dict`."""
        cap = data.get("cap")
        return cls(
            area=str(data["area"]),
            value=float(data["value"]),
            unit=str(data["unit"]),
            status=str(data["status"]),
            tests=tuple(str(t) for t in data.get("tests") or ()),
            delta=data.get("delta"),
            reason=str(data.get("reason") or ""),
            clusters=tuple(str(c) for c in data.get("clusters") or ()),
            pool=data.get("pool"),
            cap=float(cap) if cap is not None else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactTotal:
    """The values of all areas in one unit, each counted once. A configured assumption too."""

    unit: str
    protected: float = 0.0
    at_risk: float = 0.0
    unknown: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """As the report writes it, with the label that it is assumed."""
        return {
            "unit": self.unit,
            "protected": self.protected,
            "at_risk": self.at_risk,
            "unknown": self.unknown,
            "assumption": ASSUMPTION,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What to do next, most urgent first."""

    priority: int
    text: str
    command: str | None = None
    file: str | None = None
    line: int | None = None
    from_cycle: str | None = None
    """the earlier cycle in which it first stood; None where it is new"""
    key: str = ""
    """what is to be done about what: the same in every cycle in which it stands"""
    age: int = 0
    """how many cycles ago it first stood"""

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {
            "priority": self.priority,
            "text": self.text,
            "command": self.command,
            "file": self.file,
            "line": self.line,
            "from_cycle": self.from_cycle,
            "key": self.key,
            "age": self.age,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Action:
        """The inverse of `to_dict`."""
        return cls(
            priority=int(data["priority"]),
            text=str(data["text"]),
            command=data.get("command"),
            file=data.get("file"),
            line=data.get("line"),
            from_cycle=data.get("from_cycle"),
            key=str(data.get("key") or ""),
            age=int(data.get("age") or 0),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """One earlier cycle in the trend."""

    cycle: str
    pass_rate: float | None
    clusters: int
    failed: int | None = None
    """tests that failed; None where none are known"""
    new: int | None = None
    """ERROR clusters that it called new; None without a baseline"""
    resolved: int | None = None
    """those that it found resolved"""
    impact: tuple[ImpactTotal, ...] = ()
    """by unit"""

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {
            "cycle": self.cycle,
            "pass_rate": self.pass_rate,
            "clusters": self.clusters,
            "failed": self.failed,
            "new": self.new,
            "resolved": self.resolved,
            "impact": [total.to_dict() for total in self.impact],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything one analysis found. `to_dict` is the report JSON without `integrity`."""

    cycle: CycleInfo
    ledger: Ledger
    tests: TestRun | None = None
    clusters: tuple[Cluster, ...] = ()
    causes: tuple[Cause, ...] = ()
    deploys: Deploys = field(default_factory=Deploys)
    fixes: tuple[Fix, ...] = ()
    impact: tuple[Impact, ...] = ()
    impact_totals: tuple[ImpactTotal, ...] = ()
    """by unit"""
    actions: tuple[Action, ...] = ()
    trend: tuple[TrendPoint, ...] = ()
    loop: str | None = None
    """converging, stalled, oscillating, regressing; None where that cannot be said"""
    loop_reason: str | None = None
    """why, a sentence"""
    exposure: tuple[RevisionTraffic, ...] = ()
    commit_links: Mapping[str, str] = field(default_factory=dict)
    """full commit id → its https page at the code host, for the commits named above whose page is known"""

    def to_dict(self) -> dict[str, Any]:
        """The report JSON, all but `integrity` (which `reports` computes over this)."""
        return {
            "schema": SCHEMA_ID,
            "cycle": self.cycle.to_dict(),
            "ledger": self.ledger.to_dict(),
            "tests": self.tests.to_dict() if self.tests else None,
            "clusters": [c.to_dict() for c in self.clusters],
            "causes": [c.to_dict() for c in self.causes],
            "deploys": self.deploys.to_dict(),
            "fixes": [f.to_dict() for f in self.fixes],
            "impact": [i.to_dict() for i in self.impact],
            "impact_totals": [t.to_dict() for t in self.impact_totals],
            "actions": [a.to_dict() for a in self.actions],
            "trend": [t.to_dict() for t in self.trend],
            "loop": self.loop,
            "loop_reason": self.loop_reason,
            "exposure": [x.to_dict() for x in self.exposure],
            "commit_links": dict(self.commit_links),
        }
