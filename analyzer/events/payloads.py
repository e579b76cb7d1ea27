"""An entry's payload, whatever logger wrote it: message, stack, level, place. Nothing is judged here.

Takes one entry; gives `Payload`. The shapes are those of the logging libraries for Cloud Logging; see `docs/`
and https://cloud.google.com/error-reporting/docs/formatting-error-messages for the order of stack keys.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from analyzer.events.decorations import trusted
from analyzer.events.documents import is_placeholder
from analyzer.events.json_values import attributes_of, int_of, mapping
from analyzer.events.levels import LEVEL_KEYS, level_by_name, level_of_payload, level_of_status
from analyzer.events.plaintext import parse_object
from analyzer.events.stacktraces.core import Draft, build
from analyzer.events.stacktraces.python_dicts import trace_of_dicts
from analyzer.model import (
    Entry,
    EventKind,
    HttpRequest,
    Severity,
    SourceLocation,
    StackTrace,
)

_MESSAGE_KEYS = ("message", "msg", "event", "text", "log", "body")
STACK_KEYS = ("stack_trace", "stacktrace", "stackTrace", "stack", "exception", "exc_info", "exc_text", "traceback")
_MAX_TRACES = 50
_SPECIAL_KEYS = frozenset(
    (*STACK_KEYS, "exception.stacktrace", "error", "record", "attributes", "context", "@type", "stream", "log")
)
# what Cloud Run's own log (varlog/system) says; collectors that lose the log name leave only the text
_PLATFORM_TEXT = re.compile(
    r"Container called exit\(|Default STARTUP TCP probe|(?:STARTUP|LIVENESS|READINESS) (?:HTTP|TCP|GRPC) probe|"
    r"Memory limit of \d|Uncaught signal: \d|Starting new instance\. Reason: "
)


@dataclass(slots=True, kw_only=True)  # one an entry: frozen ones cost twice the time to make
class Payload:
    """What an entry says, before decorations are taken off its text."""

    text: str = ""
    stacks: tuple[str, ...] = ()
    """texts with stack traces beside the message"""
    traces: tuple[StackTrace, ...] = ()
    """traces that came as data"""
    level: Severity | None = None
    kind: EventKind = EventKind.APPLICATION
    request: HttpRequest | None = None
    location: SourceLocation | None = None
    """only of formats whose place is not where `origins` looks"""
    document: Mapping[str, Any] | None = None
    """the payload as JSON, given or printed as text"""
    message_key: str = ""
    """where in the document the text stood"""
    plain: bool = False
    """a line of text and nothing else: it may continue the line before it"""


def read_payload(entry: Entry) -> Payload:
    """Message, stack, level, logger and place of an entry."""
    if entry.proto_payload is not None:
        return _proto(entry.proto_payload, entry)
    if entry.json_payload is not None:
        kind = str(entry.json_payload.get("@type", ""))
        if kind.endswith(("AuditLog", "RequestLog")):
            return _proto(entry.json_payload, entry)
        return _json(entry.json_payload, entry)
    text = entry.text_payload or ""
    document = parse_object(text) if text[:1] in "{ " else None
    if document is not None and any(key in document for key in (*_MESSAGE_KEYS, *STACK_KEYS, "record")):
        return _json(document, entry)
    return Payload(
        text=text,
        kind=_kind(entry, has_text=bool(text.strip())),
        request=entry.http_request,
        plain=entry.http_request is None,
    )


@lru_cache(maxsize=4096)
def _kind_of_log(log_name: str) -> tuple[bool, bool]:
    """Whether a log is the platform's own, and whether it is one of requests (or has no name)."""
    log_id = log_name.rpartition("/")[2].replace("%2F", "/").replace("%2f", "/")
    return log_id.endswith("varlog/system"), log_id.endswith("/requests") or log_id in ("requests", "")


