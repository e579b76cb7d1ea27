"""Recorded cycles of a small service whose deployed commits are known: are they inferred from the logs alone?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import analyzer

CYCLES = ("1", "2", "3", "4")
WIDEST = 3


@pytest.fixture(scope="module")
def replica() -> Path:
    folder = os.environ.get("ANALYZER_CORPORA")
    if not folder or not Path(folder, "replica", "cycles").is_dir():
        pytest.skip("ANALYZER_CORPORA names no folder with replica/")
    return Path(folder, "replica")


def test_the_deployed_commit_lies_in_the_range_that_the_logs_fit(replica: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    subprocess.run([sys.executable, replica / "build_replica.py", clone], check=True, capture_output=True)
    line = subprocess.run(
        ["git", "-C", clone, "rev-list", "--first-parent", "HEAD"], check=True, capture_output=True, text=True
    ).stdout.split()
    baseline = None
    for cycle in CYCLES:
        folder = replica / "cycles" / cycle
        case = json.loads((folder / "case.json").read_text(encoding="utf-8"))
        cycle_of = analyzer.analyze(
            [str(folder / "logs.jsonl.gz")], repo=str(clone), baseline=baseline, cache_dir=str(tmp_path / "cache")
        )
        baseline = str(tmp_path / f"{cycle}.json")
        cycle_of.save(baseline)
        found = {d["service"]: d["inferred_commits"] for d in cycle_of.to_dict()["deploys"]["services"]}
        for service, deployed in case["deployed"].items():
            assert found[service] is not None, (cycle, service)
            oldest, newest = map(line.index, found[service])
            assert newest <= line.index(deployed["commit"]) <= oldest, (cycle, service)
            assert oldest - newest < WIDEST, (cycle, service)
