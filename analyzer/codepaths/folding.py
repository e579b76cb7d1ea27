"""String expressions folded to templates: literal text with a hole wherever a value is put in."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

HOLE = "\ue000"
"""Stands for a value in a template; a private-use character, removed from literals."""

_PERCENT = re.compile(
    r"%(?:%|(?:\((?P<key>[^()]{1,60})\))?[-+#0]*+(?:\d++|\*)?(?:\.(?:\d++|\*))?[hlL]?[sdrifgxXeEcuo])"
)
_BRACES = re.compile(r"\{[\w.\[\]]{0,60}(?:![rsa])?(?::[^{}\s\"']{0,30})?\}")
_CALLED_ON_TEXT = frozenset({"strip", "rstrip", "lstrip", "encode", "lower", "upper", "title", "replace", "capitalize"})
_WRAPS_TEXT = frozenset({"_", "gettext", "dedent", "str", "cleandoc", "Text", "text", "SafeString", "mark_safe", "N_"})
_MAX_LITERAL = 4_000
_MAX_REPEAT = 200
_MAX_DRESSES = 4
_SHORTEST_COMMAND = 3
_FLAG = re.compile(r"--?[A-Za-z]")

Part = str | ast.expr | None
"""A literal, the expression in a hole, or a hole whose expression is not known."""


def fold(node: ast.expr) -> list[Part] | None:
    """Parts of a string expression in order; None where the expression is not visibly a string."""
    way = _FOLDS.get(type(node))
    return way(node) if way is not None else None


def command_line(node: ast.List) -> list[Part] | None:
    """A list with a flag among its strings, as it is printed: joined by blanks; None for any other list."""
    if len(node.elts) < _SHORTEST_COMMAND:
        return None
    folded = [fold(item) for item in node.elts]
    if not any(parts and isinstance(parts[0], str) and _FLAG.match(parts[0]) for parts in folded):
        return None
    joined: list[Part] = []
    for item, parts in zip(node.elts, folded, strict=True):
        joined.extend([" ", *(parts if parts is not None else [item])])
    return joined[1:]


def operands(node: ast.BinOp) -> list[ast.expr]:
    """The terms of a chain of additions, left to right, without recursion over the chain."""
    terms: list[ast.expr] = []
    current: ast.expr = node
    while isinstance(current, ast.BinOp) and isinstance(current.op, ast.Add):
        terms.append(current.right)
        current = current.left
    terms.append(current)
    terms.reverse()
    return terms


def carrier(node: ast.expr) -> ast.Name | ast.Attribute | None:
    """The name that brings the text: of `N`, `N % x`, `N.format(x)`, `N + x`, `_(N)`, `N[x]`; else None."""
    for _ in range(_MAX_DRESSES):
        kind = type(node)
        if kind is ast.Name or kind is ast.Attribute:
            return node  # type: ignore[return-value]
        if kind is ast.Call:
            inner = _undressed(node)  # type: ignore[arg-type]
            if inner is None:
                return None
            node = inner
        elif kind is ast.Subscript:
            node = node.value  # type: ignore[attr-defined]
        elif kind is ast.BinOp and type(node.op) in _DRESSING:  # type: ignore[attr-defined]
            node = node.left  # type: ignore[attr-defined]
        else:
            return None
    return None


def dress(node: ast.expr, parts: list[Part]) -> list[Part]:
    """Parts of a message whose carrier stands for `parts`: what the expression does to them is done."""
    if isinstance(node, ast.BinOp):
        inner = dress(node.left, parts)
        return _percented(inner, node.right) if isinstance(node.op, ast.Mod) else [*inner, *_terms(node.right)]
    if isinstance(node, ast.Call):
        called = _undressed(node)
        inner = dress(called, parts) if called is not None else parts
        if isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            return fill(inner, [*node.args, *(k.value for k in node.keywords)])
        return inner
    return parts


def _undressed(node: ast.Call) -> ast.expr | None:
    function = node.func
    if isinstance(function, ast.Attribute) and function.attr in ("format", "get", *_CALLED_ON_TEXT):
        return function.value
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    return node.args[0] if name in _WRAPS_TEXT and len(node.args) == 1 else None


def _terms(node: ast.expr) -> list[Part]:
    parts = fold(node)
    return parts if parts is not None else [node]


def fill(parts: list[Part], values: list[ast.expr]) -> list[Part]:
    """The same parts with the unknown holes given their expressions, in order: a logger's `%` arguments."""
    rest = iter(values)
    return [next(rest, None) if part is None else part for part in parts]


def template(parts: list[Part]) -> tuple[str, list[str]]:
    """Template text, one `HOLE` a hole, and the source of each hole's expression (empty where not short)."""
    text: list[str] = []
    holes: list[str] = []
    for part in parts:
        if isinstance(part, str):
            text.append(part[:_MAX_LITERAL].replace(HOLE, " "))
        else:
            text.append(HOLE)
            holes.append(source(part) if part is not None else "")
    return "".join(text), holes


