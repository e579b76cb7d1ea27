"""A syntax tree of a file that does not parse: what cannot be read is cut out, as few lines as the layout allows.

The file is split at its statements by indentation, each is tried alone, and the ones that fail are split again at the
statements in their bodies. What fails at the end is replaced by `pass`, so that the functions around it keep their
lines. Every line is tried at most a few times a level of indentation.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Sequence
from typing import NamedTuple

from analyzer.codepaths.mending import mend
from analyzer.codepaths.tokens import tokenize

_INDENT = re.compile(r"[ \t]*+")
_CONTINUES = re.compile(r"(?:else|elif|except|finally|case)\b|[)\]}]")
_DECORATES = re.compile(r"@")
_STATEMENT = re.compile(
    r"[ \t]*+(?:@|(?:def|class|async|return|raise|try|with|while|import|assert|elif|except|finally|pass|break|continue)"
    r"\b)"
)
"""what begins a line never goes on with brackets, so those above it were left open"""
_MAX_DEPTH = 12


class Salvaged(NamedTuple):
    """What could be read of a broken file."""

    tree: ast.Module | None
    lost: list[tuple[int, int]]
    """first and last line of each part that stands in no tree"""
    mended: bool
    """constructs of another version of Python had to be put in this one's words"""
    lines: list[str]
    """of the source as it was"""


def salvage(text: str) -> Salvaged:
    """The tree of as much of a source as can be parsed. Never raises."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    mended = mend(text)
    tree = parse(mended)
    if tree is not None:
        return Salvaged(tree, [], mended != text, lines)
    cutter = _Cutter(list(lines))
    cutter.cut(0, len(lines), 0)
    tree = parse("\n".join(cutter.lines) + "\n")
    if tree is None:
        return Salvaged(None, [(1, len(lines))], False, lines)
    return Salvaged(tree, sorted(cutter.lost), cutter.mended, lines)


def parse(code: str | bytes) -> ast.Module | None:
    """The tree of a source; None where this Python does not take it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape in someone's source is not our warning
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


class _Cutter:
    """Replaces what does not parse, in a list of lines."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.lost: list[tuple[int, int]] = []
        self.mended = False
        self._continuing = _continuing(lines)

    def cut(self, first: int, last: int, depth: int) -> None:
        """Makes lines `first` up to `last` (not included) parse, as the body of something."""
        for start, end in self._split(first, last):
            if self._parses(start, end):
                continue
            bodies = self._bodies(start, end) if depth < _MAX_DEPTH else []
            for inner_start, inner_end in bodies:
                self.cut(inner_start, inner_end, depth + 1)
            if not bodies or not _parse_lines(self.lines[start:end]):
                self._blank(start, end)

    def _split(self, first: int, last: int) -> list[tuple[int, int]]:
        """The statements that begin at the indentation of the first line, with all that belongs to them."""
        starts: list[int] = []
        level = next((self._indent(n) for n in range(first, last) if self._counts(n)), 0)
        decorated = False
        for n in range(first, last):
            if not self._counts(n) or self._indent(n) > level:
                continue
            head = self.lines[n].lstrip()
            if not starts or not (decorated or _CONTINUES.match(head)):
                starts.append(n)
            decorated = bool(_DECORATES.match(head))
        return list(zip(starts, [*starts[1:], last], strict=False))  # none where all lines go on with something

    def _bodies(self, start: int, end: int) -> list[tuple[int, int]]:
        """Runs of deeper lines below the heads of a statement."""
        level = self._indent(start)
        bodies = []
        begin = None
        for n in range(start, end):
            if not self._counts(n):
                continue
            deeper = self._indent(n) > level
            if deeper and begin is None:
                begin = n
            elif not deeper and begin is not None:
                bodies.append((begin, n))
                begin = None
        return [*bodies, (begin, end)] if begin is not None else bodies

    def _parses(self, start: int, end: int) -> bool:
        """Whether these lines parse, as they are or mended."""
        lines = self.lines[start:end]
        if _parse_lines(lines):
            return True
        mended = mend("\n".join(lines)).split("\n")
        if mended == lines or len(mended) != len(lines) or not _parse_lines(mended):
            return False
        self.lines[start:end] = mended
        self.mended = True
        return True

    def _blank(self, start: int, end: int) -> None:
        """`pass` stands on the last line, so that what is around it ends where it ended."""
        used = [n for n in range(start, end) if self.lines[n].strip()]
        indent = self.lines[used[0]][: self._indent(used[0])]
        for n in range(start, end):
            self.lines[n] = ""
        self.lines[used[-1]] = indent + "pass"
        last = used[-1] + 1
        while self.lost and self.lost[-1][0] > start:  # parts of it that were cut before
            self.lost.pop()
        self.lost.append((start + 1, last))

    def _counts(self, n: int) -> bool:
        line = self.lines[n].lstrip()
        return bool(line) and not line.startswith("#") and not self._continuing[n]

    def _indent(self, n: int) -> int:
        found = _INDENT.match(self.lines[n])
        return found.end() if found else 0


def _parse_lines(lines: Sequence[str]) -> bool:
    code = "\n".join(lines) + "\n"
    return parse("if 1:\n" + code if code[:1] in (" ", "\t") else code) is not None


def _continuing(lines: Sequence[str]) -> list[bool]:
    """Whether each line goes on with a string or with brackets; a bracket left open ends where a statement begins."""
    continuing = [False] * (len(lines) + 1)
    depth = 0
    for token in tokenize("\n".join(lines)):
        if token.kind == "string":
            for n in range(token.line, token.line + token.text.count("\n")):
                continuing[n] = True
        elif token.kind == "newline":
            if depth and token.line < len(lines) and _STATEMENT.match(lines[token.line]):
                depth = 0
            continuing[token.line] = depth > 0
        elif token.kind == "op" and token.text in "([{)]}":
            depth = depth + 1 if token.text in "([{" else max(0, depth - 1)
    return continuing
