"""Repair: `try` put around a call, or an `except` that catches what it did not."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.repairs.edits import Edit
from analyzer.codepaths.origins.repairs.keys import guarded_by
from analyzer.codepaths.origins.repairs.lifting import LIKELY, POSSIBLE, Lifted, Place, at, lifted, modules
from analyzer.codepaths.origins.repairs.syntax import called, dotted, last, parents, text
from analyzer.codepaths.origins.repairs.values import Token, token_of
from analyzer.model import CodePattern, QueryKind

_EVERYTHING = frozenset({"Exception", "BaseException"})
_PLAIN = (frozenset(dir(builtins)) - {"int", "float", "open", "next"}) | frozenset(
    {
        *("debug", "info", "warning", "error", "exception", "critical", "log"),
        *("append", "update", "get", "items", "keys", "values", "join", "split", "strip", "format"),
    }
)
"""calls that a `try` is not put around for"""
_ANY_TRY = "try:\n    ...\nexcept $T:\n    ..."
_CONVERTING = frozenset({"int", "float", "Decimal", "UUID", "loads", "fromisoformat", "strptime"})


def recognise_statement(edit: Edit) -> Lifted | None:
    """A new `try` around one call that matters."""
    after = edit.after
    if not isinstance(after, ast.Try) or edit.before is not None or not edit.moved or not after.handlers:
        return None
    caught = {name for h in after.handlers for name in _types(h)}
    calls = [n for s in edit.moved for n in ast.walk(s) if isinstance(n, ast.Call) and called(n) not in _PLAIN]
    names = {(called(c), _receiver(c)) for c in calls if called(c)}
    if len(names) != 1:
        return None
    call = calls[0]
    name, receiver = called(call), _receiver(call)
    argument = token_of(call.args[0], edit.scope.old) if name in _CONVERTING and call.args else None
    if name in _CONVERTING and argument is None:
        return None  # every conversion of the tree would be meant

    def search(code: Code) -> Iterator[Place]:
        return _search(code, name, receiver, argument, caught)

    types = ", ".join(sorted(caught)) or "everything"
    said = f"what `{text(call.func, 60)}` raises ({types}) was not caught"
    whole = f"$X.{name}(...)" if isinstance(call.func, ast.Attribute) else f"{name}(...)"
    pattern = CodePattern(search=whole, unless_inside=(_ANY_TRY,)) if argument is None else None
    return lifted(edit, QueryKind.TEXT, said, edit.moved[0], after, search, pattern)


def _types(handler: ast.ExceptHandler) -> list[str]:
    if handler.type is None:
        return []
    listed = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return [last(dotted(t)) for t in listed if dotted(t)]


def _receiver(call: ast.Call) -> str:
    return last(dotted(call.func.value)) if isinstance(call.func, ast.Attribute) else ""


def _search(code: Code, name: str, receiver: str, argument: Token | None, caught: set[str]) -> Iterator[Place]:
    types = ", ".join(sorted(caught)) or "what it raises"
    for path, module in modules(code, [name]):
        above = parents(module)
        for node in ast.walk(module):
            if not isinstance(node, ast.Call) or called(node) != name or _receiver(node) != receiver:
                continue
            if argument is not None:
                found = token_of(node.args[0], _scope(node, above)) if node.args else None
                if found is None or found[:2] != argument[:2]:
                    continue
            shown = text(node, 60)
            catcher = guarded_by(node, above, frozenset(caught) | _EVERYTHING)
            if catcher:
                yield at(path, node, f"`{shown}` stands in a `try` that catches {catcher}", harmless=True)
            else:
                why = f"`{shown}` stands in no `try` of its function that catches {types}"
                yield at(path, node, why, confidence=LIKELY if argument else POSSIBLE)


def _scope(node: ast.AST, above: dict[ast.AST, ast.AST]) -> ast.AST:
    while node in above and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        node = above[node]
    return node
