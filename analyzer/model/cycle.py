"""A cycle's test results and what changed against its baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from analyzer.model.times import format_time, parse_time


class Change(StrEnum):
    """What became of a cluster against the baseline and the history."""

    NEW = "new"
    ONGOING = "ongoing"
    REGRESSED = "regressed"
    RESOLVED = "resolved"
    NOT_SEEN = "not_seen"


class TestStatus(StrEnum):
    """Outcome of a test case after folding reruns."""

    __test__ = False

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"

    @property
    def outcome(self) -> str:
        """passed, failed or skipped: an error counts as failed."""
        return TestStatus.FAILED.value if self is TestStatus.ERROR else self.value


class TransitionKind(StrEnum):
    """What became of a test."""

    SAME_ERROR = "same_error"
    ERROR_CHANGED = "error_changed"
    FIXED = "fixed"
    BROKEN = "broken"
    NEW = "new"
    REMOVED = "removed"
    FLAKY = "flaky"


@dataclass(frozen=True, slots=True, kw_only=True)
class TestLink:
    """Why a test and a cluster belong together."""

    __test__ = False

    fingerprint: str
    by: str
    """text (the error stands in the failure), trace or request (an id they share), or time"""
    evidence: str
    """a sentence"""
    lift: float | None = None
    """by time: how many times more often the cluster occurs while this test runs than else"""
    entry_ids: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As the report writes it."""
        return {
            "fingerprint": self.fingerprint,
            "by": self.by,
            "evidence": self.evidence,
            "lift": self.lift,
            "entry_ids": list(self.entry_ids),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TestLink:
        """The inverse of `to_dict`."""
        lift = data.get("lift")
        return cls(
            fingerprint=str(data["fingerprint"]),
            by=str(data["by"]),
            evidence=str(data["evidence"]),
            lift=float(lift) if lift is not None else None,
            entry_ids=tuple(str(i) for i in data.get("entry_ids") or ()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """One test case. `message` is the redacted failure text, None where it passed."""

    __test__ = False

    test: str
    status: TestStatus
    seconds: float | None = None
    message: str | None = None
    clusters: tuple[str, ...] = ()
    """fingerprints of the clusters whose text stands in the failure"""
    suspicious: str | None = None
    signature: str | None = None
    """fingerprint of the failure text; compares errors over cycles"""
    links: tuple[TestLink, ...] = ()
    """why each of `clusters` is there"""
    labels: tuple[str, ...] = ()
    """markers, tags and tiers that its file gives it, sorted"""
    file: str | None = None
    """its source file, where the test file says it"""
    attempts: int = 1
    started_ns: int | None = None
    ended_ns: int | None = None
    """when it ran, where the file tells; of a JUnit suite the times of its cases added up"""
    ids: tuple[str, ...] = ()
    """trace and request ids that stand in its text or properties, sorted"""

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it, with the signature that transitions compare."""
        return {
            "test": self.test,
            "status": self.status.value,
            "seconds": self.seconds,
            "message": self.message,
            "clusters": list(self.clusters),
            "suspicious": self.suspicious,
            "signature": self.signature,
            "links": [link.to_dict() for link in self.links],
            "labels": list(self.labels),
            "file": self.file,
            "attempts": self.attempts,
            "started": format_time(self.started_ns),
            "ended": format_time(self.ended_ns),
            "ids": list(self.ids),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TestResult:
        """The inverse of `to_dict`."""
        seconds = data.get("seconds")
        return cls(
            test=str(data["test"]),
            status=TestStatus(data["status"]),
            seconds=float(seconds) if seconds is not None else None,
            message=data.get("message"),
            clusters=tuple(str(x) for x in data.get("clusters") or ()),
            suspicious=data.get("suspicious"),
            signature=data.get("signature"),
            links=tuple(TestLink.from_dict(x) for x in data.get("links") or ()),
            labels=tuple(str(x) for x in data.get("labels") or ()),
            file=data.get("file"),
            attempts=int(data.get("attempts") or 1),
            started_ns=parse_time(data["started"]) if data.get("started") else None,
            ended_ns=parse_time(data["ended"]) if data.get("ended") else None,
            ids=tuple(str(x) for x in data.get("ids") or ()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TestDelta:
    """Pass rate against the baseline on the common tests, with an exact test."""

    __test__ = False

    pass_rate: float | None
    significant: bool
    p_value: float
    common_tests: int

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {
            "pass_rate": self.pass_rate,
            "significant": self.significant,
            "p_value": self.p_value,
            "common_tests": self.common_tests,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TestDelta:
        """The inverse of `to_dict`."""
        rate = data.get("pass_rate")
        return cls(
            pass_rate=float(rate) if rate is not None else None,
            significant=bool(data["significant"]),
            p_value=float(data["p_value"]),
            common_tests=int(data["common_tests"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A test whose status or error changed, or that fails in both cycles."""

    test: str
    before: str | None
    """passed, failed, skipped, or None where it was absent"""
    after: str | None
    change: TransitionKind
    clusters: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {
            "test": self.test,
            "from": self.before,
            "to": self.after,
            "change": self.change.value,
            "clusters": list(self.clusters),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Transition:
        """The inverse of `to_dict`."""
        return cls(
            test=str(data["test"]),
            before=data.get("from"),
            after=data.get("to"),
            change=TransitionKind(data["change"]),
            clusters=tuple(str(x) for x in data.get("clusters") or ()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TestGroup:
    """Totals of the tests that share a tier or marker; they add up as those of the run."""

    __test__ = False

    label: str
    total: int
    passed: int
    failed: int
    skipped: int
    pass_rate: float | None = None
    pass_rate_interval: tuple[float, float] | None = None

    def to_dict(self) -> dict[str, Any]:
        """As the report writes it."""
        return {
            "label": self.label,
            "total": self.total,
            "passed": self.passed,
            "failed": self.failed,
            "skipped": self.skipped,
            "pass_rate": self.pass_rate,
            "pass_rate_interval": list(self.pass_rate_interval) if self.pass_rate_interval else None,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TestGroup:
        """The inverse of `to_dict`."""
        rate, interval = data.get("pass_rate"), data.get("pass_rate_interval")
        return cls(
            label=str(data["label"]),
            total=int(data["total"]),
            passed=int(data["passed"]),
            failed=int(data["failed"]),
            skipped=int(data["skipped"]),
            pass_rate=float(rate) if rate is not None else None,
            pass_rate_interval=(float(interval[0]), float(interval[1])) if interval else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRun:
    """Totals after folding reruns; `failed` includes errors."""

    __test__ = False

    total: int = 0
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    pass_rate: float | None = None
    """passed / (passed + failed); None at 0"""
    pass_rate_interval: tuple[float, float] | None = None
    """95 % Wilson score interval"""
    delta: TestDelta | None = None
    results: tuple[TestResult, ...] = ()
    transitions: tuple[Transition, ...] = ()
    warnings: tuple[str, ...] = ()
    """why two cycles may not be comparable"""
    groups: tuple[TestGroup, ...] = ()
    """by tier or marker, sorted by label; a test with two labels counts in both"""
    environment: tuple[tuple[str, str], ...] = ()
    """(key, value) of what the files say of the machine and the system under test, sorted; a key may come twice"""

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {
            "total": self.total,
            "passed": self.passed,
            "failed": self.failed,
            "skipped": self.skipped,
            "pass_rate": self.pass_rate,
            "pass_rate_interval": list(self.pass_rate_interval) if self.pass_rate_interval else None,
            "delta": self.delta.to_dict() if self.delta else None,
            "results": [r.to_dict() for r in self.results],
            "transitions": [t.to_dict() for t in self.transitions],
            "warnings": list(self.warnings),
            "groups": [g.to_dict() for g in self.groups],
            "environment": [[key, value] for key, value in self.environment],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TestRun:
        """The inverse of `to_dict`.

        Raises KeyError, TypeError, ValueError or AttributeError where `data` is not the `tests` of a report.
        """
        rate, interval, delta = data.get("pass_rate"), data.get("pass_rate_interval"), data.get("delta")
        return cls(
            total=int(data["total"]),
            passed=int(data["passed"]),
            failed=int(data["failed"]),
            skipped=int(data["skipped"]),
            pass_rate=float(rate) if rate is not None else None,
            pass_rate_interval=(float(interval[0]), float(interval[1])) if interval else None,
            delta=TestDelta.from_dict(delta) if delta else None,
            results=tuple(TestResult.from_dict(x) for x in data.get("results") or ()),
            transitions=tuple(Transition.from_dict(x) for x in data.get("transitions") or ()),
            warnings=tuple(str(x) for x in data.get("warnings") or ()),
            groups=tuple(TestGroup.from_dict(x) for x in data.get("groups") or ()),
            environment=tuple((str(key), str(value)) for key, value in data.get("environment") or ()),
        )
