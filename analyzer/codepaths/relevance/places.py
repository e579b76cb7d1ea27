"""The places of an error in one tree, and the same lines in another."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from analyzer.codepaths.carrying import carry_line
from analyzer.codepaths.origins.code import Code
from analyzer.model import CodePath, Frame, Origin, Proof, Query

_SHOWN_SIBLING = 0.85
"""a sibling at least this probable is shown to fail, not only to look like it"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What one tree says about an error."""

    query: Query | None
    """None where the error has no text"""
    origins: tuple[Origin, ...] = ()
    siblings: tuple[CodePath, ...] = ()
    printed: tuple[CodePath, ...] = ()
    """statements that write, build or wrap the text"""
    frames: tuple[CodePath, ...] = ()
    """of its stack trace, innermost first"""
    written: bool = False
    """a statement of the repository is known to raise the text"""
    reason: str | None = None
    """why nothing was found, or what could not be searched"""

    @property
    def raising(self) -> tuple[CodePath, ...]:
        """Places at which the error comes to be, with lines that feed it: those that are more than names."""
        found = []
        for origin in self.origins:
            if origin.proof >= Proof.CAN_RAISE:
                found.append(origin.path)
                found += [origin.raised_at] if origin.raised_at is not None else []
                found += [_line(origin.path, file, line) for file, line in origin.breaking]
        return tuple(dict.fromkeys([*found, *self.frames[:1], *(s for s in self.siblings if is_shown(s))]))

    @property
    def functions(self) -> frozenset[str]:
        """Bare names of the functions that hold a place of it, or are called on the way to one."""
        paths = [*self.raising, *self.siblings, *(v for o in self.origins for v in o.via)]
        return frozenset((p.function or "").rpartition(".")[2] for p in paths) - {"", "<module>"}

    def lines(self) -> Mapping[str, list[tuple[int, int]]]:
        """Lines by file of the statements that speak the text."""
        found: dict[str, list[tuple[int, int]]] = {}
        for path in self.printed:
            found.setdefault(path.file, []).append((path.line, path.end_line))
        return found


def _line(path: CodePath, file: str, line: int) -> CodePath:
    same = file == path.file and path.line <= line <= path.end_line
    function = path.function if same else None
    return replace(path, file=file, line=line, end_line=line, function=function, excerpt=(), evidence=())


def is_shown(sibling: CodePath) -> bool:
    """Whether a sibling is shown to fail, not only to look like it."""
    return sibling.confidence >= _SHOWN_SIBLING


def carried(paths: Sequence[CodePath], old: Code, new: Code) -> list[CodePath]:
    """Code paths of one tree in another; a line that was rewritten stands where its neighbours stand now."""
    return [c for path in paths if (c := _carry(path, old, new)) is not None]


def _carry(path: CodePath, old: Code, new: Code) -> CodePath | None:
    if path.file not in new.tree.files:
        return None
    before, after = old.lines(path.file), new.lines(path.file)
    if before == after:
        return path
    line = carry_line(before, after, path.line)
    for step in range(1, 12):
        if line is not None:
            break
        above = carry_line(before, after, path.line - step) if path.line > step else None
        below = carry_line(before, after, path.line + step)
        line = above + step if above is not None else below - step if below is not None else None
    if line is None or not 1 <= line <= len(after):
        return None
    return replace(path, line=line, end_line=line + path.end_line - path.line, excerpt=())


def carried_frames(frames: Sequence[CodePath], old: Code, new: Code) -> list[Frame]:
    """Frames (innermost first) as a search takes them: outermost first, at the lines of the other tree."""
    paths = carried(frames, old, new)
    return [Frame(file=p.file, line=p.line, function=p.function) for p in reversed(paths)]


def is_rewritten(path: CodePath, old: Code, new: Code) -> bool:
    """Whether one of the lines of a place went or was written anew."""
    before, after = old.lines(path.file), new.lines(path.file)
    if before == after:
        return False
    return any(carry_line(before, after, line) is None for line in range(path.line, path.end_line + 1))


def names_read(code: Code, path: CodePath) -> frozenset[str]:
    """Names and `self.attribute`s that the statements on the lines of a place read."""
    module = code.module(path.file)
    found: set[str] = set()
    for node in ast.walk(module) if module is not None else ():
        if path.line <= getattr(node, "lineno", 0) <= path.end_line:
            found.update(_read(node))
    return frozenset(found)


def names_made(node: ast.AST | None) -> frozenset[str]:
    """Names and attributes that a statement gives a value."""
    found: set[str] = set()
    for part in ast.walk(node) if node is not None else ():
        if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
            found.add(part.id)
        elif isinstance(part, ast.Attribute) and not isinstance(part.ctx, ast.Load):
            found.add(f".{part.attr}")
        elif isinstance(part, ast.Subscript) and not isinstance(part.ctx, ast.Load):
            found.update(n for n in _read(part.value))
        elif isinstance(part, ast.alias):
            found.add((part.asname or part.name).partition(".")[0])
    return frozenset(found)


def _read(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Attribute):
            yield f".{part.attr}"


def identity(path: CodePath, code: Code) -> tuple[str, str | None, str]:
    """What a place is known by in another tree: its file, its function and its line without blanks around."""
    lines = code.lines(path.file)
    said = lines[path.line - 1].strip() if 0 < path.line <= len(lines) else ""
    return path.file, path.function, said
