"""None where a value was meant: what can give it, and where nobody looks before the value is used."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.definitions import Definition, Definitions, annotation_names
from analyzer.codepaths.origins.flow import FunctionNode
from analyzer.codepaths.origins.narrowing import written
from analyzer.codepaths.origins.reach import Reach
from analyzer.codepaths.origins.sites import (
    Draft,
    Site,
    answer,
    having,
    line_of,
    reached_sites,
    site_of,
    sites_mentioning,
)
from analyzer.codepaths.origins.sources import Source, Sources, is_generator
from analyzer.codepaths.origins.unawaited import Operands
from analyzer.model import OriginSearch, Proof

_MAY_GIVE_NONE = {
    "get": "`.get` without a default gives None where the key is missing",
    "getenv": "`os.getenv` gives None where the variable is not set",
    "match": "a pattern's `match` gives None where it does not match",
    "search": "a pattern's `search` gives None where it does not match",
    "fullmatch": "a pattern's `fullmatch` gives None where it does not match",
    "first": "`.first()` gives None where there is no row",
    "one_or_none": "`.one_or_none()` gives None where there is no row",
    "scalar_one_or_none": "`.scalar_one_or_none()` gives None where there is no row",
    "scalar": "`.scalar()` gives None where there is no row",
    "fetchone": "`.fetchone()` gives None where there is no row",
    "fetchrow": "`.fetchrow()` gives None where there is no row",
    "find_one": "`.find_one()` gives None where there is no document",
    "which": "`shutil.which` gives None where there is no such program",
    "currentframe": "`currentframe` may give None",
}
_ERRORS = ("TypeError", "AttributeError")


class _Giving(NamedTuple):
    """What a source says of None: `proof` of it being None, and a sentence."""

    proof: Proof
    why: str


def search(code: Code, reach: Reach, operands: Operands, words: list[str]) -> OriginSearch:
    """Uses of a value that can be None, in the way that the message says, with what gives the None."""
    definitions = Definitions(code)
    sources = Sources(code, definitions, reach)
    sites = reached_sites(code, reach, having(code, *words)) if reach else sites_mentioning(code, words)
    drafts: list[Draft] = []
    harmless: list[tuple[str, int, str]] = []
    for site in sites:
        for operation, value in operands(site):
            if not site.holds(operation) or site.caught(operation, _ERRORS):
                continue
            found = sources.of(site, value, returns=False)
            if found and all(s.tested for s in found):
                why = f"cannot raise this: a condition before it looks at {written(value) or 'the value'}"
                harmless.append((site.path, line_of(operation), why))
                continue
            drafts.extend(_drafts(code, definitions, site, operation, value, found))
    strong = [d for d in drafts if d.proof is not Proof.NAMES]
    if strong:
        drafts = strong
    reason = None if drafts else "no use of a value that can be None is seen in the way that the message says"
    return answer(code, drafts, look_alikes=harmless, reason=reason)


def _drafts(
    code: Code, definitions: Definitions, site: Site, operation: ast.AST, value: ast.expr, found: list[Source]
) -> Iterator[Draft]:
    for source in found:
        if source.tested:
            continue
        giving = _gives_none(code, definitions, source)
        used = (
            f"{site.path}:{line_of(operation)} uses {written(value) or 'the value'} without looking whether it is None"
        )
        if giving is None:
            continue
        sure = giving.proof is Proof.FLOWS and len(found) == 1
        proof = Proof.FLOWS if sure else Proof.CAN_RAISE
        node = source.value if source.value is not None else operation
        yield Draft(
            site=source.site, node=node, proof=proof, evidence=(giving.why, used, *source.steps[:2]), raised=operation,
            raised_in=site, breaking=(node,), weight=float(giving.proof is Proof.FLOWS),
        )  # fmt: skip
    if all(s.value is None or s.how in ("outside", "param", "loop", "unpack") for s in found):
        of = written(value) or "a value"
        why = f"{site.path}:{line_of(operation)} uses {of}, and what gives the value is not to be read in the source"
        yield Draft(site=site, node=operation, proof=Proof.NAMES, evidence=(why,))


def _gives_none(code: Code, definitions: Definitions, source: Source) -> _Giving | None:
    value, site = source.value, source.site
    where = f"{site.path}:{line_of(value)}" if value is not None else site.path
    if isinstance(value, ast.Constant) and value.value is None and source.how != "outside":
        if source.how == "default":
            return _Giving(
                Proof.CAN_RAISE, f"{where}: the parameter is None where a call of {site.function} leaves it out"
            )
        if source.how == "field":
            return _Giving(Proof.CAN_RAISE, f"{where}: {site.function} sets it to None")
        return _Giving(Proof.FLOWS, f"{where} is None itself")
    call = value.value if isinstance(value, ast.Await) else value
    if not isinstance(call, ast.Call):
        return None
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name in ("get", "getenv") and (len(call.args) != 1 or call.keywords):
        return None  # with a default
    resolved = definitions.called(site, call)
    if resolved.found:
        given = [(d, returning_none(code, d, definitions)) for d in resolved.found]
        known = [(d, g) for d, g in given if g is not None]
        if not known:
            return None
        definition, (always, why) = known[0]
        sure = (
            always
            and resolved.only is not None
            and isinstance(value, ast.Await) == isinstance(definition.node, ast.AsyncFunctionDef)
        )
        return _Giving(Proof.FLOWS if sure else Proof.CAN_RAISE, f"{where} calls {definition.name}: {why}")
    if name in _MAY_GIVE_NONE:
        return _Giving(Proof.CAN_RAISE, f"{where}: {_MAY_GIVE_NONE[name]}")
    return None


def returning_none(
    code: Code, definition: Definition, definitions: Definitions, depth: int = 0
) -> tuple[bool, str] | None:
    """Whether a function always gives None, and where; None where it never does, or that cannot be told."""
    node = definition.node
    if not isinstance(node, FunctionNode) or definition.decorated or is_generator(node):
        return None
    site = site_of(code, definition.path, definition.name)
    if site is None or _is_abstract(node):
        return None
    returns = [n for n in site.nodes if isinstance(n, ast.Return)]
    valued = [n for n in returns if n.value is not None and not _is_none(n.value)]
    nothing = [n for n in returns if n.value is None or _is_none(n.value)]
    if nothing:
        lines = ", ".join(f"{definition.path}:{n.lineno}" for n in nothing[:3])
        return not valued, f"it returns None at {lines}"
    if not returns and not ends_early(node.body):
        return True, f"{definition.where} returns nothing"
    if valued and not ends_early(node.body):
        return False, f"{definition.where} can end without a `return`"
    for inner in valued if depth < 2 else []:
        given = inner.value.value if isinstance(inner.value, ast.Await) else inner.value
        only = definitions.called(site, given).only if isinstance(given, ast.Call) else None
        further = returning_none(code, only, definitions, depth + 1) if only is not None else None
        if further is not None and only is not None:
            return False, f"{definition.path}:{inner.lineno} returns what {only.name} gives, and {further[1]}"
    if "None" in annotation_names(node.returns) and valued:
        return False, f"{definition.where} is annotated as one that may return None"
    return None


def ends_early(body: list[ast.stmt]) -> bool:
    """Whether the end of these statements is never reached."""
    for node in body:
        match node:
            case ast.Return() | ast.Raise() | ast.Continue() | ast.Break():
                return True
            case ast.If() if node.orelse and ends_early(node.body) and ends_early(node.orelse):
                return True
            case ast.While(test=ast.Constant(value=True)):
                return not any(isinstance(n, ast.Break) for n in ast.walk(node))
            case ast.With() | ast.AsyncWith() if ends_early(node.body):
                return True
            case ast.Try() | ast.TryStar():
                if node.finalbody and ends_early(node.finalbody):
                    return True
                inner = [node.body + node.orelse, *(h.body for h in node.handlers)]
                if all(ends_early(b) for b in inner):
                    return True
            case ast.Match() if node.cases and all(ends_early(c.body) for c in node.cases):
                return True
    return False


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _is_abstract(node: FunctionNode) -> bool:
    """A body that only stands for others: `...`, a docstring, `raise NotImplementedError`."""
    rest = [s for s in node.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    return not rest or isinstance(rest[0], ast.Raise)
