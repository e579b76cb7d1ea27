"""`siblings`: other places with the defect of a saved cluster, or with the one that a commit repaired."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyzer.causes import Knowledge
from analyzer.codepaths import RepositoryIndex, resolve_commit
from analyzer.errors import ConfigError, RepositoryError
from analyzer.model import CodePath, Frame, LookAlike, OriginIndex, Query, QueryKind, Role, Shape
from analyzer.pipeline.repositories import Repositories, parse_repositories
from analyzer.redaction import build_redactor
from analyzer.reports import find
from analyzer.reports.view import following_schema

Explain = Callable[[str, str], Query | None]
"""(innermost message, exception class or an empty text) → what it asks of the code; None where no rule knows it"""
_WORDED = (Role.WRAP, Role.AUTHOR, Role.EMIT)
_FAILING = (Role.FRAME, Role.RAISE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Siblings:
    """Other places with one defect."""

    query: Mapping[str, Any]
    """what was asked: of a cluster its message and what it means, of a fix its commit and forms"""
    siblings: tuple[CodePath, ...] = ()
    look_alikes: tuple[LookAlike, ...] = ()
    reason: str | None = None
    """why there are none, or what could not be searched for"""
    origin: CodePath | None = None
    """the place that failed; None where it is not known, and for a fix"""
    shapes: tuple[Shape, ...] = ()
    """of a fix"""
    commit: str | None = None
    """what was read; None where nothing was, or a tree that is not committed"""

    def to_dict(self) -> dict[str, Any]:
        """As `siblings --json` prints it."""
        return {
            "query": dict(self.query),
            "siblings": [p.to_dict() for p in self.siblings],
            "look_alikes": [x.to_dict() for x in self.look_alikes],
            "reason": self.reason,
            "origin": self.origin.to_dict() if self.origin else None,
        }


def siblings_of_fix(
    fix: str,
    *,
    repo: str,
    cache_dir: Path | None = None,
    rules: Sequence[Path] = (),
    salt: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Siblings:
    """Places of the fix's own tree with the form that it repaired. Raises `RepositoryError`, `ConfigError`."""
    folders, _ = parse_repositories([repo], [])
    folder, _ = next(iter(folders.values()))
    commit = resolve_commit(folder, fix)
    index = _open(folders, commit, cache_dir, rules, salt, progress)
    found = index.siblings_of_fix(commit)
    return Siblings(
        query={"fix": found.commit, "shapes": [shape.to_dict() for shape in found.shapes]},
        siblings=found.siblings,
        look_alikes=found.look_alikes,
        reason=found.reason,
        shapes=found.shapes,
        commit=commit,
    )


