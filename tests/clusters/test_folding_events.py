"""Which events become one cluster, and how often it happened."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.clusters import SignedEvent, cluster_events
from analyzer.model import ErrorEvent, EventKind, HttpRequest, Severity, Signature, SourceLocation

SECOND = 1_000_000_000
CORE = "Object of type Oven is not JSON serializable"


def signed(
    number: int,
    message: str,
    core: str,
    *,
    at: float,
    service: str = "bakery",
    instance: str = "i1",
    line: int = 1,
    severity: Severity = Severity.ERROR,
    has_trace: bool = False,
    kind: EventKind = EventKind.APPLICATION,
    latency: float | None = None,
    fingerprint: str | None = None,
) -> SignedEvent:
    request = None
    if kind is EventKind.REQUEST:
        request = HttpRequest(method="GET", status=500, url="/x", latency_ns=int((latency or 0) * SECOND))
    event = ErrorEvent(
        entry_ids=(f"e{number:04}",),
        time_ns=int(at * SECOND),
        severity=severity,
        service=service,
        instance=instance,
        message=message,
        kind=kind,
        request=request,
        location=SourceLocation(file="app", line=line),
    )
    wrappers = (message[: -len(core) - 2],) if message.endswith(": " + core) else ()
    signature = Signature(
        fingerprint=fingerprint or f"s1:{message}",
        template=message,
        core=core,
        core_masked=core,
        wrappers=wrappers,
        has_trace=has_trace,
        exception_type="TypeError" if has_trace else None,
        exception_message=core if has_trace else None,
    )
    return SignedEvent(event=event, signature=signature, template=message, group=signature.fingerprint)


def test_two_layers_that_print_one_error_within_a_second_are_one_occurrence() -> None:
    events = [
        signed(1, f"baking failed: {CORE}", CORE, at=10.0, line=5),
        signed(2, f"order refused: {CORE}", CORE, at=10.2, line=9),
    ]
    (cluster,) = cluster_events(events)
    assert (cluster.count, cluster.entries, cluster.printings) == (1, 2, 2)
    assert cluster.aliases


def test_the_same_statement_printing_twice_is_two_occurrences() -> None:
    events = [signed(n, f"baking failed: {CORE}", CORE, at=10 + n / 10) for n in range(3)]
    (cluster,) = cluster_events(events)
    assert cluster.count == 3


def test_interleaved_twins_of_two_requests_are_two_occurrences() -> None:
    events = [
        signed(1, f"baking failed: {CORE}", CORE, at=10.00, line=5),
        signed(2, f"baking failed: {CORE}", CORE, at=10.01, line=5),
        signed(3, f"order refused: {CORE}", CORE, at=10.02, line=9),
        signed(4, f"order refused: {CORE}", CORE, at=10.03, line=9),
    ]
    (cluster,) = cluster_events(events)
    assert (cluster.count, cluster.entries) == (2, 4)


def test_twins_are_not_linked_across_instances_or_after_a_second() -> None:
    first = signed(1, f"baking failed: {CORE}", CORE, at=10.0)
    other_instance = signed(2, f"order refused: {CORE}", CORE, at=10.1, instance="i2")
    later = signed(3, f"order refused: {CORE}", CORE, at=11.5)
    assert len(cluster_events([first, other_instance])) == 2
    assert len(cluster_events([first, later])) == 2


def test_a_short_text_inside_another_proves_nothing() -> None:
    events = [
        signed(1, "timeout", "timeout", at=10.0),
        signed(2, "flour delivery: timeout of the mill", "flour delivery: timeout of the mill", at=10.1),
    ]
    assert len(cluster_events(events)) == 2


def test_a_message_joins_the_one_trace_with_the_same_innermost_text() -> None:
    trace = signed(1, "Traceback", CORE, at=10.0, has_trace=True)
    message = signed(2, f"order refused: {CORE}", CORE, at=500.0)
    (cluster,) = cluster_events([trace, message])
    assert cluster.exception_type == "TypeError"
    assert cluster.count == 2


def test_a_message_stays_alone_where_two_traces_qualify() -> None:
    first = signed(1, "a", CORE, at=10.0, has_trace=True, fingerprint="s1:a")
    second = signed(2, "b", CORE, at=100.0, has_trace=True, fingerprint="s1:b")
    message = signed(3, f"order refused: {CORE}", CORE, at=500.0)
    clusters = cluster_events([first, second, message])
    assert len(clusters) == 3
    assert all(c.related for c in clusters)


def test_errors_of_two_services_are_never_one_cluster() -> None:
    trace = signed(1, "a", CORE, at=10.0, has_trace=True)
    message = signed(2, f"order refused: {CORE}", CORE, at=10.1, service="mill")
    assert len(cluster_events([trace, message])) == 2


def test_an_access_line_inside_the_latency_of_its_request_is_the_same_occurrence() -> None:
    request = signed(
        1, "HTTP GET 500 /x", "HTTP GET 500 /x", at=10.0, kind=EventKind.REQUEST, latency=5, fingerprint="s1:r"
    )
    access = signed(2, '"GET /x" 500', '"GET /x" 500', at=14.9, kind=EventKind.REQUEST, line=2, fingerprint="s1:r")
    (cluster,) = cluster_events([request, replace(access, template="access")])
    assert (cluster.count, cluster.entries) == (1, 2)


def test_errors_stand_before_warnings() -> None:
    events = [signed(n, "stale flour", "stale flour", at=100 * n, severity=Severity.WARNING) for n in range(5)]
    events.append(signed(9, "oven is broken", "oven is broken", at=9000))
    assert [c.severity for c in cluster_events(events)] == [Severity.ERROR, Severity.WARNING]


messages = st.sampled_from(["baking failed: ", "order refused: ", ""])
cores = st.sampled_from([CORE, "flour is stale and grey", "no such recipe 'rye'"])
moments = st.integers(0, 40)
rows = st.lists(st.tuples(messages, cores, moments, st.booleans(), st.integers(1, 3)), max_size=25)


@given(rows, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_any_order_of_the_events_gives_the_same_clusters_and_loses_none(
    given_rows: list[tuple[str, str, int, bool, int]], shuffler: random.Random
) -> None:
    events = [
        signed(n, prefix + core, core, at=at / 10, has_trace=trace, instance=f"i{instance}")
        for n, (prefix, core, at, trace, instance) in enumerate(given_rows)
    ]
    expected = cluster_events(events)
    mixed = list(events)
    shuffler.shuffle(mixed)
    assert cluster_events(mixed) == expected
    assert sum(c.printings for c in expected) == len(events)
    assert sorted(i for c in expected for i in c.members or ()) == sorted(s.event.entry_ids[0] for s in events)


def test_errors_of_one_function_are_related_and_stay_apart() -> None:
    def at_place(number: int, core: str, place: str) -> SignedEvent:
        one = signed(number, core, core, at=10.0 * number, has_trace=True)
        return replace(one, signature=replace(one.signature, place=place))

    clusters = cluster_events(
        [
            at_place(1, "the tray of the oven is cold", "shop/web:post"),
            at_place(2, "no such voucher in the till", "shop/web:post"),
            at_place(3, "half of the crates are gone", "shop/cart:add"),
        ]
    )
    related = {c.core: c.related for c in clusters}
    by_core = {c.core: c.fingerprint for c in clusters}
    assert related["the tray of the oven is cold"] == (by_core["no such voucher in the till"],)
    assert related["half of the crates are gone"] == ()
