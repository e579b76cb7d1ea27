"""A reader who has never seen the project finds what fails, where the cause is and what to do, without scrolling."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from opening import DESK, HEIGHT, opened

from analyzer.demo import read_story

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CYCLES = {cycle["name"]: cycle for cycle in read_story()["cycle"]}

# The lower edge of the first node that shows a text, in px from the top of the page; null where none does.
LOWER_EDGE = """(text) => {
  const flat = (node) => node.textContent.replace(/\\s+/g, " ");
  const holds = (node) => flat(node).includes(text);
  const edges = [...document.body.querySelectorAll("*")]
    .filter((node) => holds(node) && ![...node.children].some(holds) && node.checkVisibility())
    .map((node) => node.getBoundingClientRect()).filter((box) => box.height > 0 && box.left >= 0)
    .map((box) => box.bottom);
  return edges.length ? Math.min(...edges) : null;
}"""


def wanted(report: dict[str, Any], cycle: str) -> dict[str, str]:
    """What has to stand on the first screen: words for it → its text."""
    failing = [r["test"] for r in report["tests"]["results"] if r["status"] in {"failed", "error"}]
    causes = [
        f"{place['file']}:{place['line']}"
        for error in CYCLES[cycle]["errors"]
        for place in error.get("places", ())
        if place["role"] == "cause"
    ]
    assert len(failing) == CYCLES[cycle]["tests"]["failures"] > 0
    assert causes
    command = next(action["command"] for action in report["actions"] if action["command"])
    return (
        {"the next command": command} | {f"the place {c}": c for c in causes} | {f"the failing {t}": t for t in failing}
    )


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("cycle", CYCLES)
def test_failing_tests_true_causes_and_the_next_command_stand_on_the_first_screen(
    browser: Browser, demo: Path, cycle: str, scripts: bool
) -> None:
    folder = demo / f"cycle-{cycle}"
    report = json.loads((folder / "report.json").read_bytes())
    with opened(browser, (folder / "report.html").as_uri(), scripts=scripts, width=DESK) as screen:
        edges = {name: screen.ask(LOWER_EDGE, text) for name, text in wanted(report, cycle).items()}
        edges["the headline"] = screen.ask("document.querySelector('h1').getBoundingClientRect().bottom")
        assert {name: edge for name, edge in edges.items() if edge is None or edge > HEIGHT} == {}


def test_a_text_below_the_first_screen_would_be_seen(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "long.html"
    lines = "".join(f"<p>line {number}." for number in range(100))
    page.write_text(f"<!DOCTYPE html><title>Long</title><h1>Long</h1>{lines}<p hidden>unseen", encoding="utf-8")
    with opened(browser, page.as_uri()) as screen:
        assert screen.ask(LOWER_EDGE, "line 3.") < HEIGHT < screen.ask(LOWER_EDGE, "line 99.")
        assert screen.ask(LOWER_EDGE, "unseen") is None
