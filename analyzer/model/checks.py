"""What was looked at on this machine, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CheckStatus(StrEnum):
    """How a check went."""

    OK = "ok"
    WARNING = "warning"
    """works, but less well or less surely than it could"""
    FAILED = "failed"
    SKIPPED = "skipped"
    """not looked at; the finding says why"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that has to work, and what to do where it does not. Texts of servers in it are not cleaned."""

    name: str
    status: CheckStatus
    finding: str
    remedy: str = ""
    """what to do, with the very command where there is one; empty where nothing is to be done"""

    @classmethod
    def ok(cls, name: str, finding: str) -> Check:
        """It works."""
        return cls(name=name, status=CheckStatus.OK, finding=finding)

    @classmethod
    def warning(cls, name: str, finding: str, remedy: str) -> Check:
        """It works, with a loss."""
        return cls(name=name, status=CheckStatus.WARNING, finding=finding, remedy=remedy)

    @classmethod
    def failed(cls, name: str, finding: str, remedy: str) -> Check:
        """It does not work."""
        return cls(name=name, status=CheckStatus.FAILED, finding=finding, remedy=remedy)

    @classmethod
    def skipped(cls, name: str, finding: str, remedy: str = "") -> Check:
        """It was not looked at."""
        return cls(name=name, status=CheckStatus.SKIPPED, finding=finding, remedy=remedy)

    def to_dict(self) -> dict[str, str | None]:
        """As JSON: `{"name", "status", "finding", "remedy"}`, the last null where there is none."""
        return {"name": self.name, "status": str(self.status), "finding": self.finding, "remedy": self.remedy or None}
