"""Entries made up for the tests of this folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.events import EventsResult, read_events
from analyzer.model import Entry, ErrorEvent, HttpRequest, Severity

STDERR = "projects/p/logs/run.googleapis.com%2Fstderr"
SYSTEM = "projects/p/logs/run.googleapis.com%2Fvarlog%2Fsystem"
REQUESTS = "projects/p/logs/run.googleapis.com%2Frequests"
START_NS = 1_700_000_000_000_000_000

TRACEBACK = """Traceback (most recent call last):
  File "/app/shop/cart.py", line 12, in total
    return sum(prices) / len(prices)
           ~~~~~~~~~~~~^~~~~~~~~~~~~
ZeroDivisionError: division by zero"""


def entry(
    said: str | Mapping[str, Any] | None = None,
    *,
    at_us: int = 0,
    severity: Severity | None = None,
    instance: str = "i-1",
    log_name: str = STDERR,
    request: HttpRequest | None = None,
    proto: Mapping[str, Any] | None = None,
    name: str | None = None,
) -> Entry:
    """An entry with a text or a JSON payload, `at_us` microseconds after the start."""
    return Entry(
        entry_id=name or f"{at_us:09d}-{instance}-{log_name[-6:]}",
        time_ns=START_NS + at_us * 1000,
        log_name=log_name,
        severity=severity,
        resource_type="cloud_run_revision",
        service="shop",
        revision="shop-00007-abc",
        instance=instance,
        labels={"instanceId": instance},
        text_payload=said if isinstance(said, str) else None,
        json_payload=said if isinstance(said, Mapping) else None,
        proto_payload=proto,
        http_request=request,
    )


def printed(text: str, *, step_us: int = 20, at_us: int = 0, **options: Any) -> list[Entry]:
    """One entry for each line of a text, as a platform splits what a program prints."""
    return [entry(line, at_us=at_us + n * step_us, **options) for n, line in enumerate(text.split("\n"))]


def events(*entries: Entry) -> tuple[ErrorEvent, ...]:
    """The events of some entries."""
    return result(*entries).events


def result(*entries: Entry) -> EventsResult:
    """Events and counts of some entries."""
    return read_events(entries)


def only(*entries: Entry) -> ErrorEvent:
    """The one event of some entries."""
    found = events(*entries)
    assert len(found) == 1, [e.message for e in found]
    return found[0]
