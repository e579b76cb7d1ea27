"""Incidents: a root, the symptoms that follow from it, and the chance that it is the true origin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analyzer.causes.chains import Link, Links
from analyzer.causes.runtime.profiles import Profile
from analyzer.causes.weights import ROOT, probability
from analyzer.model import ChainLink, Change, EventKind, Evidence, Severity

_DOUBTFUL = 0.7
_RIVAL_MARGIN = 0.1
_MAX_EVIDENCE = 6
_SAME_PRINTING = frozenset(("headline", "inner", "cancelled"))
"""links between two printings of one failure: they add nothing to what a root explains"""
_NEW = (None, Change.NEW, Change.REGRESSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What one root explains."""

    root: str
    """fingerprint"""
    fingerprints: tuple[str, ...]
    """error clusters: the root, then its symptoms, the nearest first"""
    chain: tuple[ChainLink, ...]
    """outermost symptom first, the root last"""
    evidence: tuple[Evidence, ...]
    """why the symptoms follow from the root, one sentence a link"""
    reasons: tuple[str, ...]
    """names of the weights behind the probability, sorted; see `weights.ROOT`"""
    probability: float
    """that the root is the true origin"""
    explained: int
    """occurrences of the symptoms; the root's own headlines are none"""
    printings: tuple[str, ...] = ()
    """of the symptoms, those that print the root's own failure once more, with a trace or above it"""
    doubtful: tuple[str, ...] = ()
    """symptoms whose link is more likely than not and no more than that"""
    kind: str | None = None
    """what the life of the process proves: infrastructure, configuration or dependency; else None"""


def roots(links: Links, *, harmless: frozenset[str] = frozenset()) -> tuple[Incident, ...]:
    """One incident for every cluster that follows from no other, those that explain most first.

    `harmless`: fingerprints that the baseline had as often while its tests passed.
    """
    members: dict[str, list[str]] = defaultdict(list)
    for fingerprint in sorted(links.profiles):
        members[links.root_of(fingerprint)].append(fingerprint)
    found = [_incident(root, group, links, harmless) for root, group in sorted(members.items())]
    return tuple(sorted(found, key=lambda i: (-i.explained, -i.probability, i.root)))


def _incident(root: str, group: Sequence[str], links: Links, harmless: frozenset[str]) -> Incident:
    profiles = links.profiles
    depth = {f: _depth(f, links) for f in group}
    symptoms = sorted((f for f in group if f != root), key=lambda f: (depth[f], -profiles[f].cluster.count, f))
    taken = [links.parents[f] for f in symptoms]
    beyond = [x for x in taken if not _is_again(x, profiles)]
    reasons = tuple(sorted(_reasons(profiles[root], beyond, links, harmless)))
    errors = [f for f in symptoms if profiles[f].cluster.severity >= Severity.ERROR]
    return Incident(
        root=root,
        fingerprints=(root, *errors),
        chain=_chain(root, symptoms, links),
        evidence=tuple(
            Evidence(text=x.sentence, entry_ids=_ids(x) or _ends(x, profiles)) for x in taken if x.symptom in errors
        )[:_MAX_EVIDENCE],
        reasons=reasons,
        probability=probability(reasons, ROOT),
        explained=sum(profiles[x.symptom].cluster.count for x in beyond if x.symptom in errors),
        printings=tuple(x.symptom for x in taken if x not in beyond and x.root == root),
        doubtful=tuple(x.symptom for x in taken if x.probability < _DOUBTFUL),
        kind=_kind(profiles[root], profiles),
    )


def _is_again(link: Link, profiles: Mapping[str, Profile]) -> bool:
    """Whether the symptom is another printing of the root's failure, by the same service."""
    services = set(profiles[link.symptom].cluster.services) & set(profiles[link.root].cluster.services)
    return bool(services) and not _SAME_PRINTING.isdisjoint(f.weight for f in link.findings)


