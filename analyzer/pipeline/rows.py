"""Log rows of any shape, signed and clustered the way `analyze` does it: for tables that are already in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from analyzer.clusters import cluster_events
from analyzer.events import read_access_line, read_events, read_text
from analyzer.model import Cluster, Entry, ErrorEvent, Exemplar, Severity
from analyzer.pipeline.requests import read_requests
from analyzer.pipeline.signing import sign_events
from analyzer.redaction import build_redactor
from analyzer.rules import load_rules
from analyzer.signatures import mine, route, similarity
from analyzer.sources import decode_entry

_MAX_TITLE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """What was printed at once: one event of several rows, or one row."""

    time_ns: int | None
    rows: tuple[int, ...]
    """places in the input, ascending"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRow:
    """A row whose cluster is known."""

    place: int
    """in the input"""
    fingerprint: str
    title: str
    template: str
    message: str
    severity: Severity | None
    time_ns: int | None
    service: str
    exception_type: str | None = None


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
    does with the same entries, so that fingerprints and counts are those of its report. All other rows are mined for
    templates, as `cluster_messages` does, and never mix with them. `least` leaves out what is below it.

    Raises `RuleError`.
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
    requests = read_requests(entries, found.events)
    signed = sign_events(loud, mask_rules=masks, frame_rules=frames)
    clusters = cluster_events(signed, noise_rules=noise, similarity=similarity, requests=requests.by_event)
    groups = _with_printings(clusters, loud, place_of)
    groups += _quiet_groups(
        [e for e in entries if e.position not in taken and (least is None or (e.severity or Severity.DEFAULT) >= least)]
    )
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


def group_events(events: Sequence[SignedRow], *, least: Severity | None = None) -> GroupedRows:
    """Events whose clusters are known already; one row is one printing, and counts as one."""
    kept = [e for e in events if least is None or (e.severity or Severity.DEFAULT) >= least]
    groups = _by_fingerprint(kept)
    number_of = {group.cluster.fingerprint: number for number, group in enumerate(groups)}
    group_of: list[int | None] = [None] * len(events)
    for event in kept:
        group_of[event.place] = number_of[event.fingerprint]
    return GroupedRows(
        groups=tuple(groups), group_of=tuple(group_of), severities=tuple(event.severity for event in events)
    )


def _with_printings(
    clusters: Sequence[Cluster], events: Sequence[ErrorEvent], place_of: Mapping[str, int]
) -> list[Group]:
    number_of = {entry_id: n for n, cluster in enumerate(clusters) for entry_id in cluster.members or ()}
    printings: list[list[Printing]] = [[] for _ in clusters]
    for event in sorted(events, key=lambda e: (e.time_ns is None, e.time_ns or 0, place_of[e.entry_ids[0]])):
        places = tuple(sorted({place_of[i] for i in event.entry_ids}))
        printings[number_of[event.entry_ids[0]]].append(Printing(time_ns=event.time_ns, rows=places))
    return [Group(cluster=c, printings=tuple(p)) for c, p in zip(clusters, printings, strict=True)]


def _quiet_groups(entries: Sequence[Entry]) -> list[Group]:
    """Rows that are no errors, by template mining: they have no place in a report whose identity they could share."""
    told = [(entry, text) for entry in entries if (text := _text(entry))]
    mined = mine([text for _, text in told])
    rows = [
        SignedRow(
            place=entry.position,
            fingerprint=found.fingerprint,
            title=_headline(text),
            template=found.template,
            message=text,
            severity=entry.severity,
            time_ns=entry.time_ns,
            service=entry.service,
        )
        for (entry, text), found in zip(told, mined, strict=True)
    ]
    return _by_fingerprint(rows)


def _by_fingerprint(rows: Sequence[SignedRow]) -> list[Group]:
    """Most severe first, then most frequent."""
    own: dict[str, list[SignedRow]] = {}
    for row in sorted(rows, key=lambda r: (r.time_ns is None, r.time_ns or 0, r.place)):
        own.setdefault(row.fingerprint, []).append(row)
    groups = []
    for fingerprint, alike in own.items():
        head = alike[0]
        times = [row.time_ns for row in alike if row.time_ns is not None]
        cluster = Cluster(
            fingerprint=fingerprint,
            title=head.title,
            template=head.template,
            exception_type=head.exception_type,
            core=head.message,
            severity=max(row.severity or Severity.DEFAULT for row in alike),
            count=len(alike),
            entries=len(alike),
            printings=len(alike),
            first_seen_ns=min(times, default=None),
            last_seen_ns=max(times, default=None),
            services=tuple(sorted({row.service for row in alike if row.service})),
            exemplars=(Exemplar(entry_ids=(), message=head.message),),
        )
        printings = tuple(Printing(time_ns=row.time_ns, rows=(row.place,)) for row in alike)
        groups.append(Group(cluster=cluster, printings=printings))
    groups.sort(
        key=lambda g: (-g.cluster.severity, -g.cluster.count, g.cluster.first_seen_ns or 0, g.printings[0].rows)
    )
    return groups


def _text(entry: Entry) -> str:
    """What a row that is no error says; of a request its method, status and route."""
    text = read_text(entry) or (entry.text_payload or "").strip()
    request = entry.http_request
    if request is None and text and (access := read_access_line(text)) is not None:
        request = access[1]
    if request is None or not request.url:
        return text
    said = ("HTTP", request.method, request.status, route(request.url))
    return " ".join(str(part) for part in said if part)


def _headline(text: str) -> str:
    line = next((x.strip() for x in text.splitlines() if x.strip()), "")
    return line if len(line) <= _MAX_TITLE else line[: _MAX_TITLE - 1] + "…"
