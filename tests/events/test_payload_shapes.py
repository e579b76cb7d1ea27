"""Where the message, the level, the place and the stack are, for each logger's shape of payload."""

from __future__ import annotations

import json

import pytest
from event_entries import REQUESTS, SYSTEM, TRACEBACK, entry, events, only, result

from analyzer.model import EventKind, HttpRequest, Relation, Severity, SourceLocation

ERROR = Severity.ERROR


def test_a_structured_line_gives_message_logger_and_place() -> None:
    event = only(
        entry(
            {
                "message": "stock is empty",
                "context": {"name": "shop.stock", "exc_info": True},
                "labels": {"module": "shop.stock", "function": "take", "line": "79"},
            },
            severity=ERROR,
        )
    )
    assert event.message == "stock is empty"
    assert event.logger == "shop.stock"
    assert event.location == SourceLocation(file="shop.stock", line=79, function="take")
    assert event.stack_traces == ()


@pytest.mark.parametrize(
    "labels",
    [
        {"module": "logging", "function": "callHandlers", "line": "1706"},
        {"module": "logging", "function": "handle", "line": "978"},
        {"module": "shop.core.logs", "function": "_emit_log", "line": "202"},
    ],
)
def test_the_place_of_a_logging_library_is_no_place(labels: dict[str, str]) -> None:
    assert only(entry({"message": "x failed", "labels": labels}, severity=ERROR)).location is None


def test_an_error_object_gives_the_exception_and_leaves_the_message() -> None:
    error = {"type": "ModuleNotFoundError", "value": "No module named 'shop.tax'", "traceback": None}
    event = only(entry({"message": "setup failed: No module named 'shop.tax'", "error": error}, severity=ERROR))
    assert event.message == "setup failed: No module named 'shop.tax'"
    assert [(t.exceptions[0].type, t.exceptions[0].message) for t in event.stack_traces] == [
        ("ModuleNotFoundError", "No module named 'shop.tax'")
    ]


def test_a_placeholder_error_object_makes_no_error() -> None:
    payload = {
        "message": "settings loaded",
        "textPayload": "settings loaded",
        "validation": {"severity": "INFO", "message_length": 15},
        "error": {"message": "Missing field", "severity": "ERROR", "type": "str", "traceback": ""},
    }
    found = result(entry(payload, severity=Severity.INFO), entry(payload, severity=Severity.WARNING, at_us=9))
    assert [(e.message, e.severity, e.nested, e.stack_traces) for e in found.events] == [
        ("settings loaded", Severity.WARNING, (), ())
    ]
    assert (found.counts.error, found.counts.warning, found.counts.other) == (0, 1, 1)


def test_an_escaped_traceback_in_a_message_is_read() -> None:
    event = only(entry({"message": json.dumps(TRACEBACK)[1:-1]}, severity=ERROR))
    assert event.stack_traces[0].exceptions[0].type == "ZeroDivisionError"
    assert event.message == "ZeroDivisionError: division by zero"


def test_text_before_a_traceback_is_the_message() -> None:
    event = only(entry({"message": "checkout failed\n" + TRACEBACK, "severity": "ERROR"}))
    assert event.message == "checkout failed"
    assert len(event.stack_traces) == 1


@pytest.mark.parametrize("key", ["stack_trace", "exception", "exc_info", "traceback", "stack"])
def test_a_stack_beside_the_message_is_found(key: str) -> None:
    event = only(entry({"message": "checkout failed", key: TRACEBACK}))
    assert event.message == "checkout failed"
    assert event.severity is ERROR
    assert event.stack_traces[0].exceptions[0].frames[0].file == "/app/shop/cart.py"


def test_the_same_stack_under_two_keys_counts_once() -> None:
    event = only(entry({"message": "failed\n" + TRACEBACK, "exc_info": TRACEBACK}))
    assert len(event.stack_traces) == 1


