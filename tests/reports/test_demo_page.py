"""The page of the demo's cycles, read by someone who has never seen the project: the first screen answers."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from analyzer.demo import read_story
from analyzer.reports import render

STORY = read_story()
CYCLES = range(len(STORY["cycle"]))
VOID = {"meta", "input", "br", "rect", "circle", "wbr", "line", "path", "polyline", "polygon", "use"}
BYTES = 400_000


class Part(HTMLParser):
    """The words of the element with an id, every element's id, and every link within the page."""

    def __init__(self, text: str, wanted: str) -> None:
        super().__init__(convert_charrefs=True)
        self.wanted = wanted
        self.open: list[str | None] = []
        self.ids: set[str] = set()
        self.targets: set[str] = set()
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids |= {found["id"] or ""} if "id" in found else set()
        self.targets |= {href[1:] for href in [found.get("href") or ""] if href.startswith("#")}
        if tag not in VOID:
            self.open.append(found.get("id"))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element without content."""

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.wanted in self.open:
            self.words += data


def first_screen(report: dict[str, Any]) -> str:
    """Its words, white space folded."""
    return " ".join(Part(render(report, "html"), "first-screen").words.split())


def failing(number: int, reports: list[dict[str, Any]]) -> list[str]:
    """Names of the tests that fail: as many as the story counts."""
    names = [t["test"] for t in reports[number]["tests"]["results"] if t["status"] in ("failed", "error")]
    assert len(names) == STORY["cycle"][number]["tests"]["failures"]
    return names


@pytest.mark.parametrize("number", CYCLES)
def test_a_reader_finds_the_failing_tests(demo_reports: list[dict[str, Any]], number: int) -> None:
    text = first_screen(demo_reports[number])
    names = failing(number, demo_reports)
    told = STORY["cycle"][number].get("transitions", {})
    names += [test for change in ("same_error", "error_changed", "broken") for test in told.get(change, ())]
    assert [name for name in names if name not in text] == []


@pytest.mark.parametrize("number", CYCLES)
def test_a_reader_finds_file_and_line_of_every_true_cause(demo_reports: list[dict[str, Any]], number: int) -> None:
    text = first_screen(demo_reports[number])
    true = [
        f"{place['file']}:{place['line']}"
        for error in STORY["cycle"][number]["errors"]
        for place in error.get("places", ())
        if place["role"] == "cause"
    ]
    assert true
    assert [place for place in true if place not in text] == []


@pytest.mark.parametrize("number", CYCLES)
def test_the_first_place_named_as_cause_is_a_true_one_with_its_line_shown(
    demo_reports: list[dict[str, Any]], number: int
) -> None:
    text = first_screen(demo_reports[number])
    true = [
        place
        for error in STORY["cycle"][number]["errors"]
        for place in error.get("places", ())
        if place["role"] == "cause"
    ]
    shown = text[text.index("Most likely cause") : text.index("Other causes")]
    assert any(f"{place['file']}:{place['line']}" in shown and place["holds"] in shown for place in true)


@pytest.mark.parametrize("number", CYCLES)
def test_a_reader_finds_the_next_command(demo_reports: list[dict[str, Any]], number: int) -> None:
    text = first_screen(demo_reports[number])
    command = demo_reports[number]["actions"][0]["command"]
    assert command
    assert command in text


@pytest.mark.parametrize("number", CYCLES)
def test_every_link_within_the_page_leads_somewhere(demo_reports: list[dict[str, Any]], number: int) -> None:
    found = Part(render(demo_reports[number], "html"), "first-screen")
    assert found.targets <= found.ids


@pytest.mark.parametrize("number", CYCLES)
def test_whatever_the_page_speaks_of_has_an_address(demo_reports: list[dict[str, Any]], number: int) -> None:
    report = demo_reports[number]
    ids = Part(render(report, "html"), "first-screen").ids
    wanted = {f"cause-{cause['rank']}" for cause in report["causes"]}
    wanted |= {f"cluster-{cluster['fingerprint'].replace(':', '-')}" for cluster in report["clusters"]}
    wanted |= {f"action-{n}" for n, _ in enumerate(report["actions"], 1)}
    wanted |= {f"fix-{n}" for n, _ in enumerate(report["fixes"], 1)}
    assert wanted <= ids
    assert len([one for one in ids if one.startswith("test-")]) == len(report["tests"]["results"])


@pytest.mark.parametrize("number", CYCLES)
def test_the_page_stays_small(demo_reports: list[dict[str, Any]], number: int) -> None:
    assert len(render(demo_reports[number], "html").encode()) <= BYTES
