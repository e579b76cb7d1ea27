"""The functions that a search looks into, and how what it found there becomes an answer.

Inside the reach where there is one; else in all files of the tree that mention what is asked about.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from analyzer.codepaths.fact_rows import MODULE
from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.flow import Flow, Scope, arguments_of, own_nodes
from analyzer.codepaths.origins.narrowing import written
from analyzer.codepaths.origins.reach import Reach, Reached
from analyzer.model import CodePath, LookAlike, Origin, OriginSearch, Proof, Role

MAX_ORIGINS, MAX_SIBLINGS, MAX_LOOK_ALIKES = 10, 20, 10
_MAX_FILES = 80
"""files that one question parses beyond the reach"""
_CONFIDENCE = {Proof.FLOWS: 0.9, Proof.CAN_RAISE: 0.5, Proof.NAMES: 0.2}
_CONDITIONS = (ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.match_case, ast.BoolOp)


class Site:
    """A function, or the top level of a file, with what a search asks of it; each part is worked out when asked for."""

    def __init__(self, code: Code, path: str, function: str, node: Scope, reached: Reached | None) -> None:
        self.code, self.path, self.function, self.node, self.reached = code, path, function, node, reached

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All that runs in it, in the order of the source."""
        return list(own_nodes(self.node))

    @cached_property
    def parameters(self) -> frozenset[str]:
        """The names of its parameters."""
        return (
            frozenset(a.arg for a in arguments_of(self.node.args))
            if not isinstance(self.node, ast.Module)
            else frozenset()
        )

    @cached_property
    def flow(self) -> Flow:
        """What its names hold."""
        return Flow(self.node)

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """What each part stands in."""
        return {child: node for node in (self.node, *self.nodes) for child in ast.iter_child_nodes(node)}

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """What a part stands in, innermost first, up to the function."""
        while node is not self.node and node in self.parents:
            node = self.parents[node]
            if node is not self.node:
                yield node

    def statement(self, node: ast.AST) -> ast.AST:
        """The statement that a part belongs to."""
        return next((n for n in (node, *self.around(node)) if isinstance(n, ast.stmt)), node)

    def holds(self, node: ast.AST) -> bool:
        """Whether a part is on the way to the error: in the lines that count, on the very line that a frame names."""
        reached = self.reached
        if reached is None:
            return True
        if not reached.holds(line_of(node)):
            return False
        if reached.line is None:
            return True
        whole = self.statement(node)
        part = node if hasattr(whole, "body") else whole  # of a block only its head runs on that line
        return line_of(part) <= reached.line <= end_of(part)

    def unconditional(self, node: ast.AST) -> bool:
        """Whether it runs whenever the function does, as far as it is not left before."""
        inner = [node, *self.around(node)]
        for part, outer in pairwise(inner):
            if isinstance(outer, ast.If | ast.IfExp | ast.While) and part is outer.test:
                continue
            if isinstance(outer, ast.For | ast.AsyncFor) and part is outer.iter:
                continue
            if isinstance(outer, ast.BoolOp) and part is outer.values[0]:
                continue
            if isinstance(outer, _CONDITIONS):
                return False
        return True

    def masking(self, node: ast.AST) -> bool:
        """Whether it stands in an `except` clause."""
        return any(isinstance(n, ast.ExceptHandler) for n in self.around(node))

    def caught(self, node: ast.AST, exceptions: Iterable[str]) -> bool:
        """Whether the function itself keeps such an exception from getting out: it is caught and not raised again."""
        names = {*exceptions, "Exception", "BaseException"}
        part: ast.AST = node
        for outer in self.around(node):
            if isinstance(outer, ast.Try) and part in outer.body and not self._is_the_guarded_body(outer):
                for handler in outer.handlers:
                    if _catches(handler, names):
                        return not any(isinstance(n, ast.Raise) for n in ast.walk(handler))
            part = outer
        return False

    def _is_the_guarded_body(self, node: ast.Try) -> bool:
        reached = self.reached
        return reached is None or (reached.hops == 0 and node.body[0].lineno >= reached.first >= node.lineno)


def _catches(handler: ast.ExceptHandler, names: set[str]) -> bool:
    if handler.type is None:
        return True
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(written(c).rpartition(".")[2] in names for c in caught)


def line_of(node: ast.AST) -> int:
    """The first line of a part."""
    return int(getattr(node, "lineno", 1))


def end_of(node: ast.AST) -> int:
    """The last line of a part."""
    return int(getattr(node, "end_lineno", None) or line_of(node))


def reached_sites(code: Code, reach: Reach, fits: Callable[[str], bool] | None = None) -> list[Site]:
    """The functions of the reach that can be read, nearest first, those of files that fit only."""
    fitting = {p for p in sorted({r.path for r in reach}) if fits is None or fits(p)}
    ordered = sorted((r for r in reach if r.path in fitting), key=lambda r: (r.hops, r.path, r.function))
    sites = (site_of(code, r.path, r.function, r) for r in ordered)
    return [s for s in sites if s is not None]


def having(code: Code, *words: str) -> Callable[[str], bool]:
    """Whether the text of a file has one of these words; any has where none are given."""
    raw = [w.encode() for w in words if w]
    return lambda path: not raw or any(w in code.text(path) for w in raw)


def site_of(code: Code, path: str, function: str, reached: Reached | None = None) -> Site | None:
    """One function as a site; None where its source cannot be read."""
    node = code.module(path) if function == MODULE else code.function(path, function)
    return Site(code, path, function, node, reached) if node is not None else None


