"""A name that cannot be imported: not defined there, defined elsewhere, a cycle of imports, or a file left out."""

from __future__ import annotations

import ast
import difflib
import re
from collections import deque
from collections.abc import Iterator

from analyzer.codepaths.code_facts import Found, imported_modules
from analyzer.codepaths.fact_rows import Import
from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.loading import Modules, Way, loaded_by, module_imports, run_imports
from analyzer.codepaths.origins.modules import guarded, left_out, modules_of
from analyzer.codepaths.origins.reach import Reach
from analyzer.codepaths.origins.third_party import requirements_of
from analyzer.codepaths.packaging.requirements import distributions
from analyzer.model import CodePath, Origin, OriginSearch, Proof, Query, Role

_NAME = re.compile(r"[^\W\d]\w{0,200}")
_MODULE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*){0,30}")
_MAX_STEPS = 2_000
_MAX_PLACES = 6


def search(code: Code, query: Query, reach: Reach) -> OriginSearch:
    """Why `from module import name` fails."""
    name = _NAME.match(query.names.get("name", "").strip("'\" "))
    module = _MODULE.match(query.names.get("module", "").strip("'\" "))
    if name is None:
        return OriginSearch(reason="the message names nothing that was imported")
    modules = modules_of(code)
    wanted = module[0] if module is not None else ""
    importers = [i for i in code.facts.importers(wanted or name[0]) if i.row.name == name[0] and _from(i, wanted)]
    failing = [i for i in importers if not i.row.guard and not code.is_test(i.path)]
    ways = run_imports(code, modules, reach) if reach else {}
    hops = {place: way.hops for place, way in ways.items()}
    failing.sort(key=lambda i: (hops.get((i.path, i.row.line), 1 << 20), i.path, i.row.line))
    near = failing[0].path if failing else ""
    file = modules.resolve(wanted, near) if wanted else None
    if file is None:
        answer = _others_module(code, wanted, name[0], failing, ways)
    else:
        answer = (
            _cycle(code, modules, file, wanted, name[0], failing)
            or _submodule(code, f"{wanted}.{name[0]}", failing, ways)
            or _not_defined(code, file, name[0], failing, ways)
        )
    return OriginSearch(
        origins=answer.origins,
        siblings=answer.siblings[:_MAX_PLACES],
        look_alikes=guarded(importers)[:_MAX_PLACES],
        reason=answer.reason,
    )


def _from(found: Found[Import], module: str) -> bool:
    loaded = imported_modules(found.row, found.path)[0]
    return not module or loaded == module or (bool(found.row.level) and loaded.endswith(f".{module}"))


def _cycle(
    code: Code, modules: Modules, file: str, module: str, name: str, failing: list[Found[Import]]
) -> OriginSearch | None:
    """A module that is asked for a name while it is still being loaded, before the line that defines it."""
    defined = defined_names(code, file).get(name)
    if defined is None:
        return None
    waiting: deque[tuple[str, tuple[tuple[str, int], ...]]] = deque()
    for found in module_imports(code, file):
        if found.row.line < defined:
            waiting.extend((loaded, ((file, found.row.line),)) for loaded in loaded_by(modules, found))
    asking = {(i.path, i.row.line) for i in failing}
    seen = {file}
    while waiting and len(seen) < _MAX_STEPS:
        here, way = waiting.popleft()
        if here in seen:
            continue
        seen.add(here)
        for found in module_imports(code, here):
            step = (here, found.row.line)
            if step in asking:
                said = (
                    f"{file}:{way[0][1]} imports what leads here before {file}:{defined} defines {name}",
                    "cycle: " + " → ".join(f"{path}:{line}" for path, line in (*way, step)),
                    f"it asks {module} for {name} while that module is still being loaded",
                )
                origin = Origin(
                    path=code.place(*step, confidence=0.85, unique=True, evidence=said),
                    proof=Proof.FLOWS,
                    via=tuple(code.place(path, line, role=Role.FRAME) for path, line in way),
                    hops=len(way),
                    unconditional=True,
                    breaking=(step, way[0]),
                )
                return OriginSearch(origins=(origin,))
            waiting.extend((loaded, (*way, step)) for loaded in loaded_by(modules, found))
    return None


def _submodule(
    code: Code, module: str, failing: list[Found[Import]], ways: dict[tuple[str, int], Way]
) -> OriginSearch | None:
    """The name is a module of the tree: then it is a file that is missing, as in `No module named`."""
    if not modules_of(code).places(module, failing[0].path if failing else ""):
        return None
    return left_out(code, module, failing, ways)


