"""What the absence of an error means, and how rates compare, in windows whose exposure is known."""

from __future__ import annotations

from typing import Any

import pytest
from making_clusters import cluster

from analyzer.cycles import Baseline, compare_clusters
from analyzer.model import Change, Cluster, RevisionTraffic, SeenOn

MINUTE = 60_000_000_000
REVISION = "api-00001-abc"


def traffic(
    *routes: tuple[str, int], minutes: float = 5.0, entries: int = 100, service: str = "api"
) -> RevisionTraffic:
    return RevisionTraffic(
        service=service,
        revision=REVISION,
        entries=entries,
        requests=sum(count for _, count in routes),
        minutes=minutes,
        first_ns=0,
        last_ns=int(minutes * MINUTE),
        routes=routes,
    )


def seen(count: int, *routes: str, requests: int = 0, minutes: int = 1, service: str = "api") -> SeenOn:
    return SeenOn(service=service, revision=REVISION, count=count, routes=routes, requests=requests, minutes=minutes)


def error(fingerprint: str, *rows: SeenOn, **more: Any) -> Cluster:
    return cluster(fingerprint, f"{fingerprint} failed", count=sum(r.count for r in rows), seen_on=rows, **more)


def compare(
    now: list[Cluster], before: list[Cluster], here: list[RevisionTraffic], then: list[RevisionTraffic]
) -> tuple[Cluster, ...]:
    return compare_clusters(
        now,
        Baseline(name="1", clusters=tuple(before), exposure=tuple(then)),
        similarity=lambda one, other: 0.0,
        services_seen=("api", "worker"),
        exposure=here,
    )


def gone(old: Cluster, here: list[RevisionTraffic], then: list[RevisionTraffic]) -> Cluster:
    (found,) = compare([], [old], here, then)
    return found


ON_A = error("s1:a", seen(8, "GET /a", requests=8))
BEFORE = [traffic(("GET /a", 20), ("GET /b", 100))]


@pytest.mark.parametrize(("asked", "change"), [(6, "not_seen"), (7, "resolved")])
def test_silence_is_resolved_from_so_many_requests_on_its_route(asked: int, change: str) -> None:
    found = gone(ON_A, [traffic(("GET /a", asked), ("GET /b", 1000))], BEFORE)
    assert found.change == change
    assert found.change_reason is not None
    assert found.change_reason.startswith(f"0 in {asked} requests on GET /a; at the rate of before (8 in 20) 2.")
    assert found.rate is not None
    assert found.rate.bound == pytest.approx(3 / asked)


def test_requests_on_other_routes_are_no_exposure() -> None:
    found = gone(ON_A, [traffic(("GET /b", 1000))], BEFORE)
    assert found.change is Change.NOT_SEEN
    assert found.change_reason == "no request on GET /a here: nothing shows that it is gone"
    assert found.rate is not None
    assert (found.rate.exposure, found.rate.bound) == (0, None)


def test_every_route_on_which_it_occurred_must_have_been_asked() -> None:
    old = error("s1:a", seen(20, "GET /a", "GET /b", requests=20))
    found = gone(old, [traffic(("GET /a", 1000))], BEFORE)
    assert found.change is Change.NOT_SEEN
    assert "no request on GET /b" in str(found.change_reason)


def test_an_error_that_failed_every_request_is_resolved_by_two_silent_ones_not_by_one() -> None:
    old = error("s1:a", seen(2, "GET /a", requests=2))
    then = [traffic(("GET /a", 2))]
    assert gone(old, [traffic(("GET /a", 2))], then).change is Change.RESOLVED
    assert gone(old, [traffic(("GET /a", 1))], then).change is Change.NOT_SEEN


def test_an_error_of_no_known_request_is_measured_by_the_requests_to_its_service() -> None:
    old = error("s1:a", seen(11))
    assert gone(old, [traffic(("GET /b", 60))], [traffic(("GET /a", 60))]).change is Change.RESOLVED
    assert gone(old, [traffic(("GET /b", 4))], [traffic(("GET /a", 60))]).change is Change.NOT_SEEN


def test_where_ids_tell_of_some_occurrences_only_the_route_is_not_trusted() -> None:
    old = error("s1:a", seen(2, "GET /a", requests=0))
    assert gone(old, [traffic(("GET /a", 2))], [traffic(("GET /a", 2), ("GET /b", 90))]).change is Change.NOT_SEEN


