"""A syntax tree to the facts of a file: one walk, shallow where nothing can be found.

Half of the nodes of a tree are names, constants and contexts: they are never visited. The walk asks the type of each
node once and goes on from there; rows are tuples made without a call of Python code.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from analyzer.codepaths.fact_expressions import ExpressionReader
from analyzer.codepaths.fact_rows import Class, Facts, Flow, Function, Handler, Import, Raise, module_function
from analyzer.codepaths.handlers import judge, raise_kind
from analyzer.codepaths.readings import (
    annotated_type,
    caught_types,
    chain,
    class_members,
    container_of,
    item_key,
    member_of,
    parameters,
    raw_values,
)

_IMPORT_FAILURES = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
_row = tuple.__new__


def read_facts(tree: ast.Module) -> Facts:
    """Facts of a file. Raises RecursionError for an expression nested too deeply."""
    reader = _Reader()
    end = tree.body[-1].end_lineno if tree.body else 0
    reader.facts.functions.append(module_function(end or 0))
    reader.body(tree.body)
    return reader.facts


class _Reader(ExpressionReader):
    """The walk over statements."""

    __slots__ = ()

    def body(self, nodes: Sequence[ast.stmt]) -> None:
        for node in nodes:
            visit = _STATEMENTS.get(type(node))
            if visit is not None:
                visit(self, node)

    # statements that define

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        facts, outer, guard, generates = self.facts, self.at, self.guard, self.generates
        self.expressions(node.decorator_list)
        arguments = node.args
        self.expressions(arguments.defaults)
        self.expressions(arguments.kw_defaults)
        name = self.qualified(node.name, outer)
        owner = self.classes[-1] if self.classes else facts.functions[outer].owner
        decorators = node.decorator_list
        first = decorators[0].lineno if decorators else node.lineno
        is_async = type(node) is ast.AsyncFunctionDef
        at = self.at = len(facts.functions)
        facts.functions.append(
            Function(
                name,
                owner,
                first,
                node.end_lineno or node.lineno,
                [chain(d) for d in decorators],
                *parameters(arguments),
                is_async,
                False,
            )
        )
        self.guard, self.generates = "", False
        classes, self.classes = self.classes, ()
        self.body(node.body)
        self.classes = classes
        if self.generates:
            facts.functions[at] = facts.functions[at]._replace(is_generator=True)
        self.at, self.guard, self.generates = outer, guard, generates

    def class_(self, node: ast.ClassDef) -> None:
        self.expressions(node.decorator_list)
        self.expressions(node.bases)
        for keyword in node.keywords:
            self.expression(keyword.value)
        name = self.qualified(node.name, self.at)
        decorators = node.decorator_list
        row = Class(
            name,
            decorators[0].lineno if decorators else node.lineno,
            node.end_lineno or node.lineno,
            [chain(base) for base in node.bases],
            [chain(d) for d in decorators],
            class_members(node.body),
        )
        self.facts.classes.append(row)
        self.classes += (name,)
        self.body(node.body)
        self.classes = self.classes[:-1]

    def qualified(self, name: str, at: int) -> str:
        if self.classes:
            return f"{self.classes[-1]}.{name}"
        return f"{self.facts.functions[at].name}.{name}" if at else name

    # statements with a meaning of their own

    def import_(self, node: ast.Import) -> None:
        for alias in node.names:
            row = (self.at, alias.name, "", alias.asname or "", 0, node.lineno, self.guard)
            self.facts.imports.append(_row(Import, row))
            if alias.asname:
                self.aliases[alias.asname] = alias.name

    def import_from(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        for alias in node.names:
            row = (self.at, module, alias.name, alias.asname or "", node.level, node.lineno, self.guard)
            self.facts.imports.append(_row(Import, row))
            if alias.asname:
                self.aliases[alias.asname] = alias.name

    def raise_(self, node: ast.Raise) -> None:
        exception = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        end = node.end_lineno or node.lineno
        self.facts.raises.append(Raise(self.at, chain(exception), node.lineno, end, raise_kind(node)))
        if node.exc is not None:
            self.expression(node.exc)
        if node.cause is not None:
            self.expression(node.cause)

    def try_(self, node: ast.Try | ast.TryStar) -> None:
        guard = self.guard
        caught = [caught_types(h.type) for h in node.handlers]
        if any(not types or not _IMPORT_FAILURES.isdisjoint(types) for types in caught):
            self.guard = "fallback"
        self.body(node.body)
        self.guard = guard
        end = node.body[-1].end_lineno or node.lineno
        for handler, types in zip(node.handlers, caught, strict=True):
            last = handler.end_lineno or handler.lineno
            self.facts.handlers.append(
                Handler(self.at, node.lineno, end, handler.lineno, last, types, handler.name or "", *judge(handler))
            )
            self.body(handler.body)
        self.body(node.orelse)
        self.body(node.finalbody)

    def if_(self, node: ast.If) -> None:
        while True:
            self.expression(node.test)
            if chain(node.test).rpartition(".")[2] == "TYPE_CHECKING":
                guard, self.guard = self.guard, "typing"
                self.body(node.body)
                self.guard = guard
            else:
                self.body(node.body)
            orelse = node.orelse
            if len(orelse) != 1 or not isinstance(orelse[0], ast.If):  # a long `elif` chain needs no deep stack
                break
            node = orelse[0]
        self.body(orelse)

    def assign(self, node: ast.Assign) -> None:
        value = node.value
        for target in node.targets:
            if type(target) is not ast.Name:
                self.target(target)
            self.bound(target, value, "assign")
        self.expression(value)

    def annotated(self, node: ast.AnnAssign) -> None:
        target = node.target
        if type(target) is not ast.Name:
            self.target(target)
        type_ = annotated_type(node.annotation)
        if type_ and type_[0].isupper():
            self.carrier(target, type_, "", "annotation")
        if node.value is not None:
            self.bound(target, node.value, "assign")
            self.expression(node.value)

    def augmented(self, node: ast.AugAssign) -> None:
        if type(node.target) is not ast.Name:
            self.target(node.target)
        self.expression(node.value)

    def bound(self, target: ast.expr, value: ast.expr, how: str) -> None:
        """`target = value`, where the value is a member, a raw value, or a dict of raw values."""
        of = type(value)
        if of is ast.Constant or (of is ast.Call and type(value.func) is not ast.Name):  # type: ignore[attr-defined]
            return
        if of is ast.Dict:
            self.flows(chain(container_of(target)), value, item_key(target))  # type: ignore[arg-type]
            return
        if of is ast.Attribute:
            owner, member = member_of(value)
            if owner:
                self.carrier(target, owner, member, how)
                return
        for source in raw_values(value):
            into = chain(container_of(target))
            if into:
                self.flow(_row(Flow, (self.at, into, item_key(target), source, value.lineno)))

    def return_(self, node: ast.Return) -> None:
        value = node.value
        if value is not None:
            if type(value) is ast.Dict:
                self.flows("return", value)
            self.expression(value)

    # statements that only hold others

    def assert_(self, node: ast.Assert) -> None:
        self.expression(node.test)
        if node.msg is not None:
            self.expression(node.msg)

    def for_(self, node: ast.For | ast.AsyncFor) -> None:
        self.target(node.target)
        self.expression(node.iter)
        self.body(node.body)
        self.body(node.orelse)

    def while_(self, node: ast.While) -> None:
        self.expression(node.test)
        self.body(node.body)
        self.body(node.orelse)

    def with_(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self.expression(item.context_expr)
            if item.optional_vars is not None:
                self.target(item.optional_vars)
        self.body(node.body)

    def match(self, node: ast.Match) -> None:
        self.expression(node.subject)
        for case in node.cases:
            pattern = case.pattern
            for value in pattern.patterns if isinstance(pattern, ast.MatchOr) else [pattern]:
                if isinstance(value, ast.MatchValue):
                    owner, member = member_of(value.value)
                    if owner:
                        self.carrier(node.subject, owner, member, "compare")
            if case.guard is not None:
                self.expression(case.guard)
            self.body(case.body)

    def delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            self.target(target)


_STATEMENTS: dict[type[ast.stmt], Callable[[_Reader, Any], None]] = {
    ast.Expr: _Reader.expr,
    ast.Assign: _Reader.assign,
    ast.Return: _Reader.return_,
    ast.If: _Reader.if_,
    ast.FunctionDef: _Reader.function,
    ast.AsyncFunctionDef: _Reader.function,
    ast.ClassDef: _Reader.class_,
    ast.Import: _Reader.import_,
    ast.ImportFrom: _Reader.import_from,
    ast.Raise: _Reader.raise_,
    ast.Try: _Reader.try_,
    ast.TryStar: _Reader.try_,
    ast.AnnAssign: _Reader.annotated,
    ast.AugAssign: _Reader.augmented,
    ast.Assert: _Reader.assert_,
    ast.For: _Reader.for_,
    ast.AsyncFor: _Reader.for_,
    ast.While: _Reader.while_,
    ast.With: _Reader.with_,
    ast.AsyncWith: _Reader.with_,
    ast.Match: _Reader.match,
    ast.Delete: _Reader.delete,
}
