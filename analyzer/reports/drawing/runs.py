"""Test runs: when each ran, how it ended, and the failed ones by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from analyzer.reports import wording
from analyzer.reports.drawing.axis import Axis
from analyzer.reports.drawing.reading import FAILED, Json, span_of
from analyzer.reports.drawing.shapes import (
    NARROW,
    WIDE,
    Bars,
    Lanes,
    Row,
    TableRow,
    Words,
    bar_path,
    cut,
    heading,
    remark,
)
from analyzer.reports.hostile import one_line

MOST_FAILED = 10
MOST_BARS = 150
"""above it, runs that touch are drawn as one"""
_HEIGHT = 12
_LOW = 0.5
_ROW = 16

Spans = list[tuple[float, float]]


def run_lanes(report: Json, axis: Axis, anchors: Mapping[str, str]) -> Lanes:
    """A strip of all runs, tall where they failed, then the failed ones by name. `anchors`: name → id in a page."""
    tests = report["tests"]
    if tests is None:
        return Lanes()
    results = tests["results"]
    counts = [wording.count(tests["total"], "test")]
    counts += [f"{wording.number(tests[name])} {name}" for name in ("passed", "failed", "skipped") if tests[name]]
    rows = [heading("Tests", ", ".join(counts))]
    timed = [(result, ran) for result in results if (ran := span_of(result, "started", "ended"))]
    if not timed:
        return Lanes(rows=(*rows, remark("The test results do not say when they ran.")))
    places = [(result["status"], axis.place(ran[0]), axis.place(ran[1])) for result, ran in timed]
    passed = _joined((a, b) for status, a, b in places if status == "passed")
    failed = _joined((a, b) for status, a, b in places if status in FAILED)
    bars = (
        Bars(path=bar_path([(a, b, _LOW) for a, b in passed], _HEIGHT), y=2, height=_HEIGHT, look="passed"),
        Bars(path=bar_path([(a, b, 1) for a, b in failed], _HEIGHT), y=2, height=_HEIGHT, look="failed"),
    )
    says = f"{wording.count(len(timed), 'run')} by time: low bars passed, tall bars failed"
    rows.append(Row(height=_HEIGHT + 8, bars=tuple(b for b in bars if b.path), hint=says))
    failing = sorted(
        ((r, ran) for r, ran in timed if r["status"] in FAILED), key=lambda found: (found[1], found[0]["test"])
    )
    rows += [_failed_row(result, *ran, axis, anchors) for result, ran in failing[:MOST_FAILED]]
    more, silent = len(failing) - MOST_FAILED, len(results) - len(timed)
    if more > 0:
        rows.append(remark(f"{wording.count(more, 'more failed test')}: under Tests"))
    if silent:
        rows.append(
            remark(f"{wording.count(silent, 'result')} without a time {'is' if silent == 1 else 'are'} not drawn")
        )
    return Lanes(
        rows=tuple(rows),
        table=tuple(_table_row(result, anchors) for result, _ in failing[:MOST_FAILED]),
        signs=frozenset(("bar", name) for name, found in (("passed", passed), ("failed", failed)) if found),
    )


def short_name(test: str) -> str:
    """`tests.e2e.test_holds::test_hold_a_seat` → `test_hold_a_seat`."""
    line = one_line(test)
    return line.rpartition("::")[2] or line


def _failed_row(result: Json, begin: int, end: int, axis: Axis, anchors: Mapping[str, str]) -> Row:
    """A bar when it ran, with its name on the side that has more room."""
    left, right = axis.place(begin), axis.place(end)
    is_right = left > 50
    share = (left if is_right else 100 - right) / 100
    words = Words(
        place=left if is_right else right,
        y=12,
        text=cut(short_name(result["test"]), WIDE * share - 12, NARROW * share - 12),
        anchor="end" if is_right else "start",
        shift=-6 if is_right else 6,
    )
    return Row(
        height=_ROW,
        bars=(Bars(path=bar_path([(left, right, 1)], 8), y=4, height=8, look="failed"),),
        words=(words,),
        anchor=anchors.get(one_line(result["test"])),
        hint=f"{one_line(result['test'])}: {result['status']}, {wording.moment(result['started'])}",
    )


def _joined(spans: Iterable[tuple[float, float]]) -> Spans:
    """The spans in order; where there are many, those that touch as one."""
    ordered = sorted(spans)
    if len(ordered) <= MOST_BARS:
        return ordered
    found: Spans = []
    for begin, end in ordered:
        if found and begin <= found[-1][1] + 0.1:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def _table_row(result: Json, anchors: Mapping[str, str]) -> TableRow:
    seconds = f"{wording.number(result['seconds'])} s" if result["seconds"] is not None else ""
    says = ", ".join(filter(None, (result["status"], seconds)))
    name = one_line(result["test"])
    return TableRow(
        kind="test", name=name, start=result["started"], end=result["ended"], says=says, anchor=anchors.get(name)
    )
