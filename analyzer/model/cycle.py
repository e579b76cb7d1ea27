"""A cycle's test results and what changed against its baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


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
        )
