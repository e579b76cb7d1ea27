"""The ledger written out as sums, each with whether it adds up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analyzer.reports.wording import number


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """`total` name = parts; `off` is what is missing (0 where it adds up)."""

    total: int
    name: str
    parts: tuple[tuple[int, str], ...]
    off: int

    def __str__(self) -> str:
        parts = " + ".join(f"{number(n)} {name}" for n, name in self.parts)
        verdict = "" if not self.off else f" (does not add up: off by {number(abs(self.off))})"
        return f"{number(self.total)} {self.name} = {parts}{verdict}"


def ledger_sums(ledger: Mapping[str, Any]) -> tuple[Sum, ...]:
    """The two equations of the contract: entries, and clustered events."""
    dropped = sum(item["count"] for item in ledger["dropped"])
    return (
        _sum(
            ledger["entries"],
            "entries read",
            (ledger["duplicates"], "duplicates"),
            (ledger["error_entries"], "error entries"),
            (ledger["warning_entries"], "warning entries"),
            (ledger["other_entries"], "other entries"),
            (dropped, "dropped"),
        ),
        _sum(
            ledger["clustered"],
            "clustered events",
            (ledger["error_events"], "error events"),
            (ledger["warning_events"], "warning events"),
        ),
    )


def _sum(total: int, name: str, *parts: tuple[int, str]) -> Sum:
    return Sum(total=total, name=name, parts=parts, off=total - sum(n for n, _ in parts))
