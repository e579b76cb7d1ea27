"""An expression to what it names in the tree: functions, classes and modules, by imports, classes and assignments.

Certain means: nothing else can be meant, as far as the files of the tree say. What several things of one name could
be is given as all of them, and is not certain.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.codepaths.code_facts import imported_modules
from analyzer.codepaths.fact_rows import Import
from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.flow import FunctionNode
from analyzer.codepaths.origins.narrowing import written
from analyzer.codepaths.origins.sites import Site, line_of

_MAX_DEPTH = 6
_PROPERTIES = ("property", "cached_property", "setter", "getter", "hybrid_property", "class_property")
_MAX_RIVALS = 4
_TRANSPARENT = frozenset(
    (
        "staticmethod", "classmethod", "abstractmethod", "override", "overload", "final", "wraps", "property",
        "cached_property", "get", "post", "put", "delete", "patch", "dataclass", "head", "options", "route",
        "websocket", "on_event", "exception_handler", "middleware", "fixture", "command", "task",
    )
)  # fmt: skip
"""decorators, by the last part of their names, that leave the signature and the kind of a function as they are"""
_USUAL_METHODS = frozenset(
    dir(dict)
    + dir(list)
    + dir(str)
    + dir(set)
    + dir(bytes)
    + ["close", "send", "read", "write", "connect", "execute", "run", "start", "stop"]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A function or a class of the tree."""

    path: str
    name: str
    """qualified"""
    node: FunctionNode | ast.ClassDef

    @property
    def where(self) -> str:
        """`file:line` of its head."""
        return f"{self.path}:{self.node.lineno}"

    @property
    def decorated(self) -> bool:
        """Whether a decorator may put something else in its place."""
        return any(_decorator(d) not in _TRANSPARENT for d in self.node.decorator_list)

    def has_decorator(self, *names: str) -> bool:
        """Whether one of these decorators stands on it, by the last parts of their names."""
        return any(_decorator(d) in names for d in self.node.decorator_list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What an expression can name."""

    found: tuple[Definition, ...] = ()
    certain: bool = False
    """there is exactly one, and nothing else can be meant"""
    bound: bool = False
    """the first parameter of a function is filled by what it is called on"""

    @property
    def only(self) -> Definition | None:
        """The one definition that is certainly meant."""
        return self.found[0] if self.certain and len(self.found) == 1 else None


NOTHING = Resolved()


class Definitions:
    """Asks the files of a tree; not to be shared between threads."""

    def __init__(self, code: Code) -> None:
        self._code = code
        self._modules: dict[str, list[str]] | None = None
        self._namespaces: dict[str, dict[str, list[ast.stmt]]] = {}

    def namespace(self, path: str) -> dict[str, list[ast.stmt]]:
        """What the top level of a file binds: name → statements, in the order of the source; `*` for star imports."""
        if path not in self._namespaces:
            module = self._code.module(path)
            found: dict[str, list[ast.stmt]] = {}
            for statement in _top_level(module.body if module is not None else []):
                for name in _bound_by(statement):
                    found.setdefault(name, []).append(statement)
            self._namespaces[path] = found
        return self._namespaces[path]

    def module_path(self, module: str, near: str = "") -> str | None:
        """The file of a dotted module; of several the one that shares most folders with `near`."""
        if self._modules is None:
            self._modules = {}
            for path in self._code.tree.files:
                if path.endswith(".py"):
                    stem = path.removesuffix(".py").removesuffix("/__init__")
                    self._modules.setdefault(stem.rpartition("/")[2], []).append(path)
        stem = module.replace(".", "/")
        if module.partition(".")[0] in sys.stdlib_module_names and f"{stem}.py" not in self._code.tree.files:
            return None
        fitting = [
            p
            for p in self._modules.get(stem.rpartition("/")[2], [])
            if f"/{p.removesuffix('.py').removesuffix('/__init__')}".endswith(f"/{stem}")
            and self._begins_a_path(p.removesuffix(".py").removesuffix("/__init__").removesuffix(stem))
        ]
        return min(fitting, key=lambda p: (-_shared(p, near), len(p), p), default=None)

    def imported_from(self, statement: ast.ImportFrom, path: str) -> str | None:
        """The file that a `from … import …` takes its names from."""
        row = Import(0, statement.module or "", "", "", statement.level, statement.lineno, "")
        return self.module_path(imported_modules(row, path)[0], path)

    def _begins_a_path(self, folder: str) -> bool:
        """Whether modules are looked for in a folder: one that is no package itself."""
        return not folder or f"{folder}__init__.py" not in self._code.tree.files

    def named(self, path: str, name: str, depth: int = 0) -> Resolved:
        """What a dotted name means at the top level of a file."""
        head, _, rest = name.partition(".")
        bindings = self.namespace(path).get(head, [])
        if depth > _MAX_DEPTH or not bindings:
            return NOTHING
        found = [self._of_statement(path, s, head, rest, depth) for s in bindings]
        definitions = tuple(dict.fromkeys(d for r in found for d in r.found))
        certain = len(bindings) == 1 and found[0].certain
        return Resolved(found=definitions, certain=certain, bound=found[0].bound)

    def method(self, owner: Definition, name: str, depth: int = 0) -> Resolved:
        """A method of a class, or of the nearest base of the tree that has it."""
        if not isinstance(owner.node, ast.ClassDef) or depth > _MAX_DEPTH:
            return NOTHING
        own = [n for n in _top_level(owner.node.body) if isinstance(n, FunctionNode | ast.ClassDef) and n.name == name]
        if own:
            found = tuple(Definition(path=owner.path, name=f"{owner.name}.{name}", node=n) for n in own[-1:])
            bound = not found[0].has_decorator("staticmethod") and isinstance(found[0].node, FunctionNode)
            return Resolved(found=found, certain=len(own) == 1, bound=bound)
        for base in owner.node.bases:
            there = self.method_of_all(self.named(owner.path, written(base), depth + 1), name, depth + 1)
            if there.found:
                return there
        return NOTHING

    def method_of_all(self, classes: Resolved, name: str, depth: int = 0) -> Resolved:
        """The same of what a name can mean."""
        found = [self.method(c, name, depth) for c in classes.found]
        definitions = tuple(d for r in found for d in r.found)
        certain = classes.certain and len(found) == 1 and found[0].certain
        return Resolved(found=definitions, certain=certain, bound=any(r.bound for r in found))

    def bases(self, owner: Definition, depth: int = 0) -> Iterator[Definition | str]:
        """A class and all above it; the written name of a base that is not in the tree."""
        yield owner
        if isinstance(owner.node, ast.ClassDef) and depth <= _MAX_DEPTH:
            for base in owner.node.bases:
                there = self.named(owner.path, written(base))
                if there.only is not None and isinstance(there.only.node, ast.ClassDef):
                    yield from self.bases(there.only, depth + 1)
                else:
                    yield written(base) or "?"

    def owner(self, site: Site) -> Definition | None:
        """The class whose method a function is."""
        name = site.function.rpartition(".")[0]
        while name:
            node = _class_at(self._code.module(site.path), name)
            if node is not None:
                return Definition(path=site.path, name=name, node=node)
            name = name.rpartition(".")[0]
        return None

    def called(self, site: Site, call: ast.Call) -> Resolved:
        """What a call runs: a function, or a class that is made."""
        found = self.meant(site, call.func)
        # what a property gives is called, not the property
        return NOTHING if any(d.has_decorator(*_PROPERTIES) for d in found.found) else found

    def meant(self, site: Site, expression: ast.expr) -> Resolved:
        """What an expression names, where it stands."""
        if isinstance(expression, ast.Name):
            return self._name(site, expression)
        if not isinstance(expression, ast.Attribute):
            return NOTHING
        name, of = expression.attr, expression.value
        owner = self.owner(site)
        if isinstance(of, ast.Name) and of.id in ("self", "cls") and owner is not None:
            found = self.method(owner, name)
            return found if not self._overridden(owner, name) else Resolved(found=found.found, bound=found.bound)
        if isinstance(of, ast.Call) and written(of.func) == "super" and owner is not None:
            above = [self.method(b, name) for b in list(self.bases(owner))[1:] if isinstance(b, Definition)]
            return next((r for r in above if r.found), NOTHING)
        dotted = written(expression)
        if dotted and not self._is_local(site, dotted.partition(".")[0]):
            found = self.named(site.path, dotted)
            if found.found or self._is_foreign(site.path, dotted.partition(".")[0]):
                return found
        cls = self.class_of(site, of)
        if cls.found:
            return self.method_of_all(cls, name)
        return self._by_name_alone(name)

    def class_of(self, site: Site, value: ast.expr, depth: int = 0) -> Resolved:
        """The class of the tree that a value is of, by what is assigned, annotated and made."""
        if depth > _MAX_DEPTH:
            return NOTHING
        if isinstance(value, ast.Await):
            return self._returned(site, value.value, depth, awaited=True)
        if isinstance(value, ast.Call):
            made = self.called(site, value)
            if made.found and all(isinstance(d.node, ast.ClassDef) for d in made.found):
                return made
            return self._returned(site, value, depth, awaited=False)
        if isinstance(value, ast.Name) and value.id in ("self", "cls"):
            owner = self.owner(site)
            return Resolved(found=(owner,), certain=False) if owner is not None else NOTHING
        if isinstance(value, ast.Name) and self._is_local(site, value.id):
            bindings = site.flow.reaching(value)
            kinds = [self._class_bound(site, b.kind, b.name, b.value, depth) for b in bindings]
            return _all_alike(kinds)
        if isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name) and value.value.id == "self":
            owner = self.owner(site)
            return self._class_of_field(owner, value.attr, depth) if owner is not None else NOTHING
        if isinstance(value, ast.Name):
            made_at = self.namespace(site.path).get(value.id, [])
            if len(made_at) == 1 and isinstance(made_at[0], ast.Assign | ast.AnnAssign):
                assigned = made_at[0].value
                if isinstance(assigned, ast.Call):
                    return self.named(site.path, written(assigned.func))
        return NOTHING

    def annotated(self, path: str, annotation: ast.expr | None) -> Resolved:
        """The class that an annotation names, `Optional` and `| None` aside."""
        names = [n for n in annotation_names(annotation) if n != "None"]
        if len(names) != 1:
            return NOTHING
        found = self.named(path, names[0])
        return found if all(isinstance(d.node, ast.ClassDef) for d in found.found) else NOTHING

    def _class_bound(self, site: Site, kind: str, name: str, value: ast.expr | None, depth: int) -> Resolved:
        if kind == "param" and isinstance(site.node, FunctionNode):
            arguments = [*site.node.args.posonlyargs, *site.node.args.args, *site.node.args.kwonlyargs]
            return next((self.annotated(site.path, a.annotation) for a in arguments if a.arg == name), NOTHING)
        if kind == "assign" and value is not None:
            return self.class_of(site, value, depth + 1)
        return NOTHING

    def _class_of_field(self, owner: Definition, attribute: str, depth: int) -> Resolved:
        found = []
        for node in ast.walk(owner.node):
            if isinstance(node, ast.AnnAssign) and written(node.target) in (f"self.{attribute}", attribute):
                return self.annotated(owner.path, node.annotation)
            if isinstance(node, ast.Assign) and any(written(t) == f"self.{attribute}" for t in node.targets):
                if isinstance(node.value, ast.Constant) and node.value.value is None:
                    continue
                if not isinstance(node.value, ast.Call):
                    return NOTHING
                found.append(self.named(owner.path, written(node.value.func)))
        del depth
        return _all_alike(found)

    def _returned(self, site: Site, value: ast.expr, depth: int, *, awaited: bool) -> Resolved:
        if not isinstance(value, ast.Call):
            return NOTHING
        only = self.called(site, value).only
        if only is None or not isinstance(only.node, FunctionNode) or only.decorated:
            return NOTHING
        del depth
        is_async = isinstance(only.node, ast.AsyncFunctionDef)
        return self.annotated(only.path, only.node.returns) if is_async == awaited else NOTHING

    def _name(self, site: Site, name: ast.Name) -> Resolved:
        if name.id in site.flow.locals and not isinstance(site.node, ast.Module):
            bindings = site.flow.reaching(name)
            if len(bindings) != 1:
                return NOTHING
            if bindings[0].kind == "def":
                inner = self._code.function(site.path, f"{site.function}.{name.id}")
                made = (Definition(path=site.path, name=f"{site.function}.{name.id}", node=inner),) if inner else ()
                return Resolved(found=made, certain=bool(made))
            if bindings[0].kind == "import":
                at = bindings[0].line
                for node in site.nodes:
                    if isinstance(node, ast.Import | ast.ImportFrom) and line_of(node) == at:
                        return self._of_statement(site.path, node, name.id, "", 0)
            return NOTHING
        outer = site.function.rpartition(".")[0]
        while outer:
            around = self._code.function(site.path, outer)
            if around is not None:
                inner = self._code.function(site.path, f"{outer}.{name.id}")
                if inner is not None:
                    found = Definition(path=site.path, name=f"{outer}.{name.id}", node=inner)
                    return Resolved(found=(found,), certain=False)
            outer = outer.rpartition(".")[0]
        return self.named(site.path, name.id)

    def _is_local(self, site: Site, name: str) -> bool:
        return name in site.flow.locals and not isinstance(site.node, ast.Module)

    def _of_statement(self, path: str, statement: ast.stmt, head: str, rest: str, depth: int) -> Resolved:
        if isinstance(statement, FunctionNode | ast.ClassDef):
            found = Definition(path=path, name=statement.name, node=statement)
            if not rest:
                return Resolved(found=(found,), certain=True)
            there = self.method(found, rest)
            # on the class itself only a class method has its first parameter filled
            filled = any(d.has_decorator("classmethod") for d in there.found)
            return Resolved(found=there.found, certain=there.certain, bound=filled)
        if isinstance(statement, ast.ImportFrom):
            for alias in statement.names:
                if (alias.asname or alias.name) == head:
                    row = Import(0, statement.module or "", alias.name, "", statement.level, statement.lineno, "")
                    module, inner = imported_modules(row, path)
                    as_module = self.module_path(inner, path)
                    source = self.module_path(module, path) if module else None
                    if source is not None and self.namespace(source).get(alias.name):
                        return self.named(source, f"{alias.name}.{rest}" if rest else alias.name, depth + 1)
                    if as_module is not None and rest:
                        return self.named(as_module, rest, depth + 1)
        if isinstance(statement, ast.Import) and rest:
            for alias in statement.names:
                if alias.asname == head:
                    target, inner = self.module_path(alias.name, path), rest
                elif alias.asname is None and f"{head}.{rest}".startswith(f"{alias.name}."):
                    target, inner = self.module_path(alias.name, path), f"{head}.{rest}"[len(alias.name) + 1 :]
                else:
                    continue
                if target is not None:
                    return self.named(target, inner, depth + 1)
        return NOTHING

    def _is_foreign(self, path: str, name: str) -> bool:
        """Whether a name is imported from something that is not in the tree."""
        statements = self.namespace(path).get(name, [])
        return bool(statements) and all(
            isinstance(s, ast.Import | ast.ImportFrom)
            and not any(self.module_path(m, path) for m in _imported(s, path, name))
            for s in statements
        )

    def _overridden(self, owner: Definition, name: str) -> bool:
        last = owner.name.rpartition(".")[2]
        return any(
            name in {n.name for n in ast.walk(node) if isinstance(n, FunctionNode)}
            for found in self._code.facts.subclasses(last)
            if not self._code.is_test(found.path)
            and (node := _class_at(self._code.module(found.path), found.row.name)) is not None
        )

    def _by_name_alone(self, name: str) -> Resolved:
        if name in _USUAL_METHODS:
            return NOTHING
        rows = [f for f in self._code.facts.functions(name) if f.row.owner and not self._code.is_test(f.path)]
        if not rows or len(rows) > _MAX_RIVALS:
            return NOTHING
        nodes = [(f, self._code.function(f.path, f.row.name)) for f in rows]
        found = tuple(Definition(path=f.path, name=f.row.name, node=n) for f, n in nodes if n is not None)
        return Resolved(found=found, bound=not any(d.has_decorator("staticmethod") for d in found))


def annotation_names(annotation: ast.expr | None) -> list[str]:
    """The names of an annotation: of a union each, of `Optional[X]` X and None, of `list[X]` list."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            annotation = ast.parse(annotation.value, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return []
    match annotation:
        case None:
            return []
        case ast.Constant(value=None):
            return ["None"]
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            return [*annotation_names(left), *annotation_names(right)]
        case ast.Subscript(value=of, slice=inner):
            outer = written(of).rpartition(".")[2]
            if outer == "Optional":
                return [*annotation_names(inner), "None"]
            if outer in ("Union", "Annotated"):
                members = inner.elts if isinstance(inner, ast.Tuple) else [inner]
                return [n for m in (members if outer == "Union" else members[:1]) for n in annotation_names(m)]
            return [written(of)]
    return [written(annotation)] if written(annotation) else []


def _imported(statement: ast.Import | ast.ImportFrom, path: str, name: str) -> list[str]:
    """The modules that an import may take a name from."""
    if isinstance(statement, ast.Import):
        return [a.name for a in statement.names if (a.asname or a.name.split(".")[0]) == name]
    row = Import(0, statement.module or "", name, "", statement.level, statement.lineno, "")
    return imported_modules(row, path)


def _top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body, and those in its conditions and blocks."""
    for statement in body:
        yield statement
        if isinstance(statement, FunctionNode | ast.ClassDef):
            continue
        for part in ("body", "orelse", "finalbody"):
            yield from _top_level(getattr(statement, part, []))
        for inner in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
            yield from _top_level(inner.body)


def _bound_by(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, FunctionNode | ast.ClassDef):
        yield statement.name
        return
    if isinstance(statement, ast.Import | ast.ImportFrom):
        yield from ("*" if a.name == "*" else a.asname or a.name.split(".")[0] for a in statement.names)
        return
    for child in ast.iter_child_nodes(statement):
        if not isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
            for node in ast.walk(child):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    yield node.id


def _class_at(module: ast.Module | None, name: str) -> ast.ClassDef | None:
    """The class of a qualified name."""
    body: list[ast.stmt] = list(module.body) if module is not None else []
    found: ast.stmt | None = None
    for part in name.split("."):
        found = next(
            (n for n in _top_level(body) if isinstance(n, FunctionNode | ast.ClassDef) and n.name == part), None
        )
        if found is None:
            return None
        body = found.body
    return found if isinstance(found, ast.ClassDef) else None


def _decorator(node: ast.expr) -> str:
    return written(node.func if isinstance(node, ast.Call) else node).rpartition(".")[2]


def _all_alike(found: list[Resolved]) -> Resolved:
    """The one class that all ways lead to."""
    definitions = {d for r in found for d in r.found}
    if len(definitions) != 1 or not all(r.found for r in found):
        return NOTHING
    return Resolved(found=(definitions.pop(),), certain=all(r.certain for r in found))


def _shared(path: str, near: str) -> int:
    parts = zip(path.split("/"), near.split("/"), strict=False)
    count = 0
    for a, b in parts:
        if a != b:
            break
        count += 1
    return count
