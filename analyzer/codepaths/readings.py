"""Short readings of expressions: dotted texts, members of a class, raw values, annotated classes, parameters."""

from __future__ import annotations

import ast
from collections.abc import Sequence

_MAX_DEPTH = 8
_MAX_TEXT = 120
_MAX_MEMBERS = 200


def chain(node: ast.AST | None, depth: int = 0) -> str:
    """`a.b().c[]` of an expression that begins with a name; empty for any other."""
    of = type(node)
    if of is ast.Name:
        return node.id  # type: ignore[union-attr,no-any-return]
    if depth > _MAX_DEPTH:
        return ""
    if of is ast.Attribute:
        inner = chain(node.value, depth + 1)  # type: ignore[union-attr]
        return f"{inner}.{node.attr}" if inner else ""  # type: ignore[union-attr]
    if of is ast.Call:
        inner = chain(node.func, depth + 1)  # type: ignore[union-attr]
        return inner + "()" if inner else ""
    if of is ast.Subscript:
        inner = chain(node.value, depth + 1)  # type: ignore[union-attr]
        return inner + "[]" if inner else ""
    if of is ast.Await:
        return chain(node.value, depth + 1)  # type: ignore[union-attr]
    return ""


def class_members(body: Sequence[ast.stmt]) -> list[str]:
    names = []
    for node in body:
        if isinstance(node, ast.Assign):
            names += [t.id for t in node.targets if isinstance(t, ast.Name)]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.append(node.target.id)
    return names[:_MAX_MEMBERS]


def parameters(node: ast.arguments) -> tuple[list[str], list[str], int]:
    """Names, their annotated classes, how many have a default."""
    plain = [*node.posonlyargs, *node.args]
    names = [a.arg for a in plain]
    if node.vararg is not None:
        plain.append(node.vararg)
        names.append("*" + node.vararg.arg)
    elif node.kwonlyargs:
        names.append("*")
    types = [annotated_type(a.annotation) if a.annotation is not None else "" for a in plain]
    if node.kwonlyargs:
        types += [""] * (len(names) - len(types))
        names += [a.arg for a in node.kwonlyargs]
        types += [annotated_type(a.annotation) if a.annotation is not None else "" for a in node.kwonlyargs]
    if node.kwarg is not None:
        names.append("**" + node.kwarg.arg)
        types.append("")
    return names, types, len(node.defaults) + sum(d is not None for d in node.kw_defaults)


def annotated_type(node: ast.expr) -> str:
    """The class of `T`, `m.T`, `"T"`, `Optional[T]`, `T | None`: its last name; empty for anything else."""
    of = type(node)
    if of is ast.Name:
        return node.id  # type: ignore[attr-defined,no-any-return]
    if of is ast.Attribute:
        return node.attr  # type: ignore[attr-defined,no-any-return]
    if isinstance(node, ast.Constant):
        text = node.value if isinstance(node.value, str) else ""
        return text.rpartition(".")[2] if text.replace(".", "").isidentifier() else ""
    if isinstance(node, ast.Subscript) and chain(node.value).rpartition(".")[2] == "Optional":
        return annotated_type(node.slice)
    if isinstance(node, ast.BinOp) and isinstance(node.right, ast.Constant) and node.right.value is None:
        return annotated_type(node.left)
    return ""


def caught_types(node: ast.expr | None) -> list[str]:
    if node is None:
        return []
    names = [chain(n) for n in node.elts] if isinstance(node, ast.Tuple) else [chain(node)]
    return [n or "?" for n in names]


def member_of(node: ast.expr) -> tuple[str, str]:
    """Class and member of `State.OPEN` and `module.State.OPEN`, else two empty texts."""
    if type(node) is ast.Attribute:
        member = node.attr
        if member.isupper():
            value = node.value
            of = type(value)
            owner = value.id if of is ast.Name else value.attr if of is ast.Attribute else ""  # type: ignore[attr-defined]
            if owner and owner[0].isupper() and not owner.isupper():
                return owner, member
    return "", ""


def raw_values(node: ast.expr) -> list[str]:
    """The values that an expression gives on unchanged: of a choice, those of both branches."""
    of = type(node)
    if of is ast.Name:
        return [node.id]  # type: ignore[attr-defined]
    if of is ast.Attribute:
        text = chain(node)
        return [text] if text else []
    if of is ast.Call:
        if is_getattr(node):
            receiver = chain(node.args[0])  # type: ignore[attr-defined]
            return [f"{receiver}.{node.args[1].value}"] if receiver else []  # type: ignore[attr-defined]
        return []
    if isinstance(node, ast.IfExp):
        return [*raw_values(node.body), *raw_values(node.orelse)]
    if isinstance(node, ast.BoolOp):
        return [text for value in node.values for text in raw_values(value)]
    return []


def is_getattr(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "getattr"
        and len(node.args) > 1
        and isinstance(node.args[1], ast.Constant)
        and isinstance(node.args[1].value, str)
    )


def container_of(target: ast.expr) -> ast.expr:
    """`d` of `d["key"] = …`, else the target."""
    return target.value if isinstance(target, ast.Subscript) else target


def item_key(target: ast.expr) -> str:
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        return str(target.slice.value)[:_MAX_TEXT]
    return ""


def short_argument(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return repr(node.value)[:_MAX_TEXT]
    if isinstance(node, ast.Dict):
        return "{}"
    return chain(node.value if isinstance(node, ast.Starred) else node)[:_MAX_TEXT]
