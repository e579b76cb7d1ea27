"""Laws of half-open time ranges, over every moment of small ones."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from analyzer.model import Window
from analyzer.sources.cloud_logging.ranges import cut, missing, overlaps, smaller

LAST = 30
TIMES = st.integers(-5, LAST + 5)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    low = draw(st.integers(0, LAST - 1))
    return Window(from_ns=low, to_ns=draw(st.integers(low + 1, LAST)))


def moments(*given: Window) -> list[int]:
    return [moment for window in given for moment in range(window.from_ns, window.to_ns)]


def newest_first(found: list[Window]) -> bool:
    return all(older.to_ns <= newer.from_ns for newer, older in pairwise(found))


@given(windows(), st.lists(windows(), max_size=6))
def test_what_is_missing_is_every_moment_that_nothing_covers_once(window: Window, covered: list[Window]) -> None:
    holes = missing(window, covered)
    assert sorted(moments(*holes)) == sorted(set(moments(window)) - set(moments(*covered)))
    assert all(hole.from_ns < hole.to_ns for hole in holes)
    assert newest_first(holes)


@given(windows(), st.lists(windows(), max_size=6))
def test_holes_do_not_touch_and_once_filled_nothing_is_missing(window: Window, covered: list[Window]) -> None:
    holes = missing(window, covered)
    assert all(older.to_ns < newer.from_ns for newer, older in pairwise(holes))
    assert missing(window, [*covered, *holes]) == []


@given(windows(), st.lists(windows(), max_size=6), st.randoms(use_true_random=False))
def test_the_order_in_which_it_was_covered_does_not_matter(window: Window, covered: list[Window], chance) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(covered)
    chance.shuffle(shuffled)
    assert missing(window, shuffled) == missing(window, covered)


@given(windows(), st.lists(TIMES, max_size=6))
def test_the_pieces_of_a_cut_are_the_window_again(window: Window, at: list[int]) -> None:
    pieces = cut(window, at)
    assert sorted(moments(*pieces)) == moments(window)
    assert newest_first(pieces)
    assert pieces[0].to_ns == window.to_ns
    inside = {time for time in at if window.from_ns < time < window.to_ns}
    assert {piece.from_ns for piece in pieces} == inside | {window.from_ns}


@given(windows(), st.lists(TIMES, max_size=40))
def test_smaller_windows_are_the_window_again_and_each_is_smaller(window: Window, seen: list[int]) -> None:
    pieces = smaller(window, seen)
    assert sorted(moments(*pieces)) == moments(window)
    assert newest_first(pieces)
    assert len(pieces) <= 3
    if window.to_ns - window.from_ns > 1:
        assert len(pieces) > 1
    else:
        assert pieces == [window]


@given(st.sets(st.integers(501, 999), min_size=8))
def test_each_smaller_window_holds_about_half_of_what_was_seen(seen: set[int]) -> None:
    window = Window(from_ns=0, to_ns=1_000)
    pieces = smaller(window, sorted(seen))
    held = [sum(piece.from_ns <= time < piece.to_ns for time in seen) for piece in pieces]
    assert max(held) <= len(seen) // 2 + 1
    assert pieces[-1].to_ns == min(seen)  # what was not seen yet, half of the time, is a piece of its own


def test_a_window_is_halved_until_a_nanosecond_is_left() -> None:
    window, steps = Window(from_ns=0, to_ns=3_600 * 10**9), 0
    while window.to_ns - window.from_ns > 1:
        window, steps = smaller(window, ())[-1], steps + 1
    assert smaller(window, ()) == [window]
    assert steps <= 42  # 2 ** 42 ns are more than an hour


@given(windows(), windows())
def test_windows_overlap_if_they_share_a_moment(one: Window, other: Window) -> None:
    assert overlaps(one, other) == bool(set(moments(one)) & set(moments(other)))
    assert overlaps(one, other) == overlaps(other, one)
