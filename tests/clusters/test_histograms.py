"""When the occurrences of a cluster happened, as the report says it."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.clusters import SignedEvent, cluster_events
from analyzer.model import MOST_BINS, ErrorEvent, Histogram, Severity, Signature, parse_time, wider_step

SECOND = 1_000_000_000
DAY = 86_400
NOON = parse_time("2026-03-02T12:00:00Z") or 0

times = st.lists(st.none() | st.integers(min_value=-(10**9) * SECOND, max_value=4 * 10**9 * SECOND), max_size=300)
windows = st.integers(min_value=1, max_value=40 * DAY).flatmap(
    lambda span: st.lists(st.none() | st.integers(NOON, NOON + span * SECOND), max_size=300)
)


def spread(count: int, every_s: float) -> list[int | None]:
    return [NOON + int(number * every_s * SECOND) for number in range(count)]


def signed(number: int, at: int | None, text: str = "the depot is full") -> SignedEvent:
    event = ErrorEvent(
        entry_ids=(f"e{number:04}",),
        time_ns=at,
        severity=Severity.ERROR,
        service="api",
        instance=f"i{number}",
        message=text,
    )
    signature = Signature(fingerprint=f"s2:{text}", template=text, core=text, core_masked=text)
    return SignedEvent(event=event, signature=signature, template=text, group=text)


@given(times | windows, st.randoms(use_true_random=False))
def test_the_order_of_events_makes_no_difference(given_times: list[int | None], shuffling: random.Random) -> None:
    shuffled = list(given_times)
    shuffling.shuffle(shuffled)
    assert Histogram.of(shuffled) == Histogram.of(given_times)


@given(times | windows)
def test_the_counts_add_up_and_there_are_never_too_many_bins(given_times: list[int | None]) -> None:
    found = Histogram.of(given_times)
    assert found.count == len(given_times)
    assert found.without_time == given_times.count(None)
    assert len(found.bins) <= MOST_BINS
    assert [number for number, _ in found.bins] == sorted({number for number, _ in found.bins})
    assert all(count > 0 for _, count in found.bins)


@given(times | windows, st.integers(min_value=0, max_value=300))
def test_parts_merged_are_the_whole(given_times: list[int | None], cut: int) -> None:
    first, second = Histogram.of(given_times[:cut]), Histogram.of(given_times[cut:])
    assert first.merged(second) == second.merged(first) == Histogram.of(given_times)


@given(windows)
def test_every_time_lies_in_its_bin(given_times: list[int | None]) -> None:
    found = Histogram.of(given_times)
    width = found.step_s * SECOND
    assert {number for number, _ in found.bins} == {time // width for time in given_times if time is not None}


@given(windows)
def test_a_histogram_survives_the_report(given_times: list[int | None]) -> None:
    found = Histogram.of(given_times)
    written = found.to_dict()
    if not found.bins:
        assert written is None
    else:
        assert written is not None
        assert written["at"][0] == 0
        assert Histogram.from_dict(written) == found


@pytest.mark.parametrize(
    ("count", "every_s", "step_s"),
    [
        (15, 1, 1),
        (96, 1, 1),
        (97, 1, 5),
        (5400, 1, 60),
        (90, 60, 1),
        (600, 60, 600),
        (14 * 24, 3600, 6 * 3600),
        (400, DAY, 8 * DAY),
        (97, DAY, 2 * DAY),
    ],
)
def test_the_step_fits_the_span(count: int, every_s: float, step_s: int) -> None:
    assert Histogram.of(spread(count, every_s)).step_s == step_s


def test_every_step_is_a_whole_number_of_the_one_before_it_and_wider() -> None:
    for step in (1, 7, 3600):
        for _ in range(30):
            wider = wider_step(step)
            assert wider > step
            assert wider % step == 0
            step = wider


def test_a_burst_in_a_long_window_keeps_its_seconds() -> None:
    found = Histogram.of([NOON - 14 * DAY * SECOND, *spread(16, 1)])
    assert found.step_s == 1
    assert len(found.bins) == 17


def test_all_clusters_of_a_report_have_one_step() -> None:
    events = [signed(number, time, "the depot is full") for number, time in enumerate(spread(300, 60))]
    events += [signed(1000, NOON, "no such tram"), signed(1001, NOON + SECOND, "no such tram")]
    clusters = cluster_events(events)
    assert len(clusters) == 2
    assert {c.histogram.step_s for c in clusters if c.histogram} == {300}
    assert [c.histogram.count if c.histogram else None for c in clusters] == [c.count for c in clusters] == [300, 2]


@given(st.lists(st.tuples(st.none() | st.integers(0, 3_000), st.sampled_from("ab")), max_size=60), st.randoms())
def test_shuffled_events_give_the_same_histograms_that_add_up_to_the_counts(
    happened: list[tuple[int | None, str]], shuffling: random.Random
) -> None:
    events = [
        signed(number, None if at is None else NOON + at * SECOND // 3, f"the depot {text} is full")
        for number, (at, text) in enumerate(happened)
    ]
    clusters = cluster_events(events)
    shuffling.shuffle(events)
    assert [c.histogram for c in cluster_events(events)] == [c.histogram for c in clusters]
    assert all(c.histogram is not None and c.histogram.count == c.count for c in clusters)


def test_without_any_time_there_is_nothing_to_write() -> None:
    (cluster,) = cluster_events([signed(1, None), signed(2, None)])
    assert cluster.count == 2
    assert cluster.to_dict()["histogram"] is None


@pytest.mark.parametrize(
    "wrong", [{"at": [0, 1]}, {"from": "noon"}, {"step_s": 0}, {"counts": []}], ids=lambda wrong: next(iter(wrong))
)
def test_a_damaged_histogram_is_refused(wrong: dict[str, Any]) -> None:
    whole = Histogram.of([NOON]).to_dict() or {}
    with pytest.raises(ValueError, match=r"histogram|zip"):
        Histogram.from_dict({**whole, **wrong})
