"""What single doors ask of their reader, and rows that no door would write."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from door_writers import bigquery_array, gcloud_array, pull_parquet, sink_shards
from hypothesis import given
from hypothesis import strategies as st
from made_up_incident import incident

import analyzer
from analyzer.errors import SourceError
from analyzer.model import Entry, Severity, SourceResult, Window, parse_time
from analyzer.redaction import build_redactor
from analyzer.sources import decode_entry, read_files
from analyzer.sources.shards import missing_hours, shard_of

REDACTOR = build_redactor()


def read(*paths: Path, window: Window | None = None) -> SourceResult:
    return read_files([str(p) for p in paths], redactor=REDACTOR, window=window)


def decoded(**row: Any) -> Entry:
    return decode_entry(row, redactor=REDACTOR)


def window(start: str, end: str) -> Window:
    times = [parse_time(f"2026-11-24T{clock}Z") for clock in (start, end)]
    assert times[0] is not None
    assert times[1] is not None
    return Window(from_ns=times[0], to_ns=times[1])


def bigquery_row(**changes: Any) -> dict[str, Any]:
    return {"insertId": "a", "logName": "projects/p/logs/l", "timestamp": "2026-11-24 10:00:00.123456 UTC"} | changes


# --- tables


def test_labels_get_their_names_back() -> None:
    entry = decoded(
        **bigquery_row(
            labels={
                "instanceid": "i1",
                "commit_sha": "0123abc",
                "k8s_pod_app": "shop",
                "k8s_pod_pod_template_hash": "6d4c",
                "k8s_pod_app_kubernetes_io_commit_sha": "0123abc",
                "run_googleapis_com_task_index": "3",
                "own_label": "kept",
                "gone": None,
            }
        )
    )
    assert dict(entry.labels) == {
        "instanceId": "i1",
        "commit-sha": "0123abc",
        "k8s-pod/app": "shop",
        "k8s-pod/pod-template-hash": "6d4c",
        "k8s-pod/app_kubernetes_io/commit-sha": "0123abc",
        "run.googleapis.com/task_index": "3",
        "own_label": "kept",
    }
    assert (entry.revision, entry.instance) == ("6d4c", "/3")


def test_labels_of_the_api_keep_the_names_they_have() -> None:
    row = {"insertId": "a", "timestamp": "2026-11-24T10:00:00Z", "labels": {"commit_sha": "x", "k8s_pod_app": "y"}}
    assert dict(decoded(**row).labels) == row["labels"]


def test_a_record_of_nulls_is_no_payload() -> None:
    nothing = {"message": None, "error": {"type": None}}
    entry = decoded(**bigquery_row(textPayload="oven is cold", jsonPayload=nothing, protopayload_auditlog={"a": None}))
    assert (entry.text_payload, entry.json_payload, entry.proto_payload) == ("oven is cold", None, None)


def test_an_audit_record_is_read_whatever_the_case_of_its_names() -> None:
    record = {"methodname": "m", "servicename": "s", "requestjson": '{"a": {"b": 1}}', "status": {"code": "0"}}
    for names in (
        record,
        {"methodName": "m", "serviceName": "s", "requestJson": '{"a":{"b":1}}', "status": {"code": 0}},
    ):
        found = decoded(**bigquery_row(protopayload_auditlog=names)).proto_payload
        assert found is not None
        assert {k: found[k] for k in ("methodName", "serviceName", "request", "status")} == {
            "methodName": "m",
            "serviceName": "s",
            "request": {"a": {"b": 1}},
            "status": {"code": 0},
        }


def test_a_payload_named_after_its_type_is_read() -> None:
    row = bigquery_row(jsonpayload_type_loadbalancerlogentry={"message": "backend is gone"}, jsonPayload=None)
    assert decoded(**row).json_payload == {"message": "backend is gone"}


def test_a_text_that_looks_like_json_stays_a_text(tmp_path: Path) -> None:
    text = '{"message": "oven is cold"}'
    rows = [{"timestamp": 1795514400000000001, "insert_id": "a", "log_name": "l", "text_payload": text, "labels": "{}"}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet")
    (entry,) = read(tmp_path / "a.parquet").entries
    assert (entry.text_payload, entry.time_ns) == (text, 1795514400000000001)


def test_a_log_id_and_a_number_for_a_level_are_enough() -> None:
    row = {
        "insert_id": "a",
        "log_id": "run.googleapis.com/stderr",
        "severity_number": "500",
        "resource": {"type": "cloud_run_revision", "labels": '{"project_id": "p", "service_name": "bakery"}'},
        "json_payload": '{"message": "oven is cold"}',
    }
    entry = decoded(**row)
    assert entry.log_name == "projects/p/logs/run.googleapis.com%2Fstderr"
    assert (entry.severity, entry.service) == (Severity.ERROR, "bakery")
    assert entry.json_payload == {"message": "oven is cold"}


def test_a_microsecond_copy_is_the_entry_and_two_of_one_microsecond_stay_two(tmp_path: Path) -> None:
    entries = [e for e in incident() if "till is jammed" in e.get("textPayload", "")]
    assert len({e["timestamp"][:26] for e in entries}) == 1
    exact = read(gcloud_array(entries, tmp_path))
    both = read(gcloud_array(entries, tmp_path), bigquery_array(entries, tmp_path))
    assert both.entries == exact.entries
    assert (len(both.entries), both.duplicates) == (2, 2)


def test_one_id_at_two_times_of_one_microsecond_is_two_entries(tmp_path: Path) -> None:
    first = next(e for e in incident() if "till is jammed" in e.get("textPayload", ""))
    second = first | {"timestamp": first["timestamp"].replace("5001Z", "5002Z")}
    assert second != first
    assert len(read(gcloud_array([first, second], tmp_path)).entries) == 2


def test_parquet_of_maps_nested_times_and_bytes_is_read(tmp_path: Path) -> None:
    when = pa.array([1795514400123456789], pa.int64()).cast(pa.timestamp("ns", "UTC"))
    payload = pa.StructArray.from_arrays(
        [pa.array(["oven is cold"]), when, pa.array([b"\xff"]), pa.array([[1.0]])], ["message", "at", "raw", "list"]
    )
    labels = pa.array([[("instanceId", "i1")]], pa.map_(pa.string(), pa.string()))
    columns = {"timestamp": when, "insert_id": pa.array(["a"]), "labels": labels, "json_payload": payload}
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    (entry,) = read(tmp_path).entries
    assert entry.time_ns == 1795514400123456789
    assert entry.labels == {"instanceId": "i1"}
    assert entry.json_payload is not None
    assert (entry.json_payload["message"], entry.json_payload["list"]) == ("oven is cold", [1])


def test_a_cut_parquet_file_is_refused_by_name(tmp_path: Path) -> None:
    whole = pull_parquet(incident(), tmp_path)
    whole.write_bytes(whole.read_bytes()[:-100])
    with pytest.raises(SourceError, match=r"pulled\.parquet is a broken Parquet file"):
        read(whole)


# --- CSV


def test_a_query_s_answer_as_csv_is_refused_with_the_way_to_export_it(tmp_path: Path) -> None:
    for header in (
        "timestamp,insert_id,json_payload",
        "insertId,timestamp,jsonPayload",
        "log_name,text_payload,labels",
    ):
        (tmp_path / "a.csv").write_text(f"{header}\n1,2,3\n")
        with pytest.raises(SourceError, match="query's answer as CSV") as caught:
            read(tmp_path / "a.csv")
        assert "--format=json" in caught.value.hint


def test_a_cell_with_lines_commas_and_quotes_is_one_text(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(
        b'insertId,timestamp,labels.a.b/c,textPayload\r\na,2026-11-24T10:00:00Z,x,"one, ""two""\r\nthree"\r\n'
    )
    (entry,) = read(tmp_path / "a.csv").entries
    assert entry.text_payload == 'one, "two"\nthree'
    assert entry.labels == {"a.b/c": "x"}


def test_text_with_commas_is_no_csv(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("timestamp, severity, and other words\nERROR oven is cold\n")
    assert read(tmp_path / "a.log").files[0].format == "plain text"


# --- a sink's files


def test_a_shard_s_name_tells_its_log_and_hour() -> None:
    for name in ("08:00:00_08:59:59_S0.json", "08:00:00_08:59:59_A3:1699.json", "08_00_00_08_59_59_S12.json.gz"):
        shard = shard_of(f"gs://sink/run.googleapis.com/stderr/2026/11/24/{name}")
        assert shard is not None
        assert shard.log == "gs://sink/run.googleapis.com/stderr"
        assert (shard.from_ns, shard.to_ns - 1) == (
            window("08:00:00", "09:00:00").from_ns,
            window("08:00:00", "09:00:00").to_ns - 1,
        )
    for name in ("a/2026/11/24/logs.json", "a/2026/13/24/08:00:00_08:59:59_S0.json", "08:00:00_08:59:59_S0.json", ""):
        assert shard_of(name) is None


def test_hours_without_a_file_of_any_log_are_said_once() -> None:
    def name(log: str, hour: int) -> str:
        return f"x/{log}/2026/11/24/{hour:02}:00:00_{hour:02}:59:59_S0.json"

    assert missing_hours([name("a", 8), name("b", 9), name("a", 10), "x/other.json"]) is None
    said = missing_hours([name("a", 8), name("b", 12)])
    assert said is not None
    assert "3 hours, the first from 2026-11-24 09:00 UTC" in said
    assert missing_hours([]) is None


def test_a_window_keeps_its_entries_and_counts_the_others(tmp_path: Path) -> None:
    paths = (sink_shards(incident(), tmp_path), gcloud_array(incident(), tmp_path))
    for path in paths:
        found = read(path, window=window("10:01:00", "10:02:00"))
        assert {e.time_ns // 60_000_000_000 % 60 for e in found.entries if e.time_ns} == {1}
        whole = read(path)
        assert found.read == whole.read
        assert [e for e in whole.entries if e in found.entries] == list(found.entries)
        assert [d.reason for d in found.dropped] == ["outside the window"]
    assert read(paths[0], window=window("12:00:00", "13:00:00")).read == 0


# --- Pub/Sub


def test_a_body_that_is_no_entry_is_kept_as_what_it_says(tmp_path: Path) -> None:
    def message(text: str) -> dict[str, Any]:
        return {"message": {"data": base64.b64encode(text.encode()).decode(), "publishTime": "2026-11-24T10:00:00Z"}}

    own = message('{"message": "oven is cold", "level": "error"}')
    lines = [own, message("plain words"), {"message": {"data": "not base64!"}}]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    found = read(tmp_path / "a.jsonl").entries
    assert {e.text_payload for e in found} == {None, "plain words", "not base64!"}
    assert [e.severity for e in found if e.json_payload] == [Severity.ERROR]
    assert [e.time_ns for e in found].count(window("10:00:00", "10:00:01").from_ns) == 2


def test_envelopes_inside_envelopes_are_not_opened_for_ever() -> None:
    row: dict[str, Any] = {"message": "x", "level": "error"}
    for _ in range(8):
        row = {"message": {"data": base64.b64encode(json.dumps(row).encode()).decode()}}
    assert decode_entry(row, redactor=REDACTOR).json_payload is not None


# --- whatever comes

_NAMES = st.sampled_from(
    (
        "timestamp", "receiveTimestamp", "receive_timestamp", "insertId", "insert_id", "logName", "log_name",
        "log_id", "severity", "severity_number", "labels", "resource", "jsonPayload", "json_payload", "protoPayload",
        "proto_payload", "protopayload_auditlog", "jsonpayload_v1_x", "textPayload", "text_payload", "httpRequest",
        "http_request", "sourceLocation", "source_location", "operation", "split", "errorGroups", "error_groups",
        "other", "trace", "spanId", "message", "data", "publishTime", "receivedMessages", "audit_log", "request",
        "requestJson", "type", "latency", "status", "code", "seconds", "nanos", "log", "stream", "time",
        "raw_payload", "__REALTIME_TIMESTAMP", "MESSAGE", "PRIORITY",
    )
)  # fmt: skip
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        ["{", "[", '{"a": 1}', "[[", '{"labels": 3}', "2026-11-24 10:00:00 UTC", "1.7E9", "9e999", "e30="]
    )
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES | st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
_ROWS = st.dictionaries(_NAMES | st.text(max_size=5), _VALUES, max_size=8)


@given(_ROWS)
def test_no_row_raises(row: dict[str, Any]) -> None:
    entry = decode_entry(row, redactor=REDACTOR)
    assert entry.entry_id


@given(_ROWS)
def test_a_row_is_the_same_entry_each_time(row: dict[str, Any]) -> None:
    assert repr(decode_entry(row, redactor=REDACTOR)) == repr(decode_entry(row, redactor=REDACTOR))


@given(rows=st.lists(_ROWS, max_size=4))
def test_no_file_of_rows_raises(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]) -> None:
    path = tmp_path_factory.mktemp("rows") / "a.json"
    path.write_text(json.dumps(rows))
    result = read(path)
    assert result.read == len(result.entries) + result.duplicates + sum(d.count for d in result.dropped)
    analyzer.analyze(str(path)).to_dict()


@given(st.text(max_size=200))
def test_no_text_behind_a_header_raises(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("rows") / "a.csv"
    path.write_bytes(f"insertId,timestamp,textPayload,jsonPayload.a,jsonPayload.a.b\n{text}".encode("utf-8", "replace"))
    read(path)


@given(st.binary(max_size=300))
def test_bytes_that_only_begin_like_parquet_are_refused(tmp_path_factory: pytest.TempPathFactory, tail: bytes) -> None:
    path = tmp_path_factory.mktemp("rows") / "a.parquet"
    path.write_bytes(b"PAR1" + tail)
    with pytest.raises(SourceError, match="broken Parquet"):
        read(path)


@given(st.text(max_size=80))
def test_any_name_is_a_shard_or_none(name: str) -> None:
    shard = shard_of(name)
    assert shard is None or shard.from_ns < shard.to_ns
