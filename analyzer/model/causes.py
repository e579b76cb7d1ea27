"""Causes: hypotheses on the error behind the error, each with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analyzer.model.code import CodePath


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A fact for a cause: a sentence that cites entries, a place in the code, or a rule."""

    text: str
    entry_ids: tuple[str, ...] = ()
    file: str | None = None
    line: int | None = None
    rule: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {
            "text": self.text,
            "entry_ids": list(self.entry_ids),
            "file": self.file,
            "line": self.line,
            "rule": self.rule,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Evidence:
        """The inverse of `to_dict`."""
        return cls(
            text=str(data["text"]),
            entry_ids=tuple(str(i) for i in data.get("entry_ids") or ()),
            file=data.get("file"),
            line=data.get("line"),
            rule=data.get("rule"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainLink:
    """One cluster on the way from symptom to root."""

    fingerprint: str
    role: str
    """symptom, wrapper or root"""
    evidence: str

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {"fingerprint": self.fingerprint, "role": self.role, "evidence": self.evidence}


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAlike:
    """A place that looks like the defect and is harmless."""

    file: str
    line: int
    why_not: str

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {"file": self.file, "line": self.line, "why_not": self.why_not}


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectCommit:
    """A commit that may have brought the defect in."""

    commit: str
    author_time: str
    why: str

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {"commit": self.commit, "author_time": self.author_time, "why": self.why}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One ranked hypothesis. `confidence` = probability that its `root` cluster is the true origin."""

    rank: int
    fingerprints: tuple[str, ...]
    summary: str
    kind: str
    """code, configuration, packaging, dependency, infrastructure, test or unknown"""
    code_paths: tuple[CodePath, ...] = ()
    """culprit first"""
    siblings: tuple[CodePath, ...] = ()
    look_alikes: tuple[LookAlike, ...] = ()
    suspect_commits: tuple[SuspectCommit, ...] = ()
    chain: tuple[ChainLink, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    would_confirm: str = ""
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {
            "rank": self.rank,
            "fingerprints": list(self.fingerprints),
            "summary": self.summary,
            "kind": self.kind,
            "code_paths": [p.to_dict() for p in self.code_paths],
            "siblings": [p.to_dict() for p in self.siblings],
            "look_alikes": [x.to_dict() for x in self.look_alikes],
            "suspect_commits": [x.to_dict() for x in self.suspect_commits],
            "chain": [x.to_dict() for x in self.chain],
            "evidence": [x.to_dict() for x in self.evidence],
            "would_confirm": self.would_confirm,
            "confidence": self.confidence,
        }
