"""The pages are valid HTML: html-validate with its recommended rules, all of them."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile

import pytest
from opening import HOW, PACKAGES, ROOT

from analyzer.reports import render, seal
from benchmarks.made_large_reports import made_large_report
from benchmarks.made_reports import made_report
from tests.reports.bakery_reports import ALL

SETTINGS = ROOT / ".ci" / "browser" / "html-validate.cjs"


@pytest.fixture(scope="module")
def validator() -> list[str]:
    """The command that validates the files given to it."""
    node, program = shutil.which("node"), PACKAGES / "html-validate" / "bin" / "html-validate.mjs"
    if node is None or not program.is_file():
        pytest.skip(f"node or its package html-validate is missing: {HOW}")
    return [node, str(program), "--config", str(SETTINGS), "--formatter", "json"]


def faults(validator: Sequence[str], *pages: Path) -> list[str]:
    """What html-validate finds, a line each."""
    # into a file: it ends before all of a long answer went down a pipe
    with TemporaryFile("w+", encoding="utf-8") as answer:
        done = subprocess.run(
            [*validator, *map(str, pages)], stdout=answer, stderr=subprocess.PIPE, text=True, check=False
        )
        assert done.returncode in {0, 1}, done.stderr
        answer.seek(0)
        found = json.load(answer)
    return [
        f"{Path(page['filePath']).name}:{fault['line']}: {fault['ruleId']}: {fault['message']}"
        for page in found
        for fault in page["messages"]
    ]


def test_the_pages_of_the_demo_are_valid(validator: list[str], demo: Path) -> None:
    pages = sorted(demo.glob("cycle-*/report.html"))
    assert len(pages) == 4
    assert faults(validator, *pages) == []


def test_an_empty_page_and_one_of_a_thousand_clusters_are_valid(validator: list[str], tmp_path: Path) -> None:
    pages = {"empty": made_report(1, clusters=0, tests=0), "large": made_large_report(clusters=1_000)}
    for name, report in pages.items():
        (tmp_path / f"{name}.html").write_text(render(report, "html"), encoding="utf-8")
    assert faults(validator, *sorted(tmp_path.glob("*.html"))) == []


def test_the_pages_of_made_up_cycles_are_valid(validator: list[str], tmp_path: Path) -> None:
    pages = []
    for name, make in ALL.items():
        pages.append(tmp_path / f"{name}.html")
        pages[-1].write_text(render(seal(make()), "html"), encoding="utf-8")
    assert faults(validator, *pages) == []


def test_an_invalid_page_would_be_seen(validator: list[str], tmp_path: Path) -> None:
    page = tmp_path / "bad.html"
    page.write_text("<!DOCTYPE html><html lang=en><title>Bad</title><p id=a><b><p id=a></b>", encoding="utf-8")
    assert any("no-dup-id" in fault for fault in faults(validator, page))


def test_the_lock_of_the_tools_names_versions_and_hashes_but_no_registry() -> None:
    folder = ROOT / ".ci" / "browser"
    lock = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))
    wanted = json.loads((folder / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert [name for name, package in packages.items() if "integrity" not in package or "resolved" in package] == []
