"""Errors by time: one row a cluster, how often it occurred as bars."""

from __future__ import annotations

from collections.abc import Mapping

from analyzer.model import Histogram, wider_step
from analyzer.reports import wording
from analyzer.reports.drawing.axis import SECOND_NS, Axis, width_of_bins
from analyzer.reports.drawing.reading import Json, errors_here, histogram_of, span_of
from analyzer.reports.drawing.shapes import (
    LINE,
    NARROW,
    WIDE,
    Bars,
    Lanes,
    Line,
    Row,
    TableRow,
    Words,
    bar_path,
    cut,
    heading,
    note_of,
    remark,
    text_width,
)
from analyzer.reports.hostile import one_line, shorten

MOST_ERRORS = 12
_HEIGHT = 16
MOST_COMMON = 16
"""up to so many in a bar all rows share one height, so that one error looks like one everywhere"""
_NARROWEST = 0.4
"""a bar is at least this wide, else bins are taken together"""
_MOST_TOLD = 8


def error_lanes(report: Json, axis: Axis, anchors: Mapping[str, str]) -> Lanes:
    """The first errors of the report, each with its bars; the rest in words. `anchors`: fingerprint → id in a page."""
    here = errors_here(report)
    if not here:
        return Lanes(rows=(heading("Errors"), remark("No error in this window.")))
    drawn = [(cluster, _fitting(histogram_of(cluster), axis)) for cluster in here[:MOST_ERRORS]]
    highest = max((_most(found) for _, found in drawn), default=0)
    top = highest if highest <= MOST_COMMON else 0
    step = max((found.step_s for _, found in drawn if found), default=0)
    rows = []
    for cluster, found in drawn:
        rows.append(_row(cluster, found, axis, top or _most(found), anchors.get(cluster["fingerprint"])))
    height = "one height for all" if top else "each row to its own height"
    note = f"bars: occurrences in {width_of_bins(step)}, {height}" if step else ""
    rest = here[MOST_ERRORS:]
    if rest:
        count = wording.count(sum(c["count"] for c in rest), "occurrence")
        rows.append(remark(f"{wording.count(len(rest), 'more error')} with {count} not drawn: under Clusters"))
    table = tuple(_table_row(c, f, axis, anchors.get(c["fingerprint"])) for c, f in drawn)
    return Lanes(rows=(heading("Errors", note), *rows), table=table)


def _fitting(histogram: Histogram | None, axis: Axis) -> Histogram | None:
    """With bins wide enough to be seen."""
    if histogram is None:
        return None
    step = histogram.step_s
    while axis.width(step * SECOND_NS) < _NARROWEST:
        step = wider_step(step)
    return histogram.coarser(step)


def _most(histogram: Histogram | None) -> int:
    return max((count for _, count in histogram.bins), default=0) if histogram else 0


def _row(cluster: Json, histogram: Histogram | None, axis: Axis, top: int, anchor: str | None) -> Row:
    """`top` is the count of a bar of full height."""
    seen = span_of(cluster, "first_seen", "last_seen")
    times, most = f"{wording.number(cluster['count'])} ×", _most(histogram)
    note = times
    if not seen:
        note = f"{times}, at unknown times"
    elif histogram and most < cluster["count"]:
        note = f"{times}, at most {wording.number(most)} in {width_of_bins(histogram.step_s)}"
    text = cut(cluster["title"], WIDE - text_width(note) - 8, NARROW - text_width(times) - 8)
    title = Words(place=0, y=12, text=text)
    bars: tuple[Bars, ...] = ()
    lines = [Line(left=0, right=100, y=LINE + _HEIGHT, look="ground")]
    if histogram and histogram.bins:
        path = bar_path(_bars(histogram, axis, top), _HEIGHT)
        bars = (Bars(path=path, y=LINE, height=_HEIGHT, look="error"),)
    elif seen:
        left = min(axis.place(seen[0]), 99.4)
        right = max(axis.place(seen[1]), left + 0.6)
        lines.append(Line(left=left, right=right, y=LINE + _HEIGHT - 4, look="between"))
    return Row(
        height=LINE + _HEIGHT + 8,
        words=(title, note_of(note, times)),
        anchor=anchor,
        hint=f"{shorten(cluster['title'], 200)}: {_told(cluster, histogram, axis)}",
        lines=tuple(lines),
        bars=bars,
    )


def _bars(histogram: Histogram, axis: Axis, top: int) -> list[tuple[float, float, float]]:
    width = histogram.step_s * SECOND_NS
    return [
        (axis.place(number * width), axis.place((number + 1) * width), count / top) for number, count in histogram.bins
    ]


def _told(cluster: Json, histogram: Histogram | None, axis: Axis) -> str:
    """The bars in words, the tallest ones where there are many."""
    count = wording.count(cluster["count"], "occurrence")
    if histogram is None:
        return count
    width = histogram.step_s * SECOND_NS
    tallest = sorted(histogram.bins, key=lambda b: (-b[1], b[0]))[:_MOST_TOLD]
    told = [f"{wording.number(n)} at {axis.say(number * width)}" for number, n in sorted(tallest)]
    rest = len(histogram.bins) - len(tallest)
    more = [f"fewer in {wording.count(rest, 'other bar')}"] if rest else []
    without = [f"{wording.number(histogram.without_time)} without a time"] if histogram.without_time else []
    return f"{count} by {width_of_bins(histogram.step_s)}: {', '.join([*told, *more, *without])}"


def _table_row(cluster: Json, histogram: Histogram | None, axis: Axis, anchor: str | None) -> TableRow:
    return TableRow(
        kind="error",
        name=one_line(cluster["title"]),
        start=cluster["first_seen"],
        end=cluster["last_seen"],
        says=_told(cluster, histogram, axis),
        anchor=anchor,
    )
