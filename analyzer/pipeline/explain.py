"""Clusters with what lies behind their texts: each asked at the commit of its service."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from analyzer.causes import Explained, Knowledge, deserve_cause, explain
from analyzer.model import Cluster, Context, Deploys, ErrorEvent
from analyzer.pipeline.locate import NOT_IN_CODE, events_of
from analyzer.pipeline.repositories import Repositories


def explain_clusters(
    clusters: Sequence[Cluster],
    events: Sequence[ErrorEvent],
    contexts: Sequence[Context],
    deploys: Deploys,
    repositories: Repositories,
    rules: Sequence[Path],
) -> dict[str, Explained]:
    """By fingerprint what was found behind the clusters that deserve a cause; without a repository nothing.

    `rules`: folders of a project's own rules, beside the shipped ones; read when the first text is asked about.
    """
    knowledge: Knowledge | None = None
    commits = {d.service: d.commit for d in deploys.services}
    by_entry = {i: e for e in events for i in e.entry_ids}
    found: dict[str, Explained] = {}
    for cluster in deserve_cause(clusters):
        index = repositories.of_cluster(cluster, commits)
        if index is None or cluster.kind in NOT_IN_CODE:
            continue
        knowledge = knowledge or Knowledge.load(rules)
        events_here = events_of(cluster, by_entry)
        ids = {e.entry_ids for e in events_here}
        around = [c for c in contexts if c.fingerprint == cluster.fingerprint and c.entry_ids in ids]
        explained = explain(events_here, index, knowledge, around, cluster.code_paths)
        if explained is not None:
            found[cluster.fingerprint] = explained
    return found
