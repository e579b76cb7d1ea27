"""The cycles so far in one drawing: the pass rate as a line, error clusters as bars, this cycle last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analyzer.model import PastCycle
from analyzer.reports import wording
from analyzer.reports.drawing.shapes import NARROW, Text, bar_path, text_width
from analyzer.reports.hostile import one_line, shorten
from analyzer.reports.timeline import standalone
from analyzer.reports.view import following_schema, view

MOST_POINTS = 24
"""cycles that are drawn; all of them are in the table"""
_WIDE = 420
"""pixels on a screen, beside the table"""
_ROOM = 34
"""pixels that the numbers of a point need; with less room only the first, last, highest and lowest point have them"""
_MOST_LETTERS, _SHORT = 18, 4
LINE_TOP, LINE_HEIGHT = 30, 90
BAR_TOP, BAR_HEIGHT = 158, 56
HEIGHT = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendRow:
    """One cycle in numbers; None where it does not say."""

    cycle: str
    pass_rate: float | None
    clusters: int
    failed: int | None
    new: int | None
    resolved: int | None
    at_risk: tuple[str, ...] = ()
    """by unit, where values are configured"""
    is_this: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """One cycle in the drawing. `place` in parts of 100 of the width, y in pixels."""

    place: float
    name: Text
    name_anchor: str
    """where the name stands to its place: a long one stays inside"""
    rate: Text
    rate_y: float | None
    """None where the cycle has no pass rate"""
    clusters: Text
    bar_y: float
    hint: str
    is_this: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """The drawing, and the same in words."""

    title: str
    description: str
    line: str
    """path of the pass rates in a grid of 1,000 by `LINE_HEIGHT`, broken where a cycle has none"""
    bars: str
    points: tuple[TrendPoint, ...]
    left_out: int
    """older cycles that are not drawn"""
    table: tuple[TrendRow, ...]
    height: int = HEIGHT
    line_top: int = LINE_TOP
    line_height: int = LINE_HEIGHT
    bar_top: int = BAR_TOP
    bar_height: int = BAR_HEIGHT


def draw_trend(report: Mapping[str, Any]) -> Trend | None:
    """The trend of a cleaned report; None where there is no earlier cycle."""
    if not report["trend"]:
        return None
    table = [*(_earlier(point) for point in report["trend"]), _this(report)]
    shown = table[-MOST_POINTS:]
    places = [round((number + 0.5) * 100 / len(shown), 2) for number in range(len(shown))]
    most = max(row.clusters for row in shown)
    width = min(60 / len(shown), 5.0)
    told = _told(shown)
    points = [
        _point(row, place, most, told[number]) for number, (row, place) in enumerate(zip(shown, places, strict=True))
    ]
    bars = [
        (p - width / 2, p + width / 2, row.clusters / most if most else 0) for row, p in zip(shown, places, strict=True)
    ]
    return Trend(
        title=f"Cycles up to {shown[-1].cycle}",
        description=_described(table),
        line=_line(points),
        bars=bar_path([bar for bar in bars if bar[2]], BAR_HEIGHT),
        points=tuple(points),
        left_out=len(table) - len(shown),
        table=tuple(table),
    )


def trend_svg(report: Mapping[str, Any]) -> str:
    """The trend of a report dict as one SVG that stands alone; empty where there is no earlier cycle.

    Raises `ReportError` where it is not a report.
    """
    shown = view(report).report
    with following_schema():
        drawing = draw_trend(shown)
    return standalone("trend", drawing, height=drawing.height) if drawing else ""


def _earlier(point: Mapping[str, Any]) -> TrendRow:
    return TrendRow(
        cycle=one_line(point["cycle"]),
        pass_rate=point["pass_rate"],
        clusters=point["clusters"],
        failed=point.get("failed"),
        new=point.get("new"),
        resolved=point.get("resolved"),
        at_risk=_at_risk(point.get("impact") or ()),
    )


def _this(report: Mapping[str, Any]) -> TrendRow:
    """This cycle, counted as the earlier ones were when they were saved."""
    now = PastCycle.of_report(report)
    return TrendRow(
        cycle=one_line(now.name),
        pass_rate=now.pass_rate,
        clusters=now.clusters,
        failed=report["tests"]["failed"] if report["tests"] else None,
        new=now.new,
        resolved=now.gone,
        at_risk=_at_risk(report.get("impact_totals") or ()),
        is_this=True,
    )


def _at_risk(totals: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(f"{wording.number(total['at_risk'])} {one_line(total['unit'])}" for total in totals)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What is written at a point, on a screen and on a phone: its numbers, its name."""

    numbers: tuple[bool, bool]
    name: tuple[bool, bool]


def _told(rows: Sequence[TrendRow]) -> list[_Told]:
    last = len(rows) - 1
    rates = [(row.pass_rate, number) for number, row in enumerate(rows) if row.pass_rate is not None]
    special = {0, last, *(number for _, number in (rates and [min(rates), max(rates)]))}
    letters = min(max(len(row.cycle) for row in rows), _MOST_LETTERS)
    longest = round(text_width("x" * letters) * (1 if letters <= _SHORT else 1.5)) + 8
    wide, narrow = (-(-longest * len(rows) // room) for room in (_WIDE, NARROW))
    fits_wide, fits_narrow = (room / len(rows) >= _ROOM for room in (_WIDE, NARROW))
    return [
        _Told(
            numbers=(fits_wide or number in special, fits_narrow or number in special),
            name=((last - number) % wide == 0, (last - number) % narrow == 0),
        )
        for number in range(len(rows))
    ]


def _point(row: TrendRow, place: float, most: int, told: _Told) -> TrendPoint:
    rate = wording.percent(row.pass_rate) if row.pass_rate is not None else ""
    high = BAR_HEIGHT * row.clusters / most if most else 0
    name = shorten(row.cycle, _MOST_LETTERS)
    says = [f"pass rate {rate}" if rate else "no pass rate", wording.count(row.clusters, "error")]
    return TrendPoint(
        place=place,
        name=_where(name, told.name),
        name_anchor="middle" if len(name) <= _SHORT else "start" if place < 15 else "end" if place > 85 else "middle",
        rate=_where(rate, told.numbers),
        rate_y=round(LINE_TOP + LINE_HEIGHT * (1 - row.pass_rate), 1) if row.pass_rate is not None else None,
        clusters=_where(wording.number(row.clusters), told.numbers),
        bar_y=round(BAR_TOP + BAR_HEIGHT - high, 1),
        hint=f"cycle {row.cycle}: {', '.join(says)}",
        is_this=row.is_this,
    )


def _where(text: str, shown: tuple[bool, bool]) -> Text:
    return Text(full=text if shown[0] else "", brief=text if shown[1] else "")


def _line(points: Sequence[TrendPoint]) -> str:
    """Straight from point to point; a cycle without a pass rate parts the line."""
    path, is_open = [], False
    for point in points:
        if point.rate_y is not None:
            path.append(
                f"{'L' if is_open else 'M'}{round(point.place * 10, 1):g} {round(point.rate_y - LINE_TOP, 1):g}"
            )
        is_open = point.rate_y is not None
    return "".join(path)


def _described(rows: Sequence[TrendRow]) -> str:
    before, now = rows[-2], rows[-1]
    return (
        f"{wording.count(len(rows), 'cycle')}. Pass rate {wording.percent(before.pass_rate)}, then "
        f"{wording.percent(now.pass_rate)}; {wording.count(before.clusters, 'error')}, then "
        f"{wording.number(now.clusters)}."
    )
