"""What a test file of any format holds: one attempt per printed case and try."""

from __future__ import annotations

from dataclasses import dataclass

from analyzer.cycles.failures import FailureText
from analyzer.model import TestStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try of one test, as printed. Attempts of a file come in the order of the file."""

    test: str
    """`classname::name`"""
    suite: tuple[str, str]
    """name and host of the innermost suite: tells the same test of two projects from a rerun"""
    status: TestStatus
    seconds: float | None
    failure: FailureText | None = None
    """redacted; for a skipped test its reason"""
    clean_up: bool = False
    """it is the clean-up of the try before it, which is printed as a case of its own"""
    labels: tuple[str, ...] = ()
    """markers, tags and tiers, redacted"""
    file: str | None = None
    started_ns: int | None = None
    ended_ns: int | None = None
    ids: tuple[str, ...] = ()
    """trace and request ids, see `identifiers`"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestFile:
    """What one file holds; `started_ns` is the earliest time that it gives."""

    __test__ = False

    name: str
    attempts: tuple[Attempt, ...]
    started_ns: int | None
    ended_ns: int | None = None
    warnings: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    """(key, value) of what it says of the machine and the system under test, redacted"""
