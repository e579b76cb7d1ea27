"""What is gathered of the logs for the search for causes."""

from __future__ import annotations

from analyzer.model import Cluster, Entry, ErrorEvent, Exemplar, Severity
from analyzer.pipeline.contexts import gather_contexts, gather_occurrences, request_ids
from analyzer.pipeline.surroundings import Surroundings

SECOND = 1_000_000_000


def entry(number: int, seconds: float, **more: object) -> Entry:
    given = {"service": "oven", "instance": "i1", "text_payload": f"line {number}", **more}
    return Entry(entry_id=f"e{number}", time_ns=int(seconds * SECOND), log_name="projects/p/logs/app", **given)  # type: ignore[arg-type]


def event(of: Entry, *more: Entry) -> ErrorEvent:
    return ErrorEvent(
        entry_ids=(of.entry_id, *(e.entry_id for e in more)),
        time_ns=of.time_ns,
        severity=Severity.ERROR,
        service=of.service,
        instance=of.instance,
        trace=of.trace,
        message="tray is missing",
    )


def cluster(*exemplars: str, severity: Severity = Severity.ERROR) -> Cluster:
    return Cluster(
        fingerprint="s2:a", title="a", template="a", core="a", severity=severity, count=1, entries=1,
        exemplars=tuple(Exemplar(entry_ids=(i,), message="a") for i in exemplars),
    )  # fmt: skip


def test_a_context_holds_the_request_in_every_service_and_the_instance_without_other_requests() -> None:
    entries = [
        entry(1, 1, service="shop", instance="s1", trace="t"),
        entry(2, 2, trace="other"),
        entry(3, 3),
        entry(4, 4, trace="t"),
        entry(5, 5, trace="t"),
        entry(6, 6, instance="i2"),
        entry(7, 7),
    ]
    error = event(entries[4])
    (found,) = gather_contexts([cluster("e5")], [error], Surroundings(entries))
    assert [x.entry_id for x in found.before] == ["e1", "e3", "e4"]
    assert [x.same_request for x in found.before] == [True, False, True]
    assert [x.entry_id for x in found.after] == ["e7"]


def test_a_context_is_bounded_and_leaves_out_the_events_own_lines() -> None:
    entries = [entry(n, n) for n in range(100)]
    (found,) = gather_contexts([cluster("e50")], [event(entries[50], entries[51])], Surroundings(entries))
    assert [x.entry_id for x in found.before] == [f"e{n}" for n in range(30, 50)]
    assert [x.entry_id for x in found.after] == [f"e{n}" for n in range(52, 57)]


def test_only_three_exemplars_of_error_clusters_have_contexts() -> None:
    entries = [entry(n, n) for n in range(10)]
    events = [event(e) for e in entries]
    many = cluster("e1", "e3", "e5", "e7")
    assert len(gather_contexts([many], events, Surroundings(entries))) == 3
    assert gather_contexts([cluster("e1", severity=Severity.WARNING)], events, Surroundings(entries)) == ()


def test_requests_and_access_lines_are_not_of_the_application() -> None:
    entries = [entry(1, 1, text_payload='10.0.0.1 - "GET /bake HTTP/1.1" 200'), entry(2, 2), entry(3, 3)]
    (found,) = gather_contexts([cluster("e3")], [event(entries[2])], Surroundings(entries))
    assert [x.from_application for x in found.before] == [False, True]


def test_ids_of_requests_are_read_from_fields_labels_and_traceparents() -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    payload = {
        "message": "tray 7f3a9c11 is missing",
        "context": {"X-Request-Id": "req-00017", "user_id": "u-4711-0001"},
        "traceparent": f"00-{trace}-b7ad6b7169203331-01",
    }
    one = entry(1, 1, text_payload=None, json_payload=payload, labels={"correlation_id": "corr-77777"})
    assert request_ids(one) == tuple(sorted((trace, "corr-77777", "req-00017")))


def test_occurrences_carry_the_fingerprint_of_their_cluster() -> None:
    one = entry(1, 1, text_payload=None, json_payload={"message": "x", "requestId": "req-00017"})
    (found,) = gather_occurrences([event(one)], {"e1": "s2:a"}, [one])
    assert (found.fingerprint, found.request_ids) == ("s2:a", ("req-00017",))
    assert gather_occurrences([event(one)], {}, [one]) == ()
