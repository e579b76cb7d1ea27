"""Repair: a call that did not agree with the definition of what it calls, or a definition that calls did not follow."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.repairs.bindings import bound_outside
from analyzer.codepaths.origins.repairs.edits import Edit
from analyzer.codepaths.origins.repairs.lifting import LIKELY, PROVED, Lifted, Place, at, lifted, modules
from analyzer.codepaths.origins.repairs.syntax import (
    FUNCTIONS,
    FunctionNode,
    called,
    dotted,
    last,
    local_names,
    own_nodes,
    scopes,
    text,
)
from analyzer.model import QueryKind

_BOUND = ("self", "cls")
_TELLING = 3
"""letters of a variable's name that say something of its class: `oven` of `BreadOven`"""


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


class _Definition(NamedTuple):
    path: str
    node: FunctionNode
    owner: str
    """the class whose method it is; empty for a function, and for a class that is called itself"""
    bound: bool
    """`self` is given already"""


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


def _definitions(code: Code, name: str) -> list[_Definition]:
    """The functions that a call of this name can run."""
    found = []
    for f in code.facts.functions(name):
        node = code.function(f.path, f.row.name)
        if node is not None and not code.is_test(f.path):
            found.append(_Definition(f.path, node, last(f.row.owner), bool(f.row.owner) and not _is_static(node)))
    for c in code.facts.classes(name):
        node = code.function(c.path, f"{c.row.name}.__init__")
        if node is not None and not code.is_test(c.path):
            found.append(_Definition(c.path, node, "", True))
    return found


def _is_static(node: FunctionNode) -> bool:
    return any(dotted(d) == "staticmethod" for d in node.decorator_list)


def _search(code: Code, name: str, receiver: str) -> Iterator[Place]:
    definitions = _definitions(code, name)
    for path, module in modules(code, [name]):
        known = bound_outside(module)
        for scope in scopes(module):
            own = local_names(scope)
            for node in own_nodes(scope):
                if not isinstance(node, ast.Call) or called(node) != name:
                    continue
                if isinstance(node.func, ast.Name) and (name in own or name not in known):
                    continue
                meant = [d for d in definitions if _can_mean(code, path, node, d, receiver)]
                wrong = [disagreement(node, d.node, d.bound and not _on_class(node, d)) for d in meant]
                shown = text(node, 60)
                if meant and all(wrong):
                    where = f"{meant[0].path}:{meant[0].node.lineno}"
                    why = f"`{shown}` {wrong[0]} of the definition at {where}"
                    yield at(path, node, why, confidence=PROVED if len(definitions) == 1 else LIKELY)
                elif len(meant) == 1:
                    where = f"{meant[0].path}:{meant[0].node.lineno}"
                    yield at(path, node, f"`{shown}` agrees with the definition at {where}", harmless=True)


def _on_class(call: ast.Call, definition: _Definition) -> bool:
    """Whether a method is called on its class, so that `self` is handed over."""
    on = last(dotted(call.func.value)) if isinstance(call.func, ast.Attribute) else ""
    return bool(definition.owner) and on == definition.owner


def _can_mean(code: Code, path: str, call: ast.Call, definition: _Definition, receiver: str) -> bool:
    """Whether a call is likely one of a definition, by what it is called on."""
    if isinstance(call.func, ast.Name):
        return not definition.owner
    on = last(dotted(call.func.value)) if isinstance(call.func, ast.Attribute) else ""
    if not definition.owner:
        return on == posixpath.basename(definition.path).removesuffix(".py")
    if on in _BOUND:
        around = code.facts.function_at(path, call.lineno)
        return around is not None and last(around.owner) == definition.owner
    plain = on.replace("_", "").casefold()
    return bool(on) and (on == receiver or (len(plain) >= _TELLING and definition.owner.casefold().endswith(plain)))


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
