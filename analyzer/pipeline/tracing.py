"""Clusters with a stack trace → the functions that may have to change for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analyzer.model import Cluster, CodePath, Deploys, ErrorEvent, Severity
from analyzer.pipeline.locate import NOT_IN_CODE
from analyzer.pipeline.repositories import Repositories

_MAX_ASKED = 60
"""clusters of a run that are asked about, in their order: it costs some tenths of a second each"""


def suspect(
    clusters: Sequence[Cluster], events: Sequence[ErrorEvent], deploys: Deploys, repositories: Repositories
) -> dict[str, tuple[CodePath, ...]]:
    """Fingerprint → places, the most probable first, of the clusters of errors whose exemplar has a stack trace."""
    commits = {d.service: d.commit for d in deploys.services}
    event_of_entry = {i: e for e in events for i in e.entry_ids}
    found: dict[str, tuple[CodePath, ...]] = {}
    for cluster in clusters:
        if not cluster.count or cluster.severity < Severity.ERROR or cluster.noise or cluster.kind in NOT_IN_CODE:
            continue
        events_here = (event_of_entry.get(i) for i in cluster.first_entry_ids)
        trace = next((e.stack_traces[-1] for e in events_here if e and e.stack_traces), None)
        index = repositories.of_cluster(cluster, commits) if trace is not None else None
        if index is not None and trace is not None and len(found) < _MAX_ASKED:
            found[cluster.fingerprint] = tuple(_known(p, cluster) for p in index.suspects(trace))
    return found


def _known(path: CodePath, cluster: Cluster) -> CodePath:
    """With what is already known of the place: who owns it, who changed it last."""
    same = next(
        (p for p in cluster.code_paths if (p.file, p.line, p.function) == (path.file, path.line, path.function)), None
    )
    if same is None:
        return path
    return replace(path, owner=same.owner, evidence=tuple(dict.fromkeys((*path.evidence, *same.evidence))))