def _kind(entry: Entry, *, has_text: bool) -> EventKind:
    is_platform, is_requests = _kind_of_log(entry.log_name)
    if is_platform:
        return EventKind.PLATFORM
    if entry.http_request is not None and entry.http_request.status is not None:
        if not has_text:
            return EventKind.REQUEST
        if is_requests:
            return EventKind.PLATFORM
    if is_requests and not entry.log_id and entry.text_payload and _PLATFORM_TEXT.match(entry.text_payload):
        return EventKind.PLATFORM
    return EventKind.APPLICATION


@lru_cache(maxsize=4096)
def _only_message_key(keys: tuple[str, ...]) -> tuple[str, bool]:
    """The key of the message where no other key can hold a stack, an error or a request (else nothing), and whether a
    key may hold a level."""
    if not _SPECIAL_KEYS.isdisjoint(keys):
        return "", False
    found = [key for key in _MESSAGE_KEYS if key in keys]
    return (found[0] if len(found) == 1 else ""), not LEVEL_KEYS.isdisjoint(keys)


def plain_text(entry: Entry) -> str | None:
    """The text of an entry that has nothing else to say (but for context that no event needs), None for any other."""
    text = entry.text_payload
    if text is not None:
        return None if text[:1] in ("{", " ") else text
    if entry.json_payload is None:
        return None
    key = _only_message_key(tuple(entry.json_payload))[0]
    text = entry.json_payload[key] if key else None
    return text if isinstance(text, str) and text and not text.isspace() else None


def _json(payload: Mapping[str, Any], entry: Entry) -> Payload:
    key, has_level = _only_message_key(tuple(payload))
    if key:
        text = payload[key]
        if isinstance(text, str) and text and not text.isspace():
            return Payload(
                text=text,
                level=level_of_payload(payload) if has_level else None,
                kind=_kind(entry, has_text=True),
                request=entry.http_request,
                document=payload,
                message_key=key,
                plain=True,
            )
    record = mapping(payload.get("record"))
    attributes = attributes_of(payload.get("attributes"))
    key, text = _message(payload, record)
    error = payload.get("error")
    problem: Mapping[str, Any] = error if isinstance(error, Mapping) and not is_placeholder(error) else {}
    stacks = [s for s in (_stack_text(payload.get(k)) for k in STACK_KEYS) if s]
    stacks += [s for s in (_stack_text(problem.get(k)) for k in ("stack", "traceback", "stack_trace")) if s]
    nested_exception = mapping(payload.get("exception"))
    stacks += [s for s in (_stack_text(nested_exception.get(k)) for k in ("stacktrace", "stack_trace", "stack")) if s]
    if otel := _stack_text(attributes.get("exception.stacktrace") or payload.get("exception.stacktrace")):
        stacks.append(otel)
    if record and key != "text" and isinstance(payload.get("text"), str) and record.get("exception"):
        stacks.append(payload["text"])
    traces = _data_traces(payload, problem, attributes)
    if not text:
        key, text = _fallback_message(payload, problem, stacks)
    return Payload(
        text=text,
        stacks=tuple(dict.fromkeys(stacks)),
        traces=tuple(traces) if not stacks else (),
        level=level_of_payload(payload),
        kind=_kind(entry, has_text=bool(text.strip())),
        request=entry.http_request or _request(payload),
        document=payload,
        message_key=key,
        plain=bool(text or key or payload.get("message") == "") and not stacks and not record and not traces,
    )


def _message(payload: Mapping[str, Any], record: Mapping[str, Any]) -> tuple[str, str]:
    """(key, text) of the message."""
    if isinstance(record.get("message"), str):
        return "record", record["message"]
    for key in _MESSAGE_KEYS:
        value = payload.get(key)
        if isinstance(value, Mapping):
            value = value.get("stringValue")
        if isinstance(value, str) and value.strip():
            return key, value
    return "", ""


