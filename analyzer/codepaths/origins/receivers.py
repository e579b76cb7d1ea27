"""The class of what a method is called on: from annotations, constructors and what functions give back."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from analyzer.codepaths.origins.code import Code, FunctionNode
from analyzer.codepaths.origins.meanings import Meaning, Names
from analyzer.codepaths.readings import annotated_type, chain

_MAX_DEPTH = 4
_NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


class Receivers:
    """Classes of receivers in one tree."""

    def __init__(self, code: Code, names: Names) -> None:
        self._code = code
        self._names = names
        self._kept: dict[tuple[str, str, str], Meaning | None] = {}
        self._values: dict[tuple[str, str], dict[str, list[ast.expr]]] = {}

    def owner(self, path: str, function: str) -> Meaning | None:
        """The class that a method stands in."""
        row = next((f for f in self._code.facts.of(path).functions if f.name == function), None)
        if row is None or not row.owner:
            return None
        return next(
            (Meaning(path=path, klass=c) for c in self._code.facts.of(path).classes if c.name == row.owner), None
        )

    def klass(self, path: str, function: str, receiver: str, *, depth: int = 0) -> Meaning | None:
        """The class of a receiver as facts write it (`self.store`, `client`, `Thing()`); None where it is not known."""
        key = (path, function, receiver)
        if key not in self._kept:
            self._kept[key] = None  # a value that is made of itself
            self._kept[key] = self._find(path, function, receiver, depth)
        return self._kept[key]

    def is_assigned(self, path: str, function: str, name: str) -> bool:
        """Whether a function assigns a name itself, so that what it holds depends on the line."""
        node = self._code.function(path, function)
        return node is not None and name in self._assigned(path, function, node)

    def assigned_in_module(self, path: str, name: str) -> list[ast.expr]:
        """The values that the top level of a file assigns to a name."""
        module = self._code.module(path)
        return self._assigned(path, "", module).get(name, []) if module is not None else []

    def _find(self, path: str, function: str, receiver: str, depth: int) -> Meaning | None:
        if depth > _MAX_DEPTH or not receiver or "[]" in receiver:
            return None
        if receiver in ("self", "cls"):
            return self.owner(path, function)
        if receiver.endswith("()"):
            return self._given_back(path, function, receiver[:-2], depth)
        holder, _, attribute = receiver.rpartition(".")
        if holder:
            owner = self.klass(path, function, holder, depth=depth + 1)
            if owner is not None:
                return self._attribute(owner, attribute, depth)
            found = self._names.dotted(path, receiver, function=function)
            return found if found is not None and found.klass is not None else None
        node = self._code.function(path, function)
        found = self._local(path, function, node, receiver, depth) if node is not None else None
        if found is not None:
            return found
        meant = self._names.meaning(path, receiver, function=function)
        if meant is not None:
            return meant if meant.klass is not None else None
        return self._global(path, receiver, depth)

    def _given_back(self, path: str, function: str, callee: str, depth: int) -> Meaning | None:
        """The class of what a call gives: the class that is called, or what a function says or is seen to return."""
        if callee == "super":
            return self.base(self.owner(path, function))
        holder, _, name = callee.rpartition(".")
        if holder and (owner := self.klass(path, function, holder, depth=depth + 1)) is not None:
            meant = self._names.method(owner, name)
        else:
            meant = self._names.dotted(path, callee, function=function)
        if meant is None or meant.klass is not None:
            return meant
        return self._returned(meant, depth) if meant.function is not None else None

    def base(self, owner: Meaning | None) -> Meaning | None:
        """The first base class of the tree."""
        if owner is None or owner.klass is None:
            return None
        for base in owner.klass.bases:
            found = self._names.dotted(owner.path, base.removesuffix("[]"))
            if found is not None and found.klass is not None:
                return found
        return None

    def _returned(self, meant: Meaning, depth: int) -> Meaning | None:
        assert meant.function is not None
        node = self._code.function(meant.path, meant.function.name)
        if node is None:
            return None
        said = annotated_type(node.returns) if node.returns is not None else ""
        if said and (found := self._names.meaning(meant.path, said)) is not None and found.klass is not None:
            return found
        for inner in own_nodes(node):
            if isinstance(inner, ast.Return) and inner.value is not None:
                given = chain(inner.value)
                if given and (found := self.klass(meant.path, meant.function.name, given, depth=depth + 1)) is not None:
                    return found
        return None

    def _local(self, path: str, function: str, node: FunctionNode, name: str, depth: int) -> Meaning | None:
        arguments = node.args
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            if argument.arg == name and argument.annotation is not None:
                said = annotated_type(argument.annotation)
                found = self._names.meaning(path, said) if said else None
                if found is not None and found.klass is not None:
                    return found
        for value in self._assigned(path, function, node).get(name, ()):
            if (given := chain(value)) and given != name:
                found = self.klass(path, function, given, depth=depth + 1)
                if found is not None:
                    return found
        return None

    def _global(self, path: str, name: str, depth: int) -> Meaning | None:
        for value in self.assigned_in_module(path, name):
            if (given := chain(value)) and given != name:
                return self.klass(path, "", given, depth=depth + 1)
        for row in self._code.facts.of(path).imports:
            if row.name and (row.alias or row.name) == name:
                for file in self._names.module(row.module, level=row.level, of=path)[:1]:
                    return self.klass(file, "", row.name, depth=depth + 1) if file != path else None
        return None

    def _attribute(self, owner: Meaning, attribute: str, depth: int) -> Meaning | None:
        """The class of `self.attribute`: from what methods of the class assign, or its annotation."""
        assert owner.klass is not None
        for name, node in self._code.functions(owner.path).items():
            if not name.startswith(owner.klass.name + "."):
                continue
            if name == f"{owner.klass.name}.{attribute}":  # a property
                meant = self._names.method(owner, attribute)
                return self._returned(meant, depth) if meant is not None else None
            for value in self._assigned(owner.path, name, node).get(f"self.{attribute}", ()):
                if given := chain(value):
                    found = self.klass(owner.path, name, given, depth=depth + 1)
                    if found is not None:
                        return found
        for row in self._code.facts.of(owner.path).carriers:
            if row.name == attribute and row.how == "annotation":
                found = self._names.meaning(owner.path, row.type)
                if found is not None and found.klass is not None:
                    return found
        parent = self.base(owner)
        return self._attribute(parent, attribute, depth + 1) if parent is not None and depth < _MAX_DEPTH else None

    def _assigned(self, path: str, function: str, node: ast.AST) -> dict[str, list[ast.expr]]:
        """Name, or `self.x` → the values that are assigned to it in a function, or at the top level of a file."""
        key = (path, function)
        if key not in self._values:
            table = self._values[key] = {}
            for name, value in _assignments(own_statements(node)):
                table.setdefault(name, []).append(value)
        return self._values[key]


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function without those of the functions and classes defined in it, in the order of the source."""
    waiting = list(reversed(list(ast.iter_child_nodes(node))))
    while waiting:
        current = waiting.pop()
        yield current
        if not isinstance(current, _NESTED):
            waiting.extend(reversed(list(ast.iter_child_nodes(current))))


