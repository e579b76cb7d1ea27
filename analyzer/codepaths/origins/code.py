"""The code of one tree as searches see it: facts, syntax trees of single functions, and places to show."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from analyzer.codepaths.code_facts import CodeFacts
from analyzer.codepaths.contents import Contents
from analyzer.codepaths.salvage import parse
from analyzer.codepaths.scoring import is_test
from analyzer.codepaths.trees import Tree
from analyzer.model import CodePath, Role

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
_T = TypeVar("_T")
_ASYNC = re.compile(rb"async def ([A-Za-z_]\w{0,200}+)")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Placing(Protocol):
    """Makes a code path of a place in the tree."""

    def __call__(
        self,
        path: str,
        line: int,
        end_line: int,
        function: str | None,
        role: Role,
        confidence: float,
        unique: bool,
        evidence: tuple[str, ...],
    ) -> CodePath: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A statement whose template gives a text."""

    path: CodePath
    kind: str
    """raise, exception, return, kwarg, …: see `statements`"""
    values: tuple[tuple[str, str], ...] = ()
    """(source of the expression, what stood in its place) of each hole; empty where they cannot be paired"""


class Code:
    """Not to be shared between threads. Trees are parsed once each, and only of files that a search asks for."""

    def __init__(
        self,
        *,
        tree: Tree,
        contents: Contents,
        facts: CodeFacts,
        place: Placing,
        said: Callable[[str], list[Said]],
    ) -> None:
        self.tree = tree
        self.facts = facts
        self._contents = contents
        self._place = place
        self._look_up = said
        self._said: dict[str, list[Said]] = {}
        self._parsed: dict[str, ast.Module | None] = {}
        self._functions: dict[str, dict[str, FunctionNode]] = {}
        self._once: dict[str, Any] = {}
        self._sources: list[str] | None = None
        self._async_names: frozenset[str] | None = None

    def said(self, text: str) -> list[Said]:
        """Statements whose template gives the whole of a text, best first."""
        if text not in self._said:
            self._said[text] = self._look_up(text)
        return self._said[text]

    def sources(self) -> list[str]:
        """The Python files of the tree outside its tests, sorted."""
        if self._sources is None:
            python = sorted(p for p in self.tree.files if p.endswith((".py", ".pyw")))
            self._sources = [p for p in python if not is_test(p)]
        return self._sources

    def mentioning(self, words: Sequence[str]) -> list[str]:
        """The Python files outside the tests whose text has all these words, sorted; the first stands by itself."""
        self._contents.load(self.sources())
        raw = [w.encode() for w in words if w]
        whole = re.compile(rb"\b" + re.escape(raw[0]) + rb"\b") if raw else None
        found = []
        for path in self.sources():
            text = self._contents.raw(path)
            if all(word in text for word in raw) and (whole is None or whole.search(text)):
                found.append(path)
        return found

    def async_names(self) -> frozenset[str]:
        """The names that `async def` stands before anywhere outside the tests; fast, so from the text alone."""
        if self._async_names is None:
            self._contents.load(self.sources())
            found = {n for p in self.sources() for n in _ASYNC.findall(self._contents.raw(p))}
            self._async_names = frozenset(n.decode() for n in found)
        return self._async_names

    def text(self, path: str) -> bytes:
        """A file of the tree as it is; empty where it is not in it."""
        return self._contents.raw(path) if path in self.tree.files else b""

    def lines(self, path: str) -> list[str]:
        """The lines of a file of the tree; none where it is not in it."""
        return self._contents.lines(path) if path in self.tree.files else []

    def load(self, paths: Sequence[str]) -> None:
        """Brings the contents of files in, all in one question to git."""
        self._contents.load(paths)

    def module(self, path: str) -> ast.Module | None:
        """The syntax tree of a Python file; None where it does not parse, or is not in the tree."""
        if path not in self._parsed:
            known = path in self.tree.files and path.endswith((".py", ".pyi", ".pyw"))
            self._parsed[path] = parse("\n".join(self.lines(path)).encode()) if known else None
        return self._parsed[path]

    def functions(self, path: str) -> dict[str, FunctionNode]:
        """Qualified name → definition, of all functions of a file; of a name defined twice the last one."""
        if path not in self._functions:
            module = self.module(path)
            self._functions[path] = dict(_definitions(module, "")) if module is not None else {}
        return self._functions[path]

    def function(self, path: str, name: str) -> FunctionNode | None:
        """The definition of a function by its qualified name (`Class.method`)."""
        return self.functions(path).get(name)

    def place(
        self,
        path: str,
        line: int,
        end_line: int = 0,
        *,
        function: str | None = None,
        role: Role = Role.CAUSE,
        confidence: float = 1.0,
        unique: bool = False,
        evidence: tuple[str, ...] = (),
    ) -> CodePath:
        """A code path of this tree; its function is the innermost around the first line, where none is given."""
        if function is None:
            around = self.facts.function_at(path, line)
            function = around.name if around is not None else None
        return self._place(path, line, end_line or line, function, role, confidence, unique, evidence)

    def once(self, name: str, make: Callable[[], _T]) -> _T:
        """What a search keeps for the next one, made when it is first asked for."""
        if name not in self._once:
            self._once[name] = make()
        kept: _T = self._once[name]
        return kept

    @staticmethod
    def is_test(path: str) -> bool:
        """True for test code, which does not run where logs are collected."""
        return is_test(path)


def _definitions(node: ast.AST, outer: str) -> Iterator[tuple[str, FunctionNode]]:
    waiting = [(node, outer)]
    while waiting:
        current, name = waiting.pop()
        for child in ast.iter_child_nodes(current):
            if isinstance(child, _DEFINITIONS):
                qualified = f"{name}.{child.name}" if name else child.name
                if not isinstance(child, ast.ClassDef):
                    yield qualified, child
                waiting.append((child, qualified))
            elif isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
                waiting.append((child, name))
