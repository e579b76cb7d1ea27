"""Small questions to syntax trees that repairs and their searches share."""

from __future__ import annotations

import ast
from collections.abc import Iterator

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_MAX_TEXT = 160


def same(a: ast.AST | None, b: ast.AST | None) -> bool:
    """Whether two trees are written alike, wherever they stand."""
    return a is b or (a is not None and b is not None and type(a) is type(b) and ast.dump(a) == ast.dump(b))


def text(node: ast.AST | None, limit: int = _MAX_TEXT) -> str:
    """The source of a tree on one line, shortened; of a compound statement its first line."""
    if node is None:
        return ""
    try:
        line = ast.unparse(node)
    except (ValueError, RecursionError, AttributeError):
        return ""
    if isinstance(node, ast.stmt):
        line = next((part for part in line.split("\n") if not part.startswith("@")), "")
    line = " ".join(line.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def dotted(node: ast.AST | None) -> str:
    """`a.b.c` of names and attributes; empty where the expression is anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join(reversed([*parts, node.id]))


def last(name: str) -> str:
    """The last part of a dotted name."""
    return name.rpartition(".")[2]


def called(node: ast.AST | None) -> str:
    """The last part of the callee's name; empty where it has none, or the tree is no call."""
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def unawaited(node: ast.AST | None) -> ast.AST | None:
    """The expression behind an `await`."""
    return node.value if isinstance(node, ast.Await) else node


def own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """All nodes that run as part of a function or module, not those of the functions defined in it; in any order."""
    waiting = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, FUNCTIONS):
            waiting.extend(ast.iter_child_nodes(node))


def scopes(module: ast.Module) -> Iterator[ast.Module | FunctionNode]:
    """The module and all functions in it."""
    yield module
    for node in ast.walk(module):
        if isinstance(node, FUNCTIONS):
            yield node


def parents(tree: ast.AST) -> dict[ast.AST, ast.AST]:
    """Node → the node it stands in."""
    return {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}


def local_names(function: ast.AST | None) -> frozenset[str]:
    """Names that a function binds itself: parameters and what it assigns."""
    if not isinstance(function, FUNCTIONS):
        return frozenset()
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    found = {a.arg for a in named if a is not None}
    for node in own_nodes(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
    return frozenset(found)


def assigned_from(function: ast.AST, name: str, before_line: int) -> ast.expr | None:
    """The expression that a name was last assigned from above a line; None where it was not, or not plainly."""
    found: ast.expr | None = None
    at = 0
    for node in own_nodes(function):
        value: ast.expr | None = None
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
            value = node.value
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and isinstance(node.target, ast.Name):
            value = node.value if node.target.id == name else None
        if value is not None and at <= value.lineno <= before_line:
            found, at = value, value.lineno
    return found


def constant_text(node: ast.AST | None) -> str | None:
    """The text of a string literal."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