def own_statements(node: ast.AST) -> Iterator[ast.AST]:
    """The statements and `with` items of a function or module, without those of functions and classes defined in it."""
    waiting: list[ast.AST] = list(reversed(getattr(node, "body", ())))
    while waiting:
        current = waiting.pop()
        yield current
        if isinstance(current, _NESTED):
            continue
        if isinstance(current, ast.If | ast.While) and isinstance(current.test, ast.NamedExpr):
            yield current.test
        yield from getattr(current, "items", ())
        for name in ("finalbody", "orelse", "handlers", "cases", "body"):
            held = getattr(current, name, None)
            if isinstance(held, list):
                waiting.extend(reversed(held))


def _assignments(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    """Names with what is assigned to them, `with … as name` included."""
    for node in nodes:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                yield from ((chain(target), value) for value in _choices(node.value))
        elif isinstance(node, ast.AnnAssign):
            yield chain(node.target), node.annotation
            if node.value is not None:
                yield from ((chain(node.target), value) for value in _choices(node.value))
        elif isinstance(node, ast.NamedExpr):
            yield node.target.id, node.value
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            yield chain(node.optional_vars), node.context_expr


def _choices(value: ast.expr) -> list[ast.expr]:
    if isinstance(value, ast.BoolOp):
        return list(value.values)
    if isinstance(value, ast.IfExp):
        return [value.body, value.orelse]
    return [value]
