"""One unpacked and analysed demo for all pages, and a shell in a folder of its own for each."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from docs_commands import ROOT, Shell
from filelock import FileLock


@pytest.fixture(scope="session")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for PATH with `analyzer` and `python`, as an installation gives them."""
    folder = tmp_path_factory.mktemp("bin")
    (folder / "analyzer").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m analyzer "$@"\n')
    (folder / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    for program in folder.iterdir():
        program.chmod(0o755)
    return folder


@pytest.fixture(scope="session")
def environment(commands: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Nothing of the machine's user, one cache for all pages, a terminal of 100 columns."""
    away = tmp_path_factory.mktemp("away")
    kept = {name: os.environ[name] for name in ("LANG", "LC_ALL", "TZ", "TMPDIR") if name in os.environ}
    return kept | {
        "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
        "HOME": str(away),
        "XDG_DATA_HOME": str(away / "data"),
        "ANALYZER_CACHE_DIR": str(away / "cache"),
        "COLUMNS": "100",
        "EDITOR": "true",
    }


@pytest.fixture(scope="session")
def ready_demo(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds `analyzer-demo/`, and what `analyzer demo` printed in `done`.

    Made once, by whichever process of the tests comes first.
    """
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    folder = shared / "ready-demo"
    with FileLock(shared / "ready-demo.lock"):
        if not (folder / "done").exists():
            folder.mkdir(exist_ok=True)
            told = subprocess.check_output(["analyzer", "demo"], cwd=folder, env=environment, timeout=300, text=True)
            (folder / "done").write_text(told, encoding="utf-8")
    return folder


@pytest.fixture
def shell(tmp_path: Path, environment: dict[str, str]) -> Shell:
    """Runs a line of bash where the one before it ended."""
    here = tmp_path / "where"
    start = tmp_path / "work"
    start.mkdir()
    here.write_text(str(start))

    def run(command: str) -> subprocess.CompletedProcess[str]:
        script = f'cd "$(cat "{here}")"\n{command}\ncode=$?\npwd > "{here}"\nexit $code'
        return subprocess.run(
            ["bash", "-c", script], env=environment, capture_output=True, text=True, timeout=300, check=False
        )

    return run


@pytest.fixture
def demo_folder(ready_demo: Path, tmp_path: Path, shell: Shell) -> Path:
    """The shell's folder, with a demo of its own in it."""
    folder = tmp_path / "work"
    shutil.copytree(ready_demo / "analyzer-demo", folder / "analyzer-demo", symlinks=True)
    return folder
