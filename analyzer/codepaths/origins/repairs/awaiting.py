"""Repair: `await` added before a call."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.repairs.edits import Edit
from analyzer.codepaths.origins.repairs.lifting import LIKELY, PROVED, Lifted, Place, at, lifted, modules
from analyzer.codepaths.origins.repairs.syntax import called, dotted, last, own_nodes, parents, same, scopes, text
from analyzer.model import CodePattern, QueryKind

_RUNNERS = frozenset(
    {
        *("create_task", "ensure_future", "gather", "wait_for", "run", "run_until_complete", "shield", "start_soon"),
        *("run_coroutine_threadsafe", "wait", "as_completed", "add_task", "spawn", "async_to_sync", "timeout_at"),
    }
)


def recognise(before: ast.AST, after: ast.AST, edit: Edit) -> Lifted | None:
    """The repair of a coroutine that nobody awaited."""
    if not isinstance(before, ast.Call) or not isinstance(after, ast.Await) or not isinstance(after.value, ast.Call):
        return None
    name = called(before)
    if not name or not same(before.func, after.value.func):
        return None
    receiver = _receiver(before)

    def search(code: Code) -> Iterator[Place]:
        return _search(code, name, receiver)

    callee = f"$X.{name}(...)" if isinstance(before.func, ast.Attribute) else f"{name}(...)"
    pattern = CodePattern(search=callee, unless_inside=(f"await {callee}",))
    said = f"`{text(before.func, 60)}` was called without `await`: its result was a coroutine"
    return lifted(edit, QueryKind.OPERATION, said, before, after, search, pattern)


def _receiver(call: ast.Call) -> str:
    return last(dotted(call.func.value)) if isinstance(call.func, ast.Attribute) else ""


def _search(code: Code, name: str, receiver: str) -> Iterator[Place]:
    defined = [f for f in code.facts.functions(name) if not code.is_test(f.path)]
    plain = [f for f in defined if not f.row.is_async]
    for path, module in modules(code, [name]):
        above = parents(module)
        for scope in scopes(module):
            for node in own_nodes(scope):
                if not isinstance(node, ast.Call) or called(node) != name:
                    continue
                alike = _receiver(node) == receiver
                if defined and not plain:
                    sure = PROVED
                elif alike:
                    sure = LIKELY
                else:
                    if plain:
                        why = f"another `{name}`, at {plain[0].path}:{plain[0].row.line}, is no coroutine"
                        yield at(path, node, why, harmless=True)
                    continue
                handled = _handled(node, scope, above)
                shown = text(node.func, 60)
                if handled:
                    yield at(path, node, f"the coroutine of `{shown}` is {handled}", harmless=True)
                else:
                    why = f"`{shown}` is called without `await`: what it gives is a coroutine"
                    yield at(path, node, why, confidence=sure)


def _handled(node: ast.Call, scope: ast.AST, above: dict[ast.AST, ast.AST]) -> str:
    """What is done with a coroutine; empty where nothing awaits it."""
    child: ast.AST = node
    while child in above and not isinstance(child, ast.stmt):
        parent = above[child]
        if isinstance(parent, ast.Await):
            return "awaited"
        if isinstance(parent, ast.Call) and child is not parent.func:
            if called(parent) in _RUNNERS:
                return f"run by `{text(parent.func, 40)}`"
            return f"handed to `{text(parent.func, 40)}`, which may run it"
        if isinstance(parent, ast.Lambda | ast.GeneratorExp | ast.ListComp | ast.List | ast.Tuple | ast.Dict):
            return "collected, and may be awaited together"
        if isinstance(parent, ast.Return | ast.Yield):
            return "returned, and may be awaited by the caller"
        if isinstance(parent, ast.withitem | ast.AsyncFor):
            return "entered by `async with` or `async for`"
        if isinstance(parent, ast.Assign | ast.AnnAssign | ast.NamedExpr):
            targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
            names = {t.id for t in targets if isinstance(t, ast.Name)}
            if not names or _awaited_later(names, scope):
                return "kept, and awaited or handed on by its name"
            return ""
        child = parent
    return ""


def _awaited_later(names: set[str], scope: ast.AST) -> bool:
    for node in own_nodes(scope):
        inside: list[ast.AST] = []
        if isinstance(node, ast.Await):
            inside = [node.value]
        elif isinstance(node, ast.Call) and called(node) in _RUNNERS:
            inside = list(node.args)
        if any(isinstance(n, ast.Name) and n.id in names for part in inside for n in ast.walk(part)):
            return True
    return False
