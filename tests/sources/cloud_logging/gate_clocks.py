"""A clock that only sleeping moves, and what must hold of the calls a gate let through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

NOON = 1_795_521_600.0
TINY = 1e-5
"""seconds: what a float of Unix seconds cannot tell, and some more"""


class Clock:
    """Seconds since 1970; a place to sleep in."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


@dataclass(slots=True)
class Made:
    """A call: when it started, when it ended, what it was told."""

    started: float
    ended: float = float("inf")
    wait: float | None = None
    """seconds that a refusal, heard at the end, asked for"""


def most_in_a_minute(calls: Sequence[Made]) -> int:
    """How many calls touch one minute, at the worst minute."""
    moves = sorted([(c.started, 1) for c in calls] + [(c.ended + 60 - TINY, -1) for c in calls])
    now = most = 0
    for _, change in moves:
        now += change
        most = max(most, now)
    return most


def longest_run(starts: Sequence[float], interval: float) -> float:
    """How many calls at most came sooner than evenly spaced ones would: 1 where none did, 6 after a burst of six."""
    due = float("-inf")
    early = 0.0
    for start in sorted(starts):
        early = max(early, (due - start) / interval)
        due = max(due, start) + interval
    return early + 1


def too_early(calls: Sequence[Made]) -> list[tuple[Made, Made]]:
    """(refused call, call that started before it was allowed again): starts in the wait, and 20 ms after it."""
    return [
        (refused, call)
        for refused in calls
        if refused.wait is not None
        for call in calls
        if refused.ended < call.started < refused.ended + refused.wait + 0.02 - TINY
    ]


def gaps(starts: Sequence[float]) -> list[float]:
    """Seconds from one start to the next."""
    return [b - a for a, b in pairwise(starts)]
