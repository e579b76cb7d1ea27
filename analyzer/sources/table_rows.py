"""Rows of tables that hold log entries → LogEntry: BigQuery sinks, Log Analytics, the Parquet that a pull writes.

Shapes: https://cloud.google.com/logging/docs/export/bigquery (a column per field, names lower-cased, nulls for what
is absent, times to the microsecond) and https://cloud.google.com/logging/docs/analyze/query-and-view (`_AllLogs`:
snake_case, JSON columns). A pull's columns are flat, the nested ones JSON text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from analyzer.sources.decoding import loads
from analyzer.sources.fields import first_of, integer, mapping_of, text_of, whole_numbers
from analyzer.sources.table_names import audit_names, label_name, payload_names

_NESTED = frozenset(
    (
        "resource", "labels", "jsonPayload", "json_payload", "protoPayload", "proto_payload", "httpRequest",
        "http_request", "sourceLocation", "source_location", "operation", "split", "errorGroups", "error_groups",
        "other",
    )
)  # fmt: skip
"""columns that may hold JSON text; a text payload that looks like JSON stays the text it is"""
_SURE = frozenset(("log_id", "severity_number"))
"""columns that only Log Analytics has"""
_AUDIT_TYPE = "type.googleapis.com/google.cloud.audit.AuditLog"
_REQUEST_TYPE = "type.googleapis.com/google.appengine.logging.v1.RequestLog"
_DOCUMENTS = ("request", "response", "metadata", "serviceData")
"""parts of an audit record that are anybody's JSON"""


def is_table_row(row: Mapping[str, Any]) -> bool:
    """True for a row that some table shaped; what the API prints has no nulls, and times with a `T`.

    Asked of every entry of every file, so it is one pass without calls.
    """
    when = row.get("timestamp")
    if when is not None and not (isinstance(when, str) and when[10:11] in ("T", "t")):
        return True
    for key, value in row.items():
        if value is None:
            return True
        if key in _SURE or (key in _NESTED and isinstance(value, str)):
            return True
        if isinstance(key, str) and "_" in key and _record_of(key):
            return True
    return False


def entry_of_table_row(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The LogEntry of a row, in camelCase or snake_case as the row itself; never raises."""
    entry = {str(key): value for key, value in row.items() if value is not None}
    for name in _NESTED:
        if isinstance(entry.get(name), str):
            entry[name] = _decoded(entry[name])
    other = entry.pop("other", None)
    if isinstance(other, Mapping):
        entry = {**other, **entry}
    if isinstance(resource := entry.get("resource"), Mapping):
        entry["resource"] = {**resource, "labels": _decoded(resource.get("labels"))}
    if isinstance(labels := entry.get("labels"), Mapping):
        entry["labels"] = {label_name(str(key)): value for key, value in labels.items()}
    _take_records(entry)
    if isinstance(payload := entry.pop("jsonPayload", None), Mapping):
        payload = whole_numbers(payload_names(payload))
    if payload:  # a record of nulls only is none
        entry["jsonPayload"] = payload
    proto = entry.pop("proto_payload", None)
    if "protoPayload" not in entry and isinstance(proto, Mapping) and (record := _proto(proto)):
        entry["protoPayload"] = record
    if entry.get("severity") is None and "severity_number" in entry:
        entry["severity"] = integer(entry["severity_number"])
    if first_of(entry, "logName", "log_name") is None and (log_id := text_of(entry.get("log_id"))):
        project = text_of(mapping_of(mapping_of(entry.get("resource")).get("labels")).get("project_id"))
        entry["log_name"] = f"projects/{project}/logs/{quote(log_id, safe='')}" if project else log_id
    return entry


def _record_of(key: Any) -> str:
    """`jsonPayload` or `protoPayload` where a column is named after the type of its payload, else nothing."""
    plain = str(key)[:13].lower()
    if plain.startswith("jsonpayload_"):
        return "jsonPayload"
    return "protoPayload" if plain == "protopayload_" else ""


def _take_records(entry: dict[str, Any]) -> None:
    for key in [key for key in entry if _record_of(key)]:
        record, name = entry.pop(key), _record_of(key)
        if not isinstance(record, Mapping) or entry.get(name):
            continue
        if name == "protoPayload":
            record = _audit(record, _REQUEST_TYPE if "requestlog" in key.lower() else _AUDIT_TYPE)
        if record:
            entry[name] = record


def _proto(proto: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Log Analytics keeps one record a known type, `{"audit_log": {…}, "request_log": null}`."""
    for name, kind in (("audit_log", _AUDIT_TYPE), ("request_log", _REQUEST_TYPE)):
        if isinstance(record := _decoded(proto.get(name)), Mapping) and (found := _audit(record, kind)):
            return found
    return proto if any(value is not None for value in proto.values()) else None


def _audit(record: Mapping[str, Any], kind: str) -> dict[str, Any] | None:
    """`{methodName, …, request: {…}}` of a record whose documents are texts, or stand under `requestJson`; None where
    all of it is null."""
    documents, rest = {}, {}
    for key, value in record.items():
        name = str(key).replace("_", "").lower().removesuffix("json")
        document = next((d for d in _DOCUMENTS if d.lower() == name), None)
        if document is None:
            rest[str(key)] = value
        elif (found := _decoded(value)) is not None:
            documents[document] = found
    found = {**audit_names(rest), **documents}
    return {"@type": kind, **found} if found else None


def _decoded(value: Any) -> Any:
    """The value of a JSON text; the text itself where it is none."""
    if not isinstance(value, str) or value[:1] not in ("{", "["):
        return value
    try:
        return loads(value)
    except ValueError:
        return value
