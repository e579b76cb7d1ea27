"""Clusters with their code paths: each read at the commit of its service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from analyzer.codepaths import RepositoryIndex
from analyzer.model import Cluster, CodePath, Deploys, ErrorEvent, EventKind, Role, Severity, Unlocated
from analyzer.pipeline.repositories import Repositories
from analyzer.pipeline.surroundings import Surroundings

_MAX_PATHS = 3
_MAX_BLAMED = 4
"""code paths of a run that git is asked about: the history of a long file costs up to a second"""
_FAILING = (Role.RAISE, Role.FRAME)
_LIKELY = 0.1
"""a place that is less probable than this only costs the reader time"""
NOT_IN_CODE = {
    EventKind.PLATFORM: "written by the platform, not by the service",
    EventKind.REQUEST: "a request entry has no statement of its own",
    EventKind.DEPLOY: "an audit entry of the platform",
}


def locate_clusters(
    clusters: Sequence[Cluster],
    events: Sequence[ErrorEvent],
    deploys: Deploys,
    repositories: Repositories,
    surroundings: Surroundings,
) -> tuple[Cluster, ...]:
    """Every cluster with `location`, `code_paths` and, where there are none, the reason.

    The first path of a cluster of errors and the first that failed say who changed them last; at most 4 of a run.
    """
    commits = {d.service: d.commit for d in deploys.services}
    event_of_entry = {i: e for e in events for i in e.entry_ids}
    located = [_locate(c, event_of_entry, commits, repositories, surroundings) for c in clusters]
    wanted: dict[tuple[int, CodePath], RepositoryIndex] = {}
    for cluster in located:
        if not cluster.code_paths or cluster.noise is not None or cluster.severity < Severity.ERROR:
            continue
        index = repositories.of_cluster(cluster, commits)
        for place in _telling(cluster.code_paths) if index is not None else ():
            if index is not None and len(wanted) < _MAX_BLAMED:
                wanted[id(index), cluster.code_paths[place]] = index
    told: dict[tuple[int, CodePath], CodePath] = {}
    for index in {id(i): i for i in wanted.values()}.values():
        keys = [key for key, of in wanted.items() if of is index]
        told.update(zip(keys, index.with_history([path for _, path in keys]), strict=True))
    out = []
    for cluster in located:
        index = repositories.of_cluster(cluster, commits)
        paths = tuple(told.get((id(index), path), path) for path in cluster.code_paths)
        out.append(replace(cluster, code_paths=paths))
    return tuple(out)


def _telling(paths: Sequence[CodePath]) -> list[int]:
    """Positions of the first path and of the first that failed."""
    failing = next((n for n, p in enumerate(paths) if p.role in _FAILING), 0)
    return sorted({0, failing}) if paths else []


def _locate(
    cluster: Cluster,
    event_of_entry: Mapping[str, ErrorEvent],
    commits: Mapping[str, str | None],
    repositories: Repositories,
    surroundings: Surroundings,
) -> Cluster:
    if cluster.kind in NOT_IN_CODE:
        return replace(cluster, unlocated=NOT_IN_CODE[cluster.kind])
    index = repositories.of_cluster(cluster, commits)
    if index is None:
        return replace(cluster, unlocated="no repository was given (--repo)")
    mine = events_of(cluster, event_of_entry)
    answers = [index.locate(e, limit=_MAX_PATHS, neighbours=partial(surroundings.of, e)) for e in mine]
    found = [a for a in answers if not isinstance(a, Unlocated) and a]
    if not found:
        reasons = [a.reason for a in answers if isinstance(a, Unlocated)]
        return replace(cluster, unlocated=reasons[0] if reasons else "no statement of the repository fits")
    paths = _pick(found, traced=any(e.stack_traces for e in mine))
    if not paths:
        return replace(cluster, unlocated="statements share words with the text, none is likely to have written it")
    return replace(cluster, location="unique" if paths[0].unique else "ambiguous", code_paths=paths)


def events_of(cluster: Cluster, event_of_entry: Mapping[str, ErrorEvent]) -> list[ErrorEvent]:
    """The events of the first exemplar: those with a trace first, then those that hold the text in a document."""
    mine: list[ErrorEvent] = []
    for entry_id in cluster.first_entry_ids:
        event = event_of_entry[entry_id]
        if event not in mine:
            mine.append(event)
    mine.sort(key=lambda e: (not e.stack_traces, not e.nested, e.message != cluster.exemplars[0].message))
    return mine


def _pick(answers: Sequence[Sequence[CodePath]], *, traced: bool) -> tuple[CodePath, ...]:
    """The best place first, then the best of each other role, then what is left; no place twice, none unlikely.

    Without a trace a `raise` is a guess by words like any other, so only who wrote and who built the text lead.
    """
    places: dict[tuple[str, int], CodePath] = {}
    for depth in range(_MAX_PATHS):
        for answer in answers:
            if depth < len(answer) and answer[depth].confidence >= _LIKELY:
                places.setdefault((answer[depth].file, answer[depth].line), answer[depth])
    found = list(places.values())
    leading = {p.role: p for p in reversed(found) if traced or p.role in (Role.EMIT, Role.AUTHOR)}
    first = sorted(leading.values(), key=found.index)
    return tuple([*first, *(p for p in found if p not in first)][:_MAX_PATHS])
