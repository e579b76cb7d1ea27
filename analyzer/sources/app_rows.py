"""JSON objects that are no LogEntry: an application's own lines, docker, journald, Pub/Sub → the row of a LogEntry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.model import Severity
from analyzer.sources.decoding import loads
from analyzer.sources.fields import first_of, integer, mapping_of, severity_of, text_of, time_of
from analyzer.sources.pubsub import body_of, message_of
from analyzer.sources.table_rows import entry_of_table_row, is_table_row

_ENTRY_KEYS = frozenset(("insertId", "insert_id", "logName", "log_name", "receiveTimestamp", "receive_timestamp"))
_PAYLOAD_KEYS = frozenset(
    (
        "textPayload",
        "jsonPayload",
        "protoPayload",
        "text_payload",
        "json_payload",
        "proto_payload",
        "raw_payload",
    )
)
_ENVELOPE = frozenset(("timestamp", "severity", "labels", "resource", "trace", "spanId", "span_id", "operation"))
_MESSAGE_KEYS = ("message", "msg", "event", "text", "body", "log")
_TIME_KEYS = ("timestamp", "time", "@timestamp", "ts", "asctime", "datetime", "date", "eventTime", "@t", "t")
_LEVEL_KEYS = ("severity", "level", "levelname", "lvl", "log.level", "severity_text", "severityText", "@l")
_SPECIAL = {
    "logging.googleapis.com/insertId": "insertId",
    "logging.googleapis.com/trace": "trace",
    "logging.googleapis.com/spanId": "spanId",
    "logging.googleapis.com/labels": "labels",
    "logging.googleapis.com/sourceLocation": "sourceLocation",
}
_BUNYAN_STEP = 10  # bunyan and pino count 10 trace … 60 fatal
_BUNYAN = (Severity.DEBUG, Severity.DEBUG, Severity.INFO, Severity.WARNING, Severity.ERROR, Severity.CRITICAL)
_SYSLOG = ("EMERGENCY", "ALERT", "CRITICAL", "ERROR", "WARNING", "NOTICE", "INFO", "DEBUG")


def is_log_entry(row: Mapping[str, Any]) -> bool:
    """True for what Cloud Logging or a collector of it wrote."""
    keys = row.keys()
    if not _ENTRY_KEYS.isdisjoint(keys):
        return True
    if isinstance(row.get("resource"), Mapping) and "type" in row["resource"]:
        return True
    if not _PAYLOAD_KEYS.isdisjoint(keys):
        return not any(name in keys for name in _MESSAGE_KEYS)
    return bool(keys) and keys <= _ENVELOPE


def looks_like_a_log(row: Mapping[str, Any]) -> bool:
    """True where an object has what a log line has: a message and a time or a level."""
    named = any(name in row for name in _MESSAGE_KEYS)
    if is_log_entry(row) or (named and any(name in row for name in (*_TIME_KEYS, *_LEVEL_KEYS))):
        return True
    return message_of(row) is not None


def log_entry_of(row: Mapping[str, Any], *, nested: bool = False) -> Mapping[str, Any]:
    """The row itself where it is a LogEntry, else a LogEntry that says the same. `nested` rows are no envelopes."""
    if is_log_entry(row):
        return entry_of_table_row(row) if is_table_row(row) else row
    if isinstance(row.get("log"), str) and ("stream" in row or "time" in row) and len(row) <= 4:
        return _docker(row)
    if "__REALTIME_TIMESTAMP" in row:
        return _journald(row)
    if not nested and (message := message_of(row)) is not None:
        return _pubsub(message)
    return _application(row)


def _application(row: Mapping[str, Any]) -> Mapping[str, Any]:
    record = mapping_of(row.get("record"))  # loguru puts all but the rendered text there
    entry: dict[str, Any] = {"jsonPayload": row}
    for name in _TIME_KEYS:
        if (when := time_of(row.get(name))) is not None:
            entry["timestamp"] = when
            break
    else:
        entry["timestamp"] = time_of(mapping_of(record.get("time")).get("timestamp"))
    level = first_of(row, *_LEVEL_KEYS)
    if level is None and record:
        level = mapping_of(record.get("level")).get("name")
    entry["severity"] = severity_of(level) if isinstance(level, str) else _bunyan(row, level)
    for special, name in _SPECIAL.items():
        if special in row:
            entry[name] = row[special]
    if "httpRequest" in row:
        entry["httpRequest"] = row["httpRequest"]
    return entry


def _bunyan(row: Mapping[str, Any], level: Any) -> Severity | None:
    number = integer(level)
    if number is None or "pid" not in row or "hostname" not in row:
        return None
    step, rest = divmod(number, _BUNYAN_STEP)
    return _BUNYAN[step - 1] if rest == 0 and 1 <= step <= len(_BUNYAN) else None


def _docker(row: Mapping[str, Any]) -> Mapping[str, Any]:
    text = row["log"].rstrip("\r\n")
    common = {"timestamp": row.get("time"), "labels": {"stream": text_of(row.get("stream"))}}
    if text.startswith("{"):
        try:
            inner = loads(text)
        except ValueError:
            inner = None
        if isinstance(inner, Mapping):
            return {**common, **{k: v for k, v in log_entry_of(inner, nested=True).items() if v is not None}}
    return {**common, "textPayload": text}


def _journald(row: Mapping[str, Any]) -> Mapping[str, Any]:
    text = row.get("MESSAGE")
    if isinstance(text, list):  # bytes that are no UTF-8 come as numbers
        text = bytes(b for b in text if isinstance(b, int) and 0 <= b < 256).decode("utf-8", "replace")
    priority = integer(row.get("PRIORITY"))
    unit = text_of(first_of(row, "_SYSTEMD_UNIT", "SYSLOG_IDENTIFIER")).removesuffix(".service")
    host, pid = text_of(row.get("_HOSTNAME")), text_of(row.get("_PID"))
    return {
        "timestamp": integer(row["__REALTIME_TIMESTAMP"]),
        "severity": _SYSLOG[priority] if priority is not None and 0 <= priority < len(_SYSLOG) else None,
        "textPayload": text if isinstance(text, str) else "",
        "resource": {"type": "journald", "labels": {"service_name": unit, "instance_id": f"{host}/{pid}"}},
        "sourceLocation": {
            "file": row.get("CODE_FILE"),
            "line": row.get("CODE_LINE"),
            "function": row.get("CODE_FUNC"),
        },
    }


def _pubsub(message: Mapping[str, Any]) -> Mapping[str, Any]:
    body, when = body_of(message)
    if isinstance(body, str):
        return {"textPayload": body, "timestamp": when}
    found = dict(log_entry_of(body, nested=True))
    if found.get("timestamp") is None:
        found["timestamp"] = when
    return found
