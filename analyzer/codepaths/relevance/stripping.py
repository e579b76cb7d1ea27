"""A module without what cannot matter to an error: what is left of both sides of a change is compared.

Taken away are doc strings, the words of messages and what they show, log calls, annotations that nothing reads, names
that only those used, imports and new definitions that nobody uses. What may matter to the error stays.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from analyzer.codepaths.fact_rows import MODULE
from analyzer.codepaths.origins.repairs.syntax import DEFINITIONS, FUNCTIONS, called
from analyzer.codepaths.relevance.observing import Observing, is_log_call
from analyzer.codepaths.relevance.texts import Wording
from analyzer.model import QueryKind

_OF_ANNOTATIONS = frozenset(
    {
        *(QueryKind.UNSERIALIZABLE, QueryKind.KEY, QueryKind.INDEX, QueryKind.UNPACK, QueryKind.TIMEOUT),
        *(QueryKind.CONNECTION, QueryKind.CREDENTIAL, QueryKind.DATABASE, QueryKind.FILE, QueryKind.RESOURCE),
    }
)
"""errors that the annotation of a plain function has no part in"""
_OF_NAMES = frozenset(
    {
        *(QueryKind.UNSERIALIZABLE, QueryKind.KEY, QueryKind.INDEX, QueryKind.UNPACK, QueryKind.CONVERSION),
        *(QueryKind.OPERATION, QueryKind.SIGNATURE, QueryKind.UNBOUND),
    }
)
"""errors that a name which nobody uses has no part in"""
_ROUNDS = 6


@dataclass(slots=True)
class Stripped:
    """One side of a change."""

    module: ast.Module
    docs: Counter[str] = field(default_factory=Counter)
    texts: Counter[str] = field(default_factory=Counter)
    """what was taken away of messages, as source"""
    log_calls: Counter[str] = field(default_factory=Counter)
    """the same of log calls: the name of the method"""


def strip(module: ast.Module, path: str, observing: Observing, wording: Wording) -> Stripped:
    """What may matter of a module. The tree that is given is changed."""
    found = Stripped(module=module)
    _Stripper(path, observing, wording, found).block(module, MODULE)
    ast.fix_missing_locations(module)
    return found


class _Stripper:
    def __init__(self, path: str, observing: Observing, wording: Wording, found: Stripped) -> None:
        self._path, self._observing, self._wording, self._found = path, observing, wording, found

    def block(self, node: ast.AST, function: str) -> None:
        """Strips the statements in a node, and those within them."""
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            body = getattr(node, name, None)
            if not isinstance(body, list):
                continue
            docs = name == "body" and isinstance(
                node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
            )
            kept = []
            for position, statement in enumerate(body):
                if docs and position == 0 and _is_doc(statement):
                    self._found.docs[ast.dump(statement)] += 1
                elif not self._is_told(statement, function):
                    kept.append(statement)
                    self._statement(statement, function)
            setattr(node, name, kept)

    def _statement(self, node: ast.AST, function: str) -> None:
        inner = function
        if isinstance(node, DEFINITIONS):
            inner = node.name if function == MODULE else f"{function}.{node.name}"
            if isinstance(node, FUNCTIONS):
                self._annotations(node)
        self._found.texts.update(self._wording.take(node, self._path, inner, self._observing))
        self.block(node, inner)
        if isinstance(node, FUNCTIONS):
            _drop_names(node, lambda value: self._observing.only_looks(value, self._path, inner))

    def _is_told(self, node: ast.AST, function: str) -> bool:
        """Whether a statement is a log call that only looks; it is noted."""
        if not isinstance(node, ast.Expr) or not is_log_call(node.value) or not isinstance(node.value, ast.Call):
            return False
        if not self._observing.log_call(node.value, self._path, function):
            return False
        self._found.log_calls[called(node.value)] += 1
        self._found.texts[ast.dump(ast.Tuple(elts=node.value.args, ctx=ast.Load()))] += 1
        return True

    def _annotations(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        if self._observing.kind not in _OF_ANNOTATIONS or node.decorator_list:
            return
        node.returns = None
        arguments = node.args
        for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg):
            if one is not None:
                one.annotation = None


def drop_unused(
    module: ast.Module, other: ast.Module, observing: Observing, is_free: Callable[[str], bool], *, new: bool
) -> None:
    """Takes away imports that nobody uses and, of the new side, definitions and constants that are new and unused.

    `is_free`: no other file of the tree mentions a name. Errors about names, imports and attributes keep them all.
    """
    if observing.kind not in _OF_NAMES:
        return
    bound_before = _bound(other)
    for _ in range(_ROUNDS):
        used = _used(module.body)
        kept = [s for s in (_import_left(s, used) for s in module.body) if s is not None]
        if new:
            kept = [s for s in kept if not _is_unused_addition(s, used, bound_before)]
            for klass in kept:
                if isinstance(klass, ast.ClassDef) and not klass.bases and not klass.decorator_list:
                    _drop_methods(klass, other, used, is_free)
        if len(kept) == len(module.body) and all(a is b for a, b in zip(kept, module.body, strict=True)):
            return
        module.body = kept


def _drop_methods(klass: ast.ClassDef, other: ast.Module, used: Counter[str], is_free: Callable[[str], bool]) -> None:
    before = next((c for c in other.body if isinstance(c, ast.ClassDef) and c.name == klass.name), None)
    known = {s.name for s in (before.body if before is not None else ()) if isinstance(s, DEFINITIONS)}
    if before is None:
        return
    klass.body = [
        s
        for s in klass.body
        if not (
            isinstance(s, FUNCTIONS)
            and s.name not in known
            and not s.name.startswith("__")
            and not used[s.name]
            and all(isinstance(d, ast.Name) and d.id in ("staticmethod", "classmethod") for d in s.decorator_list)
            and is_free(s.name)
        )
    ]


def _import_left(statement: ast.stmt, used: Counter[str]) -> ast.stmt | None:
    """An import with those of its names that are used; None where none is."""
    if not isinstance(statement, ast.Import | ast.ImportFrom):
        return statement
    if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
        return statement
    names = [a for a in statement.names if a.name == "*" or used[(a.asname or a.name).partition(".")[0]]]
    if len(names) == len(statement.names):
        return statement
    if not names:
        return None
    if isinstance(statement, ast.Import):
        return ast.copy_location(ast.Import(names=names), statement)
    return ast.copy_location(ast.ImportFrom(module=statement.module, names=names, level=statement.level), statement)


def _is_unused_addition(statement: ast.stmt, used: Counter[str], before: frozenset[str]) -> bool:
    if isinstance(statement, DEFINITIONS):
        name = statement.name
        if statement.decorator_list or (
            isinstance(statement, ast.ClassDef) and (statement.bases or statement.keywords)
        ):
            return False
        inside = _used([statement])[name]
    elif (
        isinstance(statement, ast.Assign) and len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name)
    ):
        name, inside = statement.targets[0].id, 0
        if not isinstance(statement.value, ast.Constant):
            return False
    else:
        return False
    return name not in before and not name.startswith("__") and used[name] == inside


def _drop_names(function: ast.FunctionDef | ast.AsyncFunctionDef, only_looks: Callable[[ast.expr], bool]) -> None:
    """Takes away plain assignments to names that are not read any more, where making the value only looks."""
    for _ in range(_ROUNDS):
        inside = list(ast.walk(function))
        if any(isinstance(n, ast.Global | ast.Nonlocal) for n in inside):
            return
        read = {n.id for n in inside if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Store)}
        calls = {called(n) for n in inside if isinstance(n, ast.Call)}
        if calls & {"locals", "eval", "exec", "vars"}:
            return
        dropped = False
        for node in inside:
            body_fields = [f for f in ("body", "orelse", "finalbody") if isinstance(getattr(node, f, None), list)]
            if isinstance(node, ast.ClassDef) or (isinstance(node, FUNCTIONS) and node is not function):
                continue
            for name in body_fields:
                body = getattr(node, name)
                kept = [s for s in body if not _is_idle(s, read, only_looks)]
                dropped = dropped or len(kept) < len(body)
                setattr(node, name, kept)
        if not dropped:
            return


def _is_idle(statement: ast.AST, read: set[str], only_looks: Callable[[ast.expr], bool]) -> bool:
    return (
        isinstance(statement, ast.Assign)
        and len(statement.targets) == 1
        and isinstance(statement.targets[0], ast.Name)
        and statement.targets[0].id not in read
        and only_looks(statement.value)
    )


def _used(statements: Iterable[ast.stmt]) -> Counter[str]:
    """Names that are read, attributes that are asked for, and texts that may name something (`__all__`, `getattr`)."""
    found: Counter[str] = Counter()
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
                found[node.id] += 1
            elif isinstance(node, ast.Attribute):
                found[node.attr] += 1
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
                found[node.value] += 1
    return found


def _bound(module: ast.Module) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, DEFINITIONS):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).partition(".")[0])
    return frozenset(found)


def _is_doc(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def header(node: ast.AST) -> str:
    """A statement without the statements in it, as a text to compare."""
    if not isinstance(node, ast.stmt):
        return ast.dump(node)
    parts: list[str] = [type(node).__name__]
    for name, value in ast.iter_fields(node):
        if name in ("body", "orelse", "finalbody"):
            continue
        if name in ("handlers", "cases") and isinstance(value, list):
            parts += [
                ast.dump(h.type) if getattr(h, "type", None) is not None else str(getattr(h, "name", "")) for h in value
            ]
            parts += [ast.dump(c.pattern) for c in value if isinstance(c, ast.match_case)]
            continue
        parts.append(_dumped(value))
    return "|".join(parts)


def _dumped(value: object) -> str:
    if isinstance(value, ast.AST):
        return ast.dump(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ",".join(_dumped(v) for v in value) + "]"
    return repr(value)
