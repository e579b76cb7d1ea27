"""The ledger adds up for every input, and no input crashes."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from analyzer.analysis import analyze
from analyzer.errors import SourceError
from analyzer.reports import check_integrity, schema

VALIDATOR = Draft202012Validator(schema())
TRACE = 'Traceback (most recent call last):\n  File "/srv/oven.py", line 3, in bake\n    x()\nValueError: cold'
texts = st.one_of(
    st.sampled_from(
        ["", "ERROR oven 17 is cold", TRACE, '"GET /bread HTTP/1.1" 500', "WARNING stale", "{'error': 'no rye'}"]
    ),
    st.text(max_size=40),
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts)
values = st.recursive(
    scalars, lambda v: st.one_of(st.lists(v, max_size=3), st.dictionaries(texts, v, max_size=3)), max_leaves=8
)
odd_entries = st.fixed_dictionaries(
    {},
    optional={
        "insertId": st.one_of(st.integers(0, 9).map(str), values),
        "timestamp": st.one_of(st.integers(0, 59).map(lambda s: f"2026-05-01T10:00:{s:02}Z"), values),
        "logName": st.sampled_from(["projects/p/logs/run.googleapis.com%2Fstderr", "projects/p/logs/requests"]),
        "severity": st.one_of(st.sampled_from(["ERROR", "WARNING", "INFO", "DEFAULT"]), values),
        "textPayload": st.one_of(texts, values),
        "jsonPayload": st.one_of(st.fixed_dictionaries({"message": texts}), values),
        "httpRequest": st.one_of(st.fixed_dictionaries({"status": st.integers(100, 599), "requestUrl": texts}), values),
        "resource": st.one_of(st.just({"type": "cloud_run_revision", "labels": {"service_name": "bakery"}}), values),
        "labels": values,
        "protoPayload": values,
    },
)
rows = st.lists(st.one_of(odd_entries, values), max_size=12)


def sums_hold(report: dict[str, Any]) -> bool:
    ledger = report["ledger"]
    parts = sum(ledger[k] for k in ("duplicates", "error_entries", "warning_entries", "other_entries"))
    clusters = [c for c in report["clusters"] if c["count"]]
    return (
        ledger["entries"] == parts + sum(d["count"] for d in ledger["dropped"])
        and ledger["clustered"] == ledger["error_events"] + ledger["warning_events"]
        and ledger["noise"] <= ledger["clustered"]
        and all(c["count"] <= ledger["clustered"] for c in clusters)
    )


@given(rows, st.booleans())
@settings(max_examples=120, deadline=None)
def test_entries_are_dropped_duplicated_or_counted_by_level_and_every_event_is_clustered(
    given_rows: list[Any], as_lines: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.json")
        text = "".join(json.dumps(r) + "\n" for r in given_rows) if as_lines else json.dumps(given_rows)
        path.write_text(text)
        report = analyze(path, members=True).to_dict()
    assert sums_hold(report)
    VALIDATOR.validate(report)
    assert check_integrity(report)


@given(st.binary(max_size=300))
@settings(max_examples=120, deadline=None)
def test_any_bytes_give_a_report_or_a_clear_error(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.log")
        path.write_bytes(data)
        try:
            report: dict[str, Any] | None = analyze(path).to_dict()
            hint = ""
        except SourceError as err:
            report, hint = None, err.hint
    assert sums_hold(report) if report else hint