def source(node: ast.AST, depth: int = 0) -> str:
    """Short source of an expression, empty where it is long or deep (`ast.unparse` costs too much here)."""
    if depth > 5:
        return ""
    out = ""
    if isinstance(node, ast.Name):
        out = node.id
    elif isinstance(node, ast.Constant):
        out = repr(node.value) if not isinstance(node.value, str | bytes) or len(node.value) < 40 else ""
    elif isinstance(node, ast.Attribute):
        inner = source(node.value, depth + 1)
        out = f"{inner}.{node.attr}" if inner else ""
    elif isinstance(node, ast.Subscript):
        inner, key = source(node.value, depth + 1), source(node.slice, depth + 1)
        out = f"{inner}[{key}]" if inner and key else ""
    elif isinstance(node, ast.Call) and not node.keywords and len(node.args) < 4:
        inner, args = source(node.func, depth + 1), [source(a, depth + 1) for a in node.args]
        out = f"{inner}({', '.join(args)})" if inner and all(args) else ""
    return out if len(out) <= 80 else ""


def _open_specs(text: str) -> list[Part]:
    """A literal with its `%s` and `{}` taken for holes: who fills them may stand elsewhere."""
    parts: list[Part] = [text]
    if "%" in text:
        parts = _split(text, _PERCENT)
    if "{" in text:
        parts = [q for p in parts for q in (_split(p, _BRACES) if isinstance(p, str) else [p])]
    return parts


def _split(text: str, specs: re.Pattern[str]) -> list[Part]:
    parts: list[Part] = []
    end = 0
    for found in specs.finditer(text):
        if found.start() > end:
            parts.append(text[end : found.start()])
        parts.append("%" if found.group() == "%%" else None)
        end = found.end()
    if end < len(text) or not parts:
        parts.append(text[end:])
    return parts


def _joined(node: ast.JoinedStr) -> list[Part]:
    parts: list[Part] = []
    for value in node.values:
        if isinstance(value, ast.Constant):
            parts.append(str(value.value))
        elif isinstance(value, ast.FormattedValue):
            inner = fold(value.value) if isinstance(value.value, ast.Constant | ast.JoinedStr) else None
            parts.extend(inner if inner is not None else [value.value])
        else:  # pragma: no cover - the grammar knows only these two
            parts.append(None)
    return parts


def _added(node: ast.BinOp) -> list[Part] | None:
    terms = operands(node)
    folded = [fold(term) for term in terms]
    if all(parts is None for parts in folded):
        return None
    return [p for term, parts in zip(terms, folded, strict=True) for p in (parts if parts is not None else [term])]


def _percent(node: ast.BinOp) -> list[Part] | None:
    folded = fold(node.left)
    return _percented(folded, node.right) if folded is not None else None


def _percented(parts: list[Part], right: ast.expr) -> list[Part]:
    parts = [q for p in parts for q in (_split(p, _PERCENT) if isinstance(p, str) and "%" in p[:-1] else [p])]
    if isinstance(right, ast.Tuple):
        return fill(parts, list(right.elts))
    if isinstance(right, ast.Dict):
        return fill(parts, list(right.values))
    return fill(parts, [right])


def _repeated(node: ast.BinOp) -> list[Part] | None:
    for text, count in ((node.left, node.right), (node.right, node.left)):
        if isinstance(text, ast.Constant) and isinstance(text.value, str):
            if isinstance(count, ast.Constant) and isinstance(count.value, int):
                return [text.value[:_MAX_REPEAT] * max(0, min(count.value, _MAX_REPEAT))]
            return [text.value, count]
    return None


def _constant(node: ast.Constant) -> list[Part] | None:
    return _open_specs(node.value) if type(node.value) is str else None


def _operation(node: ast.BinOp) -> list[Part] | None:
    way = _OPERATIONS.get(type(node.op))
    return way(node) if way is not None else None


def _called(node: ast.Call) -> list[Part] | None:
    function, args = node.func, node.args
    if type(function) is ast.Attribute:
        name = function.attr
        if name == "format":
            parts = fold(function.value)
            return fill(parts, [*args, *(k.value for k in node.keywords)]) if parts is not None else None
        if name == "join" and type(function.value) is ast.Constant and len(args) == 1:
            return _join(function.value.value, args[0])
        if name in _CALLED_ON_TEXT and type(function.value) in _VISIBLE:
            return fold(function.value)
    elif type(function) is ast.Name:
        name = function.id
    else:
        return None
    return fold(args[0]) if name in _WRAPS_TEXT and len(args) == 1 and type(args[0]) in _VISIBLE else None


def _join(separator: object, items: ast.expr) -> list[Part] | None:
    if not isinstance(separator, str) or not isinstance(items, ast.List | ast.Tuple):
        return None
    parts: list[Part] = []
    for i, item in enumerate(items.elts):
        if i:
            parts.append(separator)
        parts.extend(fold(item) or [item])
    return parts


_DRESSING = frozenset({ast.Mod, ast.Add})
_VISIBLE = frozenset({ast.Constant, ast.JoinedStr, ast.BinOp})
_OPERATIONS: dict[type[ast.operator], Callable[[ast.BinOp], list[Part] | None]] = {
    ast.Add: _added,
    ast.Mod: _percent,
    ast.Mult: _repeated,
}
_FOLDS: dict[type[ast.expr], Callable[[Any], list[Part] | None]] = {
    ast.Constant: _constant,
    ast.JoinedStr: _joined,
    ast.BinOp: _operation,
    ast.Call: _called,
}
"""What may be a text, by the type of its node: a table is read faster than a chain of questions."""
