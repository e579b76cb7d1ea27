"""What became of the clusters since the baseline: new, ongoing, regressed, resolved, not seen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from analyzer.cycles.baseline import Baseline
from analyzer.cycles.exposure import Traffic
from analyzer.cycles.frequencies import rate_clusters
from analyzer.cycles.matching import ids_of, match_clusters
from analyzer.cycles.returns import Returns
from analyzer.cycles.silence import judge_silence
from analyzer.model import Change, Cluster, Deploys, Past, RevisionTraffic


def compare_clusters(
    clusters: Sequence[Cluster],
    baseline: Baseline,
    *,
    similarity: Callable[[str, str], float],
    services_seen: Collection[str],
    resolved_before: Collection[str] = (),
    past: Past | None = None,
    exposure: Sequence[RevisionTraffic] = (),
    deploys: Deploys | None = None,
) -> tuple[Cluster, ...]:
    """The clusters, in their order, each with `change`, `change_reason` and `rate`; then those of the baseline that are
    gone, by fingerprint, with count 0 and the baseline's exemplars.

    Which clusters are one is told by `match_clusters`; where not by fingerprint, `alias_reason` says how. Those of the
    baseline are `ongoing`; what it did not have is judged by `Returns` from the earlier cycles (`past`), what is gone
    by `judge_silence` from the `exposure` here and there. Without measured exposure a cluster is `resolved` where every
    service of its has entries here (`services_seen`). What the baseline itself lists as gone is not listed again.
    """
    here, before = Traffic(rows=exposure), Traffic(rows=baseline.exposure)
    was = [cluster for cluster in baseline.clusters if cluster.count > 0]
    matches = match_clusters(clusters, was, similarity)
    returns = Returns(past or Past(), baseline, deploys or Deploys(), resolved_before)

    def changed(cluster: Cluster) -> Cluster:
        olds = matches.olds.get(cluster.fingerprint, ())
        if not olds:
            found = returns.judge(cluster)
            return replace(cluster, change=found.change, change_reason=found.reason)
        reason = matches.reasons.get(cluster.fingerprint)
        if reason is None:
            return replace(cluster, change=Change.ONGOING)
        aliases = set[str]().union(ids_of(cluster), *map(ids_of, olds)) - {cluster.fingerprint}
        return replace(cluster, change=Change.ONGOING, aliases=tuple(sorted(aliases)), alias_reason=reason)

    now = [changed(cluster) for cluster in clusters]
    gone = [_gone(old, here, before, services_seen) for old in matches.gone]
    olds = {**matches.olds, **{old.fingerprint: (old,) for old in matches.gone}}
    rates = rate_clusters([*now, *gone], olds, here, before)
    return tuple(replace(cluster, rate=rates.get(cluster.fingerprint)) for cluster in (*now, *gone))


def _gone(cluster: Cluster, here: Traffic, before: Traffic, services_seen: Collection[str]) -> Cluster:
    """A cluster of the baseline that did not occur here."""
    silence = judge_silence(cluster, here, before, services_seen)
    return replace(
        cluster,
        count=0,
        entries=0,
        printings=0,
        change=silence.change,
        change_reason=silence.reason,
        seen_on=(),
        histogram=None,
        known=None,
        related=(),
        facets=(),
        members=None,
    )