def test_a_job_of_the_clock_is_not_resolved_by_requests() -> None:
    old = error("s1:a", seen(30, minutes=1))
    found = gone(old, [traffic(("GET /a", 900), minutes=60)], [traffic(("GET /a", 900), minutes=60)])
    assert found.change is Change.NOT_SEEN
    assert "it came in 1 of 60 minutes" in str(found.change_reason)


def test_a_service_without_requests_is_measured_by_what_it_writes() -> None:
    old = error("s1:a", seen(11, service="worker"), services=("worker",))
    then = [traffic(service="worker", entries=300)]
    assert gone(old, [traffic(service="worker", entries=300)], then).change is Change.RESOLVED
    assert gone(old, [traffic(service="worker", entries=20)], then).change is Change.NOT_SEEN
    silent = gone(old, [traffic(("GET /a", 900))], then)
    assert silent.change is Change.NOT_SEEN
    assert silent.change_reason == "no entries of worker here: nothing shows that it is gone"


def test_of_two_services_the_one_with_less_proof_decides() -> None:
    old = error("s1:a", seen(11), seen(1, service="worker"), services=("api", "worker"))
    rows = [traffic(("GET /a", 60)), traffic(service="worker", entries=100)]
    found = gone(old, rows, rows)
    assert found.change is Change.NOT_SEEN
    assert "entries of worker" in str(found.change_reason)


def test_what_occurs_ten_times_as_often_is_said_so_and_what_does_not_is_not() -> None:
    rows = [traffic(("GET /a", 100), ("GET /b", 100))]
    before = [error("s1:a", seen(5, "GET /a", requests=5)), error("s1:b", seen(9, "GET /b", requests=9))]
    now = [error("s1:a", seen(50, "GET /a", requests=50)), error("s1:b", seen(12, "GET /b", requests=12))]
    more, same = compare(now, before, rows, rows)
    assert more.rate is not None
    assert same.rate is not None
    assert (more.rate.per, more.rate.exposure, more.rate.baseline_count) == ("request", 100, 5)
    assert str(more.rate.note).startswith("more often: 50 in 100 requests, 5 in 100 requests of the baseline")
    assert "no more different than chance" in str(same.rate.note)


def test_half_the_requests_with_half_the_errors_is_no_less_often() -> None:
    (found,) = compare(
        [error("s1:a", seen(25, "GET /a", requests=25))],
        [error("s1:a", seen(50, "GET /a", requests=50))],
        [traffic(("GET /a", 50))],
        [traffic(("GET /a", 100))],
    )
    assert found.rate is not None
    assert found.rate.p_value == 1.0


def test_one_burst_and_few_occurrences_are_no_trend() -> None:
    rows = [traffic(("GET /a", 100))]
    before = [error("s1:a", seen(1)), error("s1:b", seen(0 + 1))]
    burst, few = compare([error("s1:a", seen(400)), error("s1:b", seen(4, minutes=4))], before, rows, rows)
    for found in (burst, few):
        assert found.rate is not None
        assert "to call the rate changed" in str(found.rate.note)


def test_without_requests_rates_are_per_minute() -> None:
    (found,) = compare(
        [error("s1:a", seen(60, minutes=10))],
        [error("s1:a", seen(10, minutes=10))],
        [traffic(minutes=10)],
        [traffic(minutes=10)],
    )
    assert found.rate is not None
    assert found.rate.per == "minute"
    assert str(found.rate.note).startswith("more often: 60 in 10 minutes, 10 in 10 minutes of the baseline")


def test_among_many_equal_clusters_one_small_p_value_is_no_discovery() -> None:
    names = [f"s1:{chr(97 + n)}" for n in range(20)]
    rows = [traffic(("GET /a", 100))]
    before = [error(name, seen(10, "GET /a", requests=10)) for name in names]
    now = [error(name, seen(23 if name == "s1:a" else 10, "GET /a", requests=10)) for name in names]
    odd = compare(now, before, rows, rows)[0]
    assert odd.rate is not None
    assert 0.02 < odd.rate.p_value < 0.05
    assert "no more different than chance" in str(odd.rate.note)


def test_a_report_without_exposure_gives_no_rate_and_counts_activity_as_before() -> None:
    found = gone(ON_A, BEFORE, [])
    assert found.rate is None
    assert found.change is Change.RESOLVED
    assert "how much it was used before is not known" in str(found.change_reason)


def test_what_is_gone_is_seen_on_nothing_here() -> None:
    assert gone(ON_A, BEFORE, BEFORE).seen_on == ()
