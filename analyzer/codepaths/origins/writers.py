"""Who puts a value under a key, into a field or into a constant."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.definitions import Definitions
from analyzer.codepaths.origins.narrowing import written
from analyzer.codepaths.origins.sites import Site, line_of, sites_in

_MAX_FILES = 40
_MAX_DEPTH = 4


class Written(NamedTuple):
    """A value that is put somewhere."""

    site: Site
    node: ast.AST
    value: ast.expr


def writers(code: Code, key: str, near: str = "") -> list[Written]:
    """Where a key of a dict, an item, an attribute or an argument of this name is given a value.

    Of the 40 files that share most folders with `near`, by path.
    """
    if len(key) < 2 or not key.isprintable():
        return []
    folders = near.split("/")
    paths = sorted(code.mentioning([key]), key=lambda p: (-_shared(p.split("/"), folders), p))[:_MAX_FILES]
    found = [w for path in sorted(paths) for site in sites_in(code, path) for w in _written(site, key)]
    return sorted(found, key=lambda w: (w.site.path, line_of(w.node)))


def _written(site: Site, key: str) -> Iterator[Written]:
    for node in site.nodes:
        match node:
            case ast.Dict():
                for k, v in zip(node.keys, node.values, strict=True):
                    if isinstance(k, ast.Constant) and k.value == key:
                        yield Written(site, k, v)
            case ast.Call():
                for k2 in node.keywords:
                    if k2.arg == key:
                        yield Written(site, k2.value, k2.value)
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    if _names(target, key):
                        yield Written(site, node, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                if _names(target, key):
                    yield Written(site, node, value)


def _names(target: ast.expr, key: str) -> bool:
    match target:
        case ast.Subscript(slice=ast.Constant(value=held)):
            return bool(held == key)
        case ast.Attribute(attr=attr):
            return attr == key
        case ast.Name(id=name):
            return name == key
    return False


def key_of(value: ast.expr) -> str | None:
    """The key, field or name that an expression reads: `x["aud"]`, `x.get("aud")`, `x.aud`, `aud`."""
    match value:
        case ast.Subscript(slice=ast.Constant(value=str() as key)):
            return key
        case ast.Call(
            func=ast.Attribute(attr="get" | "pop" | "setdefault"), args=[ast.Constant(value=str() as key), *_]
        ):
            return key
        case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(value=str() as key), *_]):
            return key
        case ast.Attribute(attr=attr):
            return attr
        case ast.Name(id=name):
            return name
    return None


class Constant(NamedTuple):
    """A literal, and where it is written."""

    value: object
    path: str
    line: int


def constant_of(definitions: Definitions, site: Site, value: ast.expr, depth: int = 0) -> Constant | None:
    """The literal behind an expression: itself, a product of two, or what a name stands for; None for all else."""
    match value:
        case ast.Constant(value=held):
            return Constant(held, site.path, value.lineno)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return Constant(-number, site.path, value.lineno)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            a, b = (constant_of(definitions, site, v, depth + 1) for v in (left, right))
            if a is None or b is None or not isinstance(a.value, int | float) or not isinstance(b.value, int | float):
                return None
            return Constant(a.value * b.value, site.path, value.lineno)
        case ast.Call(func=ast.Name(id="float" | "int"), args=[inner]):
            return constant_of(definitions, site, inner, depth + 1)
    if depth > _MAX_DEPTH:
        return None
    if isinstance(value, ast.Name):
        for binding in site.flow.reaching(value):
            if binding.kind == "assign" and binding.value is not None:
                return constant_of(definitions, site, binding.value, depth + 1)
    dotted = written(value)
    return constant_named(definitions, site.path, dotted) if dotted and "[" not in dotted else None


def constant_named(definitions: Definitions, path: str, name: str, depth: int = 0) -> Constant | None:
    """The literal behind a constant of a module or of a class, also an imported one."""
    head, _, rest = name.partition(".")
    for statement in definitions.namespace(path).get(head, []) if depth < _MAX_DEPTH else []:
        value = getattr(statement, "value", None)
        if isinstance(statement, ast.Assign | ast.AnnAssign) and isinstance(value, ast.Constant) and not rest:
            return Constant(value.value, path, statement.lineno)
        if isinstance(statement, ast.ClassDef) and rest:
            for inner in statement.body:
                held = getattr(inner, "value", None)
                targets = [*getattr(inner, "targets", []), getattr(inner, "target", None)]
                if isinstance(held, ast.Constant) and any(isinstance(t, ast.Name) and t.id == rest for t in targets):
                    return Constant(held.value, path, inner.lineno)
        if isinstance(statement, ast.ImportFrom):
            for alias in statement.names:
                module = definitions.imported_from(statement, path) if (alias.asname or alias.name) == head else None
                if module is not None:
                    there = ".".join(filter(None, [alias.name, rest]))
                    return constant_named(definitions, module, there, depth + 1)
    return None


def _shared(a: list[str], b: list[str]) -> int:
    count = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        count += 1
    return count
