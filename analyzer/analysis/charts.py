"""Charts of a report for notebooks: Vega-Lite for viewers that draw it, a static picture for all others.

One display holds both. JupyterLab and VS Code draw the Vega-Lite by themselves, offline; GitHub, exported HTML and
printed notebooks show the picture, which is the one of the HTML report. Neither needs Altair, which comes in only to
change a chart (`to_altair`). Log text is only ever data of a chart: field names and expressions are ours.

Specification: https://vega.github.io/vega-lite/docs/; what is used here reads the same in versions 5 and 6.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analyzer.errors import ConfigError
from analyzer.model import format_time, parse_time
from analyzer.reports.answers import error_clusters
from analyzer.reports.hostile import clean_values, shorten

if TYPE_CHECKING:
    import altair

_MIME_TYPES = ("application/vnd.vegalite.v5+json", "application/vnd.vegalite.v6+json")
"""JupyterLab 4 draws version 5, VS Code and newer viewers 6 too"""
_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
"""the name of the language, never fetched: viewers have it built in"""
_MOST_CLUSTERS = 15
_LABEL = 60
_SECOND_NS = 1_000_000_000
_GRAY = "#80868b"
"""seen on white and on black: a viewer chooses the ground"""
_NOT_COMPARED = "not compared"
_COLORS = {"new": "#c5221f", "regressed": "#9334e6", "ongoing": "#e37400", _NOT_COMPARED: "#1a73e8"}

Spec = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart as a notebook shows it."""

    title: str
    spec: Mapping[str, Any] | None
    """Vega-Lite, its data inside; None where there is nothing to draw"""
    svg: str = ""
    """the same as a static picture; empty where there is none"""

    def to_altair(self) -> altair.Chart:
        """The chart as an Altair object, to be changed further. Raises `ConfigError` without Altair or data."""
        try:
            import altair
        except ImportError as err:
            raise ConfigError("Altair is not installed", "pip install 'incident-analyzer[notebook]'") from err
        if self.spec is None:
            raise ConfigError(f"{self.title}: there is nothing to draw", "look at the tables of the analysis instead")
        found: altair.Chart = altair.Chart.from_dict(dict(self.spec))
        return found

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """Every form at once, whatever is asked for; the viewer takes the richest that it knows."""
        bundle: dict[str, Any] = {"text/plain": repr(self)}
        if self.svg:
            bundle["image/svg+xml"] = self.svg
        if self.spec is not None:
            bundle |= {mime_type: dict(self.spec) for mime_type in _MIME_TYPES}
        return bundle

    def __repr__(self) -> str:
        """The title, and whether there is anything to see."""
        return f"<Chart: {self.title}>" if self.spec is not None else f"<Chart: {self.title}: nothing to draw>"


def timeline_chart(report: Mapping[str, Any]) -> Chart:
    """Occurrences by time of the clusters of this window, most frequent kinds first, with the deploys as lines."""
    from analyzer.reports.timeline import timeline_svg

    title = f"Errors of cycle {shorten(report['cycle']['name'], _LABEL)} by time"
    shown = clean_values(report)
    rows = [row for order, cluster in enumerate(_drawn(shown)) for row in _bins(cluster, order)]
    spec = _timeline_spec(title, rows, _deploys(shown)) if rows else None
    return Chart(title=title, spec=spec, svg=timeline_svg(report))


def trend_chart(report: Mapping[str, Any]) -> Chart:
    """Pass rate and number of error clusters, cycle by cycle, oldest first."""
    from analyzer.reports.trend import trend_svg
    from analyzer.tables import TREND, report_table, rows_of

    keys = ("cycle", "pass_rate", "clusters", "failed", "new", "resolved")
    points = rows_of(report_table("trend", clean_values(report)), TREND)
    met: Counter[str] = Counter()
    rows = []
    for point in points:
        met[point["cycle"]] += 1
        again = f" ({met[point['cycle']]})" if met[point["cycle"]] > 1 else ""  # two of one name stay two points
        rows.append({key: point[key] for key in keys} | {"cycle": f"{shorten(point['cycle'], _LABEL)}{again}"})
    title = "Cycles so far"
    return Chart(title=title, spec=_trend_spec(title, rows) if len(rows) > 1 else None, svg=trend_svg(report))


