"""A form of code, with holes where a function's own names stood, and the places of a tree that have it."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.repairs.edits import Edit, children
from analyzer.codepaths.origins.repairs.lifting import POSSIBLE, Lifted, Place, at, lifted, modules
from analyzer.codepaths.origins.repairs.syntax import called, constant_text, local_names, parents, text
from analyzer.model import CodePattern, QueryKind

_ENOUGH = 2
"""names of the form's own that it must hold: with fewer it is found everywhere"""
_MAX_NODES = 60
_TELLING = frozenset(
    {"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print", "echo", "cast"}
)
_PLAIN = frozenset({"self", "cls", "str", "int", "len", "list", "dict", "None", "True", "False", "super", "isinstance"})
_SEARCHED = (ast.Call, ast.Compare, ast.BoolOp, ast.BinOp, ast.Await, ast.IfExp, ast.Dict)
"""a mere name, attribute or item is read everywhere"""
_FIELDS_ASIDE = frozenset({"ctx", "type_comment", "kind", "lineno", "col_offset", "end_lineno", "end_col_offset"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """An expression whose local names are holes: the same name is the same hole."""

    node: ast.expr
    holes: frozenset[str]
    anchors: frozenset[str]
    """names and texts that must stand there as they are"""

    @property
    def specific(self) -> bool:
        """Whether it says enough to be searched for."""
        return len(self.anchors) >= _ENOUGH

    def fits(self, node: ast.AST) -> bool:
        """Whether a node has this form."""
        return _fits(self.node, node, self.holes, {})

    def pattern(self) -> str:
        """The form as code with `$A`, `$B` … for its holes."""
        names: dict[str, str] = {}
        node = copy.deepcopy(self.node)
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and part.id in self.holes:
                names.setdefault(part.id, f"${chr(ord('A') + len(names) % 26)}")
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and part.id in names:
                part.id = names[part.id]
        return ast.unparse(node)


def form_of(node: ast.AST, function: ast.AST) -> Form | None:
    """The form of an expression in a function; None where it is no expression that can be searched for."""
    if not isinstance(node, _SEARCHED) or called(node) in _TELLING or _words_a_text(node):
        return None
    holes = local_names(function) | {"self", "cls"}
    anchors: set[str] = set()
    parts = list(ast.walk(node))
    if len(parts) > _MAX_NODES:
        return None
    for part in parts:
        if isinstance(part, ast.Attribute):
            anchors.add(part.attr)
        elif isinstance(part, ast.keyword) and part.arg:
            anchors.add(part.arg)
        elif isinstance(part, ast.Name) and part.id not in holes | _PLAIN:
            anchors.add(part.id)
        elif isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value.strip():
            anchors.add(part.value)
    return Form(node=node, holes=frozenset(holes), anchors=frozenset(anchors))


def _words_a_text(node: ast.expr) -> bool:
    """Whether an expression only fills a text: `"…" % x`, `"…".format(x)`, `"…" + x`."""
    if isinstance(node, ast.BinOp):
        return any(isinstance(n, ast.JoinedStr) or constant_text(n) is not None for n in (node.left, node.right))
    function = node.func if isinstance(node, ast.Call) else None
    return isinstance(function, ast.Attribute) and constant_text(function.value) is not None


def lift_form(edit: Edit) -> Lifted | None:
    """The changed expression as a form: the smallest one around the change that says enough."""
    if edit.before is None or edit.after is None:
        return None
    steps = list(_narrowing(edit.before, edit.after))
    for before, after in reversed(steps):
        form = form_of(before, edit.scope.old)
        if form is None or not form.specific:
            continue
        if form.fits(after):
            return None  # only names of its own function changed
        repaired = form_of(after, edit.scope.new)
        found = form

        def search(code: Code, wanted: Form = found, mended: Form | None = repaired) -> Iterator[Place]:
            return _search(code, wanted, mended)

        said = f"`{text(before, 60)}` became `{text(after, 60)}`"
        pattern = CodePattern(search=form.pattern())
        return replace(lifted(edit, QueryKind.TEXT, said, before, after, search, pattern), generic=True)
    return None


def _narrowing(before: ast.AST, after: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Pairs from the statements down to the smallest expression that holds the whole change."""
    while True:
        if isinstance(before, ast.expr) and isinstance(after, ast.expr):
            yield before, after
        if type(before) is not type(after):
            return
        parts = children(before, after)
        if len(parts) != 1 or not isinstance(parts[0][0], ast.AST) or not isinstance(parts[0][1], ast.AST):
            return
        before, after = parts[0]


def _search(code: Code, form: Form, repaired: Form | None) -> Iterator[Place]:
    mended = repaired if repaired is not None and repaired.specific else None
    for path, module in modules(code, sorted(form.anchors)):
        above = parents(module)
        for node in ast.walk(module):
            if type(node) is type(form.node) and form.fits(node) and not _within(node, repaired, above):
                why = f"`{text(node, 80)}` has the form that the fix replaced"
                yield at(path, node, why, confidence=POSSIBLE)
    if mended is None:
        return
    for path, module in modules(code, sorted(mended.anchors)):
        for node in ast.walk(module):
            if type(node) is type(mended.node) and mended.fits(node) and not form.fits(node):
                yield at(path, node, f"`{text(node, 80)}` has the repaired form", harmless=True)


def _within(node: ast.AST, repaired: Form | None, above: dict[ast.AST, ast.AST]) -> bool:
    """Whether an expression around a node has the repaired form: the fix wrapped something around it."""
    while repaired is not None and isinstance(above.get(node), ast.expr | ast.keyword | ast.comprehension):
        node = above[node]
        if repaired.fits(node):
            return True
    return False


def _fits(form: Any, node: Any, holes: frozenset[str], bound: dict[str, str]) -> bool:
    if isinstance(form, ast.Name) and form.id in holes:
        if not isinstance(node, ast.expr):
            return False
        written = ast.dump(node)
        return bound.setdefault(form.id, written) == written
    if isinstance(form, list):
        return (
            isinstance(node, list)
            and len(form) == len(node)
            and all(_fits(a, b, holes, bound) for a, b in zip(form, node, strict=True))
        )
    if not isinstance(form, ast.AST):
        return bool(form == node and type(form) is type(node))
    if type(form) is not type(node):
        return False
    return all(
        _fits(getattr(form, name, None), getattr(node, name, None), holes, bound)
        for name in form._fields
        if name not in _FIELDS_ASIDE
    )
