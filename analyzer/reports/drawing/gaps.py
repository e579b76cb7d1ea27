"""Parts of the window that were not read: drawn through all rows, so that emptiness there is not taken for silence."""

from __future__ import annotations

from analyzer.reports import wording
from analyzer.reports.drawing.axis import Axis
from analyzer.reports.drawing.reading import Json, time_of
from analyzer.reports.drawing.shapes import Lanes, TableRow, heading, remark
from analyzer.reports.hostile import one_line

MOST_GAPS = 3
MOST_STRIPES = 50


def gap_lanes(report: Json, axis: Axis) -> Lanes:
    """The gaps in words."""
    gaps = [gap for gap in report["ledger"]["gaps"] if gap["from"] or gap["to"]]
    if not gaps:
        return Lanes()
    rows = [remark(f"{_when(gap, axis)}: {gap['reason']}") for gap in gaps[:MOST_GAPS]]
    more = len(gaps) - MOST_GAPS
    if more > 0:
        rows.append(remark(f"{wording.count(more, 'more gap')}: under Ledger"))
    table = tuple(
        TableRow(kind="gap", name="not read", start=gap["from"], end=gap["to"], says=one_line(gap["reason"]))
        for gap in gaps[:MOST_STRIPES]
    )
    return Lanes(rows=(heading("Not read", "striped through all rows"), *rows), table=table)


def gap_stripes(report: Json, axis: Axis) -> tuple[tuple[float, float], ...]:
    """Where the gaps lie, the longest ones where there are many; an open end is the end of the axis."""
    found = []
    for gap in report["ledger"]["gaps"]:
        begin, end = time_of(gap["from"]), time_of(gap["to"])
        if begin is not None or end is not None:
            left = axis.place(axis.from_ns if begin is None else begin)
            right = axis.place(axis.to_ns if end is None else end)
            found.append((min(left, 99.5), max(right, left + 0.5)))
    longest = sorted(found, key=lambda s: (s[0] - s[1], s))[:MOST_STRIPES]
    return tuple(sorted(longest))


def _when(gap: Json, axis: Axis) -> str:
    begin, end = time_of(gap["from"]), time_of(gap["to"])
    if begin is None or end is None:
        return f"up to {axis.say(end)}" if end is not None else f"from {axis.say(begin)}" if begin is not None else ""
    return f"{axis.say(begin)} to {axis.say(end)}"