def test_structlog_with_a_text_stack() -> None:
    event = only(entry({"event": "checkout failed", "level": "error", "logger": "shop", "exception": TRACEBACK}))
    assert (event.message, event.logger) == ("checkout failed", "shop")
    assert event.stack_traces[0].exceptions[0].message == "division by zero"


def test_structlog_with_stacks_as_data_never_shows_locals() -> None:
    stacks = [
        {
            "exc_type": "RuntimeError",
            "exc_value": "no total",
            "is_cause": False,
            "frames": [{"filename": "/app/shop/cart.py", "lineno": 20, "name": "pay", "locals": {"pin": "sesame-9"}}],
        },
        {
            "exc_type": "ZeroDivisionError",
            "exc_value": "division by zero",
            "is_cause": True,
            "frames": [{"filename": "/usr/lib/python3.12/fractions.py", "lineno": 3, "name": "div", "locals": {}}],
        },
    ]
    event = only(entry({"event": "checkout failed", "level": "error", "exception": stacks}))
    trace = event.stack_traces[0]
    assert trace.root_exception.type == "ZeroDivisionError"
    assert trace.root_exception.relation is Relation.CAUSE
    assert trace.exceptions[trace.last].frames[0].in_app
    assert not trace.root_exception.frames[0].in_app
    assert "sesame-9" not in repr(event)


def test_loguru_serialized() -> None:
    payload = {
        "text": "2025-01-02 03:04:05.678 | ERROR    | shop.cart:total:12 - checkout failed\n" + TRACEBACK,
        "record": {
            "message": "checkout failed",
            "level": {"name": "ERROR", "no": 40},
            "name": "shop.cart",
            "file": {"path": "/app/shop/cart.py", "name": "cart.py"},
            "line": 12,
            "function": "total",
            "exception": {"type": "ZeroDivisionError", "value": "division by zero", "traceback": True},
        },
    }
    event = only(entry(payload))
    assert event.message == "checkout failed"
    assert event.location == SourceLocation(file="/app/shop/cart.py", line=12, function="total")
    assert event.stack_traces[0].exceptions[0].type == "ZeroDivisionError"


def test_open_telemetry() -> None:
    payload = {
        "body": "checkout failed",
        "severity_number": 17,
        "attributes": {
            "exception.type": "ZeroDivisionError",
            "exception.message": "division by zero",
            "exception.stacktrace": TRACEBACK,
            "code.file.path": "/app/shop/cart.py",
            "code.line.number": 12,
            "code.function.name": "total",
        },
    }
    event = only(entry(payload))
    assert (event.message, event.severity) == ("checkout failed", ERROR)
    assert event.location == SourceLocation(file="/app/shop/cart.py", line=12, function="total")
    assert len(event.stack_traces) == 1


def test_a_reported_error_event() -> None:
    payload = {
        "@type": "type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent",
        "message": TRACEBACK,
        "context": {
            "httpRequest": {"method": "GET", "url": "https://shop.example.com/pay", "responseStatusCode": 500},
            "reportLocation": {"filePath": "/app/shop/cart.py", "lineNumber": 12, "functionName": "total"},
        },
    }
    event = only(entry(payload))
    assert event.request == HttpRequest(method="GET", url="https://shop.example.com/pay", status=500)
    assert event.location is not None
    assert event.message == "ZeroDivisionError: division by zero"


def test_a_json_document_as_text_is_read_as_a_payload() -> None:
    event = only(entry(json.dumps({"levelname": "ERROR", "name": "shop", "message": "no stock"})))
    assert (event.message, event.logger, event.severity) == ("no stock", "shop", ERROR)


@pytest.mark.parametrize(
    ("payload", "severity"),
    [
        ({"levelno": 40}, Severity.ERROR),
        ({"level": 40}, Severity.WARNING),
        ({"level": 50}, Severity.ERROR),
        ({"level": "fatal"}, Severity.CRITICAL),
        ({"severity": "CRITICAL"}, Severity.CRITICAL),
        ({"severity_number": 13}, Severity.WARNING),
        ({"log": {"level": "error"}}, Severity.ERROR),
    ],
)
def test_a_number_means_what_its_key_says(payload: dict[str, object], severity: Severity) -> None:
    assert only(entry({"message": "x failed", **payload})).severity is severity


