"""The card of one cluster's cause: what it is, where, what proves it, where it sits besides, what would confirm it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from analyzer.causes.evidence import evidence, summary, would_confirm
from analyzer.causes.explaining import Explained
from analyzer.causes.outside import Outside, outside_the_code
from analyzer.causes.weights import ORIGIN, probability
from analyzer.model import (
    Cluster,
    CodePath,
    EventKind,
    Evidence,
    Ground,
    LookAlike,
    Origin,
    Proof,
    QueryKind,
    Role,
    Severity,
)

UNKNOWN_AT_MOST = 0.3
"""a cause of kind `unknown` claims no more than this (contract, "Confidence")"""
WARNING_AT_MOST = 0.5
"""a mere warning claims no more than this (contract, "What counts")"""
_MAX_PATHS = 3
_SURE = 0.5
_MAX_SIBLINGS = 20
_NEAR = 2
"""hops up to which a place counts as near its handler"""

# Priors for "the cluster called root is the true origin" where no search found a place. They are stated, not learned:
# the traces of failing requests end in the failing function in about two of three real bugs.
_TRACE_IN_REPOSITORY = 0.6
_TRACE_ELSEWHERE = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is to be said of one cluster's cause."""

    summary: str
    kind: str
    confidence: float
    paths: tuple[CodePath, ...]
    evidence: tuple[Evidence, ...]
    would_confirm: str
    siblings: tuple[CodePath, ...] = ()
    look_alikes: tuple[LookAlike, ...] = ()


def card(
    cluster: Cluster, explained: Explained | None, *, suspects: Sequence[CodePath] = (), tests: Sequence[str] = ()
) -> Card:
    """The card of a cluster: its origin where one was found, else the frames, else who wrote the text."""
    origin = explained.origin if explained is not None else None
    if explained is not None and origin is not None and _leads(origin, explained, suspects):
        return _proved(cluster, explained, origin, suspects, tests)
    paths = _with_raise(suspects, origin) or culprit_first(cluster.code_paths)
    kind, confidence = _judge(cluster, paths, explained)
    said = [] if explained is None else list(_sentences(explained, None))
    outside = _outside(cluster, explained) if kind == "unknown" else None
    if outside is not None:
        kind, confidence = outside.kind, outside.weight
        said += [Evidence(text=sentence, entry_ids=cluster.first_entry_ids) for sentence in outside.sentences]
    return Card(
        summary=summary(cluster, paths, kind),
        kind=kind,
        confidence=_capped(cluster, kind, confidence),
        paths=paths,
        evidence=(*evidence(cluster, paths, tests), *said),
        would_confirm=_confirming(explained) or would_confirm(cluster, paths),
        siblings=explained.search.siblings[:_MAX_SIBLINGS] if explained is not None else (),
        look_alikes=explained.search.look_alikes if explained is not None else (),
    )


def _with_raise(suspects: Sequence[CodePath], origin: Origin | None) -> tuple[CodePath, ...]:
    """The functions of a trace, with the statement that raises exactly its text where that stands in none of them."""
    said = (origin.raised_at or origin.path) if origin is not None and origin.proof >= Proof.CAN_RAISE else None
    if not suspects or said is None or any(_same(said, path) for path in suspects[:_MAX_PATHS]):
        return tuple(suspects[:_MAX_PATHS])
    return (*suspects[: _MAX_PATHS - 1], said)


def _outside(cluster: Cluster, explained: Explained | None) -> Outside | None:
    """What the words alone say to lie outside the code; nothing for what only passes a failure on."""
    if cluster.kind is EventKind.REQUEST:
        return None
    text = explained.query.text if explained is not None else cluster.core or cluster.title
    known = explained.query.kind if explained is not None and explained.decomposed.explained else None
    return outside_the_code(text, known, cluster.kind)


def culprit_first(paths: Sequence[CodePath]) -> tuple[CodePath, ...]:
    """Frames of the failure before the statements that only report it, doubtful places last; at most three."""
    order = {Role.CAUSE: 0, Role.RAISE: 1, Role.FRAME: 2, Role.AUTHOR: 3, Role.WRAP: 4, Role.EMIT: 5}
    ranked = sorted(enumerate(paths), key=lambda p: (p[1].confidence < _SURE, order.get(p[1].role, 9), p[0]))
    return tuple(path for _, path in ranked[:_MAX_PATHS])