def _chain(root: str, symptoms: Sequence[str], links: Links) -> tuple[ChainLink, ...]:
    """Those that have symptoms of their own, or stand around the root's text, are wrappers."""
    inner = {links.parents[f].root for f in symptoms}
    chain = []
    for fingerprint in reversed(symptoms):
        link = links.parents[fingerprint]
        wraps = fingerprint in inner or any(f.weight in ("quotes", "inner", "cancelled") for f in link.findings)
        chain.append(ChainLink(fingerprint=fingerprint, role="wrapper" if wraps else "symptom", evidence=link.sentence))
    why = "nothing that is visible here lies behind it" if symptoms else "innermost text that is visible"
    return (*chain, ChainLink(fingerprint=root, role="root", evidence=why))


def _reasons(root: Profile, taken: Sequence[Link], links: Links, harmless: frozenset[str]) -> Iterator[str]:
    symptoms = [links.profiles[x.symptom] for x in taken]
    yield "trace" if root.in_app else "library trace" if root.traced else "text only"
    services = set(root.cluster.services)
    if any(not services & set(s.cluster.services) for s in symptoms):
        yield "other services"
    if any(services & set(s.cluster.services) for s in symptoms):
        yield "own service"
    if root.said.memory or root.said.startup or any(f.weight == "death" for x in taken for f in x.findings):
        yield "fatal"
    silent = [s for s in sorted(root.named) if s and not any(s in p.cluster.services for p in links.profiles.values())]
    if root.front:
        yield "front"
    elif root.named and (root.said.call or root.said.refused):
        yield "silent callee" if silent and root.traced else "speaks of a call"
    elif root.said.call and not root.said.fatal:
        yield "speaks of a call"
    elif root.said.refused and root.traced:
        yield "outside"
    if root.cancelled:
        yield "cancelled"
    if root.said.survived:
        yield "survived"
    if root.fingerprint in harmless:
        yield "harmless before"
    if root.cluster.severity < Severity.ERROR:
        yield "warning"
    if taken and max((x.probability for x in taken if x.root == root.fingerprint), default=0.0) < _DOUBTFUL:
        yield "weak link"
    if _has_rival(root, taken, links) or _stands_beside(root, links):
        yield "rival"


def _has_rival(root: Profile, taken: Sequence[Link], links: Links) -> bool:
    """Whether a symptom could as well follow from the root of another incident, one that can be an origin."""
    for link in taken:
        for other in links.rivals.get(link.symptom, ()):
            rival = links.profiles[links.root_of(other.root)]
            if rival.fingerprint in (root.fingerprint, link.symptom) or not (rival.traced or rival.said.fatal):
                continue
            if link.probability - other.probability < _RIVAL_MARGIN:
                return True
    return False


def _stands_beside(root: Profile, links: Links) -> bool:
    """Whether another root with a trace, which speaks of nobody else either, stands in most of its requests.

    Without ids: whether the two are printed in step.
    """
    for other in links.profiles.values():
        if other.fingerprint == root.fingerprint or other.fingerprint in links.parents or not other.traced:
            continue
        if other.said.call or other.said.survived or other.cancelled or other.front:
            continue
        meeting, requests = links.together.requests(root, other)
        if meeting.shared > _DOUBTFUL * requests if requests else links.together.in_step(root, other):
            return True
    return False


def _kind(root: Profile, profiles: Mapping[str, Profile]) -> str | None:
    """Only what the words and the life of the process prove; the code has the last word."""
    if root.said.memory:
        return "infrastructure"
    if root.said.unset:
        return "configuration"
    known = {s for p in profiles.values() for s in p.cluster.services}
    if root.said.refused and not root.named & known and root.cluster.kind is not EventKind.REQUEST:
        return "dependency"
    return None


def _depth(fingerprint: str, links: Links) -> int:
    steps = 0
    while fingerprint in links.parents:
        fingerprint, steps = links.parents[fingerprint].root, steps + 1
    return steps


def _ids(link: Link) -> tuple[str, ...]:
    """Entries of the findings that have a sentence, each once."""
    return tuple(dict.fromkeys(i for f in link.findings if f.text for i in f.entry_ids))[:6]


def _ends(link: Link, profiles: Mapping[str, Profile]) -> tuple[str, ...]:
    """The first entry of either end."""
    return (*profiles[link.symptom].entry_ids[:1], *profiles[link.root].entry_ids[:1])
