"""Functions that a function names without calling them: handed on, kept in a table, called by somebody else later."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from analyzer.codepaths.code_facts import Found
from analyzer.codepaths.fact_rows import MODULE, Function
from analyzer.codepaths.origins.calls import Names, names_of, receivers_of
from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.receivers import own_nodes
from analyzer.codepaths.readings import chain

_MAX_OF_A_TABLE = 60


def referred(code: Code, path: str, function: str, first: int, last: int) -> list[tuple[Found[Function], int]]:
    """The functions that these lines of a function name, or that a table named there holds; each with the line."""
    kept: dict[tuple[str, str, int, int], list[tuple[Found[Function], int]]] = code.once("references", dict)
    key = (path, function, first, last)
    if key not in kept:
        found: dict[tuple[str, str], tuple[Found[Function], int]] = {}
        for target, line in _named(code, path, function, first, last):
            found.setdefault((target.path, target.function), (target, line))
        kept[key] = list(found.values())
    return kept[key]


def _named(code: Code, path: str, function: str, first: int, last: int) -> Iterator[tuple[Found[Function], int]]:
    node = code.module(path) if function == MODULE else code.function(path, function)
    if node is None:
        return
    names = names_of(code)
    called = set()
    for inner in own_nodes(node):
        if isinstance(inner, ast.Call):
            called.add(id(inner.func))
            for target in _by_text(code, names, path, function, inner):
                yield target, inner.lineno
        if isinstance(inner, ast.Name | ast.Attribute) and id(inner) not in called:
            if not isinstance(inner.ctx, ast.Load) or not first <= inner.lineno <= last:
                continue
            for target in _meant(code, names, path, "" if function == MODULE else function, chain(inner)):
                yield target, inner.lineno


def _by_text(code: Code, names: Names, path: str, function: str, call: ast.Call) -> Iterator[Found[Function]]:
    """Of `getattr(self, name)` and `getattr(module, name)` with a name that is not written: every public function."""
    if not (isinstance(call.func, ast.Name) and call.func.id == "getattr" and len(call.args) > 1):
        return
    if isinstance(call.args[1], ast.Constant):
        return
    holder = chain(call.args[0])
    owner = receivers_of(code).klass(path, "" if function == MODULE else function, holder) if holder else None
    module = names.dotted(path, holder) if holder and owner is None else None
    where = owner if owner is not None else module
    if where is None or where.function is not None:
        return
    prefix = f"{where.klass.name}." if where.klass is not None else ""
    for row in code.facts.of(where.path).functions[: _MAX_OF_A_TABLE * 2]:
        name = row.name.removeprefix(prefix)
        if row.name.startswith(prefix) and "." not in name and not name.startswith(("_", "<")):
            yield Found(where.path, row.name, row)


def _meant(code: Code, names: Names, path: str, function: str, name: str) -> Iterator[Found[Function]]:
    holder, _, last = name.rpartition(".")
    owner = receivers_of(code).klass(path, function, holder) if holder in ("self", "cls") else None
    meant = names.method(owner, last) if owner is not None else names.dotted(path, name, function=function)
    if meant is not None and meant.function is not None:
        yield Found(meant.path, meant.function.name, meant.function)
    elif meant is None and name and owner is None:
        yield from _in_table(code, names, path, name)


def _in_table(code: Code, names: Names, path: str, name: str) -> Iterator[Found[Function]]:
    """The functions in a dict or a sequence that a module keeps under a name."""
    where, variable = names.variable(path, name)
    if not where:
        return
    count = 0
    for value in receivers_of(code).assigned_in_module(where, variable):
        if not isinstance(value, ast.Dict | ast.List | ast.Tuple | ast.Set):
            continue
        for inner in ast.walk(value):
            if isinstance(inner, ast.Name | ast.Attribute) and count < _MAX_OF_A_TABLE:
                count += 1
                meant = names.dotted(where, chain(inner))
                if meant is not None and meant.function is not None:
                    yield Found(meant.path, meant.function.name, meant.function)
