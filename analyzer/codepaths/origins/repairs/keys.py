"""Repair: `x.get("key")` instead of `x["key"]`, or a test for the key before it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.repairs.edits import Edit
from analyzer.codepaths.origins.repairs.lifting import LIKELY, Lifted, Place, at, lifted, modules
from analyzer.codepaths.origins.repairs.syntax import (
    constant_text,
    dotted,
    last,
    own_nodes,
    parents,
    same,
    scopes,
    text,
)
from analyzer.model import CodePattern, QueryKind

_CATCHING = frozenset({"KeyError", "LookupError", "Exception", "BaseException"})


def recognise(before: ast.AST, after: ast.AST, edit: Edit) -> Lifted | None:
    """The repair of a key that can be missing."""
    key = constant_text(before.slice) if isinstance(before, ast.Subscript) else None
    if not key or not isinstance(before, ast.Subscript) or not _gets(after, before):
        return None
    receiver = last(dotted(before.value))
    if not receiver:
        return None

    def search(code: Code) -> Iterator[Place]:
        return _search(code, key, receiver)

    said = f'`{text(before, 60)}` was read where "{key}" can be missing'
    whole = dotted(before.value)
    pattern = CodePattern(search=f'{whole if whole == receiver else "$X." + receiver}["{key}"]')
    return lifted(edit, QueryKind.KEY, said, before, after, search, pattern)


def _gets(after: ast.AST, before: ast.Subscript) -> bool:
    """Whether a tree reads the same key of the same value by `get`."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("get", "pop", "setdefault")
        and same(node.func.value, before.value)
        and bool(node.args)
        and same(node.args[0], before.slice)
        for node in ast.walk(after)
    )


def _search(code: Code, key: str, receiver: str) -> Iterator[Place]:
    for path, module in modules(code, [key]):
        above = parents(module)
        for scope in scopes(module):
            nodes = list(own_nodes(scope))
            written = _written(nodes, key)
            for node in nodes:
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
                    if node.args and constant_text(node.args[0]) == key and last(dotted(node.func.value)) == receiver:
                        yield at(path, node, f'`{text(node, 60)}` gives None where "{key}" is missing', harmless=True)
                    continue
                if not isinstance(node, ast.Subscript) or not isinstance(node.ctx, ast.Load):
                    continue
                if constant_text(node.slice) != key:
                    continue
                shown = text(node, 60)
                if last(dotted(node.value)) != receiver:
                    why = f"`{shown}` reads another value, which nothing shows to lack the key"
                    yield at(path, node, why, harmless=True)
                elif guard := _guarded(node, key, nodes, above):
                    yield at(path, node, f"`{shown}` is read {guard}", harmless=True)
                elif dotted(node.value) in written:
                    yield at(path, node, f"`{shown}` is set in the same function", harmless=True)
                else:
                    yield at(path, node, f'`{shown}` raises KeyError where "{key}" is missing', confidence=LIKELY)


def _written(nodes: list[ast.AST], key: str) -> set[str]:
    """Names whose key is set in these nodes: by an item or by a dict literal."""
    found = set()
    for node in nodes:
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store) and constant_text(node.slice) == key:
            found.add(dotted(node.value))
        elif isinstance(node, ast.Assign):
            keys = node.value.keys if isinstance(node.value, ast.Dict) else []
            if any(constant_text(k) == key for k in keys):
                found.update(dotted(t) for t in node.targets)
    return found


def _guarded(node: ast.Subscript, key: str, nodes: list[ast.AST], above: dict[ast.AST, ast.AST]) -> str:
    for test in nodes:
        if not isinstance(test, ast.Compare) or constant_text(test.left) != key or test.lineno > node.lineno:
            continue
        if isinstance(test.ops[0], ast.In | ast.NotIn) and same(test.comparators[0], node.value):
            return f'behind a test for "{key}"'
    caught = guarded_by(node, above, _CATCHING)
    return f"inside a `try` that catches {caught}" if caught else ""


def guarded_by(node: ast.AST, above: dict[ast.AST, ast.AST], catching: frozenset[str]) -> str:
    """The exception that a `try` around a node catches, of those that count; empty where none does."""
    child = node
    while child in above:
        parent = above[child]
        if isinstance(parent, ast.Try) and child in parent.body:
            for handler in parent.handlers:
                if handler.type is None:
                    return "everything"
                listed = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
                for type_ in listed:
                    if last(dotted(type_)) in catching:
                        return last(dotted(type_))
        if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return ""
        child = parent
    return ""
