"""The timeline: what stands where, in the drawing and in its table."""

from __future__ import annotations

import random
import re
import xml.etree.ElementTree as ET
from copy import deepcopy
from typing import Any

import pytest
from bakery_reports import ALL, ATTACKS, HEAD, OVEN, PRICE, hostile_cycle, second_cycle
from moving_reports import (
    MOVING,
    at,
    busy_cycle,
    many_errors,
    many_failed,
    many_revisions,
    seen,
    two_weeks,
    without_times,
)

from analyzer.errors import ReportError
from analyzer.reports import render
from analyzer.reports.drawing.shapes import Row
from analyzer.reports.timeline import Timeline, draw_timeline, timeline_svg
from analyzer.reports.view import view

NS = "{http://www.w3.org/2000/svg}"
EVERY = {**ALL, **MOVING}
BAR = re.compile(r"M([\d.]+) (\d+)v-([\d.]+)h([\d.]+)v[\d.]+z")


def drawn(report: dict[str, Any]) -> Timeline:
    found = draw_timeline(view(report).report)
    assert found is not None
    return found


def row(timeline: Timeline, words: str) -> Row:
    (found,) = [r for r in timeline.rows if any(words in w.text.full for w in r.words)]
    return found


def texts(timeline: Timeline) -> list[str]:
    return [w.text.full for r in timeline.rows for w in r.words]


def bars(one: Row, look: str) -> list[tuple[float, float, float]]:
    """(left, right, height) of the bars, in parts of 100 and pixels."""
    found = [b for shape in one.bars if shape.look == look for b in BAR.findall(shape.path)]
    return [(float(x) / 10, (float(x) + float(wide)) / 10, float(high)) for x, _, high, wide in found]


def section(html: str, name: str) -> str:
    begin = html.index(f'<h2 id="{name}"')
    return html[begin : html.index("<h2 id=", begin + 1)]


@pytest.mark.parametrize("name", EVERY)
def test_nothing_lies_outside_the_drawing(name: str) -> None:
    timeline = drawn(EVERY[name]())
    for one in timeline.rows:
        assert timeline.top <= one.top
        assert one.top + one.height <= timeline.foot <= timeline.height
        places = [p for line in one.lines for p in (line.left, line.right)]
        places += [m.place for m in one.marks] + [w.place for w in one.words]
        assert all(0 <= place <= 100 for place in places)
        assert all(line.left <= line.right for line in one.lines)
        for shape in one.bars:
            assert len(BAR.findall(shape.path)) == shape.path.count("M")
            for left, right, high in bars(one, shape.look):
                assert 0 <= left < right <= 100.01
                assert 0 < high <= shape.height


@pytest.mark.parametrize("name", EVERY)
def test_the_drawing_alone_is_one_svg_with_a_name_and_without_anything_to_load(name: str) -> None:
    root = ET.fromstring(timeline_svg(EVERY[name]()))
    assert root.tag == f"{NS}svg"
    assert root.get("role") == "img"
    assert [child.tag for child in root][:2] == [f"{NS}title", f"{NS}desc"]
    assert all(child.text for child in list(root)[:2])
    used = {element.tag.removeprefix(NS) for element in root.iter()}
    assert used <= {"svg", "title", "desc", "style", "g", "rect", "line", "path", "circle", "text"}
    assert not [key for element in root.iter() for key in element.attrib if "href" in key or key.startswith("on")]


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_hostile_name_is_text_and_nothing_else(attack: str) -> None:
    def tags(text: str) -> list[str]:
        return [element.tag for element in ET.fromstring(timeline_svg(hostile_cycle((text,)))).iter()]

    assert sorted(set(tags(attack))) == sorted(set(tags("plain words")))


def test_an_error_stands_where_it_occurred_and_as_high_as_it_occurred_often() -> None:
    timeline = drawn(busy_cycle())
    found = bars(row(timeline, "Receipt could not be printed"), "error")
    assert [left for left, _, _ in found] == pytest.approx([150 / 6, 200 / 6], abs=0.1)
    assert [high for _, _, high in found] == [16, 5.3]  # 3 in one bin, 1 in another


def test_rows_share_one_height_where_counts_are_small_and_say_so_where_they_do_not() -> None:
    report = busy_cycle()
    timeline = drawn(report)
    assert [high for _, _, high in bars(row(timeline, "The shop is closed"), "error")] == [5.3]
    assert "bars: occurrences in 5 s, one height for all" in texts(timeline)
    report["clusters"].append(seen("s1:ab", [100] * 400, "The mill is loud"))
    timeline = drawn(report)
    assert [high for _, _, high in bars(row(timeline, "The shop is closed"), "error")] == [16]
    assert "bars: occurrences in 5 s, each row to its own height" in texts(timeline)
    assert "400 ×" in texts(timeline)


