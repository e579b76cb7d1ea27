"""Which values of a function hold something that was put in raw: a walk in the order of the source.

A value stays what it is through names, dict and list literals, items, `update`, `append`, choices, unpacking and
copies. Any other call gives something new: `str(x)`, `x.value`, an f-string and a formatter end the way.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analyzer.codepaths.origins.code import FunctionNode
from analyzer.codepaths.readings import chain, container_of

_COPIES = frozenset(
    {"dict", "list", "tuple", "copy", "deepcopy", "copy.copy", "copy.deepcopy", "asdict", "OrderedDict"}
)
_OWN_COPIES = frozenset({"copy", "items", "values", "dict", "model_dump", "to_dict", "_asdict"})
_OWN_KIND = frozenset({"quantize", "normalize", "astimezone", "replace", "union", "difference", "intersection"})
"""methods that give back a value of the class they are called on"""
_ARITHMETIC = (ast.BitOr, ast.BitAnd, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Pow)
_GROWS = frozenset({"append", "extend", "update", "insert", "setdefault", "appendleft"})
_MAX_SOURCES = 8

Sources = tuple[tuple[int, int], ...]
"""of the raw values that a value holds: line of the value itself, line where it was last put into something; empty
for a clean one"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A call that is given a value which holds something raw."""

    node: ast.Call
    sources: Sources


class Tainting:
    """The walk over one function.

    `raw` says whether an expression is itself a raw value; `given` what the calls of other functions give back.
    """

    def __init__(self, raw: Callable[[ast.expr], bool], given: Callable[[ast.Call], bool]) -> None:
        self._raw = raw
        self._given = given
        self.held: dict[str, Sources] = {}
        """names and `self.x` → what they hold"""
        self.returned: Sources = ()
        self.uses: list[Use] = []

    def function(self, node: FunctionNode) -> Tainting:
        """Reads a function; asks `uses` and `returned` afterwards."""
        self._body(node.body)
        return self

    def module(self, node: ast.Module) -> Tainting:
        """The same of the top level of a file."""
        self._body(node.body)
        return self

    def _body(self, nodes: Sequence[ast.stmt]) -> None:
        for node in nodes:
            self._statement(node)

    def _statement(self, node: ast.stmt) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return
        self._calls(node)
        if isinstance(node, ast.Assign):
            found = self.sources(node.value)
            for target in node.targets:
                self._bind(target, found, node.value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self._bind(node.target, self.sources(node.value), node.value)
        elif isinstance(node, ast.AugAssign):
            self._grow(chain(node.target), self.sources(node.value))
        elif isinstance(node, ast.For | ast.AsyncFor):
            self._bind(node.target, self.sources(node.iter), node.iter)
        elif isinstance(node, ast.Return) and node.value is not None:
            self.returned = _joined(self.returned, self.sources(node.value))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            function = node.value.func
            if isinstance(function, ast.Attribute) and function.attr in _GROWS:
                given = [*node.value.args, *(k.value for k in node.value.keywords)]
                self._grow(chain(function.value), _joined(*map(self.sources, given)))
        for name in ("body", "orelse", "finalbody"):
            held = getattr(node, name, None)
            if isinstance(held, list):
                self._body(held)
        for handler in getattr(node, "handlers", ()):
            self._body(handler.body)
        for case in getattr(node, "cases", ()):
            self._body(case.body)

    def _calls(self, node: ast.stmt) -> None:
        """Notes the calls of a statement itself, before what it assigns is known."""
        for expression in _expressions(node):
            for inner in ast.walk(expression):
                if isinstance(inner, ast.Call):
                    given = [*inner.args, *(k.value for k in inner.keywords)]
                    found = _joined(*map(self.sources, given))
                    if found:
                        self.uses.append(Use(node=inner, sources=found))

    def _bind(self, target: ast.expr, found: Sources, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            parts = value.elts if isinstance(value, ast.Tuple | ast.List) else []
            for number, part in enumerate(target.elts):
                self._bind(part, self.sources(parts[number]) if number < len(parts) else found, value)
        elif isinstance(target, ast.Subscript):
            self._grow(chain(container_of(target)), tuple((source, value.lineno) for source, _ in found))
        elif name := chain(target):
            if found:
                self.held[name] = found
            else:
                self.held.pop(name, None)

    def _grow(self, name: str, found: Sources) -> None:
        if name and found:
            self.held[name] = _joined(self.held.get(name, ()), found)

    def sources(self, node: ast.expr) -> Sources:
        """Lines of the raw values that an expression holds."""
        if self._raw(node):
            return ((node.lineno, node.lineno),)
        match node:
            case ast.Name() | ast.Attribute():
                return self.held.get(chain(node), ())
            case ast.Dict(values=values) | ast.List(elts=values) | ast.Tuple(elts=values):
                return _joined(*(self._put(value) for value in values))
            case ast.Starred(value=value) | ast.Await(value=value) | ast.NamedExpr(value=value):
                return self.sources(value)
            case ast.IfExp(body=body, orelse=orelse):
                return _joined(self.sources(body), self.sources(orelse))
            case ast.BoolOp(values=values):
                return _joined(*map(self.sources, values))
            case ast.UnaryOp(operand=operand):
                return self.sources(operand)
            case ast.BinOp(op=op, left=left, right=right) if isinstance(op, _ARITHMETIC):
                return _joined(self.sources(left), self.sources(right))
            case ast.ListComp(elt=value) | ast.GeneratorExp(elt=value) | ast.DictComp(value=value):
                return self.sources(value)
            case ast.Call():
                return self._called(node)
        return ()

    def _put(self, value: ast.expr) -> Sources:
        """What a value brings into the literal that it stands in."""
        return tuple((source, value.lineno) for source, _ in self.sources(value))

    def _called(self, node: ast.Call) -> Sources:
        name = chain(node.func)
        if name in _COPIES:
            return _joined(*map(self._put, [*node.args, *(k.value for k in node.keywords)]))
        if isinstance(node.func, ast.Attribute) and node.func.attr in (_OWN_COPIES | _OWN_KIND):
            found = self.sources(node.func.value)
            if found:
                return found
        return ((node.lineno, node.lineno),) if self._given(node) else ()


def _expressions(node: ast.stmt) -> list[ast.expr]:
    """The expressions that a statement evaluates itself, not those of the statements in it."""
    found = []
    for field in node._fields:
        held = getattr(node, field, None)
        for item in held if isinstance(held, list) else [held]:
            if isinstance(item, ast.expr):
                found.append(item)
            elif isinstance(item, ast.withitem):
                found.append(item.context_expr)
    return found


def _joined(*parts: Sources) -> Sources:
    return tuple(sorted({found for part in parts for found in part}))[:_MAX_SOURCES]
