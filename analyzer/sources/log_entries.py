"""A LogEntry as JSON → `Entry`: REST names, the snake_case of home-made collectors, redacted.

Shapes: https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from analyzer.model import SERVICE_LABELS, Entry, EntrySplit, HttpRequest, SourceLocation
from analyzer.redaction import Redactor
from analyzer.sources.app_rows import log_entry_of
from analyzer.sources.fields import (
    duration_ns,
    first_of,
    integer,
    mapping_of,
    severity_of,
    text_of,
    time_of,
    whole_numbers,
)

_MAX_REPR = 512 * 1024
_PLAIN_ID = re.compile(r"(?:projects/[^/@\s]{1,64}/traces/)?[0-9a-f-]{16,64}", re.ASCII)


def decode_entry(row: Mapping[str, Any], *, redactor: Redactor, position: int = 0) -> Entry:
    """The entry of one decoded JSON object; never raises on odd fields, they are read as missing.

    A row that is no LogEntry (an application's own JSON, a docker line …) is taken as the payload of one. Without
    an insertId the id is `x-…-1` from the content; `settle` numbers equal ones and tells shared ids apart.
    """
    row = log_entry_of(row)
    text, payload, proto = _payloads(row)
    request = _http_request(row, redactor)
    labels = _strings(row.get("labels"))
    resource = mapping_of(row.get("resource"))
    resource_labels = _strings(resource.get("labels"))
    claims = payload or {}
    log_name = text_of(first_of(row, "logName", "log_name"))
    time_ns = time_of(row.get("timestamp"))
    if time_ns is None:
        time_ns = time_of(first_of(row, "receiveTimestamp", "receive_timestamp"))
    entry_id = first_of(row, "insertId", "insert_id")
    trace = text_of(row.get("trace"))
    return Entry(
        entry_id=str(entry_id)
        if entry_id not in (None, "")
        else _content_id(log_name, time_ns, text, payload, proto, row),
        time_ns=time_ns,
        log_name=redactor.text(log_name),
        severity=severity_of(row.get("severity")),
        resource_type=redactor.text(text_of(resource.get("type"))),
        service=redactor.text(_service(resource_labels, claims)),
        revision=redactor.text(_revision(labels, resource_labels)),
        instance=redactor.text(_instance(labels, resource_labels)),
        labels=redactor.value(labels),
        resource_labels=redactor.value(resource_labels),
        trace=shown_id(trace, redactor),
        span_id=shown_id(text_of(first_of(row, "spanId", "span_id")), redactor),
        text_payload=None if text is None else redactor.text(text),
        json_payload=None if payload is None else redactor.value(payload),
        proto_payload=None if proto is None else redactor.value(proto),
        http_request=request,
        source_location=_source_location(row, redactor),
        error_groups=_error_groups(row),
        split=_split(row.get("split"), redactor) if "split" in row else None,
        position=position,
    )


def _payloads(
    row: Mapping[str, Any],
) -> tuple[str | None, Mapping[str, Any] | None, Mapping[str, Any] | None]:
    text = first_of(row, "textPayload", "text_payload")
    payload = first_of(row, "jsonPayload", "json_payload")
    proto = first_of(row, "protoPayload", "proto_payload")
    if text is None and payload is None and proto is None:
        payload = _from_repr(row.get("raw_payload"))
    if isinstance(payload, str):
        # exports of tables write the JSON column as text
        text, payload = (payload if text is None else text), None
    if text is not None and not isinstance(text, str):
        text = str(text)
    if not isinstance(payload, Mapping):
        payload = None if payload is None else {"message": str(payload)}
    if not isinstance(proto, Mapping):
        proto = None
    if payload is not None and "insert_id" in row:
        payload = whole_numbers(payload)
    if payload is not None and proto is None and _is_audit(payload):
        payload, proto = None, payload
    return text, payload, proto


def _is_audit(payload: Mapping[str, Any]) -> bool:
    if text_of(payload.get("@type")).endswith("google.cloud.audit.AuditLog"):
        return True
    return isinstance(payload.get("methodName"), str) and isinstance(payload.get("serviceName"), str)


def _from_repr(raw: Any) -> Any:
    """What a collector wrote as `repr(payload)`; the text itself where it is no literal."""
    if not isinstance(raw, str) or not raw.strip() or raw in ("None", "{}"):
        return raw if isinstance(raw, Mapping) else None
    if raw[0] in "{[" and len(raw) <= _MAX_REPR:
        try:
            return _json_like(ast.literal_eval(raw))
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return raw
    return raw


def _json_like(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _json_like(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json_like(item) for item in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if value is None or isinstance(value, (str, int, float)) else repr(value)


def _http_request(row: Mapping[str, Any], redactor: Redactor) -> HttpRequest | None:
    given = mapping_of(first_of(row, "httpRequest", "http_request"))
    method = text_of(first_of(given, "requestMethod", "method", "request_method"))
    url = text_of(first_of(given, "requestUrl", "url", "request_url"))
    status = integer(given.get("status"))
    if not (method or url or status):
        return None
    agent = text_of(first_of(given, "userAgent", "user_agent"))
    return HttpRequest(
        method=redactor.text(method) or None,
        url=redactor.text(url) or None,
        status=status,
        latency_ns=duration_ns(given.get("latency")),
        user_agent=redactor.text(agent) or None,
    )


def _source_location(row: Mapping[str, Any], redactor: Redactor) -> SourceLocation | None:
    given = mapping_of(first_of(row, "sourceLocation", "source_location"))
    file = text_of(given.get("file"))
    line = integer(given.get("line"))
    function = text_of(first_of(given, "function", "functionName"))
    if not (file or line or function):
        return None
    return SourceLocation(file=redactor.text(file) or None, line=line, function=redactor.text(function) or None)


def _service(resource_labels: Mapping[str, str], claims: Mapping[str, Any]) -> str:
    for name in SERVICE_LABELS:
        if resource_labels.get(name):
            return resource_labels[name]
    context = mapping_of(first_of(claims, "serviceContext", "service_context"))
    for claim in (context.get("service"), claims.get("service"), claims.get("service.name")):
        if isinstance(claim, str) and claim:
            return claim
    return text_of(mapping_of(claims.get("service")).get("name"))


def _revision(labels: Mapping[str, str], resource_labels: Mapping[str, str]) -> str:
    return (
        resource_labels.get("revision_name")
        or resource_labels.get("version_id")
        or labels.get("k8s-pod/pod-template-hash")
        or labels.get("pod-template-hash")
        or ""
    )


def _instance(labels: Mapping[str, str], resource_labels: Mapping[str, str]) -> str:
    if task := labels.get("run.googleapis.com/task_index"):
        return f"{labels.get('run.googleapis.com/execution_name', '')}/{task}"
    return (
        labels.get("instanceId")
        or resource_labels.get("pod_name")
        or resource_labels.get("instance_id")
        or labels.get("clone_id")
        or labels.get("execution_id")
        or ""
    )


def _error_groups(row: Mapping[str, Any]) -> tuple[str, ...]:
    groups = first_of(row, "errorGroups", "error_groups")
    ids = (text_of(mapping_of(group).get("id")) for group in groups) if isinstance(groups, list) else ()
    return tuple(sorted({name for name in ids if name}))


def _split(given: Any, redactor: Redactor) -> EntrySplit | None:
    """A missing index is 0: JSON leaves out numbers that are zero."""
    fields = mapping_of(given)
    uid, index = text_of(fields.get("uid")), integer(fields.get("index")) or 0
    total = integer(first_of(fields, "totalSplits", "total_splits")) or 0
    if not uid or index < 0 or total < 2:
        return None
    return EntrySplit(uid=shown_id(uid, redactor) or uid, index=index, total=total)


def _strings(value: Any) -> dict[str, str]:
    return {
        str(key): item if isinstance(item, str) else str(item)
        for key, item in mapping_of(value).items()
        if item is not None
    }


def shown_id(text: str, redactor: Redactor) -> str | None:
    """A trace or span id as it may be shown, None for none (empty, all zero); what is no such id is redacted."""
    if not text.strip("0"):
        return None
    return text if _PLAIN_ID.fullmatch(text) else redactor.text(text)


def _content_id(
    log_name: str,
    time_ns: int | None,
    text: str | None,
    payload: Mapping[str, Any] | None,
    proto: Mapping[str, Any] | None,
    row: Mapping[str, Any],
) -> str:
    """`x-` and BLAKE2b-64 of (log name, time, payload), `-1` for the first of that content."""
    request = first_of(row, "httpRequest", "http_request")
    when = time_ns if time_ns is not None else row.get("timestamp")
    content = json.dumps([log_name, when, text, payload, proto, request], sort_keys=True, default=repr)
    return f"x-{hashlib.blake2b(content.encode(), digest_size=8).hexdigest()}-1"
