"""A LogEntry as the API prints it ↔ its protobuf message.

What the message has no field for (`errorGroups`; see
https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry) is kept aside and told
over REST only, as the real service does it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# registers the messages that payloads of audit and App Engine request logs hold
import google.cloud.appengine_logging
import google.cloud.audit.audit_log_pb2  # noqa: F401
from google.cloud.logging_v2.types import ListLogEntriesResponse, LogEntry
from google.protobuf.json_format import MessageToDict, ParseDict

EntryProto = LogEntry.pb()
ResponseProto = ListLogEntriesResponse.pb()
JSON_NAMES = frozenset(field.json_name for field in EntryProto.DESCRIPTOR.fields)


def to_proto(entry: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """An entry as JSON → its message, and what only REST can tell. Raises `ParseError` for what is no LogEntry."""
    message = ParseDict({key: value for key, value in entry.items() if key in JSON_NAMES}, EntryProto())
    return message, {key: value for key, value in entry.items() if key not in JSON_NAMES}


def to_json(message: Any, rest_only: Mapping[str, Any]) -> dict[str, Any]:
    """An entry as the API prints it: int64 as strings, whole doubles without a fraction."""
    document: dict[str, Any] = MessageToDict(message)
    for key in ("jsonPayload", "protoPayload"):
        if key in document:
            document[key] = _whole_numbers(document[key])
    return {**document, **rest_only}


def _whole_numbers(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        return int(value)
    if isinstance(value, dict):
        return {key: _whole_numbers(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_whole_numbers(inner) for inner in value]
    return value


def frame(data: bytes) -> bytes:
    """A serialised entry as it stands within a serialised ListLogEntriesResponse: field 1, its length, its bytes."""
    length = len(data)
    head = bytearray(b"\x0a")
    while length > 0x7F:
        head.append(length & 0x7F | 0x80)
        length >>= 7
    head.append(length)
    return bytes(head) + data


def unframe(framed: bytes) -> Any:
    """The message of a framed entry."""
    return ResponseProto.FromString(framed).entries[0]
