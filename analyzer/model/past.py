"""What earlier cycles left behind: the part of a history that a new cycle is judged with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from analyzer.model.cycle import Change, TestStatus
from analyzer.model.entries import Severity
from analyzer.model.fixes import Claim, Fix
from analyzer.model.report import Action, Impact
from analyzer.model.times import parse_time


@dataclass(frozen=True, slots=True, kw_only=True)
class PastTest:
    """How a test ended in an earlier cycle."""

    outcome: str
    """passed, failed or skipped"""
    signature: str | None = None
    """of its failure"""
    flaky: bool = False
    """it failed and passed within that cycle"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCycle:
    """One saved cycle, cut to what later ones ask of it. Its window is `[from_ns, to_ns)`."""

    key: str
    name: str
    from_ns: int | None = None
    to_ns: int | None = None
    services: tuple[str, ...] = ()
    pass_rate: float | None = None
    clusters: int = 0
    """ERROR clusters that occurred, noise apart"""
    seen: tuple[str, ...] = ()
    """fingerprints and aliases of the clusters that occurred, sorted"""
    resolved: tuple[str, ...] = ()
    """fingerprints and aliases of those that it found resolved, sorted"""
    revisions: tuple[tuple[str, str, str | None], ...] = ()
    """(service, revision, commit) that served"""
    tests: Mapping[str, PastTest] = field(default_factory=dict)
    fixes: tuple[Fix, ...] = ()
    actions: tuple[Action, ...] = ()
    impact: tuple[Impact, ...] = ()
    errors: tuple[tuple[str, ...], ...] = ()
    """fingerprint and aliases of each ERROR cluster that occurred, neither noise nor known, by fingerprint"""
    new: int | None = None
    """how many ERROR clusters it called new; None without a baseline"""
    gone: int | None = None
    """how many it found resolved; None without a baseline"""
    regressed: tuple[str, ...] = ()
    """fingerprints and aliases of the ERROR clusters that it called regressed, sorted"""

    @classmethod
    def of_report(cls, report: Mapping[str, Any], key: str = "") -> PastCycle:
        """The part of a report JSON that later cycles ask for.

        Raises KeyError, TypeError, ValueError or AttributeError where `report` is none.
        """
        cycle, tests = report["cycle"], report.get("tests") or {}
        window = cycle.get("window") or {}
        clusters = report["clusters"]
        real = [c for c in clusters if Severity[c["severity"]] >= Severity.ERROR and not c.get("noise")]
        errors = [c for c in real if c["count"]]
        compared = cycle.get("baseline") is not None
        return cls(
            key=key,
            name=str(cycle["name"]),
            from_ns=parse_time(window.get("from") or ""),
            to_ns=parse_time(window.get("to") or ""),
            services=tuple(str(service) for service in cycle.get("services") or ()),
            pass_rate=tests.get("pass_rate"),
            clusters=len(errors),
            seen=_ids(c for c in clusters if c["count"]),
            resolved=_ids(c for c in clusters if c.get("change") == Change.RESOLVED),
            revisions=tuple(
                (str(r["service"]), str(r["revision"]), r.get("commit"))
                for r in (report.get("deploys") or {}).get("revisions") or ()
                if r.get("first")
            ),
            tests={str(result["test"]): _test(result) for result in tests.get("results") or ()},
            fixes=tuple(Fix.from_dict(fix) for fix in report.get("fixes") or ()),
            actions=tuple(Action.from_dict(action) for action in report.get("actions") or ()),
            impact=tuple(Impact.from_dict(impact) for impact in report.get("impact") or ()),
            errors=tuple(sorted(_names(c) for c in errors if not c.get("known"))),
            new=sum(c.get("change") == Change.NEW for c in errors) if compared else None,
            gone=sum(c.get("change") == Change.RESOLVED for c in real) if compared else None,
            regressed=_ids(c for c in errors if c.get("change") == Change.REGRESSED),
        )


def _ids(clusters: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Fingerprints and aliases, sorted."""
    return tuple(sorted({i for c in clusters for i in _names(c)}))


def _names(cluster: Mapping[str, Any]) -> tuple[str, ...]:
    return (str(cluster["fingerprint"]), *sorted(str(alias) for alias in cluster.get("aliases") or ()))


def _test(result: Mapping[str, Any]) -> PastTest:
    return PastTest(
        outcome=TestStatus(result["status"]).outcome,
        signature=result.get("signature"),
        flaky=str(result.get("suspicious") or "").startswith("flaky"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownError:
    """An error accepted for a time. It is known through the last moment (UTC) of the day `until`."""

    fingerprint: str
    reason: str
    until: str
    """YYYY-MM-DD"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What is known before this cycle; empty without a history."""

    cycles: tuple[PastCycle, ...] = ()
    """of the same services, ending no later than this one begins, oldest first"""
    claims: tuple[Claim, ...] = ()
    """of the ledger, in the order in which they were added"""
    known: tuple[KnownError, ...] = ()
    """by fingerprint"""
