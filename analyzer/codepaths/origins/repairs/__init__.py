"""What a fix repaired, read from the statements it changed: one module for each kind of repair.

A repair knows the unrepaired form and finds it elsewhere in a tree. Whatever no module recognises is left to `shapes`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from analyzer.codepaths.origins.repairs import awaiting, guards, handlers, keys, keywords, names, signatures, values
from analyzer.codepaths.origins.repairs.edits import Edit, children
from analyzer.codepaths.origins.repairs.lifting import Lifted

OfNodes = Callable[[ast.AST, ast.AST, Edit], Lifted | None]
OfStatement = Callable[[Edit], Lifted | None]

_OF_NODES: Sequence[OfNodes] = (
    values.recognise,
    awaiting.recognise,
    keys.recognise,
    guards.recognise,
    names.recognise,
)
_OF_STATEMENTS: Sequence[OfStatement] = (
    names.recognise_import,
    guards.recognise_statement,
    handlers.recognise_statement,
    signatures.recognise_definition,
    keywords.recognise_setting,
)


def recognise(edit: Edit) -> list[Lifted]:
    """The repairs that one edit makes; usually none or one."""
    for of_statement in _OF_STATEMENTS:
        found = of_statement(edit)
        if found is not None:
            return [found]
    if edit.before is None or edit.after is None:
        return []
    return _within(edit.before, edit.after, edit)


def _within(before: ast.AST, after: ast.AST, edit: Edit) -> list[Lifted]:
    for of_nodes in _OF_NODES:
        found = of_nodes(before, after, edit)
        if found is not None:
            return [found]
    inner: list[Lifted] = []
    if type(before) is type(after):
        for x, y in children(before, after):
            if isinstance(x, ast.AST) and isinstance(y, ast.AST):
                inner.extend(_within(x, y, edit))
    if inner or not isinstance(before, ast.Call) or not isinstance(after, ast.Call):
        return inner
    if any(k.arg == "default" for k in after.keywords) and not any(k.arg == "default" for k in before.keywords):
        converted = values.recognise_converter(before, after, edit)
        if converted is not None:
            return [converted]
    # both are tried where the tree is known: a definition of the tree decides, else the keyword itself
    both = (signatures.recognise(before, after, edit), keywords.recognise(before, after, edit))
    return [found for found in both if found is not None]
