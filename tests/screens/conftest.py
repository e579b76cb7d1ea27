"""Chromium, axe-core and the pages of the demo. Where one is missing, the tests skip and say how to get it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from opening import HOW, PACKAGES, ROOT, launched

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a process; every test has a context of its own."""
    with ExitStack() as stack:
        try:
            one = stack.enter_context(launched())
        except LookupError as missing:
            pytest.skip(str(missing.args[0]))
        yield one


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core."""
    source = PACKAGES / "axe-core" / "axe.min.js"
    if not source.is_file():
        pytest.skip(f"the node package axe-core is missing: {HOW}")
    return source.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder of an analysed demo, `cycle-1/` to `cycle-4/` with their reports; one for all processes of a run."""
    base = tmp_path_factory.getbasetemp()
    shared = (base if worker_id == "master" else base.parent) / "screens-demo"
    with FileLock(f"{shared}.lock"):
        if not (shared / "done").exists():
            command = [sys.executable, "-m", "analyzer", "demo", "--into", str(shared), "--quiet"]
            subprocess.run(command, cwd=ROOT, check=True, stdin=subprocess.DEVNULL)
            (shared / "done").touch()
    return shared


@pytest.fixture(scope="session")
def album(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder that screenshots are kept in: `ANALYZER_SCREENS`, else one of this run."""
    base = tmp_path_factory.getbasetemp()
    shared = (base if worker_id == "master" else base.parent) / "screens"
    folder = Path(os.environ.get("ANALYZER_SCREENS") or shared)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say where the screenshots of the run lie."""
    folders = {
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == "screenshots"
    }
    for folder in sorted(folders):
        terminalreporter.write_line(f"screenshots: {folder}")
