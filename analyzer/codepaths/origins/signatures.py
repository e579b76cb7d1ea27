"""Calls that do not agree with what they call: an argument that is missing, unknown, or one too many."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.definitions import Definition, Definitions, Resolved
from analyzer.codepaths.origins.flow import FunctionNode
from analyzer.codepaths.origins.narrowing import written
from analyzer.codepaths.origins.reach import Reach
from analyzer.codepaths.origins.sites import Draft, Site, answer, having, line_of, reached_sites, sites_mentioning
from analyzer.model import OriginSearch, Proof, Query

_FUNCTION = re.compile(r"([\w.<>]{1,200})\(\) (.{1,400})")
_QUOTED = re.compile(r"'(\w{1,100})'")
_TOO_MANY = re.compile(r"takes (?:from (\d{1,4}) to )?(\d{1,4}|no) (?:positional )?arguments?(?: \(|$| but (\d{1,4}))")
_ERRORS = ("TypeError",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What a message says of a call."""

    function: str
    """as written in the message: `open`, `Door.open`, `Door.__init__`"""
    problem: str
    """missing, unexpected, too many or multiple"""
    names: frozenset[str] = frozenset()
    given: int | None = None
    takes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What a definition takes from a call, the first parameter of a method left out where it is bound."""

    positional: tuple[str, ...]
    keywords: frozenset[str]
    """all names that can be given by name"""
    required: frozenset[str]
    more_positional: bool
    more_keywords: bool
    bound: int
    """parameters filled by what it is called on"""
    positional_only: frozenset[str] = frozenset()


def search(code: Code, query: Query, reach: Reach) -> OriginSearch:
    """Calls that disagree with the definition in the way that the message says."""
    complaint = read(query)
    if complaint is None:
        return OriginSearch(reason="the message names no function")
    name = _called_name(complaint.function)
    definitions = Definitions(code)
    sites = reached_sites(code, reach, having(code, name))
    drafts, harmless = _calls(definitions, sites, complaint, name)
    elsewhere, agreeing = _calls(definitions, sites_mentioning(code, [name]), complaint, name)
    if not reach:
        drafts, elsewhere = elsewhere, []
    reason = (
        None if drafts else f"no call of {complaint.function} is seen that disagrees with its definition in this way"
    )
    if (
        not drafts
        and not [f for f in code.facts.functions(name) if not code.is_test(f.path)]
        and not code.facts.classes(name)
    ):
        reason = f"the repository defines no {complaint.function}: it is a library's"
    return answer(code, drafts, siblings=elsewhere, look_alikes=[*harmless, *agreeing], reason=reason)


def read(query: Query) -> Complaint | None:
    """What a message says of a call; from its text, else from what a rule captured."""
    found = _FUNCTION.search(query.text)
    function = found.group(1) if found else query.names.get("function", "")
    if not function:
        return None
    said = found.group(2) if found else query.text
    names = frozenset(_QUOTED.findall(said)) or frozenset(filter(None, [query.names.get("argument", "")]))
    many = _TOO_MANY.search(said)
    if many is not None:
        takes = 0 if many.group(2) == "no" else int(many.group(2))
        return Complaint(
            function=function, problem="too many", takes=takes, given=int(many.group(3)) if many.group(3) else None
        )
    if "missing" in said:
        return Complaint(function=function, problem="missing", names=names)
    if "multiple values" in said:
        return Complaint(function=function, problem="multiple", names=names)
    if "unexpected keyword" in said or "positional-only" in said:
        return Complaint(function=function, problem="unexpected", names=names)
    return None


def _calls(
    definitions: Definitions, sites: list[Site], complaint: Complaint, name: str
) -> tuple[list[Draft], list[tuple[str, int, str]]]:
    drafts: list[Draft] = []
    agreeing: list[tuple[str, int, str]] = []
    for site in sites:
        for call in site.nodes:
            if not isinstance(call, ast.Call) or getattr(call.func, "attr", getattr(call.func, "id", "")) != name:
                continue
            if not site.holds(call) or site.caught(call, _ERRORS):
                continue
            resolved = definitions.called(site, call)
            known = [(d, s) for d, s in _signatures(definitions, resolved) if _is_meant(d, complaint)]
            judged = [(d, s, disagreement(call, s)) for d, s in known]
            wrong = [(d, s, p) for d, s, p in judged if p is not None and _fits(p, s, complaint)]
            if wrong:
                drafts.append(_draft(site, call, wrong[0][0], wrong[0][1], complaint, resolved, len(known)))
            elif judged and all(p is None for _, _, p in judged) and not _is_open(call):
                agreeing.append((site.path, line_of(call), f"agrees with the definition at {judged[0][0].where}"))
    return drafts, agreeing


def _draft(
    site: Site,
    call: ast.Call,
    definition: Definition,
    signature: Signature,
    complaint: Complaint,
    resolved: Resolved,
    rivals: int,
) -> Draft:
    sure = resolved.only is not None and rivals == 1 and not definition.decorated
    takes = ", ".join([*signature.positional, *sorted(signature.keywords - set(signature.positional))]) or "nothing"
    what = {
        "missing": f"leaves out {', '.join(sorted(complaint.names))}",
        "unexpected": f"passes {', '.join(sorted(complaint.names))}, which it does not take",
        "too many": f"passes {len(call.args)} positional arguments",
        "multiple": f"gives {', '.join(sorted(complaint.names))} twice",
    }[complaint.problem]
    evidence: tuple[str, ...] = (
        f"{site.path}:{line_of(call)} calls {definition.name} and {what}",
        f"{definition.where} defines it to take: {takes} (signature drift: one was changed without the other)",
    )
    if not sure:
        evidence = (
            *evidence,
            f"other definitions may be meant by {written(call.func) or 'the call'}, or a decorator may change it",
        )
    return Draft(
        site=site,
        node=call,
        proof=Proof.FLOWS if sure else Proof.CAN_RAISE,
        evidence=evidence,
        breaking=(call,),
    )


def _signatures(definitions: Definitions, resolved: Resolved) -> Iterator[tuple[Definition, Signature]]:
    for definition in resolved.found:
        if isinstance(definition.node, FunctionNode):
            yield definition, signature_of(definition.node, bound=resolved.bound)
            continue
        made = definitions.method(definition, "__init__")
        if made.found and isinstance(made.found[0].node, FunctionNode):
            yield made.found[0], signature_of(made.found[0].node, bound=True)
        elif definition.has_decorator("dataclass") and not definition.node.bases:
            yield definition, _of_dataclass(definition.node)
        elif not definition.node.bases and not definition.node.keywords and not definition.node.decorator_list:
            yield (
                definition,
                Signature(
                    positional=(),
                    keywords=frozenset(),
                    required=frozenset(),
                    more_positional=False,
                    more_keywords=False,
                    bound=1,
                ),
            )


def signature_of(node: FunctionNode, *, bound: bool) -> Signature:
    """What a function takes from a call."""
    args = node.args
    positional = [a.arg for a in (*args.posonlyargs, *args.args)]
    needed = positional[: len(positional) - len(args.defaults)]
    needed += [a.arg for a, d in zip(args.kwonlyargs, args.kw_defaults, strict=True) if d is None]
    first = positional[:1] if bound else []
    kept = positional[1:] if bound else positional
    only = frozenset(a.arg for a in args.posonlyargs)
    return Signature(
        positional=tuple(kept),
        keywords=(frozenset(kept) | frozenset(a.arg for a in args.kwonlyargs)) - only,
        required=frozenset(needed) - set(first),
        more_positional=args.vararg is not None,
        more_keywords=args.kwarg is not None,
        bound=len(first),
        positional_only=only - set(first),
    )


def _of_dataclass(node: ast.ClassDef) -> Signature:
    fields = [
        s for s in node.body
        if isinstance(s, ast.AnnAssign)
        and isinstance(s.target, ast.Name)
        and "ClassVar" not in ast.unparse(s.annotation)
    ]  # fmt: skip
    options = [k for d in node.decorator_list if isinstance(d, ast.Call) for k in d.keywords]
    by_name_only = any(k.arg == "kw_only" and isinstance(k.value, ast.Constant) and k.value.value for k in options)
    names = [s.target.id for s in fields if isinstance(s.target, ast.Name) and not _is_no_argument(s.value)]
    required = [s.target.id for s in fields if isinstance(s.target, ast.Name) and s.value is None]
    for s in fields:  # `field(repr=False)` has no default either
        if (
            isinstance(s.value, ast.Call)
            and written(s.value.func).rpartition(".")[2] == "field"
            and isinstance(s.target, ast.Name)
        ):
            given = {k.arg for k in s.value.keywords}
            if not {"default", "default_factory"} & given and not _is_no_argument(s.value):
                required.append(s.target.id)
    return Signature(
        positional=() if by_name_only else tuple(names),
        keywords=frozenset(names),
        required=frozenset(required),
        more_positional=False,
        more_keywords=False,
        bound=1,
    )


def _is_no_argument(value: ast.expr | None) -> bool:
    """`field(init=False)`."""
    return isinstance(value, ast.Call) and any(
        k.arg == "init" and isinstance(k.value, ast.Constant) and k.value.value is False for k in value.keywords
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """How a call and a signature disagree, in the order in which Python looks."""

    problem: str
    names: frozenset[str] = frozenset()
    given: int = 0


def disagreement(call: ast.Call, signature: Signature) -> Disagreement | None:
    """What Python would say of this call; None where it agrees, or where `*` and `**` leave it open."""
    given = {k.arg for k in call.keywords if k.arg is not None}
    open_positional = any(isinstance(a, ast.Starred) for a in call.args)
    open_keywords = any(k.arg is None for k in call.keywords)
    unknown = given - signature.keywords
    if unknown and not signature.more_keywords:
        return Disagreement(problem="unexpected", names=frozenset(unknown))
    filled = set(signature.positional[: len(call.args)]) if not open_positional else set()
    if filled & given & signature.keywords:
        return Disagreement(problem="multiple", names=frozenset(filled & given))
    if len(call.args) > len(signature.positional) and not signature.more_positional and not open_positional:
        return Disagreement(problem="too many", given=len(call.args) + signature.bound)
    missing = signature.required - filled - given
    if missing and not open_positional and not open_keywords:
        return Disagreement(problem="missing", names=frozenset(missing))
    return None


def _fits(found: Disagreement, signature: Signature, complaint: Complaint) -> bool:
    """Whether a disagreement gives exactly this message."""
    if found.problem != complaint.problem:
        return False
    if found.problem == "too many":
        takes = len(signature.positional) + signature.bound
        return (complaint.given is None or found.given == complaint.given) and (
            complaint.takes is None or takes == complaint.takes
        )
    if found.problem == "missing":
        # positional ones are named before keyword-only ones are looked at
        positional = found.names & set(signature.positional)
        return not complaint.names or complaint.names in (positional or found.names, found.names)
    return not complaint.names or bool(complaint.names & found.names)


def _is_open(call: ast.Call) -> bool:
    return any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords)


def _is_meant(definition: Definition, complaint: Complaint) -> bool:
    """Whether a definition is the one that the message names: with its class where the message has one."""
    wanted = complaint.function.replace("<locals>.", "")
    if "." not in wanted:
        return definition.name.rpartition(".")[2] in (wanted, "__init__")
    return (
        definition.name == wanted or definition.name.endswith(f".{wanted}") or wanted == f"{definition.name}.__init__"
    )


def _called_name(function: str) -> str:
    """How a call names a function: a class for its `__init__`."""
    parts = function.split(".")
    return parts[-2] if parts[-1] in ("__init__", "__new__") and len(parts) > 1 else parts[-1]
