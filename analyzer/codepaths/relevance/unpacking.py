"""Other callers of a function that take as many values from its answer as the failing one did."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from analyzer.codepaths.origins.calls import resolve
from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.repairs.syntax import called, unawaited
from analyzer.codepaths.relevance.places import Places, is_rewritten
from analyzer.model import CodePath, QueryKind, Role

_MAX_CALLERS = 40


def same_calls(before: Places, old: Code, new: Code) -> list[CodePath]:
    """Assignments of the new tree that unpack the answer of the same function into the same number of names.

    Only for a number of values that did not fit, and only where the failing call means one function.
    """
    if before.query is None or before.query.kind is not QueryKind.UNPACK or not before.raising:
        return []
    place = before.raising[0]
    meant = [t for c in old.facts.calls_in(place.file, place.function or "<module>") if c.row.line == place.line
             for t in resolve(old, c)]  # fmt: skip
    wanted = {(t.path, t.row.name) for t in meant}
    count = next((n for line, n, _ in _unpackings(old, place.file) if line == place.line), 0)
    if len(wanted) != 1 or not count:
        return []
    name = meant[0].row.name.rpartition(".")[2]
    found = []
    for call in new.facts.callers(name)[:_MAX_CALLERS]:
        here = {(t.path, t.row.name) for t in resolve(new, call)}
        if new.is_test(call.path) or here != wanted or (call.path, call.row.line) == (place.file, place.line):
            continue
        if any((n, fn) == (count, name) and line == call.row.line for line, n, fn in _unpackings(new, call.path)):
            why = f"it takes {count} values from {name}, as the failing place did"
            found.append(new.place(call.path, call.row.line, role=Role.SIBLING, confidence=0.85, evidence=(why,)))
    return [p for p in found if not is_rewritten(p, new, old)]


def _unpackings(code: Code, path: str) -> Iterator[tuple[int, int, str]]:
    """(line, number of names, last name of the callee) of assignments that unpack the answer of a call."""
    module = code.module(path)
    for node in ast.walk(module) if module is not None else ():
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
            target = node.targets[0]
            value = unawaited(node.value)
            if isinstance(value, ast.Call) and not any(isinstance(e, ast.Starred) for e in target.elts):
                yield node.lineno, len(target.elts), called(value)