def test_a_failed_test_stands_where_it_ran_under_its_name() -> None:
    failed = row(drawn(busy_cycle()), "test_receipts")
    assert bars(failed, "failed") == [(pytest.approx(25), pytest.approx(35, abs=0.2), 8)]
    assert failed.hint == "tests.test_till::test_receipts: failed, 2026-03-02 12:02:30"


def test_failed_runs_are_taller_than_passed_ones() -> None:
    strip = next(r for r in drawn(busy_cycle()).rows if len(r.bars) == 2)
    assert [high for _, _, high in bars(strip, "failed")] == [12, 12]
    assert [high for _, _, high in bars(strip, "passed")] == [6]


def test_each_state_of_a_revision_has_its_own_band_and_its_word() -> None:
    timeline = drawn(two_weeks())
    looks = {}
    for state in ("served", "draining", "no traffic", "refused", "rolled back"):
        looks[state] = [line.look for line in row(timeline, f"· {state} ·").lines]
    assert looks == {
        "served": ["waiting", "served"],
        "draining": ["waiting", "draining"],
        "no traffic": ["waiting", "no_traffic"],
        "refused": ["waiting", "refused"],
        "rolled back": ["waiting", "rolled_back"],
    }
    assert {e.text for e in timeline.legend} >= {"served", "draining", "no request", "never ready", "rolled back"}


def test_a_revision_is_a_thin_line_until_something_of_it_was_seen() -> None:
    one = row(drawn(busy_cycle()), "orders-00042-kip")
    assert [(line.look, line.left, line.right) for line in one.lines] == [
        ("waiting", 10, 15),
        ("rolled_back", 15, 50),
    ]
    assert [(mark.shape, mark.place) for mark in one.marks] == [
        ("deployed", 10),
        ("ready", pytest.approx(13.33)),
        ("serving", 15),
        ("rolled_back", 50),
    ]


def test_requests_stand_on_their_minute() -> None:
    found = bars(row(drawn(busy_cycle()), "orders-00041-kip"), "asked")
    assert len(found) == 10
    assert [left for left, _, _ in found] == pytest.approx([10 * n for n in range(10)], abs=0.01)
    assert found[-1][2] == 14


def test_minutes_of_two_weeks_are_taken_together_and_that_is_said() -> None:
    timeline = drawn(two_weeks())
    assert any(re.fullmatch(r"bars: requests, at most [\d,]+ in 2 h", text) for text in texts(timeline))
    assert len(bars(row(timeline, "orders-00041-kip"), "asked")) == 36


def test_what_was_not_read_is_striped_and_said() -> None:
    timeline = drawn(busy_cycle())
    assert timeline.stripes == ((40, 45),)
    assert "12:04:00 to 12:04:30: quota refused" in texts(timeline)


def test_a_fix_is_marked_where_it_was_committed_in_the_window() -> None:
    one = row(drawn(busy_cycle()), "for “Receipt”")
    assert [(mark.shape, mark.place) for mark in one.marks] == [("fix", 5)]


def test_a_fix_from_before_the_window_names_the_revision_that_carries_it() -> None:
    report = busy_cycle()
    report["fixes"][0]["committed"] = at(-3600)
    report["deploys"]["revisions"][0]["commit"] = report["deploys"]["revisions"][2]["commit"] = "0" * 40
    timeline = drawn(report)
    assert not row(timeline, "for “Receipt”").marks
    assert "committed 2026-03-02 11:00:00, not in the window" in texts(timeline)
    assert "orders-00042-kip runs it" in texts(timeline)


def test_a_revision_that_has_the_fix_by_ancestry_is_quoted() -> None:
    report = busy_cycle()
    said = "orders-00041-kip runs 4be19c07d2 (label): the fix is an ancestor of it"
    report["fixes"] = [{**report["fixes"][0], "commit": "1" * 40, "committed": None, "evidence": [{"text": said}]}]
    assert {"commit time unknown", said} <= set(texts(drawn(report)))


@pytest.mark.parametrize(
    ("report", "drawn_rows", "said"),
    [
        (many_revisions(40), "-kip · ", "30 older revisions: under Deploys"),
        (many_failed(200), "test_number_", "190 more failed tests: under Tests"),
        (many_errors(60), "is cold", "48 more errors with 48 occurrences not drawn: under Clusters"),
    ],
    ids=["revisions", "tests", "errors"],
)
def test_the_first_ones_are_drawn_and_the_rest_is_said(report: dict[str, Any], drawn_rows: str, said: str) -> None:
    timeline = drawn(report)
    assert len([text for text in texts(timeline) if drawn_rows in text]) in {10, 12}
    assert said in texts(timeline)