def sites_in(code: Code, path: str) -> list[Site]:
    """All functions of a file, and its top level first."""
    found = [site_of(code, path, name) for name in (MODULE, *code.functions(path))]
    return [s for s in found if s is not None]


def sites_mentioning(code: Code, words: Sequence[str], fits: Callable[[str], bool] | None = None) -> list[Site]:
    """The functions of the files outside the tests whose text has all these words and fits; of at most 80 files."""
    paths = [p for p in code.mentioning(words) if fits is None or fits(p)]
    return [site for path in paths[:_MAX_FILES] for site in sites_in(code, path)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A place that a search found, before it is ranked and shown."""

    site: Site
    node: ast.AST
    """to change"""
    proof: Proof
    evidence: tuple[str, ...]
    raised: ast.AST | None = None
    """where the exception is thrown, in the same function; None: there"""
    raised_in: Site | None = None
    """the function that throws it, where that is another one"""
    last: int | None = None
    """last line to show, where it is not that of the part itself"""
    kind: str = "code"
    weight: float = 0.0
    """what the search itself prefers, the higher the better; decides between places of equal proof"""
    breaking: tuple[ast.AST, ...] = field(default=())
    confidence: float | None = None
    """where something else than the proof tells how likely the place is"""

    @property
    def reached(self) -> Reached | None:
        """How the place is reached, else how the function that throws is."""
        if self.site.reached is None and self.raised_in is not None:
            return self.raised_in.reached
        return self.site.reached


def answer(
    code: Code,
    drafts: Iterable[Draft],
    *,
    siblings: Iterable[Draft] = (),
    look_alikes: Iterable[tuple[str, int, str]] = (),
    reason: str | None = None,
) -> OriginSearch:
    """The search's answer in the one order: proof, in reach, unconditional, fewest calls, path, line."""
    ordered = _distinct(sorted(drafts, key=_order))
    shown = ordered[:MAX_ORIGINS]
    if len(ordered) > len(shown):
        cut = f"{len(ordered) - len(shown)} more places fit and are not shown"
        reason = f"{reason}; {cut}" if reason else cut
    best = [d for d in shown if (d.proof, d.reached is None) == (shown[0].proof, shown[0].reached is None)]
    taken = {_place(d) for d in shown}
    beside = [d for d in _distinct(sorted(siblings, key=_order)) if _place(d) not in taken]
    harmless = [x for x in dict.fromkeys(look_alikes) if (x[0], x[1]) not in taken]
    return OriginSearch(
        origins=tuple(_origin(code, d, unique=len(best) == 1 and d is best[0]) for d in shown),
        siblings=tuple(_sibling(code, d) for d in beside[:MAX_SIBLINGS]),
        look_alikes=tuple(LookAlike(file=f, line=n, why_not=w) for f, n, w in harmless[:MAX_LOOK_ALIKES]),
        reason=reason,
    )


def _order(draft: Draft) -> tuple[object, ...]:
    reached = draft.reached
    hops = reached.hops if reached is not None else 1 << 20
    return (
        -draft.proof,
        reached is None,
        -draft.weight,
        not draft.site.unconditional(draft.raised if draft.raised is not None else draft.node),
        hops,
        draft.site.path,
        line_of(draft.node),
        getattr(draft.node, "col_offset", 0),
    )


def _place(draft: Draft) -> tuple[str, int]:
    return draft.site.path, line_of(draft.node)


def _distinct(drafts: Sequence[Draft]) -> list[Draft]:
    kept: dict[tuple[str, int], Draft] = {}
    for draft in drafts:
        kept.setdefault(_place(draft), draft)
    return list(kept.values())


def _origin(code: Code, draft: Draft, *, unique: bool) -> Origin:
    site, reached = draft.site, draft.reached
    confidence = draft.confidence
    if confidence is None:
        confidence = _CONFIDENCE[draft.proof] * (1.0 if reached is None or reached.certain else 0.8)
    raised_at = None
    if draft.raised is not None:
        thrower = draft.raised_in or site
        where = (line_of(draft.raised), end_of(draft.raised))
        raised_at = code.place(thrower.path, *where, role=Role.RAISE, confidence=confidence)
        if (thrower.path, where[0]) == (site.path, line_of(draft.node)):
            raised_at = None
    return Origin(
        path=_path(code, draft, Role.CAUSE, confidence, unique),
        proof=draft.proof,
        kind=draft.kind,
        raised_at=raised_at,
        via=tuple(code.place(p, line, role=Role.FRAME) for p, line in (reached.via if reached is not None else ())),
        hops=reached.hops if reached is not None else None,
        unconditional=site.unconditional(draft.raised if draft.raised is not None else draft.node),
        masking=site.masking(draft.node),
        breaking=tuple((site.path, line_of(n)) for n in draft.breaking),
    )


def _sibling(code: Code, draft: Draft) -> CodePath:
    return _path(code, draft, Role.SIBLING, _CONFIDENCE[draft.proof], False)


def _path(code: Code, draft: Draft, role: Role, confidence: float, unique: bool) -> CodePath:
    line = line_of(draft.node)
    last = draft.last if draft.last is not None else min(end_of(draft.node), line + 6)
    return code.place(
        draft.site.path, line, last, role=role, confidence=round(confidence, 3), unique=unique, evidence=draft.evidence
    )
