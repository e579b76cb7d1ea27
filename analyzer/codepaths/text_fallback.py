"""String literals of source that stands in no syntax tree, each as the statement that it seems to belong to.

Where `salvage` had to cut lines out, the tokens around a literal still tell the call, the keyword, the raise or the
name it belongs to, and the indentation tells the function. From that a small statement is written and parsed, so that
whoever reads statements need not know where it came from.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import NamedTuple

from analyzer.codepaths.decoding import decode
from analyzer.codepaths.mending import mend
from analyzer.codepaths.salvage import parse, salvage
from analyzer.codepaths.tokens import Token, fields, split_string, tokenize

_DEFINITION = re.compile(r"([ \t]*+)(?:async[ \t]++)?(?:def|class)[ \t]++(\w++)")
_INDENT = re.compile(r"[ \t]*+")
_MAX_RANGES = 4
_MAX_LITERAL = 4_000
_IGNORED = frozenset({"space", "comment", "newline"})
_NOT_CALLED = frozenset({"if", "elif", "while", "return", "yield", "in", "not", "and", "or", "print", "assert", "is"})


class Rebuilt(NamedTuple):
    """A statement written around a literal, at the line and in the function where the literal stands."""

    statement: ast.stmt
    function: str


class Broken(NamedTuple):
    """What a file that does not parse still holds."""

    tree: ast.Module | None
    """of all that could be parsed"""
    lines: list[str]
    rebuilt: list[Rebuilt]
    how: str
    """what was read in which way, for people"""


def read_broken(code: bytes) -> Broken:
    """A tree of the lines that parse and the literals of those that do not. Never raises."""
    found = salvage(decode(code))
    rebuilt = read_lines(found.lines, found.lost)
    how = "read in the syntax of this Python" if found.mended else ""
    if found.lost:
        alone = f"{_name_lines(found.lost)} as text alone"
        how = f"{how}, {alone}" if how else f"read {alone}"
    return Broken(found.tree, found.lines, rebuilt, how or "read in full")


def _name_lines(lost: Sequence[tuple[int, int]]) -> str:
    named = ", ".join(f"{a}-{b}" if b > a else f"{a}" for a, b in lost[:_MAX_RANGES])
    more = f" and {len(lost) - _MAX_RANGES} more parts" if len(lost) > _MAX_RANGES else ""
    return f"{'lines' if ',' in named or '-' in named else 'line'} {named}{more}"


def read_lines(lines: Sequence[str], ranges: Sequence[tuple[int, int]]) -> list[Rebuilt]:
    """The literals of some ranges of lines (1-based, inclusive)."""
    rebuilt: list[Rebuilt] = []
    functions = _Functions(lines)
    for first, last in ranges:
        reader = _Reader(first, functions)
        reader.read(tokenize("\n".join(lines[first - 1 : last]) + "\n"))
        rebuilt += reader.rebuilt
    return rebuilt


class _Functions:
    """The definitions around a line, by indentation alone. Lines are asked for in ascending order."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._read = 0
        self._open: list[tuple[int, str]] = []

    def around(self, line: int) -> str:
        """Qualified name of the function or class that a line stands in."""
        while self._read < min(line, len(self._lines)):
            found = _DEFINITION.match(self._lines[self._read])
            if found:
                indent = len(found.group(1))
                self._open = [(i, name) for i, name in self._open if i < indent]
                self._open.append((indent, found.group(2)))
            self._read += 1
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        blank = _INDENT.match(text)
        indent = blank.end() if blank else 0
        return ".".join(name for i, name in self._open if i < indent) or "<module>"


class _Frame(NamedTuple):
    """An open bracket and what was called with it."""

    callee: str
    raised: bool


