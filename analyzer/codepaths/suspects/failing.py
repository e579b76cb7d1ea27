"""What a failing statement asks of other code: calls it makes, attributes it reads, and who made its values."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

_MAX_CODE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A name that a statement calls or reads."""

    name: str
    receiver: str
    """as written where it is a name or attributes, `()` behind what is called; empty for a plain name"""
    line: int
    called: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """The statement at a line of a function."""

    asked: tuple[Asked, ...] = ()
    """by the statement itself"""
    made: tuple[Asked, ...] = ()
    """by earlier statements of the function that assign the names it uses"""
    read: tuple[str, ...] = ()
    """attributes of `self` that it reads"""
    local: bool = False
    """all names it works on are the function's own variables: what is wrong was made here"""
    given: bool = False
    """all names it works on are arguments as they were given; of a `raise`, those of its conditions"""
    passes_on: bool = False
    """it only hands its arguments to another function, so that nothing in it can be wrong but the call"""


def failing_at(module: ast.Module, function: ast.AST | None, line: int) -> Failing:
    """The statement around a line; `function` is the definition it stands in, None at the top level of a file."""
    parts = _parts(function if function is not None else module, line)
    if not parts:
        return Failing()
    found = _failing(parts, _made(function if function is not None else module, parts, line))
    return found if function is None else _with_values(found, function, parts, line)


def failing_text(code: str) -> Failing:
    """The same of a line as a trace printed it, where the file reads otherwise."""
    text = code.strip()[:_MAX_CODE]
    for form in (text, f"{text} pass", f"{text}\n pass", text.rstrip(":")):
        try:
            parsed = ast.parse(form)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        return _failing(list(ast.iter_child_nodes(parsed)), ())
    return Failing()


def used_in(function: ast.AST) -> frozenset[str]:
    """Names that a function reads or calls on `self`, `cls` or `super()`."""
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and _written(node.value) in ("self", "cls", "super()"):
            found.add(node.attr)
    return frozenset(found)


def _with_values(failing: Failing, function: ast.AST, parts: Sequence[ast.AST], line: int) -> Failing:
    """The same, with whose values it works on."""
    raises = any(isinstance(part, ast.Raise) for part in parts)
    used = _conditions(function, line) if raises else {n.id for p in parts for n in _loaded(p)}
    arguments = {a.arg for a in ast.walk(function) if isinstance(a, ast.arg)} - {"self", "cls"}
    stored = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    values = used & (arguments | stored)
    if used & {"self", "cls"} or not values:
        return failing
    return replace(failing, local=not values & (arguments - stored), given=values <= arguments - stored)


def _loaded(part: ast.AST) -> Iterator[ast.Name]:
    return (n for n in ast.walk(part) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))


def _conditions(function: ast.AST, line: int) -> set[str]:
    """Names in the conditions that a line stands under."""
    found: set[str] = set()
    for node in _own(function):
        if isinstance(node, ast.If) and node.lineno < line <= (node.end_lineno or node.lineno):
            found.update(n.id for n in _loaded(node.test))
    return found


def _parts(around: ast.AST, line: int) -> list[ast.AST]:
    """The innermost statement around a line; of a compound one, the expressions in its head."""
    best: ast.stmt | None = None
    waiting = list(ast.iter_child_nodes(around))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.stmt):
            if not node.lineno <= line <= (node.end_lineno or node.lineno):
                continue
            if best is None or node.lineno >= best.lineno:
                best = node
        if isinstance(node, ast.stmt | ast.excepthandler | ast.match_case):
            waiting.extend(ast.iter_child_nodes(node))
    if best is None or isinstance(best, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return []
    if not hasattr(best, "body"):
        return [best]
    return [n for n in ast.iter_child_nodes(best) if not isinstance(n, ast.stmt | ast.excepthandler | ast.match_case)]


def _failing(parts: Sequence[ast.AST], made: tuple[Asked, ...]) -> Failing:
    asked = tuple(dict.fromkeys(a for part in parts for a in _asked(part)))
    read = tuple(dict.fromkeys(a.name for a in asked if a.receiver == "self" and not a.called))
    return Failing(asked=asked, made=made, read=read, passes_on=len(parts) == 1 and _passes_on(parts[0]))


def _asked(part: ast.AST) -> Iterator[Asked]:
    callees = set()
    for node in ast.walk(part):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Call):
            callees.add(id(node.func))
            if isinstance(node.func, ast.Attribute):
                yield Asked(name=node.func.attr, receiver=_written(node.func.value), line=line, called=True)
            elif isinstance(node.func, ast.Name):
                yield Asked(name=node.func.id, receiver="", line=line, called=True)
        elif isinstance(node, ast.Attribute) and id(node) not in callees:
            yield Asked(name=node.attr, receiver=_written(node.value), line=line, called=False)


def _made(function: ast.AST, parts: Sequence[ast.AST], line: int) -> tuple[Asked, ...]:
    """What gave the values of the names that a statement uses: the calls of their assignments above it."""
    names = {n.id for part in parts for n in ast.walk(part) if isinstance(n, ast.Name)}
    found: list[Asked] = []
    for node in _own(function):
        if getattr(node, "lineno", line) >= line:
            continue
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr) and node.value is not None:
            targets, value = [node.target], node.value
        elif isinstance(node, ast.For | ast.AsyncFor):
            targets, value = [node.target], node.iter
        else:
            continue
        assigned = {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
        if assigned & names:
            found.extend(_asked(value))
    return tuple(dict.fromkeys(found))


def _own(function: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function, or of a module, without those of the functions and classes defined in it."""
    waiting = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(node))


def _passes_on(part: ast.AST) -> bool:
    value = getattr(part, "value", None)
    if isinstance(value, ast.Await | ast.YieldFrom):
        value = value.value
    if not isinstance(part, ast.Return | ast.Assign | ast.Expr | ast.With) or not isinstance(value, ast.Call):
        return False
    stars = sum(isinstance(a, ast.Starred) for a in value.args) + sum(k.arg is None for k in value.keywords)
    return stars == 2 or (stars == 1 and len(value.args) + len(value.keywords) == 1)


def _written(node: ast.AST) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        if isinstance(node, ast.Attribute):
            parts.append(f".{node.attr}")
            node = node.value
        elif isinstance(node, ast.Call):
            parts.append("()")
            node = node.func
        else:
            parts.append("[]")
            node = node.value
    return (node.id if isinstance(node, ast.Name) else "") + "".join(reversed(parts))
