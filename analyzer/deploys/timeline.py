"""Entries to `Deploys`: what each service ran, from which commit, and when that became true."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from analyzer.deploys.ages import newest_revision, oldest_first
from analyzer.deploys.audit import Step, Told, read_step
from analyzer.deploys.binding import Bound, Revision, bind_steps
from analyzer.deploys.revisions import describe_revisions
from analyzer.deploys.states import Life, Rollback, rollbacks
from analyzer.deploys.told import conflicts, gather_told
from analyzer.deploys.traffic import Use, is_silent, minutes, read_use, share
from analyzer.model import Deploys, Entry, Evidence, Ground, PrintedLine, RevisionDeploy, ServiceDeploy, TimelineEvent

_STARTED, _FAILED = "probe succeeded", ("probe failed", "Container called exit(")
_CITED = 3


@dataclass(slots=True)
class _Seen:
    """Of each revision: when it showed itself, by itself and at all."""

    first: dict[Revision, int] = field(default_factory=dict)
    own: dict[Revision, list[int]] = field(default_factory=dict)
    """[first, last] time of what it wrote and of requests to it"""
    failed: dict[Revision, list[str]] = field(default_factory=lambda: defaultdict(list))
    started: set[Revision] = field(default_factory=set)


def read_deploys(
    entries: Sequence[Entry],
    *,
    options: Mapping[str, str],
    head: str | None,
    printed: Sequence[PrintedLine] = (),
    is_known: Callable[[str, str], bool] | None = None,
    earlier: Deploys | None = None,
) -> Deploys:
    """Services with revisions in order of first appearance, each revision, and the timeline sorted by time.

    `options` maps services to commits the user named, "" to the one for every service without its own. A service's
    commit is that option, else what its newest revision says of itself: a label, its deploy's labels, its image tag, a
    line of its start among those `printed`, if the service's repository knows the commit (`is_known`). Otherwise commit
    and source are None; nothing is inferred here. Of `revisions` the option is that of the newest one which serves.
    `earlier` is the baseline's: what it told of the deploy of a revision still holds.
    """
    ordered = sorted(entries, key=lambda e: (e.time_ns is None, e.time_ns or 0, e.log_name, e.entry_id, e.position))
    steps = [step for entry in ordered if (step := read_step(entry)) and step.service]
    seen = _seen(ordered)
    bound = bind_steps(steps, seen.first)
    told = gather_told(ordered, bound, printed, is_known)
    appeared = _revisions(ordered, bound.steps)
    use = read_use(ordered)
    events = [_event(step, told) for step in bound.steps if step.event != "traffic"]
    notes = list(_notes(bound, told))
    revisions: list[RevisionDeploy] = []
    for service in sorted(appeared):
        life = _life(service, appeared[service], bound.steps, seen, use.get(service))
        rolled = rollbacks(life)
        events += _serving(service, life, rolled, told)
        revisions += describe_revisions(service, life, rolled, bound, told, seen.own, options, earlier)
    notes += [note for revision in revisions for note in _unproven(revision)]
    return Deploys(
        services=tuple(_service(service, names, options, told) for service, names in sorted(appeared.items())),
        head=head,
        timeline=tuple(sorted(events, key=_order)),
        revisions=tuple(revisions),
        traffic=minutes(use),
        notes=tuple(sorted(dict.fromkeys(notes), key=lambda note: (note.text, note.entry_ids))),
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


def _service(
    service: str, revisions: Sequence[str], options: Mapping[str, str], told: Mapping[Revision, tuple[Told, ...]]
) -> ServiceDeploy:
    commit, source = None, None
    if named := options.get(service) or options.get(""):
        commit, source = named, "option"
    elif found := told.get((service, newest_revision(revisions))) or told.get((service, "")):
        commit, source = found[0].commit, found[0].source
    return ServiceDeploy(service=service, revisions=tuple(revisions), commit=commit, source=source)


def _seen(entries: Iterable[Entry]) -> _Seen:
    seen = _Seen()
    for entry in entries:
        if not entry.service or not entry.revision or "cloudaudit.googleapis.com" in entry.log_name:
            continue
        key = entry.service, entry.revision
        if entry.time_ns is not None:
            seen.first.setdefault(key, entry.time_ns)
            if not is_silent(entry):
                seen.own.setdefault(key, [entry.time_ns, entry.time_ns])[1] = entry.time_ns
        if is_silent(entry) and entry.text_payload:
            if _STARTED in entry.text_payload[:300]:
                seen.started.add(key)
            elif any(text in entry.text_payload[:300] for text in _FAILED):
                seen.failed[key].append(entry.entry_id)
    return seen


def _revisions(entries: Iterable[Entry], steps: Iterable[Step]) -> dict[str, list[str]]:
    """service → its revisions that ran or became ready, oldest first. A deploy alone proves neither."""
    ready = {step.entry_id: step for step in steps if step.event == "ready"}
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for entry in entries:
        step = ready.get(entry.entry_id)
        service, revision = (step.service, step.revision) if step else (entry.service, entry.revision)
        if not service:
            continue
        revisions = found[service]
        if revision and (step or "cloudaudit.googleapis.com" not in entry.log_name):
            revisions.setdefault(revision)
    return {service: list(names) for service, names in found.items()}


def _life(service: str, appeared: Sequence[str], steps: Sequence[Step], seen: _Seen, use: Use | None) -> Life:
    mine = [step for step in steps if step.service == service]
    made: dict[str, int] = {}
    ready: dict[str, Step] = {}
    refused: dict[str, Step] = {}
    for step in mine:
        if step.revision and step.event in ("deployed", "ready", "refused"):
            if step.time_ns is not None:
                made.setdefault(step.revision, step.time_ns)
            if step.event != "deployed":
                (ready if step.event == "ready" else refused).setdefault(step.revision, step)
    first = {name: time for (owner, name), time in seen.first.items() if owner == service}
    names = oldest_first({*appeared, *made}, made, first)
    failed = {
        name: tuple(ids[:_CITED])
        for (owner, name), ids in seen.failed.items()
        if owner == service and (owner, name) not in seen.started
    }
    return Life(
        names=names,
        use=use or Use(asked={}, by_requests=False, requests={}),
        last_seen={name: times[1] for (owner, name), times in seen.own.items() if owner == service},
        ready=ready,
        refused=refused,
        divided=_divided(mine, ready, names),
        failed_starts=failed,
    )


def _divided(
    steps: Sequence[Step], ready: Mapping[str, Step], names: Sequence[str]
) -> tuple[tuple[int, Mapping[str, int], str], ...]:
    """Divisions of traffic, with the latest ready revision by name; a deploy divides it when its revision is ready."""
    found: list[tuple[int, Mapping[str, int], str]] = []
    for step in steps:
        if step.event not in ("deployed", "traffic") or not step.traffic or step.time_ns is None:
            continue
        own = ready.get(step.revision or "") if step.event == "deployed" else None
        time = own.time_ns if own is not None and own.time_ns is not None else step.time_ns
        there = [n for n in names if n in ready and (ready[n].time_ns or 0) <= time]
        latest = step.revision if own is not None else there[-1] if there and step.event == "traffic" else None
        percents = {name or latest: percent for name, percent in step.traffic}
        if all(percents):
            found.append((time, {str(name): percent for name, percent in percents.items()}, step.entry_id))
    return tuple(sorted(found, key=lambda item: (item[0], item[2])))


def _event(step: Step, told: Mapping[Revision, tuple[Told, ...]]) -> TimelineEvent:
    found = told.get((step.service, step.revision or "")) if step.revision else None
    return TimelineEvent(
        time_ns=step.time_ns,
        service=step.service,
        revision=step.revision,
        event=step.event,
        commit=found[0].commit if found else step.commit,
        entry_ids=(step.entry_id,),
    )


def _serving(
    service: str, life: Life, rolled: Sequence[Rollback], told: Mapping[Revision, tuple[Told, ...]]
) -> Iterator[TimelineEvent]:
    """The first time that each revision answered, again after a rollback, and the rollbacks."""
    for name in life.names:
        asked = life.use.asked.get(name, ())
        found = told.get((service, name))
        commit = found[0].commit if found else None
        since = [0, *(r.time_ns for r in rolled if life.names.index(r.revision) > life.names.index(name))]
        firsts = dict.fromkeys(item for time in since if (item := next((a for a in asked if a[0] >= time), None)))
        for time, entry_id in firsts:
            yield TimelineEvent(
                time_ns=time,
                service=service,
                revision=name,
                event="serving",
                commit=commit,
                share=share(life.use, name, time),
                entry_ids=(entry_id,),
            )
        for rollback in rolled:
            if rollback.revision == name:
                yield TimelineEvent(
                    time_ns=rollback.time_ns,
                    service=service,
                    revision=name,
                    event="rolled_back",
                    commit=commit,
                    entry_ids=rollback.entry_ids,
                )


def _notes(bound: Bound, told: Mapping[Revision, tuple[Told, ...]]) -> Iterator[Evidence]:
    unclear = {step.entry_id for deploys in bound.ambiguous.values() for step in deploys}
    for (service, revision), deploys in bound.ambiguous.items():
        text = f"{service}: which of {len(deploys)} deploys made {revision} is not told"
        if len(deploys) == 1:
            text = f"{service}: whether {revision} or another revision was made by the deploy before it is not told"
        yield Evidence(text=text, entry_ids=tuple(step.entry_id for step in deploys)[:_CITED])
    crowded: dict[str, list[str]] = defaultdict(list)
    for step in bound.steps:
        if step.entry_id in bound.crowded:
            crowded[step.service].append(step.entry_id)
    for service, ids in crowded.items():
        text = f"{service}: {len(ids):,} deploys are too close together to tell which revision each of them made"
        yield Evidence(text=text, entry_ids=tuple(ids[:_CITED]))
    unclear |= bound.crowded
    for step in bound.steps:
        if step.event == "refused":
            which = f"revision {step.revision}" if step.revision else "a deploy"
            yield Evidence(text=f"{step.service}: {which} was refused: {step.problem}", entry_ids=(step.entry_id,))
        elif step.event == "deployed" and step.revision is None and step.entry_id not in unclear:
            text = f"{step.service}: no revision got ready after a deploy, which one it made is not told"
            yield Evidence(text=text, entry_ids=(step.entry_id,))
    for (service, revision), found in told.items():
        for conflict in conflicts(found):
            text = f"{service} {revision}: {conflict.text}".replace("  ", " ")
            yield Evidence(text=text, entry_ids=conflict.entry_ids)


def _unproven(revision: RevisionDeploy) -> Iterator[Evidence]:
    if revision.state == "no_traffic":
        text = f"{revision.service}: deployed, unproven: no request reached revision {revision.revision}"
        ids = next((e.entry_ids for e in revision.evidence if e.entry_ids), ())
        yield Evidence(text=text, entry_ids=ids, rule=Ground.NO_TRAFFIC)