class _Reader:
    """Goes over the tokens of one range and rebuilds a statement for every run of string literals."""

    def __init__(self, first_line: int, functions: _Functions) -> None:
        self.rebuilt: list[Rebuilt] = []
        self._offset = first_line - 1
        self._functions = functions
        self._frames: list[_Frame] = []
        self._before: list[Token] = []
        """tokens of the statement that mean something"""
        self._run: list[Token] = []

    def read(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            if token.kind == "string":
                self._run.append(token)
                continue
            if token.kind in _IGNORED:
                if token.kind == "newline" and not self._frames:
                    self._flush()
                    self._before = []
                continue
            self._flush()
            if token.kind == "op":
                self._bracket(token.text)
            self._before.append(token)
        self._flush()

    def _bracket(self, text: str) -> None:
        if text in ("(", "[", "{"):
            callee = self._chain() if text == "(" else ""
            before = len(callee.split(".")) * 2 - 1 if callee else 0
            word = self._before[-before - 1].text if len(self._before) > before else ""
            outer = self._frames[-1] if self._frames and text == "(" and not callee else _Frame("", False)
            self._frames.append(_Frame(callee, word == "raise") if callee else outer)
        elif text in (")", "]", "}") and self._frames:
            self._frames.pop()

    def _chain(self) -> str:
        """`a.b.c` at the end of what was read."""
        parts: list[str] = []
        for token in reversed(self._before):
            name = token.kind == "name" and (parts == [] or parts[-1] == ".") and token.text not in _NOT_CALLED
            if name or (token.text == "." and parts and parts[-1] != "."):
                parts.append(token.text)
            else:
                break
        if parts and parts[-1] == ".":
            parts.pop()
        return "".join(reversed(parts))

    def _flush(self) -> None:
        if not self._run:
            return
        run, self._run = self._run, []
        if not self._before and not self._frames:  # a string that is a statement of its own says nothing
            self._before.append(run[0])
            return
        code = self._around(_literal(run))
        tree = parse(code) or parse(_plain(run))
        if tree is not None and tree.body:
            first = run[0].line + self._offset
            last = run[-1].line + run[-1].text.count("\n") + self._offset
            begin = self._before[0].line + self._offset if self._before else first
            for node in ast.walk(tree):
                if isinstance(node, ast.expr | ast.stmt | ast.keyword):
                    node.lineno, node.end_lineno = first, last
            self.rebuilt.append(Rebuilt(tree.body[0], self._functions.around(begin)))
        self._before.append(run[-1])

    def _around(self, literal: str) -> str:
        words = [t.text for t in self._before[-2:]]
        named = words[0] if len(words) == 2 and words[1] in ("=", ":", "+=") else ""
        if self._frames and self._frames[-1].callee:
            frame = self._frames[-1]
            keyword = f"{named}=" if named.isidentifier() and words[1] == "=" else ""
            return f"{'raise ' if frame.raised else ''}{frame.callee}({keyword}{literal})"
        if self._frames:
            key = self._before[-2] if named and words[1] == ":" else None
            return f"{{{key.text}: {literal}}}" if key is not None and key.kind == "string" else literal
        if named.isidentifier() and words[1] != ":":
            return f"{named} = {literal}"
        word = self._before[0].text if len(self._before) == 1 else ""
        if word in ("return", "raise"):
            return f"{word} {literal}"
        return f"print({literal})" if word in ("print", "yield") else literal


def _literal(run: Sequence[Token]) -> str:
    """The run in brackets, in this Python's words."""
    return "(" + " ".join(mend(t.text[:_MAX_LITERAL]) for t in run) + ")"


def _plain(run: Sequence[Token]) -> str:
    """The run as one literal without any syntax in it: fields of f-strings are empty ones."""
    bodies = []
    for token in run:
        prefix, quote, body = split_string(token.text)
        body = body[:_MAX_LITERAL]
        if "f" in prefix or "t" in prefix:
            for start, end in reversed(list(fields(body, quote))):
                body = body[:start] + "{}" + body[end:]
        bodies.append(body)
    return repr("".join(bodies))
