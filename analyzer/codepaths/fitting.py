"""Whether what logs say of the code is true of a version of a file: the statement at a line, the line of a frame."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from analyzer.codepaths.alignment import Fit, align
from analyzer.codepaths.extraction import extract
from analyzer.codepaths.functions import Outline, read_outline
from analyzer.codepaths.messages import read_message
from analyzer.codepaths.statements import Extract, Statement
from analyzer.model import CodeFact, FactKind

Redact = Callable[[str], str]
_INSIDE = 0.9
"""of a statement of several lines the first is what today's interpreters print: another line is a little less likely"""
_PARTLY = 0.8
_OPEN = 0.5
"""the place is right, and what it prints cannot be read there"""
_RECALL = 0.7
_LOG_CALL = re.compile(
    r"\w*log\w{0,40}(?:\.\w{1,40}|\([^()]{0,80}\)){0,4}\.(?:trace|debug|info|success|notice|warn(?:ing)?|error|exception"
    r"|critical|fatal|log)\(",
    re.IGNORECASE,
)
_LINE_CHARS = 500


class Version:
    """One version of one file, read as far as it is asked."""

    def __init__(self, code: bytes, redact: Redact) -> None:
        self._code = code
        self._redact = redact
        self._lines: list[str] | None = None
        self._extract: Extract | None = None
        self._outline: Outline | None = None

    def fit(self, fact: CodeFact) -> float:
        """How well a label or a frame fits, 0 to 1."""
        return self._label(fact) if fact.kind is FactKind.LABELS else self._frame(fact)

    def _label(self, fact: CodeFact) -> float:
        if self._extract is None:
            self._extract = extract(self._code)
        there = [
            s
            for s in self._extract.statements
            if s.line <= fact.line <= s.end_line and _same_function(s.function, fact.function)
        ]
        best = max((_printed(s, fact) for s in there), default=0.0)
        if best or any(s.kind in ("log", "print") for s in there):
            return best
        line = self._line(fact.line)
        return _OPEN if _LOG_CALL.search(line[:_LINE_CHARS]) and self._stands_in(fact) else 0.0

    def _frame(self, fact: CodeFact) -> float:
        if not fact.text:
            return _OPEN if self._stands_in(fact) else 0.0
        line = self._line(fact.line).strip()
        return 1.0 if line and fact.text in (line, self._redact(line)) else 0.0

    def _line(self, number: int) -> str:
        if self._lines is None:
            self._lines = self._code.decode("utf-8", "replace").split("\n")
        return self._lines[number - 1] if number <= len(self._lines) else ""

    def _stands_in(self, fact: CodeFact) -> bool:
        """Whether the line lies in a function of that name."""
        if self._outline is None:
            self._outline = read_outline(self._code)
        return _same_function(self._outline.function_at(fact.line), fact.function) and bool(self._line(fact.line))


def _same_function(here: str, printed: str) -> bool:
    """Logs print the name, with or without the class; of a lambda or a comprehension they tell nothing."""
    name = printed.rpartition(".")[2]
    return not name or (name.startswith("<") and name != "<module>") or here.rpartition(".")[2] == name


def _printed(statement: Statement, fact: CodeFact) -> float:
    best = 0.0
    for text in read_message(fact.text).texts:
        found = align(statement.text, text, _equally)
        if found is not None and (found.fit is not Fit.PARTIAL or found.recall >= _RECALL):
            best = max(best, _PARTLY if found.fit is Fit.PARTIAL else 1.0)
    return round(best * (1.0 if statement.line == fact.line else _INSIDE), 6)


def _equally(_: str) -> float:
    return 1.0


def can_be_checked(fact: CodeFact, paths: Iterable[str]) -> bool:
    """Whether a file tells about the fact: a frame with its source line in any language, all else in Python."""
    return bool(fact.text and fact.kind is FactKind.FRAMES) or all(path.endswith(".py") for path in paths)
