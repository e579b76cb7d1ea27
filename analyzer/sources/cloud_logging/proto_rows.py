"""A LogEntry as the gRPC client's protobuf message → `Row`: attribute by attribute, no detour through a dict of all.

Works on the raw messages under the proto-plus wrappers (`ListLogEntriesResponse.pb(page).entries`); that is ten
times as fast as `MessageToDict` on every entry, and keeps nanoseconds and `split`.
"""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import Any

# registers the messages that payloads of audit and App Engine request logs hold
import google.cloud.appengine_logging
import google.cloud.audit.audit_log_pb2  # noqa: F401
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.json_format import MessageToDict

from analyzer.model import Severity
from analyzer.sources.cloud_logging.rows import Row, as_doubles, encode_json, nested, number, seconds_text

_NANOS = 1_000_000_000
_SEVERITIES: dict[int, str | None] = {s.value: s.name for s in Severity} | {0: None}


def row_of_proto(entry: Any) -> Row:
    """The row of one `google.logging.v2.LogEntry` message."""
    kind = entry.WhichOneof("payload")
    severity, labels = entry.severity, entry.labels
    values = (
        _time(entry.timestamp) if entry.HasField("timestamp") else None,
        _time(entry.receive_timestamp) if entry.HasField("receive_timestamp") else None,
        entry.insert_id or None,
        entry.log_name or None,
        _SEVERITIES[severity] if severity in _SEVERITIES else str(severity),
        entry.trace or None,
        entry.span_id or None,
        entry.text_payload if kind == "text_payload" else None,
        _resource(entry.resource.SerializeToString()) if entry.HasField("resource") else None,
        encode_json({name: labels[name] for name in labels}).decode() if labels else None,
        encode_json(_struct(entry.json_payload)).decode() if kind == "json_payload" else None,
        encode_json(_any(entry.proto_payload)).decode() if kind == "proto_payload" else None,
        _http_request(entry.http_request) if entry.HasField("http_request") else None,
        _message(entry.source_location) if entry.HasField("source_location") else None,
        _message(entry.operation) if entry.HasField("operation") else None,
        _message(entry.split) if entry.HasField("split") else None,
        None,
        '{"traceSampled":true}' if entry.trace_sampled else None,
    )
    return tuple.__new__(Row, values)  # what Row(...) does after taking 18 arguments apart


def _time(stamp: Any) -> int:
    when: int = stamp.seconds * _NANOS + stamp.nanos
    return when


def _struct(struct: Any) -> dict[str, Any]:
    found, fields = {}, struct.fields
    for key in fields:  # by key: items() of these maps is Python's own, and costs twice as much
        value = fields[key]
        kind = value.WhichOneof("kind")
        found[key] = value.string_value if kind == "string_value" else _value(value, kind)
    return found


def _value(value: Any, kind: str | None) -> Any:
    if kind == "string_value":
        return value.string_value
    if kind == "number_value":
        return number(value.number_value)
    if kind == "struct_value":
        return _struct(value.struct_value)
    if kind == "list_value":
        return [_value(item, item.WhichOneof("kind")) for item in value.list_value.values]
    return value.bool_value if kind == "bool_value" else None


@lru_cache(maxsize=4096)
def _resource(serialized: bytes) -> str | None:
    """Few resources write all entries, so their bytes are the key to their text."""
    from google.api.monitored_resource_pb2 import MonitoredResource

    resource = MonitoredResource.FromString(serialized)
    return nested({"type": resource.type, "labels": dict(resource.labels)})


def _http_request(request: Any) -> str | None:
    found: dict[str, Any] = {}
    for field, value in request.ListFields():  # those that are set, and not to their default
        if field.type == FieldDescriptor.TYPE_INT64:
            value = str(value)
        elif field.type == FieldDescriptor.TYPE_MESSAGE:
            value = seconds_text(_time(value))
        found[field.json_name] = value
    return encode_json(found).decode() if found else None


def _message(message: Any) -> str | None:
    return nested(MessageToDict(message))


def _any(payload: Any) -> dict[str, Any]:
    """The packed message; of a type nobody here knows, its bytes in base64 as JSON writes them."""
    try:
        found = MessageToDict(payload)
    except (TypeError, ValueError):
        found = {"@type": payload.type_url, "value": base64.b64encode(payload.value).decode()}
    result: dict[str, Any] = as_doubles(found)
    return result