def features(origin: Origin, explained: Explained) -> tuple[str, ...]:
    """Names of what speaks for and against the first origin: keys of `weights.ORIGIN`."""
    rivals = {
        (o.path.file, o.path.function)
        for o in explained.search.origins
        if o.proof is origin.proof and (o.path.file, o.path.function) != (origin.path.file, origin.path.function)
    }
    found = [{Proof.FLOWS: "flows", Proof.CAN_RAISE: "can raise", Proof.NAMES: "names"}[origin.proof]]
    if explained.query.kind is QueryKind.TEXT:
        found.append("own raise")
    if origin.hops is not None:
        found.append("near" if origin.hops <= _NEAR else "far")
    else:
        found.append("no way")
    if origin.unconditional:
        found.append("always runs")
    if origin.masking:
        found.append("masking")
    if explained.breadcrumb is not None and explained.query.kind is not QueryKind.TEXT:
        found.append("breadcrumb")
    if explained.traced:
        found.append("traced")
    if rivals:
        found.append("rival" if len(rivals) == 1 else "rivals")
    if not explained.decomposed.explained:
        found.append("no rule")
    if not explained.decomposed.proved:
        found.append("unproved wrapper")
    return tuple(found)


def _leads(origin: Origin, explained: Explained, suspects: Sequence[CodePath]) -> bool:
    """Whether the search's place comes first; a trace's own frames yield only to a value that is shown to flow."""
    if not suspects and not explained.traced:
        return True
    return origin.proof is Proof.FLOWS


def _proved(
    cluster: Cluster, explained: Explained, origin: Origin, suspects: Sequence[CodePath], tests: Sequence[str]
) -> Card:
    chance = probability(features(origin, explained), ORIGIN)
    paths = _paths(cluster, explained, origin, chance, suspects)
    kind = origin.kind
    core = evidence(cluster, (), tests, located=True)
    core_text = explained.query.text if explained.decomposed.explained else ""
    others = tuple(s for s in explained.search.siblings if all((s.file, s.line) != (p.file, p.line) for p in paths[:1]))
    return Card(
        summary=summary(cluster, paths, kind, core_text),
        kind=kind,
        confidence=_capped(cluster, kind, chance),
        paths=paths,
        evidence=(*core, *_sentences(explained, origin)),
        would_confirm=_confirming(explained) or would_confirm(cluster, paths),
        siblings=others[:_MAX_SIBLINGS],
        look_alikes=explained.search.look_alikes,
    )


def _paths(
    cluster: Cluster, explained: Explained, origin: Origin, chance: float, suspects: Sequence[CodePath]
) -> tuple[CodePath, ...]:
    """The place to change, its nearest rival or where it is thrown, and who put the text around it."""
    place = replace(origin.path, confidence=chance, unique=_is_alone(origin, explained))
    found = list(suspects)
    for rival in explained.search.origins[1:]:
        if rival.proof is origin.proof and not _same(rival.path, place):
            found.append(replace(rival.path, confidence=round(chance * (1 - chance), 6)))
            break
    if origin.raised_at is not None and not _same(origin.raised_at, place):
        found.append(origin.raised_at)
    innermost = explained.decomposed.innermost
    wrapper = next((w.path for w in innermost if (w.path.file, w.path.line) == origin.start), None)
    if wrapper is None and innermost:
        wrapper = innermost[0].path
    found = [place, *found[: _MAX_PATHS - 2], *([wrapper] if wrapper is not None else []), *found[_MAX_PATHS - 2 :]]
    found += [explained.written] if explained.written is not None else []
    found += culprit_first(cluster.code_paths)
    distinct: list[CodePath] = []
    for path in found:
        if all((path.file, path.line) != (p.file, p.line) for p in distinct):
            distinct.append(path)
    return tuple(distinct[:_MAX_PATHS])


