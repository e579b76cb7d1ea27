"""What a history tells about itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analyzer.model import format_time


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedCycle:
    """A saved cycle, as a list shows it. Its window is `[from_ns, to_ns)`."""

    key: str
    name: str
    services: tuple[str, ...] = ()
    from_ns: int | None = None
    to_ns: int | None = None
    pass_rate: float | None = None
    errors: int = 0
    """ERROR clusters that occurred, noise apart"""

    def to_dict(self) -> dict[str, Any]:
        """As `history list --json` prints it."""
        return {
            "key": self.key,
            "name": self.name,
            "services": list(self.services),
            "window": {"from": format_time(self.from_ns), "to": format_time(self.to_ns)},
            "pass_rate": self.pass_rate,
            "errors": self.errors,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterTotal:
    """One fingerprint over all saved cycles: sums of what each of them counted."""

    fingerprint: str
    title: str
    """of several the first by alphabet"""
    cycles: int
    """in which it occurred"""
    count: int
    entries: int
    first_ns: int | None
    last_ns: int | None

    def to_dict(self) -> dict[str, Any]:
        """As `history show` prints it."""
        return {
            "fingerprint": self.fingerprint,
            "title": self.title,
            "cycles": self.cycles,
            "count": self.count,
            "entries": self.entries,
            "first_seen": format_time(self.first_ns),
            "last_seen": format_time(self.last_ns),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import brought; what was there already is counted too."""

    cycles: int = 0
    claims: int = 0
    known: int = 0
