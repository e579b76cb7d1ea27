"""Repair: a call that did not agree with the definition of what it calls, or a definition that calls did not follow."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.repairs.edits import Edit
from analyzer.codepaths.origins.repairs.lifting import LIKELY, PROVED, Lifted, Place, at, lifted, modules
from analyzer.codepaths.origins.repairs.syntax import FUNCTIONS, FunctionNode, called, dotted, last, text
from analyzer.model import QueryKind

_BOUND = ("self", "cls")


def recognise(before: ast.AST, after: ast.AST, edit: Edit) -> Lifted | None:
    """A call whose arguments were added, taken away or renamed."""
    if not isinstance(before, ast.Call) or not isinstance(after, ast.Call) or called(before) != called(after):
        return None
    if _shape(before) == _shape(after) or not called(before):
        return None
    change = _change(before, after)
    if not change:
        return None
    said = f"the call of `{text(before.func, 60)}` {change}"
    return _lift(edit, called(before), _receiver(before), said, before, after)


def recognise_definition(edit: Edit) -> Lifted | None:
    """A definition whose parameters changed, so that calls must follow it."""
    before, after = edit.before, edit.after
    if not isinstance(before, FUNCTIONS) or not isinstance(after, FUNCTIONS) or before.name != after.name:
        return None
    if ast.dump(before.args) == ast.dump(after.args) or _demands(before) == _demands(after):
        return None
    name = last(edit.scope.function) if after.name == "__init__" else after.name
    if name == "<module>" or (name.startswith("__") and name.endswith("__")):
        return None
    return _lift(edit, name, "", f"the parameters of `{name}` changed", before, after)


def _lift(edit: Edit, name: str, receiver: str, said: str, before: ast.AST, after: ast.AST) -> Lifted:
    def search(code: Code) -> Iterator[Place]:
        return _search(code, name, receiver)

    found = lifted(edit, QueryKind.SIGNATURE, said, before, after, search)
    return replace(found, applies=lambda code: is_defined(code, name))


def _demands(node: FunctionNode) -> tuple[object, ...]:
    """What a caller must know of the parameters: names, which have defaults, `*` and `**`; no annotations."""
    a = node.args
    return (
        [p.arg for p in (*a.posonlyargs, *a.args)],
        len(a.defaults),
        [p.arg for p in a.kwonlyargs],
        [d is None for d in a.kw_defaults],
        a.vararg is not None,
        a.kwarg is not None,
    )


def _shape(call: ast.Call) -> tuple[int, list[str]]:
    return len(call.args), sorted(str(k.arg) for k in call.keywords)


def _change(before: ast.Call, after: ast.Call) -> str:
    old, new = {str(k.arg) for k in before.keywords}, {str(k.arg) for k in after.keywords}
    added, gone = sorted(new - old), sorted(old - new)
    parts = [f"got `{', '.join(added)}`"] if added else []
    parts += [f"lost `{', '.join(gone)}`"] if gone else []
    if len(before.args) != len(after.args):
        parts.append(f"has {len(after.args)} positional arguments, not {len(before.args)}")
    return " and ".join(parts)


def _receiver(call: ast.Call) -> str:
    return last(dotted(call.func.value)) if isinstance(call.func, ast.Attribute) else ""


def is_defined(code: Code, name: str) -> bool:
    """Whether the tree defines a function or class of this name."""
    return bool(_definitions(code, name))


def _definitions(code: Code, name: str) -> list[tuple[str, FunctionNode, bool]]:
    """(path, definition, bound) of the functions that a call of this name can run; bound: `self` is given already."""
    found = []
    for f in code.facts.functions(name):
        node = code.function(f.path, f.row.name)
        if node is not None and not code.is_test(f.path):
            found.append((f.path, node, bool(f.row.owner) and not _is_static(node)))
    for c in code.facts.classes(name):
        node = code.function(c.path, f"{c.row.name}.__init__")
        if node is not None and not code.is_test(c.path):
            found.append((c.path, node, True))
    return found


def _is_static(node: FunctionNode) -> bool:
    return any(dotted(d) == "staticmethod" for d in node.decorator_list)


def _search(code: Code, name: str, receiver: str) -> Iterator[Place]:
    definitions = _definitions(code, name)
    if not definitions:
        return
    where = f"{definitions[0][0]}:{definitions[0][1].lineno}"
    for path, module in modules(code, [name]):
        for node in ast.walk(module):
            if not isinstance(node, ast.Call) or called(node) != name:
                continue
            bound = isinstance(node.func, ast.Attribute) and not last(dotted(node.func.value))[:1].isupper()
            wrong = [disagreement(node, d, given and (bound or d.name == "__init__")) for _, d, given in definitions]
            shown = text(node, 60)
            if not all(wrong):
                if len(definitions) == 1:
                    yield at(path, node, f"`{shown}` agrees with the definition at {where}", harmless=True)
                continue
            alike = _receiver(node) == receiver or len(definitions) == 1
            why = f"`{shown}` {wrong[0]} of the definition at {where}"
            only = not isinstance(node.func, ast.Attribute) or _receiver(node) in _BOUND or bool(receiver)
            if alike:
                yield at(path, node, why, confidence=PROVED if only else LIKELY)


def disagreement(call: ast.Call, definition: FunctionNode, bound: bool) -> str:
    """How a call fails to fit a definition; empty where it fits, or where `*` and `**` leave it open."""
    if any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords):
        return ""
    a = definition.args
    positional = [p.arg for p in (*a.posonlyargs, *a.args)][1 if bound else 0 :]
    named = {p.arg for p in (*a.args, *a.kwonlyargs)}
    required = positional[: len(positional) - len(a.defaults)] if len(a.defaults) < len(positional) else []
    required += [p.arg for p, d in zip(a.kwonlyargs, a.kw_defaults, strict=True) if d is None]
    given = {str(k.arg) for k in call.keywords}
    if len(call.args) > len(positional) and a.vararg is None:
        return f"gives {len(call.args)} positional arguments to the {len(positional)}"
    unknown = sorted(given - named) if a.kwarg is None else []
    if unknown:
        return f"gives `{unknown[0]}`, which is no parameter"
    filled = set(positional[: len(call.args)]) | given
    missing = [p for p in required if p not in filled]
    return f"lacks `{missing[0]}`" if missing else ""
