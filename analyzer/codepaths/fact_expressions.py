"""The walk over expressions: calls, sinks, attributes, carriers and raw values as rows."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from analyzer.codepaths.fact_rows import Access, Call, Carrier, Facts, Flow, Sink
from analyzer.codepaths.readings import chain, is_getattr, member_of, raw_values, short_argument
from analyzer.codepaths.sinks import ENVIRONMENT, FAMILY_OF

_MAX_KEY = 120
_MAX_ARGUMENTS = 12
_row = tuple.__new__
"""makes a row without the call of a Python function: there are hundreds of thousands"""


class ExpressionReader:
    """Where the walk is, and the rows it has made."""

    __slots__ = ("access", "aliases", "at", "called", "classes", "facts", "flow", "generates", "guard")

    def __init__(self) -> None:
        self.facts = Facts([], [], [], [], [], [], [], [], [], [])
        self.at = 0
        """index of the function around"""
        self.classes: tuple[str, ...] = ()
        self.generates = False
        self.guard = ""
        self.aliases: dict[str, str] = {}
        """`sp` → `subprocess`, so that a sink is known under any name"""
        self.called = self.facts.calls.append
        self.access = self.facts.accesses.append
        self.flow = self.facts.flows.append

    def expression(self, node: ast.expr) -> None:
        visit = _EXPRESSIONS.get(type(node))
        if visit is not None:
            visit(self, node)

    def expressions(self, nodes: Sequence[ast.expr | None]) -> None:
        for node in nodes:
            visit = _EXPRESSIONS.get(type(node))  # type: ignore[arg-type]
            if visit is not None:
                visit(self, node)

    def expr(self, node: ast.Expr | ast.Await | ast.Starred | ast.FormattedValue) -> None:
        visit = _EXPRESSIONS.get(type(node.value))
        if visit is not None:
            visit(self, node.value)

    def target(self, node: ast.expr) -> None:
        of = type(node)
        if of is ast.Attribute:
            value = node.value  # type: ignore[attr-defined]
            receiver = chain(value)
            if receiver:
                self.access(_row(Access, (self.at, receiver, node.attr, node.lineno, True)))  # type: ignore[attr-defined]
            if type(value) is not ast.Name:
                self.expression(value)
        elif of is ast.Tuple or of is ast.List:
            for item in node.elts:  # type: ignore[attr-defined]
                self.target(item)
        elif of is not ast.Name:
            self.expression(node)

    def call(self, node: ast.Call, awaited: bool = False) -> None:
        function = node.func
        args, keywords = node.args, node.keywords
        receiver = ""
        of = type(function)
        if of is ast.Name:
            name = function.id  # type: ignore[attr-defined]
            if name == "getattr" and len(args) > 1:
                self.getattr(node)
        elif of is ast.Attribute:
            name = function.attr  # type: ignore[attr-defined]
            value = function.value  # type: ignore[attr-defined]
            if type(value) is ast.Name:
                receiver = value.id
            else:
                receiver = chain(value)
                self.expression(value)
        else:
            name = ""
            self.expression(function)
        names = [k.arg or "**" for k in keywords] if keywords else []
        for arg in args:
            visit = _EXPRESSIONS.get(type(arg))
            if visit is not None:
                visit(self, arg)
                if type(arg) is ast.Starred:
                    names.append("*")
                elif type(arg) is ast.Dict:
                    self.flows(f"{receiver}.{name}()" if receiver else name + "()", arg)
        for keyword in keywords:
            value = keyword.value
            visit = _EXPRESSIONS.get(type(value))
            if visit is not None:
                visit(self, value)
                if type(value) is ast.Attribute:
                    owner, member = member_of(value)
                    if owner and keyword.arg:
                        self.carry("", keyword.arg, owner, member, value.lineno, "keyword")
                elif type(value) is ast.Dict:
                    self.flows(f"{receiver}.{name}()" if receiver else name + "()", value)
        self.called(_row(Call, (self.at, name, receiver, node.lineno, len(args), names, awaited)))
        family = FAMILY_OF.get(name)
        if family is not None:
            self.sink(node, family, name, receiver)

    def await_(self, node: ast.Await) -> None:
        if type(node.value) is ast.Call:
            self.call(node.value, True)
        else:
            self.expression(node.value)

    def sink(self, node: ast.Call, family: tuple[str, frozenset[str] | None], name: str, receiver: str) -> None:
        real = self.aliases.get(receiver, receiver)
        if not receiver and name in self.aliases:
            return  # another function under this name
        if family[1] is not None and real not in family[1]:
            return
        values = [*node.args, *(k.value for k in node.keywords)][:_MAX_ARGUMENTS]
        end = node.end_lineno or node.lineno
        called = f"{real}.{name}" if real else name
        row = Sink(self.at, family[0], called, node.lineno, end, [short_argument(v) for v in values])
        self.facts.sinks.append(row)

    def getattr(self, node: ast.Call) -> None:
        name = node.args[1]
        receiver = chain(node.args[0])
        if isinstance(name, ast.Constant) and isinstance(name.value, str) and receiver:
            self.access(Access(self.at, receiver, name.value, node.lineno, False))

    def attribute(self, node: ast.Attribute) -> None:
        value = node.value
        if type(value) is ast.Name:
            self.access(_row(Access, (self.at, value.id, node.attr, node.lineno, False)))
            return
        receiver = chain(value)
        if receiver and receiver[-1] != ")":
            self.access(_row(Access, (self.at, receiver, node.attr, node.lineno, False)))
        self.expression(value)

    def subscript(self, node: ast.Subscript) -> None:
        value = node.value
        if type(value) is not ast.Name:
            self.expression(value)
        called = chain(value)
        if called in ENVIRONMENT:
            end = node.end_lineno or node.lineno
            self.facts.sinks.append(
                Sink(self.at, "environment", called, node.lineno, end, [short_argument(node.slice)])
            )
        self.expression(node.slice)

    def compare(self, node: ast.Compare) -> None:
        left: ast.expr = node.left
        self.expression(left)
        for right in node.comparators:
            of = type(right)
            if of is not ast.Constant and of is not ast.Name:
                self.expression(right)
                if of is ast.Tuple or of is ast.List or of is ast.Set:
                    right = right.elts[0] if right.elts else right  # type: ignore[attr-defined]
                owner, member = member_of(right)
                if owner:
                    self.carrier(left, owner, member, "compare")
            owner, member = member_of(left)
            if owner:
                self.carrier(right, owner, member, "compare")
            left = right

    def operation(self, node: ast.BinOp) -> None:
        current: ast.expr = node
        while isinstance(current, ast.BinOp):  # a long sum leans to the left
            self.expression(current.right)
            current = current.left
        self.expression(current)

    def dict(self, node: ast.Dict) -> None:
        self.expressions(node.keys)
        self.expressions(node.values)

    def flows(self, into: str, node: ast.Dict, prefix: str = "") -> None:
        """Raw values of a dict literal, those of the dicts in it under `outer.inner`."""
        if not into:
            return
        for key, value in zip(node.keys, node.values, strict=True):
            of = type(value)
            if of is ast.Constant or of is ast.JoinedStr:
                continue
            name = str(key.value) if isinstance(key, ast.Constant) else "" if key else "**"
            name = f"{prefix}.{name}" if prefix else name
            if of is ast.Dict:
                self.flows(into, value, name)  # type: ignore[arg-type]
                continue
            for source in raw_values(value):
                self.flow(_row(Flow, (self.at, into, name[:_MAX_KEY], source, value.lineno)))

    def joined(self, node: ast.JoinedStr) -> None:
        for value in node.values:
            if type(value) is ast.FormattedValue:
                inner = value.value
                visit = _EXPRESSIONS.get(type(inner))
                if visit is not None:
                    visit(self, inner)

    def items(self, node: ast.List | ast.Tuple | ast.Set) -> None:
        self.expressions(node.elts)

    def choice(self, node: ast.IfExp) -> None:
        self.expression(node.test)
        self.expression(node.body)
        self.expression(node.orelse)

    def either(self, node: ast.BoolOp) -> None:
        self.expressions(node.values)

    def unary(self, node: ast.UnaryOp) -> None:
        self.expression(node.operand)

    def yields(self, node: ast.Yield | ast.YieldFrom) -> None:
        self.generates = True
        if node.value is not None:
            self.expression(node.value)

    def lambda_(self, node: ast.Lambda) -> None:
        generates = self.generates
        self.expressions(node.args.defaults)
        self.expression(node.body)
        self.generates = generates

    def walrus(self, node: ast.NamedExpr) -> None:
        self.expression(node.value)

    def slice(self, node: ast.Slice) -> None:
        self.expressions((node.lower, node.upper, node.step))

    def comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> None:
        self.expression(node.elt)
        self.generators(node.generators)

    def dict_comprehension(self, node: ast.DictComp) -> None:
        self.expression(node.key)
        self.expression(node.value)
        self.generators(node.generators)

    def generators(self, nodes: Sequence[ast.comprehension]) -> None:
        for node in nodes:
            self.expression(node.iter)
            self.expressions(node.ifs)

    # carriers

    def carrier(self, holder: ast.expr, type_: str, member: str, how: str) -> None:
        receiver = ""
        if isinstance(holder, ast.Name):
            name = holder.id
        elif isinstance(holder, ast.Attribute):
            receiver, name = chain(holder.value), holder.attr
        elif is_getattr(holder):
            receiver, name = chain(holder.args[0]), holder.args[1].value  # type: ignore[attr-defined]
        else:
            return
        self.carry(receiver, name, type_, member, holder.lineno, how)

    def carry(self, receiver: str, name: str, type_: str, member: str, line: int, how: str) -> None:
        self.facts.carriers.append(_row(Carrier, (self.at, receiver, name, type_, member, line, how)))


_EXPRESSIONS: dict[type[ast.expr], Callable[[ExpressionReader, Any], None]] = {
    ast.Call: ExpressionReader.call,
    ast.Attribute: ExpressionReader.attribute,
    ast.JoinedStr: ExpressionReader.joined,
    ast.Await: ExpressionReader.await_,
    ast.Subscript: ExpressionReader.subscript,
    ast.Compare: ExpressionReader.compare,
    ast.Dict: ExpressionReader.dict,
    ast.BinOp: ExpressionReader.operation,
    ast.BoolOp: ExpressionReader.either,
    ast.UnaryOp: ExpressionReader.unary,
    ast.IfExp: ExpressionReader.choice,
    ast.List: ExpressionReader.items,
    ast.Tuple: ExpressionReader.items,
    ast.Set: ExpressionReader.items,
    ast.Starred: ExpressionReader.expr,
    ast.FormattedValue: ExpressionReader.expr,
    ast.NamedExpr: ExpressionReader.walrus,
    ast.Yield: ExpressionReader.yields,
    ast.YieldFrom: ExpressionReader.yields,
    ast.Lambda: ExpressionReader.lambda_,
    ast.Slice: ExpressionReader.slice,
    ast.ListComp: ExpressionReader.comprehension,
    ast.SetComp: ExpressionReader.comprehension,
    ast.GeneratorExp: ExpressionReader.comprehension,
    ast.DictComp: ExpressionReader.dict_comprehension,
}
