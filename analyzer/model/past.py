"""What earlier cycles left behind: the part of a history that a new cycle is judged with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from analyzer.model.fixes import Claim, Fix
from analyzer.model.report import Action, Impact


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