def _drawn(report: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Error clusters with a time, in the report's order; of a window without errors the warnings."""
    timed = [c for c in report["clusters"] if c["count"] and c["first_seen"] and not c["noise"]]
    errors = [c for c in error_clusters(report) if c["count"] and c["first_seen"]]
    return (errors or timed)[:_MOST_CLUSTERS]


def _bins(cluster: Mapping[str, Any], order: int) -> list[Spec]:
    """One row a bin; of a report without histograms one row from the first to the last occurrence."""
    label = f"{shorten(cluster['title'], _LABEL)} ({cluster['fingerprint'][-4:]})"  # two of one title stay two rows
    named = {
        "error": label,
        "order": order,
        "change": cluster["change"] or _NOT_COMPARED,
        "services": ", ".join(cluster["services"]),
    }
    found = cluster.get("histogram") or {}
    begin = parse_time(found.get("from") or "")
    if begin is None:
        return [_bar(named, parse_time(cluster["first_seen"]), parse_time(cluster["last_seen"]), cluster["count"])]
    step_ns = found["step_s"] * _SECOND_NS
    return [
        _bar(named, begin + at * step_ns, begin + (at + 1) * step_ns, count)
        for at, count in zip(found["at"], found["counts"], strict=True)
    ]


def _bar(named: Spec, from_ns: int | None, to_ns: int | None, count: int) -> Spec:
    return {**named, "from": format_time(from_ns), "to": format_time(to_ns), "at": _moment(from_ns), "count": count}


def _moment(time_ns: int | None) -> str:
    """A time for a tooltip, which would show a time of its own in the zone of the viewer."""
    return (format_time(time_ns) or "")[:19].replace("T", " ")


def _deploys(report: Mapping[str, Any]) -> list[Spec]:
    return [
        {**{key: event[key] for key in ("event", "service", "revision")}, "from": event["time"], "at": _moment(time_ns)}
        for event in report["deploys"]["timeline"]
        if event["time"] and (time_ns := parse_time(event["time"])) is not None
    ]


def _timeline_spec(title: str, rows: Sequence[Spec], deploys: Sequence[Spec]) -> Spec:
    time = {"field": "from", "type": "temporal", "title": "time (UTC)", "scale": {"type": "utc"}}
    met = {row["change"] for row in rows}
    shown = [change for change in _COLORS if change in met]
    most = max(row["count"] for row in rows)
    errors = {
        "data": {"values": list(rows)},
        "mark": {"type": "bar", "minBandSize": 3, "tooltip": True},
        "encoding": {
            "x": time,
            "x2": {"field": "to"},
            "y": {
                "field": "error",
                "type": "nominal",
                "sort": {"field": "order", "op": "min"},
                "title": None,
                "axis": {"labelLimit": 380},
            },
            "color": {
                "field": "change",
                "type": "nominal",
                "scale": {"domain": shown, "range": [_COLORS[change] for change in shown]},
                "title": "change",
            },
            "opacity": {
                "field": "count",
                "type": "quantitative",
                "title": "occurrences",
                "scale": {"range": [0.5, 1]},
                "legend": {"values": sorted({1, (1 + most) // 2, most}), "format": "d", "symbolFillColor": _GRAY},
            },
            "tooltip": _tooltip({"error": "error", "count": "occurrences", "at": "from", "services": "services"}),
        },
    }
    marks = {
        "data": {"values": list(deploys)},
        "mark": {"type": "rule", "strokeDash": [4, 3], "color": _GRAY},
        "encoding": {
            "x": time,
            "tooltip": _tooltip({"event": "event", "service": "service", "revision": "revision", "at": "time"}),
        },
    }
    return {
        "$schema": _SCHEMA,
        "title": {"text": title, "anchor": "start"},
        "width": 640,
        "height": {"step": 20},
        "layer": [errors, marks] if deploys else [errors],
    }


def _trend_spec(title: str, rows: Sequence[Spec]) -> Spec:
    cycle = {"field": "cycle", "type": "nominal", "title": "cycle", "sort": None, "axis": {"labelAngle": 0}}
    tooltip = _tooltip(
        {
            "cycle": "cycle",
            "pass_rate": "pass rate",
            "failed": "failed tests",
            "clusters": "error clusters",
            "new": "new",
            "resolved": "resolved",
        }
    )
    return {
        "$schema": _SCHEMA,
        "title": {"text": title, "anchor": "start"},
        "data": {"values": list(rows)},
        "vconcat": [
            {
                "width": 420,
                "height": 140,
                "mark": {"type": "line", "point": True, "color": "#1a73e8"},
                "encoding": {
                    "x": cycle,
                    "y": {
                        "field": "pass_rate",
                        "type": "quantitative",
                        "title": "pass rate",
                        "scale": {"domain": [0, 1]},
                        "axis": {"format": ".0%"},
                    },
                    "tooltip": tooltip,
                },
            },
            {
                "width": 420,
                "height": 110,
                "mark": {"type": "bar", "color": "#c5221f"},
                "encoding": {
                    "x": cycle,
                    "y": {"field": "clusters", "type": "quantitative", "title": "error clusters"},
                    "tooltip": tooltip,
                },
            },
        ],
    }


def _tooltip(titles: Mapping[str, str]) -> list[Spec]:
    return [{"field": field, "title": title, "type": "nominal"} for field, title in titles.items()]
