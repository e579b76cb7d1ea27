from __future__ import annotations

from typing import Any

from analyzer.clusters.seen import seen_on
from analyzer.model import ErrorEvent, SeenOn, Severity

SECOND = 1_000_000_000


def event(number: int, at: float = 0, **more: Any) -> ErrorEvent:
    values: dict[str, Any] = {"service": "api", "revision": "r1", "message": "the depot is full", **more}
    return ErrorEvent(entry_ids=(f"e{number}",), time_ns=int(at * SECOND), severity=Severity.ERROR, **values)


def test_twins_are_one_occurrence_on_the_revision_that_one_of_them_names() -> None:
    (row,) = seen_on([[event(0, revision=""), event(1, 0.5)]], {})
    assert (row.service, row.revision, row.count) == ("api", "r1", 1)
    assert row.entry_ids == ("e0",)
    assert (row.first_ns, row.last_ns) == (0, SECOND // 2)


def test_counts_add_up_over_services_and_revisions_which_are_sorted() -> None:
    found = seen_on(
        [[event(0, revision="r2")], [event(1)], [event(2, service="")], [event(3)], [event(4)], [event(5)]], {}
    )
    assert [(row.service, row.revision, row.count) for row in found] == [
        ("", "r1", 1),
        ("api", "r1", 4),
        ("api", "r2", 1),
    ]
    assert found[1].entry_ids == ("e1", "e3", "e4")


def test_routes_come_from_any_printing_and_two_occurrences_in_one_request_are_one_request() -> None:
    requests = {"e1": ("t1", ("GET /a",)), "e2": ("t1", ("GET /a",)), "e3": ("t2", ("POST /b",))}
    (row,) = seen_on([[event(0), event(1)], [event(2)], [event(3, 70)]], requests)
    assert (row.routes, row.requests, row.minutes) == (("GET /a", "POST /b"), 2, 2)


def test_where_ids_tell_of_some_occurrences_only_no_number_of_requests_is_claimed() -> None:
    (row,) = seen_on([[event(0)], [event(1)]], {"e1": ("t1", ("GET /a",))})
    assert (row.routes, row.requests) == (("GET /a",), 0)


def test_a_row_survives_the_report() -> None:
    (row,) = seen_on([[event(0, 3)]], {"e0": ("t1", ("GET /a",))})
    assert SeenOn.from_dict(row.to_dict()) == row
