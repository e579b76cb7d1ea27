"""The cycle by time in one drawing: revisions and requests, test runs, errors, claimed fixes, what was not read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from jinja2 import Environment, UndefinedError

from analyzer.reports import wording
from analyzer.reports.drawing.axis import Axis, duration, time_axis
from analyzer.reports.drawing.deploys import deploy_lanes, deploy_moments
from analyzer.reports.drawing.errors import error_lanes
from analyzer.reports.drawing.fixes import fix_lanes
from analyzer.reports.drawing.gaps import gap_lanes, gap_stripes
from analyzer.reports.drawing.legend import Explained, legend
from analyzer.reports.drawing.reading import busy_ranges, errors_here
from analyzer.reports.drawing.runs import run_lanes
from analyzer.reports.drawing.shapes import Row, TableRow, Text, stacked
from analyzer.reports.hostile import one_line
from analyzer.reports.templating import environment
from analyzer.reports.view import following_schema, view

_TOP = 44
"""pixels that the axis takes"""
_MARGIN = 12
"""around a drawing that stands alone"""
_APART = 24.0
"""between two times on a phone, in parts of 100"""
_BESIDE = 16.0
"""between two breaks that are called so, in parts of 100"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A stretch of the axis that is not drawn."""

    left: float
    right: float
    text: Text
    """how long it is"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A time at the axis."""

    place: float
    words: Text
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The drawing, and the same in words."""

    title: str
    description: str
    ticks: tuple[Written, ...]
    left_out: tuple[LeftOut, ...]
    rows: tuple[Row, ...]
    moments: tuple[float, ...]
    """where what runs was changed: strokes through all rows"""
    stripes: tuple[tuple[float, float], ...]
    """what was not read"""
    top: int
    foot: int
    """where the rows end"""
    legend: tuple[Explained, ...]
    height: int
    table: tuple[TableRow, ...]


def draw_timeline(
    report: Mapping[str, Any], clusters: Mapping[str, str] | None = None, tests: Mapping[str, str] | None = None
) -> Timeline | None:
    """The timeline of a cleaned report; None where it holds no time at all.

    `clusters` and `tests`: fingerprint, name → id in the page that the row of that error or failed test leads to.
    """
    axis = time_axis(busy_ranges(report))
    if axis is None:
        return None
    lanes = (
        gap_lanes(report, axis),
        deploy_lanes(report, axis),
        fix_lanes(report, axis),
        run_lanes(report, axis, tests or {}),
        error_lanes(report, axis, clusters or {}),
    )
    rows, foot = stacked((row for lane in lanes for row in lane.rows), _TOP)
    signs = frozenset[tuple[str, str]]().union(*(lane.signs for lane in lanes))
    explained, height = legend(signs, foot + 12)
    return Timeline(
        title=f"Timeline of cycle {one_line(report['cycle']['name'])}",
        description=_described(report, axis),
        ticks=_written(axis),
        left_out=_left_out(axis),
        rows=rows,
        moments=deploy_moments(report, axis),
        stripes=gap_stripes(report, axis),
        top=_TOP,
        foot=foot,
        legend=explained,
        height=height + 4,
        table=tuple(row for lane in lanes for row in lane.table),
    )


def timeline_svg(report: Mapping[str, Any]) -> str:
    """The timeline of a report dict as one SVG that stands alone; empty where nothing in it has a time.

    Raises `ReportError` where it is not a report.
    """
    shown = view(report).report
    with following_schema():
        drawing = draw_timeline(shown)
    return standalone("timeline", drawing, height=drawing.height) if drawing else ""


def standalone(macro: str, drawing: object, *, height: int) -> str:
    """A drawing as an SVG with its own style."""
    env = _environment()
    with following_schema(UndefinedError):
        return env.get_template("html/chart_alone.svg.j2").render(
            kind=macro, drawing=drawing, height=height + 2 * _MARGIN
        )


@cache
def _environment() -> Environment:
    return environment()


def _left_out(axis: Axis) -> tuple[LeftOut, ...]:
    """The breaks; where two are near each other only their lengths are written."""
    near = any(b.left - a.left < _BESIDE for a, b in pairwise(axis.breaks))
    found = []
    for one in axis.breaks:
        long = duration(one.to_ns - one.from_ns)
        text = Text(full=long if near else f"{long} left out", brief=long)
        found.append(LeftOut(left=round(one.left, 2), right=round(one.right, 2), text=text))
    return tuple(found)


def _written(axis: Axis) -> tuple[Written, ...]:
    """The ticks; a phone shows those that are far enough apart there."""
    found, last = [], -100.0
    for tick in axis.ticks:
        fits = tick.place - last >= _APART
        last = tick.place if fits else last
        found.append(
            Written(place=tick.place, words=Text(full=tick.text, brief=tick.text if fits else ""), anchor=tick.anchor)
        )
    return tuple(found)


def _described(report: Mapping[str, Any], axis: Axis) -> str:
    counts = [wording.count(len(errors_here(report)), "error")]
    if report["tests"]:
        counts.insert(0, wording.count(report["tests"]["failed"], "failed test"))
    said = [f"{wording.span(report['cycle']['window'])}: {wording.listed(counts)}."]
    if axis.breaks:
        said.append(f"{wording.count(len(axis.breaks), 'stretch', 'stretches')} without anything left out.")
    return " ".join(said)
