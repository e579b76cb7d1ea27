"""Where a line stands in its function: whether it always runs, and whether it runs only after another error."""

from __future__ import annotations

import ast
from dataclasses import dataclass

_BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Match, ast.IfExp)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Of a line in a function."""

    unconditional: bool
    """it runs whenever the function is called and comes so far"""
    in_handler: bool
    """it stands in an `except` clause"""
    condition: str = ""
    """source of the innermost condition around it"""


def placement(function: ast.AST, line: int) -> Placement:
    """Where a line stands in a function or module."""
    unconditional, in_handler, condition = True, False, ""
    current: ast.AST | None = function
    while current is not None:
        inner: ast.AST | None = None
        for child in ast.iter_child_nodes(current):
            if not isinstance(child, ast.stmt | ast.excepthandler | ast.match_case | ast.IfExp):
                continue
            start, end = getattr(child, "lineno", None), getattr(child, "end_lineno", None)
            if isinstance(child, ast.match_case):
                start, end = child.body[0].lineno, child.body[-1].end_lineno
            if start is not None and end is not None and start <= line <= end:
                inner = child
        if isinstance(inner, ast.ExceptHandler):
            in_handler, unconditional = True, False
        elif isinstance(inner, _BRANCHES) and not (isinstance(inner, ast.If) and _in_test(inner, line)):
            unconditional = False
            test = getattr(inner, "test", None)
            condition = ast.unparse(test)[:120] if test is not None else condition
        current = inner
    return Placement(unconditional=unconditional, in_handler=in_handler, condition=condition)


def _in_test(node: ast.If, line: int) -> bool:
    return node.test.lineno <= line <= (node.test.end_lineno or line) < node.body[0].lineno
