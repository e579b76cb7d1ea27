"""What strings the names of a file stand for: constants of the module and its classes, variables of a function."""

from __future__ import annotations

import ast
from typing import NamedTuple

from analyzer.codepaths.folding import Part, fold

_MAX_ALTERNATIVES = 12
"""strings of one name that are kept; a name with more is a register of texts, not a message"""


class Bound(NamedTuple):
    """One string that a name may stand for."""

    parts: list[Part]
    line: int
    """where the string is written"""


class Names:
    """Names with their strings, in the order of the source: an assignment in any branch counts, none is forgotten."""

    def __init__(self, tree: ast.Module | None = None) -> None:
        self._scopes: list[dict[str, list[Bound]]] = [{}]
        for node in tree.body if tree is not None else ():
            if isinstance(node, ast.Assign | ast.AnnAssign):
                self.bind(node)
            elif isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, ast.Assign | ast.AnnAssign):
                        self.bind(inner, node.name + ".")

    @property
    def in_function(self) -> bool:
        """False in the bodies of the module and its classes, whose names are known from the start."""
        return len(self._scopes) > 1

    def enter(self) -> None:
        """A function begins: what it binds is its own."""
        self._scopes.append({})

    def leave(self) -> None:
        """The function ends."""
        self._scopes.pop()

    def bind(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign, prefix: str = "") -> None:
        """Take note of `name = "text"`; of any other value nothing is known, and nothing is taken back."""
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if not isinstance(target, ast.Name) or node.value is None:
            return
        name = prefix + target.id
        scope = self._scopes[-1]
        if isinstance(node, ast.AugAssign):
            added = fold(node.value) if isinstance(node.op, ast.Add) else None
            if added is not None and name in scope:
                scope[name] = [Bound([*b.parts, *added], b.line) for b in scope[name]]
            return
        for value in _choices(node.value):
            parts = fold(value)
            if parts is not None:
                scope.setdefault(name, []).append(Bound(parts, value.lineno))

    def find(self, node: ast.Name | ast.Attribute, function: str) -> list[Bound]:
        """The strings of a name or of `self.NAME`, as seen in a function; empty where nothing is known."""
        if isinstance(node, ast.Name):
            found = next((scope[node.id] for scope in reversed(self._scopes) if node.id in scope), [])
        elif isinstance(node.value, ast.Name):
            owner = node.value.id
            classes = function.split(".")[:-1] if owner in ("self", "cls") else [owner]
            found = next((f for c in reversed(classes) if (f := self._scopes[0].get(f"{c}.{node.attr}"))), [])
        else:
            return []
        return found if len(found) <= _MAX_ALTERNATIVES else []


def _choices(node: ast.expr) -> list[ast.expr]:
    """What a name may be taken for: both branches of a choice, every value of a table of texts."""
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    if isinstance(node, ast.Dict):
        return list(node.values)
    if isinstance(node, ast.List | ast.Tuple):
        return list(node.elts)
    return [node]
