"""A coroutine where its result was meant: a call of an `async def` without `await`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.definitions import Definition, Definitions
from analyzer.codepaths.origins.narrowing import written
from analyzer.codepaths.origins.reach import Reach
from analyzer.codepaths.origins.sites import Draft, Site, answer, having, line_of, reached_sites, sites_mentioning
from analyzer.codepaths.origins.sources import Sources, is_generator
from analyzer.model import OriginSearch, Proof

Operands = Callable[[Site], Iterator[tuple[ast.AST, ast.expr]]]
"""the operations of a function that the message speaks of, each with the value that it is done to"""
_HANDED_ON = frozenset(
    ("create_task", "ensure_future", "gather", "wait", "wait_for", "run", "run_until_complete", "shield", "spawn",
     "as_completed", "run_coroutine_threadsafe", "add_task", "start_soon")
)  # fmt: skip
_ERRORS = ("TypeError", "AttributeError")


def search(code: Code, reach: Reach, operands: Operands, words: list[str]) -> OriginSearch:
    """Un-awaited calls whose result is used in the way that the message says."""
    definitions = Definitions(code)
    sources = Sources(code, definitions, reach)
    sites = reached_sites(code, reach, having(code, *words)) if reach else sites_mentioning(code, [*words, "async"])
    found = [f for site in sites for f in _uses(site, definitions, sources, operands)]
    drafts = [draft for draft, _ in found]
    culprits = sorted({d for _, d in found}, key=lambda d: (d.path, d.name))[:3]
    siblings: list[Draft] = []
    harmless: list[tuple[str, int, str]] = []
    for culprit in culprits:
        more, awaited = _elsewhere(code, definitions, culprit)
        siblings.extend(more)
        harmless.extend(awaited)
    reason = None if drafts else "no un-awaited call of an async function is seen whose result is used like that"
    return answer(code, drafts, siblings=siblings, look_alikes=harmless, reason=reason)


def is_coroutine_function(definition: Definition) -> bool:
    """Whether a call of it gives a coroutine."""
    node = definition.node
    return isinstance(node, ast.AsyncFunctionDef) and not definition.decorated and not is_generator(node)


def _uses(
    site: Site, definitions: Definitions, sources: Sources, operands: Operands
) -> Iterator[tuple[Draft, Definition]]:
    for operation, value in operands(site):
        if not site.holds(operation) or not _may_be(site, value) or site.caught(operation, _ERRORS):
            continue
        origins = sources.of(site, value)
        for source in origins:
            call = source.value
            if not isinstance(call, ast.Call):
                continue
            resolved = definitions.called(source.site, call)
            asynchronous = [d for d in resolved.found if is_coroutine_function(d)]
            if not asynchronous:
                continue
            definition = asynchronous[0]
            certain = resolved.only is not None and len(origins) == 1
            all_async = len(asynchronous) == len(resolved.found)
            proof = Proof.FLOWS if certain else Proof.CAN_RAISE if all_async else Proof.NAMES
            evidence = (
                f"{source.site.path}:{line_of(call)} calls {definition.name} without `await` and gets a coroutine",
                f"{definition.where} defines {definition.name} as `async def`",
                f"{site.path}:{line_of(operation)} uses the coroutine as if it were the result",
                *source.steps[:2],
            )
            yield (
                Draft(
                    site=source.site, node=call, proof=proof, evidence=evidence, raised=operation, raised_in=site,
                    breaking=(call,),
                ),
                definition,
            )  # fmt: skip


def _may_be(site: Site, value: ast.expr) -> bool:
    """Whether a value can come from a call of something that is `async`, by a look that is fast."""
    names = site.code.async_names()
    if isinstance(value, ast.Call):
        return _name_of(value) in names
    place = written(value)
    if site.reached is not None and ("." in place or place in site.parameters):
        return True
    return any(
        isinstance(n.value, ast.Call) and _name_of(n.value) in names
        for n in site.nodes
        if isinstance(n, ast.Assign) and place and any(written(t) == place for t in n.targets)
    )


def _name_of(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


def _elsewhere(
    code: Code, definitions: Definitions, culprit: Definition
) -> tuple[list[Draft], list[tuple[str, int, str]]]:
    """Other calls of an async function: those that forget `await` and use the result, and those that do not."""
    name = culprit.name.rpartition(".")[2]
    if name == "__init__":
        return [], []
    siblings: list[Draft] = []
    harmless: list[tuple[str, int, str]] = []
    for site in sites_mentioning(code, [name]):
        for call in site.nodes:
            if not isinstance(call, ast.Call) or _name_of(call) != name:
                continue
            if culprit not in definitions.called(site, call).found:
                continue
            parent = site.parents.get(call)
            if isinstance(parent, ast.Await):
                harmless.append((site.path, line_of(call), f"awaits {name}"))
            elif isinstance(parent, ast.Call) and written(parent.func).rpartition(".")[2] in _HANDED_ON:
                harmless.append(
                    (site.path, line_of(call), f"hands the coroutine to {written(parent.func)}, which runs it")
                )
            elif _is_used(site, call):
                why = f"{site.path}:{line_of(call)} calls {culprit.name} without `await` and uses what it gets"
                siblings.append(Draft(site=site, node=call, proof=Proof.CAN_RAISE, evidence=(why,)))
    return siblings, harmless


def _is_used(site: Site, call: ast.Call) -> bool:
    """Whether something is done to the result that a coroutine cannot do."""
    parent = site.parents.get(call)
    if isinstance(parent, ast.Attribute | ast.Subscript):
        return True
    if not isinstance(parent, ast.Assign) or not isinstance(parent.targets[0], ast.Name):
        return False
    name = parent.targets[0].id
    for read, bindings in site.flow.reads().items():
        if isinstance(read, ast.Name) and read.id == name and any(b.value is call for b in bindings):
            user = site.parents.get(read)
            if isinstance(user, ast.Attribute | ast.Subscript) and user.value is read:
                return True
            if isinstance(user, ast.For) and user.iter is read:
                return True
    return False
