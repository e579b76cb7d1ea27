from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.cycles import measure_exposure
from analyzer.cycles.exposure import Traffic
from analyzer.model import Entry, RevisionTraffic

MINUTE = 60_000_000_000


def entry(number: int, at: float | None = 0, **more: Any) -> Entry:
    values: dict[str, Any] = {"service": "api", "revision": "api-00001-abc", "text_payload": "hello", **more}
    time = None if at is None else int(at * MINUTE)
    return Entry(entry_id=f"e{number}", time_ns=time, **values)


def test_requests_are_counted_by_route_and_probes_as_requests_only() -> None:
    entries = [entry(n, n) for n in range(5)]
    routes = {"e0": "GET /a", "e1": "GET /a", "e2": "POST /b", "e3": ""}
    (row,) = measure_exposure(entries, routes=routes)
    assert (row.entries, row.requests, row.minutes) == (5, 4, 4.0)
    assert row.routes == (("GET /a", 2), ("POST /b", 1))


def test_a_revision_that_is_only_spoken_of_is_no_traffic() -> None:
    entries = [
        entry(0, log_name="projects/p/logs/run.googleapis.com%2Fvarlog%2Fsystem"),
        entry(1, log_name="projects/p/logs/cloudaudit.googleapis.com%2Factivity"),
    ]
    assert measure_exposure(entries, routes={}) == ()


def test_one_entry_is_a_second_of_exposure_and_one_without_time_is_none() -> None:
    assert [r.minutes for r in measure_exposure([entry(0)], routes={})] == [pytest.approx(1 / 60, abs=1e-6)]
    assert [r.minutes for r in measure_exposure([entry(0, None)], routes={})] == [0.0]


def test_of_many_routes_the_most_asked_are_kept_and_all_requests_are_counted() -> None:
    entries = [entry(n) for n in range(700)]
    routes = {f"e{n}": "GET /much" if n < 100 else f"GET /odd-{n}" for n in range(700)}
    (row,) = measure_exposure(entries, routes=routes)
    assert row.requests == 700
    assert len(row.routes) == 500
    assert ("GET /much", 100) in row.routes


def test_two_revisions_at_once_make_a_service_no_longer() -> None:
    rows = measure_exposure(
        [entry(0, 0), entry(1, 10), entry(2, 5, revision="api-00002-xyz"), entry(3, 12, revision="api-00002-xyz")],
        routes={"e0": "GET /a", "e2": "GET /a", "e3": "GET /b"},
    )
    traffic = Traffic(rows=rows)
    assert traffic.minutes("api") == 12.0
    assert traffic.requests("api") == 3
    assert traffic.requests("api", ["GET /a"]) == 2
    assert traffic.services == {"api"}
    assert traffic.minutes("nobody") == 0.0


def test_exposure_survives_the_report() -> None:
    rows = measure_exposure([entry(0, 0), entry(1, 1 / 8)], routes={"e1": "GET /a"})
    assert tuple(RevisionTraffic.from_dict(row.to_dict()) for row in rows) == rows


@given(st.permutations(range(8)))
def test_the_order_of_entries_does_not_matter(order: list[int]) -> None:
    entries = [entry(n, n % 3, revision=f"r{n % 2}") for n in range(8)]
    routes = {"e1": "GET /a", "e2": "GET /b"}
    assert measure_exposure([entries[n] for n in order], routes=routes) == measure_exposure(entries, routes=routes)
