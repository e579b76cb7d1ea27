"""Where the value of an expression comes from: back over assignments, arguments, fields and returns."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.codepaths.fact_rows import MODULE
from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.definitions import Definition, Definitions
from analyzer.codepaths.origins.flow import FunctionNode, arguments_of, own_nodes
from analyzer.codepaths.origins.reach import Reach, Reached
from analyzer.codepaths.origins.sites import Site, line_of, site_of

_MAX_STEPS = 3
_MAX_SOURCES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One expression that a value can come from."""

    site: Site
    value: ast.expr | None
    """None: not known from here on (a parameter, a loop, what is outside)"""
    how: str = "value"
    """value: the expression itself; default: of a parameter; else the kind of the binding where it ends"""
    steps: tuple[str, ...] = ()
    """sentences on the way, nearest to the place first"""
    tested: bool = False
    """a condition on the way looked at it"""


class Sources:
    """Asks the files of a tree, and for arguments the calls of a reach."""

    def __init__(self, code: Code, definitions: Definitions, reach: Reach) -> None:
        self._code, self._definitions, self._reach = code, definitions, reach
        self._callers: dict[str, list[tuple[Site, ast.Call]]] = {}
        self._lines: dict[str, list[tuple[Reached, int]]] | None = None
        self._sites: dict[tuple[str, str, int], Site | None] = {}

    def of(self, site: Site, value: ast.expr, *, returns: bool = True) -> list[Source]:
        """Where a value comes from; with `returns` also through functions of the tree that are not async."""
        found = list(self._follow(site, value, (), False, 0, returns))
        return found[:_MAX_SOURCES]

    def _follow(
        self, site: Site, value: ast.expr, steps: tuple[str, ...], tested: bool, depth: int, returns: bool
    ) -> Iterator[Source]:
        if isinstance(value, ast.NamedExpr):
            value = value.value
        if depth > _MAX_STEPS:
            yield Source(site=site, value=None, how="far", steps=steps, tested=tested)
        elif isinstance(value, ast.IfExp):
            yield from self._follow(site, value.body, steps, tested, depth + 1, returns)
            yield from self._follow(site, value.orelse, steps, tested, depth + 1, returns)
        elif isinstance(value, ast.BoolOp):
            last = isinstance(value.op, ast.Or)
            for part in value.values if not last else value.values[-1:]:
                yield from self._follow(site, part, steps, tested, depth + 1, returns)
        elif isinstance(value, ast.Name | ast.Attribute | ast.Subscript):
            yield from self._read(site, value, steps, tested, depth, returns)
        elif isinstance(value, ast.Call) and returns:
            yield from self._returned(site, value, steps, tested, depth)
        else:
            yield Source(site=site, value=value, steps=steps, tested=tested)

    def _read(
        self, site: Site, read: ast.expr, steps: tuple[str, ...], tested: bool, depth: int, returns: bool
    ) -> Iterator[Source]:
        bindings = site.flow.reaching(read)
        if not bindings:
            yield Source(site=site, value=read, how="outside", steps=steps, tested=tested)
        for binding in bindings:
            seen = tested or binding.tested
            where = f"{site.path}:{binding.line}"
            if binding.kind == "assign" and binding.value is not None:
                on = (*steps, f"{where} gives {binding.name} its value")
                yield from self._follow(site, binding.value, on, seen, depth + 1, returns)
            elif binding.kind == "param" and isinstance(read, ast.Name):
                yield from self._argument(site, read.id, steps, seen, depth, returns)
            elif binding.kind == "outside" and isinstance(read, ast.Attribute):
                yield from self._field(site, read, steps, seen, depth)
            else:
                yield Source(site=site, value=binding.value, how=binding.kind, steps=steps, tested=seen)

    def _argument(
        self, site: Site, name: str, steps: tuple[str, ...], tested: bool, depth: int, returns: bool
    ) -> Iterator[Source]:
        any_known = False
        for caller, call in self._calls_of(site):
            given = argument_for(site, call, name)
            if given is not None and caller.holds(call):
                any_known = True
                on = (*steps, f"{caller.path}:{line_of(call)} passes it to {site.function} as {name}")
                yield from self._follow(caller, given, on, tested, depth + 1, returns)
        default = _default_of(site, name)
        if default is not None:
            yield Source(site=site, value=default, how="default", steps=steps, tested=tested)
        elif not any_known:
            yield Source(site=site, value=None, how="param", steps=steps, tested=tested)

    def _calls_of(self, site: Site) -> list[tuple[Site, ast.Call]]:
        """The calls of a function that the reach holds."""
        last = site.function.rpartition(".")[2]
        if last not in self._callers:
            found = [(self._shared_site(r), line) for r, line in self._lines_of_calls().get(last, ())]
            self._callers[last] = [
                (s, n)
                for s, line in found
                if s is not None
                for n in s.nodes
                if isinstance(n, ast.Call) and line_of(n) == line and _called(n) == last
            ]
        return [(s, c) for s, c in self._callers[last] if self._runs(s, c, site)]

    def _runs(self, caller: Site, call: ast.Call, site: Site) -> bool:
        found = self._definitions.called(caller, call).found
        return any((d.path, d.name) == (site.path, site.function) for d in found)

    def _lines_of_calls(self) -> dict[str, list[tuple[Reached, int]]]:
        """Name of what is called → the functions of the reach that call it, with the line: by the facts, so fast."""
        if self._lines is None:
            self._lines = {}
            functions: dict[str, dict[str, list[Reached]]] = {}
            for reached in self._reach:
                functions.setdefault(reached.path, {}).setdefault(reached.function, []).append(reached)
            for path in sorted(functions):
                facts = self._code.facts.of(path)
                for row in facts.calls:
                    for reached in functions[path].get(facts.functions[row.function].name, ()):
                        self._lines.setdefault(row.name, []).append((reached, row.line))
        return self._lines

    def _shared_site(self, reached: Reached) -> Site | None:
        key = (reached.path, reached.function, reached.first)
        if key not in self._sites:
            self._sites[key] = site_of(self._code, reached.path, reached.function, reached)
        return self._sites[key]

    def _field(
        self, site: Site, read: ast.Attribute, steps: tuple[str, ...], tested: bool, depth: int
    ) -> Iterator[Source]:
        owner = self._definitions.owner(site)
        written_in = list(self.fields(owner, read.attr)) if owner is not None and _is_self(read.value) else []
        for method, assigned in written_in:
            on = (*steps, f"{method.path}:{line_of(assigned)} puts it into self.{read.attr}")
            yield Source(site=method, value=assigned, how="field", steps=on, tested=tested)
        if not written_in:
            yield Source(site=site, value=read, how="outside", steps=steps, tested=tested)
        del depth

    def fields(self, owner: Definition, attribute: str) -> Iterator[tuple[Site, ast.expr]]:
        """What the methods of a class put into an attribute of `self`."""
        for name, node in sorted(self._code.functions(owner.path).items()):
            if not name.startswith(owner.name + "."):
                continue
            for part in own_nodes(node):
                targets = part.targets if isinstance(part, ast.Assign) else []
                targets = [part.target] if isinstance(part, ast.AnnAssign) and part.value is not None else targets
                for target in targets:
                    if isinstance(target, ast.Attribute) and target.attr == attribute and _is_self(target.value):
                        method = self._site(owner.path, name)
                        value = getattr(part, "value", None)
                        if method is not None and isinstance(value, ast.expr):
                            yield method, value

    def _site(self, path: str, function: str) -> Site | None:
        return site_of(self._code, path, function, self._reach.of(path, function))

    def _returned(
        self, site: Site, call: ast.Call, steps: tuple[str, ...], tested: bool, depth: int
    ) -> Iterator[Source]:
        only = self._definitions.called(site, call).only
        inner = self._site(only.path, only.name) if only is not None else None
        plain = only is not None and isinstance(only.node, ast.FunctionDef) and not only.decorated
        if inner is None or only is None or not plain or inner.function == MODULE or is_generator(inner.node):
            yield Source(site=site, value=call, steps=steps, tested=tested)
            return
        returns = [n for n in inner.nodes if isinstance(n, ast.Return) and n.value is not None]
        for node in returns:
            on = (*steps, f"{inner.path}:{line_of(node)} returns it from {inner.function}")
            if node.value is not None:
                yield from self._follow(inner, node.value, on, tested, depth + 1, True)
        if not returns:
            yield Source(site=site, value=call, steps=steps, tested=tested)


