"""What logs say about the code that wrote them, and the history of commits that can be asked whether it is so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from analyzer.model.entries import SourceLocation


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedLine:
    """What an entry of any level says: its text, and the place it claims to come from."""

    service: str
    revision: str
    instance: str
    message: str
    """without decorations"""
    location: SourceLocation | None = None
    fields: tuple[tuple[str, str], ...] = ()
    """the short texts of a JSON payload, by key"""
    entry_id: str = ""


class FactKind(StrEnum):
    """What a fact rests on, the sharpest first; the keys of `facts` in the report."""

    LABELS = "labels"
    FRAMES = "frames"
    TEXTS = "texts"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class CodeFact:
    """One thing that is true of the deployed code, if the logs do not lie."""

    kind: FactKind
    file: str = ""
    """path as printed, or dotted module; empty for a text"""
    line: int = 0
    function: str = ""
    text: str = ""
    """the message that was printed there, of a frame the printed source line"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedCommit:
    """A commit of a line of history, and when it was surely there."""

    commit: str
    """40 digits"""
    time_ns: int
    """committer's time, or that of a later commit where this is earlier: a commit is not younger than its child"""


class CodeHistory(Protocol):
    """The commits that can have been deployed. `codepaths` implements it; `deploys` asks."""

    @property
    def line(self) -> Sequence[DatedCommit]:
        """First-parent history of HEAD, newest first; times never rise."""

    def fit(self, facts: Sequence[CodeFact], *, newest: int, count: int) -> Sequence[tuple[float, ...] | None]:
        """Per fact its fit, 0 to 1, at each of `count` commits of `line` from index `newest` on.

        None where the repository has nothing to do with it: no such file at any of these commits, or no statement
        that can print the text.
        """

    def merged(self, index: int) -> CodeHistory | None:
        """The history that a merge at this index of `line` brought in; None for a commit that is no merge."""
