"""What a notebook cell shows: a small first screen that nothing can act in, and the page in a frame of its own."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from bakery_reports import ALL, cluster, first_cycle, hostile_cycle, second_cycle

from analyzer.analysis import Analysis
from analyzer.errors import ReportError
from analyzer.reports import render
from analyzer.reports.cell import render_cell

TAGS = {
    *("div", "p", "b", "ul", "ol", "li", "code", "br", "table", "caption", "thead", "tbody", "tr", "th", "td"),
}


class Cell(HTMLParser):
    """Tags, attribute names, and the text as it is read."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_a_cell_holds_text_and_tables_only(make: Callable[[], dict[str, Any]]) -> None:
    cell = Cell(render_cell(make()))
    assert cell.tags <= TAGS
    assert cell.attributes <= {"style"}
    assert cell.open == []


def test_hostile_text_stays_text_in_a_cell() -> None:
    html = render_cell(hostile_cycle())
    assert Cell(html).tags <= TAGS
    assert "\x1b" not in html
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", html)


def test_a_cell_answers_what_failed_why_and_what_to_do() -> None:
    report = second_cycle()
    text = Cell(render_cell(report)).text
    failing = [r["test"] for r in report["tests"]["results"] if r["status"] in ("failed", "error")]
    assert failing
    assert all(name in text for name in failing)
    culprit = report["causes"][0]["code_paths"][0]
    assert f"{culprit['file']}:{culprit['line']}" in text
    assert report["actions"][0]["command"] in text


def test_a_cell_stays_small_however_much_was_found() -> None:
    report = first_cycle()
    report["clusters"] += [cluster(f"s1:{n:016x}", f"error {n} " + "x" * 5_000) for n in range(1_000)]
    result = report["tests"]["results"][0]
    report["tests"]["results"] += [{**result, "test": f"t{n}" + "y" * 5_000, "status": "failed"} for n in range(500)]
    report["causes"] += [{**report["causes"][0], "rank": n, "summary": "z" * 5_000} for n in range(10, 300)]
    assert len(render_cell(report).encode()) < 12_000


def test_a_cell_says_that_there_is_more_than_it_shows() -> None:
    report = first_cycle()
    result = report["tests"]["results"][0]
    report["tests"]["results"] = [{**result, "test": f"t{n}", "status": "failed"} for n in range(9)]
    assert "3 more: .tests" in Cell(render_cell(report)).text


def test_what_is_no_report_is_told() -> None:
    with pytest.raises(ReportError):
        render_cell({"schema": "other/1"})


def test_the_page_is_the_html_report_in_a_frame_that_may_not_touch_the_notebook() -> None:
    report = second_cycle()
    html = Analysis(report).page(height=333)._repr_html_()
    frame = re.fullmatch(
        r'<iframe src="data:text/html;charset=utf-8;base64,([^"]+)" sandbox="([^"]+)" style="([^"]+)" .*', html
    )
    assert frame is not None
    assert base64.b64decode(frame[1]).decode("utf-8") == render(report, "html")
    assert "allow-same-origin" not in frame[2]
    assert "allow-top-navigation" not in frame[2]
    assert "height:333px" in frame[3]


def test_a_notebook_without_html_reads_a_line() -> None:
    assert repr(Analysis(second_cycle())).startswith("<Analysis of cycle ")
    assert repr(Analysis(second_cycle()).page()).startswith("<HTML report of cycle ")
