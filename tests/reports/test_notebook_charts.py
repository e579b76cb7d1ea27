"""Charts in notebooks: Vega-Lite with a picture beside it, and log text as data only."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import altair
import pytest
from bakery_reports import ALL, ATTACKS, first_cycle, hostile_cycle, quiet_cycle, second_cycle

from analyzer.analysis import Analysis, Chart
from analyzer.errors import ConfigError

VEGA = ("application/vnd.vegalite.v5+json", "application/vnd.vegalite.v6+json")


def charts(report: dict[str, Any]) -> list[Chart]:
    found = Analysis(report)
    return [found.chart_timeline(), found.chart_trend()]


def outside_of_data(value: Any) -> Any:
    """The specification without its rows and its title."""
    if isinstance(value, dict):
        return {k: outside_of_data(v) for k, v in value.items() if k != "title" and not (k == "data" and "values" in v)}
    return [outside_of_data(v) for v in value] if isinstance(value, list) else value


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_every_chart_is_valid_vega_lite(make: Callable[[], dict[str, Any]]) -> None:
    for chart in charts(make()):
        if chart.spec is not None:
            assert chart.to_altair().to_dict(validate=True)


def test_what_log_text_says_is_never_a_part_of_the_specification() -> None:
    tame, hostile = charts(second_cycle()), charts(hostile_cycle())
    for one, other in zip(tame, hostile, strict=True):
        if other.spec is None:
            continue
        text = json.dumps(outside_of_data(other.spec), ensure_ascii=False)
        assert not any(attack in text for attack in ATTACKS)
        assert one.spec is None or set(one.spec) == set(other.spec)


def test_a_display_holds_the_chart_for_two_versions_a_picture_and_a_line() -> None:
    for chart in charts(second_cycle()):
        bundle = chart._repr_mimebundle_()
        assert set(bundle) == {*VEGA, "image/svg+xml", "text/plain"}
        assert ElementTree.fromstring(bundle["image/svg+xml"]).tag.endswith("svg")
        json.dumps(bundle)


def test_no_html_is_offered_since_viewers_would_take_it_before_the_chart() -> None:
    assert all("text/html" not in chart._repr_mimebundle_(include=None) for chart in charts(second_cycle()))


def test_a_report_of_an_older_version_is_drawn_from_first_to_last_occurrence() -> None:
    report = second_cycle()
    for cluster in report["clusters"]:
        cluster.pop("histogram", None)
    spec = Analysis(report).chart_timeline().spec
    assert spec is not None
    rows = spec["layer"][0]["data"]["values"]
    assert sum(row["count"] for row in rows) == sum(
        c["count"] for c in report["clusters"] if c["severity"] != "WARNING" and not c["noise"] and not c["known"]
    )


def test_bins_are_drawn_where_the_report_has_them() -> None:
    report = first_cycle()
    first = report["clusters"][0]
    first["histogram"] = {
        "from": "2026-03-02T10:04:00.000000Z", "step_s": 60, "at": [0, 5], "counts": [2, 1], "without_time": 0,
    }  # fmt: skip
    spec = Analysis(report).chart_timeline().spec
    assert spec is not None
    rows = [r for r in spec["layer"][0]["data"]["values"] if first["fingerprint"][-4:] in r["error"]]
    assert [(r["from"], r["to"], r["count"]) for r in rows] == [
        ("2026-03-02T10:04:00.000000Z", "2026-03-02T10:05:00.000000Z", 2),
        ("2026-03-02T10:09:00.000000Z", "2026-03-02T10:10:00.000000Z", 1),
    ]


def test_two_errors_of_one_title_stay_two_rows() -> None:
    report = first_cycle()
    for cluster in report["clusters"]:
        cluster["title"] = "the same"
    spec = Analysis(report).chart_timeline().spec
    assert spec is not None
    rows = spec["layer"][0]["data"]["values"]
    assert len({row["error"] for row in rows}) == len({row["order"] for row in rows}) > 1


def test_two_cycles_of_one_name_stay_two_points() -> None:
    report = second_cycle()
    point = {"cycle": "a", "pass_rate": 0.5, "clusters": 1, "failed": 1, "new": None, "resolved": None, "impact": []}
    report["trend"] = [point, point]
    spec = Analysis(report).chart_trend().spec
    assert spec is not None
    assert [row["cycle"] for row in spec["data"]["values"]] == ["a", "a (2)", report["cycle"]["name"]]


def test_where_there_is_nothing_to_draw_a_line_says_so() -> None:
    report = quiet_cycle()
    report["clusters"], report["trend"], report["deploys"]["timeline"] = [], [], []
    for chart in charts(report):
        assert chart._repr_mimebundle_()["text/plain"].endswith("nothing to draw>")
        assert not set(VEGA) & set(chart._repr_mimebundle_())
        with pytest.raises(ConfigError, match="nothing to draw"):
            chart.to_altair()


def test_an_altair_chart_can_be_changed() -> None:
    wide = Analysis(first_cycle()).chart_timeline().to_altair().properties(width=900)
    assert isinstance(wide, altair.TopLevelMixin)
    assert wide.to_dict()["width"] == 900


def test_without_altair_everything_is_shown_and_changing_says_what_to_install(tmp_path: Path) -> None:
    saved = Analysis(second_cycle()).save(tmp_path / "report.json")
    code = (
        "import sys; sys.modules['altair'] = None\n"
        "import analyzer\n"
        f"chart = analyzer.Analysis.load({str(saved)!r}).chart_trend()\n"
        "print(sorted(chart._repr_mimebundle_()))\n"
        "try: chart.to_altair()\n"
        "except analyzer.AnalyzerError as error: print(error.hint)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "image/svg+xml" in done
    assert "incident-analyzer[notebook]" in done