def _is_alone(origin: Origin, explained: Explained) -> bool:
    return all(o is origin or o.proof < origin.proof or _same(o.path, origin.path) for o in explained.search.origins)


def _same(one: CodePath, other: CodePath) -> bool:
    return (one.file, one.function) == (other.file, other.function)


def _sentences(explained: Explained, origin: Origin | None) -> Iterator[Evidence]:
    """From the message inwards: who wrapped it, what the core is, where it is raised, what is seen around it."""
    start = origin.start if origin is not None else None
    for layer in explained.decomposed.layers:
        chosen = next((w for w in layer if (w.path.file, w.path.line) == start), layer[0])
        wrapper = chosen.path
        others = len(layer) - 1
        more = ", or by another statement" if others == 1 else f", or by one of {others} others" if others else ""
        lost = "; its except clause keeps no stack trace" if chosen.loses_trace else ""
        if (wrapper.file, wrapper.line) == start:
            more = ", from where the place is reached"
        text = f"the words around the error are put there at {wrapper.file}:{wrapper.line}{more}{lost}"
        yield Evidence(text=text, file=wrapper.file, line=wrapper.line)
    query = explained.query
    if explained.advice is not None:
        means = f": {explained.advice.says}" if explained.advice.says else ""
        yield Evidence(text=f"“{query.text[:200]}” is a message of the runtime{means}", rule=query.rule)
    if origin is None:
        if explained.search.reason:
            yield Evidence(text=explained.search.reason, rule=Ground.NO_ORIGIN)
        return
    for step in origin.via:
        yield Evidence(text=f"on the way it is called at {step.file}:{step.line}", file=step.file, line=step.line)
    for sentence in origin.path.evidence:
        yield Evidence(text=sentence, file=origin.path.file, line=origin.path.line)
    if origin.masking:
        text = "it runs in an except clause: an earlier error is hidden behind this one"
        yield Evidence(text=text, file=origin.path.file, line=origin.path.line)
    crumb = explained.breadcrumb
    if crumb is not None:
        text = f"the last line before the error was printed at {crumb.path.file}:{crumb.path.line}, shortly before it"
        yield Evidence(text=text, entry_ids=(crumb.entry_id,), file=crumb.path.file, line=crumb.path.line)


def _confirming(explained: Explained | None) -> str:
    if explained is None:
        return ""
    origin = explained.origin
    lossy = next((w.path for w in explained.decomposed.innermost if w.loses_trace), None)
    if explained.advice is not None and explained.advice.confirms:
        return explained.advice.confirms
    if origin is not None and origin.proof is Proof.FLOWS:
        return f"a test that calls {origin.path.function or origin.path.file} and fails with the same message"
    if lossy is not None:
        return f"the stack trace: log it with exc_info where {lossy.file}:{lossy.line} handles the exception"
    return ""


def _judge(cluster: Cluster, paths: Sequence[CodePath], explained: Explained | None) -> tuple[str, float]:
    if explained is not None and explained.advice is not None and explained.advice.kind not in ("code", "unknown"):
        return explained.advice.kind, _TRACE_ELSEWHERE
    failing_frame = next((p for p in paths if p.role in (Role.RAISE, Role.FRAME, Role.CAUSE)), None)
    hidden = explained is not None and explained.wrapped
    if cluster.exception_type and failing_frame and not hidden:
        return "code", round(_TRACE_IN_REPOSITORY * max(failing_frame.confidence, _SURE), 6)
    if cluster.kind is EventKind.DEPLOY:
        return "infrastructure", UNKNOWN_AT_MOST
    if cluster.exception_type and cluster.kind is EventKind.DEPENDENCY:
        return "dependency", _TRACE_ELSEWHERE
    # a statement that wrote the text is where to look, not proof of what is wrong
    return "unknown", UNKNOWN_AT_MOST * (paths[0].confidence if paths else 0.5)


def _capped(cluster: Cluster, kind: str, confidence: float) -> float:
    most = UNKNOWN_AT_MOST if kind == "unknown" else 1.0
    if cluster.severity < Severity.ERROR:
        most = min(most, WARNING_AT_MOST)
    return round(min(confidence, most), 6)
