"""Texts handed to a helper of the same file that writes them: `self._report("Order flow", data)` and its log call."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Generic, TypeVar

from analyzer.codepaths.folding import Part, fold

_P = TypeVar("_P")
_MAX_CALLS = 200
_TEXTS = frozenset({ast.Constant, ast.JoinedStr})


class Handing(Generic[_P]):
    """What helpers write around their parameters, and the calls that fill them; both by the bare name in one file."""

    def __init__(self) -> None:
        self._around: list[tuple[str, list[str]]] = []
        self._helpers: dict[str, list[tuple[list[str], list[Part], _P]]] = {}
        self._calls: dict[str, list[ast.Call]] = {}

    def enter(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """A function begins."""
        names = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
        self._around.append((node.name, names[1:] if names[:1] in (["self"], ["cls"]) else names))

    def leave(self) -> None:
        """The function ends."""
        self._around.pop()

    def wrote(self, parts: list[Part], place: _P) -> None:
        """A text is logged, printed or raised; remembered where a parameter of the function stands in it."""
        if self._around:
            name, parameters = self._around[-1]
            if any(type(part) is ast.Name and part.id in parameters for part in parts):
                self._helpers.setdefault(name, []).append((parameters, parts, place))

    def called(self, node: ast.Call, name: str) -> None:
        """A function or a method of one's own is called; remembered where it is handed a text."""
        function = node.func
        if type(function) is ast.Attribute and getattr(function.value, "id", "") not in ("self", "cls"):
            return
        if any(type(a) in _TEXTS for a in node.args) or any(type(k.value) in _TEXTS for k in node.keywords):
            self._calls.setdefault(name, []).append(node)

    def texts(self) -> Iterator[tuple[list[Part], _P, int]]:
        """(what the helper writes with the text in its place, where the helper writes it, line of the call)."""
        for name, helpers in self._helpers.items():
            for call in self._calls.get(name, ())[:_MAX_CALLS]:
                for parameters, parts, place in helpers:
                    given = dict(zip(parameters, call.args, strict=False))
                    given |= {k.arg: k.value for k in call.keywords if k.arg}
                    filled = [q for part in parts for q in _filled(part, given)]
                    if filled != parts:
                        yield filled, place, call.lineno


def _filled(part: Part, given: dict[str, ast.expr]) -> list[Part]:
    if type(part) is ast.Name and part.id in given:
        return fold(given[part.id]) or [part]
    return [part]