def siblings_of_cluster(
    report: Mapping[str, Any],
    cluster_id: str,
    *,
    repo: str | None = None,
    explain: Explain | None = None,
    cache_dir: Path | None = None,
    rules: Sequence[Path] = (),
    salt: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Siblings:
    """Places that would fail like a cluster of a saved report: searched for in `repo`, else those the report names.

    Raises `ReportError` for an unknown id and for what is no report, `RepositoryError` for a wrong folder.
    """
    with following_schema():
        cluster, causes = _asked(report, cluster_id)
        query = _query(cluster, explain or _knowing(rules))
        if repo is None:
            return _saved(cluster, causes, query)
        commit = _commit(report, cluster, causes)
    folders, _ = parse_repositories([repo], [])
    warning = ""
    try:
        index = _open(folders, commit, cache_dir, rules, salt, progress)
    except RepositoryError:
        if commit is None:
            raise
        index = _open(folders, None, cache_dir, rules, salt, progress)
        warning = f"commit {commit[:10]} of the report is not in {repo}: what lies there was read instead"
    with following_schema():
        found = _searched(index, query, cluster, causes)
    reasons = "; ".join(r for r in (warning, found.reason) if r)
    return Siblings(
        query=found.query,
        siblings=found.siblings,
        look_alikes=found.look_alikes,
        reason=reasons or None,
        origin=found.origin,
        commit=index.commit,
    )


def _open(
    folders: Mapping[str, tuple[Path, str]],
    commit: str | None,
    cache_dir: Path | None,
    rules: Sequence[Path],
    salt: str | None,
    progress: Callable[[str], None] | None,
) -> RepositoryIndex:
    repositories = Repositories(
        folders=folders,
        revisions={service: commit for service in folders if commit is not None},
        redactor=build_redactor(tuple(rules), salt),
        cache_dir=cache_dir,
        progress=progress,
    )
    index = repositories.of(next(iter(folders)))
    if index is None:
        raise ConfigError("no repository was given", "say which: --repo DIR")
    return index


def _asked(report: Mapping[str, Any], wanted: str) -> tuple[Mapping[str, Any], list[Mapping[str, Any]]]:
    """The cluster, and its causes; of a cause by rank its first cluster."""
    found = find(report, wanted)
    if "rank" not in found:
        return found, [c for c in report["causes"] if found["fingerprint"] in c["fingerprints"]]
    return find(report, found["fingerprints"][0]), [found]


def _query(cluster: Mapping[str, Any], explain: Explain) -> Query:
    core = cluster["core"] or cluster["title"]
    exception = (cluster["exception"] or {}).get("type") or ""
    known = explain(core, exception)
    return known if known is not None else Query(kind=QueryKind.TEXT, text=core, exception=exception)


def _knowing(rules: Sequence[Path]) -> Explain:
    """What the rules of runtime messages say of one."""
    knowledge = Knowledge.load(tuple(rules))
    return lambda text, exception: knowledge.explain(text, exception or None)


def _asked_of(cluster: Mapping[str, Any], query: Query) -> dict[str, Any]:
    return {
        "cluster": cluster["fingerprint"],
        "kind": query.kind.value,
        "text": query.text,
        "names": dict(query.names),
        "exception": query.exception,
        "rule": query.rule,
    }


def _saved(cluster: Mapping[str, Any], causes: Sequence[Mapping[str, Any]], query: Query) -> Siblings:
    """What the report itself says."""
    siblings = [CodePath.from_dict(p) for c in causes for p in c["siblings"]]
    alike = [LookAlike(file=x["file"], line=x["line"], why_not=x["why_not"]) for c in causes for x in c["look_alikes"]]
    culprits = [CodePath.from_dict(p) for c in causes for p in c["code_paths"][:1]]
    reason = None
    if not causes:
        reason = "the report has no cause for this cluster, so it names no siblings; give --repo DIR to search for them"
    elif not siblings and not alike:
        reason = "the report names no siblings; give --repo DIR to search for them"
    return Siblings(
        query=_asked_of(cluster, query),
        siblings=tuple(siblings),
        look_alikes=tuple(alike),
        reason=reason,
        origin=culprits[0] if culprits else None,
    )


def _searched(
    index: OriginIndex, query: Query, cluster: Mapping[str, Any], causes: Sequence[Mapping[str, Any]]
) -> Siblings:
    """What the code says."""
    paths = [CodePath.from_dict(p) for p in cluster["code_paths"]]
    paths += [CodePath.from_dict(p) for c in causes for p in c["code_paths"]]
    wrappers = list(dict.fromkeys(p for p in paths if p.role in _WORDED))
    failing = list(dict.fromkeys(p for p in paths if p.role in _FAILING))
    frames = [Frame(file=p.file, line=p.line, function=p.function) for p in reversed(failing)]
    answer = index.origins(query, wrappers=wrappers, frames=frames)
    return Siblings(
        query=_asked_of(cluster, query),
        siblings=answer.siblings,
        look_alikes=answer.look_alikes,
        reason=answer.reason,
        origin=answer.origins[0].path if answer.origins else None,
    )


def _commit(report: Mapping[str, Any], cluster: Mapping[str, Any], causes: Sequence[Mapping[str, Any]]) -> str | None:
    """The commit that the cluster's code was read at, else the deployed one of its service."""
    for path in (*cluster["code_paths"], *(p for c in causes for p in c["code_paths"])):
        if path["commit"]:
            return str(path["commit"])
    for service in report["deploys"]["services"]:
        if service["service"] in cluster["services"] and service["commit"]:
            return str(service["commit"])
    return None