def _not_defined(
    code: Code, file: str, name: str, failing: list[Found[Import]], ways: dict[tuple[str, int], Way]
) -> OriginSearch:
    names = defined_names(code, file)
    if name in names:
        text = f"{file}:{names[name]} defines {name} at this commit, and no cycle of imports leads back to it"
        return OriginSearch(reason=f"{text}: what ran may be of another commit")
    if "*" in names or "__getattr__" in names:
        line = names.get("*") or names["__getattr__"]
        return OriginSearch(reason=f"{file}:{line} gives names that cannot be read without running it")
    said = [f"{file} does not define {name} at this commit"]
    close = difflib.get_close_matches(name, sorted(names), n=1, cutoff=0.8)
    if close:
        said.append(f"{file}:{names[close[0]]} defines {close[0]}")
    elsewhere = [(f.path, f.row.line) for f in code.facts.functions(name) if f.row.name == name]
    elsewhere += [(c.path, c.row.line) for c in code.facts.classes(name) if c.row.name == name]
    for path, line in sorted(p for p in elsewhere if not code.is_test(p[0]))[:3]:
        said.append(f"{path}:{line} defines {name}")
    return _at_imports(code, failing, ways, "code", Proof.CAN_RAISE, said)


def _others_module(
    code: Code, module: str, name: str, failing: list[Found[Import]], ways: dict[tuple[str, int], Way]
) -> OriginSearch:
    """A module of somebody else: the version that is installed does not have the name."""
    if not module:
        return _at_imports(code, failing, ways, "code", Proof.NAMES, [f"it imports {name}"])
    said = [f"{module} is no module of the tree, so the version that is installed does not have {name}"]
    near = failing[0].path if failing else ""
    asked = [r for r in requirements_of(code, near) if r.name in distributions(module)]
    if not asked:
        return _at_imports(code, failing, ways, "dependency", Proof.CAN_RAISE, said)
    first = asked[0]
    fixed = "==" in first.text or "===" in first.text
    pinned = (
        "one version" if fixed else "more than one version" if re.search(r"[<>~!^*]", first.text) else "any version"
    )
    said.append(f"`{first.text}` allows {pinned}")
    origin = Origin(
        path=code.place(first.file, first.line, confidence=0.5, evidence=tuple(said)),
        proof=Proof.CAN_RAISE,
        kind="dependency",
        raised_at=code.place(near, failing[0].row.line, role=Role.RAISE) if failing else None,
    )
    return OriginSearch(origins=(origin,), siblings=_siblings(code, failing[1:]))


def _at_imports(
    code: Code,
    failing: list[Found[Import]],
    ways: dict[tuple[str, int], Way],
    kind: str,
    proof: Proof,
    said: list[str],
) -> OriginSearch:
    if not failing:
        return OriginSearch(reason="; ".join([*said, "no import of it that runs unguarded is in the tree"]))
    first = failing[0]
    way = ways.get((first.path, first.row.line))
    origin = Origin(
        path=code.place(first.path, first.row.line, confidence=0.6, evidence=tuple(said)),
        proof=proof,
        kind=kind,
        via=tuple(code.place(path, line, role=Role.FRAME) for path, line in way.via) if way else (),
        hops=way.hops if way else None,
        unconditional=not first.row.function,
    )
    return OriginSearch(origins=(origin,), siblings=_siblings(code, failing[1:]))


def _siblings(code: Code, failing: list[Found[Import]]) -> tuple[CodePath, ...]:
    return tuple(
        code.place(i.path, i.row.line, role=Role.SIBLING, evidence=("it imports the same name",)) for i in failing
    )


def defined_names(code: Code, path: str) -> dict[str, int]:
    """Name → line, of what a module defines at its top level; `*` where it takes over all names of another."""
    module = code.module(path)
    found: dict[str, int] = {}
    for node in _top_level(module) if module is not None else ():
        for name in _names_of(node):
            found.setdefault(name, node.lineno)
    return found


def _top_level(module: ast.Module) -> Iterator[ast.stmt]:
    """Statements that run when the module is loaded, also those under a condition."""
    waiting: list[ast.stmt] = list(reversed(module.body))
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.If | ast.Try | ast.With | ast.For | ast.While):
            inner = [s for s in ast.iter_child_nodes(node) if isinstance(s, ast.stmt)]
            handled = [s for h in getattr(node, "handlers", ()) for s in h.body]
            waiting.extend(reversed([*inner, *handled]))


def _names_of(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        plain = isinstance(node, ast.Import)
        yield from (a.asname or (a.name.partition(".")[0] if plain else a.name) for a in node.names)
    elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.For | ast.With):
        yield from (n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    elif type(node).__name__ == "TypeAlias":
        yield getattr(getattr(node, "name", None), "id", "")
