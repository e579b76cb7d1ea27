"""A cause with a stack trace names the functions that may have to change; the cluster keeps the places of its trace."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import analyzer

CODE = """\
class Oven:
    def bake(self, dough):
        return heat(dough, degrees=200)


def heat(dough):
    return dough
"""
TRACE = """Traceback (most recent call last):
  File "/app/bakery/oven.py", line 3, in bake
    return heat(dough, degrees=200)
TypeError: heat() got an unexpected keyword argument 'degrees'"""


@pytest.fixture
def report(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "code" / "bakery").mkdir(parents=True)
    (tmp_path / "code" / "bakery" / "oven.py").write_text(CODE)
    logs = tmp_path / "logs.json"
    entries = [
        {"insertId": "a", "timestamp": "2026-05-01T10:00:00Z", "severity": "ERROR", "textPayload": TRACE},
        {"insertId": "b", "timestamp": "2026-05-01T10:00:09Z", "severity": "ERROR", "textPayload": "no bread today"},
    ]
    logs.write_text(json.dumps(entries))
    return analyzer.analyze(str(logs), repo=str(tmp_path / "code"), baseline="none").to_dict()


def test_the_cause_of_a_trace_names_more_than_its_frames(report: dict[str, Any]) -> None:
    cause = next(c for c in report["causes"] if "heat()" in c["summary"])
    assert {p["function"] for p in cause["code_paths"][:2]} == {"Oven.bake", "heat"}
    cluster = next(c for c in report["clusters"] if c["fingerprint"] in cause["fingerprints"])
    assert [p["function"] for p in cluster["code_paths"]] == ["Oven.bake"]


def test_an_error_without_a_trace_has_no_suspects(report: dict[str, Any]) -> None:
    cause = next(c for c in report["causes"] if "no bread" in c["summary"])
    assert cause["code_paths"] == []
