"""One failure that four layers print is one occurrence; every printing has a role, and the ledger adds up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import analyzer

INNER = "Object of type Oven is not JSON serializable"
TRACE = f"""Traceback (most recent call last):
  File "/app/bakery/till.py", line 12, in ring_up
    return json.dumps(oven)
  File "/usr/local/lib/python3.11/json/encoder.py", line 180, in default
    raise TypeError(f'Object of type {{o.__class__.__name__}} '
TypeError: {INNER}"""


def failure(second: int) -> list[dict[str, Any]]:
    """The raise site line by line, a wrapper's log line, an answer as JSON, and the access line."""
    rows: list[dict[str, Any]] = []

    def say(at_ms: int, log: str = "stderr", **what: Any) -> None:
        rows.append(
            {
                "insertId": f"{second:02}-{len(rows):02}",
                "timestamp": f"2026-05-01T10:00:{second:02}.{at_ms:03}Z",
                "logName": f"projects/demo/logs/run.googleapis.com%2F{log}",
                "resource": {
                    "type": "cloud_run_revision",
                    "labels": {"service_name": "bakery", "revision_name": "b-1"},
                },
                "labels": {"instanceId": "i1"},
                **what,
            }
        )

    for n, line in enumerate(TRACE.split("\n")):
        say(n, textPayload=line)
    say(20, textPayload=f"2026-05-01 10:00:00,020 - bakery - till - ERROR - Till failed: {INNER}")
    say(40, severity="ERROR", jsonPayload={"message": "answer sent", "error": {"message": f"Till failed: {INNER}"}})
    say(60, textPayload='INFO:     203.0.113.9:0 - "POST /ring HTTP/1.1" 500 Internal Server Error')
    return rows


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    logs = tmp_path_factory.mktemp("printings") / "logs.json"
    logs.write_text(json.dumps([*failure(5), *failure(25)]))
    return analyzer.analyze(str(logs), members=True, baseline="none").to_dict()


def test_four_printings_of_two_failures_are_two_occurrences(report: dict[str, Any]) -> None:
    (error,) = (c for c in report["clusters"] if c["kind"] != "request")
    assert error["exception"]["type"] == "TypeError"
    assert error["count"] == 2
    assert error["entries"] == 16


def test_every_printing_has_its_role(report: dict[str, Any]) -> None:
    (error,) = (c for c in report["clusters"] if c["kind"] != "request")
    roles = error["exemplars"][0]["roles"]
    assert [roles[f"05-{n:02}"] for n in range(6)] == ["raise"] * 6
    assert (roles["05-06"], roles["05-07"]) == ("wrap", "handle")
    (access,) = (c for c in report["clusters"] if c["kind"] == "request")
    assert set(access["exemplars"][0]["roles"].values()) == {"access"}


def test_the_ledger_counts_printings_and_loses_none(report: dict[str, Any]) -> None:
    ledger = report["ledger"]
    assert ledger["entries"] == 18
    assert ledger["error_entries"] == 18
    assert ledger["error_events"] == 8
    assert ledger["clustered"] == ledger["error_events"] + ledger["warning_events"]


def test_the_order_of_entries_changes_no_byte(tmp_path: Path, report: dict[str, Any]) -> None:
    logs = tmp_path / "logs.json"
    logs.write_text(json.dumps([*failure(5), *failure(25)][::-1]))
    again = analyzer.analyze(str(logs), members=True, baseline="none").to_dict()
    assert {k: v for k, v in again.items() if k != "integrity"}["clusters"] == report["clusters"]
