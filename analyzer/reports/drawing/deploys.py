"""Revisions as bands: since when they were there, what became of them, and how much they were asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from analyzer.model import wider_step
from analyzer.reports import wording
from analyzer.reports.drawing.axis import SECOND_NS, Axis, width_of_bins
from analyzer.reports.drawing.reading import Json, time_of
from analyzer.reports.drawing.shapes import (
    LINE,
    Bars,
    Lanes,
    Line,
    Mark,
    Row,
    TableRow,
    bar_path,
    heading,
    label,
    note_of,
    remark,
)
from analyzer.reports.hostile import one_line

MOST_REVISIONS = 10
MINUTE_S = 60
_BAR_HEIGHT = 14
_APART = 0.4
"""strokes nearer to one another are one"""
_MOST_STROKES = 12
_NARROWEST = 0.5
"""a bar of traffic is at least this wide, else minutes are taken together"""
STATES = {
    "served": "served",
    "draining": "draining: a newer one had taken over",
    "no_traffic": "no request reached it",
    "refused": "never got ready",
    "rolled_back": "rolled back",
}


def deploy_lanes(report: Json, axis: Axis) -> Lanes:
    """One row a revision, newest last; older ones than the last ten are told in words."""
    found = _revisions(report)
    asked, step = _traffic(report, axis)
    tallest = max((n for bins in asked.values() for n in bins.values()), default=0)
    shown = found[-MOST_REVISIONS:]
    rows, signs = [], set[tuple[str, str]]()
    for revision in shown:
        row = _row(revision, axis, asked.get(_key(revision), {}), step, tallest)
        rows.append(row)
        signs |= {("mark", mark.shape) for mark in row.marks} | {("band", line.look) for line in row.lines}
    if not rows:
        return Lanes(rows=(heading("Revisions"), remark("No deploy and no revision was seen.")))
    note = f"bars: requests, at most {wording.number(tallest)} in {width_of_bins(step)}" if tallest else ""
    older = len(found) - len(shown)
    more = [remark(f"{wording.count(older, 'older revision')}: under Deploys")] if older else []
    return Lanes(
        rows=(heading("Revisions", note), *rows, *more),
        table=tuple(_table_row(r) for r in shown),
        signs=frozenset(signs),
    )


def deploy_moments(report: Json, axis: Axis) -> tuple[float, ...]:
    """Where something changed what runs, for the strokes through all rows; the last ones where there are many."""
    events = [event for revision in _revisions(report)[-MOST_REVISIONS:] for event in revision["events"]]
    times = [time_of(event["time"]) for event in events if event["event"] != "ready"]
    found: list[float] = []
    for place in sorted({axis.place(time) for time in times if time is not None}):
        if not found or place - found[-1] > _APART:
            found.append(place)
    return tuple(found[-_MOST_STROKES:])


def _key(revision: Json) -> tuple[str, str]:
    return revision["service"], revision["revision"]


def _revisions(report: Json) -> list[dict[str, Any]]:
    """Revisions with their events, oldest first; where a report has none, those that its events name."""
    events = defaultdict(list)
    for event in report["deploys"]["timeline"]:
        events[event["service"], event["revision"] or ""].append(event)
    known = [dict(r) for r in report["deploys"].get("revisions") or ()]
    named = {_key(r) for r in known}
    known += [
        {"service": service, "revision": revision, "state": "", "commit": mine[0]["commit"], "requests": 0}
        for (service, revision), mine in events.items()
        if (service, revision) not in named
    ]
    for revision in known:
        revision["events"] = events[_key(revision)]
        revision["begin"] = min((t for t in _times(revision) if t is not None), default=0)
    return sorted(known, key=lambda r: r["begin"])


def _times(revision: Json) -> list[int | None]:
    told = [time_of(revision.get(name)) for name in ("deployed", "ready", "first")]
    return told + [time_of(event["time"]) for event in revision["events"]]


def _row(revision: Json, axis: Axis, asked: Mapping[int, int], step: int, tallest: int) -> Row:
    name, state = _name(revision), revision["state"]
    ground = LINE + (_BAR_HEIGHT + 3 if tallest else 3)
    told = " · ".join(filter(None, (name, state.replace("_", " "), _commit(revision))))
    bars: tuple[Bars, ...] = ()
    if asked:
        width = step * SECOND_NS
        path = bar_path(
            [
                (axis.place(number * width), axis.place((number + 1) * width), count / tallest)
                for number, count in sorted(asked.items())
                if not axis.is_left_out(number * width, (number + 1) * width)
            ],
            _BAR_HEIGHT,
        )
        bars = (Bars(path=path, y=LINE, height=_BAR_HEIGHT, look="asked"),)
    requests = wording.count(revision["requests"], "request") if revision.get("requests") else ""
    marks = tuple(
        Mark(place=axis.place(time), y=ground, shape=event["event"])
        for event in revision["events"]
        if (time := time_of(event["time"])) is not None
    )
    return Row(
        height=ground + 10,
        words=(label(told, room=100), note_of(requests)),
        hint=f"{name}: {_says(revision)}",
        lines=_bands(revision, axis, ground),
        bars=bars,
        marks=marks,
    )


def _bands(revision: Json, axis: Axis, y: int) -> tuple[Line, ...]:
    """A thin line from its deploy on, a band while it was seen."""
    times = [t for t in _times(revision) if t is not None]
    first, last = time_of(revision.get("first")), time_of(revision.get("last"))
    if not times or not revision["state"]:
        return ()
    begin, until = min(times), max([*times, *([last] if last is not None else [])])
    shown = []
    if first is None or begin < first:
        left, right = axis.place(begin), axis.place(first if first is not None else until)
        shown.append(Line(left=left, right=max(right, left + 0.2), y=y, look="waiting"))
    if first is not None:
        left, right = axis.place(first), axis.place(until if revision["state"] == "refused" else last or first)
        left = min(left, 99.4)
        look = revision["state"] if revision["state"] in STATES else "served"
        shown.append(Line(left=left, right=max(right, left + 0.6), y=y, look=look))
    return tuple(shown)


def _traffic(report: Json, axis: Axis) -> tuple[dict[tuple[str, str], dict[int, int]], int]:
    """(service, revision) → bin → requests, and the width of a bin in seconds: a minute, or more so that it is seen."""
    step = MINUTE_S
    while axis.width(step * SECOND_NS) < _NARROWEST:
        step = wider_step(step)
    found: dict[tuple[str, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for minute in report["deploys"].get("traffic") or ():
        time = time_of(minute["time"])
        if time is not None and time <= axis.to_ns and time + MINUTE_S * SECOND_NS > axis.from_ns:
            for revision, count in minute["requests"].items():
                found[minute["service"], revision][time // (step * SECOND_NS)] += count
    return found, step


def _name(revision: Json) -> str:
    service, name = one_line(revision["service"]), one_line(revision["revision"] or "unnamed")
    return name if name.startswith(service) else f"{service} {name}"


def _commit(revision: Json) -> str:
    return wording.short_commit(revision["commit"]) if revision.get("commit") else ""


def _says(revision: Json) -> str:
    state = STATES.get(revision["state"], revision["state"])
    commit = f"commit {_commit(revision)}" if revision.get("commit") else "commit unknown"
    requests = wording.count(revision["requests"], "request") if revision.get("requests") else ""
    happened = [f"{e['event'].replace('_', ' ')} {wording.moment(e['time'])}" for e in revision["events"] if e["time"]]
    return "; ".join(filter(None, (state, commit, requests, *happened)))


def _table_row(revision: Json) -> TableRow:
    return TableRow(
        kind="revision",
        name=_name(revision),
        start=revision.get("first"),
        end=revision.get("last"),
        says=_says(revision),
    )
