"""Where a name is read that nothing binds, and where one is read before it has a value."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from analyzer.codepaths.fact_rows import MODULE
from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.flow import Binding
from analyzer.codepaths.origins.reach import Reach
from analyzer.codepaths.origins.scopes import FileScopes, may_lack, reads_of
from analyzer.codepaths.origins.sites import Draft, Site, answer, having, line_of, reached_sites, sites_in
from analyzer.model import OriginSearch, Proof, Query

_NAME = re.compile(r"[A-Za-z_]\w{0,200}+")
_MAX_FILES = 60
_READ = rb"(?m)^[^#\n]*?(?<![\w.\"'])%s\s*(?:[.(\[\])},:+*/%%<>=!|&^@-]|$|\s(?:in|is|if|else|and|or|not|for|as)\b)"
"""a name as code writes it, not as a sentence does"""
_BOUND = rb"(?m)^(?:(?:import|from)\b[^\n#]*\b%s\b|(?:async )?def %s\b|class %s\b)"
"""bound at the left margin, so by the file itself"""
_NAME_ERRORS = ("NameError",)
_UNBOUND_ERRORS = ("UnboundLocalError", "NameError")


def search_undefined(code: Code, query: Query, reach: Reach) -> OriginSearch:
    """Reads of a name that neither the function, what is around it, its file nor Python binds."""
    name = query.names.get("name", "")
    if not _NAME.fullmatch(name):
        return OriginSearch(reason="the message names no variable")
    search = _Undefined(code, name)
    drafts = [d for site in reached_sites(code, reach, search.lacking) for d in search.undefined(site)]
    beside = search.elsewhere(sorted({d.site.path for d in drafts}))
    if not reach:
        drafts, beside = beside, []
    reason = None
    if not drafts:
        where = "in the functions that run before the message" if reach else "in the code"
        reason = f"every read of the name {name} {where} has something that binds it"
    return answer(code, drafts, siblings=beside, look_alikes=search.harmless(reach, drafts), reason=reason)


class _Undefined:
    def __init__(self, code: Code, name: str) -> None:
        self._code, self._name = code, name
        self._scopes: dict[str, FileScopes] = {}
        self._lacking: dict[str, bool] = {}
        word = re.escape(name).encode()
        self._read_as_code = re.compile(_READ % word)
        self._bound = re.compile(_BOUND % (word, word, word))

    def scopes(self, path: str) -> FileScopes:
        if path not in self._scopes:
            self._scopes[path] = FileScopes(self._code, path)
        return self._scopes[path]

    def undefined(self, site: Site) -> Iterator[Draft]:
        """Reads in one function that raise NameError."""
        scopes = self.scopes(site.path)
        if not scopes.readable or scopes.binds(site.function, self._name) is not None:
            return
        for read in reads_of(site.node, site.nodes, self._name):
            if not site.holds(read) or site.caught(read, _NAME_ERRORS) or _is_probe(site, read):
                continue
            yield Draft(site=site, node=read, proof=Proof.FLOWS, evidence=self._why(site, scopes, read.lineno))

    def _why(self, site: Site, scopes: FileScopes, line: int) -> tuple[str, ...]:
        name = self._name
        where = f"the function {site.function}" if site.function != MODULE else "the top level"
        said = [f"{site.path}:{line} reads {name} in {where}, and neither that, the file nor Python itself binds it"]
        if name in scopes.checked_only:
            line = scopes.checked_only[name]
            said.append(f"{site.path}:{line} imports {name} for type checkers only: it is absent when the program runs")
        inside = [f for f in scopes.bound_in(name) if f != site.function]
        if inside:
            said.append(f"{inside[0]} in {site.path} binds {name} for itself only: other functions do not see it")
        return tuple(said)

    def lacking(self, path: str) -> bool:
        """Whether a file reads the name without binding it, by a look that is fast and never says no wrongly."""
        if path not in self._lacking:
            text = self._code.text(path)
            maybe = self._read_as_code.search(text) is not None and self._bound.search(text) is None
            self._lacking[path] = maybe and may_lack(text, self._name)
        return self._lacking[path]

    def elsewhere(self, first: list[str]) -> list[Draft]:
        """Undefined reads of the name in the tree, beginning with the files named and their neighbours."""
        near = {p.rpartition("/")[0] for p in first}
        paths = sorted(
            self._code.mentioning([self._name]), key=lambda p: (p not in first, p.rpartition("/")[0] not in near, p)
        )
        wanted = [p for p in paths if self.lacking(p)][:_MAX_FILES]
        return [d for path in wanted for site in sites_in(self._code, path) for d in self.undefined(site)]

    def harmless(self, reach: Reach, drafts: list[Draft]) -> list[tuple[str, int, str]]:
        """Reads of the name that have something to bind it, where one would look first."""
        found: list[tuple[str, int, str]] = []
        files = {d.site.path for d in drafts}
        files |= {r.path for r in reach if r.hops == 0}
        mentions = having(self._code, self._name)
        sites = [s for p in sorted(files) if mentions(p) for s in sites_in(self._code, p)]
        for site in sites:
            scopes = self.scopes(site.path)
            bound = scopes.binds(site.function, self._name) if scopes.readable else None
            reads = reads_of(site.node, site.nodes, self._name) if bound else []
            if reads:
                why = f"reads {self._name} too, but cannot raise this: {bound}"
                found.append((site.path, line_of(reads[0]), why))
        once: dict[str, tuple[str, int, str]] = {}
        for item in found:
            once.setdefault(item[0] if "its file binds" in item[2] else f"{item[0]}:{item[1]}", item)
        return list(once.values())


def search_unbound(code: Code, query: Query, reach: Reach) -> OriginSearch:
    """Reads of a local name that come before it is assigned, on some way or on every way through the function."""
    name = query.names.get("name", "")
    if not _NAME.fullmatch(name):
        return OriginSearch(reason="the message names no variable")
    drafts = [d for site in reached_sites(code, reach, having(code, name)) for d in _unbound(site, name)]
    near = {d.site.path for d in drafts}
    paths = sorted(code.mentioning([name]), key=lambda p: (p not in near, p)) if not reach else sorted(near)
    beside = [d for p in paths[:_MAX_FILES] for s in sites_in(code, p) for d in _unbound(s, name)]
    if not reach:
        drafts, beside = beside, []
    reason = None if drafts else f"no read of a local name {name} comes before its assignment"
    return answer(code, drafts, siblings=beside, reason=reason)


def _unbound(site: Site, name: str) -> Iterator[Draft]:
    if isinstance(site.node, ast.Module):
        return
    wanted = [n for n in site.nodes if isinstance(n, ast.Name) and n.id == name]
    if not wanted or name not in site.flow.locals or not site.flow.complete:
        return
    for read in wanted:
        reaching = site.flow.reaching(read)
        without = [b for b in reaching if b.kind == "unbound"]
        if not without or not site.holds(read) or site.caught(read, _UNBOUND_ERRORS):
            continue
        others = [b for b in reaching if b.kind != "unbound"]
        if others and _same_condition(site, read, others):
            continue
        proof = Proof.CAN_RAISE if others else Proof.FLOWS
        yield Draft(site=site, node=read, proof=proof, evidence=_why_unbound(site, name, without, others))


def _why_unbound(site: Site, name: str, without: list[Binding], others: list[Binding]) -> tuple[str, ...]:
    said = []
    gone = [b for b in without if b.line]
    if gone:
        said.append(f"{site.path}:{gone[0].line} takes the name {name} away (`del`, or the end of an `except … as`)")
    bindings = sorted(
        {n.lineno for n in site.nodes if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store)}
    )
    if others:
        lines = ", ".join(f"{site.path}:{n}" for n in sorted({b.line for b in others}))
        said.append(f"{name} is assigned at {lines}, and there is a way to this read that does not pass there")
    elif bindings:
        lines = ", ".join(f"{site.path}:{n}" for n in bindings)
        said.append(
            f"{site.function} assigns {name} itself at {lines}, so it is local, and none comes before this read"
        )
    else:
        said.append(f"{name} is local to {site.function}, and nothing assigns it before this read")
    return tuple(said)


def _same_condition(site: Site, read: ast.AST, others: list[Binding]) -> bool:
    """Whether the read stands under a condition that all its assignments stand under too."""
    mine = {ast.unparse(n.test) for n in site.around(read) if isinstance(n, ast.If)}
    if not mine:
        return False
    lines = {b.line for b in others}
    for node in site.nodes:
        if line_of(node) in lines and isinstance(node, ast.stmt):
            if not mine & {ast.unparse(n.test) for n in site.around(node) if isinstance(n, ast.If)}:
                return False
            lines.discard(line_of(node))
    return not lines


def _is_probe(site: Site, read: ast.AST) -> bool:
    """`try: name` that asks whether it is there, and `del name`."""
    return isinstance(site.statement(read), ast.Delete)
