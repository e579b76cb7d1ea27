"""The axis of the timeline: one scale, and what is left out is said."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moving_reports import NOON, SECOND

from analyzer.reports.drawing.axis import MOST_BREAKS, Axis, duration, time_axis, width_of_bins

HOUR = 3600

moments = st.lists(
    st.tuples(st.integers(0, 10**7), st.integers(0, 1000)).map(
        lambda m: (NOON + m[0] * SECOND, NOON + sum(m) * SECOND)
    ),
    min_size=1,
    max_size=30,
)


def axis_of(*seconds: float) -> Axis:
    found = time_axis((NOON + int(s * SECOND), NOON + int(s * SECOND)) for s in seconds)
    assert found is not None
    return found


@given(moments, st.randoms())
def test_the_order_of_what_happened_makes_no_difference(
    ranges: list[tuple[int, int]], shuffling: random.Random
) -> None:
    shuffled = list(ranges)
    shuffling.shuffle(shuffled)
    assert time_axis(shuffled) == time_axis(ranges)


@given(moments)
def test_later_is_further_right_and_nothing_lies_outside(ranges: list[tuple[int, int]]) -> None:
    axis = time_axis(ranges)
    assert axis is not None
    times = sorted({time for begin, end in ranges for time in (begin, end)})
    places = [axis.place(time) for time in times]
    assert places == sorted(places)
    assert all(0 <= place <= 100 for place in places)
    assert axis.place(axis.from_ns) == 0
    assert axis.place(axis.to_ns) == 100


@given(moments)
def test_a_second_is_equally_wide_in_every_piece(ranges: list[tuple[int, int]]) -> None:
    axis = time_axis(ranges)
    assert axis is not None
    assert len(axis.breaks) <= MOST_BREAKS
    for piece in axis.pieces:
        width = axis.width(piece.to_ns - piece.from_ns)
        assert piece.right - piece.left == pytest.approx(width, abs=0.01)


@given(moments)
def test_nothing_that_happened_is_left_out(ranges: list[tuple[int, int]]) -> None:
    axis = time_axis(ranges)
    assert axis is not None
    for left_out in axis.breaks:
        assert not [r for r in ranges if r[0] < left_out.to_ns and r[1] > left_out.from_ns]


@given(moments)
def test_ticks_can_be_read(ranges: list[tuple[int, int]]) -> None:
    axis = time_axis(ranges)
    assert axis is not None
    places = [tick.place for tick in axis.ticks]
    assert places
    assert all(b - a >= 11 for a, b in pairwise(places))


def test_half_an_hour_of_nothing_between_a_deploy_and_its_tests_is_left_out() -> None:
    axis = axis_of(0, 9, 1890, 1895, 1906)
    (left_out,) = axis.breaks
    assert duration(left_out.to_ns - left_out.from_ns) == "31 min"
    assert axis.place(NOON + 9 * SECOND) < left_out.left < left_out.right < axis.place(NOON + 1890 * SECOND)
    assert [tick.text for tick in axis.ticks] == [
        "12:00:00",
        "12:00:05",
        "12:31:30",
        "12:31:35",
        "12:31:40",
        "12:31:45",
    ]


def test_an_even_window_is_drawn_whole() -> None:
    axis = axis_of(*range(0, HOUR, 60))
    assert not axis.breaks
    assert axis.place(NOON + 1770 * SECOND) == pytest.approx(50, abs=0.01)


def test_one_moment_gets_a_second_around_it() -> None:
    axis = axis_of(0)
    assert axis.to_ns - axis.from_ns == SECOND
    assert axis.place(NOON) == 50


def test_days_stand_at_the_times_that_need_them() -> None:
    over_midnight = axis_of(*range(11 * HOUR, 14 * HOUR, 600))
    assert [tick.text for tick in over_midnight.ticks] == [
        "23:00",
        "23:30",
        "3 Mar 00:00",
        "00:30",
        "01:00",
        "01:30",
    ]
    weeks = axis_of(*range(0, 14 * 24 * HOUR, HOUR))
    assert [tick.text for tick in weeks.ticks][:3] == ["4 Mar", "6 Mar", "8 Mar"]


def test_nothing_has_no_axis() -> None:
    assert time_axis([]) is None


@pytest.mark.parametrize(
    ("step", "said"), [(1, "1 s"), (60, "1 min"), (600, "10 min"), (7200, "2 h"), (172_800, "2 days")]
)
def test_the_width_of_bins_is_said_exactly(step: int, said: str) -> None:
    assert width_of_bins(step) == said
