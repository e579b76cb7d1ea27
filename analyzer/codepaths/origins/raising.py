"""Raise statements whose text is the message, the condition that stands before them, and who wrote what it refused."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from analyzer.codepaths.fact_rows import MODULE
from analyzer.codepaths.origins.code import Code, Said
from analyzer.codepaths.origins.definitions import Definitions
from analyzer.codepaths.origins.nones import ends_early
from analyzer.codepaths.origins.reach import Reach
from analyzer.codepaths.origins.sites import Draft, Site, answer, end_of, line_of, site_of
from analyzer.codepaths.origins.sources import Sources, builtin_type
from analyzer.codepaths.origins.writers import key_of, writers
from analyzer.model import OriginSearch, Proof, Query

_RAISING = frozenset({"raise", "exception", "assert"})
_MAX_SPAN = 12
_SIBLING_WRITERS = 5


def search(code: Code, query: Query, reach: Reach) -> OriginSearch:
    """Statements that raise exactly this text, or build an error of it, with their conditions."""
    said = code.said(query.text)
    raising = [s for s in said if s.kind in _RAISING]
    building = [s for s in said if s.kind not in _RAISING and s.kind not in ("log", "print", "text")]
    drafts: list[Draft] = []
    for proof, statements in ((Proof.CAN_RAISE, raising), (Proof.NAMES, building)):
        for one in statements:
            drafts.extend(_of_statement(code, one, proof, query, reach))
    inside = [d for d in drafts if d.site.reached is not None]
    reason = None
    if not drafts:
        reason = "no statement of the repository raises exactly this text: a library may"
    elif reach and not inside:
        reason = "none of these is seen to run before the message"
    return answer(code, inside or drafts, siblings=[d for d in drafts if d.proof is Proof.CAN_RAISE], reason=reason)


def _of_statement(code: Code, said: Said, proof: Proof, query: Query, reach: Reach) -> Iterator[Draft]:
    path, function = said.path.file, said.path.function or MODULE
    site = site_of(code, path, function, reach.of(path, function))
    if site is None or (code.is_test(path) and reach):
        return
    node = _statement_at(site, said.path.line)
    if node is None:
        return
    if not site.holds(node):
        site = Site(code, path, function, site.node, None)
    if isinstance(node, ast.Raise) and query.exception and not _may_be(node, query.exception):
        return
    confidence = said.path.confidence * (1.0 if proof is Proof.CAN_RAISE else 0.6)
    guard = _guard(site, node)
    verb = "raises" if isinstance(node, ast.Raise | ast.Assert) else "builds"
    evidence = [f"{path}:{line_of(node)} {verb} exactly this text"]
    handler = next((n for n in site.around(node) if isinstance(n, ast.ExceptHandler)), None)
    if handler is not None:
        caught = ast.unparse(handler.type) if handler.type is not None else "anything"
        evidence.append(f"{path}:{handler.lineno} catches {caught} first, so an earlier error lies behind it")
    cause: ast.AST = node
    if guard is not None:
        condition, positive = guard
        cause = condition
        is_ = "holds" if positive else "does not hold"
        evidence.append(f"{path}:{line_of(condition)} lets it happen where `{_short(condition)}` {is_}")
    evidence.extend(f"{source} was {value}" for source, value in said.values if value.strip() and len(value) <= 80)
    near = line_of(node) - line_of(cause) <= _MAX_SPAN
    yield Draft(
        site=site, node=cause, proof=proof, evidence=tuple(evidence), raised=node,
        last=end_of(node) if near else None, breaking=(cause, node), confidence=round(confidence, 3), weight=confidence,
    )  # fmt: skip
    if guard is not None:
        yield from _drift(code, site, node, guard[0], dict(said.values), reach, confidence)


def _statement_at(site: Site, line: int) -> ast.stmt | None:
    """The statement that a line of a template belongs to; of those around it the innermost."""
    found = [n for n in site.nodes if isinstance(n, ast.stmt) and line_of(n) <= line <= end_of(n)]
    return max(found, key=lambda n: (line_of(n), -end_of(n)), default=None)


def _may_be(node: ast.Raise, exception: str) -> bool:
    """Whether a raise can be of the class that the message came with; a variable can be of any."""
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    name = getattr(raised, "attr", getattr(raised, "id", ""))
    return not name[:1].isupper() or name == exception.rpartition(".")[2]


def _guard(site: Site, node: ast.stmt) -> tuple[ast.expr, bool] | None:
    """The nearest condition that decides over a statement, and whether it has to hold.

    Also one above it that leaves the function, or the loop, where it holds.
    """
    if isinstance(node, ast.Assert):
        return node.test, False
    part: ast.AST = node
    for outer in (*site.around(node), site.node):
        body = next((b for b in _bodies(outer) if part in b), [])
        before = body[: body.index(part)] if part in body else []
        for above in reversed(before):
            if isinstance(above, ast.If) and not above.orelse and ends_early(above.body):
                return above.test, False
        if isinstance(outer, ast.If):
            return outer.test, part in outer.body
        if isinstance(outer, ast.ExceptHandler):
            return None
        part = outer
    return None


def _bodies(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        body = getattr(node, name, None)
        if isinstance(body, list):
            yield body


def _drift(
    code: Code,
    site: Site,
    raised: ast.AST,
    condition: ast.expr,
    values: Mapping[str, str],
    reach: Reach,
    confidence: float,
) -> Iterator[Draft]:
    """Who wrote a value of another type than the check before the raise compares it with."""
    compared = [n for n in ast.walk(condition) if isinstance(n, ast.Compare) and len(n.ops) == 1]
    definitions = Definitions(code)
    sources = Sources(code, definitions, reach)
    for compare in compared:
        sides = (compare.left, compare.comparators[0])
        shown = [_shown_type(values.get(ast.unparse(s))) for s in sides]
        for mine, side, other in ((0, *sides), (1, sides[1], sides[0])):
            wrong, right = shown[mine], shown[1 - mine] or _shown_constant(other)
            if wrong is None or right is None or wrong == right or wrong == "NoneType" or wrong == "word":
                continue
            key = _key_read(sources, site, side)
            if key is None:
                continue
            for written in writers(code, key, site.path)[: 4 * _SIBLING_WRITERS]:
                here = (written.site.path, line_of(written.node)) == (site.path, line_of(raised))
                if here or builtin_type(written.value) != wrong:
                    continue
                reached = reach.of(written.site.path, written.site.function)
                evidence = (
                    f"{written.site.path}:{line_of(written.node)} writes {key} as a {wrong}",
                    f"{site.path}:{line_of(condition)} compares {key} with a {'text' if right == 'word' else right}:"
                    " the writer and the reader disagree on its type (contract drift)",
                )
                origin = Site(code, written.site.path, written.site.function, written.site.node, reached)
                yield Draft(
                    site=origin, node=written.node, proof=Proof.CAN_RAISE, evidence=evidence, raised=raised,
                    raised_in=site, confidence=round(confidence * 0.8, 3), weight=confidence * 0.8,
                    breaking=(written.node,),
                )  # fmt: skip


def _key_read(sources: Sources, site: Site, value: ast.expr) -> str | None:
    """The key or field that a compared value was read from."""
    for source in sources.of(site, value, returns=False):
        if source.value is not None and not isinstance(source.value, ast.Name):
            key = key_of(source.value)
            if key is not None:
                return key
    return key_of(value)


def _shown_type(value: str | None) -> str | None:
    """The type that a value printed in a message shows; `word` for a text without quotes."""
    if value is None:
        return None
    value = value.strip()
    pairs = {"[": ("]", "list"), "{": ("}", "dict"), "(": (")", "tuple")}
    if value[:1] in pairs and value.endswith(pairs[value[:1]][0]):
        return pairs[value[:1]][1]
    if value == "None":
        return "NoneType"
    return "word" if value else None


def _shown_constant(value: ast.expr) -> str | None:
    known = builtin_type(value)
    return "word" if known == "str" else known


def _short(node: ast.expr) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 120 else text[:117] + "…"
