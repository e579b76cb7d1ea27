"""Repair: a value is tested (for None, or by `isinstance`) before it is used."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.repairs.edits import Edit
from analyzer.codepaths.origins.repairs.keys import guarded_by
from analyzer.codepaths.origins.repairs.lifting import LIKELY, PROVED, Lifted, Place, at, lifted, modules
from analyzer.codepaths.origins.repairs.optional import can_give_none
from analyzer.codepaths.origins.repairs.syntax import dotted, own_nodes, parents, same, scopes, text
from analyzer.codepaths.origins.repairs.values import Token, token_of
from analyzer.model import CodePattern, QueryKind

_CATCHING = frozenset({"AttributeError", "TypeError", "Exception", "BaseException"})
_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def recognise_statement(edit: Edit) -> Lifted | None:
    """A new `if` that keeps a value from being used where it is None, or of another type."""
    after = edit.after
    if not isinstance(after, ast.If) or (edit.before is not None and not isinstance(edit.before, ast.If)):
        return None
    if isinstance(edit.before, ast.If) and same(edit.before.test, after.test):
        return None
    for target, by_type in tested(after.test):
        if isinstance(edit.before, ast.If) and any(same(target, t) for t, _ in tested(edit.before.test)):
            continue
        leaves = isinstance(after.body[-1], (*_LEAVING, ast.Assign)) or bool(edit.moved) or edit.before is not None
        if leaves and _is_used(target, edit.scope.old):
            return _lift(edit, target, by_type, edit.before, after)
    return None


def recognise(before: ast.AST, after: ast.AST, edit: Edit) -> Lifted | None:
    """`x.y if x else z`, `x and x.y`, `(x or {}).y`, `getattr(x, "y", None)` instead of `x.y`."""
    if not isinstance(before, ast.expr):
        return None
    targets: list[tuple[ast.expr, bool]] = []
    if isinstance(after, ast.IfExp) and (same(after.body, before) or same(after.orelse, before)):
        targets = tested(after.test)
    elif isinstance(after, ast.BoolOp) and isinstance(after.op, ast.And) and any(same(v, before) for v in after.values):
        targets = [t for v in after.values if not same(v, before) for t in tested(v)]
    elif isinstance(before, ast.Attribute | ast.Subscript):
        for node in ast.walk(after):
            defaulted = (
                isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) and same(node.values[0], before.value)
            )
            read = isinstance(node, ast.Call) and dotted(node.func) == "getattr" and len(node.args) == 3
            if defaulted or (read and isinstance(node, ast.Call) and same(node.args[0], before.value)):
                targets = [(before.value, False)]
    for target, by_type in targets:
        if any(same(node, target) for node in ast.walk(before)):
            return _lift(edit, target, by_type, before, after)
    return None


def tested(test: ast.expr) -> list[tuple[ast.expr, bool]]:
    """(expression, by its type) that a test looks at: whether it is None or empty, or what type it has."""
    if isinstance(test, ast.BoolOp):
        return [found for value in test.values for found in tested(value)]
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return tested(test.operand)
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Is | ast.IsNot):
        right = test.comparators[0]
        return [(test.left, False)] if isinstance(right, ast.Constant) and right.value is None else []
    if isinstance(test, ast.Call) and dotted(test.func) in ("isinstance", "hasattr") and test.args:
        return [(test.args[0], True)]
    if isinstance(test, ast.Name | ast.Attribute):
        return [(test, False)]
    return []


def _lift(edit: Edit, target: ast.expr, by_type: bool, before: ast.AST | None, after: ast.AST) -> Lifted | None:
    token = token_of(target, edit.scope.old)
    if token is None or token[0] == "name":
        return None

    def search(code: Code) -> Iterator[Place]:
        return _search(code, token, by_type)

    shown = text(target, 60)
    said = f"`{shown}` was used whatever its type was" if by_type else f"`{shown}` was used where it can be None"
    pattern = CodePattern(search=f"$Y = $X.{token[1]}(...)") if token[0] == "call" and token[2] else None
    kind = QueryKind.OPERATION if by_type else QueryKind.ATTRIBUTE
    return lifted(edit, kind, said, before, after, search, pattern)


def _is_used(target: ast.expr, function: ast.AST) -> bool:
    return any(same(getattr(node, "value", None), target) for node in own_nodes(function) if _uses(node)) or any(
        isinstance(node, ast.For | ast.comprehension) and same(node.iter, target) for node in own_nodes(function)
    )


def _uses(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute | ast.Subscript)


def _search(code: Code, token: Token, by_type: bool) -> Iterator[Place]:
    kind, name, receiver = token
    definitions = [f for f in code.facts.functions(name) if not code.is_test(f.path)] if kind == "call" else []
    proved = not by_type and len(definitions) == 1 and can_give_none(code, definitions[0])
    for path, module in modules(code, [name]):
        above = parents(module)
        for scope in scopes(module):
            for value, uses in _values(scope, token):
                found = token_of(value, scope)
                alike = found is not None and found[2] == receiver
                if not alike and not proved:
                    if kind == "call" and len(definitions) > 1:
                        other = f"{definitions[0].path}:{definitions[0].row.line}"
                        why = f"`{text(value, 60)}` may be another `{name}` ({other} is one)"
                        yield at(path, value, why, harmless=True)
                    continue
                yield from _judge(path, scope, value, uses, above, by_type, PROVED if proved and alike else LIKELY)


def _values(scope: ast.AST, token: Token) -> Iterator[tuple[ast.expr, list[ast.AST]]]:
    """Expressions of a token, each with the nodes that use what it gives."""
    nodes = sorted(own_nodes(scope), key=lambda n: (getattr(n, "lineno", 0), getattr(n, "col_offset", 0)))
    for node in nodes:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            found = token_of(node.value, scope) if not isinstance(node.value, ast.Name) else None
            if found is None or found[:2] != token[:2] or _defaulted(node.value):
                continue
            name = node.targets[0].id
            used = [n for n in nodes if _uses_name(n, name) and getattr(n, "lineno", 0) >= node.lineno]
            if used:
                yield node.value, used
        elif isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.value, ast.Name):
            value = node.value
            found = token_of(value, scope)
            if found is not None and found[:2] == token[:2] and not _defaulted(value):
                yield value, [node]


def _defaulted(value: ast.expr) -> bool:
    return (
        isinstance(value, ast.Call)
        and len(value.args) > 1
        and token_of(value, value) is not None
        and (isinstance(value.func, ast.Attribute) and value.func.attr == "get")
    )


def _uses_name(node: ast.AST, name: str) -> bool:
    value = node.iter if isinstance(node, ast.For | ast.comprehension) else getattr(node, "value", None)
    fits = _uses(node) or isinstance(node, ast.For | ast.comprehension)
    return fits and isinstance(value, ast.Name) and value.id == name


def _judge(
    path: str,
    scope: ast.AST,
    value: ast.expr,
    uses: list[ast.AST],
    above: dict[ast.AST, ast.AST],
    by_type: bool,
    confidence: float,
) -> Iterator[Place]:
    use = uses[0]
    target = use.iter if isinstance(use, ast.For | ast.comprehension) else getattr(use, "value", value)
    line = getattr(use, "lineno", getattr(target, "lineno", 0))
    shown = text(value, 60)
    for node in own_nodes(scope):
        tests = node.test if isinstance(node, ast.If | ast.IfExp | ast.While | ast.Assert) else None
        if tests is None and isinstance(node, ast.BoolOp):
            tests = node
        if tests is None or tests.lineno > line:
            continue
        if any(same(found, target) and (typed or not by_type) for found, typed in tested(tests)):
            yield at(path, value, f"what `{shown}` gives is tested at line {tests.lineno}", harmless=True)
            return
    caught = guarded_by(use, above, _CATCHING)
    if caught:
        yield at(path, value, f"what `{shown}` gives is used inside a `try` that catches {caught}", harmless=True)
        return
    used = f"`{text(use, 60)}`" if isinstance(use, ast.expr) else "a loop"
    what = "whatever its type is" if by_type else "without a test for None"
    yield at(path, value, f"what `{shown}` gives is used by {used} at line {line} {what}", confidence=confidence)
