"""What loggers print around a message comes off, and is kept as facts."""

from __future__ import annotations

import time

import pytest
from event_entries import entry, events, only

from analyzer.events.decorations import undecorate
from analyzer.model import EventKind, Severity, SourceLocation


@pytest.mark.parametrize(
    ("text", "message", "level", "logger"),
    [
        ("[2025-01-02 03:04:05 +0000] [15] [ERROR] Worker died", "Worker died", "ERROR", None),
        ("2025-01-02 03:04:05 - shop.cart - WARNING - low stock", "low stock", "WARNING", "shop.cart"),
        ("2025-01-02 03:04:05,795 - svc - shop.cart - ERROR - no stock", "no stock", "ERROR", "shop.cart"),
        ("2025-01-02 03:04:05 [INFO] shop: fine", "fine", "INFO", "shop"),
        ("[2025-01-02 03:04:05,678] ERROR in app: Exception on /pay [GET]", "Exception on /pay [GET]", "ERROR", "app"),
        ("2025-01-02 03:04:05,678 ERROR shop.cart no stock", "no stock", "ERROR", "shop.cart"),
        ("ERROR:    Exception in ASGI application", "Exception in ASGI application", "ERROR", None),
        ("ERROR:shop.cart:no stock", "no stock", "ERROR", "shop.cart"),
        ("E0102 03:04:05.678901   12 stock.go:34] no stock", "no stock", "ERROR", None),
        ("[CRITICAL] no stock", "no stock", "CRITICAL", None),
        ('time=03:04 level=warning msg="low \\"stock\\"" n=1', 'low \\"stock\\"', "WARNING", None),
        ("CRITICAL STARTUP FAILURE: no stock", "CRITICAL STARTUP FAILURE: no stock", "CRITICAL", None),
        ("2025-01-02T03:04:05.1Z stderr F ERROR:shop:no stock", "no stock", "ERROR", "shop"),
        ("the error count is 3", "the error count is 3", None, None),
        ("Error budget remaining: 99%", "Error budget remaining: 99%", None, None),
    ],
)
def test_prefixes(text: str, message: str, level: str | None, logger: str | None) -> None:
    found = undecorate(text)
    assert (found.text, found.level and found.level.name, found.logger) == (message, level, logger)


PLAIN_LOGURU = "2025-01-02 03:04:05.531 | ERROR    | shop.cart:total:150 | <red>no stock</red>"
COLOURED_LOGURU = (
    "\x1b[32m2025-01-02 03:04:05.531\x1b[0m | \x1b[31m\x1b[1mERROR   \x1b[0m | \x1b[36mshop.cart\x1b[0m:"
    "\x1b[36mtotal\x1b[0m:\x1b[36m150\x1b[0m | \x1b[31m\x1b[1mno stock\x1b[0m"
)
DEFAULT_LOGURU = "2025-01-02 03:04:05.531 | ERROR    | shop.cart:total:150 - no stock"


@pytest.mark.parametrize("text", [PLAIN_LOGURU, COLOURED_LOGURU, DEFAULT_LOGURU])
def test_loguru_tells_level_and_place(text: str) -> None:
    event = only(entry(text))
    assert (event.message, event.severity) == ("no stock", Severity.ERROR)
    assert event.location == SourceLocation(file="shop.cart", line=150, function="total")
    assert event.logger == "shop.cart"


def test_a_python_warning_is_a_warning_at_its_place() -> None:
    event = only(entry("/app/shop/cart.py:3: DeprecationWarning: old() goes away"))
    assert event.severity is Severity.WARNING
    assert event.message == "DeprecationWarning: old() goes away"
    assert event.location == SourceLocation(file="/app/shop/cart.py", line=3)


def test_an_access_line_with_a_redacted_client_is_still_one() -> None:
    found = events(
        entry('[2025-01-02 03:04:05 +0000] [15] [INFO] <ip>:59150 - "WebSocket /ws" 403'),
        entry('INFO:     <ip>:0 - "GET /health HTTP/1.1" 200 OK', at_us=1),
        entry("connecting to db...", at_us=2),
    )
    assert [(e.message, len(e.entry_ids)) for e in found] == [('"WebSocket /ws" 403', 1)]


def test_what_a_redaction_left_is_no_colour() -> None:
    event = only(entry("ERROR:    <email> was refused"), entry("connecting to db...", at_us=20))
    assert event.message == "<email> was refused"
    assert len(event.entry_ids) == 1


def test_access_lines_lose_the_client_and_keep_the_request() -> None:
    found = events(
        entry('[2025-01-02 03:04:05 +0000] [15] [INFO] 203.0.113.9:59150 - "WebSocket /ws" 403'),
        entry('INFO:     203.0.113.9:0 - "GET /pay HTTP/1.1" 500 Internal Server Error', at_us=1),
        entry('203.0.113.9 - - [02/Jan/2025:03:04:05 +0000] "GET /x HTTP/1.1" 404 12 "-" "probe"', at_us=2),
        entry('203.0.113.9:51 - "GET /health HTTP/1.1" 200', at_us=3),
    )
    assert [(e.message, e.severity, e.request and e.request.status) for e in found] == [
        ('"WebSocket /ws" 403', Severity.WARNING, 403),
        ('"GET /pay HTTP/1.1" 500', Severity.ERROR, 500),
        ('"GET /x HTTP/1.1" 404', Severity.WARNING, 404),
    ]
    assert {e.kind for e in found} == {EventKind.REQUEST}


@pytest.mark.parametrize(
    "unit", ["a.", " ", "<red>", "[", '"', "2025-01-02 03:04:05 - ", "<a>", "x:", '{"', "\\n", "- "]
)
def test_no_long_line_is_slow(unit: str) -> None:
    line = "ERROR:    " + unit * (400_000 // len(unit))
    began = time.perf_counter()
    events(entry(line), entry({"message": line, "error": line}, severity=Severity.ERROR, at_us=1))
    assert time.perf_counter() - began < 3
