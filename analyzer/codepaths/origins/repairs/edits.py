"""The difference of two versions of a Python file as statements: which became which, which came, which went.

Comments, blanks and doc strings are no difference. A statement that now stands inside a new `if`, `try`, `with` or
loop is told as moved into it, not as changed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from analyzer.codepaths.origins.repairs.syntax import DEFINITIONS, FUNCTIONS, Definition, text

_ALIKE = 0.5
_SAME_BODY = 0.75
_MAX_COMPARED = 40
"""statements of a block that are compared each with each"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where an edit stands: the function around it, on both sides."""

    path: str
    function: str
    """qualified; `<module>` outside functions"""
    old_module: ast.Module
    new_module: ast.Module
    old: ast.AST
    """the function before, or the module"""
    new: ast.AST


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One statement before and after; one of them is None where it was added or removed."""

    scope: Scope
    before: ast.AST | None
    after: ast.AST | None
    moved: tuple[ast.stmt, ...] = ()
    """statements of before that stand inside the new one"""

    @property
    def line(self) -> int:
        """Of the form after, of the form before where it was removed."""
        return getattr(self.after if self.after is not None else self.before, "lineno", 1)


def edits(path: str, old: ast.Module, new: ast.Module) -> list[Edit]:
    """What changed from one tree to the other, in the order of the source."""
    scope = Scope(path=path, function="<module>", old_module=old, new_module=new, old=old, new=new)
    return list(_compare(_without_doc(old.body), _without_doc(new.body), scope))


def children(before: ast.AST, after: ast.AST) -> list[tuple[Any, Any]]:
    """Parts of two nodes of one type that belong together and differ; None beside a part without a counterpart.

    Bodies of compound statements are left out: they are compared as statements.
    """
    found: list[tuple[Any, Any]] = []
    for field in before._fields:
        a, b = getattr(before, field, None), getattr(after, field, None)
        if field in ("ctx", "type_comment", "kind", "annotation", "returns"):
            continue
        if isinstance(a, list) and isinstance(b, list):
            if not any(isinstance(x, ast.stmt | ast.ExceptHandler | ast.match_case) for x in (*a, *b)):
                found.extend(_aligned(a, b))
        elif isinstance(a, ast.AST) and isinstance(b, ast.AST):
            if ast.dump(a) != ast.dump(b):
                found.append((a, b))
        elif isinstance(a, ast.AST) or isinstance(b, ast.AST):
            found.append((a, b) if isinstance(a, ast.AST) else (None, b))
    return found


def _aligned(a: list[Any], b: list[Any]) -> Iterator[tuple[Any, Any]]:
    if any(isinstance(x, ast.keyword) for x in (*a, *b)):
        old = {x.arg: x for x in a}
        new = {x.arg: x for x in b}
        for name in sorted({*old, *new}, key=str):
            x, y = old.get(name), new.get(name)
            if x is None or y is None or ast.dump(x) != ast.dump(y):
                yield x, y
        return
    if len(a) == len(b):
        yield from ((x, y) for x, y in zip(a, b, strict=True) if _differ(x, y))
        return
    keys_a, keys_b = [_key(x) for x in a], [_key(x) for x in b]
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, keys_a, keys_b, autojunk=False).get_opcodes():
        if tag != "equal":
            for n in range(max(i2 - i1, j2 - j1)):
                yield (a[i1 + n] if i1 + n < i2 else None), (b[j1 + n] if j1 + n < j2 else None)


def _differ(x: Any, y: Any) -> bool:
    if isinstance(x, ast.AST) and isinstance(y, ast.AST):
        return ast.dump(x) != ast.dump(y)
    return False


def _key(node: Any) -> str:
    return ast.dump(node) if isinstance(node, ast.AST) else repr(node)


def _compare(old: Sequence[ast.stmt], new: Sequence[ast.stmt], scope: Scope) -> Iterator[Edit]:
    keys_old, keys_new = [ast.dump(s) for s in old], [ast.dump(s) for s in new]
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, keys_old, keys_new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield from _block(list(old[i1:i2]), list(new[j1:j2]), scope)


def _block(old: list[ast.stmt], new: list[ast.stmt], scope: Scope) -> Iterator[Edit]:
    found: list[Edit] = []
    for after in list(new):
        moved = _moved_into(after, old)
        if moved:
            found.append(Edit(scope=scope, before=None, after=after, moved=tuple(moved)))
            old = [s for s in old if s not in moved]
            new = [s for s in new if s is not after]
    for before, after in _paired(old, new):
        found.extend(_pair(before, after, scope))
        old = [s for s in old if s is not before]
        new = [s for s in new if s is not after]
    found.extend(Edit(scope=scope, before=s, after=None) for s in old)
    found.extend(Edit(scope=scope, before=None, after=s) for s in new)
    return iter(sorted(found, key=lambda e: e.line))


def _moved_into(after: ast.stmt, old: Sequence[ast.stmt]) -> list[ast.stmt]:
    if not isinstance(after, ast.If | ast.Try | ast.With | ast.AsyncWith | ast.For | ast.While) or not old:
        return []
    inside = {ast.dump(s) for s in ast.walk(after) if isinstance(s, ast.stmt) and s is not after}
    moved = [s for s in old if ast.dump(s) in inside and not isinstance(s, ast.Pass)]
    # an old statement of the same type that holds them all was changed, nothing was moved
    holders = [s for s in old if type(s) is type(after) and s not in moved]
    return [] if holders else moved


def _paired(old: list[ast.stmt], new: list[ast.stmt]) -> list[tuple[ast.stmt, ast.stmt]]:
    pairs: list[tuple[ast.stmt, ast.stmt]] = []
    by_name = {s.name: s for s in new if isinstance(s, DEFINITIONS)}
    for statement in old:
        if isinstance(statement, DEFINITIONS) and statement.name in by_name:
            pairs.append((statement, by_name.pop(statement.name)))
    used = {id(s) for pair in pairs for s in pair}
    left = [s for s in old if id(s) not in used][:_MAX_COMPARED]
    right = [s for s in new if id(s) not in used][:_MAX_COMPARED]
    start = 0
    for before in left:
        best, score = None, _SAME_BODY if isinstance(before, DEFINITIONS) else _ALIKE
        for n in range(start, len(right)):
            likeness = _likeness(before, right[n])
            if likeness > score:
                best, score = n, likeness
        if best is None and len(left) == len(right) == 1 and type(before) is type(right[0]):
            best = 0
        if best is not None:
            pairs.append((before, right[best]))
            start = best + 1
    return pairs


def _likeness(a: ast.stmt, b: ast.stmt) -> float:
    simple = (ast.Assign, ast.AnnAssign, ast.Expr, ast.Return, ast.AugAssign)
    if type(a) is not type(b) and not (isinstance(a, simple) and isinstance(b, simple)):
        both = isinstance(a, FUNCTIONS) and isinstance(b, FUNCTIONS)
        if not both and not (isinstance(a, ast.Import | ast.ImportFrom) and isinstance(b, ast.Import | ast.ImportFrom)):
            return 0.0
    left, right = ast.unparse(a)[:2_000], ast.unparse(b)[:2_000]
    return (
        SequenceMatcher(None, left.split(), right.split(), autojunk=False).ratio() * 0.5
        + 0.5 * SequenceMatcher(None, text(a), text(b), autojunk=False).ratio()
    )


def _pair(before: ast.stmt, after: ast.stmt, scope: Scope) -> Iterator[Edit]:
    yield Edit(scope=scope, before=before, after=after)
    inner = scope
    if isinstance(before, DEFINITIONS) and isinstance(after, DEFINITIONS):
        inner = _within(before, after, scope)
    for old_body, new_body in _bodies(before, after):
        yield from _compare(_without_doc(old_body), _without_doc(new_body), inner)


def _within(before: Definition, after: Definition, scope: Scope) -> Scope:
    name = after.name if scope.function == "<module>" else f"{scope.function}.{after.name}"
    if isinstance(after, ast.ClassDef):
        return replace(scope, function=name)
    return replace(scope, function=name, old=before, new=after)


def _bodies(before: ast.stmt, after: ast.stmt) -> Iterator[tuple[list[ast.stmt], list[ast.stmt]]]:
    for field in ("body", "orelse", "finalbody"):
        old, new = getattr(before, field, []), getattr(after, field, [])
        if old or new:
            yield old, new
    old_handlers, new_handlers = getattr(before, "handlers", []), getattr(after, "handlers", [])
    for x, y in zip(old_handlers, new_handlers, strict=False):
        yield x.body, y.body
    for x, y in zip(getattr(before, "cases", []), getattr(after, "cases", []), strict=False):
        yield x.body, y.body


def _without_doc(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    first = body[0] if body else None
    doc = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    return list(body[1:] if doc else body)
