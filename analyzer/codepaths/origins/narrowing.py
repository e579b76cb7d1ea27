"""What a condition says about the values it looks at, and how places that hold a value are written."""

from __future__ import annotations

import ast

_ASKING = frozenset({"isinstance", "hasattr", "callable", "len"})


def written(node: ast.AST) -> str:
    """A name, an attribute or an item with a literal key as a text that is equal where they are; empty for the rest."""
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            base = written(node.value)
            return f"{base}.{node.attr}" if base else ""
        case ast.Subscript(slice=ast.Constant(value=str() | int() as key)):
            base = written(node.value)
            return f"{base}[{key!r}]" if base else ""
    return ""


def told(condition: ast.expr) -> tuple[list[str], list[str]]:
    """The places that hold something where a single condition is true, and those where it is false.

    To hold something: not None, or there at all where it is the item of a mapping.
    """
    match condition:
        case ast.NamedExpr():
            yes, no = told(condition.value)
            return [condition.target.id, *yes], no
        case ast.Name() | ast.Attribute() | ast.Subscript():
            return _non_empty([written(condition)]), []
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _compared(left, op, right)
        case ast.Call(func=ast.Attribute(attr="get", value=of), args=[ast.Constant(value=key), *_]):
            return _non_empty([_item(of, key)]), []  # `if d.get("key")`
        case ast.Call(func=ast.Name(id=name), args=[of, *_]) if name in _ASKING:
            return _non_empty([written(of)]), []
        case ast.Call(func=ast.Attribute(value=of)):
            return _non_empty([written(of)]), _non_empty([written(of)])  # its method could be called
    return [], []


def _compared(left: ast.expr, op: ast.cmpop, right: ast.expr) -> tuple[list[str], list[str]]:
    if isinstance(left, ast.NamedExpr):
        left = left.target
    place = _non_empty([written(left)])
    nothing = isinstance(right, ast.Constant) and right.value is None
    match op:
        case ast.Is() | ast.Eq() if nothing:
            return [], place
        case ast.IsNot() | ast.NotEq() if nothing:
            return place, []
        case ast.In() if isinstance(left, ast.Constant):
            return _non_empty([_item(right, left.value)]), []
        case ast.NotIn() if isinstance(left, ast.Constant):
            return [], _non_empty([_item(right, left.value)])
        case ast.Eq() | ast.In() | ast.Is():
            return place, []
        case ast.Lt() | ast.LtE() | ast.Gt() | ast.GtE():
            return place, place  # None could not be compared
    return [], []


def _item(of: ast.expr, key: object) -> str:
    base = written(of)
    return f"{base}[{key!r}]" if base and isinstance(key, str | int) else ""


def _non_empty(names: list[str]) -> list[str]:
    return [n for n in names if n]
