"""Code paths, and the questions other stages may ask of a repository."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from analyzer.model.events import ErrorEvent, Frame


class Role(StrEnum):
    """What a place in the code has to do with an error."""

    CAUSE = "cause"
    RAISE = "raise"
    WRAP = "wrap"
    AUTHOR = "author"
    EMIT = "emit"
    FRAME = "frame"
    SIBLING = "sibling"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcerptLine:
    """One line of source, redacted; `marked` is the one that matters."""

    line: int
    text: str
    marked: bool = False

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {"line": self.line, "text": self.text, "marked": self.marked}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ExcerptLine:
        """The inverse of `to_dict`."""
        return cls(line=int(data["line"]), text=str(data["text"]), marked=bool(data.get("marked")))


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePath:
    """File, lines and function at a commit. Lines are 1-based and inclusive; `file` is relative with `/`."""

    file: str
    line: int
    end_line: int
    function: str | None
    commit: str | None
    role: Role
    confidence: float
    """probability that file and function are right for that role"""
    unique: bool = False
    """no rival is close"""
    evidence: tuple[str, ...] = ()
    excerpt: tuple[ExcerptLine, ...] = ()
    owner: str | None = None
    link: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {
            "file": self.file,
            "line": self.line,
            "end_line": self.end_line,
            "function": self.function,
            "commit": self.commit,
            "role": self.role.value,
            "confidence": self.confidence,
            "unique": self.unique,
            "evidence": list(self.evidence),
            "excerpt": [x.to_dict() for x in self.excerpt],
            "owner": self.owner,
            "link": self.link,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> CodePath:
        """The inverse of `to_dict`."""
        return cls(
            file=str(data["file"]),
            line=int(data["line"]),
            end_line=int(data["end_line"]),
            function=data.get("function"),
            commit=data.get("commit"),
            role=Role(data["role"]),
            confidence=float(data["confidence"]),
            unique=bool(data.get("unique")),
            evidence=tuple(str(text) for text in data.get("evidence") or ()),
            excerpt=tuple(ExcerptLine.from_dict(x) for x in data.get("excerpt") or ()),
            owner=data.get("owner"),
            link=data.get("link"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlocated:
    """No code path, and why."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BlamedCommit:
    """A commit that lines were last changed in."""

    commit: str
    """full id"""
    author: str
    """name, redacted; never an address"""
    author_time: str
    """RFC 3339 in UTC"""
    summary: str
    """first line of its message, redacted"""
    lines: tuple[int, ...]
    """of those asked for, ascending"""
    cut: bool = False
    """the clone is shallow and its history ends at this commit: the lines may be older"""
    files: int | None = None
    """how many files it changes; None where that was not asked"""
    merge: bool = False
    newer: bool | None = None
    """it is not part of the commit that was compared with; None where there was none to compare with"""
    introduces: bool | None = None
    """the words of the lines came with it, it did not only move or lay out what was there; None where that is open"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blame:
    """Where lines of a file at a commit come from. Lines are 1-based and inclusive."""

    file: str
    line: int
    end_line: int
    commits: tuple[BlamedCommit, ...] = ()
    """by author time, latest first; empty where nothing can be said"""
    reason: str | None = None
    """why there are none, or why the answer is not the whole one"""


class CodeIndex(Protocol):
    """A repository read at one commit. `codepaths` implements it; other stages only ask."""

    @property
    def commit(self) -> str | None:
        """Full id of the commit that is read; None for a directory without git or a dirty tree."""

    def statements(
        self, message: str, *, limit: int = 3, field: str | None = None, logger: str | None = None
    ) -> Sequence[CodePath]:
        """Statements that can produce this text, best first; `field` is the JSON key it stood under."""

    def frames(self, frames: Sequence[Frame], *, limit: int = 3) -> Sequence[CodePath]:
        """In-repository frames as code paths, innermost first."""

    def locate(
        self, event: ErrorEvent, *, limit: int = 3, neighbours: Callable[[], Sequence[str]] = tuple
    ) -> Sequence[CodePath] | Unlocated:
        """Where this error comes from: emit or author, then raise, then frames.

        `neighbours` gives the lines around it, the nearest first; it is asked only where rivals are left.
        """

    def blame(self, path: CodePath) -> Blame:
        """The commits that the lines of a code path were last changed in, at the commit that is read."""

    def changes(self, path: CodePath, *, since: str | None = None) -> Blame:
        """The same, and where their words came in, each with its size and whether it is newer than `since`."""

    def packaging_changes(self, names: Sequence[str], *, since: str) -> Sequence[tuple[CodePath, Blame]]:
        """Packaging files that changed after `since` in lines that speak of one of the names, by path."""
