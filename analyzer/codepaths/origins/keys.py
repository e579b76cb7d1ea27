"""What is looked up and not there: a key, an index, an element of a sequence that is taken apart."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator

from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.definitions import Definitions
from analyzer.codepaths.origins.flow import FunctionNode
from analyzer.codepaths.origins.narrowing import written
from analyzer.codepaths.origins.reach import Reach
from analyzer.codepaths.origins.sites import (
    Draft,
    Site,
    answer,
    line_of,
    reached_sites,
    site_of,
    sites_mentioning,
)
from analyzer.codepaths.origins.sources import Sources
from analyzer.codepaths.origins.writers import constant_of
from analyzer.model import OriginSearch, Proof, Query

_KEY_ERRORS = ("KeyError", "LookupError")
_INDEX_ERRORS = ("IndexError", "LookupError")
_COUNT = re.compile(r"expected (?:at least )?(\d{1,4})(?:, got (\d{1,4}))?")
_SPLITTING = frozenset({"split", "rsplit", "splitlines", "groups"})
_WHOLE = frozenset({"partition", "rpartition", "items", "enumerate", "zip", "divmod", "splitext"})


def search_key(code: Code, query: Query, reach: Reach) -> OriginSearch:
    """Look-ups of the key that nothing guards."""
    key = query.names.get("key", "").strip("'\"")
    if not key:
        return OriginSearch(reason="the message names no key")
    definitions = Definitions(code)
    search = _Keys(definitions, Sources(code, definitions, reach), key)
    drafts = [d for site in reached_sites(code, reach) for d in search.lookups(site)]
    literal = sites_mentioning(code, [key]) if key.isidentifier() or not reach else []
    elsewhere = [d for site in literal for d in search.lookups(site) if d.proof > Proof.NAMES]
    if not reach:
        drafts, elsewhere = elsewhere, []
    if any(d.proof > Proof.NAMES for d in drafts):
        drafts = [d for d in drafts if d.proof > Proof.NAMES]
    reason = None if drafts else f"no look-up of the key {key} without a guard is seen"
    return answer(code, drafts, siblings=elsewhere, look_alikes=search.guarded, reason=reason)


class _Keys:
    def __init__(self, definitions: Definitions, sources: Sources, key: str) -> None:
        self._definitions, self._sources, self._key = definitions, sources, key
        self.guarded: list[tuple[str, int, str]] = []

    def lookups(self, site: Site) -> Iterator[Draft]:
        """Places of a function that raise KeyError where the key is missing."""
        for node in site.nodes:
            if not site.holds(node):
                continue
            found = self._of(site, node)
            if found is None:
                continue
            proof, said = found
            line = line_of(node)
            if site.caught(node, _KEY_ERRORS):
                self.guarded.append((site.path, line, "cannot raise this: the KeyError is caught there"))
            elif isinstance(node, ast.Subscript) and self._is_sure(site, node):
                self.guarded.append(
                    (
                        site.path,
                        line,
                        f"cannot raise this: a condition, or an assignment, before it makes sure of {self._key}",
                    )
                )
            else:
                yield Draft(site=site, node=node, proof=proof, evidence=(f"{site.path}:{line} {said[0]}", *said[1:]))

    def _of(self, site: Site, node: ast.AST) -> tuple[Proof, list[str]] | None:
        match node:
            case ast.Subscript(value=of, slice=index, ctx=ast.Load() | ast.Del()):
                return self._subscript(site, of, index)
            case ast.Call(func=ast.Attribute(value=of, attr="pop"), args=[ast.Constant(value=held)], keywords=[]) if (
                self._is(held)
            ):
                return Proof.CAN_RAISE, [
                    f"takes {self._key} out of {written(of) or 'a mapping'} with `pop`, without a default"
                ]
            case ast.Call(
                func=ast.Attribute(value=ast.Constant(value=str() as template), attr="format"), keywords=given
            ):
                if f"{{{self._key}}}" in template and not any(k.arg in (None, self._key) for k in given):
                    return Proof.FLOWS, [f"formats a template with {{{self._key}}} and gives it no {self._key}"]
        return None

    def _subscript(self, site: Site, of: ast.expr, index: ast.expr) -> tuple[Proof, list[str]] | None:
        name = written(of) or "a mapping"
        if isinstance(index, ast.Constant):
            if not self._is(index.value):
                return None
        else:
            known = constant_of(self._definitions, site, index)
            if (
                known is None
                and isinstance(index, ast.Name | ast.Attribute | ast.JoinedStr | ast.Call)
                and site.reached is not None
            ):
                if written(of)[:1].isupper() and not written(of).isupper():  # a generic class
                    return None
                return Proof.NAMES, [f"looks up `{ast.unparse(index)[:60]}` in {name}, and may be given {self._key}"]
            if known is None or not self._is(known.value):
                return None
        if written(of) in ("os.environ", "environ"):
            return Proof.CAN_RAISE, [f"needs the environment variable {self._key}, which raises where it is not set"]
        proof, said = Proof.CAN_RAISE, [f"looks up {self._key} in {name} without a guard"]
        sources = self._sources.of(site, of)
        for source in sources:
            if isinstance(source.value, ast.Dict) and None not in source.value.keys:
                keys = [k.value for k in source.value.keys if isinstance(k, ast.Constant) and isinstance(k.value, str)]
                if self._key not in keys and len(keys) == len(source.value.keys):
                    at = f"{source.site.path}:{line_of(source.value)}"
                    said.append(f"{at} makes it with the keys {', '.join(keys[:8]) or '(none)'}")
                    close = difflib.get_close_matches(self._key, keys, n=1, cutoff=0.75)
                    said += [f"{close[0]} is spelled much alike"] if close else []
                    if len(sources) == 1 and _untouched(source.site, source.value, site, of):
                        proof = Proof.FLOWS
        return proof, said

    def _is(self, held: object) -> bool:
        return not isinstance(held, bool | type(None)) and str(held) == self._key

    def _is_sure(self, site: Site, node: ast.Subscript) -> bool:
        found = site.flow.reaching(node)
        return bool(found) and all(b.tested or b.kind in ("assign", "augmented") for b in found)


def _untouched(made_in: Site, made: ast.expr, site: Site, of: ast.expr) -> bool:
    """Whether a dict reaches a look-up as it was made: both in one function that does nothing else to it."""
    if made_in.node is not site.node or not isinstance(of, ast.Name) or made_in.masking(made):
        return False
    for node in site.nodes:
        if isinstance(node, ast.Name) and node.id == of.id and isinstance(node.ctx, ast.Load):
            user = site.parents.get(node)
            if not (isinstance(user, ast.Subscript) and user.value is node and isinstance(user.ctx, ast.Load)):
                return False
    return True


def search_index(code: Code, query: Query, reach: Reach) -> OriginSearch:
    """Reads of an element by its number that nothing guards; only where a reach narrows the search."""
    if not reach:
        return OriginSearch(reason="an index stands almost everywhere, and nothing says where to begin")
    popping = "pop from" in query.text
    drafts: list[Draft] = []
    harmless: list[tuple[str, int, str]] = []
    for site in reached_sites(code, reach):
        for node in site.nodes:
            of = _indexed(node, popping)
            if of is None or not site.holds(node) or site.caught(node, _INDEX_ERRORS):
                continue
            place = written(of)
            reads = [n for n in site.nodes if isinstance(n, ast.expr) and n is of]
            if reads and site.flow.tested(reads[0]):
                harmless.append(
                    (site.path, line_of(node), f"cannot raise this: a condition before it looks at {place}")
                )
                continue
            last = _shortest(of)
            index = node.slice if isinstance(node, ast.Subscript) else None
            wanted = index.value if isinstance(index, ast.Constant) else None
            short = last is not None and isinstance(wanted, int) and not -last <= wanted < last
            if last is not None and not short:
                continue
            split = isinstance(of, ast.Call) and getattr(of.func, "attr", "") in _SPLITTING
            what = "the result of a split" if split else place or "a sequence"
            why = f"{site.path}:{line_of(node)} takes an element of {what} without looking how many there are"
            drafts.append(
                Draft(
                    site=site, node=node, proof=Proof.CAN_RAISE, evidence=(why,), weight=1.0 if split or short else 0.0
                )
            )
    return answer(code, drafts, look_alikes=harmless, reason=None if drafts else "no index without a guard is seen")


def _indexed(node: ast.AST, popping: bool) -> ast.expr | None:
    match node:
        case ast.Call(func=ast.Attribute(value=of, attr="pop" | "popleft"), args=[] | [ast.Constant(value=int())]) if (
            popping
        ):
            return of
        case ast.Subscript(value=of, slice=ast.Constant(value=int() as held)) if not popping and not isinstance(
            held, bool
        ):
            return of
        case ast.Subscript(value=of, slice=ast.UnaryOp(op=ast.USub())) if not popping:
            return of
        case ast.Subscript(value=ast.Name() as of, slice=ast.Name() | ast.BinOp()) if (
            not popping and not of.id[:1].isupper()
        ):
            return of
    return None


def _shortest(of: ast.expr) -> int | None:
    """How many elements an expression has at least; None where that is not known."""
    match of:
        case ast.List(elts=elts) | ast.Tuple(elts=elts) if not any(isinstance(e, ast.Starred) for e in elts):
            return len(elts)
        case ast.Call(func=ast.Attribute(attr="split" | "rsplit"), args=[_, *_]):
            return 1
        case ast.Call(func=ast.Attribute(attr="partition" | "rpartition")):
            return 3
        case ast.Call(func=ast.Attribute(attr="splitext")):
            return 2
    return None


def search_unpack(code: Code, query: Query, reach: Reach) -> OriginSearch:
    """Assignments to several names of a sequence that can have another length."""
    counts = _COUNT.search(query.text)
    expected = int(counts.group(1)) if counts else _number(query.names.get("expected", ""))
    got = int(counts.group(2)) if counts and counts.group(2) else _number(query.names.get("got", ""))
    if expected is None:
        return OriginSearch(reason="the message says not how many values were wanted")
    definitions = Definitions(code)
    drafts: list[Draft] = []
    harmless: list[tuple[str, int, str]] = []
    sites = reached_sites(code, reach) if reach else sites_mentioning(code, ["split"])
    for site in sites:
        for node in site.nodes:
            for target, value in _taken_apart(node):
                if len(target.elts) != expected or any(isinstance(e, ast.Starred) for e in target.elts):
                    continue
                if not site.holds(target) or site.caught(target, ("ValueError",)):
                    continue
                found = _length(code, definitions, site, value, expected, got, "too many" in query.text)
                if found is None:
                    harmless.append(
                        (site.path, line_of(target), "cannot raise this: as many values are made as are wanted")
                    )
                    continue
                proof, why = found
                said = f"{site.path}:{line_of(target)} takes {expected} values out of `{ast.unparse(value)[:80]}`"
                whole = site.statement(target)
                drafts.append(Draft(site=site, node=whole, proof=proof, evidence=(said, why), last=line_of(target)))
    if any(d.proof > Proof.NAMES for d in drafts):
        drafts = [d for d in drafts if d.proof > Proof.NAMES]
    reason = (
        None
        if drafts
        else f"no assignment takes exactly {expected} values out of something that may have another number"
    )
    return answer(code, drafts, look_alikes=harmless, reason=reason)


def _taken_apart(node: ast.AST) -> Iterator[tuple[ast.Tuple | ast.List, ast.expr]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Tuple | ast.List):
                yield target, node.value
    elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension) and isinstance(node.target, ast.Tuple | ast.List):
        yield node.target, node.iter


def _length(
    code: Code, definitions: Definitions, site: Site, value: ast.expr, expected: int, got: int | None, many: bool
) -> tuple[Proof, str] | None:
    """Whether a value can have another number of elements than wanted, and why; None where it cannot."""
    inner = value.value if isinstance(value, ast.Await) else value
    if isinstance(inner, ast.Tuple | ast.List):
        return None
    if not isinstance(inner, ast.Call):
        return Proof.NAMES, "how many values it has is not to be read in the source"
    name = getattr(inner.func, "attr", getattr(inner.func, "id", ""))
    if name in _WHOLE:
        return None
    if name in _SPLITTING:
        limited = len(inner.args) > 1 or any(k.arg == "maxsplit" for k in inner.keywords)
        limit = constant_of(definitions, site, inner.args[1]) if len(inner.args) > 1 else None
        if many and limited and (limit is None or (isinstance(limit.value, int) and limit.value < expected)):
            return None
        return Proof.CAN_RAISE, f"`{name}` gives as many parts as the text has, which nothing checks"
    resolved = definitions.called(site, inner)
    for definition in resolved.found:
        function = site_of(code, definition.path, definition.name)
        if function is None or not isinstance(definition.node, FunctionNode):
            continue
        made = [
            (n, len(n.value.elts))
            for n in function.nodes
            if isinstance(n, ast.Return) and isinstance(n.value, ast.Tuple)
        ]
        returns = [n for n in function.nodes if isinstance(n, ast.Return)]
        other = [(n, c) for n, c in made if c != expected and (got is None or c == got)]
        if other:
            sure = resolved.only is not None and len(other) == len(returns)
            return (
                Proof.FLOWS if sure else Proof.CAN_RAISE,
                f"{definition.path}:{line_of(other[0][0])} returns {other[0][1]} values from {definition.name}",
            )
        if made and len(made) == len(returns):
            return None
    return Proof.NAMES, "how many values it has is not to be read in the source"


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() and len(text) < 5 else None
