"""One LogEntry, whichever surface brought it, as one flat row: the same from its proto and from its JSON.

Fields and their JSON names: https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry . A nested field is
canonical JSON text: keys sorted, what is unset or has the default value left out, as the API prints it; whole numbers
of a payload as integers (a Struct knows doubles only).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from analyzer.model import parse_time
from analyzer.sources.fields import duration_ns, integer, mapping_of, text_of

_NANOS = 1_000_000_000
_EXACT = 2**53
"""from here on a double no longer holds every integer"""

encode_json = msgspec.json.Encoder(order="sorted").encode
decode_json = msgspec.json.Decoder().decode

_INT64 = ("requestSize", "responseSize", "cacheFillBytes")
_FLAGS = ("cacheLookup", "cacheHit", "cacheValidatedWithOriginServer")
_REQUEST_TEXTS = ("requestMethod", "requestUrl", "userAgent", "remoteIp", "serverIp", "referer", "protocol")


class Row(NamedTuple):
    """A LogEntry as flat values; times in Unix nanoseconds; None where a field is not set."""

    timestamp: int | None
    receive_timestamp: int | None
    insert_id: str | None
    log_name: str | None
    severity: str | None
    """a LogSeverity's name; None for DEFAULT"""
    trace: str | None
    span_id: str | None
    text_payload: str | None
    resource: str | None
    labels: str | None
    json_payload: str | None
    proto_payload: str | None
    http_request: str | None
    source_location: str | None
    operation: str | None
    split: str | None
    error_groups: str | None
    """only REST tells them"""
    other: str | None
    """all fields that have no column, in one object"""


NESTED = (
    "resource",
    "labels",
    "json_payload",
    "proto_payload",
    "http_request",
    "source_location",
    "operation",
    "split",
    "error_groups",
    "other",
)
"""the columns that hold JSON text"""

_NAMES = {
    "timestamp": "timestamp",
    "receiveTimestamp": "receive_timestamp",
    "insertId": "insert_id",
    "logName": "log_name",
    "severity": "severity",
    "trace": "trace",
    "spanId": "span_id",
    "textPayload": "text_payload",
    "resource": "resource",
    "labels": "labels",
    "jsonPayload": "json_payload",
    "protoPayload": "proto_payload",
    "httpRequest": "http_request",
    "sourceLocation": "source_location",
    "operation": "operation",
    "split": "split",
    "errorGroups": "error_groups",
}


def row_of_json(entry: Mapping[str, Any]) -> Row:
    """The row of a LogEntry as REST prints it."""
    text, payload, proto = entry.get("textPayload"), entry.get("jsonPayload"), entry.get("protoPayload")
    severity, groups = entry.get("severity"), entry.get("errorGroups")
    return Row(
        parse_time(text_of(entry.get("timestamp"))),
        parse_time(text_of(entry.get("receiveTimestamp"))),
        text_of(entry.get("insertId")) or None,
        text_of(entry.get("logName")) or None,
        None if severity in (None, "", "DEFAULT") else str(severity),
        text_of(entry.get("trace")) or None,
        text_of(entry.get("spanId")) or None,
        text if isinstance(text, str) else None,
        nested(entry.get("resource")),
        label_text(entry.get("labels")),
        encode_json(as_doubles(payload)).decode() if isinstance(payload, Mapping) else None,
        encode_json(as_doubles(proto)).decode() if isinstance(proto, Mapping) else None,
        nested(_http_request(mapping_of(entry.get("httpRequest")))),
        nested(_counted(entry.get("sourceLocation"), "line", as_text=True)),
        nested(entry.get("operation")),
        nested(_counted(_counted(entry.get("split"), "index"), "totalSplits")),
        encode_json(groups).decode() if groups and isinstance(groups, list) else None,
        nested({name: as_doubles(value) for name, value in entry.items() if name not in _NAMES}),
    )


def json_of_row(row: Row) -> dict[str, Any]:
    """The LogEntry of a row under its REST names; what is not set is not there."""
    entry: dict[str, Any] = decode_json(row.other) if row.other else {}
    for name, column in _NAMES.items():
        value = getattr(row, column)
        if value is None:
            continue
        if column in NESTED:
            value = decode_json(value)
        elif column.endswith("timestamp"):
            value = rfc3339(value)
        entry[name] = value
    return entry


def nested(value: Any) -> str | None:
    """A message as canonical JSON text, without what has the default value; None where nothing is left."""
    if not isinstance(value, Mapping):
        return None
    kept = {str(k): v for k, v in value.items() if v is not None and v != "" and v is not False and v != {}}
    return encode_json(kept).decode() if kept else None


def label_text(labels: Any) -> str | None:
    """Labels as canonical JSON text; an empty value is a value."""
    if not isinstance(labels, Mapping) or not labels:
        return None
    return encode_json({str(k): v if isinstance(v, str) else str(v) for k, v in labels.items()}).decode()


def as_doubles(value: Any) -> Any:
    """Numbers as a Struct holds them, doubles, written as REST writes those: whole ones without a fraction."""
    if isinstance(value, str) or value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if -_EXACT < value < _EXACT else number(float(value))
    if isinstance(value, float):
        return number(value)
    if isinstance(value, Mapping):
        return {str(key): as_doubles(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_doubles(item) for item in value]
    return str(value)


def number(value: float) -> int | float | str:
    """A Struct's number: an integer where it is a whole one that a double holds exactly; text where JSON has none."""
    if value.is_integer():
        return int(value) if -_EXACT < value < _EXACT else value
    return value if math.isfinite(value) else ("NaN" if value != value else "Infinity" if value > 0 else "-Infinity")


def rfc3339(time_ns: int) -> str:
    """RFC 3339 in UTC with nine digits: the precision of an entry's identity."""
    seconds, nanos = divmod(time_ns, _NANOS)
    days, rest = divmod(seconds, 86_400)
    hour, rest = divmod(rest, 3_600)
    # days since 1970 → date, without datetime's limits: H. Hinnant, "chrono-compatible low-level date algorithms"
    days += 719_468
    era, day_of_era = divmod(days, 146_097)
    year_of_era = (day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * month + 2) // 5 + 1
    month = month + 3 if month < 10 else month - 9
    year = year_of_era + era * 400 + (month <= 2)
    return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{rest // 60:02d}:{rest % 60:02d}.{nanos:09d}Z"


def seconds_text(duration: int) -> str:
    """Nanoseconds as JSON writes a Duration: `0.002s`, `3s`."""
    whole, nanos = divmod(duration, _NANOS)
    return f"{whole}.{nanos:09d}".rstrip("0").rstrip(".") + "s"


def _http_request(given: Mapping[str, Any]) -> dict[str, Any]:
    request = dict(given)
    for name in _INT64:
        request[name] = str(integer(given.get(name)) or "")
    request["status"] = integer(given.get("status")) or None
    latency = duration_ns(given.get("latency"))
    request["latency"] = None if latency is None else seconds_text(latency)
    return request


def _counted(given: Any, name: str, *, as_text: bool = False) -> Any:
    """A message one of whose fields is a number, which some writers print as text and some not."""
    if not isinstance(given, Mapping):
        return None
    count = integer(given.get(name)) or None
    return {**given, name: str(count) if as_text and count else count}
