"""The trend over the cycles: one point each, this cycle last."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from bakery_reports import ALL, first_cycle, second_cycle
from moving_reports import trending

from analyzer.reports import render
from analyzer.reports.trend import MOST_POINTS, Trend, draw_trend, trend_svg
from analyzer.reports.view import view


def drawn(rates: list[float | None], clusters: list[int]) -> Trend:
    found = draw_trend(view(trending(rates, clusters)).report)
    assert found is not None
    return found


def test_this_cycle_is_the_last_point_counted_as_the_others_were() -> None:
    trend = draw_trend(view(second_cycle()).report)
    assert trend is not None
    assert [(row.cycle, row.is_this) for row in trend.table] == [("0", False), ("1", False), ("2", True)]
    last = trend.table[-1]
    assert (last.pass_rate, last.clusters, last.failed, last.new, last.resolved) == (0.916667, 3, 2, 1, 1)


def test_the_rate_is_as_high_as_it_is() -> None:
    trend = drawn([0.0, 0.5, 1.0], [1, 1, 1])
    bottom, middle, top = (point.rate_y for point in trend.points[:3])
    assert (top, bottom) == (trend.line_top, trend.line_top + trend.line_height)
    assert middle == trend.line_top + trend.line_height / 2


def test_points_stand_in_equal_distance_inside_the_drawing() -> None:
    assert [point.place for point in drawn([0.5, 0.6, 0.7], [1, 2, 3]).points] == [12.5, 37.5, 62.5, 87.5]


def test_a_cycle_without_a_pass_rate_parts_the_line() -> None:
    trend = drawn([0.5, 0.6, None, 0.7], [1, 1, 1, 1])
    assert trend.line.count("M") == 2
    assert trend.line.count("L") == 2
    assert trend.points[2].rate_y is None
    assert trend.points[2].hint == "cycle 2: no pass rate, 1 error"


def test_one_cycle_is_no_trend() -> None:
    assert draw_trend(view(first_cycle()).report) is None
    assert trend_svg(first_cycle()) == ""
    assert 'id="trend"' not in render(first_cycle(), "html")


def test_many_cycles_are_cut_to_the_last_and_the_table_keeps_all() -> None:
    count = 60
    trend = drawn([n / count for n in range(count)], list(range(count)))
    assert len(trend.points) == MOST_POINTS
    assert trend.left_out == count + 1 - MOST_POINTS
    assert len(trend.table) == count + 1
    told = [point.rate.full for point in trend.points if point.rate.full]
    assert told == ["62 %", "98 %", "92 %"]  # the first, which is the lowest; the highest; this one


def test_cycles_without_errors_have_no_bar_and_a_zero() -> None:
    report = trending([1.0], [0])
    report["clusters"] = report["causes"] = []
    trend = draw_trend(view(report).report)
    assert trend is not None
    assert trend.bars == ""
    assert [point.clusters.full for point in trend.points] == ["0", "0"]


@pytest.mark.parametrize("name", ["second", "hostile"])
def test_the_drawing_alone_is_one_svg_with_a_name(name: str) -> None:
    root = ET.fromstring(trend_svg(ALL[name]()))
    assert root.get("role") == "img"
    assert [child.tag.rpartition("}")[2] for child in root][:2] == ["title", "desc"]
    assert {e.tag.rpartition("}")[2] for e in root.iter()} <= {
        *("svg", "title", "desc", "style", "g", "rect", "line", "path", "circle", "text")
    }


def test_values_at_risk_stand_in_the_table_where_they_are_configured() -> None:
    report = trending([0.5], [3])
    total = {"unit": "EUR a day", "protected": 0, "at_risk": 12000, "unknown": 0, "assumption": "configured"}
    report["trend"][0]["impact"] = [total]
    report["impact_totals"] = [{**total, "at_risk": 500}]
    html = render(report, "html")
    table = html[html.index('id="trend"') :]
    assert table.index(">500 EUR a day</td>") < table.index(">12,000 EUR a day</td>")
    assert "At risk</th>" not in render(trending([0.5], [3]), "html")
