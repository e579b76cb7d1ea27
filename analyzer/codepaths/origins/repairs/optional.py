"""Whether a function of the tree can give None."""

from __future__ import annotations

import ast

from analyzer.codepaths.code_facts import Found
from analyzer.codepaths.fact_rows import Function
from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.repairs.syntax import called, own_nodes


def can_give_none(code: Code, found: Found[Function]) -> bool:
    """Whether a definition says so: by its annotation, a `return None`, or by what it returns (`x.get(…)`)."""
    node = code.function(found.path, found.row.name)
    if node is None:
        return False
    if node.returns is not None:
        written = ast.unparse(node.returns)
        return "None" in written or "Optional" in written
    returned = [n for n in own_nodes(node) if isinstance(n, ast.Return)]
    values = [n.value for n in returned]
    bare = any(v is None or (isinstance(v, ast.Constant) and v.value is None) for v in values)
    given = any(v is not None and not (isinstance(v, ast.Constant) and v.value is None) for v in values)
    by_get = any(isinstance(v, ast.Call) and called(v) == "get" and len(v.args) == 1 for v in values)
    return given and (bare or by_get)