def argument_for(site: Site, call: ast.Call, name: str) -> ast.expr | None:
    """What a call gives for a parameter of a function; None where it gives nothing, or that cannot be told."""
    if not isinstance(site.node, FunctionNode):
        return None
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    if any(isinstance(a, ast.Starred) for a in call.args):
        return None
    positional = [a.arg for a in (*site.node.args.posonlyargs, *site.node.args.args)]
    if positional[:1] in (["self"], ["cls"]):
        positional = positional[1:]
    if name in positional and positional.index(name) < len(call.args):
        return call.args[positional.index(name)]
    return None


def _default_of(site: Site, name: str) -> ast.expr | None:
    if not isinstance(site.node, FunctionNode):
        return None
    args = site.node.args
    positional = [*args.posonlyargs, *args.args]
    by_name = dict(zip([a.arg for a in positional[len(positional) - len(args.defaults) :]], args.defaults, strict=True))
    by_name.update({a.arg: d for a, d in zip(args.kwonlyargs, args.kw_defaults, strict=True) if d is not None})
    return by_name.get(name)


def annotation_of(site: Site, name: str) -> ast.expr | None:
    """The annotation of a parameter."""
    if not isinstance(site.node, FunctionNode):
        return None
    return next((a.annotation for a in arguments_of(site.node.args) if a.arg == name), None)


def is_generator(node: ast.AST) -> bool:
    """Whether a function yields."""
    return any(isinstance(n, ast.Yield | ast.YieldFrom) for n in own_nodes(node))


def builtin_type(value: ast.expr | None) -> str | None:
    """The name of the builtin type that an expression certainly has."""
    match value:
        case ast.Constant(value=None):
            return "NoneType"
        case ast.Constant(value=held):
            return type(held).__name__
        case ast.JoinedStr():
            return "str"
        case ast.Dict() | ast.DictComp():
            return "dict"
        case ast.List() | ast.ListComp():
            return "list"
        case ast.Set() | ast.SetComp():
            return "set"
        case ast.Tuple():
            return "tuple"
        case ast.GeneratorExp():
            return "generator"
        case ast.Lambda():
            return "function"
        case ast.Call(
            func=ast.Name(id="dict" | "list" | "set" | "tuple" | "str" | "int" | "float" | "bool" | "bytes" as of)
        ):
            return of
        case ast.Call(func=ast.Attribute(attr="strip" | "lower" | "upper" | "decode" | "format" | "replace")):
            return "str"
        case ast.Call(func=ast.Attribute(value=ast.Name(id="json"), attr="dumps")):
            return "str"
    return None


def _called(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("self", "cls")
