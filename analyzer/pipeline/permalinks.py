"""Which page at the code host shows each commit that a report names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.codepaths import link_commits
from analyzer.model import Report
from analyzer.pipeline.repositories import Repositories

_FULL_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def commit_links(report: Report, repositories: Repositories) -> dict[str, str]:
    """Full commit id → https page, for commits that a given repository has and whose host is known.

    Where several repositories hold a commit, the first given says where it is shown.
    """
    wanted = {commit for commit in _named(report) if commit and _FULL_ID.fullmatch(commit)}
    found: dict[str, str] = {}
    for folder in dict.fromkeys(folder for folder, _ in repositories.folders.values()):
        found = link_commits(folder, wanted) | found
    return dict(sorted(found.items()))


def _named(report: Report) -> Iterator[str | None]:
    for cause in report.causes:
        yield from (suspect.commit for suspect in cause.suspect_commits)
        yield from (path.commit for path in (*cause.code_paths, *cause.siblings))
    for cluster in report.clusters:
        yield from (path.commit for path in cluster.code_paths)
    yield from (fix.commit for fix in report.fixes)
    deploys = report.deploys
    yield deploys.head
    yield from (service.commit for service in deploys.services)
    yield from (event.commit for event in deploys.timeline)
    for revision in deploys.revisions:
        yield from (revision.commit, revision.oldest, revision.newest)
