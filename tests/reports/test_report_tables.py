"""Tables: exactly the written schema, whatever the report holds, and the way back."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from bakery_reports import ALL, first_cycle, quiet_cycle, second_cycle
from hypothesis import given
from hypothesis import strategies as st

from analyzer.analysis import Analysis, analyze
from analyzer.model import format_time
from analyzer.tables import EVENTS, FRAME_TABLES, MESSAGES, TABLES, Schema, rows_of, table

ROOT = Path(__file__).resolve().parent.parent.parent
PROMISED = {
    "clusters": "fingerprint title template exception_type core severity kind noise count entries first_seen last_seen"
    " services revisions change location file line function",
    "events": "timestamp severity service revision instance message trace truncated entry_ids fingerprint",
    "tests": "test status seconds message clusters suspicious",
    "code_paths": "fingerprint rank role file line end_line function commit confidence unique owner link",
    "causes": "rank kind confidence summary fingerprints file line function would_confirm",
    "deploys": "time service revision commit event share entry_ids",
}
"""what a notebook of an earlier version may ask for"""
SCHEMAS = [*(schema for schema, _ in (*TABLES.values(), *FRAME_TABLES.values())), MESSAGES]

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "string": st.none() | st.text(max_size=20),
    "Int64": st.none() | st.integers(-(2**63) + 1, 2**63 - 1),
    "Float64": st.none() | st.floats(allow_nan=False),
    "boolean": st.none() | st.booleans(),
    "object": st.lists(st.text(max_size=5), max_size=3),
    "datetime64[ns, UTC]": st.none()
    | st.integers(0, 2**62).map(lambda ns: f"{(format_time(ns) or '')[:-1]}{ns % 1000:03}Z"),
}


def rows_in(schema: Schema) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(st.fixed_dictionaries({name: VALUES[c.dtype] for name, c in schema.items()}), max_size=4)


def follows(frame: pd.DataFrame, schema: Schema) -> bool:
    return {name: str(dtype) for name, dtype in frame.dtypes.items()} == {n: c.dtype for n, c in schema.items()}


def older(value: Any, needed: set[str]) -> Any:
    """The report as a version wrote it that knew only the keys of the contract."""
    if isinstance(value, dict):
        return {k: older(v, needed) for k, v in value.items() if k in needed}
    return [older(v, needed) for v in value] if isinstance(value, list) else value


@given(st.sampled_from(SCHEMAS).flatmap(lambda s: st.tuples(st.just(s), rows_in(s))))
def test_a_table_leads_back_to_its_rows(drawn: tuple[Schema, list[dict[str, Any]]]) -> None:
    schema, rows = drawn
    frame = table(rows, schema)
    assert follows(frame, schema)
    assert rows_of(frame, schema) == rows
    pd.testing.assert_frame_equal(table(rows_of(frame, schema), schema), frame)


@pytest.mark.parametrize("name", sorted(TABLES))
@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_every_table_of_every_report_has_its_schema(make: Callable[[], dict[str, Any]], name: str) -> None:
    schema, _ = TABLES[name]
    assert follows(getattr(Analysis(make()), name), schema)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_an_empty_table_has_the_same_dtypes(schema: Schema) -> None:
    frame = table([], schema)
    assert frame.empty
    assert follows(frame, schema)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_row_that_lacks_everything_is_na_with_empty_lists(schema: Schema) -> None:
    (row,) = rows_of(table([{}], schema), schema)
    assert row == {name: [] if column.dtype == "object" else None for name, column in schema.items()}


def test_the_columns_of_earlier_versions_are_still_there_in_their_order() -> None:
    for name, columns in PROMISED.items():
        assert list(TABLES[name][0])[: len(columns.split())] == columns.split(), name


def test_half_a_character_from_a_log_does_not_break_a_table() -> None:
    report = first_cycle()
    report["clusters"][0]["title"] = "cut \ud83d here"
    assert Analysis(report).clusters["title"].iloc[0] == "cut \ufffd here"


def test_every_column_says_what_it_means() -> None:
    for schema in SCHEMAS:
        assert all(column.meaning for column in schema.values())


def test_a_report_of_an_older_version_gives_the_same_tables_with_nothing_in_what_it_lacks() -> None:
    contract = (ROOT / "tests" / "reports" / "bakery_reports.py").read_text(encoding="utf-8")
    known = set(re.findall(r'"([a-z_]+)":', contract)) - {
        *("transitions", "fixes", "impact", "actions", "trend", "chain", "look_alikes", "siblings", "histogram"),
        *("known", "related", "wrappers", "aliases", "roles", "dropped"),
    }
    old = Analysis(older(second_cycle(), known))
    for name, (schema, _) in TABLES.items():
        assert follows(getattr(old, name), schema), name
    assert not old.clusters.empty
    assert not old.exemplars.empty
    for name in ("transitions", "fixes", "impact", "actions", "chains", "siblings", "histogram"):
        assert getattr(old, name).empty, name


def test_a_loaded_report_has_the_tables_of_the_one_that_was_saved(tmp_path: Path) -> None:
    made = Analysis(second_cycle())
    loaded = Analysis.load(made.save(tmp_path / "report.json"))
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(loaded, name), getattr(made, name))


def test_the_trend_ends_with_this_cycle() -> None:
    trend = Analysis(second_cycle()).trend
    assert trend["current"].tolist() == [False] * (len(trend) - 1) + [True]
    assert trend["cycle"].iloc[-1] == second_cycle()["cycle"]["name"]
    assert trend["pass_rate"].iloc[-1] == second_cycle()["tests"]["pass_rate"]


def test_a_first_cycle_calls_nothing_new_or_resolved() -> None:
    trend = Analysis(first_cycle()).trend
    assert trend["new"].isna().all()
    assert trend["resolved"].isna().all()


def test_the_ledger_adds_up_as_a_table() -> None:
    for make in ALL.values():
        sums = Analysis(make()).ledger.set_index("what")["count"]
        used = sums[["duplicates", "error_entries", "warning_entries", "other_entries"]].sum()
        assert sums["entries"] == used + sums[sums.index.str.startswith("dropped: ")].sum()


def test_exemplars_say_what_each_of_their_entries_did() -> None:
    exemplars = Analysis(first_cycle()).exemplars
    assert (exemplars["entry_ids"].map(len) == exemplars["roles"].map(len)).all()


def test_siblings_and_look_alikes_stand_apart() -> None:
    report = first_cycle()
    siblings = Analysis(report).siblings
    assert (siblings["kind"] == "sibling").sum() == sum(len(c["siblings"]) for c in report["causes"])
    assert siblings["why_not"].notna().tolist() == (siblings["kind"] == "look_alike").tolist()


def test_without_tests_there_is_an_empty_table() -> None:
    report = {**quiet_cycle(), "tests": None}
    assert Analysis(report).tests.empty
    assert Analysis(report).transitions.empty


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    frame = '  File "/app/oven.py", line 3, in bake\n    heat()'
    trace = f"Traceback (most recent call last):\n{frame}\nValueError: too hot: 311"
    logs = tmp_path_factory.mktemp("logs") / "logs.jsonl"
    rows = [
        {
            "insertId": f"id-{n}",
            "timestamp": f"2026-03-02T10:00:{n:02}.123456789Z",
            "severity": "ERROR",
            "textPayload": trace if n % 2 else f"no flour for order {n}",
            "resource": {"type": "cloud_run_revision", "labels": {"service_name": "oven", "revision_name": "oven-1"}},
        }
        for n in range(10)
    ]
    logs.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return analyze(logs)


def test_events_carry_the_trace_and_the_names_of_their_cluster(printed: Analysis) -> None:
    events = printed.events
    assert follows(events, EVENTS)
    clusters = printed.clusters.set_index("fingerprint")
    assert events["title"].tolist() == clusters.loc[events["fingerprint"], "title"].tolist()
    baked = events[events["stack_traces"].map(len) > 0]
    assert len(baked) == 5
    assert baked["stack_traces"].iloc[0][0]["exceptions"][0]["type"] == "ValueError"


def test_the_bins_of_the_histogram_hold_every_occurrence(printed: Analysis) -> None:
    histogram = printed.histogram
    assert histogram.groupby("fingerprint")["count"].sum().to_dict() == dict(
        printed.clusters[["fingerprint", "count"]].itertuples(index=False)
    )
    assert histogram["time"].is_monotonic_increasing


def test_the_page_lists_the_columns_as_they_are() -> None:
    checked = subprocess.run(
        [sys.executable, ROOT / "tools" / "list_columns.py", "--check"],
        capture_output=True, text=True, check=False, env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout + checked.stderr
