"""The functions of one file with their lines, and what stands at a line."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from analyzer.codepaths.salvage import parse


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionSpan:
    """A function and its lines, decorators included; `<module>` is not listed."""

    name: str
    """qualified: `Class.method`, `outer.inner`"""
    line: int
    end_line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """Functions and raise statements of a file; empty where it does not parse."""

    functions: tuple[FunctionSpan, ...]
    raises: tuple[tuple[int, int], ...]
    """first and last line of each raise statement"""
    parsed: bool

    def function_at(self, line: int) -> str:
        """Qualified name of the innermost function around a line, else `<module>`."""
        around = [f for f in self.functions if f.line <= line <= f.end_line]
        return min(around, key=lambda f: (f.end_line - f.line, -f.line)).name if around else "<module>"

    def named(self, name: str) -> tuple[FunctionSpan, ...]:
        """Functions of this name; a bare name means the last part."""
        bare = name.replace(".<locals>", "")
        return tuple(f for f in self.functions if f.name == bare or f.name.endswith("." + bare))

    def raise_at(self, line: int) -> tuple[int, int] | None:
        """Lines of the raise statement that covers a line."""
        return next(((a, b) for a, b in self.raises if a <= line <= b), None)


def read_outline(code: bytes) -> Outline:
    """Outline of a Python file. Never raises."""
    tree = parse(code)
    if tree is None:
        return Outline(functions=(), raises=(), parsed=False)
    functions: list[FunctionSpan] = []
    raises: list[tuple[int, int]] = []
    waiting: list[tuple[ast.AST, str]] = [(tree, "")]
    while waiting:
        node, outer = waiting.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                name = f"{outer}.{child.name}" if outer else child.name
                first = min([child.lineno, *(d.lineno for d in child.decorator_list)])
                functions.append(FunctionSpan(name=name, line=first, end_line=child.end_lineno or child.lineno))
                waiting.append((child, name))
            elif isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
                if isinstance(child, ast.Raise):
                    raises.append((child.lineno, child.end_lineno or child.lineno))
                waiting.append((child, outer))
    return Outline(
        functions=tuple(sorted(functions, key=lambda f: (f.line, -f.end_line))),
        raises=tuple(sorted(raises)),
        parsed=True,
    )
