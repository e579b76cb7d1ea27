"""Whatever the logs, tests, baseline and areas are: an honest report is found true."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from making_numbers import MadeCycle, areas, cycles

from analyzer.analysis import analyze
from analyzer.pipeline import verify
from analyzer.reports import canonical


def the_report_holds(before: MadeCycle, made: MadeCycle, impact: str, how: str, members: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="verified-") as name:
        folder = Path(name)
        (folder / "impact.toml").write_text(impact)
        options: dict[str, Any] = {"impact": folder / "impact.toml", "members": members}
        if how != "no baseline":
            first = analyze(**before.written(folder / "before", before.lines), cycle="1")
            options["baseline"] = first.save(folder / "first.json")
            if how == "history":
                history = f"sqlite:///{folder / 'history.db'}"
                first.remember(history)
                options |= {"history": history, "baseline": "previous"}
        inputs = made.written(folder / "made", made.lines)
        report = json.loads(canonical(analyze(**inputs, **options).to_dict()))
        found = verify(report, logs=[str(inputs["logs"])])
    assert [str(claim) for claim in found.false_claims] == []
    assert found.checks > 20


_INPUTS = (cycles(0), cycles(1), areas(), st.sampled_from(("no baseline", "file", "history")), st.booleans())
_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@given(*_INPUTS)
@settings(max_examples=25, derandomize=True, phases=[Phase.generate], suppress_health_check=_SLOW)
def test_an_honest_report_holds(before: MadeCycle, made: MadeCycle, impact: str, how: str, members: bool) -> None:
    the_report_holds(before, made, impact, how, members)


@pytest.mark.full
@given(*_INPUTS)
@settings(max_examples=400, derandomize=True, phases=[Phase.generate], suppress_health_check=_SLOW)
def test_four_hundred_honest_reports_hold(
    before: MadeCycle, made: MadeCycle, impact: str, how: str, members: bool
) -> None:
    the_report_holds(before, made, impact, how, members)


ERROR = {"severity": "ERROR", "resource": {"type": "cloud_run_revision", "labels": {"service_name": "bakery"}}}


def test_own_rules_and_a_salt_are_those_of_the_analysis(tmp_path: Path) -> None:
    pack = tmp_path / "own" / "noise"
    pack.mkdir(parents=True)
    (pack / "mine.toml").write_text(
        '[[rule]]\nid = "own.oven"\nwhy = "an oven is cold at first"\npattern = \'oven is cold\'\n'
        'match = [{ text = "the oven is cold" }]\nmiss = ["warm"]\n'
    )
    logs = tmp_path / "a.jsonl"
    rows = [
        {**ERROR, "insertId": f"e{n}", "timestamp": f"2026-05-01T10:00:0{n}Z", "textPayload": text}
        for n, text in enumerate(["the oven is cold", "no rye for baker@example.com", "no rye for 203.0.113.7"])
    ]
    logs.write_text("".join(json.dumps(row) + "\n" for row in rows))
    options: dict[str, Any] = {"rules": [str(tmp_path / "own")], "salt": "made-up-salt"}
    report = json.loads(canonical(analyze(logs, **options).to_dict()))
    assert report["ledger"]["noise"] == 1
    assert verify(report, logs=[str(logs)], **options).holds
    without = verify(report, logs=[str(logs)], salt="made-up-salt")
    assert {claim.found for claim in without.false_claims} >= {"there is no such rule"}
    assert not verify(report, logs=[str(logs)], rules=options["rules"]).holds


def test_an_accepted_error_holds_and_the_reason_is_told_as_not_checked(tmp_path: Path) -> None:
    from analyzer.history import open_history

    logs = tmp_path / "a.jsonl"
    row = {**ERROR, "insertId": "e1", "timestamp": "2026-05-01T10:00:00Z", "textPayload": "no rye left"}
    logs.write_text(json.dumps(row) + "\n")
    history = f"sqlite:///{tmp_path / 'history.db'}"
    fingerprint = analyze(logs).to_dict()["clusters"][0]["fingerprint"]
    open_history(history, create=True).add_known(fingerprint, "we wait for rye", "2026-06-01")
    report = json.loads(canonical(analyze(logs, history=history).to_dict()))
    assert report["clusters"][0]["known"] == "we wait for rye"
    found = verify(report, logs=[str(logs)])
    assert found.holds
    assert any("accepted" in what for what in found.not_checked)


def test_fingerprints_of_another_version_are_not_compared(tmp_path: Path) -> None:
    logs = tmp_path / "a.jsonl"
    row = {**ERROR, "insertId": "e1", "timestamp": "2026-05-01T10:00:00Z", "textPayload": "no rye left"}
    logs.write_text(json.dumps(row) + "\n")
    text = canonical(analyze(logs).to_dict()).decode()
    report = json.loads(canonical(json.loads(text.replace("s2:", "s1:"))))
    found = verify(report, logs=[str(logs)])
    assert found.holds
    assert any("several versions" in what for what in found.not_checked)
