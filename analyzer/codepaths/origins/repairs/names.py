"""Repair: an import was added or put right, or a function or attribute is called by its new name."""

from __future__ import annotations

import ast
import builtins
import posixpath
from collections.abc import Iterator
from dataclasses import replace

from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.repairs.bindings import bound, bound_outside
from analyzer.codepaths.origins.repairs.edits import Edit
from analyzer.codepaths.origins.repairs.lifting import LIKELY, PROVED, Lifted, Place, at, lifted, modules
from analyzer.codepaths.origins.repairs.signatures import is_defined
from analyzer.codepaths.origins.repairs.syntax import FUNCTIONS, dotted, last, local_names, same, text
from analyzer.model import CodePattern, QueryKind

_BUILTINS = frozenset(dir(builtins)) | {"__file__", "__name__", "__doc__", "__path__", "__spec__"}


def recognise_import(edit: Edit) -> Lifted | None:
    """An import that gives a name which the file used before without having it, or that reads another module."""
    after = edit.after
    if not isinstance(after, ast.Import | ast.ImportFrom):
        return None
    old = edit.before
    if isinstance(old, ast.ImportFrom) and isinstance(after, ast.ImportFrom):
        moved = {a.name for a in old.names} & {a.name for a in after.names}
        if (old.module, old.level) != (after.module, after.level) and moved and old.module and not old.level:
            return _moved(edit, old, after, sorted(moved))
    defined = bound(edit.scope.old_module)
    used = _loaded(edit.scope.old_module)
    for alias in after.names:
        name = alias.asname or alias.name.partition(".")[0]
        if name != "*" and name in used and name not in defined and name not in _BUILTINS:
            return _missing(edit, name, after)
    return None


def _missing(edit: Edit, name: str, after: ast.stmt) -> Lifted:
    def search(code: Code) -> Iterator[Place]:
        for path, module in modules(code, [name]):
            places = _loaded(module).get(name, [])
            if not places or _star(module) or name in bound_outside(module):
                continue
            brought = [f for f in ast.walk(module) if isinstance(f, FUNCTIONS) and name in bound(f)]
            inside = {id(node) for function in brought for node in ast.walk(function)}
            lacking = sorted((n for n in places if id(n) not in inside), key=lambda n: (n.lineno, n.col_offset))
            if lacking:
                where = "no function around it" if brought else "this file never"
                yield at(path, lacking[0], f"`{name}` is used here, and {where} defines it", confidence=PROVED)
            elif brought:
                yield at(path, brought[0], f"this function has its own `{name}`", harmless=True)

    said = f"`{name}` was used without being imported"
    return lifted(edit, QueryKind.NAME, said, edit.before, after, search)


def _moved(edit: Edit, old: ast.ImportFrom, after: ast.ImportFrom, names: list[str]) -> Lifted:
    module_name, name = str(old.module), names[0]

    def search(code: Code) -> Iterator[Place]:
        for found in code.facts.importers(module_name):
            row = found.row
            if code.is_test(found.path) or row.module != module_name or row.level or row.name not in names:
                continue
            node = ast.Pass(lineno=row.line, end_lineno=row.line, col_offset=0)
            if row.guard:
                yield at(found.path, node, f"the import of `{row.name}` may fail here ({row.guard})", harmless=True)
            else:
                why = f"`{row.name}` is still imported from `{module_name}`"
                yield at(found.path, node, why, confidence=LIKELY)

    said = f"`{name}` is imported from `{after.module}` instead of `{module_name}`"
    pattern = CodePattern(search=f"from {module_name} import {name}")
    return lifted(edit, QueryKind.IMPORT, said, old, after, search, pattern)


def recognise(before: ast.AST, after: ast.AST, edit: Edit) -> Lifted | None:
    """A name or attribute that is called otherwise now, and of which the tree has no definition any more."""
    if isinstance(before, ast.Attribute) and isinstance(after, ast.Attribute) and same(before.value, after.value):
        old, new, receiver = before.attr, after.attr, last(dotted(before.value))
    elif isinstance(before, ast.Name) and isinstance(after, ast.Name) and isinstance(before.ctx, ast.Load):
        old, new, receiver = before.id, after.id, ""
        if old in bound(edit.scope.new_module) or old in local_names(edit.scope.old):
            return None
    else:
        return None

    def search(code: Code) -> Iterator[Place]:
        return _old_name(code, old, new, receiver)

    said = f"`{text(before, 60)}` is called `{text(after, 60)}` now"
    pattern = CodePattern(search=f"$X.{old}") if isinstance(before, ast.Attribute) else None
    kind = QueryKind.ATTRIBUTE if receiver else QueryKind.NAME
    found = lifted(edit, kind, said, before, after, search, pattern)
    return replace(found, applies=lambda code: _is_renamed(code, old, new))


def _is_renamed(code: Code, old: str, new: str) -> bool:
    """Whether the tree defines the new name and not the old one."""
    old_is_set = any(a.row.writes for a in code.facts.accesses(old))
    return not is_defined(code, old) and not old_is_set and (is_defined(code, new) or _is_member(code, new))


def _old_name(code: Code, old: str, new: str, receiver: str) -> Iterator[Place]:
    homes = {posixpath.basename(f.path).removesuffix(".py") for f in code.facts.functions(new)}
    for path, module in modules(code, [old]):
        defined = bound(module)
        for node in ast.walk(module):
            if isinstance(node, ast.Attribute) and node.attr == old and receiver:
                if last(dotted(node.value)) == receiver:
                    yield at(path, node, f"`{text(node, 60)}` still has the old name", confidence=LIKELY)
                else:
                    why = f"`{text(node, 60)}` is read from something else"
                    yield at(path, node, why, harmless=True)
            elif isinstance(node, ast.Attribute) and node.attr == old and last(dotted(node.value)) in homes:
                yield at(path, node, f"`{text(node, 60)}` still has the old name", confidence=PROVED)
            elif isinstance(node, ast.ImportFrom) and last(node.module or "") in homes and not receiver:
                if any(alias.name == old for alias in node.names):
                    why = f"`{old}` is still imported from `{node.module}`"
                    yield at(path, node, why, confidence=PROVED)
            elif isinstance(node, ast.Name) and node.id == old and not receiver and old not in defined:
                yield at(path, node, f"`{old}` is the old name, and nothing here defines it", confidence=PROVED)


def _is_member(code: Code, name: str) -> bool:
    return any(a.row.writes and a.row.receiver == "self" for a in code.facts.accesses(name))


def _loaded(module: ast.Module) -> dict[str, list[ast.Name]]:
    found: dict[str, list[ast.Name]] = {}
    annotations = {id(n) for a in _annotations(module) for n in ast.walk(a)} if _postponed(module) else set()
    for node in ast.walk(module):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in annotations:
            found.setdefault(node.id, []).append(node)
    return found


def _annotations(module: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(module):
        for field in ("annotation", "returns"):
            value = getattr(node, field, None)
            if isinstance(value, ast.AST):
                yield value


def _postponed(module: ast.Module) -> bool:
    return any(isinstance(n, ast.ImportFrom) and n.module == "__future__" for n in module.body)


def _star(module: ast.Module) -> bool:
    return any(isinstance(n, ast.ImportFrom) and any(a.name == "*" for a in n.names) for n in ast.walk(module))
