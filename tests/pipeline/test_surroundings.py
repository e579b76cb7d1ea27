from __future__ import annotations

from analyzer.model import Entry, ErrorEvent, Severity
from analyzer.pipeline.surroundings import Surroundings

SECOND = 1_000_000_000


def entry(number: int, seconds: float, *, instance: str = "i1", trace: str | None = None) -> Entry:
    return Entry(
        entry_id=f"e{number}",
        time_ns=int(seconds * SECOND),
        log_name="projects/p/logs/app",
        service="shop",
        instance=instance,
        trace=trace,
        text_payload=f"line {number}",
    )


def event(of: Entry) -> ErrorEvent:
    return ErrorEvent(
        entry_ids=(of.entry_id,),
        time_ns=of.time_ns,
        severity=Severity.ERROR,
        service=of.service,
        instance=of.instance,
        trace=of.trace,
        message="x",
    )


def test_lines_of_the_instance_within_two_seconds_nearest_first() -> None:
    entries = [entry(1, 1), entry(2, 4), entry(3, 4.5, instance="i2"), entry(4, 5), entry(5, 5.5), entry(6, 9)]
    assert Surroundings(entries).of(event(entries[3])) == ("line 2", "line 5")


def test_a_request_is_followed_over_instances_and_time() -> None:
    entries = [entry(1, 1, trace="t", instance="i2"), entry(2, 50), entry(3, 60, trace="t"), entry(4, 99, trace="t")]
    assert Surroundings(entries).of(event(entries[2])) == ("line 1", "line 4")


def test_an_event_without_instance_and_request_has_none() -> None:
    entries = [entry(1, 1, instance=""), entry(2, 1, instance="")]
    assert Surroundings(entries).of(event(entries[0])) == ()