def test_the_given_severity_holds_against_the_text() -> None:
    event = only(entry("2025-01-02 03:04:05 - shop - CRITICAL - it burns", severity=ERROR))
    assert event.severity is ERROR
    assert events(entry("2025-01-02 03:04:05 - shop - ERROR - it burns", severity=Severity.INFO)) == ()


def test_a_request_without_text_is_described() -> None:
    request = HttpRequest(method="GET", url="https://shop.example.com/pay?x=1", status=503)
    event = only(entry(request=request, severity=ERROR, log_name=REQUESTS))
    assert event.message == "HTTP GET 503 https://shop.example.com/pay?x=1"
    assert event.kind is EventKind.REQUEST
    assert event.request == request


def test_a_status_outweighs_a_lower_level() -> None:
    found = events(
        entry(request=HttpRequest(method="GET", url="/a", status=500), severity=Severity.INFO, log_name=REQUESTS),
        entry(request=HttpRequest(method="GET", url="/b", status=404), log_name=REQUESTS, at_us=1),
        entry(request=HttpRequest(method="GET", url="/c", status=200), log_name=REQUESTS, at_us=2),
    )
    assert [(e.severity, e.message) for e in found] == [
        (Severity.ERROR, "HTTP GET 500 /a"),
        (Severity.WARNING, "HTTP GET 404 /b"),
    ]


def test_the_front_end_speaks_for_itself() -> None:
    event = only(
        entry(
            "The request was aborted because there was no available instance.",
            request=HttpRequest(method="GET", url="/pay", status=503),
            severity=ERROR,
            log_name=REQUESTS,
        )
    )
    assert event.kind is EventKind.PLATFORM
    assert event.message.startswith("The request was aborted")


def test_platform_entries_are_known_by_their_log() -> None:
    assert (
        only(entry("Container called exit(3).", severity=Severity.WARNING, log_name=SYSTEM)).kind is EventKind.PLATFORM
    )


def test_a_refused_call_on_the_platform_is_of_kind_deploy() -> None:
    audit = {
        "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
        "methodName": "google.cloud.run.v1.Services.ReplaceService",
        "status": {"code": 7, "message": "Permission denied"},
    }
    event = only(entry(proto=audit, severity=ERROR))
    assert event.kind is EventKind.DEPLOY
    assert event.message == "google.cloud.run.v1.Services.ReplaceService: Permission denied"
    done = {**audit, "status": {}}
    assert events(entry(proto=done, severity=Severity.NOTICE)) == ()


def test_an_app_engine_request_gives_its_gravest_line() -> None:
    log = {
        "@type": "type.googleapis.com/google.appengine.logging.v1.RequestLog",
        "method": "GET",
        "resource": "/pay",
        "status": 500,
        "line": [{"severity": "INFO", "logMessage": "begin"}, {"severity": "ERROR", "logMessage": "no stock"}],
    }
    event = only(entry(proto=log))
    assert (event.message, event.severity) == ("no stock", ERROR)
    assert event.request == HttpRequest(method="GET", url="/pay", status=500)


def test_an_entry_without_payload_is_still_an_error() -> None:
    found = result(entry(severity=ERROR), entry(at_us=5), entry("ok", at_us=9, severity=Severity.INFO))
    assert [e.message for e in found.events] == ["(no message)"]
    assert found.counts.without_payload == 2
    assert found.counts.without_severity == 1


@pytest.mark.parametrize("payload", [{}, {"message": None}, {"message": 3}, {"error": []}, {"a": {"b": [1, None]}}])
def test_odd_payloads_are_no_crash(payload: dict[str, object]) -> None:
    assert only(entry(payload, severity=ERROR)).severity is ERROR
