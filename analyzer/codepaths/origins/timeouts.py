"""Waits that can have run out of time, with how long each waits as far as the source says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.definitions import Definitions
from analyzer.codepaths.origins.narrowing import written
from analyzer.codepaths.origins.reach import Reach
from analyzer.codepaths.origins.sites import (
    Draft,
    Site,
    answer,
    end_of,
    having,
    line_of,
    reached_sites,
    sites_mentioning,
)
from analyzer.codepaths.origins.sources import Sources
from analyzer.codepaths.origins.writers import Constant, constant_of, key_of, writers
from analyzer.model import OriginSearch, Proof, Query

_SECOND_ARGUMENT = frozenset({"wait_for"})
_FIRST_ARGUMENT = frozenset({"timeout", "timeout_at", "move_on_after", "fail_after", "Timeout", "settimeout", "wait"})
_KEYWORDS = frozenset(
    {"timeout", "total", "connect_timeout", "read_timeout", "socket_timeout", "timeout_seconds", "pool_timeout"}
)
_BOUNDING = frozenset({"wait_for", "timeout", "timeout_at", "fail_after"})
"""waits that raise TimeoutError themselves, whatever is waited for"""
_ERRORS = frozenset({"TimeoutError", "Timeout", "TimeoutException"})
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,9})?")


class Wait(NamedTuple):
    """A call that waits no longer than so much."""

    call: ast.Call
    limit: ast.expr
    name: str


def search(code: Code, query: Query, reach: Reach) -> OriginSearch:
    """Calls with a time limit, those first whose limit is the one of the message."""
    number = _NUMBER.search(query.names.get("seconds", ""))
    seconds = float(number.group()) if number else None
    definitions = Definitions(code)
    sites = reached_sites(code, reach, having(code, "timeout", "wait_for", "_after"))
    if not reach:
        sites = sites_mentioning(code, ["wait_for"])
    limits = _Limits(code, definitions, Sources(code, definitions, reach), search_keys=bool(reach))
    drafts = [
        draft for site in sites for wait in waits(site) if site.holds(wait.call) and not site.caught(wait.call, _ERRORS)
        for draft in _drafts(site, wait, limits, seconds)
    ]  # fmt: skip
    shared = _shared_handlers(sites)
    drafts = [_with_rivals(d, shared) for d in drafts]
    agreeing = [d for d in drafts if d.weight > 0]
    against = [d for d in drafts if d.weight < 0]
    harmless = [(d.site.path, line_of(d.node), d.evidence[-1]) for d in against] if agreeing else []
    reason = None if drafts else "no call with a time limit is seen to run before the message"
    return answer(code, agreeing or drafts, look_alikes=harmless, reason=reason)


def waits(site: Site) -> Iterator[Wait]:
    """The calls of a function that have a time limit."""
    for node in site.nodes:
        if not isinstance(node, ast.Call):
            continue
        name = written(node.func).rpartition(".")[2]
        limit = next((k.value for k in node.keywords if k.arg in _KEYWORDS), None)
        if limit is None and name in _SECOND_ARGUMENT and len(node.args) == 2:
            limit = node.args[1]
        if limit is None and name in _FIRST_ARGUMENT and len(node.args) == 1 and name != "wait":
            limit = node.args[0]
        if limit is not None and not (isinstance(limit, ast.Constant) and limit.value is None):
            yield Wait(node, limit, name)


class _Limits:
    def __init__(self, code: Code, definitions: Definitions, sources: Sources, *, search_keys: bool) -> None:
        self._code, self._definitions, self._sources, self._search_keys = code, definitions, sources, search_keys
        self._of_key: dict[str, list[tuple[float, str, int]]] = {}

    def of(self, site: Site, limit: ast.expr) -> list[tuple[float, str, int]]:
        """(seconds, file, line) of each value that a limit can have."""
        found: list[tuple[float, str, int]] = []
        for source in self._sources.of(site, limit):
            value = source.value if source.value is not None else limit
            found.extend(_seconds(constant_of(self._definitions, source.site, value)))
            if found:
                continue
            key = key_of(value)
            default = _default(value)
            if default is not None:
                found.append((default, source.site.path, line_of(value)))
            if key and self._search_keys:
                found.extend(self._written(key, source.site.path))
        return sorted(set(found))

    def _written(self, key: str, near: str) -> list[tuple[float, str, int]]:
        if key not in self._of_key:
            put = writers(self._code, key, near)
            self._of_key[key] = [x for w in put for x in _seconds(constant_of(self._definitions, w.site, w.value))]
        return self._of_key[key]


def _drafts(site: Site, wait: Wait, limits: _Limits, seconds: float | None) -> Iterator[Draft]:
    known = limits.of(site, wait.limit)
    where = f"{site.path}:{line_of(wait.call)}"
    what = written(wait.call.args[0].func) if wait.call.args and isinstance(wait.call.args[0], ast.Call) else ""
    evidence = [f"{where} waits with a limit{' for ' + what if what else ''} (`{wait.name}`)"]
    weight = 0.0
    if known and seconds is not None:
        same = [k for k in known if k[0] == seconds]
        if same:
            weight = 1.0
            evidence.append(f"{same[0][1]}:{same[0][2]} sets its limit to {same[0][0]:g} s, as the message says")
        else:
            weight = -1.0
            said = " or ".join(f"{k:g}" for k in sorted({k[0] for k in known})[:3])
            evidence.append(f"the message says {seconds:g} s, this call waits {said} s ({known[0][1]}:{known[0][2]})")
    elif known:
        evidence.append(f"{known[0][1]}:{known[0][2]} sets its limit to {known[0][0]:g} s")
    else:
        evidence.append("how long it waits is not to be read in the source")
    proof = Proof.CAN_RAISE if (weight >= 0 and wait.name in _BOUNDING | {"Timeout"}) or weight > 0 else Proof.NAMES
    yield Draft(
        site=site,
        node=wait.call,
        proof=proof,
        evidence=tuple(evidence),
        weight=weight,
        breaking=(wait.limit, wait.call),
    )


def _shared_handlers(sites: list[Site]) -> dict[tuple[str, int], tuple[int, int]]:
    """(path, line of a wait) → (line of the `except` that catches its timeout, how many waits it serves)."""
    found: dict[tuple[str, int], tuple[int, int]] = {}
    for site in sites:
        for node in site.nodes:
            if not isinstance(node, ast.Try):
                continue
            handler = next((h for h in node.handlers if _catches_timeouts(h)), None)
            first, last = line_of(node.body[0]), end_of(node.body[-1])
            inside = [w for w in waits(site) if first <= line_of(w.call) <= last]
            if handler is not None and len(inside) > 1:
                for wait in inside:
                    found[site.path, line_of(wait.call)] = (handler.lineno, len(inside))
    return found


def _with_rivals(draft: Draft, shared: dict[tuple[str, int], tuple[int, int]]) -> Draft:
    known = shared.get((draft.site.path, line_of(draft.node)))
    if known is None:
        return draft
    line, count = known
    text = f"{draft.site.path}:{line} catches the timeouts of {count} waits, and its message cannot tell them apart"
    return Draft(
        site=draft.site, node=draft.node, proof=draft.proof, evidence=(*draft.evidence[:1], text, *draft.evidence[1:]),
        weight=draft.weight, breaking=draft.breaking,
    )  # fmt: skip


def _catches_timeouts(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(c is not None and written(c).rpartition(".")[2] in _ERRORS for c in caught)


def _default(value: ast.expr) -> float | None:
    """`x.get("key", 5.0)`, `getattr(x, "key", 5.0)`."""
    match value:
        case ast.Call(func=ast.Attribute(attr="get" | "getenv"), args=[_, ast.Constant(value=held)]):
            return _as_number(held)
        case ast.Call(func=ast.Name(id="getattr"), args=[_, _, ast.Constant(value=held)]):
            return _as_number(held)
        case ast.Call(func=ast.Name(id="int" | "float"), args=[inner]):
            return _default(inner)
    return None


def _as_number(held: object) -> float | None:
    try:
        return float(held) if isinstance(held, int | float | str) and not isinstance(held, bool) else None
    except ValueError:
        return None


def _seconds(constant: Constant | None) -> list[tuple[float, str, int]]:
    if constant is None or isinstance(constant.value, bool) or not isinstance(constant.value, int | float):
        return []
    return [(float(constant.value), constant.path, constant.line)]
