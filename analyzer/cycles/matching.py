"""Which clusters of two cycles are one error: equal fingerprints first, then texts that only were reworded."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from analyzer.model import WILDCARD, Cluster, EventKind, placeholder_values

SIMILAR = 0.9
"""likeness of two templates from which they may be the same error, reworded"""

_MAX_TEMPLATE = 4_000
_QUOTED = re.compile(r"'[^'\n]{1,200}'|\"[^\"\n]{1,200}\"|`[^`\n]{1,200}`")
_WORD = re.compile(r"\w++(?>(?:[.:]++\w++)*)")
_IDENTIFIER = re.compile(r"\d+|.*[._:].*|.*?[a-z].*[A-Z].*", re.DOTALL)
"""a word that names something: a number that masking left, dotted.name, snake_case, camelCase"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """The clusters here with those of the baseline that are the same error."""

    olds: Mapping[str, tuple[Cluster, ...]]
    """fingerprint here → clusters of the baseline; absent where there is none"""
    reasons: Mapping[str, str]
    """fingerprint here → why, where no fingerprint says it"""
    gone: tuple[Cluster, ...]
    """of the baseline, what is matched by none, by fingerprint"""


def ids_of(cluster: Cluster) -> set[str]:
    """All fingerprints of a cluster."""
    return {cluster.fingerprint, *cluster.aliases}


def match_clusters(
    clusters: Sequence[Cluster], was: Sequence[Cluster], similarity: Callable[[str, str], float]
) -> Matches:
    """Two clusters are one when their alias sets (fingerprint and aliases) meet.

    Only what is left is compared by `similarity` of templates (0 to 1), and then nothing that names the error may
    differ: kind, exception type, the quoted words, identifiers and numbers of the template, services. What is left
    then is one where the template of one describes the other's: a word may vary enough for a wildcard in one cycle
    only.
    """
    by_id: dict[str, list[Cluster]] = defaultdict(list)
    for old in sorted(was, key=lambda cluster: cluster.fingerprint):
        for one in ids_of(old):
            by_id[one].append(old)
    olds: dict[str, tuple[Cluster, ...]] = {}
    for cluster in clusters:
        met = {old.fingerprint: old for one in ids_of(cluster) for old in by_id.get(one, ())}
        if met:
            olds[cluster.fingerprint] = tuple(met[fingerprint] for fingerprint in sorted(met))
    here = set[str]().union(*map(ids_of, clusters))
    gone = [old for old in was if not ids_of(old) & here]
    reasons: dict[str, str] = {}
    unmatched = [cluster for cluster in clusters if cluster.fingerprint not in olds]
    for fingerprint, (old, score) in _alike(unmatched, gone, similarity).items():
        olds[fingerprint] = (old,)
        reasons[fingerprint] = f"template {score:.0%} like {old.fingerprint} of the baseline: {old.template[:200]}"
    template_of = {cluster.fingerprint: cluster.template for cluster in unmatched}
    for fingerprint, found in _covered([c for c in unmatched if c.fingerprint not in olds], gone).items():
        olds[fingerprint] = tuple(found)
        own = template_of[fingerprint]
        general = own if WILDCARD in own else found[0].template
        reasons[fingerprint] = f"one template describes it and {found[0].fingerprint} of the baseline: {general[:200]}"
    taken = {old.fingerprint for matched in olds.values() for old in matched}
    left = [old for old in gone if old.fingerprint not in taken]
    return Matches(olds=olds, reasons=reasons, gone=tuple(sorted(left, key=lambda cluster: cluster.fingerprint)))


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
