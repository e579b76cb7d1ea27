"""Causes of single clusters and incidents to causes of incidents: one a root, its symptoms folded in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from analyzer.causes.cards import UNKNOWN_AT_MOST
from analyzer.causes.chains import link_clusters
from analyzer.causes.incidents import Incident, roots
from analyzer.causes.runtime.telling import context_evidence
from analyzer.causes.weights import worth
from analyzer.model import Cause, ChainLink, Change, Cluster, Context, Occurrence

_FOLDED_AT_MOST = 0.15
"""of a symptom whose own cause is listed all the same: that it is an origin is the less likely case"""
_SURE, _NEARLY_SURE = 0.5, 0.8
_DOUBTED = frozenset(("front", "speaks of a call", "silent callee", "cancelled", "harmless before"))
_MAX_EVIDENCE = 14
_MAX_PATHS = 3


def explain_links(
    clusters: Sequence[Cluster],
    occurrences: Sequence[Occurrence],
    contexts: Sequence[Context] = (),
    *,
    harmless: frozenset[str] = frozenset(),
) -> tuple[Incident, ...]:
    """The incidents of a cycle: which cluster is the root of which, those that explain most first."""
    found = roots(link_clusters(clusters, occurrences, contexts), harmless=harmless)
    around: dict[str, list[Context]] = defaultdict(list)
    for context in contexts:
        around[context.fingerprint].append(context)
    event_of_entry = {i: o.event for o in occurrences for i in o.event.entry_ids}
    return tuple(
        replace(one, evidence=(*context_evidence(around[one.root], event_of_entry), *one.evidence)) for one in found
    )


def join_incidents(
    causes: Sequence[Cause],
    incidents: Sequence[Incident],
    clusters: Sequence[Cluster],
    failing: Mapping[str, Sequence[str]],
) -> tuple[Cause, ...]:
    """Causes ranked again, with one for every root.

    `causes`: one for each error cluster, its own fingerprint first, most worth reading first. `failing`: names of
    failing tests by fingerprint. A symptom has no cause of its own, unless its link is doubtful: then one of kind
    `unknown` stands below. Among incidents those that fail tests come first, then what is new, then what is likely.
    """
    own = {c.fingerprints[0]: c for c in causes}
    place = {c.fingerprints[0]: n for n, c in enumerate(causes)}
    by_print = {c.fingerprint: c for c in clusters}
    found: list[tuple[tuple[object, ...], Cause]] = []
    taken: set[str] = set()
    for incident in incidents:
        bases = [own[f] for f in incident.fingerprints if f in own]
        if not bases:
            continue  # warnings only
        taken.update(incident.fingerprints)
        incident, bases = _proved_first(incident, bases)
        cause = _joined(bases[0], [own[f] for f in incident.printings if f in own], incident)
        tests = {t for f in incident.fingerprints for t in failing.get(f, ())}
        fresh = any(by_print[f].change in (None, Change.NEW, Change.REGRESSED) for f in incident.fingerprints)
        doubted = bool(_DOUBTED.intersection(incident.reasons))
        occurrences = by_print[bases[0].fingerprints[0]].count + incident.explained
        promise = -worth(cause.confidence, occurrences)
        key = (-len(tests), not fresh, cause.kind == "test", _doubt(cause), doubted, promise)
        found.append(((*key, place[bases[0].fingerprints[0]]), cause))
        for fingerprint in incident.doubtful:
            if fingerprint in own and fingerprint != bases[0].fingerprints[0]:
                found.append(
                    (
                        (0, True, True, _doubt(None), True, 0.0, len(causes) + place[fingerprint]),
                        _symptom(own[fingerprint], incident),
                    )
                )
    for fingerprint, cause in own.items():
        if fingerprint not in taken:  # more clusters than are compared
            fresh = by_print[fingerprint].change in (None, Change.NEW, Change.REGRESSED)
            promise = -worth(cause.confidence, by_print[fingerprint].count)
            key = (-len(failing.get(fingerprint, ())), not fresh, cause.kind == "test", _doubt(cause), False, promise)
            found.append(((*key, place[fingerprint]), cause))
    found.sort(key=lambda item: item[0])
    return tuple(replace(cause, rank=n) for n, (_, cause) in enumerate(found, 1))


def _doubt(cause: Cause | None) -> int:
    """0 for a cause that is nearly sure, 1 for a likely one, 2 for any other."""
    confidence = cause.confidence if cause else 0.0
    return 0 if confidence > _NEARLY_SURE else 1 if confidence > _SURE else 2


def _proved_first(incident: Incident, bases: list[Cause]) -> tuple[Incident, list[Cause]]:
    """The incident with another root where the code proves a symptom's origin and shows nothing behind the root.

    A text that stands around another one is quoted by it as well: which holds which, words alone do not tell.
    """
    proved = next((c for c in bases[1:] if c.confidence > _SURE and c.kind != "unknown"), None)
    if proved is None or bases[0].confidence > _SURE:
        return incident, bases
    root = proved.fingerprints[0]
    why = {x.fingerprint: x.evidence for x in incident.chain}
    links = [replace(x, role="symptom") for x in incident.chain if x.fingerprint not in (root, incident.root)]
    former = ChainLink(
        fingerprint=incident.root, role="symptom", evidence=why.get(root, "printed for the same failure")
    )
    last = ChainLink(fingerprint=root, role="root", evidence="the code proves where it comes from")
    changed = replace(
        incident,
        root=root,
        fingerprints=(root, *(f for f in incident.fingerprints if f != root)),
        chain=(*links, former, last),
        reasons=(),
        probability=proved.confidence,
        printings=(),
    )
    return changed, [proved, *(c for c in bases if c is not proved)]


def _joined(base: Cause, again: Sequence[Cause], incident: Incident) -> Cause:
    """`again`: causes of other printings of the root; where only they have a trace, their places lead."""
    kind, confidence, paths = base.kind, base.confidence, base.code_paths
    for other in again if kind == "unknown" else ():
        if other.kind != "unknown":
            kind, paths = other.kind, (*other.code_paths, *(p for p in paths if p not in other.code_paths))
            break
    if incident.explained:
        if kind == "unknown" and incident.probability > _SURE:
            kind = incident.kind or ("code" if "trace" in incident.reasons else kind)
        confidence = max(confidence, incident.probability)
    if _DOUBTED.intersection(incident.reasons):
        confidence = min(confidence, incident.probability)
    if kind == "unknown":
        confidence = min(confidence, UNKNOWN_AT_MOST)
    listed = {link.fingerprint for link in incident.chain}
    beside = tuple(x for x in base.chain if x.fingerprint not in listed and x.role != "root")
    return replace(
        base,
        fingerprints=incident.fingerprints,
        kind=kind,
        code_paths=paths[:_MAX_PATHS],
        confidence=round(confidence, 6),
        chain=(*beside, *incident.chain),
        evidence=(*base.evidence, *incident.evidence)[:_MAX_EVIDENCE],
    )


def _symptom(cause: Cause, incident: Incident) -> Cause:
    """A doubtful symptom, for itself: what it may follow from is the root of its chain."""
    mine = cause.fingerprints[0]
    links = [x for x in incident.chain if x.fingerprint in (mine, incident.root)]
    chain = tuple(replace(x, role="symptom") if x.fingerprint == mine else x for x in links)
    return replace(
        cause,
        kind="unknown",
        chain=chain or (ChainLink(fingerprint=mine, role="root", evidence="innermost text that is visible"),),
        confidence=round(min(cause.confidence, _FOLDED_AT_MOST), 6),
    )
