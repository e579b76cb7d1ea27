"""Repair: a keyword of a library's call was added, taken away or given another value; `timeout` above all."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.repairs.edits import Edit
from analyzer.codepaths.origins.repairs.lifting import LIKELY, POSSIBLE, Lifted, Place, at, lifted, modules
from analyzer.codepaths.origins.repairs.signatures import is_defined
from analyzer.codepaths.origins.repairs.syntax import called, dotted, last, text
from analyzer.model import CodePattern, QueryKind


def recognise(before: ast.AST, after: ast.AST, edit: Edit) -> Lifted | None:
    """One keyword of a call by a dotted name that changed, and nothing else of it."""
    if not isinstance(before, ast.Call) or not isinstance(after, ast.Call) or not dotted(before.func):
        return None
    if ast.dump(before.func) != ast.dump(after.func):
        return None
    old = {str(k.arg): k.value for k in before.keywords}
    new = {str(k.arg): k.value for k in after.keywords}
    changed = sorted(n for n in {*old, *new} if _dump(old.get(n)) != _dump(new.get(n)))
    if len(changed) != 1 or [ast.dump(a) for a in before.args] != [ast.dump(a) for a in after.args]:
        return None
    name = changed[0]
    was = old.get(name)
    if name in old and name in new and not isinstance(was, ast.Constant):
        return None
    callee, receiver = called(before), _receiver(before)
    timeout = "timeout" in name
    if name in old and name in new and not timeout:
        return None
    wanted = _dump(was)
    added = name not in old
    if not timeout and (added or not receiver):
        return None  # a keyword that one call needs is no defect of the others

    def search(code: Code) -> Iterator[Place]:
        return _search(code, callee, receiver, name, wanted, added=added, removed=name not in new)

    shown = text(before.func, 60)
    if added:
        said = f"`{shown}` was called without `{name}=`"
    elif name not in new:
        said = f"`{shown}` was called with `{name}=`"
    else:
        said = f"`{name}={text(was)}` of `{shown}` became `{text(new[name])}`"
    whole = dotted(before.func) if receiver and "." not in dotted(before.func).partition(".")[2] else f"$X.{callee}"
    whole = whole if isinstance(before.func, ast.Attribute) else callee
    has = f"{whole}(..., {name}={'$T' if added or name not in new else text(was)}, ...)"
    pattern = CodePattern(search=f"{whole}(...)", unless=(has,)) if added else CodePattern(search=has)
    kind = QueryKind.TIMEOUT if timeout else QueryKind.SIGNATURE
    found = lifted(edit, kind, said, before, after, search, pattern)
    return replace(found, applies=lambda code: not is_defined(code, callee))  # its definition decides: `signatures`


def recognise_setting(edit: Edit) -> Lifted | None:
    """A constant called like a timeout that got another value."""
    before, after = edit.before, edit.after
    if not isinstance(before, ast.Assign | ast.AnnAssign) or not isinstance(after, ast.Assign | ast.AnnAssign):
        return None
    name, was = _named(before)
    if name != _named(after)[0] or "timeout" not in name.lower() or not isinstance(was, ast.Constant):
        return None
    if _dump(was) == _dump(_named(after)[1]):
        return None
    wanted = _dump(was)

    def search(code: Code) -> Iterator[Place]:
        for path, module in modules(code, [name]):
            for node in ast.walk(module):
                other, value = _named(node) if isinstance(node, ast.Assign | ast.AnnAssign) else ("", None)
                if other == name and isinstance(value, ast.Constant):
                    shown = text(node, 60)
                    if _dump(value) == wanted:
                        yield at(path, node, f"`{shown}` still has the value that was changed", confidence=POSSIBLE)
                    else:
                        yield at(path, node, f"`{shown}` has another value", harmless=True)

    said = f"`{name}` was {text(was)}"
    return lifted(edit, QueryKind.TIMEOUT, said, before, after, search, CodePattern(search=f"{name} = {text(was)}"))


def _named(node: ast.Assign | ast.AnnAssign) -> tuple[str, ast.expr | None]:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    return last(dotted(target)), node.value


def _receiver(call: ast.Call) -> str:
    return last(dotted(call.func.value)) if isinstance(call.func, ast.Attribute) else ""


def _dump(node: ast.AST | None) -> str:
    return ast.dump(node) if node is not None else ""


def _search(
    code: Code, callee: str, receiver: str, name: str, wanted: str, *, added: bool, removed: bool
) -> Iterator[Place]:
    for path, module in modules(code, [callee]):
        for node in ast.walk(module):
            if not isinstance(node, ast.Call) or called(node) != callee or _receiver(node) != receiver:
                continue
            given = {str(k.arg): k.value for k in node.keywords}
            shown = text(node, 60)
            if "None" in given:
                yield at(path, node, f"`{shown}` may be given `{name}` by `**`", harmless=True)
            elif added:
                if name in given:
                    yield at(path, node, f"`{shown}` has `{name}=`", harmless=True)
                else:
                    yield at(path, node, f"`{shown}` is called without `{name}=`", confidence=LIKELY)
            elif removed and name in given:
                yield at(path, node, f"`{shown}` is called with `{name}=`", confidence=LIKELY)
            elif not removed and name in given:
                if _dump(given[name]) == wanted:
                    yield at(path, node, f"`{shown}` still has the value that was changed", confidence=POSSIBLE)
                else:
                    yield at(path, node, f"`{shown}` has another `{name}`", harmless=True)
