"""Where a value is asked for what its class does not have: an attribute, or an operation."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator

from analyzer.codepaths.origins import nones, unawaited
from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.definitions import Definition, Definitions, Resolved, annotation_names
from analyzer.codepaths.origins.flow import FunctionNode, own_nodes
from analyzer.codepaths.origins.narrowing import written
from analyzer.codepaths.origins.operands import accesses, kind_of, operations
from analyzer.codepaths.origins.reach import Reach
from analyzer.codepaths.origins.sites import Draft, Site, answer, having, line_of, reached_sites, sites_mentioning
from analyzer.codepaths.origins.sources import Source, Sources, builtin_type
from analyzer.codepaths.origins.unawaited import Operands, is_coroutine_function
from analyzer.model import OriginSearch, Proof, Query

_MODULE = re.compile(r"module '([^']{1,200})' has no attribute '([^']{1,200})'")
_CLOSED_BASES = frozenset({"object", "ABC", "abc.ABC", "Exception", "Enum", "enum.Enum", "Protocol", "Generic"})
_EVERYWHERE = frozenset(dir(type)) | frozenset(dir(object)) | {"__dict__", "__weakref__"}
"""attributes of every value"""
_FREE = frozenset({"__getattr__", "__getattribute__"})
_SPECIAL = {
    "subscript": ("__getitem__", "__class_getitem__"),
    "iterate": ("__iter__", "__getitem__"),
    "call": ("__call__",),
    "await": ("__await__",),
    "len": ("__len__",),
    "contains": ("__contains__", "__iter__", "__getitem__"),
    "with": ("__enter__", "__aenter__"),
    "hash": ("__hash__",),
}
_BUILTIN_NAMES = {n: n for n in ("list", "dict", "str", "set", "tuple", "int", "float", "bool", "bytes")}
_BUILTIN_NAMES |= {"List": "list", "Dict": "dict", "Set": "set", "Tuple": "tuple"}
_ERRORS = ("TypeError", "AttributeError")


def search_attribute(code: Code, query: Query, reach: Reach) -> OriginSearch:
    """Reads of the attribute on a value that does not have it."""
    type_, attribute = query.names.get("type", ""), query.names.get("attribute", "")
    if not attribute:
        return OriginSearch(reason="the message names no attribute")
    if attribute in _EVERYWHERE:
        return OriginSearch(reason=f"every value has {attribute}")

    def operands(site: Site) -> Iterator[tuple[ast.AST, ast.expr]]:
        return accesses(site, attribute)

    if type_ == "coroutine":
        return unawaited.search(code, reach, operands, [attribute])
    if type_ == "NoneType":
        return nones.search(code, reach, operands, [attribute])
    module = _MODULE.search(query.text)
    if module is not None or type_ == "module":
        return _of_a_module(code, reach, attribute, module.group(1) if module else "")
    return _of_a_class(code, reach, operands, [attribute], _last(type_), (attribute,), f"attribute {attribute}")


def search_operation(code: Code, query: Query, reach: Reach) -> OriginSearch:
    """Operations on a value that cannot do them."""
    type_ = query.names.get("type", "")
    operation = kind_of(query.names.get("operation", ""), query.text)

    def operands(site: Site) -> Iterator[tuple[ast.AST, ast.expr]]:
        return operations(site, operation)

    words = {"await": ["await"], "len": ["len"], "with": ["with"]}.get(operation, [])
    if not reach:
        where = "the operation stands almost everywhere, and nothing says where to begin"
        if operation == "await":
            return _awaited(code, reach, type_)
        if type_ != "coroutine":
            return OriginSearch(reason=where)
    if type_ == "coroutine":
        return unawaited.search(code, reach, operands, words)
    if operation == "await":
        return _awaited(code, reach, type_)
    if type_ == "NoneType" or "NoneType" in query.text:
        return nones.search(code, reach, operands, words)
    return _of_a_class(
        code, reach, operands, words, _last(type_), _SPECIAL.get(operation, ()), f"operation ({operation})"
    )


def _awaited(code: Code, reach: Reach, type_: str) -> OriginSearch:
    """`await` of what a function that is not async gives."""
    definitions = Definitions(code)
    sources = Sources(code, definitions, reach)
    sites = reached_sites(code, reach, having(code, "await")) if reach else sites_mentioning(code, ["await"])
    drafts: list[Draft] = []
    harmless: list[tuple[str, int, str]] = []
    for site in sites:
        for node in site.nodes:
            if not isinstance(node, ast.Await) or not site.holds(node) or site.caught(node, _ERRORS):
                continue
            for source in sources.of(site, node.value, returns=False):
                if not isinstance(source.value, ast.Call):
                    continue
                resolved = definitions.called(source.site, source.value)
                functions = [d for d in resolved.found if isinstance(d.node, FunctionNode)]
                plain = [d for d in functions if isinstance(d.node, ast.FunctionDef) and not d.decorated]
                if not plain:
                    if any(map(is_coroutine_function, functions)):
                        why = f"awaits {functions[0].name}, which is `async def` ({functions[0].where})"
                        harmless.append((site.path, line_of(node), why))
                    continue
                types = {t for d in plain for t in _returned_types(code, definitions, sources, d)}
                if types and type_ and type_ not in types and None not in types:
                    continue
                sure = resolved.only is not None and types == {type_}
                evidence = (
                    f"{site.path}:{line_of(node)} awaits what {plain[0].name} gives",
                    f"{plain[0].where} defines {plain[0].name} without `async`"
                    + (f", and it returns a value of the type {type_}" if sure else ""),
                )
                proof = Proof.FLOWS if sure else Proof.CAN_RAISE
                drafts.append(Draft(site=site, node=node, proof=proof, evidence=evidence))
    reason = None if drafts else "no `await` of what a function without `async` gives is seen"
    return answer(code, drafts, look_alikes=harmless, reason=reason)


def _returned_types(code: Code, definitions: Definitions, sources: Sources, definition: Definition) -> set[str | None]:
    """Types that a function returns; None among them where one is not known."""
    always = nones.returning_none(code, definition, definitions)
    if always is not None and always[0]:
        return {"NoneType"}
    node = definition.node
    found: set[str | None] = {"NoneType"} if always is not None else set()
    annotated = annotation_names(node.returns) if isinstance(node, FunctionNode) else []
    for inner in own_nodes(node):
        if isinstance(inner, ast.Return) and inner.value is not None:
            known = builtin_type(inner.value)
            if known is None and isinstance(inner.value, ast.Name) and len(annotated) == 1:
                known = _BUILTIN_NAMES.get(_last(annotated[0]))
            if known is None and isinstance(inner.value, ast.Call):
                known = _last(written(inner.value.func)) if written(inner.value.func)[:1].isupper() else None
            found.add(known)
    del sources
    return found


def _of_a_module(code: Code, reach: Reach, attribute: str, module: str) -> OriginSearch:
    definitions = Definitions(code)
    sites = reached_sites(code, reach, having(code, attribute)) if reach else sites_mentioning(code, [attribute])
    drafts = []
    for site in sites:
        for node, of in accesses(site, attribute):
            name = written(of)
            if (
                not name
                or not site.holds(node)
                or (module and _last(name) != _last(module) and not _imports(code, definitions, site, name, module))
            ):
                continue
            path = definitions.module_path(module or name, site.path)
            if path is not None and attribute in definitions.namespace(path):
                continue
            why = f"{site.path}:{line_of(node)} asks the module {module or name} for {attribute}"
            lacking = (
                f"{path} binds no {attribute}"
                if path is not None
                else f"the module {module or name} is not in the repository"
            )
            open_ = path is None or "*" in definitions.namespace(path) or "__getattr__" in definitions.namespace(path)
            drafts.append(
                Draft(site=site, node=node, proof=Proof.CAN_RAISE if open_ else Proof.FLOWS, evidence=(why, lacking))
            )
    return answer(code, drafts, reason=None if drafts else f"nothing asks a module for {attribute}")


def _imports(code: Code, definitions: Definitions, site: Site, name: str, module: str) -> bool:
    """Whether a name of a file is the module, imported under another name."""
    del code
    for statement in definitions.namespace(site.path).get(name, []):
        names = statement.names if isinstance(statement, ast.Import | ast.ImportFrom) else []
        if any((a.asname or a.name) == name and _last(a.name) == _last(module) for a in names):
            return True
    return False


def _of_a_class(
    code: Code, reach: Reach, operands: Operands, words: list[str], type_: str, needed: tuple[str, ...], what: str
) -> OriginSearch:
    """Operations on values of a class that has none of the attributes needed for them."""
    definitions = Definitions(code)
    sources = Sources(code, definitions, reach)
    classes = [f for f in code.facts.classes(type_) if not code.is_test(f.path)] if type_ else []
    named = [d for f in classes for d in definitions.named(f.path, f.row.name).found]
    writes = code.facts.accesses(needed[0]) if len(words) == 1 and needed else []
    set_elsewhere = any(a.row.writes and a.row.receiver not in ("self", "cls") for a in writes)
    sites = (
        reached_sites(code, reach, having(code, *words))
        if reach
        else sites_mentioning(code, [*words, *([type_] if classes else [])])
    )
    drafts: list[Draft] = []
    harmless: list[tuple[str, int, str]] = []
    for site in sites:
        for operation, value in operands(site):
            if not site.holds(operation) or site.caught(operation, _ERRORS):
                continue
            made = definitions.class_of(site, value)
            if made.found:
                judged = _fitting_class(definitions, made, type_, named)
                if judged is not None:
                    drafts.extend(_on_class(definitions, site, operation, value, judged, needed, set_elsewhere))
                else:
                    is_a = f"{written(value) or 'the value'} is a {made.found[0].name} ({made.found[0].where})"
                    harmless.append((site.path, line_of(operation), f"cannot raise this: {is_a}"))
                continue
            types = [(s, _type_of(s)) for s in sources.of(site, value)]
            fitting = [(s, t) for s, t in types if t == type_]
            if fitting:
                source, _ = fitting[0]
                sure = len(types) == 1 and not source.tested and source.how in ("value", "annotation")
                at = f"{source.site.path}:{line_of(source.value)}" if source.value is not None else site.path
                evidence = (
                    f"{at} gives a value of the type {type_}",
                    f"{site.path}:{line_of(operation)} uses it with the {what}",
                    *source.steps[:2],
                )
                proof = Proof.FLOWS if sure and source.how == "value" else Proof.CAN_RAISE
                drafts.append(Draft(site=site, node=operation, proof=proof, evidence=evidence))
            elif words and not any(t for _, t in types):
                of = written(value) or "a value"
                why = f"{site.path}:{line_of(operation)} uses {of} with the {what}; its type is not known"
                drafts.append(Draft(site=site, node=operation, proof=Proof.NAMES, evidence=(why,)))
    if any(d.proof > Proof.NAMES for d in drafts):
        drafts = [d for d in drafts if d.proof > Proof.NAMES]
    reason = None if drafts else f"no value of the type {type_} is seen to be used with the {what}"
    return answer(code, drafts, look_alikes=harmless, reason=reason)


def _fitting_class(
    definitions: Definitions, made: Resolved, type_: str, named: list[Definition]
) -> tuple[Definition, bool] | None:
    """The class of the message where a value can be of it, and whether it certainly is; None where it is of another."""
    for owner in made.found:
        if _last(owner.name) == type_:
            return owner, made.only is not None or len(named) == 1
        for definition in named:  # what is known as a base may be of the class below it
            if owner in definitions.bases(definition):
                return definition, len(named) == 1
    return None


def _on_class(
    definitions: Definitions,
    site: Site,
    operation: ast.AST,
    value: ast.expr,
    judged: tuple[Definition, bool],
    needed: tuple[str, ...],
    set_elsewhere: bool = False,
) -> Iterator[Draft]:
    owner, certain = judged
    members, closed = members_of(definitions, owner)
    if members & {*needed, *_FREE}:
        return
    said = [
        f"{site.path}:{line_of(operation)} uses {written(value) or 'a value'}, which is a {owner.name}",
        f"{owner.where} defines {owner.name}, and there is no {needed[0] if needed else 'such operation'} in it",
    ]
    close = difflib.get_close_matches(needed[0], sorted(members), n=1, cutoff=0.75) if needed else []
    if close:
        said.append(f"{owner.name} has {close[0]}, which is spelled much alike")
    sure = closed and not set_elsewhere and certain and bool(needed)
    yield Draft(site=site, node=operation, proof=Proof.FLOWS if sure else Proof.CAN_RAISE, evidence=tuple(said))


def members_of(definitions: Definitions, owner: Definition) -> tuple[set[str], bool]:
    """The attributes of a class and its bases that the source shows, and whether there can be no others."""
    found: set[str] = set()
    closed = True
    for base in definitions.bases(owner):
        if isinstance(base, str):
            closed &= base in _CLOSED_BASES
            continue
        closed &= not base.node.keywords if isinstance(base.node, ast.ClassDef) else False
        closed &= definitions.named(base.path, base.name).only is not None or "." in base.name
        closed &= not base.node.decorator_list or base.has_decorator("dataclass")
        for node in ast.walk(base.node):
            if isinstance(node, FunctionNode | ast.ClassDef):
                found.add(node.name)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                found.add(node.attr)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
            elif isinstance(node, ast.Call) and written(node.func).rpartition(".")[2] in (
                "setattr",
                "update",
                "__setattr__",
            ):
                closed = False
    return found, closed


def _type_of(source: Source) -> str | None:
    return builtin_type(source.value) if source.how in ("value", "default", "field") else None


def _last(name: str) -> str:
    return name.rpartition(".")[2]
