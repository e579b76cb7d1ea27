"""What became of the clusters since the baseline: new, ongoing, regressed, resolved, not seen."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import replace

from analyzer.cycles.baseline import Baseline
from analyzer.model import WILDCARD, Change, Cluster, EventKind, placeholder_values

SIMILAR = 0.9
"""likeness of two templates from which they may be the same error, reworded"""

_MAX_TEMPLATE = 4_000
_QUOTED = re.compile(r"'[^'\n]{1,200}'|\"[^\"\n]{1,200}\"|`[^`\n]{1,200}`")
_WORD = re.compile(r"\w++(?>(?:[.:]++\w++)*)")
_IDENTIFIER = re.compile(r"\d+|.*[._:].*|.*?[a-z].*[A-Z].*", re.DOTALL)
"""a word that names something: a number that masking left, dotted.name, snake_case, camelCase"""


def compare_clusters(
    clusters: Sequence[Cluster],
    baseline: Baseline,
    *,
    similarity: Callable[[str, str], float],
    services_seen: Collection[str],
    resolved_before: Collection[str] = (),
) -> tuple[Cluster, ...]:
    """The clusters, in their order, each with its `change`; then those of the baseline that are gone.

    Two clusters are one when their alias sets (fingerprint and aliases) meet. Only what is left is compared by
    `similarity` of templates (0 to 1), and then nothing that names the error may differ: kind, exception type, the
    quoted words, identifiers and numbers of the template, services. What is left then is one where the template of
    one describes the other's: a word may vary enough for a wildcard in one cycle only. Such a match says so in
    `alias_reason`.

    Gone ones come last, by fingerprint, with count 0 and the baseline's exemplars: `resolved` where every service of
    theirs has entries here (`services_seen`), else `not_seen`. What the baseline itself lists as gone is not listed
    again; back here it is `regressed`, like the fingerprints in `resolved_before`.
    """
    was = [cluster for cluster in baseline.clusters if cluster.count > 0]
    cured = {*resolved_before}.union(
        *(_ids(cluster) for cluster in baseline.clusters if cluster.count == 0 and cluster.change is Change.RESOLVED)
    )
    known = set[str]().union(*(_ids(cluster) for cluster in was))
    here = set[str]().union(*(_ids(cluster) for cluster in clusters))
    unmatched = [cluster for cluster in clusters if not _ids(cluster) & known]
    gone = [cluster for cluster in was if not _ids(cluster) & here]
    renamed = _alike(unmatched, gone, similarity)
    taken = {old.fingerprint for old, _ in renamed.values()}
    covered = _covered([c for c in unmatched if c.fingerprint not in renamed], gone)
    taken |= {old.fingerprint for olds in covered.values() for old in olds}

    def changed(cluster: Cluster) -> Cluster:
        if _ids(cluster) & known:
            return replace(cluster, change=Change.ONGOING)
        if cluster.fingerprint in renamed:
            old, score = renamed[cluster.fingerprint]
            return replace(
                cluster,
                change=Change.ONGOING,
                aliases=tuple(sorted((_ids(cluster) | _ids(old)) - {cluster.fingerprint})),
                alias_reason=f"template {score:.0%} like {old.fingerprint} of the baseline: {old.template[:200]}",
            )
        if cluster.fingerprint in covered:
            olds = covered[cluster.fingerprint]
            return replace(
                cluster,
                change=Change.ONGOING,
                aliases=tuple(sorted(set[str]().union(_ids(cluster), *map(_ids, olds)) - {cluster.fingerprint})),
                alias_reason=f"one template describes it and {olds[0].fingerprint} of the baseline: "
                f"{(cluster if WILDCARD in cluster.template else olds[0]).template[:200]}",
            )
        return replace(cluster, change=Change.REGRESSED if _ids(cluster) & cured else Change.NEW)

    left = [_gone(cluster, services_seen) for cluster in gone if cluster.fingerprint not in taken]
    return (*map(changed, clusters), *sorted(left, key=lambda cluster: cluster.fingerprint))


def _ids(cluster: Cluster) -> set[str]:
    return {cluster.fingerprint, *cluster.aliases}


def _gone(cluster: Cluster, services_seen: Collection[str]) -> Cluster:
    """A cluster of the baseline that did not occur here. Silence proves something only where there was traffic."""
    services = [service for service in cluster.services if service]
    exposed = all(service in services_seen for service in services) if services else bool(services_seen)
    return replace(
        cluster,
        count=0,
        entries=0,
        printings=0,
        change=Change.RESOLVED if exposed else Change.NOT_SEEN,
        known=None,
        related=(),
        facets=(),
        members=None,
    )


def _alike(
    new: Iterable[Cluster], old: Iterable[Cluster], similarity: Callable[[str, str], float]
) -> dict[str, tuple[Cluster, float]]:
    """new fingerprint → (old cluster, likeness): the best pairs first, each cluster once."""
    candidates: dict[Hashable, list[Cluster]] = defaultdict(list)
    for cluster in old:
        candidates[_what_must_agree(cluster)].append(cluster)
    pairs = [
        (score, cluster.fingerprint, earlier)
        for cluster in new
        if cluster.kind is not EventKind.REQUEST  # a route that differs in one letter is another route
        for earlier in candidates.get(_what_must_agree(cluster), ())
        if _share_a_service(cluster, earlier) and (score := similarity(cluster.template, earlier.template)) >= SIMILAR
    ]
    matched: dict[str, tuple[Cluster, float]] = {}
    taken: set[str] = set()
    for score, fingerprint, earlier in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2].fingerprint)):
        if fingerprint not in matched and earlier.fingerprint not in taken:
            matched[fingerprint] = (earlier, score)
            taken.add(earlier.fingerprint)
    return matched


def _covered(new: Iterable[Cluster], old: Iterable[Cluster]) -> dict[str, list[Cluster]]:
    """new fingerprint → the old clusters, by fingerprint, whose template it describes or is described by.

    Only a mined wildcard (`<*>`) describes a word: masks say what a value is, and the same in every cycle.
    """
    candidates: dict[Hashable, list[Cluster]] = defaultdict(list)
    for cluster in sorted(old, key=lambda c: c.fingerprint):
        candidates[cluster.kind, cluster.exception_type].append(cluster)
    found = {
        cluster.fingerprint: [
            earlier
            for earlier in candidates.get((cluster.kind, cluster.exception_type), ())
            if _share_a_service(cluster, earlier)
            and (_describes(cluster.template, earlier.template) or _describes(earlier.template, cluster.template))
        ]
        for cluster in new
        if cluster.kind is not EventKind.REQUEST
    }
    return {fingerprint: olds for fingerprint, olds in found.items() if olds}


def _describes(template: str, other: str) -> bool:
    """True where the other reads like the template with one word for each placeholder."""
    if WILDCARD not in template:
        return False
    values = placeholder_values(template, other)
    return values is not None and all(" " not in value for value in values)


def _what_must_agree(cluster: Cluster) -> Hashable:
    """Kind, exception, and the words of the template that say which error it is: the rest may be reworded.

    The same wrapper around another innermost error is a new error, however alike the whole texts are.
    """
    template = cluster.template[:_MAX_TEMPLATE]
    words = {word for word in _WORD.findall(template) if len(word) <= 200 and _IDENTIFIER.fullmatch(word)}
    return cluster.kind, cluster.exception_type, tuple(sorted(words.union(_QUOTED.findall(template))))


def _share_a_service(one: Cluster, other: Cluster) -> bool:
    return not one.services or not other.services or bool({*one.services} & {*other.services})
