"""The figures of the journal, from arrivals given by hand."""

from __future__ import annotations

import pytest

from tests.logging_server.faults import Quota
from tests.logging_server.journal import Call, Journal, peak


def arrive(journal: Journal, arrived: float, project: str = "p") -> Call:
    call = Call(
        number=len(journal.calls),
        door="grpc",
        project=project,
        arrived=arrived,
        filter="",
        order_by="",
        page_size=0,
        resource_names=(),
        page_token="",
    )
    journal.arrive(call)
    return call


def test_a_call_before_the_instant_named_is_impolite_to_its_project_only() -> None:
    journal = Journal(0.0)
    journal.refuse(arrive(journal, 10.0), delay_s=5.0, now=10.1)
    early = [arrive(journal, at, project).early_s for at, project in ((15.0, "p"), (15.0, "q"), (15.1, "p"))]
    assert early == pytest.approx([0.1, 0, 0])
    assert journal.statistics(Quota())["impolite_by_project"] == {"p": 1}


def test_a_call_that_came_before_the_refusal_was_told_could_not_obey_it() -> None:
    journal = Journal(0.0)
    refused = arrive(journal, 10.0)
    journal.refuse(refused, delay_s=5.0, now=10.1)
    assert arrive(journal, 10.05).early_s == 0


def test_a_shorter_refusal_later_does_not_take_back_a_longer_one() -> None:
    journal = Journal(0.0)
    journal.refuse(arrive(journal, 1.0), delay_s=60.0, now=1.0)
    journal.refuse(arrive(journal, 2.0), delay_s=1.0, now=2.0)
    assert arrive(journal, 4.0).early_s == pytest.approx(57.0)


def test_the_quota_makes_room_when_the_oldest_call_leaves_the_window() -> None:
    journal, quota = Journal(0.0), Quota(calls=2, window_s=10.0)
    waits = []
    for at in (0.0, 3.0, 4.0, 9.5, 10.0, 12.0, 13.0):
        call = arrive(journal, at)
        waits.append(journal.wait_for(call, quota))
        if not waits[-1]:
            journal.accept(call)
    assert waits == [0, 0, 6.0, 0.5, 0, 1.0, 0]
    assert journal.statistics(quota)["peak_accepted_per_window"] == 2


@pytest.mark.parametrize(
    ("times", "most"), [([], 0), ([5.0], 1), ([0.0, 59.9, 60.0], 2), ([60.0, 0.0, 61.0, 119.9, 30.0], 3)]
)
def test_the_peak_is_of_any_half_open_minute(times: list[float], most: int) -> None:
    assert peak(times, 60.0) == most


def test_a_sliding_minute_sees_what_minutes_by_the_clock_cut_in_two() -> None:
    journal = Journal(0.0)
    for at in (58.0, 59.0, 61.0, 62.0):
        journal.accept(arrive(journal, at))
    figures = journal.statistics(Quota())
    assert (figures["peak_accepted_per_minute"], figures["peak_accepted_per_60s"]) == (2, 4)
