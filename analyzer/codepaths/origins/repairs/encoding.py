"""Which values of a function reach a JSON encoder unchanged, through dicts, lists and variables of that function."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.codepaths.origins.repairs.syntax import called, dotted, own_nodes
from analyzer.codepaths.sinks import FAMILIES

_READING = frozenset({"load", "loads"})
_MAX_STEPS = 6
_BUILT = (ast.Dict, ast.List, ast.Tuple, ast.Set, ast.ListComp, ast.DictComp)


@dataclass(frozen=True, slots=True)
class Fed:
    """A value and the encoder that it reaches."""

    value: ast.expr
    sink: str
    """as called: `json.dumps`"""
    call: ast.Call
    converter: str
    """keyword of the call that converts what the encoder does not know; empty where it has none"""


def encoded(function: ast.AST) -> Iterator[Fed]:
    """The values that calls of encoders in this function are handed, also as parts of dicts and lists."""
    nodes = sorted(own_nodes(function), key=lambda n: (getattr(n, "lineno", 0), getattr(n, "col_offset", 0)))
    assigned = _assigned(nodes)
    for node in nodes:
        if not isinstance(node, ast.Call):
            continue
        sink, handed = _sink(node)
        if not sink:
            continue
        converter = next((k.arg for k in node.keywords if k.arg in ("default", "cls", "encoder")), "") or ""
        seen: set[int] = set()
        for value in handed:
            for leaf in _leaves(value, assigned, seen, 0):
                yield Fed(leaf, sink, node, converter)


def returned(function: ast.AST) -> Iterator[ast.expr]:
    """The values that a function gives back, also as parts of dicts and lists."""
    nodes = sorted(own_nodes(function), key=lambda n: (getattr(n, "lineno", 0), getattr(n, "col_offset", 0)))
    assigned = _assigned(nodes)
    seen: set[int] = set()
    for node in nodes:
        if isinstance(node, ast.Return) and isinstance(node.value, ast.expr):
            yield from _leaves(node.value, assigned, seen, 0)


def _sink(node: ast.Call) -> tuple[str, list[ast.expr]]:
    """The encoder that a call is, and what it encodes; an empty name where it is none."""
    name = called(node)
    receivers = FAMILIES["json"].get(name, frozenset())
    receiver = dotted(node.func.value) if isinstance(node.func, ast.Attribute) else ""
    whole = dotted(node.func) or name
    encodes = name in FAMILIES["json"] and name not in _READING and name != "json"
    if encodes and (receivers is None or receiver in receivers):
        handed = [a for a in node.args if not isinstance(a, ast.Starred)]
        named = [k.value for k in node.keywords if k.arg in ("content", "data", "obj", None)]
        return whole, [*handed, *named] if name in ("jsonify",) else [*handed[:1], *named]
    for keyword in node.keywords:
        if keyword.arg == "json":
            return f"{whole}(json=…)", [keyword.value]
    return "", []


def _assigned(nodes: list[ast.AST]) -> dict[str, list[ast.expr]]:
    """Name → expressions that are put into it: assigned, assigned to an item, or given to `update`."""
    found: dict[str, list[ast.expr]] = {}
    for node in nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                while isinstance(target, ast.Subscript):
                    target = target.value
                if isinstance(target, ast.Name) and node.value is not None:
                    found.setdefault(target.id, []).append(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            holder = node.func.value
            if isinstance(holder, ast.Name) and node.func.attr in ("update", "append"):
                found.setdefault(holder.id, []).append(node.args[0])
    return found


def _leaves(node: ast.expr, assigned: dict[str, list[ast.expr]], seen: set[int], depth: int) -> Iterator[ast.expr]:
    if depth > _MAX_STEPS or id(node) in seen:
        return
    seen.add(id(node))
    parts: list[ast.expr] | None = None
    if isinstance(node, ast.Dict):
        parts = list(node.values)
    elif isinstance(node, ast.List | ast.Tuple | ast.Set):
        parts = list(node.elts)
    elif isinstance(node, ast.ListComp | ast.GeneratorExp):
        parts = [node.elt]
    elif isinstance(node, ast.DictComp):
        parts = [node.value]
    elif isinstance(node, ast.BoolOp):
        parts = list(node.values)
    elif isinstance(node, ast.Starred):
        parts = [node.value]
    elif isinstance(node, ast.Call) and called(node) == "dict" and isinstance(node.func, ast.Name):
        parts = [*node.args, *(k.value for k in node.keywords)]
    if parts is not None:
        for part in parts:
            yield from _leaves(part, assigned, seen, depth + 1)
        return
    sources = assigned.get(node.id, []) if isinstance(node, ast.Name) else []
    built = [s for s in sources if isinstance(s, _BUILT) or (isinstance(s, ast.Call) and called(s) == "dict")]
    for source in built:
        yield from _leaves(source, assigned, seen, depth + 1)
    if not built:
        yield node
