"""Causes with the commits that may have brought them in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analyzer.causes import suspect_commits
from analyzer.codepaths import RepositoryIndex
from analyzer.model import Blame, Cause, Change, Cluster, CodePath, Deploys, Role
from analyzer.pipeline.repositories import Repositories

_MAX_CAUSES = 10
_MAX_PLACES = 30
"""of a run: the history of one line costs up to a second"""
_FAILING = (Role.CAUSE, Role.RAISE, Role.FRAME)
_PACKAGED = ("packaging", "configuration", "dependency")
_MISSING = ("ModuleNotFoundError", "ImportError", "FileNotFoundError")
Breaking = Mapping[str, Sequence[tuple[str, int]]]
"""fingerprint → (file, line) of the expressions to blame, the feeding one first"""


def add_suspects(
    causes: Sequence[Cause],
    clusters: Sequence[Cluster],
    deploys: Deploys,
    repositories: Repositories,
    *,
    earlier: Deploys | None = None,
    breaking: Breaking | None = None,
) -> tuple[Cause, ...]:
    """The causes with `suspect_commits`, for the first ten that the code shows a failing place of.

    `earlier` are the deploys of the baseline: its commits are good for errors that it did not have.
    """
    by_print = {c.fingerprint: c for c in clusters}
    commits = {d.service: d.commit for d in deploys.services}
    room = _MAX_PLACES
    out = []
    for cause in causes:
        cluster = by_print.get(cause.fingerprints[0]) if cause.fingerprints else None
        service = cluster.services[0] if cluster is not None and cluster.services else ""
        deployed = commits.get(service)
        index = repositories.of(service, deployed) if cluster is not None and cause.rank <= _MAX_CAUSES else None
        if cluster is None or index is None or room <= 0:
            out.append(cause)
            continue
        good = _good(cluster, service, earlier)
        asked = _asked(cause, cluster, index, good, (breaking or {}).get(cluster.fingerprint, ()))[:room]
        room -= len(asked)
        suspects = suspect_commits(
            [path for path, _ in asked],
            [blame for _, blame in asked],
            deployed=deployed,
            baseline_commit=good,
            first_seen_ns=cluster.first_seen_ns,
        )
        out.append(replace(cause, suspect_commits=suspects) if suspects else cause)
    return tuple(out)


def _good(cluster: Cluster, service: str, earlier: Deploys | None) -> str | None:
    """The commit of the baseline, where it did not have this error."""
    if earlier is None or cluster.change not in (Change.NEW, Change.REGRESSED):
        return None
    for deploy in earlier.services:
        if deploy.service == service:
            return deploy.commit or (deploy.inferred_commits[-1] if deploy.inferred_commits else None)
    return None


def _asked(
    cause: Cause, cluster: Cluster, index: RepositoryIndex, good: str | None, breaking: Sequence[tuple[str, int]]
) -> list[tuple[CodePath, Blame]]:
    """Places with what changed them: the expressions to blame, else what fails; then what it calls and packaging."""
    failing = [p for p in cause.code_paths if p.role in _FAILING]
    places = [index.code.place(file, line) for file, line in breaking if index.code.lines(file)] or failing
    found = [(place, index.changes(place, since=good)) for place in places]
    if good is None:
        return found
    if cause.kind in _PACKAGED or cluster.exception_type in _MISSING:
        names = [word.strip("'\"`") for word in (cluster.core or "").split() if word[:1] in "'\"`"]
        found += index.packaging_changes(names, since=good)
    if places and not any(commit.newer for _, blame in found for commit in blame.commits):
        # the place itself is as it was while all went well: what it calls may not be
        found += [(callee, index.changes(callee, since=good)) for callee in index.called_from(places[0])]
    return found
