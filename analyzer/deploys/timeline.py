"""Entries to `Deploys`: what each service ran, from which commit, and when that became true."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from analyzer.deploys.audit import Step, read_step
from analyzer.deploys.banners import commits_by_banner
from analyzer.deploys.commits import commits_by_label
from analyzer.model import Deploys, Entry, PrintedLine, ServiceDeploy, TimelineEvent

_SILENT_LOGS = ("cloudaudit.googleapis.com", "varlog%2Fsystem", "varlog/system")
"""logs in which the platform speaks of a revision that need not serve"""

_NUMBER = re.compile(r"-(\d{5})-[a-z0-9]{3}$", re.ASCII)
"""how Cloud Run names revisions that were given no name: `service-00042-abc`"""

_BySource = Mapping[tuple[str, str], tuple[str, str]]
"""(service, revision) → (commit, source)"""


def read_deploys(
    entries: Sequence[Entry],
    *,
    options: Mapping[str, str],
    head: str | None,
    printed: Sequence[PrintedLine] = (),
    is_known: Callable[[str, str], bool] | None = None,
) -> Deploys:
    """Services with revisions in order of first appearance, and the timeline sorted by (time, service, revision).

    `options` maps services to commits the user named, "" to the one for every service without its own. A service's
    commit is that option, else what its newest revision says of itself: a label, its deploy's labels, its image tag, a
    line of its start among those `printed`, if the service's repository knows the commit (`is_known`). Otherwise commit
    and source are None; nothing is inferred here.
    """
    ordered = sorted(entries, key=lambda e: (e.time_ns is None, e.time_ns or 0, e.log_name, e.entry_id, e.position))
    steps = _bound(_once(step for entry in ordered if (step := read_step(entry)) and step.service))
    serving = _first_serving(ordered)
    commits: dict[tuple[str, str], tuple[str, str]] = {
        key: (commit, "banner")
        for key, commit in commits_by_banner(printed).items()
        if is_known is None or is_known(key[0], commit)
    }
    commits |= {
        (step.service, step.revision): (step.commit, step.source)
        for step in steps
        if step.event == "deployed" and step.revision and step.commit and step.source
    }
    commits |= {key: (commit, "label") for key, commit in commits_by_label(ordered).items()}
    events = [
        TimelineEvent(
            time_ns=step.time_ns,
            service=step.service,
            revision=step.revision,
            event=step.event,
            commit=commits.get((step.service, step.revision or ""), (step.commit,))[0],
            entry_ids=(step.entry_id,),
        )
        for step in steps
    ]
    events += [
        TimelineEvent(
            time_ns=entry.time_ns,
            service=entry.service,
            revision=entry.revision,
            event="serving",
            commit=commits.get((entry.service, entry.revision), (None,))[0],
            entry_ids=(entry.entry_id,),
        )
        for entry in serving.values()
    ]
    return Deploys(
        services=tuple(
            _service(service, revisions, options, commits)
            for service, revisions in sorted(_revisions(ordered, steps).items())
        ),
        head=head,
        timeline=tuple(sorted(events, key=_order)),
    )


def _order(event: TimelineEvent) -> tuple[object, ...]:
    return (
        event.time_ns is None,
        event.time_ns or 0,
        event.service,
        event.revision or "",
        event.event,
        event.entry_ids,
    )


def _service(service: str, revisions: Sequence[str], options: Mapping[str, str], commits: _BySource) -> ServiceDeploy:
    commit, source = None, None
    if named := options.get(service) or options.get(""):
        commit, source = named, "option"
    elif found := commits.get((service, newest_revision(revisions))) or commits.get((service, "")):
        commit, source = found
    return ServiceDeploy(service=service, revisions=tuple(revisions), commit=commit, source=source)


def newest_revision(revisions: Sequence[str]) -> str:
    """The revision deployed last: by Cloud Run's numbers, else the one that appeared last; "" where there is none.

    An old one that drains can appear after the new one.
    """
    numbers = [int(found[1]) if (found := _NUMBER.search(revision)) else None for revision in revisions]
    known = [number for number in numbers if number is not None]
    if len(known) == len(revisions) and known:
        return revisions[known.index(max(known))]
    return revisions[-1] if revisions else ""


def _revisions(entries: Iterable[Entry], steps: Iterable[Step]) -> dict[str, list[str]]:
    """service → its revisions that ran or became ready, oldest first. A deploy alone proves neither."""
    ready = {step.entry_id: step for step in steps if step.event == "ready"}
    found: dict[str, list[str]] = defaultdict(list)
    for entry in entries:
        step = ready.get(entry.entry_id)
        service, revision = (step.service, step.revision) if step else (entry.service, entry.revision)
        if not service:
            continue
        revisions = found[service]
        if revision and revision not in revisions and (step or "cloudaudit.googleapis.com" not in entry.log_name):
            revisions.append(revision)
    return found


def _first_serving(entries: Iterable[Entry]) -> dict[tuple[str, str], Entry]:
    """The first entry that each revision wrote by itself, or that a request to it left."""
    first: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        if entry.service and entry.revision and not any(log in entry.log_name for log in _SILENT_LOGS):
            first.setdefault((entry.service, entry.revision), entry)
    return first


def _once(steps: Iterable[Step]) -> list[Step]:
    """Ready is printed twice for a revision; the first one counts."""
    seen: set[tuple[str, str, str | None]] = set()
    kept: list[Step] = []
    for step in steps:
        key = (step.event, step.service, step.revision)
        if step.event == "ready":
            if key in seen:
                continue
            seen.add(key)
        kept.append(step)
    return kept


def _bound(steps: Sequence[Step]) -> list[Step]:
    """Deploys with the revision they made: the first that got ready after it and before the service's next deploy.

    An audit entry of a deploy names no revision of its own. With two deploys in a row the earlier one stays unnamed.
    """
    out: list[Step] = []
    for at, step in enumerate(steps):
        if step.event == "deployed" and step.revision is None:
            for later in steps[at + 1 :]:
                if later.service == step.service and later.event != "deployed":
                    step = replace(step, revision=later.revision)
                    break
                if later.service == step.service:
                    break
        out.append(step)
    return out
