"""Log rows of any shape, signed and clustered the way `analyze` does it: for tables that are already in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from analyzer.clusters import cluster_events
from analyzer.events import read_access_line, read_events, read_text
from analyzer.model import NO_MESSAGE, Cluster, Entry, ErrorEvent, EventKind, Exemplar, Severity
from analyzer.pipeline.requests import read_requests
from analyzer.pipeline.signing import sign_events
from analyzer.redaction import build_redactor
from analyzer.rules import load_rules
from analyzer.signatures import similarity
from analyzer.sources import decode_entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """What was printed at once: one event of several rows, or one row."""

    time_ns: int | None
    service: str
    rows: tuple[int, ...]
    """places in the input, ascending"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A cluster of the rows and its printings, earliest first."""

    cluster: Cluster
    printings: tuple[Printing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupedRows:
    """Every row with text in exactly one group."""

    groups: tuple[Group, ...]
    """errors, then warnings, as a report orders them; then what is neither; noise last"""
    group_of: tuple[int | None, ...]
    """place in `groups` of each row; None for a row without text, and for one below the asked level"""
    severities: tuple[Severity | None, ...]
    """of each row: of its event, else as given; None where neither"""


def group_rows(
    rows: Iterable[Mapping[str, Any]],
    *,
    least: Severity | None = None,
    rules: Sequence[str] = (),
    salt: str | None = None,
) -> GroupedRows:
    """LogEntry-like dicts → clusters. The errors and warnings among them are read, signed and clustered as `analyze`
    does with the same entries, so that fingerprints and counts are those of its report. All other rows are known by
    their own text, and never mix with them. `least` leaves out what is below it. Raises `RuleError`.
    """
    own = tuple(Path(r) for r in rules)
    redactor = build_redactor(own, salt)
    masks, frames, noise = (load_rules(kind, own) for kind in ("masks", "frames", "noise"))
    entries = []
    for place, row in enumerate(rows):
        entry = decode_entry(row, redactor=redactor, position=place)
        # two rows may have one id; those that have none of their own come in the order of the table
        given = "" if entry.entry_id.startswith("x-") else entry.entry_id
        entries.append(replace(entry, entry_id=f"{given}#{place:09}"))
    place_of = {entry.entry_id: entry.position for entry in entries}

    found = read_events(entries, redact=redactor.text, redact_all=redactor.texts, frame_rules=frames)
    loud = [e for e in found.events if least is None or e.severity >= least]
    taken = {place_of[i] for e in found.events for i in e.entry_ids}
    quiet = [
        event
        for entry in entries
        if entry.position not in taken
        and (least is None or (entry.severity or Severity.DEFAULT) >= least)
        and (event := _quiet_event(entry)) is not None
    ]
    groups: list[Group] = []
    requests = read_requests(entries, found.events)
    for events, by_event in ((loud, requests.by_event), (quiet, {})):
        signed = sign_events(events, mask_rules=masks, frame_rules=frames)
        clusters = cluster_events(signed, noise_rules=noise, similarity=similarity, requests=by_event)
        groups += _groups(clusters, events, place_of)
    groups.sort(key=lambda g: g.cluster.noise is not None)

    group_of: list[int | None] = [None] * len(entries)
    for number, group in enumerate(groups):
        for printing in group.printings:
            for place in printing.rows:
                group_of[place] = number
    severities = [entry.severity for entry in entries]
    for event in found.events:
        for entry_id in event.entry_ids:
            severities[place_of[entry_id]] = event.severity
    return GroupedRows(groups=tuple(groups), group_of=tuple(group_of), severities=tuple(severities))


def group_events(rows: Sequence[Mapping[str, Any]], *, least: Severity | None = None) -> GroupedRows:
    """Rows of `Analysis.events` by the clusters that they are in; one row is one printing, and counts as one."""
    severities = [Severity[row["severity"]] if row["severity"] else None for row in rows]
    places: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        if least is None or (severities[place] or Severity.DEFAULT) >= least:
            places.setdefault(row["fingerprint"], []).append(place)
    groups = []
    for fingerprint, own in places.items():
        own.sort(key=lambda place: (rows[place]["time_ns"] is None, rows[place]["time_ns"] or 0, place))
        head = rows[own[0]]
        times = [rows[place]["time_ns"] for place in own if rows[place]["time_ns"] is not None]
        services = {rows[place]["service"] for place in own}
        cluster = Cluster(
            fingerprint=fingerprint,
            title=head["title"],
            template=head["template"],
            exception_type=head["exception_type"],
            core=head["message"],
            severity=max(severities[place] or Severity.DEFAULT for place in own),
            count=len(own),
            entries=sum(len(rows[place]["entry_ids"]) for place in own),
            printings=len(own),
            first_seen_ns=min(times, default=None),
            last_seen_ns=max(times, default=None),
            services=tuple(sorted(s for s in services if s)),
            exemplars=(Exemplar(entry_ids=tuple(head["entry_ids"]), message=head["message"]),),
        )
        printings = (
            Printing(time_ns=rows[place]["time_ns"], service=rows[place]["service"] or "", rows=(place,))
            for place in own
        )
        groups.append(Group(cluster=cluster, printings=tuple(printings)))
    groups.sort(
        key=lambda g: (-g.cluster.severity, -g.cluster.count, g.cluster.first_seen_ns or 0, g.cluster.fingerprint)
    )
    number_of = {group.cluster.fingerprint: number for number, group in enumerate(groups)}
    kept = {place for own in places.values() for place in own}
    return GroupedRows(
        groups=tuple(groups),
        group_of=tuple(number_of[row["fingerprint"]] if place in kept else None for place, row in enumerate(rows)),
        severities=tuple(severities),
    )


def _groups(clusters: Sequence[Cluster], events: Sequence[ErrorEvent], place_of: Mapping[str, int]) -> list[Group]:
    number_of = {entry_id: n for n, cluster in enumerate(clusters) for entry_id in cluster.members or ()}
    printings: list[list[Printing]] = [[] for _ in clusters]
    for event in sorted(events, key=lambda e: (e.time_ns is None, e.time_ns or 0, place_of[e.entry_ids[0]])):
        printings[number_of[event.entry_ids[0]]].append(
            Printing(
                time_ns=event.time_ns,
                service=event.service,
                rows=tuple(sorted({place_of[i] for i in event.entry_ids})),
            )
        )
    return [Group(cluster=c, printings=tuple(p)) for c, p in zip(clusters, printings, strict=True)]


def _quiet_event(entry: Entry) -> ErrorEvent | None:
    """A row that is no error, as an event of its own; None where it has no text."""
    text = read_text(entry) or (entry.text_payload or "").strip()
    request, kind = entry.http_request, EventKind.APPLICATION
    if request is None and (access := read_access_line(text)) is not None:
        request = access[1]
    if request is not None:
        kind = EventKind.REQUEST
        said = ("HTTP", request.method, request.status, request.url)
        text = text or " ".join(str(part) for part in said if part)
    if not text:
        return None
    return ErrorEvent(
        entry_ids=(entry.entry_id,),
        time_ns=entry.time_ns,
        severity=entry.severity or Severity.DEFAULT,
        service=entry.service,
        revision=entry.revision,
        instance=entry.instance,
        message=text or NO_MESSAGE,
        kind=kind,
        request=request,
        log_name=entry.log_name,
    )
