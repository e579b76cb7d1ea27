"""What a repair is, once recognised: its shape, and a search for the unrepaired form in a tree."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.repairs.edits import Edit
from analyzer.codepaths.origins.repairs.syntax import text
from analyzer.model import CodePattern, QueryKind, Shape

PROVED, LIKELY, POSSIBLE = 0.85, 0.65, 0.4
"""confidence of a sibling: the code shows that it fails; the same on a like-named value; the same form and no more"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place of the unrepaired form, or one that only looks like it."""

    path: str
    line: int
    end_line: int
    why: str
    """why it would fail; of a harmless one, why it cannot"""
    harmless: bool = False
    confidence: float = LIKELY


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifted:
    """A recognised repair."""

    shape: Shape
    search: Callable[[Code], Iterator[Place]]
    applies: Callable[[Code], bool] = lambda _: True
    """whether the tree bears out what the edit looks like"""
    generic: bool = False
    """nothing is known of it but its form"""


def lifted(
    edit: Edit,
    kind: QueryKind,
    said: str,
    before: ast.AST | None,
    after: ast.AST | None,
    search: Callable[[Code], Iterator[Place]],
    pattern: CodePattern | None = None,
) -> Lifted:
    """A repair of one expression or statement of an edit."""
    line = getattr(after, "lineno", None) or edit.line
    shape = Shape(
        kind=kind,
        text=said,
        file=edit.scope.path,
        line=line,
        before=text(before),
        after=text(after),
        pattern=pattern,
    )
    return Lifted(shape=shape, search=search)


def at(path: str, node: ast.AST, why: str, *, harmless: bool = False, confidence: float = LIKELY) -> Place:
    """A place at a node."""
    line = getattr(node, "lineno", 1)
    end = getattr(node, "end_lineno", None) or line
    return Place(path=path, line=line, end_line=end, why=why, harmless=harmless, confidence=confidence)


def modules(code: Code, words: Sequence[str]) -> Iterator[tuple[str, ast.Module]]:
    """Python files, without tests, whose text holds all of these words, by path."""
    paths = [p for p in sorted(code.tree.files) if p.endswith(".py") and not code.is_test(p)]
    code.load(paths)
    for path in paths:
        source = "\n".join(code.lines(path))
        if all(word in source for word in words):
            module = code.module(path)
            if module is not None:
                yield path, module