def test_the_newest_revisions_are_the_ones_drawn_and_in_the_table() -> None:
    timeline = drawn(many_revisions(40))
    assert row(timeline, "orders-00039-kip")
    assert not [text for text in texts(timeline) if "orders-00029-kip" in text]
    names = [r.name for r in timeline.table if r.kind == "revision"]
    assert names == [f"orders-{number:05}-kip" for number in range(30, 40)]


def test_an_older_report_shows_from_when_to_when_an_error_was_seen() -> None:
    report = busy_cycle()
    for one in report["clusters"]:
        del one["histogram"]
    found = row(drawn(report), "Receipt could not be printed")
    assert not found.bars
    (between,) = [line for line in found.lines if line.look == "between"]
    assert (between.left, between.right) == (25, pytest.approx(33.33, abs=0.01))


def test_without_test_times_and_deploys_it_says_so() -> None:
    report = busy_cycle()
    report["deploys"] |= {"revisions": [], "timeline": [], "traffic": []}
    for result in report["tests"]["results"]:
        result["started"] = result["ended"] = None
    assert {"No deploy and no revision was seen.", "The test results do not say when they ran."} <= set(
        texts(drawn(report))
    )


def test_where_nothing_has_a_time_nothing_is_drawn() -> None:
    assert draw_timeline(view(without_times()).report) is None
    assert timeline_svg(without_times()) == ""
    assert "Nothing in this report has a time." in section(render(without_times(), "html"), "timeline")


def test_the_order_of_tests_traffic_and_gaps_makes_no_difference() -> None:
    report, shuffled = busy_cycle(), busy_cycle()
    shuffling = random.Random(3)
    for part, key in ((shuffled["tests"], "results"), (shuffled["deploys"], "traffic"), (shuffled["ledger"], "gaps")):
        shuffling.shuffle(part[key])
    assert timeline_svg(shuffled) == timeline_svg(report)


def test_drawing_does_not_touch_the_report() -> None:
    report = busy_cycle()
    before = deepcopy(report)
    timeline_svg(report)
    assert report == before


def test_the_rows_of_errors_lead_to_their_clusters_and_so_does_the_table() -> None:
    html = section(render(busy_cycle(), "html"), "timeline")
    picture, table = html.split("<details", 1)
    for fingerprint in (PRICE, OVEN):
        link = f'href="#cluster-{fingerprint.replace(":", "-")}"'
        assert picture.count(link) == 1
        assert table.count(link) == 1


def test_the_rows_of_failed_tests_lead_to_their_results() -> None:
    html = render(busy_cycle(), "html")
    picture, table = section(html, "timeline").split("<details", 1)
    anchors = re.findall(r'<a href="#([^"]+)"><text[^>]*>test_(?:receipts|bread)</text>', picture)
    assert len(anchors) == 2
    assert all(f'id="{one}"' in html and f'href="#{one}"' in table for one in anchors)


def test_the_table_says_in_words_what_the_drawing_shows() -> None:
    rows = {r.name: (r.kind, r.says) for r in drawn(busy_cycle()).table}
    assert rows["Receipt could not be printed"] == (
        "error",
        "4 occurrences by 5 s: 3 at 12:02:30, 1 at 12:03:20",
    )
    assert rows["tests.test_till::test_receipts"] == ("test", "failed, 60 s")
    assert rows["orders-00043-kip"][1].startswith("never got ready; commit 4be19c07d2; deployed 2026-03-02 12:06:40")
    assert rows["not read"] == ("gap", "quota refused")
    assert rows[f"{HEAD[:10]} for “Receipt”"] == ("fix", "inconclusive")


def test_a_phone_gets_shorter_words_and_none_that_do_not_fit() -> None:
    for name, make in EVERY.items():
        for one in drawn(make()).rows:
            for words in one.words:
                assert len(words.text.brief) <= 52, name
                assert len(words.text.brief) <= max(len(words.text.full), 8)


@pytest.mark.parametrize("name", EVERY)
def test_timeline_and_trend_take_at_most_40_kb_of_the_page(name: str) -> None:
    html = render(EVERY[name](), "html")
    parts = section(html, "timeline") + (section(html, "trend") if 'id="trend"' in html else "")
    assert len(parts.encode()) <= 40_000


def test_a_damaged_histogram_makes_the_report_one_that_does_not_follow_its_schema() -> None:
    report = second_cycle()
    report["clusters"][0]["histogram"] = {"from": "noon"}
    with pytest.raises(ReportError, match="does not follow its schema"):
        timeline_svg(report)
