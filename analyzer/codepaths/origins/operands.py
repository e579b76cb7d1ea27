"""The operations of a function that an error can speak of, each with the value that it is done to."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeGuard

from analyzer.codepaths.origins.sites import Site

_ITERATING = frozenset(
    {"list", "tuple", "set", "sorted", "sum", "any", "all", "enumerate", "iter", "dict", "join", "extend"}
)
_HASHED = frozenset({"add", "setdefault", "get", "pop", "hash", "discard", "remove"})

Operand = tuple[ast.AST, ast.expr]


def accesses(site: Site, attribute: str) -> Iterator[Operand]:
    """Reads of an attribute, also through `getattr` without a default."""
    for node in site.nodes:
        if isinstance(node, ast.Attribute) and node.attr == attribute and isinstance(node.ctx, ast.Load):
            yield node, node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr":
            match node.args:
                case [of, ast.Constant(value=name)] if name == attribute:
                    yield node, of


def operations(site: Site, operation: str) -> Iterator[Operand]:
    """The operations of a kind: subscript, iterate, call, await, len, contains, hash, with or binary."""
    find = _FINDERS.get(operation)
    if find is not None:
        for node in site.nodes:
            yield from find(node)


def kind_of(operation: str, text: str) -> str:
    """The kind of operation that a message speaks of; `operation` is what a rule captured."""
    for kind, signs in _SIGNS.items():
        if operation == kind or any(sign in text for sign in signs):
            return kind
    return operation


_SIGNS = {
    "await": ("'await' expression",),
    "subscript": ("not subscriptable", "does not support item", "indices must be"),
    "contains": ("argument of type",),
    "len": ("has no len()",),
    "hash": ("unhashable type",),
    "iterate": ("not iterable", "non-iterable"),
    "call": ("not callable",),
    "with": ("context manager protocol",),
    "binary": ("unsupported operand", "can only concatenate", "not supported between"),
}


def _subscripts(node: ast.AST) -> Iterator[Operand]:
    if isinstance(node, ast.Subscript):
        yield node, node.value


def _iterations(node: ast.AST) -> Iterator[Operand]:
    if isinstance(node, ast.For | ast.AsyncFor):
        yield node.iter, node.iter
    elif isinstance(node, ast.comprehension | ast.YieldFrom):
        of = node.iter if isinstance(node, ast.comprehension) else node.value
        yield of, of
    elif isinstance(node, ast.Starred) or _takes_apart(node):
        yield node, node.value
    elif isinstance(node, ast.Call) and node.args:
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in _ITERATING:
            yield node, node.args[0]
    elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
        yield node, node.comparators[0]


def _takes_apart(node: ast.AST) -> TypeGuard[ast.Assign]:
    return isinstance(node, ast.Assign) and any(isinstance(t, ast.Tuple | ast.List) for t in node.targets)


def _calls(node: ast.AST) -> Iterator[Operand]:
    if isinstance(node, ast.Call):
        yield node, node.func


def _awaits(node: ast.AST) -> Iterator[Operand]:
    if isinstance(node, ast.Await):
        yield node, node.value


def _lengths(node: ast.AST) -> Iterator[Operand]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len" and node.args:
        yield node, node.args[0]


def _contains(node: ast.AST) -> Iterator[Operand]:
    if isinstance(node, ast.Compare):
        for op, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(op, ast.In | ast.NotIn):
                yield node, right


def _hashes(node: ast.AST) -> Iterator[Operand]:
    if isinstance(node, ast.Dict):
        for key in node.keys:
            if key is not None:
                yield key, key
    elif isinstance(node, ast.Set):
        for element in node.elts:
            yield element, element
    elif isinstance(node, ast.Subscript):
        yield node, node.slice
    elif isinstance(node, ast.DictComp | ast.SetComp):
        of = node.key if isinstance(node, ast.DictComp) else node.elt
        yield of, of
    elif isinstance(node, ast.Call) and node.args:
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in _HASHED or name == "set":
            yield node, node.args[0]
    elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
        yield node, node.left


def _withs(node: ast.AST) -> Iterator[Operand]:
    if isinstance(node, ast.With | ast.AsyncWith):
        for item in node.items:
            yield item.context_expr, item.context_expr


def _binaries(node: ast.AST) -> Iterator[Operand]:
    if isinstance(node, ast.BinOp):
        yield node, node.left
        yield node, node.right
    elif isinstance(node, ast.AugAssign):
        yield node, node.value
    elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE):
        yield node, node.left
        yield node, node.comparators[0]


_FINDERS = {
    "subscript": _subscripts,
    "iterate": _iterations,
    "call": _calls,
    "await": _awaits,
    "len": _lengths,
    "contains": _contains,
    "hash": _hashes,
    "with": _withs,
    "binary": _binaries,
}
