"""A cycle with a baseline names the commit that brought the failing line, or what it calls, or what hides a file."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from analyzer.model import Cause
from analyzer.pipeline import analyze
from analyzer.reports import canonical

SELL = "from bakery.oven import bake\n\n\ndef sell(order):\n    return bake(order)\n"
BAKE = "def bake(order):\n    return order.loaf\n"


class Bakery:
    """A repository and the cycles that were read of it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.hour = 0
        self.good = root.parent / "good.json"
        (root / "bakery").mkdir(parents=True)
        self.git("init", "-q")

    def git(self, *args: str) -> str:
        date = f"2026-05-01T{self.hour:02}:00:00Z"
        env = {**os.environ, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date, "GIT_CONFIG_GLOBAL": os.devnull}
        who = ("-c", "user.name=A", "-c", "user.email=a@example.com")
        done = subprocess.run(
            ["git", "-C", str(self.root), *who, *args], env=env, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self, files: Mapping[str, str]) -> str:
        self.hour += 1
        for name, text in files.items():
            (self.root / name).write_text(text)
        self.git("add", "-A")
        self.git("commit", "-qm", "Bake another way")
        return self.git("rev-parse", "HEAD")

    def cycle(self, commit: str, text: str, *, baseline: bool) -> tuple[Cause, ...]:
        labels = {"service_name": "bakery", "revision_name": "bakery-1"}
        row = {
            "insertId": "a1",
            "timestamp": "2026-05-01T20:00:00Z",
            "severity": "ERROR",
            "logName": "projects/demo/logs/run.googleapis.com%2Fstderr",
            "resource": {"type": "cloud_run_revision", "labels": labels},
            "textPayload": text,
        }
        logs = self.root.parent / "logs.json"
        logs.write_text(json.dumps([row]))
        cache = str(self.root.parent / "cache")
        earlier = str(self.good) if baseline else None
        found = analyze([str(logs)], repo=[str(self.root)], revision=[commit], baseline=earlier, cache_dir=cache)
        if not baseline:
            self.good.write_bytes(canonical(found.report.to_dict()))
        return found.report.causes


@pytest.fixture
def bakery(tmp_path: Path) -> Bakery:
    return Bakery(tmp_path / "repository")


TRACE = """Traceback (most recent call last):
  File "/app/bakery/shop.py", line 5, in sell
    return bake(order)
  File "/app/bakery/oven.py", line 2, in bake
    {line}
AttributeError: 'Order' object has no attribute '{name}'"""


def test_a_failing_line_newer_than_the_baseline_names_its_commit(bakery: Bakery) -> None:
    good = bakery.commit({"bakery/shop.py": SELL, "bakery/oven.py": BAKE})
    bakery.cycle(good, "the till is out of paper", baseline=False)
    bad = bakery.commit({"bakery/oven.py": BAKE.replace("loaf", "bread")})
    bakery.commit({"bakery/oven.py": BAKE.replace("loaf", "cake")})
    (cause,) = bakery.cycle(bad, TRACE.format(line="return order.bread", name="bread"), baseline=True)
    first = cause.suspect_commits[0]
    assert first.commit == bad
    assert first.why.startswith(
        f"changed bakery/oven.py:2 between the last good cycle's commit {good[:10]} and this one's {bad[:10]}, "
        "18 hours before the first occurrence; “Bake another way”"
    ) or first.why.startswith("brought in bakery/oven.py:2 between the last good cycle's")


def test_without_a_baseline_the_change_of_the_failing_line_is_named(bakery: Bakery) -> None:
    bakery.commit({"bakery/shop.py": SELL, "bakery/oven.py": BAKE})
    bad = bakery.commit({"bakery/oven.py": BAKE.replace("loaf", "bread")})
    (cause,) = bakery.cycle(bad, TRACE.format(line="return order.bread", name="bread"), baseline=False)
    assert cause.suspect_commits[0].commit == bad
    assert "last good cycle" not in cause.suspect_commits[0].why


def test_an_old_line_that_calls_something_new_names_what_changed_there(bakery: Bakery) -> None:
    good = bakery.commit({"bakery/shop.py": SELL, "bakery/oven.py": BAKE})
    bakery.cycle(good, "the till is out of paper", baseline=False)
    bad = bakery.commit({"bakery/oven.py": BAKE.replace("(order)", "(order, heat)")})
    text = (
        'Traceback (most recent call last):\n  File "/app/bakery/shop.py", line 5, in sell\n    return bake(order)\n'
        "TypeError: bake() missing 1 required positional argument: 'heat'"
    )
    (cause,) = bakery.cycle(bad, text, baseline=True)
    assert cause.suspect_commits[0].commit == bad
    assert "bakery/oven.py:1" in cause.suspect_commits[0].why


def test_a_text_whose_cause_is_not_proved_suspects_nobody(bakery: Bakery) -> None:
    commit = bakery.commit({"bakery/shop.py": "def sell(log):\n    log.error('the till is out of paper')\n"})
    (cause,) = bakery.cycle(commit, "the till is out of paper", baseline=False)
    assert cause.suspect_commits == ()