def _fallback_message(payload: Mapping[str, Any], problem: Mapping[str, Any], stacks: list[str]) -> tuple[str, str]:
    """Where there is no message: the error's own, else, without a stack, the first string of the payload."""
    for value in (problem.get("message"), problem.get("value"), payload.get("error")):
        if isinstance(value, str) and value.strip():
            return "error", value
    if stacks:
        return "", ""
    for key, value in payload.items():
        if isinstance(value, str) and value.strip() and not key.startswith("@") and " " in value.strip():
            return key, value
    return "", ""


def _stack_text(value: object) -> str:
    """A string that may hold a stack; a list of lines is one too."""
    if isinstance(value, list) and value and all(isinstance(v, str) for v in value):
        value = "\n".join(value)
    return value if isinstance(value, str) and "\n" in value.replace("\\n", "\n") else ""


def _data_traces(
    payload: Mapping[str, Any], problem: Mapping[str, Any], attributes: Mapping[str, Any]
) -> list[StackTrace]:
    """Exceptions that came as data: structlog's list of dicts, or a type with a value and no frames."""
    for key in ("exception", "exc_info", "traceback"):
        value = payload.get(key)
        if isinstance(value, list) and value and all(isinstance(v, Mapping) and "exc_type" in v for v in value):
            found = trace_of_dicts(value[:_MAX_TRACES])
            return [found] if found is not None else []
    kind, message = problem.get("type"), problem.get("value") or problem.get("message")
    if not isinstance(kind, str):
        kind, message = attributes.get("exception.type"), attributes.get("exception.message")
    if isinstance(kind, str) and kind.strip() and isinstance(message, str):
        return [build("python", [Draft(type=kind.strip(), message=message)], truncated=False)]
    return []


def _request(payload: Mapping[str, Any]) -> HttpRequest | None:
    """The request of a reported error event (`context.httpRequest`)."""
    request = mapping(mapping(payload.get("context")).get("httpRequest"))
    if not request:
        return None
    method, url = request.get("method"), request.get("url")
    return HttpRequest(
        method=method if isinstance(method, str) else None,
        url=url if isinstance(url, str) else None,
        status=int_of(request.get("responseStatusCode")),
    )


def _proto(payload: Mapping[str, Any], entry: Entry) -> Payload:
    """An audit entry (a refused or done call on the platform), or App Engine's request log."""
    if str(payload.get("@type", "")).endswith("RequestLog"):
        return _request_log(payload)
    status = mapping(payload.get("status"))
    code, said = int_of(status.get("code")), status.get("message")
    method = str(payload.get("methodName") or payload.get("serviceName") or "")
    text = f"{method}: {said}" if method and isinstance(said, str) and said else method or str(said or "")
    return Payload(text=text, level=Severity.ERROR if code else None, kind=EventKind.DEPLOY, request=entry.http_request)


def _request_log(payload: Mapping[str, Any]) -> Payload:
    """The gravest line of a request, or the request itself."""
    status = int_of(payload.get("status"))
    method, url = payload.get("method"), payload.get("resource")
    request = HttpRequest(
        method=method if isinstance(method, str) else None, url=url if isinstance(url, str) else None, status=status
    )
    lines = [line for line in payload.get("line") or () if isinstance(line, Mapping)]
    graded = [(level_by_name(str(line.get("severity", ""))) or Severity.DEFAULT, line) for line in lines]
    level, line = max(graded, key=lambda g: g[0], default=(Severity.DEFAULT, {}))
    if level < Severity.WARNING:
        return Payload(level=level_of_status(status), kind=EventKind.REQUEST, request=request)
    place = mapping(line.get("sourceLocation"))
    return Payload(
        text=str(line.get("logMessage") or ""),
        level=max(level, level_of_status(status) or level),
        request=request,
        location=trusted(
            SourceLocation(
                file=place.get("file") if isinstance(place.get("file"), str) else None,
                line=int_of(place.get("line")),
                function=place.get("functionName") if isinstance(place.get("functionName"), str) else None,
            )
        ),
    )
