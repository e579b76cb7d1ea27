"""The form of a defect, lifted from what a fix changed, and where the same form stands elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analyzer.model.causes import LookAlike
from analyzer.model.code import CodePath
from analyzer.model.origins import QueryKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePattern:
    """Code with holes that other tools can search for: `$X` stands for any expression, `...` for any rest."""

    search: str
    unless: tuple[str, ...] = ()
    """the same place written like this is harmless"""
    inside: tuple[str, ...] = ()
    """it counts only within one of these"""
    unless_inside: tuple[str, ...] = ()
    """within one of these it is harmless"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What one place of a fix repaired, in its form before and after."""

    kind: QueryKind
    """what the unrepaired form fails with"""
    text: str
    """what was repaired, a sentence part"""
    file: str
    line: int
    """of the repaired form, 1-based; of the form before where it was removed"""
    before: str
    """on one line, shortened; empty where something was added"""
    after: str
    """on one line, shortened; empty where something was removed"""
    pattern: CodePattern | None = None
    """None where other tools cannot search for it"""

    def to_dict(self) -> dict[str, Any]:
        """As `siblings --json` prints it."""
        return {
            "kind": self.kind.value,
            "text": self.text,
            "file": self.file,
            "line": self.line,
            "before": self.before,
            "after": self.after,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FixSearch:
    """Other places with the form that a fix repaired."""

    commit: str
    """full id of the fix, whose tree was searched"""
    shapes: tuple[Shape, ...] = ()
    siblings: tuple[CodePath, ...] = ()
    """role `sibling`: they would fail alike; by confidence, then by place"""
    look_alikes: tuple[LookAlike, ...] = ()
    reason: str | None = None
    """why nothing was searched for, or what of the fix could not be"""
