"""Which revisions run a fix, and what was seen of the claimed error on each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from analyzer.model import Containment, Evidence, Ground, RevisionDeploy, RevisionTraffic, Rollout, SeenOn

Contains = Callable[[str], Containment]
"""the commit of a revision → whether it has the fix in it"""

_SLACK_NS = 5 * 60 * 1_000_000_000
"""by how much the clock of who committed and that of the platform may differ"""
_MAX_IDS = 3


def rollouts(
    *,
    services: Iterable[str],
    revisions: Sequence[RevisionDeploy],
    exposure: Sequence[RevisionTraffic],
    seen: Sequence[SeenOn],
    contains: Contains,
    written_ns: int | None = None,
    routes: Sequence[str] = (),
) -> tuple[Rollout, ...]:
    """Every revision of these services, by service and then as in `revisions` (oldest first).

    `seen` are the occurrences of the claimed clusters in this window; `written_ns` is when the fix was first written
    (a rebased commit is older than its committer date), by which a revision that was there before is without it;
    `routes` are those on which requests are counted, all where none are given.
    """
    wanted = set(services)
    known = {(row.service, row.revision): row for row in revisions}
    keys = [key for key in known if key[0] in wanted]
    named = {(row.service, row.revision) for row in exposure} | {(row.service, row.revision) for row in seen}
    more = {key for key in named if key[0] in wanted} - known.keys()
    # Entries may name no revision, as those of a program that runs on one's own machine.
    ordered = sorted([*keys, *sorted(more)], key=lambda key: key[0])
    traffic = {(row.service, row.revision): row for row in exposure}
    found = []
    for service, revision in ordered:
        deploy = known.get((service, revision)) or RevisionDeploy(service=service, revision=revision)
        use = traffic.get((service, revision))
        mine = [row for row in seen if (row.service, row.revision) == (service, revision)]
        has, why = _containment(deploy, contains, written_ns)
        firsts = [
            t for t in (deploy.first_ns, use.first_ns if use else None, *(r.first_ns for r in mine)) if t is not None
        ]
        lasts = [t for t in (deploy.last_ns, use.last_ns if use else None, *(r.last_ns for r in mine)) if t is not None]
        found.append(
            Rollout(
                service=service,
                revision=revision,
                contains=has,
                why=why,
                errors=sum(row.count for row in mine),
                error_ids=tuple(i for row in mine for i in row.entry_ids)[:_MAX_IDS],
                last_error_ns=max((row.last_ns for row in mine if row.last_ns is not None), default=None),
                requests=requests_on(use, routes) if use else deploy.requests if not routes else 0,
                minutes=use.minutes if use else 0.0,
                first_ns=min(firsts, default=None),
                last_ns=max(lasts, default=None),
                draining=deploy.state == "draining",
                state=deploy.state,
            )
        )
    return tuple(found)


def requests_on(use: RevisionTraffic, routes: Sequence[str]) -> int:
    """Requests of a revision on these routes, all where none are given."""
    return sum(count for route, count in use.routes if route in routes) if routes else use.requests


def _containment(deploy: RevisionDeploy, contains: Contains, written_ns: int | None) -> tuple[bool | None, Evidence]:
    name = deploy.revision or deploy.service or "the program"
    ids = tuple(i for evidence in deploy.evidence for i in evidence.entry_ids)[:_MAX_IDS]
    why = "its commit is not known"
    if deploy.commit is not None and deploy.source != "inferred":
        found = contains(deploy.commit)
        why = f"runs {deploy.commit[:10]} ({deploy.source or 'told'}): {found.why}"
        if found.contains is not None:
            return found.contains, _said(f"{name} {why}", ids)
    elif (oldest := deploy.oldest or deploy.commit) is not None and (newest := deploy.newest or deploy.commit):
        ends = contains(oldest), contains(newest)
        why = f"runs a commit from {oldest[:10]} to {newest[:10]} by its logs"
        if ends[0].contains is not None and ends[0].contains is ends[1].contains:
            said = f"{name} {why}: at both ends, {ends[0].why}"
            return ends[0].contains, _said(said, ids)
        why += ", of which some may have the fix and some not"
    there = deploy.ready_ns if deploy.ready_ns is not None else deploy.first_ns
    if there is not None and written_ns is not None and there + _SLACK_NS < written_ns:
        said = f"{name} was there at {_shown(there)}, before the fix was written at {_shown(written_ns)}"
        return False, _said(said, ids)
    return None, _said(f"{name}: {why}; the label commit-sha on the revision would settle it", ids)


def _said(text: str, entry_ids: tuple[str, ...]) -> Evidence:
    return Evidence(text=text, entry_ids=entry_ids, rule=Ground.ROLLOUT)


def _shown(time_ns: int) -> str:
    return datetime.fromtimestamp(time_ns // 1_000_000_000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
