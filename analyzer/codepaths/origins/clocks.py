"""Times with and without a zone that meet: comparisons and differences, by how their sides were made."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.reach import Reach
from analyzer.codepaths.origins.receivers import own_statements
from analyzer.codepaths.origins.sites import Draft, Site, answer, having, line_of, reached_sites, sites_mentioning
from analyzer.codepaths.readings import chain
from analyzer.model import OriginSearch, Proof, Query

_CALLS = (
    "now",
    "utcnow",
    "today",
    "fromisoformat",
    "strptime",
    "fromtimestamp",
    "utcfromtimestamp",
    "datetime",
    "combine",
)
_ALWAYS_NAIVE = frozenset({"utcnow", "today", "utcfromtimestamp"})
_ZONED_BY_ARGUMENT = {"now": 1, "fromtimestamp": 2}
"""how many positional arguments a call has that gives a zone"""
_ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


def search(code: Code, query: Query, reach: Reach) -> OriginSearch:
    """Comparisons and differences where one side is seen to be made with, or without, a zone."""
    subtracts = "subtract" in query.text
    sites = reached_sites(code, reach, having(code, "datetime"))
    if not reach:
        sites = sites_mentioning(code, ["datetime"])
    drafts = [draft for site in sites for draft in _drafts(code, site, subtracts)]
    reason = None if drafts else "no time that is made with or without a zone is seen to meet another"
    return answer(code, drafts, siblings=drafts, reason=reason)


def _drafts(code: Code, site: Site, subtracts: bool) -> Iterator[Draft]:
    made = _made(code, site)
    for node in site.nodes:
        if subtracts:
            if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)):
                continue
            sides = (node.left, node.right)
        else:
            if not (isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], _ORDER)):
                continue
            sides = (node.left, node.comparators[0])
        zones = [_zone(side, made) for side in sides]
        if not site.holds(node) or zones[0] == zones[1]:
            continue
        proof = Proof.CAN_RAISE
        words = {True: "is made with a zone", False: "is made without a zone", None: "comes from elsewhere"}
        said = " and ".join(f"`{ast.unparse(s)[:60]}` {words[z]}" for s, z in zip(sides, zones, strict=True))
        yield Draft(
            site=site,
            node=node,
            proof=proof,
            evidence=(f"{site.path}:{line_of(node)}: {said}",),
            weight=1.0 if None not in zones else 0.0,
        )


def _made(code: Code, site: Site) -> dict[str, bool]:
    """Names that the function, or the top level of its file, is seen to give a time with (True) or without a zone."""
    module = code.module(site.path)
    found: dict[str, bool] = {}
    for scope in (module, site.node):
        for node in own_statements(scope) if scope is not None else ():
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                zone = _zone(node.value, found)
                name = chain(node.targets[0])
                if zone is not None and name:
                    found[name] = zone
                else:
                    found.pop(name, None)
    return found


def _zone(node: ast.expr, made: dict[str, bool]) -> bool | None:
    """Whether a time has a zone; None where that is not seen."""
    if isinstance(node, ast.Name | ast.Attribute):
        return made.get(chain(node))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        return _zone(node.left, made)  # a difference of time is added
    if not isinstance(node, ast.Call):
        return None
    name = chain(node.func)
    last = name.rpartition(".")[2]
    if isinstance(node.func, ast.Attribute) and last in ("replace", "astimezone"):
        keyword = next((k.value for k in node.keywords if k.arg == "tzinfo"), None)
        if last == "astimezone":
            return True
        if keyword is not None:
            return not (isinstance(keyword, ast.Constant) and keyword.value is None)
        return _zone(node.func.value, made)
    if last not in _CALLS or "date" not in name:
        return None
    if any(k.arg in ("tz", "tzinfo") and not _is_none(k.value) for k in node.keywords):
        return True
    if last in _ALWAYS_NAIVE:
        return False
    if last in _ZONED_BY_ARGUMENT:
        return len(node.args) >= _ZONED_BY_ARGUMENT[last]
    if last == "strptime":
        form = node.args[1] if len(node.args) > 1 else None
        return "%z" in form.value if isinstance(form, ast.Constant) and isinstance(form.value, str) else None
    return False if last == "datetime" and len(node.args) < 8 else None


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
