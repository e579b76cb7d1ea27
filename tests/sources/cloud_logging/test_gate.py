"""The rate gate under a clock of the test's own: what the server may see, whatever happens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gate_clocks import TINY, Clock, Made, gaps, longest_run, most_in_a_minute, too_early
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.errors import ConfigError, SourceError
from analyzer.sources.cloud_logging.gate import MAX_PER_MINUTE, Call, Gate, Used


def opened(folder: Path, clock: Clock, per_minute: int = 54, **options: Any) -> Gate:
    return Gate(folder, "demo", per_minute, clock=clock, sleep=clock.sleep, **options)


def make(gate: Gate, clock: Clock, *, seconds: float = 0.0, wait: float | None = None) -> Made:
    """One call that takes so long, and is refused where a wait is given."""
    with gate.call() as call:
        made = Made(clock())
        clock.now += seconds
        made.ended = clock()
        if wait is not None:
            made.wait = wait
            call.refused(wait)
    return made


def state_file(folder: Path) -> Path:
    (path,) = folder.glob("*.gate")
    return path


def test_six_calls_start_at_once_and_the_others_evenly(tmp_path: Path) -> None:
    clock = Clock()
    gate = opened(tmp_path, clock)
    starts = [make(gate, clock).started for _ in range(20)]
    assert starts[5] == starts[0]
    assert gaps(starts[5:]) == pytest.approx([60 / 54] * 14, abs=TINY)


def test_a_minute_is_touched_by_no_more_calls_than_allowed_however_long_they_take(tmp_path: Path) -> None:
    clock = Clock()
    gate = opened(tmp_path, clock)
    calls = [make(gate, clock, seconds=number % 7 * 0.3) for number in range(300)]
    assert most_in_a_minute(calls) == 54
    assert longest_run([c.started for c in calls], 60 / 54) < 6 + TINY


def test_quick_calls_use_the_whole_limit(tmp_path: Path) -> None:
    clock = Clock()
    gate = opened(tmp_path, clock)
    calls = [make(gate, clock, seconds=0.1) for _ in range(540)]
    assert calls[-1].ended - calls[0].started < 600


actions = st.one_of(
    st.tuples(st.just("start"), st.integers(0, 2), st.just(0.0)),
    st.tuples(st.just("end"), st.integers(0, 9), st.just(0.0)),
    st.tuples(st.just("refuse"), st.integers(0, 9), st.sampled_from([0.0, 0.5, 3.0, 20.0])),
    st.tuples(st.just("pass"), st.just(0), st.sampled_from([0.001, 0.3, 2.0, 30.0, 70.0])),
)


@settings(max_examples=200)
@given(steps=st.lists(actions, max_size=80), limits=st.lists(st.sampled_from([4, 7, 20]), min_size=3, max_size=3))
def test_the_laws_hold_for_any_interleaving(
    steps: list[tuple[str, int, float]], limits: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    clock, folder = Clock(), tmp_path_factory.mktemp("gate")
    gates = [opened(folder, clock, limit) for limit in limits]
    under_way: list[tuple[Call, Made]] = []
    calls: list[Made] = []

    def end(index: int, wait: float | None = None) -> None:
        call, made = under_way.pop(index % len(under_way))
        made.ended = clock()
        if wait is not None:
            made.wait = wait
            call.refused(wait)
        call.__exit__(None, None, None)

    for kind, index, seconds in steps:
        if kind == "pass":
            clock.now += seconds
        elif kind == "start":
            if len(under_way) == 2:  # never as many as take all places: nobody would end one
                end(0)
            call = gates[index].call().__enter__()
            made = Made(clock())
            under_way.append((call, made))
            calls.append(made)
        elif under_way:
            end(index, seconds if kind == "refuse" else None)
    assert most_in_a_minute(calls) <= max(limits)
    assert longest_run([c.started for c in calls], 60 / max(limits)) < min(6, max(limits)) + TINY
    assert too_early(calls) == []


def test_one_at_a_time_means_one_at_a_time(tmp_path: Path) -> None:
    clock = Clock()
    gate, other = (opened(tmp_path, clock, 6000, max_open=1) for _ in range(2))
    first = gate.call().__enter__()
    looked: list[float] = []

    def sleep(seconds: float) -> None:
        looked.append(seconds)
        clock.sleep(seconds)
        if len(looked) == 9:
            first.__exit__(None, None, None)

    waiting = Gate(tmp_path, "demo", 6000, max_open=1, clock=clock, sleep=sleep)
    with waiting.call():
        assert len(looked) == 9
        assert max(looked) <= 0.1
    assert other.used() == Used(2, 6000)


def test_after_a_refusal_nobody_starts_before_it_is_allowed_and_then_without_a_burst(tmp_path: Path) -> None:
    clock = Clock()
    gate, other = opened(tmp_path, clock), opened(tmp_path, clock)
    refused = make(gate, clock, seconds=0.2, wait=7.5)
    calls = [make(other, clock) for _ in range(5)]
    assert refused.ended + 7.52 <= calls[0].started <= refused.ended + 7.8
    assert min(gaps([c.started for c in calls])) > 60 / 54 - TINY


def test_refusals_without_a_wait_double_it_up_to_a_minute(tmp_path: Path) -> None:
    clock = Clock()
    gate = opened(tmp_path, clock, 6000)
    waits = []
    for _ in range(9):
        with gate.call() as call:
            call.refused(None)
        waits.append(gate.waiting_s())
    assert [round(wait) for wait in waits] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    make(gate, clock)
    with gate.call() as call:
        call.refused(None)
    assert round(gate.waiting_s()) == 1


def test_the_limit_shrinks_with_refusals_and_is_whole_again_after_a_minute(tmp_path: Path) -> None:
    clock = Clock()
    gate = opened(tmp_path, clock, 50)
    limits = []
    for _ in range(7):
        make(gate, clock, wait=0.1)
        limits.append(gate.used().limit)
    assert limits == [45, 40, 35, 30, 25, 25, 25]
    clock.now += 59
    assert gate.used().limit == 25
    clock.now += 2
    assert gate.used().limit == 50


def test_calls_refused_together_shrink_the_limit_once(tmp_path: Path) -> None:
    clock = Clock()
    gate = opened(tmp_path, clock, 50)
    calls = [gate.call().__enter__() for _ in range(4)]
    for call in calls:
        clock.now += 0.01
        call.refused(1.0)
        call.__exit__(None, None, None)
    assert gate.used().limit == 45


@pytest.mark.parametrize("wait", [float("nan"), float("inf"), -5.0, 1e300])
def test_no_answer_closes_the_gate_for_ever(tmp_path: Path, wait: float) -> None:
    clock = Clock()
    gate = opened(tmp_path, clock)
    make(gate, clock, wait=wait)
    assert 0.02 <= gate.waiting_s() <= 24 * 3600 + 1


def test_projects_do_not_wait_for_each_other(tmp_path: Path) -> None:
    clock = Clock()
    make(opened(tmp_path, clock), clock, wait=30.0)
    for name in ("demo-2", "../demo", "example.com:demo", ""):
        assert Gate(tmp_path, name, clock=clock, sleep=clock.sleep).waiting_s() == 0
        assert list(tmp_path.parent.glob("*.gate")) == []


def test_progress_hears_what_is_used_and_how_long_it_takes(tmp_path: Path) -> None:
    clock, heard = Clock(), list[float]()
    gate = opened(tmp_path, clock, 10, on_wait=heard.append)
    for _ in range(6):
        make(gate, clock)
    assert gate.used() == Used(6, 10)
    assert gate.waiting_s() == pytest.approx(6.0, abs=TINY)
    make(gate, clock)
    assert heard == pytest.approx([6.0, 5.0, 4.0, 3.0, 2.0, 1.0], abs=0.001)


def test_a_call_open_for_longer_than_any_is_lost(tmp_path: Path) -> None:
    clock = Clock()
    gate = opened(tmp_path, clock, 2)
    make(gate, clock, wait=5.0)
    clock.now += 100
    lost = gate.call().__enter__()
    clock.now += 151
    assert gate.waiting_s() > 5.0  # its answer may have been a refusal like the last one
    lost.__exit__(None, None, None)  # it was not lost after all: its end counts too
    clock.now += 6
    assert gate.used().calls == 2


@settings(max_examples=40)
@given(content=st.binary(min_size=1, max_size=5000), tail=st.integers(0, 5000))
def test_any_file_in_place_of_the_state_is_a_cautious_new_beginning(
    content: bytes, tail: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    clock, folder = Clock(), tmp_path_factory.mktemp("gate")
    gate = opened(folder, clock)
    calls = [make(gate, clock) for _ in range(6)]
    path = state_file(folder)
    path.write_bytes(content + path.read_bytes()[len(content) : len(content) + tail])
    before = clock()
    calls += [make(gate, clock) for _ in range(60)]
    assert most_in_a_minute(calls) <= 54
    assert calls[6].started <= before + 61.5


def test_a_state_cut_behind_its_numbers_frees_no_place_too_early(tmp_path: Path) -> None:
    clock = Clock()
    gate = opened(tmp_path, clock)
    calls = [make(gate, clock, seconds=0.5) for _ in range(54)]
    path = state_file(tmp_path)
    path.write_bytes(path.read_bytes()[:4096])
    calls += [make(gate, clock, seconds=0.5) for _ in range(54)]
    assert most_in_a_minute(calls) <= 54


def test_a_cache_that_is_deleted_meanwhile_is_no_crash(tmp_path: Path) -> None:
    clock = Clock()
    gate = opened(tmp_path / "cache", clock)
    make(gate, clock)
    for path in (tmp_path / "cache").iterdir():
        path.unlink()
    (tmp_path / "cache").rmdir()
    make(gate, clock)


@pytest.mark.parametrize("back", [0.4, 5.0, 3600.0, 86_400.0 * 365])
def test_a_clock_set_back_closes_the_gate_for_a_minute_at_most(tmp_path: Path, back: float) -> None:
    clock = Clock()
    gate = opened(tmp_path, clock)
    for _ in range(54):
        make(gate, clock, seconds=0.5)
    make(gate, clock, wait=3.0)
    used = gate.used().calls
    clock.now -= back
    assert gate.used().calls >= min(used, 54 * 9 // 10)
    assert gate.waiting_s() <= 60.5
    before = clock()
    assert make(gate, clock).started <= before + 61


def test_a_state_that_cannot_be_kept_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SourceError) as caught:
        Gate(tmp_path / "file" / "gates", "demo")
    assert "writable" in caught.value.hint


@pytest.mark.parametrize("limit", [0, -1, MAX_PER_MINUTE + 1])
def test_a_limit_that_is_none_is_refused(tmp_path: Path, limit: int) -> None:
    with pytest.raises(ConfigError, match="a minute"):
        Gate(tmp_path, "demo", limit)


@pytest.mark.parametrize("wrong", [lambda call: call.refused(1.0), lambda call: call.started_ns])
def test_a_call_is_made_in_its_block(tmp_path: Path, wrong: Callable[[Call], object]) -> None:
    with pytest.raises(RuntimeError, match="with"):
        wrong(Gate(tmp_path, "demo").call())
