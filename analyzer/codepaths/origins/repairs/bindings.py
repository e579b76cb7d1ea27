"""Which names a file binds, and where."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from analyzer.codepaths.origins.repairs.syntax import DEFINITIONS, FUNCTIONS, own_nodes


def bound_outside(module: ast.Module) -> set[str]:
    """Names that a file binds outside its functions, or declares global in one."""
    declared = {name for n in ast.walk(module) if isinstance(n, ast.Global) for name in n.names}
    return _binding(own_nodes(module), parameters=False) | declared


def bound(tree: ast.AST) -> set[str]:
    """Every name that is bound anywhere in a tree, whatever its scope."""
    return _binding(ast.walk(tree))


def _binding(nodes: Iterable[ast.AST], *, parameters: bool = True) -> set[str]:
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, DEFINITIONS):
            found.add(node.name)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found.update(a.asname or a.name.partition(".")[0] for a in node.names)
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            found.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            found.add(node.rest)
        elif isinstance(node, ast.Global):
            found.update(node.names)
        if parameters and isinstance(node, (*FUNCTIONS, ast.Lambda)):
            a = node.args
            named = (*a.posonlyargs, *a.args, *a.kwonlyargs, a.vararg, a.kwarg)
            found.update(p.arg for p in named if p is not None)
    return found
