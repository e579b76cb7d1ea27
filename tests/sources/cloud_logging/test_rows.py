"""A LogEntry is one row, whichever surface brought it."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from google.cloud.audit.audit_log_pb2 import AuditLog
from google.cloud.logging_v2.types import LogEntry
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.struct_pb2 import Struct
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model import parse_time
from analyzer.sources.cloud_logging.proto_rows import row_of_proto
from analyzer.sources.cloud_logging.rows import json_of_row, rfc3339, row_of_json

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
SEVERITIES = (0, 100, 200, 300, 400, 500, 600, 700, 800)
SECONDS = st.integers(0, 4_000_000_000)
NANOS = st.one_of(st.just(0), st.integers(0, 999_999_999), st.sampled_from([1_000, 5_000_000]))
NUMBERS = st.one_of(
    st.integers(-(2**70), 2**70).map(float), st.floats(allow_nan=False, allow_infinity=False), st.just(-0.0)
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=8,
)


def proto() -> Any:
    return LogEntry.pb(LogEntry())


@st.composite
def entries(draw: st.DrawFn) -> Any:
    """Any LogEntry message that the API could send."""
    entry = proto()
    entry.log_name = draw(TEXT)
    entry.insert_id = draw(TEXT)
    entry.severity = draw(st.sampled_from(SEVERITIES))
    entry.trace, entry.span_id = draw(TEXT), draw(TEXT)
    entry.trace_sampled = draw(st.booleans())
    for name in ("timestamp", "receive_timestamp"):
        if draw(st.booleans()):
            stamp = getattr(entry, name)
            stamp.seconds, stamp.nanos = draw(SECONDS), draw(NANOS)
            stamp.SetInParent()
    entry.labels.update(draw(st.dictionaries(TEXT, TEXT, max_size=3)))
    if draw(st.booleans()):
        entry.resource.SetInParent()
        entry.resource.type = draw(TEXT)
        entry.resource.labels.update(draw(st.dictionaries(TEXT, TEXT, max_size=3)))
    match draw(st.sampled_from(["text", "json", "audit", "struct", "none"])):
        case "text":
            entry.text_payload = draw(TEXT)
        case "json":
            entry.json_payload.SetInParent()
            entry.json_payload.update(draw(st.dictionaries(TEXT, VALUES, max_size=4)))
        case "audit":
            audit = AuditLog(
                service_name=draw(TEXT), method_name=draw(TEXT), num_response_items=draw(st.integers(0, 2**62))
            )
            audit.request.update(draw(st.dictionaries(TEXT, VALUES, max_size=3)))
            audit.status.code = draw(st.integers(0, 16))
            audit.authentication_info.principal_email = "somebody@example.com"
            entry.proto_payload.Pack(audit)
        case "struct":
            inside = Struct()
            inside.update(draw(st.dictionaries(TEXT, VALUES, max_size=3)))
            entry.proto_payload.Pack(inside)
    if draw(st.booleans()):
        request = entry.http_request
        request.SetInParent()
        request.request_method, request.request_url, request.user_agent = draw(TEXT), draw(TEXT), draw(TEXT)
        request.status, request.request_size = draw(st.integers(0, 599)), draw(st.integers(0, 2**62))
        request.cache_hit = draw(st.booleans())
        if draw(st.booleans()):
            request.latency.seconds, request.latency.nanos = draw(st.integers(0, 4000)), draw(NANOS)
            request.latency.SetInParent()
    if draw(st.booleans()):
        entry.source_location.SetInParent()
        entry.source_location.file, entry.source_location.line = draw(TEXT), draw(st.integers(0, 2**62))
    if draw(st.booleans()):
        entry.operation.SetInParent()
        entry.operation.id, entry.operation.first = draw(TEXT), draw(st.booleans())
    if draw(st.booleans()):
        entry.split.SetInParent()
        entry.split.uid, entry.split.index, entry.split.total_splits = draw(TEXT), draw(st.integers(0, 99)), 3
    return entry


@given(entries())
def test_the_proto_and_the_json_of_an_entry_give_the_same_row(entry: Any) -> None:
    printed = json.loads(json.dumps(MessageToDict(entry)))
    assert row_of_json(printed) == row_of_proto(entry)


@given(entries())
def test_a_row_there_and_back_is_the_same_row(entry: Any) -> None:
    row = row_of_proto(entry)
    again = json_of_row(row)
    assert row_of_json(json.loads(json.dumps(again))) == row
    if row.proto_payload is None:
        assert row_of_proto(ParseDict(again, proto())) == row


def test_nanoseconds_split_and_error_groups_survive() -> None:
    entry = {
        "insertId": "1",
        "timestamp": "2026-01-02T03:04:05.123456789Z",
        "split": {"uid": "u", "index": 0, "totalSplits": 2},
        "errorGroups": [{"id": "g1"}],
        "apphub": {"application": {"id": "a"}},
    }
    row = row_of_json(entry)
    assert row.timestamp is not None
    assert row.timestamp % 1_000 == 789
    assert row.split == '{"totalSplits":2,"uid":"u"}'
    assert row.error_groups == '[{"id":"g1"}]'
    assert json_of_row(row)["apphub"] == {"application": {"id": "a"}}


def test_a_payload_of_an_unknown_type_is_kept_as_bytes_not_lost() -> None:
    entry = proto()
    entry.proto_payload.CopyFrom(AnyMessage(type_url="type.googleapis.com/example.Unknown", value=b"\x01\x02"))
    assert row_of_proto(entry).proto_payload == '{"@type":"type.googleapis.com/example.Unknown","value":"AQI="}'


def test_numbers_that_json_does_not_know_are_text() -> None:
    entry = proto()
    entry.json_payload.update({"a": math.inf, "b": -math.inf, "c": math.nan})
    assert row_of_proto(entry).json_payload == '{"a":"Infinity","b":"-Infinity","c":"NaN"}'


@given(st.integers(-62_135_596_800, 253_402_300_799), st.integers(0, 999_999_999))
def test_times_are_written_as_they_are_read(seconds: int, nanos: int) -> None:
    time_ns = seconds * 1_000_000_000 + nanos
    assert parse_time(rfc3339(time_ns)) == time_ns


@pytest.mark.parametrize("odd", [{}, {"timestamp": 5, "labels": [], "resource": "x", "httpRequest": {"status": "no"}}])
def test_an_odd_answer_is_no_crash(odd: dict[str, Any]) -> None:
    row_of_json(odd)
