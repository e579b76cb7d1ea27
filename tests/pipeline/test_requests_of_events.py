"""Which entries tell of a request, and in which request an error event happened."""

from __future__ import annotations

import pytest

from analyzer.model import Entry, ErrorEvent, HttpRequest, Severity
from analyzer.pipeline.requests import read_requests

REQUESTS = "projects/p/logs/run.googleapis.com%2Frequests"
STDERR = "projects/p/logs/run.googleapis.com%2Fstderr"


def request(name: str, url: str = "https://oven.example.com/trays/41", *, status: int = 500, **more: object) -> Entry:
    given = {"log_name": REQUESTS, "service": "oven", **more}
    asked = HttpRequest(method="GET", url=url, status=status)
    return Entry(entry_id=name, time_ns=1, http_request=asked, **given)  # type: ignore[arg-type]


def line(name: str, text: str = "tray is missing", **more: object) -> Entry:
    given = {"log_name": STDERR, "service": "oven", "text_payload": text, **more}
    return Entry(entry_id=name, time_ns=2, **given)  # type: ignore[arg-type]


def event(of: Entry) -> ErrorEvent:
    return ErrorEvent(
        entry_ids=(of.entry_id,), time_ns=2, severity=Severity.ERROR, service=of.service, message="tray is missing"
    )


def test_an_error_belongs_to_the_request_of_its_trace() -> None:
    asked, other = request("r1", trace="projects/p/traces/t1"), request("r2", trace="t2")
    printed = line("e1", trace="t1")
    found = read_requests([printed, other, asked], [event(printed)])
    assert found.by_event == {"e1": ("r1", ("GET /trays/<id>",))}


def test_an_error_without_trace_belongs_to_the_request_of_its_request_id() -> None:
    asked = request("r1", json_payload={"request_id": "q-7712039"}, trace=None)
    printed = line("e1", text_payload=None, json_payload={"message": "tray is missing", "request_id": "q-7712039"})
    assert read_requests([asked, printed], [event(printed)]).by_event["e1"][0] == "r1"


def test_nearness_in_time_proves_no_request() -> None:
    printed = line("e1")
    assert not read_requests([request("r1"), printed], [event(printed)]).by_event


def test_the_same_id_in_another_service_is_another_request() -> None:
    asked, printed = request("r1", service="shop", trace="t1"), line("e1", trace="t1")
    assert not read_requests([asked, printed], [event(printed)]).by_event


def test_a_service_with_a_log_of_requests_is_not_counted_again_by_the_lines_it_prints() -> None:
    access = '203.0.113.9 - - [03/Feb/2026:09:00:00 +0000] "GET /trays/41 HTTP/1.1" 500 12'
    logged = request("r1", status=200)
    both = read_requests([logged, line("e1", access)], [])
    assert set(both.routes) == {"r1"}
    assert read_requests([line("e1", access)], []).routes == {"e1": "GET /trays/<id>"}


def test_a_line_of_a_program_that_carries_its_request_is_no_request_more() -> None:
    carried = request("e1", log_name=STDERR, text_payload="tray is missing")
    assert not read_requests([carried], []).routes


@pytest.mark.parametrize("url", ["/.env", "/wp-login.php"])
def test_a_probe_of_a_scanner_is_a_request_on_no_route(url: str) -> None:
    probe = request("r1", f"https://oven.example.com{url}", status=404, trace="t1")
    printed = line("e1", trace="t1")
    found = read_requests([probe, printed], [event(printed)])
    assert found.routes == {"r1": ""}
    assert found.by_event == {"e1": ("r1", ())}


def test_an_id_that_many_requests_share_is_no_id_of_a_request() -> None:
    printed = line("e1", trace="t1")
    few = [request(f"r{n}", trace="t1") for n in range(50)]
    assert read_requests([*few, printed], [event(printed)]).by_event["e1"] == ("t1", ("GET /trays/<id>",))
    assert not read_requests([*few, request("r50", trace="t1"), printed], [event(printed)]).by_event


def test_the_order_of_entries_does_not_matter() -> None:
    printed = line("e1", trace="t1")
    asked = [request("r1", trace="t1"), request("r2", "https://oven.example.com/heat", trace="t1")]
    there, back = [*asked, printed], [printed, *reversed(asked)]
    assert read_requests(there, [event(printed)]).by_event == read_requests(back, [event(printed)]).by_event
